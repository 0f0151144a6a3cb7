"""What is halted, and why; how much a market and a tenant's float carry. Pure.

Units: contracts 0.01, money 0.000001 USD.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class Cause(StrEnum):
    """Why trading stands still. The machine finds the first three; an operator may give any."""

    UNKNOWN_ORDERS = "unknown_orders"
    """Sendings keep getting neither yes nor no."""
    POSITION_DRIFT = "position_drift"
    """The exchange holds other positions than the books."""
    CLOCK_SKEW = "clock_skew"
    """The exchange's clock and ours are apart."""
    OPERATOR = "operator"
    """An operator's own decision."""
    EXCHANGE_FAULT = "exchange_fault"
    """The exchange misbehaves in another way."""
    REGULATOR = "regulator"
    """A regulator or a court demands it."""
    SECURITY = "security"
    """Keys or access may be in wrong hands."""


@dataclass(frozen=True, slots=True)
class Halt:
    """One halt. Without a market it is global; without an operator the machine made it."""

    halt_id: UUID
    market_id: UUID | None
    cause: Cause
    operator: UUID | None
    since: datetime


@dataclass(frozen=True, slots=True)
class EndedHalt:
    """A halt as the list shows it: with its end, if it has one."""

    halt: Halt
    lifted_by: UUID | None
    lifted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Halts:
    """All halts that stand."""

    standing: tuple[Halt, ...] = ()

    @property
    def is_global(self) -> bool:
        """Tell whether every market is halted."""
        return any(halt.market_id is None for halt in self.standing)

    @property
    def markets(self) -> frozenset[UUID]:
        """Return the markets that are halted by themselves."""
        return frozenset(halt.market_id for halt in self.standing if halt.market_id is not None)

    def stops(self, market_id: UUID) -> bool:
        """Tell whether nothing may be closed or sent in a market."""
        return any(halt.market_id in (None, market_id) for halt in self.standing)

    def stopped(self, market_ids: Iterable[UUID]) -> set[UUID]:
        """Return those of the markets that are halted, by themselves or with all."""
        return {market_id for market_id in market_ids if self.stops(market_id)}

    def count(self, cause: Cause) -> int:
        """Return how many halts stand for a cause."""
        return sum(halt.cause is cause for halt in self.standing)


@dataclass(frozen=True, slots=True)
class TripPolicy:
    """When the machine halts: so many orders became UNKNOWN within so long, in one market or in all."""

    unknown_in_market: int = 5
    unknown_in_all: int = 20
    within: timedelta = timedelta(minutes=5)

    def since(self, at: datetime, last_lift: datetime | None) -> datetime:
        """Return from when on UNKNOWN orders count: a person has judged those before the last lift."""
        earliest = at - self.within
        return earliest if last_lift is None else max(earliest, last_lift)


def fit_position(quantities: Sequence[int], room: int) -> list[bool]:
    """Tell which quantities, in order, fit into what a position may still grow by.

    What does not fit is passed over; smaller ones behind it may still fit. A position that shrinks has all
    the room to zero and beyond it to the limit of the other side.
    """
    if sum(quantities) <= room:
        return [True] * len(quantities)
    fits = []
    for quantity in quantities:
        taken = quantity <= room
        room -= quantity if taken else 0
        fits.append(taken)
    return fits


def carry(
    tenants: Sequence[UUID], amounts: Sequence[int], free: Mapping[UUID, int]
) -> tuple[list[bool], dict[UUID, int]]:
    """Tell which amounts, in order, their tenants' float carries, and what each tenant has to hold for them.

    What a float cannot carry is passed over; smaller ones behind it may still be carried.
    """
    held: dict[UUID, int] = dict.fromkeys(tenants, 0)
    for tenant, amount in zip(tenants, amounts, strict=True):
        held[tenant] += amount
    if all(needed <= free[tenant] for tenant, needed in held.items()):
        return [True] * len(amounts), held
    held = {}
    carried = []
    for tenant, amount in zip(tenants, amounts, strict=True):
        after = held.get(tenant, 0) + amount
        taken = after <= free[tenant]
        if taken:
            held[tenant] = after
        carried.append(taken)
    return carried, held
