"""Queries on the kernel's tables that only the customer stack asks."""

from uuid import UUID

from customer_stack.ledger.domain import Account, BookKind, WalletEntry
from shared.database import Transaction


async def load_entries(
    tx: Transaction, book_id: UUID, asset: int, before_version: int, limit: int
) -> tuple[WalletEntry, ...]:
    """Return entries of a wallet below a version, newest first."""
    rows = await tx.fetch(
        "SELECT e.version, e.amount, e.balance_after, e.action, t.kind, e.transfer_id, t.movement_id, "
        "t.effective_at, t.recorded_at FROM ledger_entry e "
        "JOIN ledger_transfer t ON t.book_id = e.book_id AND t.id = e.transfer_id "
        "WHERE e.book_id = $1 AND e.asset_id = $2 AND e.account = $3 AND e.version < $4 "
        "ORDER BY e.version DESC LIMIT $5",
        book_id,
        asset,
        Account.WALLET,
        before_version,
        limit,
    )
    return tuple(WalletEntry(**dict(row)) for row in rows)


async def has_book(tx: Transaction, book_id: UUID, kind: BookKind) -> bool:
    """Tell whether the tenant has this book."""
    found = await tx.fetch_value("SELECT true FROM ledger_book WHERE id = $1 AND kind = $2", book_id, kind)
    return bool(found)
