"""What a decision leaves behind: the stored answer, the audit record, the deal with its first version."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson

from customer_stack.ledger.domain import Amount, DealState, DealStep, Item, ItemState
from customer_stack.transfers.domain import flows
from customer_stack.transfers.domain.held import End, HeldOrder, HeldOutcome
from customer_stack.transfers.domain.orders import NEXT_STEPS, Order, OrderState
from customer_stack.transfers.service.commands import MoveMoney
from customer_stack.transfers.service.denials import denial
from shared.audit import AuditRecord
from shared.errors import Refusal
from shared.ledger.domain import Transfer
from shared.money import format_minor

_DENIED: Final = b'{"denied":'


@dataclass(frozen=True, slots=True)
class Decided:
    """One command and what becomes of it: denied for a reason, made, or held.

    `reason` is a reason of ours or a code of the gate. `order` is None exactly when it is denied.
    """

    want: MoveMoney
    order_id: UUID
    at: datetime
    reason: str | None
    order: Order | None = None
    transfers: tuple[Transfer, ...] = ()
    held: HeldOrder | None = None


def deal_steps(order: Order, *, is_held: bool) -> tuple[DealStep, DealStep]:
    """Return a deal's first steps: asked for, and settled at once or its money reserved."""
    actor = f"customer:{order.sender_id}"
    second = (
        _step(order, DealState.AUTHORIZED, order.at, actor)
        if is_held
        else _step(order, DealState.SETTLED, order.at, actor, order.id)
    )
    return _step(order, DealState.CREATED, order.at, actor), second


def last_step(order: Order, end: End, actor: str, at: datetime) -> DealStep:
    """Return the step by which the deal of a transfer that waited ends."""
    if end.outcome is HeldOutcome.RELEASED:
        return _step(order, DealState.SETTLED, at, actor, order.id)
    return _step(order, DealState.REVERSED, at, actor)


def _step(
    order: Order, state: DealState, at: datetime, actor: str, movement_id: UUID | None = None
) -> DealStep:
    return DealStep(order.tenant_id, order.sender_id, order.id, state, at, actor, movement_id)


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
        body["reason"] = decided.reason
    kind = "transfers.denied" if order is None else "transfers.held" if decided.held else "transfers.made"
    return AuditRecord(want.tenant_id, kind, body, decided.at, f"customer:{want.customer_id}")


def record_of_end(held: HeldOrder, end: End, actor: str, at: datetime) -> AuditRecord:
    """Return what the audit keeps of the end of a transfer that waited."""
    order = held.order
    body: dict[str, object] = {
        "transfer_id": order.id,
        "customer_id": order.sender_id,
        "recipient_id": order.recipient_id,
        "currency": order.currency.value,
        "amount": order.amount,
    }
    if end.obstacle is not None:
        body["obstacle"] = end.obstacle.value
    return AuditRecord(order.tenant_id, f"transfers.held_{end.outcome.value}", body, at, actor)


def encode_answer(decided: Decided) -> bytes:
    """Return the answer as it is stored and sent, without the note; a denial is stored as its reason."""
    want = decided.want
    if decided.reason is not None:
        return orjson.dumps({"denied": decided.reason})
    state = OrderState.HELD if decided.held else OrderState.MADE
    return orjson.dumps(
        {
            "transfer_id": decided.order_id,
            "state": state,
            "kind": want.kind,
            "to": want.to,
            "currency": want.currency,
            "amount": format_minor(want.amount, want.currency.scale),
            "made_at": decided.at,
            "next_step": NEXT_STEPS.get(state),
        },
        option=orjson.OPT_UTC_Z,
    )


def decode_answer(answer: bytes) -> bytes | Refusal:
    """Return a stored answer as it is sent, or the refusal that it stands for."""
    if answer.startswith(_DENIED):
        return denial(orjson.loads(answer)["denied"])
    return answer
