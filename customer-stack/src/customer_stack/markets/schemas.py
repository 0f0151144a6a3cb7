"""Wire shapes of markets. Prices and quantities are decimal strings."""

from datetime import datetime
from uuid import UUID

from customer_stack.boundary_client.domain import Level, MarketStatus, OrderBook
from customer_stack.edge.schemas import Answer
from customer_stack.markets.domain import Market
from shared.money import CONTRACT_SCALE, PRICE_SCALE, format_minor


class MarketAnswer(Answer):
    """One market. `yes_value` is what a YES contract paid, once resolved."""

    id: UUID
    ticker: str
    title: str
    rules: str
    status: MarketStatus
    tick: str
    yes_bid: str | None
    yes_ask: str | None
    close_time: datetime
    yes_value: str | None


class MarketPage(Answer):
    """One page of markets."""

    items: list[MarketAnswer]
    next_cursor: str | None


class LevelAnswer(Answer):
    """Contracts wanted at a price."""

    price: str
    quantity: str


class OrderBookAnswer(Answer):
    """Bids of both sides, best first. A bid for NO at p is an offer of YES at 1 - p."""

    yes_bids: list[LevelAnswer]
    no_bids: list[LevelAnswer]
    as_of: datetime


def _price(value: int | None) -> str | None:
    return None if value is None else format_minor(value, PRICE_SCALE)


def market_answer(market: Market) -> MarketAnswer:
    """Return the wire shape of a market."""
    listing = market.listing
    return MarketAnswer(
        id=listing.market_id,
        ticker=listing.ticker,
        title=listing.title,
        rules=listing.rules,
        status=listing.status,
        tick=format_minor(listing.tick, PRICE_SCALE),
        yes_bid=_price(listing.yes_bid),
        yes_ask=_price(listing.yes_ask),
        close_time=listing.close_time,
        yes_value=_price(listing.yes_value),
    )


def order_book_answer(book: OrderBook) -> OrderBookAnswer:
    """Return the wire shape of an order book."""
    return OrderBookAnswer(
        yes_bids=[_level(level) for level in book.yes_bids],
        no_bids=[_level(level) for level in book.no_bids],
        as_of=book.as_of,
    )


def _level(level: Level) -> LevelAnswer:
    return LevelAnswer(
        price=format_minor(level.price, PRICE_SCALE), quantity=format_minor(level.quantity, CONTRACT_SCALE)
    )
