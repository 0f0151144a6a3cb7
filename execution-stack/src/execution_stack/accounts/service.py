"""Register accounts, and answer whose they are."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from execution_stack.accounts import store
from execution_stack.accounts.domain import Registration, recipient_of
from execution_stack.accounts.errors import OtherOwner
from execution_stack.books import service as books
from shared.audit import AuditRecord, append
from shared.boundary.calls import VerifiedCall
from shared.boundary.nonces import consume
from shared.database import Database, Transaction
from shared.ids import HOUSE_TENANT

REMEMBERED_LIMIT: Final = 100_000


async def list_tenants(database: Database) -> list[UUID]:
    """Return all tenants, for a transaction over all of them."""
    async with database.transaction() as tx:
        return await store.list_tenants(tx)


async def tenants_of(database: Database, sender: str) -> list[UUID]:
    """Return the tenants for which `sender` acts."""
    async with database.transaction() as tx:
        return await store.list_tenants_of(tx, recipient_of(sender))


async def open_tenants(tx: Transaction, tenants: Sequence[UUID], at: datetime) -> None:
    """Make tenants known and open their books. Nobody acts for a tenant until it has an account."""
    await store.insert_tenants(tx, tenants, at)
    await books.open_tenants(tx, tenants)


async def recipients_of(tx: Transaction, tenants: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return tenant -> recipient."""
    return await store.load_recipients(tx, tenants)


async def list_accounts(tx: Transaction, after: UUID | None, limit: int) -> list[UUID]:
    """Return accounts of the transaction's tenants in id order, one page."""
    return await store.list_after(tx, after, limit)


class AccountMemory:
    """Finds the tenants of accounts, in the tables once and in memory from then on.

    The tables refuse to change or delete a row, so what was read once is true for ever. Only what was found
    is remembered, bounded, by sender: an account that is unknown now is looked for again the next time.
    """

    def __init__(self, database: Database, limit: int = REMEMBERED_LIMIT) -> None:
        """Remember at most about `limit` accounts of `database`."""
        self._database = database
        self._limit = limit
        self._known: dict[str, dict[UUID, UUID]] = {}

    async def tenants_of(self, sender: str, accounts: Collection[UUID]) -> dict[UUID, UUID]:
        """Return account -> tenant of those accounts for which `sender` acts."""
        known = self._known.get(sender, {})
        missing = [account for account in accounts if account not in known]
        found = await self._look_up(sender, missing) if missing else {}
        return {
            account: tenant
            for account in accounts
            if (tenant := known.get(account) or found.get(account)) is not None
        }

    async def _look_up(self, sender: str, accounts: Collection[UUID]) -> dict[UUID, UUID]:
        """Read whose accounts are, and remember it."""
        async with self._database.session() as session:
            async with session.transaction() as tx:
                tenants = await store.list_tenants_of(tx, recipient_of(sender))
            async with session.transaction(*tenants) as tx:
                found = await store.load_tenants(tx, list(accounts))
        if sum(map(len, self._known.values())) + len(found) > self._limit:
            self._known.clear()
        self._known.setdefault(sender, {}).update(found)
        return found


class AccountService:
    """Registers what the customer stack makes known."""

    def __init__(self, database: Database) -> None:
        """Work on `database`."""
        self._database = database

    async def register(self, call: VerifiedCall, registrations: Sequence[Registration]) -> int:
        """Register accounts and open their books; return how many were new. Raises OtherOwner."""
        recipient_id = recipient_of(call.sender)
        tenants = sorted({registration.tenant_id for registration in registrations})
        async with self._database.transaction(*tenants) as tx:
            await consume(tx, call)
            await self._open_tenants(tx, call, tenants, recipient_id)
            new = await store.insert_accounts(tx, registrations, call.at)
            known = await store.load_tenants(tx, [registration.account for registration in registrations])
            if any(known.get(each.account) != each.tenant_id for each in registrations):
                raise OtherOwner("An account is registered for another tenant. Use another reference.")
            await self._open_books(tx, known)
            if new:
                await append(tx, _records(call, registrations))
        return new

    async def _open_books(self, tx: Transaction, tenant_by_account: dict[UUID, UUID]) -> None:
        """Give each account its book. An id that names a book of another kind is refused, not shared."""
        if not await books.open_references(tx, tenant_by_account):
            raise OtherOwner("An account has the id of something else. Use another reference.")

    async def _open_tenants(
        self, tx: Transaction, call: VerifiedCall, tenants: Sequence[UUID], recipient_id: UUID
    ) -> None:
        if HOUSE_TENANT in tenants:
            raise OtherOwner("The house's own id names no tenant. Check the tenant's id.")
        known = await store.load_recipients(tx, tenants)
        if len(known) < len(tenants):
            await open_tenants(tx, tenants, call.at)
            await store.insert_recipient(tx, tenants, recipient_id, call.at)
            known = await store.load_recipients(tx, tenants)
        if any(known.get(tenant) != recipient_id for tenant in tenants):
            raise OtherOwner("A tenant is registered by another stack. Check the tenant's id.")


def _records(call: VerifiedCall, registrations: Sequence[Registration]) -> list[AuditRecord]:
    """Say once per tenant which accounts were made known."""
    by_tenant: dict[UUID, list[UUID]] = {}
    for registration in registrations:
        by_tenant.setdefault(registration.tenant_id, []).append(registration.account)
    return [
        AuditRecord(
            tenant_id=tenant_id,
            kind="accounts.registered",
            body={"call": call.idempotency_key, "accounts": sorted(accounts)},
            at=call.at,
            actor="system",
        )
        for tenant_id, accounts in by_tenant.items()
    ]
