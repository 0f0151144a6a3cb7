"""Kalshi's JSON, read strictly: exact numbers, known words, or AnswerUnreadable.

The exchange writes counts and dollars as decimal strings. A string with more digits than our unit is
not rounded: it would be a contract or a micro-dollar that nobody owns.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from execution_stack.exchange.domain import (
    ONE_DOLLAR,
    BookSide,
    BucketLimit,
    Fill,
    Level,
    MarketSnapshot,
    MarketStatus,
    Order,
    OrderBook,
    OrderStatus,
    RateLimits,
    Settlement,
    Ticker,
)
from execution_stack.exchange.errors import AnswerUnreadable
from shared.errors import Refusal
from shared.money import CONTRACT_SCALE, PRICE_SCALE, USD_SCALE, to_minor

Object = Mapping[str, Any]

TITLE_SIZE: Final = 200
RULES_SIZE: Final = 500
MICRO_PER_CENT: Final = 10_000

_DECIMAL: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?")
_TICKER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

_STATUSES: Final = {
    "initialized": MarketStatus.UPCOMING,
    "inactive": MarketStatus.HALTED,
    "active": MarketStatus.OPEN,
    "closed": MarketStatus.CLOSED,
    "determined": MarketStatus.CLOSED,
    "disputed": MarketStatus.CLOSED,
    "amended": MarketStatus.CLOSED,
    "finalized": MarketStatus.RESOLVED,
}


def _unreadable(what: str) -> AnswerUnreadable:
    return AnswerUnreadable(f"The exchange's answer has an unexpected {what}. Look at its announcements.")


def parse(content: bytes) -> Object:
    """Return the JSON object in `content`; its numbers are int or Decimal."""
    try:
        value = json.loads(content, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise _unreadable("body") from error
    return as_object(value, "body")


def as_object(value: object, what: str) -> Object:
    """Return `value` if it is a JSON object."""
    if not isinstance(value, dict):
        raise _unreadable(what)
    return value


def objects(source: Object, key: str) -> list[Object]:
    """Return the list of objects under `key`."""
    value = source.get(key)
    if not isinstance(value, list):
        raise _unreadable(key)
    return [as_object(item, key) for item in value]


def text(source: Object, key: str) -> str:
    """Return the string under `key`."""
    value = source.get(key)
    if not isinstance(value, str):
        raise _unreadable(key)
    return value


def scaled(value: object, scale: int, what: str) -> int:
    """Return a decimal string as an integer of `scale` digits, exactly."""
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise _unreadable(what)
    try:
        return to_minor(Decimal(value), scale)
    except Refusal as error:
        raise _unreadable(what) from error


def count(source: Object, key: str) -> int:
    """Return contracts in units of 0.01."""
    return scaled(source.get(key), CONTRACT_SCALE, key)


def dollars(source: Object, key: str) -> int:
    """Return dollars in units of 0.000001."""
    return scaled(source.get(key), USD_SCALE, key)


def price(source: Object, key: str) -> int:
    """Return a price in units of 0.0001 dollar, between zero and one dollar."""
    return _price(source.get(key), key)


def _price(value: object, what: str) -> int:
    number = scaled(value, PRICE_SCALE, what)
    if not 0 <= number <= ONE_DOLLAR:
        raise _unreadable(what)
    return number


def identifier(source: Object, key: str) -> UUID:
    """Return the UUID under `key`."""
    try:
        return UUID(text(source, key))
    except ValueError as error:
        raise _unreadable(key) from error


def _identifier_or_none(source: Object, key: str) -> UUID | None:
    try:
        return UUID(text(source, key))
    except (ValueError, AnswerUnreadable):
        return None


def moment(source: Object, key: str) -> datetime:
    """Return the time under `key` in UTC."""
    try:
        value = datetime.fromisoformat(text(source, key))
        if value.tzinfo is None:
            raise _unreadable(key)
        return value.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _unreadable(key) from error


def _moment_or_none(source: Object, key: str) -> datetime | None:
    return moment(source, key) if source.get(key) else None


def _non_negative(number: int, what: str) -> int:
    if number < 0:
        raise _unreadable(what)
    return number


def ticker(source: Object, key: str = "ticker") -> Ticker:
    """Return the ticker under `key`."""
    value = text(source, key)
    if not _TICKER.fullmatch(value):
        raise _unreadable(key)
    return Ticker(value)


def book_side(source: Object) -> BookSide:
    """Return on which side of the YES book an order or a fill stands."""
    try:
        return BookSide(text(source, "book_side"))
    except ValueError as error:
        raise _unreadable("book_side") from error


def read_order(source: Object) -> Order:
    """Read one order of the orders endpoints."""
    try:
        status = OrderStatus(text(source, "status"))
    except ValueError as error:
        raise _unreadable("status") from error
    return Order(
        order_id=identifier(source, "order_id"),
        client_order_id=_identifier_or_none(source, "client_order_id"),
        ticker=ticker(source),
        book_side=book_side(source),
        status=status,
        filled=_non_negative(count(source, "fill_count_fp"), "fill_count_fp"),
        remaining=_non_negative(count(source, "remaining_count_fp"), "remaining_count_fp"),
        created_at=_moment_or_none(source, "created_time"),
    )


def read_fill(source: Object) -> Fill:
    """Read one fill. Its two prices must be one dollar together."""
    yes_price = price(source, "yes_price_dollars")
    if yes_price + price(source, "no_price_dollars") != ONE_DOLLAR:
        raise _unreadable("price")
    quantity = count(source, "count_fp")
    if quantity <= 0:
        raise _unreadable("count_fp")
    is_taker = source.get("is_taker")
    if not isinstance(is_taker, bool):
        raise _unreadable("is_taker")
    return Fill(
        fill_id=identifier(source, "fill_id"),
        order_id=identifier(source, "order_id"),
        ticker=ticker(source),
        book_side=book_side(source),
        yes_price=yes_price,
        quantity=quantity,
        fee=dollars(source, "fee_cost"),
        is_taker=is_taker,
        created_at=_moment_or_none(source, "created_time"),
    )


def read_levels(levels: object) -> tuple[Level, ...]:
    """Read one side of an order book: pairs of price and count, returned best (highest) first."""
    if not isinstance(levels, list):
        raise _unreadable("order book")
    found = []
    for level in levels:
        if not isinstance(level, list) or len(level) != 2:
            raise _unreadable("order book")
        found.append(Level(_price(level[0], "order book"), scaled(level[1], CONTRACT_SCALE, "order book")))
    return tuple(sorted(found, key=lambda level: -level.price))


def read_order_book(source: Object, depth: int) -> OrderBook:
    """Read the best `depth` levels of an order book."""
    book = as_object(source.get("orderbook_fp"), "orderbook_fp")
    return OrderBook(
        read_levels(book.get("yes_dollars"))[:depth], read_levels(book.get("no_dollars"))[:depth]
    )


def read_settlement(source: Object) -> Settlement:
    """Read one settlement: `revenue` is an integer of cents, `fee_cost` a string of dollars."""
    revenue = source.get("revenue")
    if not isinstance(revenue, int) or isinstance(revenue, bool) or revenue < 0:
        raise _unreadable("revenue")
    return Settlement(
        ticker=ticker(source),
        revenue=revenue * MICRO_PER_CENT,
        fee=_non_negative(dollars(source, "fee_cost"), "fee_cost"),
        settled_at=moment(source, "settled_time"),
    )


def read_limits(source: Object) -> RateLimits:
    """Read the two token buckets of an account."""
    return RateLimits(read=_bucket(source, "read"), write=_bucket(source, "write"))


def _bucket(source: Object, key: str) -> BucketLimit:
    bucket = as_object(source.get(key), key)
    return BucketLimit(_positive(bucket, "refill_rate"), _positive(bucket, "bucket_capacity"))


def _positive(source: Object, key: str) -> int:
    value = source.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise _unreadable(key)
    return value


def _tick(ranges: Sequence[Object]) -> int:
    """Return the coarsest step, on which every finer one must divide: a price on it is valid anywhere."""
    steps = [scaled(item.get("step"), PRICE_SCALE, "step") for item in ranges]
    if not steps or min(steps) <= 0 or any(max(steps) % step for step in steps):
        raise _unreadable("price_ranges")
    return max(steps)


def _yes_value(source: Object, status: MarketStatus) -> int | None:
    """Return what a YES contract of a resolved market pays, in 0.0001 dollar."""
    if status is not MarketStatus.RESOLVED:
        return None
    match text(source, "result"):
        case "yes":
            return ONE_DOLLAR
        case "no":
            return 0
        case "scalar":
            return price(source, "settlement_value_dollars")
        case _:
            raise _unreadable("result")


def _bounded(value: str, size: int) -> str:
    """Keep printable text of at most `size` characters; line ends become spaces."""
    return "".join(c if c.isprintable() else " " for c in value)[:size].strip()


def read_market(source: Object, fee_multiplier_e4: int) -> MarketSnapshot:
    """Read one market; its fee multiplier is stated by its series or its event."""
    try:
        status = _STATUSES[text(source, "status")]
    except KeyError as error:
        raise _unreadable("status") from error
    title = source.get("title") or source.get("yes_sub_title") or text(source, "ticker")
    return MarketSnapshot(
        ticker=ticker(source),
        title=_bounded(str(title), TITLE_SIZE),
        rules=_bounded(text(source, "rules_primary"), RULES_SIZE),
        status=status,
        tick=_tick(objects(source, "price_ranges")),
        yes_bid=price(source, "yes_bid_dollars"),
        yes_ask=price(source, "yes_ask_dollars") % ONE_DOLLAR,  # no ask is written as a whole dollar
        close_time=moment(source, "close_time"),
        fee_multiplier_e4=fee_multiplier_e4,
        yes_value=_yes_value(source, status),
    )
