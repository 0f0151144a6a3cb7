"""Runs: read our side, ask the others, compare, keep what was found and open breaks for it.

What a bank tells is not told at the moment at which we book: a difference with it is opened as a break when
two runs after each other find it. Everything else is compared at one report sequence and opens at once.
"""

import asyncio
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from customer_stack.boundary_client import domain as boundary
from customer_stack.boundary_client.paging import next_cursor
from customer_stack.cards.service.settling import load_bookings as load_card_bookings
from customer_stack.ledger.domain import Account
from customer_stack.payments.providers.contract import Bank
from customer_stack.payments.service import find_collection
from customer_stack.payments.service import load_bookings as load_pay_in_bookings
from customer_stack.payouts.service import load_bookings as load_payout_bookings
from customer_stack.reconciliation.configuration import load_clearing_limits
from customer_stack.reconciliation.domain.breaks import Link, LinkKind, NewBreak
from customer_stack.reconciliation.domain.checks import Check, CheckName, Finding, Run, unavailable
from customer_stack.reconciliation.domain.clearing import OpenItems
from customer_stack.reconciliation.domain.client_money import (
    ClientMoney,
    build_client_money,
    check_client_money,
)
from customer_stack.reconciliation.domain.days import day_of
from customer_stack.reconciliation.domain.identities import check_owed, check_standing
from customer_stack.reconciliation.domain.sides import (
    OurSide,
    compare_bank,
    compare_books,
    compare_execution,
)
from customer_stack.reconciliation.domain.together import LASTING, keep_lasting, merge, needs_another
from customer_stack.reconciliation.errors import RunNotFound
from customer_stack.reconciliation.metrics import RUN_AT, show_clearing, show_held, show_money
from customer_stack.reconciliation.service.alarms import SYSTEM, raise_shortfalls
from customer_stack.reconciliation.service.books import (
    LONG_MS,
    PAGE,
    SNAPSHOT,
    AllTenants,
    Books,
    OurSums,
    StatementSource,
)
from customer_stack.reconciliation.service.breaks import open_breaks
from customer_stack.reconciliation.store import runs as store
from customer_stack.treasury.service import load_bookings as load_treasury_bookings
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database
from shared.errors import Kind, Refusal
from shared.ids import Ids

_EXECUTION_CHECKS: Final = (
    CheckName.POSITIONS,
    CheckName.CASH,
    CheckName.FEES,
    CheckName.TOTALS,
    CheckName.PAYOUTS,
    CheckName.OWED,
    CheckName.PREFUND,
    CheckName.SETTLED,
)
_BANK_CHECKS: Final = (CheckName.COLLECTION, CheckName.BANK_ENTRIES)
AGAIN_SECONDS: Final = 5.0
"""How long after the first a second reading is made, where nothing of the first is kept."""

_OF_DEPARTMENTS: Final = (
    CheckName.COLLECTION,
    CheckName.STOCK,
    CheckName.STOCK_COST,
    CheckName.CLEARING,
)
"""Checks whose subjects are books of departments."""


