"""What is halted, and why. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
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
