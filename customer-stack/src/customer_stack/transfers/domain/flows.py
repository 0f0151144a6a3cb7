"""What a transfer between customers posts. Pure.

Two halves with one movement id: `wallet` to `desk` in the sender's book, `desk` to `wallet` in the
recipient's, and then, where the recipient owes in this currency, the clearance of the debt.
"""

from dataclasses import dataclass
from uuid import UUID

from customer_stack.ledger.domain import Account, Action, TransferKind
from customer_stack.transfers.domain.orders import Order, OrderKind
from shared.ledger.domain import LKR, USD, AssetId, Posting, Transfer
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
