"""Use cases of the ledger: what a customer owns and how it came about."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from customer_stack.ledger import store
from customer_stack.ledger.domain import Account, BookKind, WalletEntry
from customer_stack.ledger.errors import CursorUnknown, DepartmentNotFound
from shared.database import Database, Transaction
from shared.ledger import store as kernel
from shared.ledger.domain import LKR, USD, Balance
from shared.money import Currency

ASSET_OF: Final = {Currency.LKR: LKR, Currency.USD: USD}
_NEWEST: Final = 2**62
_CURSOR_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class WalletPage:
    """Entries, newest first, and where the next page begins."""

    entries: tuple[WalletEntry, ...]
    next_cursor: str | None


async def require_department_book(tx: Transaction, department_id: UUID) -> None:
    """Refuse a department that the tenant does not have. Raises DepartmentNotFound."""
    if not await store.has_book(tx, department_id, BookKind.DEPARTMENT):
        raise DepartmentNotFound("There is no such department. Choose one of the tenant's departments.")


def read_id_cursor(cursor: str | None) -> UUID | None:
    """Return the id that a cursor of a list by id names. Raises CursorUnknown."""
    try:
        return None if cursor is None else UUID(cursor)
    except ValueError as error:
        raise CursorUnknown("Use the next_cursor of the page before, or none for the first page.") from error


class LedgerService:
    """Wallets and their history."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def get_wallet(self, tenant_id: UUID, customer_id: UUID) -> dict[Currency, Balance]:
        """Return a customer's balance in each currency."""
        keys = {currency: (customer_id, asset, Account.WALLET) for currency, asset in ASSET_OF.items()}
        async with self._database.transaction(tenant_id) as tx:
            balances = await kernel.load_balances(tx, keys.values())
        return {currency: balances[key] for currency, key in keys.items()}

    async def list_entries(
        self, tenant_id: UUID, customer_id: UUID, currency: Currency, limit: int, cursor: str | None
    ) -> WalletPage:
        """Return one page of a wallet's history. Raises CursorUnknown."""
        before = _NEWEST
        if cursor is not None:
            if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= _CURSOR_DIGITS):
                raise CursorUnknown("Use the next_cursor of the page before, or none for the first page.")
            before = int(cursor)
        async with self._database.transaction(tenant_id) as tx:
            entries = await store.load_entries(tx, customer_id, ASSET_OF[currency], before, limit + 1)
        page = entries[:limit]
        return WalletPage(page, str(page[-1].version) if len(entries) > limit else None)
