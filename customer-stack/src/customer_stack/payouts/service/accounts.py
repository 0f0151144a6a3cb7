"""Use cases of customers' own accounts at banks, and of the terms of withdrawals."""

from dataclasses import dataclass, field, replace
from typing import Protocol
from uuid import UUID

from customer_stack.ledger.service import read_id_cursor, require_department_book
from customer_stack.payouts.domain.accounts import (
    ACCOUNTS_PER_CUSTOMER,
    PayoutAccount,
    normalise_number,
)
from customer_stack.payouts.domain.payouts import Terms, require_terms
from customer_stack.payouts.errors import AccountNotFound, TermsMissing, TooManyAccounts
from customer_stack.payouts.store import accounts as store
from customer_stack.payouts.store.accounts import SealedAccount
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids
from shared.ledger import store as ledger


class AccountSealing(Protocol):
    """Encrypts account numbers and names, bound to the field and the row in which they stand."""

    def seal(self, place: str, row_id: UUID, text: str) -> bytes:
        """Return a text encrypted; `place` is number, holder or destination."""
        ...

    def open(self, place: str, row_id: UUID, sealed: bytes) -> str:
        """Return the text that was sealed for this place and row."""
        ...

    def index(self, tenant_id: UUID, number: str) -> bytes:
        """Return a keyed digest by which an equal number of the same tenant is found."""
        ...


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What a customer says about an own account."""

    tenant_id: UUID
    customer_id: UUID
    number: str = field(repr=False)
    holder: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Accounts, newest first, and where the next page begins."""

    accounts: tuple[PayoutAccount, ...]
    next_cursor: str | None


async def load_account(
    tx: Transaction, sealing: AccountSealing, customer_id: UUID, account_id: UUID
) -> PayoutAccount:
    """Return one of a customer's accounts. Raises AccountNotFound."""
    sealed = await store.load_account(tx, customer_id, account_id)
    if sealed is None:
        raise AccountNotFound("You have no such account. Add it, or choose one of your list.")
    return _open(sealing, sealed)


async def require_terms_of(tx: Transaction, department_id: UUID) -> Terms:
    """Return a department's terms that stand. Raises TermsMissing."""
    terms = await store.load_terms(tx, department_id)
    if terms is None:
        raise TermsMissing("Withdrawals are not set up yet. Try again later.")
    return terms


class PayoutAccounts:
    """Customers' accounts and departments' terms."""

    def __init__(self, database: Database, sealing: AccountSealing, clock: Clock, ids: Ids) -> None:
        """Keep numbers and names sealed."""
        self._database = database
        self._sealing = sealing
        self._clock = clock
        self._ids = ids

    async def add(self, new: NewAccount) -> PayoutAccount:
        """Keep an account; one that the customer has already is returned. Raises TooManyAccounts."""
        number, now = normalise_number(new.number), self._clock.now()
        index = self._sealing.index(new.tenant_id, number)
        async with self._database.transaction(new.tenant_id) as tx:
            await ledger.lock_books(tx, [new.customer_id])
            live = await store.load_accounts(tx, new.customer_id, None, ACCOUNTS_PER_CUSTOMER)
            for each in live:
                if each.number_index == index:
                    return _open(self._sealing, each)
            if len(live) >= ACCOUNTS_PER_CUSTOMER:
                raise TooManyAccounts(f"You have {ACCOUNTS_PER_CUSTOMER} accounts. Remove one first.")
            account_id = self._ids.new()
            sealed = SealedAccount(
                id=account_id,
                tenant_id=new.tenant_id,
                customer_id=new.customer_id,
                number_sealed=self._sealing.seal("number", account_id, number),
                holder_sealed=self._sealing.seal("holder", account_id, new.holder),
                number_index=index,
                added_at=now,
            )
            await store.insert_account(tx, sealed)
            await self._record(tx, sealed, "added")
            return _open(self._sealing, sealed)

    async def remove(self, tenant_id: UUID, customer_id: UUID, account_id: UUID) -> None:
        """Forget an account for new withdrawals. Raises AccountNotFound."""
        async with self._database.transaction(tenant_id) as tx:
            await ledger.lock_books(tx, [customer_id])
            sealed = await store.load_account(tx, customer_id, account_id)
            if sealed is None:
                raise AccountNotFound("You have no such account. Look at your list.")
            await store.insert_removal(tx, sealed, self._clock.now())
            await self._record(tx, sealed, "removed")

    async def list_accounts(
        self, tenant_id: UUID, customer_id: UUID, limit: int, cursor: str | None
    ) -> AccountPage:
        """Return one page of a customer's accounts. Raises CursorUnknown."""
        before = read_id_cursor(cursor)
        async with self._database.transaction(tenant_id) as tx:
            found = await store.load_accounts(tx, customer_id, before, limit + 1)
        page = tuple(_open(self._sealing, each) for each in found[:limit])
        return AccountPage(page, str(page[-1].id) if len(found) > limit else None)

    async def get_terms(self, tenant_id: UUID, department_id: UUID) -> Terms:
        """Return the terms of withdrawals. Raises TermsMissing."""
        async with self._database.transaction(tenant_id) as tx:
            return await require_terms_of(tx, department_id)

    async def set_terms(self, tenant_id: UUID, department_id: UUID, terms: Terms, actor: str) -> Terms:
        """Keep new terms; payouts asked for before keep theirs. `terms.version` is ignored.

        Raises TermsInvalid, DepartmentNotFound.
        """
        require_terms(terms)
        now = self._clock.now()
        async with self._database.transaction(tenant_id) as tx:
            await require_department_book(tx, department_id)
            await ledger.lock_books(tx, [department_id])
            before = await store.load_terms(tx, department_id)
            kept = replace(terms, version=1 if before is None else before.version + 1)
            await store.insert_terms(tx, tenant_id, department_id, kept, now)
            body = {
                "department": str(department_id),
                "version": kept.version,
                "fee": kept.fee,
                "minimum_amount": kept.minimum_amount,
                "maximum_amount": kept.maximum_amount,
                "is_fee_returned": kept.is_fee_returned,
            }
            await append(tx, [AuditRecord(tenant_id, "payouts.terms_set", body, now, actor)])
            return kept

    async def _record(self, tx: Transaction, account: SealedAccount, what: str) -> None:
        body = {"account": str(account.id), "customer": str(account.customer_id)}
        actor = f"customer:{account.customer_id}"
        record = AuditRecord(account.tenant_id, f"payouts.account_{what}", body, self._clock.now(), actor)
        await append(tx, [record])


def _open(sealing: AccountSealing, sealed: SealedAccount) -> PayoutAccount:
    return PayoutAccount(
        id=sealed.id,
        tenant_id=sealed.tenant_id,
        customer_id=sealed.customer_id,
        number=sealing.open("number", sealed.id, sealed.number_sealed),
        holder=sealing.open("holder", sealed.id, sealed.holder_sealed),
        added_at=sealed.added_at,
    )
