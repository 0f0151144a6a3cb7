"""Wire shapes of payments."""

from uuid import UUID

from customer_stack.edge.schemas import Answer, Body
from customer_stack.payments.domain import PayInStanding
from customer_stack.payments.domain.suspense import SuspenseItem
from shared.money import LKR_SCALE, format_minor


class PayInAnswer(Answer):
    """A pay-in: `state` is converted, waiting, suspense, returned or taken_back; `next_step` says what to do.

    `refund_proposed_at` is set when it has waited so long that it should go back.
    """

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
    refund_proposed_at: str | None


class PayInsAnswer(Answer):
    """A page of pay-ins, newest first."""

    items: list[PayInAnswer]
    next_cursor: str | None


class AssignmentBody(Body):
    """Whose money it is."""

    customer_id: UUID


class ReturnBody(Body):
    """Send it back to the account that it came from."""


class DecisionBody(Body):
    """Decide about exactly this proposal."""


class ProposalAnswer(Answer):
    """What one person proposes and another decides: `way` is assign or return."""

    id: UUID
    way: str
    customer_id: UUID | None
    proposed_by: UUID
    proposed_at: str
    decision: str | None
    decided_by: UUID | None


class SuspenseAnswer(Answer):
    """Money in suspense: `state` is open, proposed, returning, assigned, returned or taken_back."""

    id: UUID
    state: str
    reason: str
    amount: str
    provider: str
    bank_reference: str
    customer_id: UUID | None
    booked_at: str
    decided_at: str
    proposal: ProposalAnswer | None


class SuspensePageAnswer(Answer):
    """A page of suspense, newest first."""

    items: list[SuspenseAnswer]
    next_cursor: str | None


class PayerAnswer(Answer):
    """Who paid, as far as the bank said. `text`: what stood in place of a reference of ours."""

    account: str
    text: str | None


def show_pay_in(standing: PayInStanding) -> PayInAnswer:
    """Return a pay-in as the customer sees it."""
    pay_in, proposed_at = standing.pay_in, standing.refund_proposed_at
    return PayInAnswer(
        id=pay_in.id,
        state=standing.state,
        reason=pay_in.reason.value,
        next_step=standing.next_step,
        amount=format_minor(pay_in.amount, LKR_SCALE),
        bank_reference=pay_in.bank_reference,
        quote_id=pay_in.quote_id,
        conversion_id=pay_in.conversion_id,
        booked_at=pay_in.booked_at.isoformat(),
        decided_at=pay_in.decided_at.isoformat(),
        refund_proposed_at=proposed_at.isoformat() if proposed_at else None,
    )


def show_item(item: SuspenseItem) -> SuspenseAnswer:
    """Return money in suspense as staff sees it, without who paid."""
    pay_in, proposal = item.pay_in, item.proposal
    return SuspenseAnswer(
        id=pay_in.id,
        state=item.state.value,
        reason=pay_in.reason.value,
        amount=format_minor(pay_in.amount, LKR_SCALE),
        provider=pay_in.provider,
        bank_reference=pay_in.bank_reference,
        customer_id=pay_in.customer_id,
        booked_at=pay_in.booked_at.isoformat(),
        decided_at=pay_in.decided_at.isoformat(),
        proposal=None
        if proposal is None
        else ProposalAnswer(
            id=proposal.id,
            way=proposal.way.value,
            customer_id=proposal.customer_id,
            proposed_by=proposal.proposed_by,
            proposed_at=proposal.proposed_at.isoformat(),
            decision=proposal.decision.value if proposal.decision else None,
            decided_by=proposal.decided_by,
        ),
    )
