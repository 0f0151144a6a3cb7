"""Use cases of the ledger: what a customer owns and how it came about, and what every module keeps there.

The functions run in the transaction of whoever calls them, under the locks of the books they name.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.ledger import store, view_store
from customer_stack.ledger.domain import (
    Account,
    BookKind,
    DealStep,
    Item,
    ItemState,
    TransferSource,
    WalletEntry,
    mirror,
    number_steps,
)
from customer_stack.ledger.errors import (
    CursorUnknown,
    DepartmentNotFound,
    MovementNotFound,
    MovementReversed,
)
from customer_stack.ledger.reading import read_version_cursor
from shared.database import Database, Transaction
from shared.errors import invariant
from shared.ids import Ids
from shared.ledger import store as kernel
from shared.ledger.domain import LKR, USD, Balance, Movement, Transfer
from shared.money import Currency

ASSET_OF: Final = {Currency.LKR: LKR, Currency.USD: USD}


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


async def record_sources(tx: Transaction, sources: Sequence[TransferSource]) -> None:
    """Keep where transfers of this transaction came from.

    One provider's reference settles once and one charge id counts once: a second is a unique violation,
    so look before you post.
    """
    if sources:
        await store.insert_sources(tx, sources)


async def advance_deals(tx: Transaction, steps: Sequence[DealStep]) -> None:
    """Append states of deals; several steps of one deal follow each other in the order given."""
    if steps:
        latest = await store.load_latest_steps(tx, {(step.book_id, step.deal_id) for step in steps})
        await store.insert_steps(tx, number_steps(latest, steps))


async def insert_items(tx: Transaction, items: Sequence[Item]) -> None:
    """Keep versions of deals' parameters: version 1 active, or a draft of the next version."""
    if items:
        await store.insert_items(tx, items)


async def correct_item(
    tx: Transaction, corrected: Item, movement: Movement, *, actor: str, at: datetime
) -> None:
    """Replace a deal's active version and post what follows, in this one transaction.

    `corrected` is the next version, new or kept before as a draft; `actor` makes it the active one and is
    another person than the staff member who made it. `movement` reverses the transfers of the version
    before and posts those of `corrected`, each of which names what it corrects.
    """
    versions = await store.load_items(tx, corrected.deal_id)
    active = next((item for item in versions if item.state is ItemState.ACTIVE), None)
    invariant(active is not None, "a correction replaces the active version of a deal")
    if all(item.id != corrected.id for item in versions):
        await store.insert_items(tx, [replace(corrected, state=ItemState.DRAFT, movement_id=None)])
    posted = [transfer for transfer in movement.transfers if transfer.reverses is None]
    invariant(
        posted and all(transfer.corrects is not None for transfer in posted),
        "every transfer of a correction names the transfer that it corrects",
    )
    await kernel.post(tx, movement)
    if active is not None:
        await store.end_item(tx, active.id, actor=actor, at=at, replaced_by=corrected.id)
    await store.activate_item(tx, corrected.id, actor=actor, at=at, movement_id=posted[0].movement_id)


async def load_items(tx: Transaction, deal_id: UUID) -> tuple[Item, ...]:
    """Return all versions of a deal's parameters, oldest first."""
    return await store.load_items(tx, deal_id)


async def build_reversal(
    tx: Transaction, tenant_id: UUID, book_ids: Sequence[UUID], movement_id: UUID, *, ids: Ids, now: datetime
) -> Movement:
    """Return the exact mirror of a movement's transfers in `book_ids`, to be posted by the caller.

    The books are locked. The mirror is a movement of its own. Cost is negated, but the cost of the stock
    is kept by `fx`: whoever reverses a movement of the stock records it there. Raises MovementNotFound,
    MovementReversed.
    """
    transfers = await store.load_movement(tx, movement_id, book_ids)
    transfers = tuple(transfer for transfer in transfers if transfer.tenant_id == tenant_id)
    if not transfers:
        raise MovementNotFound("There is no such movement in these books. Check its id.")
    if any(transfer.reverses for transfer in transfers) or await store.has_reversal(tx, transfers):
        raise MovementReversed("This movement was reversed before, or is a reversal. Post a new one instead.")
    return mirror(transfers, movement_id=ids.new(), now=now, ids=ids)


async def load_transfers(tx: Transaction, ids: Collection[UUID]) -> tuple[Transfer, ...]:
    """Return transfers with their postings, in the order in which they were posted."""
    return await store.load_transfers(tx, sorted(ids))


async def load_debts(tx: Transaction, book_ids: Sequence[UUID]) -> dict[tuple[UUID, int], int]:
    """Return what each book owes the house, above zero, by (book, asset); who owes nothing is left out."""
    return await store.sum_debts(tx, book_ids)


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
        before = read_version_cursor(cursor)
        async with self._database.transaction(tenant_id) as tx:
            entries = await view_store.load_entries(
                tx, customer_id, ASSET_OF[currency], Account.WALLET, before_version=before, limit=limit + 1
            )
        page = entries[:limit]
        return WalletPage(page, str(page[-1].version) if len(entries) > limit else None)
