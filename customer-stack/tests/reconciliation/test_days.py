"""Days of Colombo: closed once from what was recorded before their end, and told again byte for byte."""

import csv
import io
import random
from collections import deque
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from customer_stack.exports.domain import Format
from customer_stack.ledger.domain import Account, Action, TransferKind
from customer_stack.reconciliation.configuration import load_clearing_limits
from customer_stack.reconciliation.domain.breaks import Unit
from customer_stack.reconciliation.domain.catalogue import IDENTITIES
from customer_stack.reconciliation.domain.checks import CheckName, Result, Subject, compare
from customer_stack.reconciliation.domain.clearing import ClearingUnusable, read_limits
from customer_stack.reconciliation.domain.client_money import LineName, Side, build_client_money
from customer_stack.reconciliation.domain.days import DAYS_AT_ONCE, GRACE, DayBounds, day_of, list_due
from customer_stack.reconciliation.errors import DayNotClosed
from customer_stack.reconciliation.service.days import Days
from customer_stack.reconciliation.service.reporting import DayReports, Wanted
from customer_stack.reconciliation.store import days as store
from customer_stack.wagers.domain.amounts import PositionCost
from shared.ledger.domain import LKR, USD, Posting

from ..payments.counter import IDS  # noqa: TID252 - test folders are no packages
from .office import Office

DAY = timedelta(days=1)


class Book:
    """An office at the real time, with a hand that moves what was recorded into the past."""

    def __init__(self, office: Office, connection: Any) -> None:
        self.office, self.connection = office, connection
        office.clock.advance(datetime.now(UTC) - office.clock.now() + timedelta(seconds=1))
        self.days = Days(office.database.app, self, office.positions, self.tenants, office.clock)
        self.reports = DayReports(office.database.app, office.clock, IDS)
        self.today = day_of(office.clock.now())

    async def tenants(self) -> tuple[UUID, ...]:
        return (self.office.tenant,)

    async def name_operator(self, _tenant_id: UUID) -> str:
        return "Lanka Event Exchange"

    async def name_departments(self, _tenant_id: UUID) -> dict[UUID, str]:
        return {self.office.department: "Colombo Fort", IDS.new(): "Kandy"}

    async def move_all(self, to: datetime) -> None:
        await self.connection.execute("UPDATE ledger_transfer SET recorded_at = $1", to)

    async def post_at(self, at: datetime, account: Account, amount: int) -> None:
        """Post on a clearing account of the department, plus or minus, as recorded at a moment."""
        legs = (Account.COLLECTION, account) if amount > 0 else (account, Account.COLLECTION)
        moved = Posting(LKR, *legs, abs(amount), Action.INFLOW)
        transfer = self.office.transfer(self.office.department, TransferKind.PAY_IN, moved)
        await self.office.post(transfer)
        move = "UPDATE ledger_transfer SET recorded_at = $2 WHERE id = $1"
        await self.connection.execute(move, transfer.id, at)

    async def open_items(self, before: datetime) -> list[tuple[Account, int, int, datetime]]:
        async with self.office.database.app.transaction(self.office.tenant) as tx:
            found = await store.load_open_items(tx, self.office.tenant, list(load_clearing_limits()), before)
        return [(each.account, each.balance, each.items, each.oldest_at) for each in found]

    async def make(self, day: date, kind: Format, department: UUID | None = None) -> bytes:
        wanted = Wanted(self.office.tenant, day, department, kind)
        return (await self.reports.make(wanted, "system")).content

    async def rows(self, day: date, department: UUID | None = None) -> list[dict[str, str]]:
        content = await self.make(day, Format.CSV, department)
        return list(csv.DictReader(io.StringIO(content.decode(), newline="")))

    async def value(self, sql: str) -> Any:
        return await self.connection.fetchval(sql)


@pytest.fixture
async def book(office: Office, customer_database: Any) -> Book:
    connection = await customer_database.connect("superuser")
    await connection.execute("SET session_replication_role = replica")
    await office.contribute_opening()
    return Book(office, connection)


