"""The page for people: books and latest trades, refreshed by the browser."""

from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from sandbox.exchange.book import Side
from sandbox.exchange.catalogue import fill_in_dates
from sandbox.exchange.market import Market, MarketStatus
from sandbox.exchange.service import Anyone, Service
from sandbox.exchange.units import format_count, format_dollars, format_price, format_time

router = APIRouter(include_in_schema=False)

LATEST_TRADES = 30
LATEST_SETTLED = 20
SHOWN_LEVELS = 3

MARKET_HEAD = """<thead><tr><th>Market</th><th>Status</th><th>Bids of YES</th><th>Asks of YES</th>
<th>Last</th><th>Volume</th><th>Net position</th></tr></thead>"""

STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .35rem .7rem; border-bottom: 1px solid #8884; vertical-align: top }
td.number { text-align: right; white-space: nowrap }
small { opacity: .7 }
"""


@router.get("/")
async def show(service: Anyone) -> HTMLResponse:
    """Show the exchange to a person."""
    state = service.state
    rows = "".join(_market_row(service, state.markets[ticker]) for ticker in state.latest.values())
    settled = [one for one in state.markets.values() if one.status is MarketStatus.FINALIZED]
    settled.sort(key=lambda one: one.updated_ms, reverse=True)
    settled_rows = "".join(_market_row(service, market) for market in settled[:LATEST_SETTLED])
    trades = "".join(
        f"<tr><td>{format_time(fill.at_ms)}</td><td>{escape(fill.ticker)}</td><td>{fill.side}</td>"
        f'<td class="number">{format_count(fill.count)}</td>'
        f'<td class="number">{format_price(fill.price)}</td>'
        f'<td class="number">{format_dollars(fill.net_fee)}</td></tr>'
        for fill in reversed(state.fills[-LATEST_TRADES:])
    )
    content = f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="refresh" content="2"><title>Sandbox exchange</title><style>{STYLE}</style></head><body>
<h1>Sandbox exchange</h1>
<p>Member's balance <b>{format_dollars(state.cash.balance)}</b> USD, {len(state.orders)} orders,
{len(state.fills)} fills, {len(state.settlements)} settlements.</p>
<table>{MARKET_HEAD}<tbody>{rows}</tbody></table>
<h2>Latest settled</h2>
<table>{MARKET_HEAD}<tbody>{settled_rows or '<tr><td colspan="7">None yet.</td></tr>'}</tbody></table>
<h2>Latest trades</h2>
<table><thead><tr><th>Time</th><th>Market</th><th>Side</th><th>Count</th><th>Price</th><th>Net fee</th></tr>
</thead><tbody>{trades or '<tr><td colspan="6">No trades yet.</td></tr>'}</tbody></table></body></html>"""
    return HTMLResponse(content)


def _market_row(service: Service, market: Market) -> str:
    listing = market.listing
    book = service.state.books[listing.ticker]
    bids, asks = (
        "<br>".join(
            f"{format_price(price)} x {format_count(count)}"
            for price, count in book.depth(side)[:SHOWN_LEVELS]
        )
        for side in Side
    )
    title = escape(f"{fill_in_dates(listing.title, market.close_ms)}: {listing.yes_sub_title}")
    status = market.status if market.value is None else f"{market.status}, YES = {format_price(market.value)}"
    return (
        f"<tr><td>{title}<br><small>{escape(listing.ticker)}</small></td><td>{status}</td>"
        f'<td class="number">{bids}</td><td class="number">{asks}</td>'
        f'<td class="number">{format_price(market.last_price)}</td>'
        f'<td class="number">{format_count(market.volume)}</td>'
        f'<td class="number">{format_count(service.state.position(listing.ticker).net)}</td></tr>'
    )
