"""The messages of the WebSocket: what happened, in the words of each channel. Formatting only.

Fills, orders and positions carry no sequence number, as on the simulated exchange: a gap in them cannot be
seen, so they are a hint and the REST lists are the truth. Source: the exchange's AsyncAPI description, v2.
"""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sandbox.exchange import facts as happened
from sandbox.exchange.account import Position
from sandbox.exchange.book import Book, Side
from sandbox.exchange.catalogue import Event, fill_in_dates
from sandbox.exchange.facts import Fact
from sandbox.exchange.market import Market
from sandbox.exchange.orders import Fill, Order
from sandbox.exchange.state import State
from sandbox.exchange.units import CONTRACT, ONE, format_count, format_dollars, format_price, format_time
from sandbox.exchange.views import MEMBER_ID

Message = dict[str, Any]

LIFECYCLE = "market_lifecycle_v2"

REASONS = {
    "decrease": "Decrease",
    "amend": "Amend",
    "self_trade": "SelfTradeCancel",
    "expired": "ExpiryCancel",
    "market_closed": "CloseCancel",
    "halt": "HaltCancel",
    "trade": "Trade",
    "post_only": "PostOnlyCrossCancel",
    "reduce_only": "ReduceOnlyCancel",
}


def market_id(ticker: str) -> str:
    """Return the UUID of a market: a function of its ticker."""
    return str(uuid5(NAMESPACE_URL, f"sandbox-exchange:{ticker}"))


def fill(fill: Fill, order: Order, net_after: int) -> Message:
    """Tell the member of one of its fills."""
    return {
        "trade_id": fill.fill_id,
        "order_id": fill.order_id,
        "client_order_id": order.request.client_order_id,
        "market_ticker": fill.ticker,
        "exchange_index": 0,
        "is_taker": fill.is_taker,
        "side": fill.side.outcome,
        "yes_price_dollars": format_price(fill.price),
        "count_fp": format_count(fill.count),
        "fee_cost": format_dollars(fill.net_fee),
        "action": "buy",
        "ts": fill.at_ms // 1000,
        "ts_ms": fill.at_ms,
        "post_position_fp": format_count(net_after),
        "purchased_side": fill.side.outcome,
        "outcome_side": fill.side.outcome,
        "book_side": fill.side,
    }


def user_order(order: Order, reason: str | None) -> Message:
    """Tell the member where one of its orders stands."""
    asked = order.request
    message: Message = {
        "order_id": order.order_id,
        "user_id": MEMBER_ID,
        "ticker": asked.ticker,
        "exchange_index": 0,
        "status": order.status,
        "side": asked.side.outcome,
        "is_yes": asked.side is Side.BID,
        "outcome_side": asked.side.outcome,
        "book_side": asked.side,
        "yes_price_dollars": format_price(asked.price),
        "fill_count_fp": format_count(order.filled),
        "remaining_count_fp": format_count(order.remaining),
        "initial_count_fp": format_count(asked.count),
        "taker_fill_cost_dollars": format_dollars(order.taker_cost),
        "maker_fill_cost_dollars": format_dollars(order.maker_cost),
        "taker_fees_dollars": format_dollars(order.taker_fees),
        "maker_fees_dollars": format_dollars(order.maker_fees),
        "client_order_id": asked.client_order_id,
        "self_trade_prevention_type": asked.prevention,
        "created_time": format_time(order.created_ms),
        "created_ts_ms": order.created_ms,
        "last_updated_ts_ms": order.updated_ms,
        "subaccount_number": 0,
    }
    if asked.group_id is not None:
        message["order_group_id"] = asked.group_id
    if asked.expires_ms is not None:
        message["expiration_time"] = format_time(asked.expires_ms)
        message["expiration_ts_ms"] = asked.expires_ms
    if reason in REASONS:
        message["last_update_reason"] = REASONS[reason]
    return message


def market_position(ticker: str, position: Position) -> Message:
    """Tell the member its net position in a market."""
    return {
        "user_id": MEMBER_ID,
        "market_ticker": ticker,
        "position_fp": format_count(position.net),
        "position_cost_dollars": format_dollars(position.cost),
        "realized_pnl_dollars": format_dollars(position.realized),
        "fees_paid_dollars": format_dollars(position.fees),
        "position_fee_cost_dollars": format_dollars(position.fees),
        "volume_fp": format_count(position.traded_count),
    }


def trade(fill: Fill) -> Message:
    """Tell the public of a trade."""
    taker = fill.side if fill.is_taker else fill.side.opposite
    return {
        "trade_id": fill.fill_id,
        "market_ticker": fill.ticker,
        "yes_price_dollars": format_price(fill.price),
        "no_price_dollars": format_price(ONE - fill.price),
        "count_fp": format_count(fill.count),
        "taker_side": taker.outcome,
        "taker_outcome_side": taker.outcome,
        "taker_book_side": taker,
        "is_block_trade": False,
        "ts": fill.at_ms // 1000,
        "ts_ms": fill.at_ms,
    }