async def test_what_is_open_is_what_came_last(book: Book):
    """Against queues in plain Python: first in, first out, over the sign."""
    chance, start = random.Random(7), book.office.clock.now() - 40 * DAY  # noqa: S311 - a seeded history
    for account in (Account.SUSPENSE, Account.CARD_RECEIVABLE):
        queue: deque[list[Any]] = deque()
        for hour in range(12):
            at, amount = start + timedelta(hours=hour), chance.choice((-7, -3, 2, 5))
            await book.post_at(at, account, amount)
            left = amount
            while queue and left and (queue[0][0] > 0) is not (left > 0):
                used = min(abs(left), abs(queue[0][0]))
                queue[0][0] += used if left > 0 else -used
                left += -used if left > 0 else used
                if not queue[0][0]:
                    queue.popleft()
            if left:
                queue.append([left, at])
            found = [each for each in await book.open_items(at + DAY) if each[0] is account]
            expected = [(account, sum(each[0] for each in queue), len(queue), queue[0][1])] if queue else []
            assert found == expected


async def test_what_stays_too_long_is_a_break_of_its_department(book: Book):
    office = book.office
    limit = load_clearing_limits()[Account.SUSPENSE]
    await book.post_at(office.clock.now() - limit + timedelta(minutes=1), Account.SUSPENSE, 5_000_00)
    office.statement.entries.append(type(office.statement.entries[0])("", 0))
    checks = {
        check.name: check for check in (await office.reconciliation.run(office.tenant, "system")).checks
    }
    assert checks[CheckName.CLEARING].result is Result.HELD
    assert checks[CheckName.CLEARING].compared >= 1
    office.clock.advance(timedelta(minutes=2))
    checks = {
        check.name: check for check in (await office.reconciliation.run(office.tenant, "system")).checks
    }
    [late] = checks[CheckName.CLEARING].findings
    assert (late.subject.book_id, late.subject.reference, late.ours, late.theirs) == (
        office.department, "suspense lkr_cent", 5_000_00, 0
    )  # fmt: skip


async def test_a_closed_day_is_told_again_byte_for_byte(book: Book):
    office, yesterday = book.office, book.today - DAY
    await book.move_all(DayBounds(yesterday).end - timedelta(hours=2))
    await book.post_at(DayBounds(yesterday).end - 9 * DAY, Account.SUSPENSE, 1_250_00)
    await book.post_at(DayBounds(yesterday).end, Account.SUSPENSE, 99_00)
    run = await office.reconciliation.run(office.tenant, "system")
    await book.connection.execute(
        "UPDATE reconciliation_run SET read_at = $1", DayBounds(yesterday).end - timedelta(minutes=5)
    )
    await book.connection.execute("UPDATE reconciliation_break SET found_at = $1", DayBounds(yesterday).start)
    assert await book.days.close_due() > 0
    assert await book.days.close_due() == 0
    pdf, table = await book.make(yesterday, Format.PDF), await book.make(yesterday, Format.CSV)
    await book.post_at(office.clock.now(), Account.SUSPENSE, 77_00)
    office.clock.advance(3 * DAY)
    assert await book.make(yesterday, Format.PDF) == pdf
    assert await book.make(yesterday, Format.CSV) == table
    rows = await book.rows(yesterday)
    checks = {row["name"]: row for row in rows if row["section"] == "check"}
    assert set(checks) == {name.value for name in IDENTITIES} == {name.value for name in CheckName}
    assert (checks["nostro"]["result"], checks["cash"]["result"]) == ("not made", "held")
    assert checks["clearing"]["result"] == "differs"
    [suspense] = [row for row in rows if row["section"] == "clearing" and row["name"] == "suspense"]
    assert (suspense["ours"], suspense["result"], suspense["detail"]) == (
        "1250.00", "late", "Colombo Fort, 9 d 0 h"
    )  # fmt: skip
    money = {
        (row["name"], row["detail"], row["unit"]): row["ours"]
        for row in rows
        if row["section"] == "client_money"
    }
    assert money["suspense", "owed", "lkr_cent"] == "1250.00"
    assert money["wallets", "owed", "usd_cent".replace("usd_cent", "micro_dollar")] == "94.421185"
    assert (
        money["open_wagers", "owed", "micro_dollar"]
        == money["contracts", "held", "micro_dollar"]
        == "3.966641"
    )
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    for words in (
        "Lanka Event Exchange",
        "All departments",
        str(run.id),
        "covered, ",
        "Colombo Fort",
        "1,250.00",
    ):
        assert words in text
    own = await book.rows(yesterday, office.department)
    sections = {"report", "check", "client_money", "clearing", "break", "balance", "trend"}
    assert {row["section"] for row in own} == sections
    # A department's client money is by our books alone; its own suspense is all that there is here.
    theirs = {(row["name"], row["detail"], row["unit"]): row["ours"] for row in own if row["name"] != "total"}
    assert {row["result"] for row in own if row["section"] == "client_money"} <= {"by our books", "covered"}
    suspense = ("suspense", "owed", "lkr_cent")
    assert theirs[suspense] == money[suspense]
    assert not {key for key in theirs if key[0] in ("open_wagers", "contracts", "stated_less")}
    assert await book.value("SELECT count(*) FROM export_register WHERE kind = 'reconciliation.report'") == 6
    with pytest.raises(DayNotClosed):
        await book.make(yesterday, Format.CSV, IDS.new())
    with pytest.raises(DayNotClosed):
        await book.make(book.today, Format.CSV)


