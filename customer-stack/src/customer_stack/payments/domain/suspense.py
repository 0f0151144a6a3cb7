"""How money in suspense finds its owner. Pure.

One person proposes to give it to a customer or to send it back, another approves. A return leaves suspense
only when the bank says yes; if the bank says no, the money is in suspense as before.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from customer_stack.ledger.domain import Account, Action, TransferKind
from customer_stack.payments.domain.pay_ins import PayIn, PayInOutcome
from customer_stack.payments.errors import (
    NotInSuspense,
    ProposalDecided,
    ProposalPending,
    SamePerson,
)
from shared.ids import Ids
from shared.ledger.domain import LKR, Movement, Posting, Transfer


class Way(StrEnum):
    """Where the money goes. The members of the database type payment_suspense_way."""

    ASSIGN = "assign"
    RETURN = "return"


class Decision(StrEnum):
    """What became of a proposal. The members of the database type payment_decision."""

    APPROVED = "approved"
    REJECTED = "rejected"


class SuspenseState(StrEnum):
    """How far the clearing of a pay-in is."""

    OPEN = "open"
    PROPOSED = "proposed"
    RETURNING = "returning"
    ASSIGNED = "assigned"
    RETURNED = "returned"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one person proposes and another decides."""

    id: UUID
    tenant_id: UUID
    pay_in_id: UUID
    way: Way
    customer_id: UUID | None
    proposed_by: UUID
    proposed_at: datetime
    decision: Decision | None = None
    decided_by: UUID | None = None
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SuspenseItem:
    """A pay-in that lay in suspense, and the proposal that stands."""

    pay_in: PayIn
    proposal: Proposal | None
    is_taken_back: bool

    @property
    def state(self) -> SuspenseState:
        """Return how far the clearing is."""
        proposal = self.proposal
        if self.is_taken_back:
            return SuspenseState.TAKEN_BACK
        if proposal is None:
            return SuspenseState.OPEN
        if proposal.decision is None:
            return SuspenseState.PROPOSED
        if proposal.way is Way.ASSIGN:
            return SuspenseState.ASSIGNED
        return SuspenseState.RETURNED if proposal.resolved_at else SuspenseState.RETURNING

    @property
    def lies_in_suspense(self) -> bool:
        """Tell whether the money is still in the department's suspense."""
        return self.state in (SuspenseState.OPEN, SuspenseState.PROPOSED, SuspenseState.RETURNING)


def stands_already(item: SuspenseItem, by: UUID, customer_id: UUID | None) -> bool:
    """Tell whether the same person made the same proposal, which nobody has decided yet."""
    proposal = item.proposal
    if proposal is None or item.state is not SuspenseState.PROPOSED:
        return False
    return (proposal.proposed_by, proposal.customer_id) == (by, customer_id)


def require_open(item: SuspenseItem) -> None:
    """Refuse to propose about a pay-in that is not open. Raises NotInSuspense, ProposalPending."""
    if item.pay_in.outcome is not PayInOutcome.SUSPENSE or not item.lies_in_suspense:
        raise NotInSuspense("This money does not lie in suspense. Look at the list of suspense.")
    if item.proposal is not None:
        raise ProposalPending("A proposal about this money stands. Have it decided first.")


def require_decidable(item: SuspenseItem, proposal: Proposal, decision: Decision, by: UUID) -> None:
    """Refuse a decision that must not be. Raises ProposalDecided, SamePerson, NotInSuspense."""
    if proposal.decision is not None:
        raise ProposalDecided("This proposal was decided. Look at it first.")
    if decision is Decision.REJECTED:
        return
    if not item.lies_in_suspense:
        raise NotInSuspense("The bank took this money back. Reject the proposal.")
    if proposal.proposed_by == by:
        raise SamePerson("Who proposes does not approve. Ask a colleague.")


def build_assignment(
    pay_in: PayIn, customer_id: UUID, *, movement_id: UUID, ids: Ids, now: datetime
) -> Movement:
    """Give what lies in suspense to a customer: two halves that meet in `desk`."""
    halves = (
        (pay_in.department_id, Posting(LKR, Account.SUSPENSE, Account.DESK, pay_in.amount, Action.OUTFLOW)),
        (customer_id, Posting(LKR, Account.DESK, Account.WALLET, pay_in.amount, Action.INFLOW)),
    )
    return Movement(
        transfers=tuple(
            Transfer(
                id=ids.new(),
                movement_id=movement_id,
                tenant_id=pay_in.tenant_id,
                book_id=book_id,
                kind=TransferKind.SUSPENSE_ASSIGNMENT,
                effective_at=now,
                postings=(posting,),
            )
            for book_id, posting in halves
        )
    )
