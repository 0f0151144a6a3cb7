"""Use cases of statements: draw one, register it, list the register."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol
from uuid import UUID

from customer_stack.disclosures import service as disclosures
from customer_stack.disclosures.domain import Look
from customer_stack.exports import domain as exporting
from customer_stack.exports import service as exports
from customer_stack.exports.domain import Export, Scope
from customer_stack.ledger.domain import Account, BookKind
from customer_stack.ledger.service import ASSET_OF
from customer_stack.markets.domain import Market
from customer_stack.statements import store
from customer_stack.statements.as_csv import digest_content, write_csv
from customer_stack.statements.as_pdf import Issue, write_pdf
from customer_stack.statements.domain import (
    ENTRY_LIMIT,
    Format,
    Holder,
    Issued,
    Period,
    Section,
    Statement,
    build_section,
    read_period,
    require_positions,
    require_room,
)
from customer_stack.statements.errors import AccountUnsuitable, BookUnknown, StatementsBusy
from shared import audit
from shared.audit import AuditRecord
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import invariant
from shared.ids import Ids
from shared.money import Currency

DRAWN_AT_ONCE: Final = 2
WAIT_SECONDS: Final = 10.0
POSITION_LIMIT: Final = 500
_IN_CONTRACTS: Final = frozenset({Account.POSITION})
_CURRENCY_OF: Final[dict[int, Currency]] = {asset: currency for currency, asset in ASSET_OF.items()}


class Markets(Protocol):
    """The snapshot of markets."""

    def get(self, market_id: UUID) -> Market | None:
        """Return a market, or None when it is not known."""
        ...


class Names(Protocol):
    """Who is who: operators, departments, customers."""

    async def name_operator(self, tenant_id: UUID) -> str:
        """Return the operator's name."""
        ...

    async def name_department(self, tenant_id: UUID, department_id: UUID) -> str:
        """Return a department's name."""
        ...

    async def code_customer(self, tenant_id: UUID, customer_id: UUID) -> str:
        """Return a customer's account code."""
        ...

    async def department_of(self, tenant_id: UUID, customer_id: UUID) -> UUID:
        """Return the department that serves a customer."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which statement: a book, one account or all, one currency or both, days, and as what."""

    tenant_id: UUID
    book_id: UUID
    account: Account | None
    currency: Currency | None
    first: date
    last: date
    format: Format


@dataclass(frozen=True, slots=True)
class Drawn:
    """A statement that was registered and may leave."""

    content: bytes
    name: str
    digest: bytes
    export: Export