def ticker(market: Market, book: Book, position: Position, last_size: int) -> Message:
    """Tell the prices of a market; without the time, so that two can be compared."""
    bid, bid_size = next(iter(book.depth(Side.BID)), (0, 0))
    ask, ask_size = next(iter(book.depth(Side.ASK)), (ONE, 0))
    return {
        "market_id": market_id(market.listing.ticker),
        "market_ticker": market.listing.ticker,
        "price_dollars": format_price(market.last_price),
        "yes_bid_dollars": format_price(bid),
        "yes_ask_dollars": format_price(ask),
        "volume_fp": format_count(market.volume),
        "open_interest_fp": format_count(abs(position.net)),
        "dollar_volume": market.volume // CONTRACT,
        "dollar_open_interest": abs(position.net) // CONTRACT,
        "yes_bid_size_fp": format_count(bid_size),
        "yes_ask_size_fp": format_count(ask_size),
        "last_trade_size_fp": format_count(last_size),
    }


def at_time(now_ms: int) -> Message:
    """Return the three ways in which a ticker message says when."""
    return {"ts": now_ms // 1000, "ts_ms": now_ms, "time": format_time(now_ms)}


def snapshot(ticker: str, levels: Mapping[tuple[str, int], int]) -> Message:
    """Tell the whole book; a side without offers has no key. `levels` are bids of yes and of no."""
    message: Message = {"market_ticker": ticker, "market_id": market_id(ticker)}
    for outcome in ("yes", "no"):
        rows = sorted((price, count) for (side, price), count in levels.items() if side == outcome)
        if rows:
            message[f"{outcome}_dollars_fp"] = [
                [format_price(price), format_count(count)] for price, count in rows
            ]
    return message


def delta(ticker: str, side: str, price: int, change: int, now_ms: int) -> Message:
    """Tell how one level of the book changed."""
    return {
        "market_ticker": ticker,
        "market_id": market_id(ticker),
        "price_dollars": format_price(price),
        "delta_fp": format_count(change),
        "side": side,
        "ts": format_time(now_ms),
        "ts_ms": now_ms,
    }


def levels_of(book: Book) -> dict[tuple[str, int], int]:
    """Return a book as bids: (outcome, price of that outcome) -> count."""
    levels = {("yes", price): count for price, count in book.depth(Side.BID)}
    levels |= {("no", ONE - price): count for price, count in book.depth(Side.ASK)}
    return levels


def lifecycle(fact: Fact, state: State) -> list[tuple[str, Message]]:
    """Return what the lifecycle channel says of a fact, as (type, message); mostly nothing."""
    told: list[tuple[str, Message]] = []
    match fact:
        case happened.MarketListed():
            market = state.markets[state.latest[fact.first_ticker]]
            event = state.events[market.listing.event_ticker]
            told += [("event_lifecycle", _event_created(event, market)), (LIFECYCLE, _created(market))]
        case happened.MarketPaused():
            told.append((LIFECYCLE, _named(fact.ticker, "deactivated", is_deactivated=True)))
        case happened.MarketResumed():
            told.append((LIFECYCLE, _named(fact.ticker, "activated", is_deactivated=False)))
        case happened.MarketClosed():
            told.append((LIFECYCLE, _named(fact.ticker, "close_date_updated", close_ts=fact.at_ms // 1000)))
        case happened.MarketDetermined() | happened.MarketAmended():
            told.append((LIFECYCLE, _determined(fact)))
        case happened.MarketFinalized():
            told.append((LIFECYCLE, _named(fact.ticker, "settled", settled_ts=fact.at_ms // 1000)))
        case happened.EventFeesChanged():
            told.append(("event_fee_update", _event_fees(fact)))
        case _:
            pass
    return told


def _determined(fact: happened.MarketDetermined | happened.MarketAmended) -> Message:
    return _named(
        fact.ticker,
        "determined",
        determination_ts=fact.at_ms // 1000,
        result=fact.result,
        settlement_value=format_price(fact.value),
    )


def _event_fees(fact: happened.EventFeesChanged) -> Message:
    fees = fact.fees
    return {
        "event_ticker": fact.event_ticker,
        "fee_type_override": None if fees is None else fees.fee_type,
        "fee_multiplier_override": None if fees is None else fees.multiplier_e3 / 1000,
    }


def _named(ticker: str, event_type: str, **more: object) -> Message:
    return {"market_ticker": ticker, "event_type": event_type, **more}


def _created(market: Market) -> Message:
    listing = market.listing
    title = fill_in_dates(listing.title, market.close_ms)
    return _named(
        listing.ticker,
        "created",
        exchange_index=0,
        open_ts=market.opened_ms // 1000,
        close_ts=market.close_ms // 1000,
        price_level_structure=listing.price_structure,
        price_ranges=[
            {"start": format_price(one.start), "end": format_price(one.end), "step": format_price(one.step)}
            for one in listing.price_ranges
        ],
        additional_metadata={
            "name": title,
            "title": title,
            "yes_sub_title": listing.yes_sub_title,
            "no_sub_title": listing.no_sub_title,
            "rules_primary": listing.rules,
            "rules_secondary": "",
            "can_close_early": True,
            "event_ticker": listing.event_ticker,
            "expected_expiration_ts": market.close_ms // 1000,
        },
    )


def _event_created(event: Event, market: Market) -> Message:
    return {
        "event_ticker": event.ticker,
        "exchange_index": 0,
        "title": fill_in_dates(event.title, market.close_ms),
        "subtitle": fill_in_dates(event.sub_title, market.close_ms),
        "collateral_return_type": "",
        "series_ticker": event.series_ticker,
    }
