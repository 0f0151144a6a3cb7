"""The page for people, and what it shows: books, trades, orders, positions and faults, as they are now.

The page is one file with a small script that asks `/sandbox/live` every second and uses the hand behind the
sandbox for its buttons. It has no build step and asks no other host for anything.
"""

from importlib import resources

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from sandbox.exchange.book import Side
from sandbox.exchange.catalogue import fill_in_dates
from sandbox.exchange.fault_api import FaultsView, list_faults
from sandbox.exchange.market import Market, MarketStatus
from sandbox.exchange.service import Anyone, Service
from sandbox.exchange.units import CENT, format_count, format_dollars, format_price, format_time

router = APIRouter(include_in_schema=False)

SHOWN = 50
SHOWN_LEVELS = 4
SHOWN_SETTLED = 20

PAGE = resources.files("sandbox.exchange").joinpath("page.html").read_text(encoding="utf-8")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}


class MarketRow(BaseModel):
    """One market with the top of its book."""

    ticker: str
    title: str
    status: str
    result: str | None
    value: str | None
    frozen: bool
    last: str
    volume: str
    net_position: str
    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]


class Live(BaseModel):
    """Everything that the page shows."""

    now: str
    trading_active: bool
    figures: dict[str, str]
    markets: list[MarketRow]
    trades: list[dict[str, str]]
    orders: list[dict[str, str]]
    positions: list[dict[str, str]]
    settlements: list[dict[str, str]]
    faults: FaultsView


@router.get("/")
async def show() -> HTMLResponse:
    """Show the page."""
    return HTMLResponse(PAGE, headers=HEADERS)


@router.get("/sandbox/live")
async def live(service: Anyone) -> Live:
    """Return what the page shows: every market that is not paid, and the latest of everything else."""
    state = service.state
    settled = [one for one in state.markets.values() if _has_ended(one)]
    settled.sort(key=lambda one: one.updated_ms, reverse=True)
    shown = [one for one in state.markets.values() if not _has_ended(one)]
    return Live(
        now=format_time(service.wire_now_ms()),
        trading_active=not service.exchange.is_paused,
        figures=_figures(service),
        markets=[_market(service, one) for one in (*shown, *settled[:SHOWN_SETTLED])],
        trades=_trades(service),
        orders=_orders(service),
        positions=_positions(service),
        settlements=_settlements(service),
        faults=await list_faults(service),
    )


def _has_ended(market: Market) -> bool:
    return market.status is MarketStatus.FINALIZED or market.voided_ms is not None


def _figures(service: Service) -> dict[str, str]:
    state = service.state
    return {
        "Balance, USD": format_dollars(state.cash.balance),
        "Reserved": format_dollars(state.reserved()),
        "Fees paid": format_dollars(state.cash.fees),
        "Paid for pairs": format_dollars(state.cash.pairs),
        "Settled": format_dollars(state.cash.settlements),
        "Orders": str(len(state.orders)),
        "Resting": str(len(state.resting_ids)),
        "Fills": str(len(state.fills)),
        "Usage tier": service.limiter.tier,
        "Listening": str(service.feed.connections),
    }


def _market(service: Service, market: Market) -> MarketRow:
    state, listing = service.state, market.listing
    bids, asks = (
        [
            (format_price(price), format_count(count))
            for price, count in state.books[listing.ticker].depth(side)[:SHOWN_LEVELS]
        ]
        for side in Side
    )
    return MarketRow(
        ticker=listing.ticker,
        title=f"{fill_in_dates(listing.title, market.close_ms)}: {listing.yes_sub_title}",
        status=market.status if market.voided_ms is None else "voided",
        result=market.result,
        value=None if market.value is None else format_price(market.value),
        frozen=listing.ticker in state.frozen,
        last=format_price(market.last_price),
        volume=format_count(market.volume),
        net_position=format_count(state.position(listing.ticker).net),
        bids=bids,
        asks=asks,
    )


def _trades(service: Service) -> list[dict[str, str]]:
    return [
        {
            "time": format_time(fill.at_ms),
            "ticker": fill.ticker,
            "side": fill.side,
            "count": format_count(fill.count),
            "price": format_price(fill.price),
            "fee": format_dollars(fill.net_fee),
        }
        for fill in reversed(service.state.fills[-SHOWN:])
    ]


def _orders(service: Service) -> list[dict[str, str]]:
    state = service.state
    return [
        {
            "time": format_time(order.created_ms),
            "ticker": order.request.ticker,
            "side": order.request.side,
            "price": format_price(order.request.price),
            "filled": format_count(order.filled),
            "remaining": format_count(order.remaining),
            "status": order.status,
        }
        for order in (state.orders[order_id] for order_id in reversed(state.order_ids[-SHOWN:]))
    ]


def _positions(service: Service) -> list[dict[str, str]]:
    held = [(ticker, one) for ticker, one in service.state.positions.items() if one.net]
    return [
        {
            "ticker": ticker,
            "net": format_count(position.net),
            "cost": format_dollars(position.cost),
            "realized": format_dollars(position.realized),
            "fees": format_dollars(position.fees),
        }
        for ticker, position in sorted(held)[:SHOWN]
    ]


def _settlements(service: Service) -> list[dict[str, str]]:
    return [
        {
            "time": format_time(row.at_ms),
            "ticker": row.ticker,
            "result": row.result,
            "net": format_count(row.net),
            "paid": format_dollars(row.revenue_cents * CENT),
        }
        for row in reversed(service.state.settlements[-SHOWN:])
    ]