async def test_days_that_the_worker_missed_are_closed_with_their_own_figures(book: Book):
    office, first = book.office, book.today - 4 * DAY
    await book.move_all(DayBounds(first).start)
    for number in range(4):
        await book.post_at(
            DayBounds(first + number * DAY).start + timedelta(hours=1), Account.SUSPENSE, 100_00
        )
    assert await book.days.close_due() == 4
    kept = (
        "SELECT array_agg(amount ORDER BY day) FROM reconciliation_day_money "
        "WHERE line = 'suspense' AND currency = 'LKR'"
    )
    assert await book.value(kept) == [100_00, 200_00, 300_00, 400_00]
    # What open wagers cost is not known any more of days long gone: it is left out on both sides.
    known = "SELECT array_agg(DISTINCT day) FROM reconciliation_day_money WHERE line = 'open_wagers'"
    assert len(await book.value(known)) <= 2
    assert {row["result"] for row in await book.rows(first) if row["section"] == "check"} == {"not made"}
    office.clock.advance(2 * DAY)
    assert await book.days.close_due() == 2
    assert await book.value("SELECT count(*) FROM reconciliation_day") == 6


async def test_a_shortfall_raises_one_alarm_on_the_same_day(book: Book):
    office = book.office
    lost = 10_000_000_00
    await office.post(
        office.transfer(
            office.customer,
            TransferKind.PAY_IN_TAKEN_BACK,
            Posting(LKR, Account.DEBT, Account.COLLECTION, lost, Action.INFLOW_REVERT),
        )
    )
    office.statement = type(office.statement)(office.statement.balance - lost, office.statement.entries)
    for _ in range(2):
        run = await office.reconciliation.run(office.tenant, "system")
    [short] = [
        each for check in run.checks if check.name is CheckName.CLIENT_MONEY for each in check.findings
    ]
    assert (short.ours or 0) < (short.theirs or 0)
    assert await book.value("SELECT count(*) FROM reconciliation_shortfall") == 1
    told = "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'reconciliation.shortfall_found'"
    assert await book.value(told) == 1
    assert (
        await book.value("SELECT count(*) FROM reconciliation_break WHERE check_name = 'client_money'") == 1
    )


amounts = st.integers(0, 10**12)


