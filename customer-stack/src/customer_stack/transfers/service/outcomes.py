"""What a decision leaves behind: the stored answer, the audit record, the deal with its first version."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson

from customer_stack.ledger.domain import Amount, DealState, DealStep, Item, ItemState
from customer_stack.transfers.domain import flows
from customer_stack.transfers.domain.gate import Reason
from customer_stack.transfers.domain.orders import Order
from customer_stack.transfers.service.commands import MoveMoney
from customer_stack.transfers.service.denials import denial
from shared.audit import AuditRecord
from shared.errors import Refusal
from shared.ledger.domain import Transfer
from shared.money import format_minor

_DENIED: Final = b'{"denied":'


@dataclass(frozen=True, slots=True)
class Decided:
    """One command with its order, the gate's answer, and what is posted."""

    want: MoveMoney
    order_id: UUID
    at: datetime
    reason: Reason | None
    order: Order | None = None
    transfers: tuple[Transfer, ...] = ()


def deal_steps(order: Order) -> tuple[DealStep, DealStep]:
    """Return a deal's steps: asked for and settled at once."""
    actor = f"customer:{order.sender_id}"

    def step(state: DealState, movement_id: UUID | None) -> DealStep:
        return DealStep(
            tenant_id=order.tenant_id,
            book_id=order.sender_id,
            deal_id=order.id,
            state=state,
            at=order.at,
            actor=actor,
            movement_id=movement_id,
        )

    return step(DealState.CREATED, None), step(DealState.SETTLED, order.id)


def first_item(order: Order, item_id: UUID) -> Item:
    """Return the first version of a deal's parameters."""
    amount = Amount(flows.asset_of(order.currency), order.amount)
    actor = f"customer:{order.sender_id}"
    return Item(
        id=item_id,
        tenant_id=order.tenant_id,
        book_id=order.sender_id,
        deal_id=order.id,
        version=1,
        state=ItemState.ACTIVE,
        kind=flows.kind_of(order),
        give=amount,
        get=None,
        rate_e8=None,
        fee=None,
        reference=None,
        movement_id=order.id,
        effective_at=order.at,
        made_by=actor,
        made_at=order.at,
    )


def record_of(decided: Decided) -> AuditRecord:
    """Return what the audit keeps: ids and amounts, no code and no note."""
    want, order = decided.want, decided.order
    body: dict[str, object] = {
        "transfer_id": decided.order_id,
        "kind": want.kind.value,
        "currency": want.currency.value,
        "amount": want.amount,
    }
    if order is not None:
        body["recipient_id"] = order.recipient_id
    if want.scan is not None:
        body["qr_code_id"] = want.scan.code_id
    if decided.reason is not None:
        body["reason"] = decided.reason.value
    kind = "transfers.made" if order is not None else "transfers.denied"
    return AuditRecord(want.tenant_id, kind, body, decided.at, f"customer:{want.customer_id}")


def encode_answer(decided: Decided) -> bytes:
    """Return the answer as it is stored and sent, without the note; a denial is stored as its reason."""
    want = decided.want
    if decided.reason is not None:
        return orjson.dumps({"denied": decided.reason})
    return orjson.dumps(
        {
            "transfer_id": decided.order_id,
            "kind": want.kind,
            "to": want.to,
            "currency": want.currency,
            "amount": format_minor(want.amount, want.currency.scale),
            "made_at": decided.at,
        },
        option=orjson.OPT_UTC_Z,
    )


def decode_answer(answer: bytes) -> bytes | Refusal:
    """Return a stored answer as it is sent, or the refusal that it stands for."""
    if answer.startswith(_DENIED):
        return denial(Reason(orjson.loads(answer)["denied"]))
    return answer
