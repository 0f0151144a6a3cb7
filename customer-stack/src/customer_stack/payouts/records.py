"""What payouts write beside the ledger: audit records, stages and parameters of deals, sources."""

from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.fx.domain.conversion import Conversion
from customer_stack.ledger.domain import Amount, DealState, DealStep, Item, ItemState, TransferSource
from customer_stack.payouts.domain.payouts import KIND_OF, Payout
from shared.audit import AuditRecord
from shared.ledger.domain import LKR, USD, Transfer

SYSTEM: Final = "system"


def record_of(payout: Payout, what: str, actor: str, now: datetime, **more: str | int | None) -> AuditRecord:
    """Say what happened to a payout: `what` is in the past."""
    body = {
        "payout": str(payout.id),
        "purpose": payout.purpose.value,
        "customer": str(payout.customer_id) if payout.customer_id else None,
        "lkr": payout.amount,
        "fee": payout.fee,
        **more,
    }
    return AuditRecord(payout.tenant_id, f"payouts.{what}", body, now, actor)


def steps_of_request(payout: Payout) -> list[DealStep]:
    """A payout is authorised as soon as its money is held or claimed."""
    deal = (payout.tenant_id, payout.book_id, payout.id)
    return [
        DealStep(*deal, state, payout.requested_at, payout.requested_by)
        for state in (DealState.CREATED, DealState.AUTHORIZED)
    ]


def step_of_payment(payout: Payout, movement_id: UUID, now: datetime) -> DealStep:
    """The bank said yes."""
    deal = (payout.tenant_id, payout.book_id, payout.id)
    return DealStep(*deal, DealState.SETTLED, now, SYSTEM, movement_id)


def step_of_failure(payout: Payout, actor: str, now: datetime, movement_id: UUID | None = None) -> DealStep:
    """The bank said no, or gave the money back, or it was never sent."""
    deal = (payout.tenant_id, payout.book_id, payout.id)
    return DealStep(*deal, DealState.REVERSED, now, actor, movement_id)


def item_of(payout: Payout, conversion: Conversion | None, item_id: UUID) -> Item:
    """Return the first version of what was asked for."""
    quote = conversion.quote if conversion else None
    return Item(
        id=item_id,
        tenant_id=payout.tenant_id,
        book_id=payout.book_id,
        deal_id=payout.id,
        version=1,
        state=ItemState.ACTIVE,
        kind=KIND_OF[payout.purpose],
        give=Amount(USD, quote.usd) if quote else Amount(LKR, payout.gross),
        get=Amount(LKR, payout.amount),
        rate_e8=quote.agreed_e8 if quote else None,
        fee=Amount(LKR, payout.fee) if payout.fee else None,
        reference=payout.reference,
        movement_id=conversion.movement_id if conversion else None,
        effective_at=payout.requested_at,
        made_by=payout.requested_by,
        made_at=payout.requested_at,
    )


def source_of(payout: Payout, transfer: Transfer, reference: str) -> TransferSource:
    """Say which booking of the provider a transfer is: one settlement per reference."""
    return TransferSource(
        payout.tenant_id,
        transfer.book_id,
        transfer.id,
        provider=payout.provider,
        reference=reference,
        quote_id=payout.quote_id,
    )
