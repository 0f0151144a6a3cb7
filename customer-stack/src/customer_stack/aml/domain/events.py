"""What a rule sees of a movement of money: one event, its class, its subjects. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Final, NamedTuple
from uuid import UUID

from customer_stack.aml.domain.catalogue import METRICS, REPORTING_THRESHOLD, Dimension, Subject, Tag
from customer_stack.aml.domain.values import EventKind, Product

JUST_BELOW_FROM: Final = REPORTING_THRESHOLD * 8 // 10
ROUND_FROM: Final = 100_000_00
ROUND_STEP: Final = 50_000_00
TAG_BITS: Final = {Tag.JUST_BELOW: 1, Tag.ROUND: 2}


class EventClass(NamedTuple):
    """What counters are kept by: events of one class are alike for every metric."""

    kind: EventKind
    product: Product
    tags: int


@dataclass(frozen=True, slots=True)
class Event:
    """One movement of a customer's money, in LKR cents at the rate of its moment.

    Instrument and device are known by opaque ids, the same for the same thing within a tenant.
    """

    id: UUID
    tenant_id: UUID
    customer_id: UUID
    kind: EventKind
    product: Product
    amount: int
    at: datetime
    counterparty_id: UUID | None = None
    instrument_id: UUID | None = None
    device_id: UUID | None = None
    market_id: UUID | None = None
    side: str | None = None

    @property
    def event_class(self) -> EventClass:
        """Return the class that the event is counted in."""
        return EventClass(self.kind, self.product, tags_of(self.amount))


@dataclass(frozen=True, slots=True)
class Reversal:
    """An event taken back: `amount` of it, or, with None, all that is left of it and the event itself.

    `share` instead: a part of what the event was, as (numerator, denominator), rounded down. So whoever knows
    which part of a wager was not used need not know what the wager was worth in LKR.
    """

    id: UUID
    reverses: UUID
    at: datetime
    amount: int | None = None
    share: tuple[int, int] | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether the event itself is taken back, with all that is left of it."""
        return self.amount is None and self.share is None

    def take(self, was: int, left: int) -> int:
        """Return how much is taken back of an event that was `was`, and of which `left` is left."""
        if self.share is not None:
            numerator, denominator = self.share
            return was * numerator // denominator
        return left if self.amount is None else self.amount


@dataclass(frozen=True, slots=True)
class Counted:
    """An event or a reversal as a row: where it counts, with which sign."""

    event: Event
    event_class: EventClass
    counted_at: datetime
    n: int
    amount: int
    reverses: UUID | None = None


def tags_of(amount: int) -> int:
    """Return what an amount looks like, as bits."""
    bits = 0
    if JUST_BELOW_FROM <= amount < REPORTING_THRESHOLD:
        bits |= TAG_BITS[Tag.JUST_BELOW]
    if amount >= ROUND_FROM and amount % ROUND_STEP == 0:
        bits |= TAG_BITS[Tag.ROUND]
    return bits


def subjects_of(event: Event) -> Iterator[tuple[Subject, UUID]]:
    """Yield whose counters an event moves."""
    yield Subject.CUSTOMER, event.customer_id
    if event.instrument_id is not None:
        yield Subject.INSTRUMENT, event.instrument_id
    if event.device_id is not None:
        yield Subject.DEVICE, event.device_id


_SUBJECT_IDS: Final[Mapping[Subject, Callable[[Event], UUID | None]]] = {
    Subject.CUSTOMER: attrgetter("customer_id"),
    Subject.INSTRUMENT: attrgetter("instrument_id"),
    Subject.DEVICE: attrgetter("device_id"),
}
_VALUES: Final[Mapping[Dimension, Callable[[Event], UUID | None]]] = {
    Dimension.CUSTOMER: attrgetter("customer_id"),
    Dimension.COUNTERPARTY: attrgetter("counterparty_id"),
    Dimension.INSTRUMENT: attrgetter("instrument_id"),
    Dimension.DEVICE: attrgetter("device_id"),
}


def subject_id_of(event: Event, subject: Subject) -> UUID | None:
    """Return the event's customer, instrument or device."""
    return _SUBJECT_IDS[subject](event)


def value_of(event: Event, dimension: Dimension) -> UUID | None:
    """Return what a distinct count counts of an event."""
    return _VALUES[dimension](event)


def is_counted(metric: str, event_class: EventClass) -> bool:
    """Tell whether a metric counts events of a class."""
    wanted = METRICS[metric]
    return (
        event_class.kind in wanted.kinds
        and (wanted.product is None or event_class.product is wanted.product)
        and (wanted.tag is None or bool(event_class.tags & TAG_BITS[wanted.tag]))
    )
