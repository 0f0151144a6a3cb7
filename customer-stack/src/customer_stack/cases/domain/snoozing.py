"""Rules that are not heard for one customer until a moment. Pure.

Guaranteed: a snooze stands only after a second person approved it, for 90 days at most; a rule that denies
is never snoozed; one person is enough to end a snooze or to turn one down, since that only makes it stricter.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.rules import Effect
from customer_stack.cases.errors import OwnProposal, SnoozeDecided, SnoozeImpossible

LONGEST: Final = timedelta(days=90)


class SnoozeState(StrEnum):
    """Where a snooze stands. The members of the database type cases_snooze_state."""

    PROPOSED = "proposed"
    STANDING = "standing"
    REJECTED = "rejected"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Snooze:
    """A rule and the customer for whom it is not heard. `ended_by` None beside an end: its time was over."""

    id: UUID
    tenant_id: UUID
    customer_id: UUID
    rule: str
    ends_at: datetime
    state: SnoozeState
    proposed_by: UUID
    proposed_at: datetime
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    ended_by: UUID | None = None
    ended_at: datetime | None = None

    @property
    def place(self) -> tuple[str, str, UUID]:
        """Return for what the reason is sealed."""
        return ("cases_snooze", "reason_sealed", self.id)

    def is_over(self, now: datetime) -> bool:
        """Tell whether its time is over, decided or not."""
        return self.ends_at <= now


@dataclass(frozen=True, slots=True)
class SnoozeFilter:
    """Which snoozes to list; None: whatever it is."""

    customer_id: UUID | None = None
    state: SnoozeState | None = None


def propose(snooze: Snooze, effect: Effect, now: datetime) -> Snooze:
    """Return a new snooze. Raises SnoozeImpossible."""
    if not now < snooze.ends_at <= now + LONGEST:
        raise SnoozeImpossible(f"A snooze ends within {LONGEST.days} days, and not before it begins.")
    require_possible(effect)
    return snooze


def require_possible(effect: Effect) -> None:
    """Refuse to snooze a rule that denies. Raises SnoozeImpossible."""
    if effect is Effect.DENY:
        raise SnoozeImpossible("A rule that denies cannot be snoozed. Change the rule itself.")


def approve(snooze: Snooze, staff_id: UUID, effect: Effect, now: datetime) -> Snooze:
    """Let a proposed snooze stand. Raises SnoozeDecided, OwnProposal, SnoozeImpossible."""
    _require(snooze, SnoozeState.PROPOSED)
    if staff_id == snooze.proposed_by:
        raise OwnProposal("You proposed this snooze. Ask somebody else to approve it.")
    require_possible(effect)
    if snooze.is_over(now):
        raise SnoozeImpossible("The time of this snooze is over. Propose another one.")
    return replace(snooze, state=SnoozeState.STANDING, decided_by=staff_id, decided_at=now)


def reject(snooze: Snooze, staff_id: UUID, now: datetime) -> Snooze:
    """Turn a proposed snooze down; who proposed it may do so too. Raises SnoozeDecided."""
    _require(snooze, SnoozeState.PROPOSED)
    return replace(snooze, state=SnoozeState.REJECTED, decided_by=staff_id, decided_at=now)


def end(snooze: Snooze, staff_id: UUID | None, now: datetime) -> Snooze:
    """End a standing snooze; `staff_id` None: its time is over. Raises SnoozeDecided."""
    _require(snooze, SnoozeState.STANDING)
    return replace(snooze, state=SnoozeState.ENDED, ended_by=staff_id, ended_at=now)


def project(snoozes: Iterable[Snooze], now: datetime) -> dict[str, datetime]:
    """Return what the gate knows of a customer's snoozes: key of a rule -> until when it is not heard."""
    return {
        each.rule: each.ends_at
        for each in snoozes
        if each.state is SnoozeState.STANDING and not each.is_over(now)
    }


def _require(snooze: Snooze, state: SnoozeState) -> None:
    if snooze.state is not state:
        raise SnoozeDecided(f"This snooze is {snooze.state.value}. Look at it again.")
