"""What payments write beside the ledger: audit records, sources of transfers, stages of deals."""

from datetime import datetime
from uuid import UUID

from customer_stack.ledger.domain import DealState, DealStep, TransferSource
from customer_stack.payments.domain import PayIn, Sources, TakeBack
from customer_stack.payments.domain.suspense import Proposal
from shared.audit import AuditRecord
from shared.ledger.domain import Movement, Transfer

SYSTEM = "system"


def record_of_pay_in(pay_in: PayIn) -> AuditRecord:
    """Say what became of money that arrived."""
    body = {
        "pay_in": str(pay_in.id),
        "customer": str(pay_in.customer_id) if pay_in.customer_id else None,
        "department": str(pay_in.department_id),
        "bank_reference": pay_in.bank_reference,
        "lkr": pay_in.amount,
        "reason": pay_in.reason.value,
        "quote": str(pay_in.quote_id) if pay_in.quote_id else None,
        "conversion": str(pay_in.conversion_id) if pay_in.conversion_id else None,
        "movement": str(pay_in.movement_id),
    }
    kind = f"payments.pay_in_{pay_in.outcome.value}"
    return AuditRecord(pay_in.tenant_id, kind, body, pay_in.decided_at, SYSTEM)


def record_of_take_back(
    pay_in: PayIn, take_back: TakeBack, sources: Sources, movement_id: UUID, now: datetime
) -> AuditRecord:
    """Say who bore what the bank took back."""
    body = {
        "pay_in": str(pay_in.id),
        "reversal_reference": take_back.reversal_reference,
        "suspense": sources.suspense,
        "wallet": sources.wallet,
        "debt": sources.debt,
        "movement": str(movement_id),
    }
    return AuditRecord(pay_in.tenant_id, "payments.pay_in_taken_back", body, now, SYSTEM)


def record_of_refund_proposal(pay_in: PayIn, now: datetime) -> AuditRecord:
    """Say that LKR waits so long that it should go back."""
    body = {
        "pay_in": str(pay_in.id),
        "customer": str(pay_in.customer_id) if pay_in.customer_id else None,
        "lkr": pay_in.amount,
    }
    return AuditRecord(pay_in.tenant_id, "payments.refund_proposed", body, now, SYSTEM)


def record_of_proposal(proposal: Proposal, kind: str, actor: str, now: datetime) -> AuditRecord:
    """Say what happened to a proposal about suspense: `kind` is what, in the past."""
    body = {
        "proposal": str(proposal.id),
        "pay_in": str(proposal.pay_in_id),
        "way": proposal.way.value,
        "customer": str(proposal.customer_id) if proposal.customer_id else None,
    }
    return AuditRecord(proposal.tenant_id, f"payments.suspense_{kind}", body, now, actor)


def source_of_receipt(pay_in: PayIn, receipt: Transfer) -> TransferSource:
    """Say which booking of the provider a receipt is: one settlement per reference."""
    return TransferSource(
        pay_in.tenant_id,
        receipt.book_id,
        receipt.id,
        provider=pay_in.provider,
        reference=pay_in.bank_reference,
        quote_id=pay_in.quote_id,
    )


def source_of_take_back(movement: Movement, take_back: TakeBack) -> TransferSource:
    """Say which booking of the provider a take-back is; where it has two parts, the first one says it."""
    first = movement.transfers[0]
    return TransferSource(
        first.tenant_id,
        first.book_id,
        first.id,
        provider=take_back.provider,
        reference=take_back.reversal_reference,
    )


def steps_of_receipt(pay_in: PayIn, receipt: Transfer) -> list[DealStep]:
    """A pay-in is settled as soon as it is known."""
    deal = (pay_in.tenant_id, receipt.book_id, pay_in.id)
    at, movement_id = pay_in.decided_at, pay_in.movement_id
    return [
        DealStep(*deal, DealState.CREATED, at, SYSTEM),
        DealStep(*deal, DealState.SETTLED, at, SYSTEM, movement_id),
    ]


def step_of_take_back(pay_in: PayIn, movement_id: UUID, now: datetime) -> DealStep:
    """The deal of a pay-in stays in the book in which it began."""
    book_id = pay_in.department_id if pay_in.in_suspense else (pay_in.customer_id or pay_in.department_id)
    return DealStep(pay_in.tenant_id, book_id, pay_in.id, DealState.REVERSED, now, SYSTEM, movement_id)
