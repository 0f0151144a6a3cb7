"""Wire shapes of payments."""

from uuid import UUID

from customer_stack.edge.schemas import Answer
from customer_stack.payments.domain import NEXT_STEPS, PayIn
from shared.money import LKR_SCALE, format_minor


class NoticeAnswer(Answer):
    """The bank's message is ours now. `new` is false for a repeat."""

    new: bool


class PayInAnswer(Answer):
    """A pay-in: `state` is converted, waiting or suspense; `next_step` says what to do."""

    id: UUID
    state: str
    reason: str
    next_step: str
    amount: str
    bank_reference: str
    quote_id: UUID | None
    conversion_id: UUID | None
    booked_at: str
    decided_at: str


class PayInsAnswer(Answer):
    """A page of pay-ins, newest first."""

    items: list[PayInAnswer]
    next_cursor: str | None


def show_pay_in(pay_in: PayIn) -> PayInAnswer:
    """Return a pay-in as the customer sees it."""
    return PayInAnswer(
        id=pay_in.id,
        state=pay_in.outcome.value,
        reason=pay_in.reason.value,
        next_step=NEXT_STEPS[pay_in.reason],
        amount=format_minor(pay_in.amount, LKR_SCALE),
        bank_reference=pay_in.bank_reference,
        quote_id=pay_in.quote_id,
        conversion_id=pay_in.conversion_id,
        booked_at=pay_in.booked_at.isoformat(),
        decided_at=pay_in.decided_at.isoformat(),
    )
