"""Wire shapes of restrictions."""

from datetime import datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import StringConstraints

from customer_stack.edge.schemas import Answer, Body
from customer_stack.restrictions.desk import History, Wish
from customer_stack.restrictions.domain import Cause, CauseKind, Kind, Restriction, StaffReason, State, Step

NOTICE: Final = (
    "Some services are not available to you at the moment. Your money is safe. "
    "Write to us if you have questions."
)
"""The same for every cause: what a customer reads must not say that somebody is looking at them."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class RestrictionBody(Body):
    """A restriction by staff, or by the order of a court or a competent authority.

    An order needs `text`: who ordered it, under which number. Texts are sealed.
    """

    kind: Kind
    cause: Literal["staff", "order"]
    reason: StaffReason
    order_id: UUID | None = None
    text: Text | None = None

    def to_wish(self) -> Wish:
        """Return what is wanted."""
        kind = CauseKind(self.cause)
        cause = Cause(kind, self.order_id if kind is CauseKind.ORDER else None)
        return Wish(self.kind, cause, self.reason.value, self.text)


class StepBody(Body):
    """What is written about a step; sealed."""

    text: Text | None = None


class RestrictionAnswer(Answer):
    """A restriction, without what people wrote. `changed_by` took the last step."""

    restriction_id: UUID
    customer_id: UUID
    kind: Kind
    cause: CauseKind
    cause_id: UUID | None
    reason: str
    state: State
    placed_by: str
    placed_at: datetime
    changed_by: str
    changed_at: datetime

    @classmethod
    def of(cls, restriction: Restriction) -> Self:
        """Return the wire shape."""
        return cls(
            restriction_id=restriction.id,
            customer_id=restriction.customer_id,
            kind=restriction.kind,
            cause=restriction.cause.kind,
            cause_id=restriction.cause.id,
            reason=restriction.reason,
            state=restriction.last.state,
            placed_by=restriction.placed_by,
            placed_at=restriction.placed_at,
            changed_by=restriction.last.taken_by,
            changed_at=restriction.last.taken_at,
        )


class RestrictionPage(Answer):
    """Restrictions, newest first."""

    items: list[RestrictionAnswer]
    next_cursor: str | None

    @classmethod
    def of(cls, found: list[Restriction], limit: int) -> Self:
        """Return a page of at most `limit`, of which one more was asked for."""
        page = found[:limit]
        more = str(page[-1].id) if len(found) > limit else None
        return cls(items=[RestrictionAnswer.of(each) for each in page], next_cursor=more)


class StepAnswer(Answer):
    """One step, with what was written."""

    step: Step
    state: State
    taken_by: str
    taken_at: datetime
    text: str | None


class HistoryAnswer(Answer):
    """A restriction with all its steps."""

    restriction: RestrictionAnswer
    steps: list[StepAnswer]

    @classmethod
    def of(cls, history: History) -> Self:
        """Return the wire shape."""
        steps = [
            StepAnswer(
                step=taken.step,
                state=taken.state,
                taken_by=taken.taken_by,
                taken_at=taken.taken_at,
                text=text,
            )
            for taken, text in history.steps
        ]
        return cls(restriction=RestrictionAnswer.of(history.restriction), steps=steps)


class NoticeAnswer(Answer):
    """Whether something is not available to you now."""

    is_restricted: bool
    notice: str | None
