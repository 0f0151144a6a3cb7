"""One market: what it asks, which prices it takes, and how far its life has gone.

active -> closed (no more trading) -> determined (the result is known) -> finalized (net positions are paid).
A market may be inactive for a while (paused). A determined result may be disputed; an amended one takes its
place, even after it was paid, and is finalized again. A market whose trades are cancelled, or whose cost is
given back, stays closed: the API has no word for it.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from sandbox.exchange.errors import InvalidParameters, InvalidPrice
from sandbox.exchange.fees import FeeSchedule
from sandbox.exchange.units import ONE, format_price

HOUR_MS = 3_600_000
VOID_VALUE = ONE // 2


class MarketStatus(StrEnum):
    """How far a market's life has gone."""

    INACTIVE = "inactive"
    ACTIVE = "active"
    CLOSED = "closed"
    DETERMINED = "determined"
    DISPUTED = "disputed"
    AMENDED = "amended"
    FINALIZED = "finalized"


class Result(StrEnum):
    """What a market came to. A void market settles as a scalar."""

    YES = "yes"
    NO = "no"
    SCALAR = "scalar"


class VoidForm(StrEnum):
    """What becomes of a void market's positions other than being worth a value."""

    CANCELLED_TRADES = "cancelled_trades"
    ORIGINAL_COST = "original_cost"


@dataclass(frozen=True, slots=True)
class PriceRange:
    """Prices from `start` to `end` go in steps of `step`."""

    start: int
    end: int
    step: int


PRICE_STRUCTURES: dict[str, tuple[PriceRange, ...]] = {
    "linear_cent": (PriceRange(0, ONE, 100),),
    "tapered_deci_cent": (PriceRange(0, 1000, 10), PriceRange(1000, 9000, 100), PriceRange(9000, ONE, 10)),
    "deci_cent": (PriceRange(0, ONE, 10),),
}


@dataclass(frozen=True, slots=True)
class Listing:
    """What never changes about a market. `anchor` is the price around which the house's fair value drifts.

    A market that is paid out comes again as the next round; `first_ticker` is what all rounds have in common.
    """

    ticker: str
    event_ticker: str
    series_ticker: str
    title: str
    yes_sub_title: str
    no_sub_title: str
    rules: str
    price_structure: str
    anchor: int
    fees: FeeSchedule
    close_after_days: int
    first_ticker: str
    round_number: int = 1

    @property
    def price_ranges(self) -> tuple[PriceRange, ...]:
        return PRICE_STRUCTURES[self.price_structure]

    def check_price(self, price: int) -> None:
        """Raise InvalidPrice unless an order may carry this price."""
        on_tick = any(
            tick.start <= price <= tick.end and (price - tick.start) % tick.step == 0
            for tick in self.price_ranges
        )
        if not 0 < price < ONE or not on_tick:
            raise InvalidPrice(f"{format_price(price)} is not a price of {self.ticker}; see its price_ranges")


@dataclass(frozen=True, slots=True)
class Market:
    """A listing with its present state. `value` is what one YES receives, once determined."""

    listing: Listing
    opened_ms: int
    close_ms: int
    updated_ms: int
    status: MarketStatus = MarketStatus.ACTIVE
    result: Result | None = None
    value: int | None = None
    determined_ms: int | None = None
    settled_ms: int | None = None
    fee_waiver_ms: int | None = None
    voided_ms: int | None = None
    last_price: int = 0
    volume: int = 0
    hourly_volume: dict[int, int] = field(default_factory=dict)

    def with_trade(self, price: int, count: int, at_ms: int) -> "Market":
        """Return the market after a trade."""
        hour = at_ms // HOUR_MS
        recent = {past: volume for past, volume in self.hourly_volume.items() if past > hour - 24}
        recent[hour] = recent.get(hour, 0) + count
        return replace(self, last_price=price, volume=self.volume + count, hourly_volume=recent)

    def volume_of_last_day(self, now_ms: int) -> int:
        """Return the count traded in this hour and the 23 before it."""
        return sum(count for hour, count in self.hourly_volume.items() if hour > now_ms // HOUR_MS - 24)


def read_outcome(result: str, value: int | None) -> tuple[Result, int]:
    """Return the result and the worth of one YES; a void's is 0.50 unless told. Raises InvalidParameters."""
    match result:
        case "yes":
            return Result.YES, ONE
        case "no":
            return Result.NO, 0
        case "void":
            return Result.SCALAR, VOID_VALUE if value is None else value
        case "scalar" if value is not None:
            return Result.SCALAR, value
        case _:
            raise InvalidParameters("result must be yes, no, void, or scalar with a value")