def build_break(run: Run, found: Finding) -> NewBreak:
    """Return the break that a finding is part of; its evidence is the run and the book or market."""
    subject = found.subject
    links = [Link(LinkKind.RUN, str(run.id)), Link(LinkKind.REPORT_SEQUENCE, str(run.sequence))]
    if subject.book_id is not None:
        links.append(Link(LinkKind.BOOK, str(subject.book_id)))
    if subject.market_id is not None:
        links.append(Link(LinkKind.MARKET, str(subject.market_id)))
    is_of_department = found.name in _OF_DEPARTMENTS
    return NewBreak(
        tenant_id=run.tenant_id,
        department_id=subject.book_id if is_of_department else None,
        check=found.name.value,
        type=found.type,
        subject=str(subject),
        unit=found.unit,
        ours=found.ours,
        theirs=found.theirs,
        evidence=tuple(links),
        at=run.read_at,
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run, with what operations shows beside its checks."""

    run: Run
    money: tuple[ClientMoney, ...]
    open_items: tuple[OpenItems, ...]


@dataclass(frozen=True, slots=True)
class _Compared:
    """What one tenant's run compares: our side, every check, and client money."""

    ours: OurSide
    sums: OurSums
    checks: tuple[Check, ...]
    money: tuple[ClientMoney, ...]


def _check_books(ours: OurSide, sums: OurSums) -> tuple[Check, ...]:
    """Return the checks that need no other side."""
    books = compare_books(ours.trial, ours.desk, ours.snapshots, ours.differences, ours.stock)
    return (*books, *sums.checks)


class ReconciliationService:
    """Runs and what they found."""

    def __init__(
        self,
        database: Database,
        statements: StatementSource,
        books: Books,
        bank: Bank,
        all_tenants: AllTenants,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Compare `books` with `statements` of execution and with the statement of `bank`."""
        self._database = database
        self._statements = statements
        self._books = books
        self._bank = bank
        self._all_tenants = all_tenants
        self._clock = clock
        self._ids = ids

    async def run(self, tenant_id: UUID, actor: str) -> Run:
        """Compare everything once, keep the run with all it found, and open breaks."""
        return (await self._run(tenant_id, actor)).run

    async def _run(self, tenant_id: UUID, actor: str) -> Outcome:
        compared = await self._compare(tenant_id)
        money = compared.money
        run = Run(
            id=self._ids.new(),
            tenant_id=tenant_id,
            sequence=compared.ours.sequence,
            requested_by=actor,
            read_at=compared.ours.read_at,
            finished_at=self._clock.now(),
            checks=compared.checks,
        )
        found = [each for check in run.checks for each in check.findings]
        body = {"run": str(run.id), "sequence": run.sequence, "findings": len(found)}
        async with self._database.transaction(tenant_id) as tx:
            seen_before = await store.load_last_findings(tx, sorted(LASTING))
            lasting = [each for each in found if each.name not in LASTING or each.key in seen_before]
            opened = await open_breaks(tx, [build_break(run, each) for each in lasting])
            breaks = dict(zip(lasting, opened, strict=True))
            await store.insert_run(tx, run)
            await store.insert_findings(
                tx, run, [(self._ids.new(), each, breaks.get(each)) for each in found]
            )
            await raise_shortfalls(tx, tenant_id, day_of(run.read_at), money, run.finished_at)
            record = AuditRecord(tenant_id, "reconciliation.run_finished", body, run.finished_at, actor)
            await append(tx, [record])
        return Outcome(run, money, compared.sums.open_items)

    async def _compare(self, tenant_id: UUID) -> "_Compared":
        """Read our side, ask the others, and compare everything once."""
        ours, sums = await self._books.read(tenant_id)
        checks = (
            *_check_books(ours, sums),
            *await self._check_execution(tenant_id, ours, sums),
            *await self._check_bank(tenant_id),
        )
        money = build_client_money(sums.accounts, sums.positions, checks)
        return _Compared(ours, sums, (*checks, check_client_money(money)), money)

    async def run_all(self) -> None:
        """Run once for every tenant. The timer's use case."""
        made = [await self._run(tenant_id, SYSTEM) for tenant_id in await self._all_tenants()]
        show_held(check for each in made for check in each.run.checks)
        show_money(money for each in made for money in each.money)
        now = self._clock.now()
        show_clearing((item for each in made for item in each.open_items), load_clearing_limits(), now)
        RUN_AT.set(now.timestamp())

    async def get_run(self, tenant_id: UUID, run_id: UUID) -> Run:
        """Return a run. Raises RunNotFound."""
        async with self._database.transaction(tenant_id) as tx:
            run = await store.load_run(tx, run_id)
        if run is None:
            raise RunNotFound("There is no such run. Check the id.")
        return run

    async def check_all(self, *, books_only: bool = False) -> tuple[Check, ...]:
        """Make every check of a run for every tenant, and keep nothing; of several tenants all must hold.

        What moves on two sides at two moments is read twice. With `books_only` nobody else is asked: neither
        execution nor a bank, so what is compared with them, and client money, is left out.
        """
        found = await self._compare_all(books_only=books_only)
        if any(needs_another(checks) for checks in found.values()):
            await asyncio.sleep(AGAIN_SECONDS)
            first, found = found, await self._compare_all(books_only=books_only)
            found = {tenant: keep_lasting(checks, first.get(tenant, ())) for tenant, checks in found.items()}
        return merge(check for checks in found.values() for check in checks)

    async def _compare_all(self, *, books_only: bool) -> dict[UUID, tuple[Check, ...]]:
        """Return the checks of each tenant: two may differ under one key."""
        found: dict[UUID, tuple[Check, ...]] = {}
        for tenant_id in await self._all_tenants():
            if books_only:
                found[tenant_id] = tuple(_check_books(*await self._books.read(tenant_id)))
            else:
                found[tenant_id] = (await self._compare(tenant_id)).checks
        return found

    async def _check_execution(self, tenant_id: UUID, ours: OurSide, sums: OurSums) -> tuple[Check, ...]:
        """Ask for the whole statement at our sequence and compare account by account.

        Execution knows a tenant by its customers: while none has a reference there is nothing to ask for, and
        what was lent for the tenant is compared from the first one on.
        """
        if not ours.references:
            return ()
        lines: list[boundary.StatementLine] = []
        after, pages = None, 0
        try:
            while True:
                page = await self._statements.get_statement(tenant_id, ours.sequence, after=after, limit=PAGE)
                lines += page.lines
                pages += 1
                if not page.more:
                    break
                after = next_cursor(after, [line.account_id for line in page.lines], pages)
        except Refusal:
            return unavailable(*_EXECUTION_CHECKS)
        return (
            *compare_execution(ours, page.totals, lines),
            check_owed(tenant_id, sums.accounts, page.totals),
            *self._check_standing(ours, tenant_id, sums, page.standing),
        )

    def _check_standing(
        self, ours: OurSide, tenant_id: UUID, sums: OurSums, standing: boundary.Standing | None
    ) -> tuple[Check, ...]:
        """Compare what no report says; an older execution stack does not say it."""
        if standing is None:
            return unavailable(CheckName.PREFUND, CheckName.SETTLED)
        left_after = ours.read_at - load_clearing_limits()[Account.IN_TRANSIT]
        return check_standing(tenant_id, sums.accounts, sums.settlements, standing, left_after)

    async def _check_bank(self, tenant_id: UUID) -> tuple[Check, ...]:
        """Compare with the bank, for the tenant whose book stands for the collection account."""
        tenants = await self._all_tenants()
        async with self._database.transaction(*tenants, statement_timeout_ms=LONG_MS) as tx:
            await tx.execute(SNAPSHOT)
            holder = await find_collection(tx, self._bank.name)
            if holder is None or holder.tenant_id != tenant_id:
                return ()
            at_bank = await store.sum_collection(tx)
            bookings = await load_pay_in_bookings(tx, self._bank.name)
            bookings |= await load_payout_bookings(tx, self._bank.name)
            bookings |= await load_treasury_bookings(tx)
            bookings |= await load_card_bookings(tx)
        try:
            statement = await self._bank.fetch_statement()
        except Refusal as refusal:
            if refusal.kind is not Kind.UNAVAILABLE:
                raise
            return unavailable(*_BANK_CHECKS)
        return compare_bank(holder.department_id, at_bank, bookings, statement)
