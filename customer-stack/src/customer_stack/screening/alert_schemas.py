"""Shapes of the staff routes of alerts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import StringConstraints

from customer_stack.edge.schemas import Answer, Body
from customer_stack.screening.domain.alerts import Alert, State, Step, Taken
from customer_stack.screening.domain.tasks import Reason, Task
from customer_stack.screening.schemas import EntryAnswer
from customer_stack.screening.service.alerts import Shown


class DecisionBody(Body):
    """Why somebody decides; kept sealed with the customer's key."""

    note: Annotated[str, StringConstraints(min_length=3, max_length=2000)]


class AlertAnswer(Answer):
    """An alert without names of customers. `is_sanctioned` false: listed for an office or a relation."""

    id: UUID
    customer_id: UUID
    business_id: UUID | None
    list: str
    entry_id: str
    state: State
    score: int
    priority: int
    is_sanctioned: bool
    opened_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, alert: Alert) -> Self:
        """Show an alert."""
        return cls(
            id=alert.id,
            customer_id=alert.subject.customer_id,
            business_id=alert.subject.business_id,
            list=alert.seen.source,
            entry_id=alert.seen.entry_id,
            state=alert.state,
            score=alert.seen.score,
            priority=alert.seen.priority,
            is_sanctioned=alert.seen.is_sanctioned,
            opened_at=alert.opened_at,
            changed_at=alert.last.taken_at,
        )


class AlertsAnswer(Answer):
    """A page of alerts, the highest priority first."""

    items: tuple[AlertAnswer, ...]
    next_cursor: str | None


class StepAnswer(Answer):
    """A step; without `taken_by` the system took it."""

    number: int
    step: Step
    state: State
    score: int
    taken_by: UUID | None
    taken_at: datetime
    note: str | None

    @classmethod
    def of(cls, taken: Taken, note: str | None) -> Self:
        """Show a step."""
        return cls(
            number=taken.number,
            step=taken.step,
            state=taken.state,
            score=taken.score,
            taken_by=taken.taken_by,
            taken_at=taken.taken_at,
            note=note,
        )


class AlertContentAnswer(Answer):
    """An alert in words: `reasons` as `customer-stack screening match` writes a match."""

    alert: AlertAnswer
    reasons: dict[str, Any]
    entry: EntryAnswer | None
    lists_number: int
    matcher_version: int
    steps: tuple[StepAnswer, ...]

    @classmethod
    def of(cls, shown: Shown) -> Self:
        """Show an alert in words."""
        return cls(
            alert=AlertAnswer.of(shown.alert),
            reasons=shown.reasons,
            entry=None if shown.entry is None else EntryAnswer.of(shown.entry),
            lists_number=shown.lists_number,
            matcher_version=shown.matcher_version,
            steps=tuple(StepAnswer.of(taken, shown.notes.get(taken.number)) for taken in shown.steps),
        )


class WaitingTaskAnswer(Answer):
    """Somebody whose screening went wrong, and when it is tried again."""

    customer_id: UUID
    business_id: UUID | None
    reason: Reason
    problem: str | None
    attempts: int
    asked_at: datetime
    due_at: datetime


class WaitingAnswer(Answer):
    """A page of those who wait."""

    items: tuple[WaitingTaskAnswer, ...]
    next_cursor: str | None


def show_alerts(found: Sequence[Alert], limit: int) -> AlertsAnswer:
    """Show a page out of one row more than it holds."""
    page = found[:limit]
    cursor = f"{page[-1].seen.priority}.{page[-1].id}" if len(found) > limit else None
    return AlertsAnswer(items=tuple(map(AlertAnswer.of, page)), next_cursor=cursor)


def show_waiting(found: Sequence[Task], limit: int) -> WaitingAnswer:
    """Show a page out of one row more than it holds."""
    page = found[:limit]
    items = tuple(
        WaitingTaskAnswer(
            customer_id=task.subject.customer_id,
            business_id=task.subject.business_id,
            reason=task.reason,
            problem=task.problem,
            attempts=task.attempts,
            asked_at=task.asked_at,
            due_at=task.due_at,
        )
        for task in page
    )
    cursor = str(page[-1].subject.id) if len(found) > limit else None
    return WaitingAnswer(items=items, next_cursor=cursor)
