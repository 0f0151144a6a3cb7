"""The deals of cards in the ledger: a charge, each refund and each chargeback is one, with its parameters.

A charge is created when asked, authorized when the card's bank reserved, settled when captured; reversed
when it is declined, or given back whole. A chargeback is a deal of its own, settled at once and reversed when
it is won, since the deal of its charge cannot be settled twice.
"""

from datetime import datetime
from uuid import UUID

from customer_stack.cards.domain.charges import Charge
from customer_stack.ledger.domain import DealState, DealStep, Item, ItemState, TransferKind
from customer_stack.ledger.service import advance_deals, insert_items
from shared.audit import AuditRecord, append
from shared.database import Transaction
from shared.ids import Ids


def provider_of(charge: Charge) -> str:
    """Return the acquirer as the audit names an actor."""
    return f"provider:{charge.provider}"


def step(
    charge: Charge, deal_id: UUID, state: DealState, at: datetime, actor: str, movement_id: UUID | None = None
) -> DealStep:
    """Return a state of a deal in the customer's book."""
    return DealStep(charge.tenant_id, charge.customer_id, deal_id, state, at, actor, movement_id)


async def advance(
    tx: Transaction, charge: Charge, state: DealState, at: datetime, movement_id: UUID | None = None
) -> None:
    """Advance the charge's own deal by what the acquirer said."""
    await advance_deals(tx, [step(charge, charge.id, state, at, provider_of(charge), movement_id)])


def build_item(charge: Charge, deal_id: UUID, kind: TransferKind, at: datetime, actor: str, ids: Ids) -> Item:
    """Return an active first version without amounts; whoever knows them replaces the fields."""
    return Item(
        id=ids.new(),
        tenant_id=charge.tenant_id,
        book_id=charge.customer_id,
        deal_id=deal_id,
        version=1,
        state=ItemState.ACTIVE,
        kind=kind,
        give=None,
        get=None,
        rate_e8=None,
        fee=None,
        reference=None,
        movement_id=None,
        effective_at=at,
        made_by=actor,
        made_at=at,
    )


async def open_deal(tx: Transaction, item: Item, charge: Charge, *states: DealState) -> None:
    """Keep the first states and the parameters of a deal."""
    await advance_deals(
        tx,
        [step(charge, item.deal_id, state, item.made_at, item.made_by, item.movement_id) for state in states],
    )
    await insert_items(tx, [item])


async def record(
    tx: Transaction, charge: Charge, kind: str, at: datetime, actor: str, **facts: str | int | None
) -> None:
    """Append one audit record about a charge."""
    body = {"charge": str(charge.id), "customer": str(charge.customer_id), **facts}
    await append(tx, [AuditRecord(charge.tenant_id, f"cards.{kind}", body, at, actor)])
