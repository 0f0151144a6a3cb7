"""Use cases of looking at the ledger: accounts, entries, movements, deals and balances of the past."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.ledger import store, view_store
from customer_stack.ledger.chart import CHART, AccountClass
from customer_stack.ledger.domain import Account, WalletEntry
from customer_stack.ledger.errors import (
    AssetNotFound,
    BookNotFound,
    CursorUnknown,
    DealNotFound,
    MovementNotFound,
)
from customer_stack.ledger.views import AccountStanding, Asset, DealView, LegView, Moment, TransferView
from shared.database import Database, Transaction
from shared.ledger.domain import LKR, USD

NEWEST: Final = 2**62
_CURSOR_DIGITS: Final = 18
_ASSET_DIGITS: Final = 9
_NAMES: Final = frozenset(account.value for account in Account)
_ADVICE: Final = "Use the next_cursor of the page before, or none for the first page."
_CHECKED: Final = frozenset(line.account for line in CHART if line.account_class is AccountClass.CHECKED)


@dataclass(frozen=True, slots=True)
class AccountPage:
    """A page of an account's history, newest first: entries where they are numbered, legs elsewhere."""

    asset: Asset
    entries: tuple[WalletEntry, ...]
    legs: tuple[LegView, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class StandingPage:
    """A page of a book's accounts in the order of the chart, and the assets by id."""

    standings: tuple[AccountStanding, ...]
    assets: dict[int, Asset]
    next_cursor: str | None


def read_version_cursor(cursor: str | None) -> int:
    """Return the version below which a page begins. Raises CursorUnknown."""
    if cursor is None:
        return NEWEST
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= _CURSOR_DIGITS):
        raise CursorUnknown(_ADVICE)
    return int(cursor)


class LedgerReading:
    """Looks at everything, changes nothing."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def list_accounts(
        self, tenant_id: UUID, book_id: UUID, limit: int, cursor: str | None
    ) -> StandingPage:
        """Return what stands on the accounts of a book. Raises BookNotFound, CursorUnknown."""
        after = _read_account(cursor)
        async with self._database.transaction(tenant_id) as tx:
            await self._require_book(tx, book_id)
            found = await view_store.load_standings(tx, book_id, after, limit + 1)
            return await self._page(tx, found, limit)

    async def list_balances_at(
        self, tenant_id: UUID, book_id: UUID, at: datetime, by: Moment, limit: int, cursor: str | None
    ) -> StandingPage:
        """Return what stood on the accounts of a book at a moment. Raises BookNotFound, CursorUnknown."""
        after = _read_account(cursor)
        async with self._database.transaction(tenant_id) as tx:
            await self._require_book(tx, book_id)
            found = await view_store.load_standings_at(tx, book_id, at, by, after, limit + 1)
            return await self._page(tx, found, limit)

    async def get_wallet_at(
        self, tenant_id: UUID, customer_id: UUID, at: datetime, by: Moment
    ) -> dict[int, int]:
        """Return asset -> what a customer's wallet held at a moment, zero where nothing had moved."""
        async with self._database.transaction(tenant_id) as tx:
            found = await view_store.sum_account_at(tx, customer_id, at, by, Account.WALLET)
        return {int(LKR): 0, int(USD): 0} | found

    async def list_entries(
        self, tenant_id: UUID, book_id: UUID, account: Account, asset_id: int, limit: int, cursor: str | None
    ) -> AccountPage:
        """Return a page of an account's history. Raises BookNotFound, AssetNotFound, CursorUnknown."""
        async with self._database.transaction(tenant_id) as tx:
            await self._require_book(tx, book_id)
            assets = await view_store.load_assets(tx, [asset_id])
            if asset_id not in assets:
                raise AssetNotFound("There is no such asset. The list of accounts names those of the book.")
            if account in _CHECKED:
                before = read_version_cursor(cursor)
                entries = await view_store.load_entries(
                    tx, book_id, asset_id, account, before_version=before, limit=limit + 1
                )
                following = str(entries[limit - 1].version) if len(entries) > limit else None
                return AccountPage(assets[asset_id], entries[:limit], (), following)
            legs = await view_store.load_legs(tx, book_id, asset_id, account, _read_id(cursor), limit + 1)
            following = str(legs[limit - 1].transfer_id) if len(legs) > limit else None
            return AccountPage(assets[asset_id], (), legs[:limit], following)

    async def get_movement(
        self, tenant_id: UUID, movement_id: UUID
    ) -> tuple[tuple[TransferView, ...], dict[int, Asset]]:
        """Return all that one business event posted, and the assets by id. Raises MovementNotFound."""
        async with self._database.transaction(tenant_id) as tx:
            transfers = await view_store.load_movements(tx, [movement_id])
            if not transfers:
                raise MovementNotFound("There is no such movement. Check its id.")
            ids = sorted({posting.asset_id for transfer in transfers for posting in transfer.postings})
            return transfers, await view_store.load_assets(tx, ids)

    async def list_movements(
        self, tenant_id: UUID, movement_ids: Sequence[UUID]
    ) -> tuple[tuple[TransferView, ...], dict[int, Asset]]:
        """Return all that business events posted, oldest first, and the assets by id."""
        async with self._database.transaction(tenant_id) as tx:
            transfers = await view_store.load_movements(tx, movement_ids)
            ids = sorted({posting.asset_id for transfer in transfers for posting in transfer.postings})
            return transfers, await view_store.load_assets(tx, ids)

    async def get_deal(
        self, tenant_id: UUID, deal_id: UUID, at: datetime | None = None, owner: UUID | None = None
    ) -> DealView:
        """Return a deal with its states and versions, as known at a moment where one is given.

        `owner`: only a deal that lies in this book alone. Raises DealNotFound.
        """
        async with self._database.transaction(tenant_id) as tx:
            marks = await view_store.load_marks(tx, deal_id)
            items = await store.load_items(tx, deal_id)
        deal = DealView(deal_id, marks, items)
        deal = deal if at is None else deal.at(at)
        if not deal.books or (owner is not None and deal.books != {owner}):
            raise DealNotFound("There is no such deal. Check its id, and the moment if you gave one.")
        return deal

    async def list_assets(self, tenant_id: UUID, asset_ids: set[int]) -> dict[int, Asset]:
        """Return assets by id."""
        async with self._database.transaction(tenant_id) as tx:
            return await view_store.load_assets(tx, sorted(asset_ids))

    async def _require_book(self, tx: Transaction, book_id: UUID) -> None:
        if not await view_store.has_book(tx, book_id):
            raise BookNotFound("There is no such book. A customer's book has the customer's id.")

    async def _page(self, tx: Transaction, found: tuple[AccountStanding, ...], limit: int) -> StandingPage:
        page = found[:limit]
        assets = await view_store.load_assets(tx, sorted({each.asset_id for each in page}))
        following = f"{page[-1].account}.{page[-1].asset_id}" if len(found) > limit else None
        return StandingPage(page, assets, following)


def _read_account(cursor: str | None) -> tuple[str, int] | None:
    """Return the (account, asset) after which a page begins. Raises CursorUnknown."""
    if cursor is None:
        return None
    account, _, asset = cursor.partition(".")
    if account not in _NAMES or not (asset.isascii() and asset.isdigit() and len(asset) <= _ASSET_DIGITS):
        raise CursorUnknown(_ADVICE)
    return account, int(asset)


def _read_id(cursor: str | None) -> UUID | None:
    try:
        return None if cursor is None else UUID(cursor)
    except ValueError as error:
        raise CursorUnknown(_ADVICE) from error