class StatementsService:
    """Draws statements. At most two at once, since drawing is work for the processor."""

    def __init__(self, database: Database, names: Names, markets: Markets, clock: Clock, ids: Ids) -> None:
        """Read from `database`."""
        self._database = database
        self._names = names
        self._markets = markets
        self._clock = clock
        self._ids = ids
        self._places = asyncio.Semaphore(DRAWN_AT_ONCE)

    async def draw_own(self, wanted: Wanted) -> Drawn:
        """Return a customer's own statement. Raises PeriodUnusable, StatementTooLong, StatementsBusy."""
        return await self._draw(wanted, f"customer:{wanted.book_id}", is_staff=False)

    async def draw_for_staff(
        self, wanted: Wanted, actor: str, require_department: Callable[[UUID], None]
    ) -> Drawn:
        """Return any statement of the tenant to a member of staff; leaves an audit record.

        Raises BookUnknown, DepartmentOutOfReach, AccountUnsuitable, and as `draw_own`.
        """
        async with self._database.transaction(wanted.tenant_id) as tx:
            kind = await store.load_book_kind(tx, wanted.book_id)
        if kind is None:
            raise BookUnknown("There is no such book. Send the id of a customer or of a department.")
        is_customer = kind == BookKind.CUSTOMER
        require_department(
            await self._names.department_of(wanted.tenant_id, wanted.book_id)
            if is_customer
            else wanted.book_id
        )
        return await self._draw(wanted, actor, is_staff=True)

    async def list_issued(
        self, tenant_id: UUID, digest: bytes | None, before: UUID | None, limit: int
    ) -> list[Issued]:
        """Return up to `limit` statements that left, newest first; with a digest those of this content."""
        async with self._database.transaction(tenant_id) as tx:
            return await store.load_issued(tx, digest, before, limit)

    async def _draw(self, wanted: Wanted, actor: str, *, is_staff: bool) -> Drawn:
        if wanted.account in _IN_CONTRACTS:
            raise AccountUnsuitable(
                "Contracts stand at the end of a customer's statement. Leave account out."
            )
        period = read_period(wanted.first, wanted.last, self._clock.now())
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._places.acquire()
        except TimeoutError:
            raise StatementsBusy("Many statements are being drawn. Ask again in a moment.") from None
        try:
            statement = await self._load(wanted, period)
            content = await asyncio.to_thread(write_csv, statement)
            issued = self._register(wanted, statement, digest_content(content), actor)
            if wanted.format is Format.PDF:
                titles = self._title(statement)
                issue = Issue(issued.id, issued.issued_at, issued.content_digest, titles)
                content = await asyncio.to_thread(write_pdf, statement, issue)
        finally:
            self._places.release()
        export = _export(wanted, period, issued, hashlib.sha256(content).digest())
        async with self._database.transaction(wanted.tenant_id) as tx:
            await store.insert_issued(tx, wanted.tenant_id, issued)
            await exports.register(tx, export)
            if is_staff:
                await audit.append(tx, [_record(wanted, issued)])
                if statement.holder.is_customer:
                    await disclosures.record(tx, _look(wanted, issued))
        name = f"statement-{wanted.first}-{wanted.last}.{wanted.format.value}"
        return Drawn(content, name, issued.content_digest, export)

    async def _load(self, wanted: Wanted, period: Period) -> Statement:
        """Read holder, sections and positions."""
        tenant_id, book_id = wanted.tenant_id, wanted.book_id
        async with self._database.transaction(tenant_id) as tx:
            is_customer = await store.load_book_kind(tx, book_id) == BookKind.CUSTOMER
            sections = await self._load_sections(tx, wanted, period, is_customer=is_customer)
            positions = []
            if is_customer and wanted.account is None and wanted.currency is None:
                positions = await store.load_positions(tx, book_id, period, POSITION_LIMIT + 1)
        require_positions(len(positions), POSITION_LIMIT)
        name = self._names.code_customer if is_customer else self._names.name_department
        holder = Holder(
            operator=await self._names.name_operator(tenant_id),
            book_id=book_id,
            name=await name(tenant_id, book_id),
            is_customer=is_customer,
        )
        return Statement(
            holder, period, tuple(sections), tuple(positions), is_provisional=period.end > self._clock.now()
        )

    async def _load_sections(
        self, tx: Transaction, wanted: Wanted, period: Period, *, is_customer: bool
    ) -> list[Section]:
        """Read the accounts that are wanted: of a customer, wallets always and debts where there are any."""
        currencies = list(Currency) if wanted.currency is None else [wanted.currency]
        always: set[tuple[str, Currency]] = set()
        if wanted.account is not None:
            keys = [(wanted.account.value, currency) for currency in currencies]
            always = set(keys)
        elif is_customer:
            accounts = (Account.WALLET.value, Account.DEBT.value)
            keys = [(account, currency) for account in accounts for currency in currencies]
            always = {(Account.WALLET.value, currency) for currency in currencies}
        else:
            found = await store.load_accounts(tx, wanted.book_id, [ASSET_OF[each] for each in currencies])
            keys = [(account, _CURRENCY_OF[asset]) for account, asset in found]
        sections, room = [], ENTRY_LIMIT
        for account, currency in keys:
            rows = await store.load_section(tx, wanted.book_id, account, ASSET_OF[currency], period, room + 1)
            require_room(ENTRY_LIMIT - room + rows.entries)
            section = build_section(account, currency, rows.opening, rows.rows, rows.closing)
            room -= rows.entries
            if not section.is_empty or (account, currency) in always:
                sections.append(section)
        return sections

    def _register(self, wanted: Wanted, statement: Statement, digest: bytes, actor: str) -> Issued:
        invariant(statement.entries <= ENTRY_LIMIT, "a statement keeps its limit")
        return Issued(
            id=self._ids.new(),
            book_id=wanted.book_id,
            account=None if wanted.account is None else wanted.account.value,
            currency=None if wanted.currency is None else wanted.currency.value,
            first_day=wanted.first,
            last_day=wanted.last,
            entries=statement.entries,
            format=wanted.format,
            content_digest=digest,
            issued_at=self._clock.now(),
            issued_to=actor,
        )

    def _title(self, statement: Statement) -> Mapping[UUID, str]:
        found = [self._markets.get(each.market_id) for each in statement.positions]
        return {market.id: market.listing.title for market in found if market is not None}


def _export(wanted: Wanted, period: Period, issued: Issued, sha256: bytes) -> Export:
    return Export(
        id=issued.id,
        tenant_id=wanted.tenant_id,
        kind="statements.statement",
        scope=Scope("book", wanted.book_id),
        row_count=issued.entries,
        sha256=sha256,
        first_at=period.start,
        last_at=period.end,
        operator=issued.issued_to,
        format=exporting.Format(wanted.format.value),
        at=issued.issued_at,
    )


def _look(wanted: Wanted, issued: Issued) -> Look:
    staff_id = UUID(issued.issued_to.removeprefix("staff:"))
    kind, at = "statements.statement", issued.issued_at
    return Look(wanted.tenant_id, wanted.book_id, issued.id, staff_id, kind, at)


def _record(wanted: Wanted, issued: Issued) -> AuditRecord:
    body = {
        "statement_id": issued.id,
        "book_id": issued.book_id,
        "account": issued.account,
        "currency": issued.currency,
        "from": issued.first_day.isoformat(),
        "to": issued.last_day.isoformat(),
        "format": issued.format.value,
        "entries": issued.entries,
        "digest": issued.content_digest.hex(),
    }
    return AuditRecord(wanted.tenant_id, "statements.read_by_staff", body, issued.issued_at, issued.issued_to)
