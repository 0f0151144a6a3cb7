"""Everything that a rule can ask about: a closed list of facts, counters and windows. Pure.

What is not listed here has no name in a rule. Whoever adds a fact says here what it means; whoever judges
an event fills it in, or leaves it unknown.

Counters include the event that is judged, as if it had been posted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from customer_stack.aml.domain.values import (
    EventKind,
    FlagType,
    NumberType,
    Product,
    Type,
    Unit,
    WordsType,
    WordType,
)

AMOUNT_LIMIT: Final = 10**15
"""Cents of one event: ten trillion rupees."""
SUM_LIMIT: Final = 10**18
COUNT_LIMIT: Final = 10**9
SECONDS_LIMIT: Final = 10**10

REPORTING_THRESHOLD: Final = 1_000_000_00
"""LKR cents from which cash and electronic transfers are reported to the FIU (FTRA No. 6 of 2006, s. 6)."""

_AMOUNT: Final = NumberType(Unit.LKR, AMOUNT_LIMIT)
_SUM: Final = NumberType(Unit.LKR, SUM_LIMIT)
_COUNT: Final = NumberType(Unit.COUNT, COUNT_LIMIT)
_SECONDS: Final = NumberType(Unit.SECONDS, SECONDS_LIMIT)


@dataclass(frozen=True, slots=True)
class FactSpec:
    """A fact's type, and how a sentence calls it."""

    type: Type
    words: str


FACTS: Final[Mapping[str, FactSpec]] = MappingProxyType(
    {
        "event.kind": FactSpec(WordType("event_kind"), "the kind of event"),
        "event.product": FactSpec(WordType("product"), "the product"),
        "event.amount": FactSpec(_AMOUNT, "the amount"),
        "event.hour": FactSpec(_COUNT, "the hour of day in Colombo"),
        "event.country": FactSpec(WordType("country"), "the country of the request"),
        "event.balance_before": FactSpec(_SUM, "the wallet's balance before"),
        "event.new_counterparty": FactSpec(FlagType(), "the counterparty is new to the customer"),
        "event.new_instrument": FactSpec(FlagType(), "the instrument is new to the customer"),
        "event.name_differs": FactSpec(FlagType(), "the instrument's holder has another name"),
        "customer.tier": FactSpec(WordType("tier"), "the customer's tier"),
        "customer.risk": FactSpec(_COUNT, "the customer's risk score"),
        "customer.country": FactSpec(WordType("country"), "the customer's country"),
        "customer.flags": FactSpec(WordsType("customer_flag"), "the customer's flags"),
        "customer.account_age": FactSpec(_SECONDS, "the age of the account"),
        "customer.idle": FactSpec(_SECONDS, "the time since the customer's last event"),
        "customer.expected_turnover": FactSpec(_SUM, "the expected turnover of a month"),
        "links.opposite_stake": FactSpec(
            _SUM, "what linked accounts staked on the other side of the same market in 24 h"
        ),
    }
)


class Subject(StrEnum):
    """Whose events a counter counts."""

    __hash__ = str.__hash__  # Enum's own is a call in Python, for each look-up by a member

    CUSTOMER = "customer"
    INSTRUMENT = "instrument"
    DEVICE = "device"


class Measure(StrEnum):
    """What a counter says of the events of its window."""

    __hash__ = str.__hash__  # Enum's own is a call in Python, for each look-up by a member

    SUM = "sum"
    COUNT = "count"
    DISTINCT = "distinct"


class Window(StrEnum):
    """How far back a counter reaches: rolling to the microsecond, or the calendar day in Colombo."""

    __hash__ = str.__hash__  # Enum's own is a call in Python, for each look-up by a member

    HOUR = "1h"
    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"
    CALENDAR_DAY = "colombo_day"


ROLLING: Final[Mapping[Window, timedelta]] = MappingProxyType(
    {
        Window.HOUR: timedelta(hours=1),
        Window.DAY: timedelta(hours=24),
        Window.WEEK: timedelta(days=7),
        Window.MONTH: timedelta(days=30),
    }
)


class Tag(StrEnum):
    """What an amount looks like. Set once, when the event is counted."""

    JUST_BELOW = "just_below"
    ROUND = "round"


@dataclass(frozen=True, slots=True)
class Metric:
    """Which events a counter counts: of these kinds, by one product, with a tag."""

    words: str
    kinds: frozenset[EventKind]
    product: Product | None = None
    tag: Tag | None = None


_IN: Final = frozenset({EventKind.DEPOSIT, EventKind.TRANSFER_IN})
_OUT: Final = frozenset({EventKind.WITHDRAWAL, EventKind.TRANSFER_OUT})

METRICS: Final[Mapping[str, Metric]] = MappingProxyType(
    {
        "deposits": Metric("deposits", frozenset({EventKind.DEPOSIT})),
        "card_deposits": Metric("deposits by card", frozenset({EventKind.DEPOSIT}), product=Product.CARD),
        "deposits_just_below": Metric(
            "deposits just below the reporting threshold", frozenset({EventKind.DEPOSIT}), tag=Tag.JUST_BELOW
        ),
        "withdrawals": Metric("withdrawals", frozenset({EventKind.WITHDRAWAL})),
        "withdrawals_just_below": Metric(
            "withdrawals just below the reporting threshold",
            frozenset({EventKind.WITHDRAWAL}),
            tag=Tag.JUST_BELOW,
        ),
        "transfers_in": Metric("transfers received", frozenset({EventKind.TRANSFER_IN})),
        "transfers_out": Metric("transfers sent", frozenset({EventKind.TRANSFER_OUT})),
        "qr_payments": Metric("payments by QR", frozenset({EventKind.TRANSFER_OUT}), product=Product.QR),
        "money_in": Metric("money in", _IN),
        "money_out": Metric("money out", _OUT),
        "turnover": Metric("money in and out", _IN | _OUT),
        "round_amounts": Metric("round amounts in and out", _IN | _OUT, tag=Tag.ROUND),
        "wagers": Metric("wagers", frozenset({EventKind.WAGER})),
        "wager_sales": Metric("sales of positions", frozenset({EventKind.WAGER_SALE})),
        "winnings": Metric("winnings", frozenset({EventKind.WINNINGS})),
        "chargebacks": Metric("chargebacks", frozenset({EventKind.CHARGEBACK})),
    }
)
"""By name: what sums and counts can be of."""


class Dimension(StrEnum):
    """What a distinct count counts."""

    CUSTOMER = "customer"
    COUNTERPARTY = "counterparty"
    INSTRUMENT = "instrument"
    DEVICE = "device"


DIMENSIONS: Final[Mapping[Subject, frozenset[Dimension]]] = MappingProxyType(
    {
        Subject.CUSTOMER: frozenset({Dimension.COUNTERPARTY, Dimension.INSTRUMENT, Dimension.DEVICE}),
        Subject.INSTRUMENT: frozenset({Dimension.CUSTOMER}),
        Subject.DEVICE: frozenset({Dimension.CUSTOMER}),
    }
)
"""What is kept apart per subject."""


def counts_devices(subject: Subject, dimension: Dimension) -> bool:
    """Tell whether devices are counted, or who was met on one: these come with nearly every event."""
    return subject is Subject.DEVICE or dimension is Dimension.DEVICE


def counter_type(measure: Measure) -> NumberType:
    """Return the type of a counter's value."""
    return _SUM if measure is Measure.SUM else _COUNT
