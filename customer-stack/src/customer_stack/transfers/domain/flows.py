"""What a transfer between customers posts. Pure.

Two halves with one movement id: `wallet` to `desk` in the sender's book, `desk` to `wallet` in the
recipient's, and then, where the recipient owes in this currency, the clearance of the debt.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from customer_stack.ledger.domain import (
    Account,
    Action,
    TransferKind,
    build_debt_clearance,
    decide_debt_clearance,
)
from customer_stack.transfers.domain.orders import Order, OrderKind
from shared.ids import Ids
from shared.ledger.domain import LKR, USD, AssetId, Balance, Posting, Transfer
from shared.money import Currency


@dataclass(frozen=True, slots=True)
class TransferIds:
    """Ids of the two halves."""

    sent: UUID
    received: UUID


def asset_of(currency: Currency) -> AssetId:
    """Return the ledger's asset of a currency."""
    return LKR if currency is Currency.LKR else USD


def kind_of(order: Order) -> TransferKind:
    """Return why the money moves."""
    match order.kind:
        case OrderKind.TRANSFER:
            return TransferKind.CUSTOMER_TRANSFER
        case OrderKind.QR_PAYMENT:
            return TransferKind.QR_PAYMENT


def build_transfers(order: Order, ids: TransferIds) -> tuple[Transfer, Transfer]:
    """Return both halves of an order; the movement has the order's id."""
    asset = asset_of(order.currency)

    def half(transfer_id: UUID, book_id: UUID, source: Account, target: Account) -> Transfer:
        return Transfer(
            id=transfer_id,
            movement_id=order.id,
            tenant_id=order.tenant_id,
            book_id=book_id,
            kind=kind_of(order),
            effective_at=order.at,
            postings=(Posting(asset, source, target, order.amount, Action.TRANSFER),),
        )

    return (
        half(ids.sent, order.sender_id, Account.WALLET, Account.DESK),
        half(ids.received, order.recipient_id, Account.DESK, Account.WALLET),
    )


def build_made(
    order: Order, received_id: UUID, wallet: Balance, owed: int, ids: Ids
) -> tuple[tuple[Transfer, ...], int]:
    """Return what an order posts, the sender's half first, and how much of the recipient's debt it clears.

    `received_id` is that of the recipient's half; `wallet` and `owed` are the recipient's, in the order's
    currency.
    """
    halves = build_transfers(order, TransferIds(ids.new(), received_id))
    cleared = decide_debt_clearance(owed, replace(wallet, posted=wallet.posted + order.amount))
    if not cleared:
        return halves, 0
    clearance = build_debt_clearance(
        transfer_id=ids.new(),
        movement_id=order.id,
        tenant_id=order.tenant_id,
        book_id=order.recipient_id,
        asset=asset_of(order.currency),
        amount=cleared,
        at=order.at,
    )
    return (*halves, clearance), cleared
