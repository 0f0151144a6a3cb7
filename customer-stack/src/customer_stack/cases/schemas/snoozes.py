"""Wire shapes of snoozes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, StringConstraints

from customer_stack.cases.domain.snoozing import Snooze
from customer_stack.cases.schemas.cases import Text
from customer_stack.edge.schemas import Answer, Body

RuleKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{2,47}$")]


class SnoozeBody(Body):
    """Which rule is not heard for whom, until when, and why; the words are kept sealed."""

    customer_id: UUID
    rule: RuleKey
    ends_at: AwareDatetime
    reason: Text


class SnoozeAnswer(Answer):
    """A snooze as it stands. `is_over`: its time has passed, whatever its state says."""

    id: UUID
    customer_id: UUID
    rule: str
    ends_at: str
    is_over: bool
    state: str
    proposed_by: UUID
    proposed_at: str
    decided_by: UUID | None
    decided_at: str | None
    ended_by: UUID | None
    ended_at: str | None


class SnoozesAnswer(Answer):
    """A page of snoozes, newest first."""

    items: list[SnoozeAnswer]
    next_cursor: str | None


class SnoozeReasonAnswer(Answer):
    """Why a snooze was proposed."""

    reason: str


def show_snooze(snooze: Snooze, now: datetime) -> SnoozeAnswer:
    """Return a snooze as staff see it at a moment."""
    return SnoozeAnswer(
        id=snooze.id,
        customer_id=snooze.customer_id,
        rule=snooze.rule,
        ends_at=snooze.ends_at.isoformat(),
        is_over=snooze.is_over(now),
        state=snooze.state.value,
        proposed_by=snooze.proposed_by,
        proposed_at=snooze.proposed_at.isoformat(),
        decided_by=snooze.decided_by,
        decided_at=None if snooze.decided_at is None else snooze.decided_at.isoformat(),
        ended_by=snooze.ended_by,
        ended_at=None if snooze.ended_at is None else snooze.ended_at.isoformat(),
    )
