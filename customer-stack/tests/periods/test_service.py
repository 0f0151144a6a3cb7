"""A closed period takes no entry; what is closed is what was proposed."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from customer_stack.periods.domain import DeskProfit
from customer_stack.periods.errors import (
    PeriodChanged,
    PeriodNotFound,
    PeriodNotOver,
    PeriodOutOfOrder,
    ProposerCannotClose,
)
from customer_stack.periods.service import PeriodsService, Person
from shared.clock import FixedClock
from shared.ids import SystemIds
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD, Movement, Posting, Transfer

IDS = SystemIds()
JUNE = datetime(2026, 6, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)


class Office:
    def __init__(self, database: Any) -> None:
        self.fresh = database
        self.database = database.app
        self.clock = FixedClock(datetime(2026, 11, 20, 12, tzinfo=UTC))
        self.service = PeriodsService(self.database, self.clock, IDS)
        self.tenant, self.department = IDS.new(), IDS.new()
        self.maker = Person(self.tenant, IDS.new())
        self.checker = Person(self.tenant, IDS.new())

    def transfer(self, at: datetime, *postings: Posting, kind: str = "contribution", **more: Any) -> Transfer:
        return Transfer(IDS.new(), IDS.new(), self.tenant, self.department, kind, at, postings, **more)

    async def post(self, *transfers: Transfer) -> None:
        async with self.database.transaction(self.tenant) as tx:
            await ledger.open_books(tx, [(self.department, self.tenant, "department")])
            await ledger.post(tx, Movement(transfers=transfers))

    async def contribute(self, at: datetime, amount: int = 2_000_000_00) -> UUID:
        made = self.transfer(at, Posting(LKR, "collection", "till", amount, "inflow"))
        await self.post(made)
        return made.id

    async def sell(self, at: datetime, profit: int) -> None:
        """Sell a dollar of stock that cost 298.50 for that and `profit`."""
        await self.post(
            self.transfer(at, Posting(USD, "nostro", "stock", 1_000_000, "stock_in", cost=298_50)),
            self.transfer(
                at,
                Posting(LKR, "desk", "till", 298_50 + profit, "conversion"),
                Posting(USD, "stock", "desk", 1_000_000, "stock_out", cost=-298_50, profit=profit),
                kind="fx_conversion",
            ),
        )

    async def close(self, ends_at: datetime) -> Any:
        proposed = await self.service.propose(self.maker, ends_at)
        return await self.service.close(self.checker, proposed.proposal.id, proposed.proposal.digest)


@pytest.fixture
async def office(customer_database: Any) -> Office:
    return Office(customer_database)


async def test_a_closed_period_keeps_its_books_and_recognises_the_profit(office: Office):
    await office.contribute(JUNE)
    await office.sell(JUNE + timedelta(days=3), profit=886_64)
    closed = await office.close(JULY)
    assert (closed.closed.span.number, closed.closed.span.starts_at) == (1, JUNE)
    standing = {line.account: line.closing for line in closed.lines if line.asset == LKR}
    assert standing["fx_revenue"] == 886_64
    assert standing["till"] == 2_000_000_00 + 298_50
    assert sum(standing.values()) == 0
    assert (await office.service.get_closed(office.tenant, 1)).lines == closed.lines
    assert [one.span.number for one in await office.service.list_closed(office.tenant, None, 10)] == [1]


async def test_the_next_period_moves_only_what_is_new(office: Office):
    await office.contribute(JUNE, 100)
    await office.close(JULY)
    await office.contribute(JULY, 50)
    second = await office.close(JULY + timedelta(days=31))
    till = next(line for line in second.lines if line.account == "till")
    assert (till.moved, till.closing) == (50, 150)


@pytest.mark.parametrize("role", ["app", "owner"])
async def test_a_closed_period_refuses_entries_of_every_role(office: Office, role: str):
    await office.contribute(JUNE)
    await office.close(JULY)
    connection = await office.fresh.connect(role)
    await connection.execute(f"SET app.tenants = '{{{office.tenant}}}'")
    insert = (
        "INSERT INTO ledger_transfer (tenant_id, book_id, id, movement_id, effective_at, kind) "
        "VALUES ($1, $2, $3, $3, $4, 'contribution')"
    )
    for at in (JUNE - timedelta(days=400), JUNE, JULY - timedelta(microseconds=1)):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="closed") as refused:
            await connection.execute(insert, office.tenant, office.department, IDS.new(), at)
        assert refused.value.constraint_name == "ledger_transfer_period_open"
    await connection.execute(insert, office.tenant, office.department, IDS.new(), JULY)


@pytest.mark.parametrize("role", ["app", "owner"])
async def test_a_closed_period_cannot_be_opened_again(office: Office, role: str):
    await office.contribute(JUNE)
    await office.close(JULY)
    connection = await office.fresh.connect(role)
    await connection.execute(f"SET app.tenants = '{{{office.tenant}}}'")
    for attempt in (
        "UPDATE period_closed SET ends_at = ends_at - interval '1 day'",
        "DELETE FROM period_closed",
        "TRUNCATE period_closed CASCADE",
        "UPDATE period_balance SET closing = 0",
        "DELETE FROM period_balance",
    ):
        with pytest.raises((asyncpg.IntegrityConstraintViolationError, asyncpg.InsufficientPrivilegeError)):
            await connection.execute(attempt)


async def test_what_was_wrong_is_corrected_in_the_open_period(office: Office):
    wrong = await office.contribute(JUNE, 700)
    await office.close(JULY)
    right = office.transfer(JULY, Posting(LKR, "till", "collection", 200, "outflow"), corrects=wrong)
    await office.post(right)
    async with office.database.transaction(office.tenant) as tx:
        assert await tx.fetch_value("SELECT corrects FROM ledger_transfer WHERE id = $1", right.id) == wrong


async def test_the_proposer_does_not_close(office: Office):
    await office.contribute(JUNE)
    proposed = await office.service.propose(office.maker, JULY)
    with pytest.raises(ProposerCannotClose):
        await office.service.close(office.maker, proposed.proposal.id, proposed.proposal.digest)


async def test_books_that_changed_since_the_proposal_are_not_closed(office: Office):
    await office.contribute(JUNE)
    proposed = await office.service.propose(office.maker, JULY)
    await office.contribute(JUNE + timedelta(days=1), 5)
    with pytest.raises(PeriodChanged):
        await office.service.close(office.checker, proposed.proposal.id, proposed.proposal.digest)
    again = await office.service.propose(office.maker, JULY)
    with pytest.raises(PeriodChanged):
        await office.service.close(office.checker, again.proposal.id, proposed.proposal.digest)
    await office.service.close(office.checker, again.proposal.id, again.proposal.digest)
    with pytest.raises(PeriodChanged):
        await office.service.close(office.checker, again.proposal.id, again.proposal.digest)


async def test_a_period_needs_an_end_behind_us_and_something_to_close(office: Office):
    with pytest.raises(PeriodOutOfOrder):
        await office.service.propose(office.maker, JULY)
    await office.contribute(JUNE)
    with pytest.raises(PeriodOutOfOrder):
        await office.service.propose(office.maker, JUNE)
    with pytest.raises(PeriodNotOver):
        await office.service.propose(office.maker, office.clock.now())
    with pytest.raises(PeriodNotFound):
        await office.service.close(office.checker, IDS.new(), bytes(32))
    with pytest.raises(PeriodNotFound):
        await office.service.get_closed(office.tenant, 1)


async def test_another_tenant_closes_nothing_of_ours(office: Office):
    await office.contribute(JUNE)
    proposed = await office.service.propose(office.maker, JULY)
    stranger = Person(IDS.new(), IDS.new())
    with pytest.raises(PeriodNotFound):
        await office.service.close(stranger, proposed.proposal.id, proposed.proposal.digest)


async def test_whoever_is_posting_is_waited_for(office: Office):
    """A transfer begun before the close is in the closed books, or the close sees that they changed."""
    await office.contribute(JUNE)
    proposed = await office.service.propose(office.maker, JULY)
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def post_slowly() -> None:
        async with office.database.transaction(office.tenant) as tx:
            late = office.transfer(JUNE, Posting(LKR, "collection", "till", 1, "inflow"))
            await ledger.post(tx, Movement(transfers=(late,)))
            begun.set()
            await may_end.wait()

    posting = asyncio.create_task(post_slowly())
    await begun.wait()
    closing = asyncio.create_task(
        office.service.close(office.checker, proposed.proposal.id, proposed.proposal.digest)
    )
    await asyncio.sleep(0.2)
    assert not closing.done()
    may_end.set()
    await posting
    with pytest.raises(PeriodChanged):
        await closing


@pytest.mark.parametrize(
    ("profit", "recognised", "till", "expected"),
    [(886_64, 0, 1_000_00, 886_64), (886_64, 800_00, 1_000_00, 86_64), (-5, 0, 100, 0), (100, 0, 40, 40)],
)
def test_a_loss_is_carried_and_so_is_what_the_till_lacks(
    profit: int, recognised: int, till: int, expected: int
):
    assert DeskProfit(IDS.new(), profit, recognised, till).recognisable == expected


async def test_a_close_and_a_poster_never_wait_for_each_other_in_a_ring(office: Office):
    await office.contribute(JUNE)
    await office.sell(JUNE + timedelta(days=3), profit=886_64)
    proposed = await office.service.propose(office.maker, JULY)
    async with office.database.transaction(office.tenant) as tx:
        await ledger.lock_books(tx, [office.department])
        closing = asyncio.create_task(
            office.service.close(office.checker, proposed.proposal.id, proposed.proposal.digest)
        )
        await asyncio.sleep(0.3)
        made = office.transfer(JULY, Posting(LKR, "collection", "till", 1, "inflow"))
        await ledger.post(tx, Movement(transfers=(made,)))
    assert (await closing).closed.span.number == 1