@given(st.lists(amounts, min_size=7, max_size=7), st.integers(-(10**9), 10**9))
def test_what_is_held_above_what_is_owed_is_the_houses(drawn, due):
    """Identity B3: with it the surplus of USD is stock and treasury, whatever wagers cost and payable is."""
    wallet, stock, treasury, prefund, transit, payable, cost = drawn
    nostro = wallet + stock + treasury + due + transit + payable - prefund
    cost = {(IDS.new(), IDS.new(), "yes"): PositionCost(1, cost)}
    sums = {
        (Account.WALLET, USD): wallet,
        (Account.STOCK, USD): stock,
        (Account.TREASURY, USD): treasury,
        (Account.EXECUTION, USD): due,
        (Account.IN_TRANSIT, USD): transit,
        (Account.PAYABLE, USD): payable,
        (Account.NOSTRO, USD): -nostro,
        (Account.PREFUND, USD): -prefund,
    }
    _, usd = build_client_money(sums, cost, ())
    assert usd.held - usd.owed == stock + treasury
    told = [say(CheckName.PREFUND, {None: (prefund, prefund - stock - treasury - 1)})]
    _, less = build_client_money(sums, cost, told)
    assert less.shortfall == 1
    assert LineName.STATED_LESS in {line.name for line in less.lines if line.side is Side.HELD}
    more = [say(CheckName.PREFUND, {None: (prefund, prefund + 5)})]
    assert build_client_money(sums, cost, more)[1].held == usd.held


def say(name, values, unit=Unit.MICRO_DOLLAR):
    """Return a check in which the sides say something else about subjects: (ours, theirs) of each."""
    sides = [
        {
            Subject(book_id=key) if not isinstance(key, Subject) else key: pair[side]
            for key, pair in values.items()
        }
        for side in (0, 1)
    ]
    return compare(name, unit, *sides)


def test_a_card_purchase_that_the_scheme_is_owed_is_not_held_for_customers():
    before = {(Account.WALLET, USD): 100, (Account.NOSTRO, USD): -60}
    assert build_client_money(before, {}, ())[1].shortfall == 40
    bought = before | {(Account.WALLET, USD): 60, (Account.PAYABLE, USD): 40}
    assert build_client_money(bought, {}, ())[1].shortfall == 40
    bills = {(Account.WALLET, LKR): 60, (Account.COLLECTION, LKR): -60, (Account.PAYABLE, LKR): 7}
    assert build_client_money(bills, {}, ())[0].shortfall == 7


def test_one_departments_more_covers_no_other_departments_less():
    colombo, kandy = IDS.new(), IDS.new()
    sums = {(Account.WALLET, USD): 100, (Account.NOSTRO, USD): -100}
    told = [say(CheckName.NOSTRO, {colombo: (70, 30), kandy: (30, 70)})]
    assert build_client_money(sums, {}, told)[1].shortfall == 40


def test_what_execution_says_against_us_is_taken_off():
    sums = {(Account.WALLET, USD): 100, (Account.NOSTRO, USD): -130, (Account.EXECUTION, USD): 30}
    for theirs, short in ((30, 0), (35, 5), (25, 0)):
        told = [say(CheckName.OWED, {None: (30, theirs)})]
        assert build_client_money(sums, {}, told)[1].shortfall == short
    customer, market = IDS.new(), IDS.new()
    kept = {(customer, market, "yes"): PositionCost(3, 100)}
    for theirs, short in ((3, 0), (2, 34), (0, 100), (4, 0)):
        told = [
            say(CheckName.POSITIONS, {Subject(customer, market, "yes"): (3, theirs)}, Unit.CENTI_CONTRACT)
        ]
        assert build_client_money(sums, kept, told)[1].shortfall == short
        assert build_client_money(sums, None, told)[1].shortfall == 0


@given(st.dates(date(2026, 1, 1), date(2026, 12, 1)), st.integers(-3, 60), st.integers(0, 2880))
def test_due_days_have_ended_follow_each_other_and_are_bounded(last, gap, minutes):
    now = DayBounds(last + gap * DAY).start + timedelta(minutes=minutes)
    due = list_due(last, None, now)
    assert len(due) <= DAYS_AT_ONCE
    assert due == [last + (each + 1) * DAY for each in range(len(due))]
    assert all(DayBounds(each).end + GRACE <= now for each in due)
    following = last + (len(due) + 1) * DAY
    assert len(due) == DAYS_AT_ONCE or DayBounds(following).end + GRACE > now
    assert list_due(None, None, now) == []
    assert len(list_due(None, last - 90 * DAY, now)) <= DAYS_AT_ONCE


@pytest.mark.parametrize("document", [{}, {"days": {}}, {"days": {"nobody": 1}}, {"days": {"suspense": 0}}])
def test_limits_that_cannot_be_used_stop_the_start(document):
    with pytest.raises(ClearingUnusable):
        read_limits(document)
