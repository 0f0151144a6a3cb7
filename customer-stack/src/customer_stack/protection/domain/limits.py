"""Limits: whose they are, which one counts, and whether something more fits under it. Pure.

Guaranteed:
- of several limits on the same thing the lowest counts, and the answer says whose it is;
- what was counted before a limit was set counts against it;
- a loss is what was staked less what came back, and never below zero: winnings make no room for more than
  the limit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from customer_stack.protection.domain.counting import Measure, Window


class LimitKind(StrEnum):
    """What a limit is on. Withdrawals are limited by tiers alone."""

    __hash__ = str.__hash__  # Enum's own is a call in Python, for each look-up by a member

    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    STAKE = "stake"
    LOSS = "loss"


class Source(StrEnum):
    """Whose a limit is. Of two equal ones the first counts."""

    OWN = "own"
    STAFF = "staff"
    TENANT = "tenant"
    TIER = "tier"


@dataclass(frozen=True, slots=True)
class Limit:
    """The most of its kind within a window: LKR cents of deposits and withdrawals, else micro-dollars."""

    kind: LimitKind
    window: Window
    amount: int
    source: Source

    @property
    def reason(self) -> str:
        """Return the reason code of what does not fit under it."""
        return "gate.tier_limit" if self.source is Source.TIER else f"protection.{self.kind.value}_limit"


@dataclass(frozen=True, slots=True)
class Breach:
    """What does not fit: under which limit, and how much of it is used already."""

    limit: Limit
    used: int

    @property
    def reason(self) -> str:
        """Return the reason code."""
        return self.limit.reason


JUDGED: Final[Mapping[Measure, tuple[LimitKind, ...]]] = MappingProxyType(
    {
        Measure.DEPOSIT: (LimitKind.DEPOSIT,),
        Measure.WITHDRAWAL: (LimitKind.WITHDRAWAL,),
        Measure.STAKE: (LimitKind.STAKE, LimitKind.LOSS),
        Measure.RETURN: (),
    }
)
"""Which limits what is counted has to fit under."""

_WINDOWS: Final = tuple(Window)
_PLACES: Final = {
    (measure, window): row * len(_WINDOWS) + column
    for row, measure in enumerate(Measure)
    for column, window in enumerate(Window)
}
_USED: Final = {
    (kind, window): (
        _PLACES[measure, window],
        _PLACES[Measure.RETURN, window] if kind is LimitKind.LOSS else None,
    )
    for measure, kinds in JUDGED.items()
    for kind in kinds
    for window in Window
}
"""Which sums a limit is used by, and which give it back."""
_ORDER: Final = {kind: number for number, kind in enumerate(LimitKind)}
_WINDOW_ORDER: Final = {window: number for number, window in enumerate(Window)}
_SOURCE_ORDER: Final = {source: number for number, source in enumerate(Source)}

NOTHING: Final = (0,) * len(_PLACES)


@dataclass(frozen=True, slots=True)
class Standing:
    """What was counted of a customer, the limits that count, and what else the gate asks of protection.

    `sums`: by measure, then by window, in their order. `limits`: at most one per kind and window.
    """

    sums: tuple[int, ...]
    limits: tuple[Limit, ...]
    policy_version: int
    sells_when_excluded: bool = True
    reality_minutes: int = 60
    reality_required: bool = False
    acknowledged_at: datetime | None = None

    @property
    def reality_interval(self) -> timedelta:
        """Return after what time of play a reality check is due."""
        return timedelta(minutes=self.reality_minutes)

    def counted(self, measure: Measure, window: Window) -> int:
        """Return a sum."""
        return self.sums[_PLACES[measure, window]]

    def used(self, kind: LimitKind, window: Window) -> int:
        """Return how much of a limit of this kind is used."""
        place, returned = _USED[kind, window]
        used = self.sums[place]
        return used if returned is None else max(0, used - self.sums[returned])

    def limit_on(self, kind: LimitKind, window: Window) -> Limit | None:
        """Return the limit that counts."""
        return next((each for each in self.limits if (each.kind, each.window) == (kind, window)), None)

    def plus(self, measure: Measure, amount: int) -> "Standing":
        """Return the standing after something more was counted now."""
        sums = list(self.sums)
        first = _PLACES[measure, Window.DAY]
        for place in range(first, first + len(_WINDOWS)):
            sums[place] += amount
        return replace(self, sums=tuple(sums))


def limits_of_tier(deposits: Mapping[str, int], withdrawals: Mapping[str, int]) -> tuple[Limit, ...]:
    """Return the limits of a tier: LKR cents by the names of windows."""
    return tuple(
        Limit(kind, Window(window), amount, Source.TIER)
        for kind, amounts in ((LimitKind.DEPOSIT, deposits), (LimitKind.WITHDRAWAL, withdrawals))
        for window, amount in amounts.items()
    )


def lowest(limits: Iterable[Limit]) -> tuple[Limit, ...]:
    """Return the limits that count: of each kind and window the lowest, in the order of kinds and windows."""
    kept: dict[tuple[LimitKind, Window], Limit] = {}
    for each in limits:
        other = kept.get((each.kind, each.window))
        if other is None or _rank(each) < _rank(other):
            kept[each.kind, each.window] = each
    return tuple(sorted(kept.values(), key=lambda each: (_ORDER[each.kind], _WINDOW_ORDER[each.window])))


def judge(standing: Standing, measure: Measure, amount: int) -> Breach | None:
    """Return the first limit under which `amount` more does not fit; None: it fits under all.

    Stakes of open wagers count as lost until something comes back.
    """
    kinds = JUDGED[measure]
    for limit in standing.limits:
        if limit.kind in kinds:
            used = standing.used(limit.kind, limit.window)
            if used + amount > limit.amount:
                return Breach(limit, used)
    return None


def _rank(limit: Limit) -> tuple[int, int]:
    return limit.amount, _SOURCE_ORDER[limit.source]
