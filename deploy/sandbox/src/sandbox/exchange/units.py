"""The exchange's numbers: integers inside, fixed-point strings on the wire.

Counts are hundredths of a contract, prices ten-thousandths of a dollar, money micro-dollars. Price x count is
then exactly micro-dollars, so no multiplication rounds; only fees and settlements do, in named functions.
"""

from datetime import UTC, datetime

from sandbox.fixed_point import format_fixed

CONTRACT = 100
ONE = 10_000  # the price of certainty, and what a pair of YES and NO is worth
DOLLAR = 1_000_000
CENT = 10_000
FEE_STEP = 100  # trade fees are rounded up to 0.0001 dollars

COUNT_DECIMALS = 2
PRICE_DECIMALS = 4
MONEY_DECIMALS = 6


def format_count(count: int) -> str:
    """Write a count: 723 is 7.23 contracts."""
    return format_fixed(count, COUNT_DECIMALS)


def format_price(price: int) -> str:
    """Write a price: 5600 is 0.5600 dollars."""
    return format_fixed(price, PRICE_DECIMALS)


def format_dollars(money: int) -> str:
    """Write micro-dollars with four decimals, or with six where four would lose something."""
    if money % FEE_STEP:
        return format_fixed(money, MONEY_DECIMALS)
    return format_fixed(money // FEE_STEP, PRICE_DECIMALS)


def ceil_to(value: int, step: int) -> int:
    """Round up to a multiple of `step`."""
    return -(-value // step) * step


def format_time(time_ms: int) -> str:
    """Write a time as RFC 3339 in UTC, to the millisecond."""
    moment = datetime.fromtimestamp(time_ms // 1000, tz=UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{time_ms % 1000:03d}Z"
