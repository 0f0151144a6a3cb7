"""Posted rates, stale rates, and rates by hand: on a real database."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest

from customer_stack.fx.domain.proposals import ProposalOutcome
from customer_stack.fx.domain.rates import Mid, Rates
from customer_stack.fx.errors import (
    OwnProposal,
    ProposalDecided,
    ProposalInvalid,
    ProposalNotFound,
    RatesNotManual,
    RateUnavailable,
    TermsMissing,
)
from customer_stack.fx.providers.sandbox import SandboxRates
from customer_stack.fx.providers.stored import StoredRates
from customer_stack.fx.service import (
    FxService,
    Maker,
    Person,
    QuoteGate,
    RateDesk,
    RateProposals,
    stored_mids,
)
from customer_stack.fx.store.rates import insert_mids
from customer_stack.fx.tasks import build_runners
from customer_stack.ledger.errors import DepartmentNotFound
from shared.ids import SystemIds
from shared.ledger import store as ledger

IDS = SystemIds()


class Manual:
    """A desk whose mid is proposed and approved."""

    def __init__(self, desk):
        self.desk = desk
        database, maker = desk.database.app, Maker(desk.clock, IDS)
        self.source = StoredRates("manual", stored_mids(database))
        self.proposals = RateProposals(database, self.source, maker)
        gate = QuoteGate(desk.standings, desk.require_purpose, desk.require_deposit, desk.compliance)
        desk.service = FxService(database, self.source, gate, desk.clock, IDS)
        self.maker, self.checker = (Person(desk.tenant, IDS.new(), "staff:x") for _ in range(2))

    async def propose(self, mid=300, as_of=None, maker=None):
        return await self.proposals.propose(maker or self.maker, mid * 10**8, as_of, "cbsl.gov.lk/rates")

    async def approve(self, proposal, person=None):
        return await self.proposals.decide(person or self.checker, proposal.id, ProposalOutcome.APPROVED)


@pytest.fixture
def manual(desk):
    return Manual(desk)


def rate_desk(desk, mid=300, source=None):
    async def tenants():
        return (desk.tenant,)

    source = source or SandboxRates(Decimal(mid), desk.clock)
    return RateDesk(desk.database.app, source, None, tenants, Maker(desk.clock, IDS))


async def posted(desk):
    page = await rate_desk(desk).list_posted(desk.tenant, desk.department, 50, None)
    return [(one.rates.buy_e8 // 10**6, one.rates.sell_e8 // 10**6, one.terms_version) for one in page.posted]


# What a department posts.


async def test_rates_are_posted_when_they_change_and_every_quote_names_them_and_its_reading(desk):
    await desk.service.set_terms(desk.tenant, desk.department, desk.terms, "system")
    first = await desk.quote()
    desk.clock.advance(timedelta(seconds=1))
    second = await desk.quote()
    assert first.posted_rate_id == second.posted_rate_id
    assert first.mid_id != second.mid_id
    wider = replace(desk.terms, sell_spread_basis=200)
    await desk.service.set_terms(desk.tenant, desk.department, wider, "system")
    third = await desk.quote()
    assert third.posted_rate_id != second.posted_rate_id
    assert await posted(desk) == [(29700, 30600, 3), (29700, 30300, 2)]
    async with desk.database.app.transaction(desk.tenant) as tx:
        reading = await tx.fetch_row("SELECT * FROM fx_mid WHERE id = $1", first.mid_id)
    assert (reading["rate_e8"], reading["source"], reading["as_of"]) == (
        300_00000000,
        "sandbox",
        first.created_at,
    )
    assert reading["received_at"] == first.created_at


async def test_the_worker_posts_rates_where_they_changed_and_nowhere_else(desk):
    for mid in (300, 300, 301):
        await rate_desk(desk, mid).post_all()
        desk.clock.advance(timedelta(seconds=1))
    assert await posted(desk) == [(29799, 30401, 1), (29700, 30300, 1)]
    async with desk.database.app.transaction(desk.tenant) as tx:
        assert await tx.fetch_value("SELECT count(*) FROM fx_mid") == 2


async def test_the_worker_posts_nothing_from_an_old_mid(desk, manual):
    await manual.approve(await manual.propose())
    desk.clock.advance(timedelta(seconds=61))
    found = rate_desk(desk, source=manual.source)
    await found.post_all()
    assert await posted(desk) == []
    rates = await found.get_rates(desk.tenant, desk.department)
    assert (rates.mid.rate_e8, rates.rates) == (300_00000000, None)


async def test_rates_of_a_department_without_terms_or_of_another_tenant(desk):
    bare = IDS.new()
    async with desk.database.app.transaction(desk.tenant) as tx:
        await ledger.open_books(tx, [(bare, desk.tenant, "department")])
    with pytest.raises(TermsMissing):
        await rate_desk(desk).get_rates(desk.tenant, bare)
    with pytest.raises(DepartmentNotFound):
        await rate_desk(desk).get_rates(IDS.new(), desk.department)
    found = await rate_desk(desk).get_rates(desk.tenant, desk.department)
    assert found.rates == Rates(300_00000000, 297_00000000, 303_00000000)


async def test_the_worker_reads_a_feed_only_where_there_is_one(desk):
    class Feed:
        name, poll_seconds = "cbsl", 30.0

    async def tenants():
        return (desk.tenant,)

    source, maker = SandboxRates(Decimal(300), desk.clock), Maker(desk.clock, IDS)
    fed = RateDesk(desk.database.app, source, Feed(), tenants, maker)
    always = {"fx.expire_quotes", "fx.post_rates"}
    assert set(build_runners(desk.service, rate_desk(desk), tenants)) == always
    assert set(build_runners(desk.service, fed, tenants)) == {*always, "fx.read_rates"}


# Rates by hand.


async def test_nothing_is_quoted_before_a_rate_was_approved_and_after_it_is_stale(desk, manual):
    with pytest.raises(RateUnavailable):
        await desk.quote()
    proposal = await manual.propose()
    with pytest.raises(RateUnavailable):
        await desk.quote()
    await manual.approve(proposal)
    quote = await desk.quote()
    assert (quote.mid_source, quote.agreed_e8) == ("manual", 303_00000000)
    desk.clock.advance(timedelta(seconds=60))
    await desk.quote(15_000_00)
    desk.clock.advance(timedelta(microseconds=1))
    with pytest.raises(RateUnavailable):
        await desk.quote()


async def test_a_rate_counts_from_the_moment_it_was_read_not_approved(desk, manual):
    proposal = await manual.propose(as_of=desk.clock.now() - timedelta(seconds=50))
    desk.clock.advance(timedelta(seconds=11))
    await manual.approve(proposal)
    with pytest.raises(RateUnavailable):
        await desk.quote()


async def test_nobody_approves_an_own_rate(manual):
    proposal = await manual.propose()
    with pytest.raises(OwnProposal):
        await manual.approve(proposal, manual.maker)


async def test_a_maker_may_take_a_rate_back_and_then_it_is_decided(desk, manual):
    proposal = await manual.propose()
    taken = await manual.proposals.decide(manual.maker, proposal.id, ProposalOutcome.REJECTED)
    assert taken.decision.outcome is ProposalOutcome.REJECTED
    with pytest.raises(ProposalDecided):
        await manual.approve(proposal)
    with pytest.raises(RateUnavailable):
        await desk.quote()


async def test_two_checkers_at_once_decide_once(manual):
    proposal = await manual.propose()
    others = [Person(manual.desk.tenant, IDS.new(), "staff:y") for _ in range(3)]
    answers = await asyncio.gather(
        *(manual.approve(proposal, other) for other in others), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Proposal", *["ProposalDecided"] * 2]


async def test_the_same_rate_of_the_same_moment_counts_once(desk, manual):
    as_of = desk.clock.now()
    for _ in range(2):
        await manual.approve(await manual.propose(as_of=as_of))
    async with desk.database.app.transaction(desk.tenant) as tx:
        assert await tx.fetch_value("SELECT count(*) FROM fx_mid") == 1


@pytest.mark.parametrize("away", [timedelta(seconds=6), timedelta(days=-8)])
async def test_a_rate_from_the_future_or_of_last_week_is_not_taken(manual, away):
    with pytest.raises(ProposalInvalid):
        await manual.propose(as_of=manual.desk.clock.now() + away)


async def test_a_proposal_of_another_tenant_is_not_found(manual):
    proposal = await manual.propose()
    stranger = Person(IDS.new(), IDS.new(), "staff:z")
    with pytest.raises(ProposalNotFound):
        await manual.approve(proposal, stranger)
    assert (await manual.proposals.list_proposals(stranger.tenant_id, 10, None)).proposals == ()
    (listed,) = (await manual.proposals.list_proposals(manual.desk.tenant, 10, None)).proposals
    assert listed == proposal


async def test_where_rates_come_from_a_feed_nobody_states_them(desk):
    source = SandboxRates(Decimal(300), desk.clock)
    proposals = RateProposals(desk.database.app, source, Maker(desk.clock, IDS))
    with pytest.raises(RatesNotManual):
        await proposals.propose(Person(desk.tenant, IDS.new(), "staff:x"), 300 * 10**8, None, "x")


async def test_every_step_of_a_rate_by_hand_is_in_the_audit(desk, manual):
    await manual.approve(await manual.propose())
    async with desk.database.app.transaction(desk.tenant) as tx:
        kinds = await tx.fetch("SELECT kind FROM audit_record WHERE kind LIKE 'fx.rate%' ORDER BY id")
    assert [row["kind"] for row in kinds] == ["fx.rate_proposed", "fx.rate_approved"]


# The database, as the application's role and as the owner of the tables.


async def connect(desk, role):
    connection = await desk.database.connect(role)
    await connection.execute("SELECT set_config('app.tenants', $1, false)", f"{{{desk.tenant}}}")
    return connection


DECIDE = (
    "INSERT INTO fx_rate_decision (tenant_id, proposal_id, proposed_by, outcome, decided_by, decided_at) "
    "VALUES ($1, $2, $3, 'approved', $4, now())"
)


@pytest.mark.parametrize("role", ["app", "owner"])
async def test_the_database_refuses_an_approval_by_the_proposer(desk, manual, role):
    proposal = await manual.propose()
    connection = await connect(desk, role)
    maker = proposal.proposed_by
    with pytest.raises(asyncpg.CheckViolationError) as caught:
        await connection.execute(DECIDE, desk.tenant, proposal.id, maker, maker)
    assert caught.value.constraint_name == "fx_rate_decision_checker"
    # Nor under somebody else's name: who proposed it is part of what the decision names.
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await connection.execute(DECIDE, desk.tenant, proposal.id, IDS.new(), maker)


@pytest.mark.parametrize("role", ["app", "owner"])
async def test_the_database_refuses_a_manual_reading_that_nobody_approved(desk, manual, role):
    proposal = await manual.propose()
    connection = await connect(desk, role)
    add = (
        "INSERT INTO fx_mid (tenant_id, id, rate_e8, source, as_of, received_at, proposal_id, outcome) "
        "VALUES ($1, $2, 1, 'manual', now(), now(), $3, $4)"
    )
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute(add, desk.tenant, IDS.new(), None, None)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await connection.execute(add, desk.tenant, IDS.new(), proposal.id, "approved")
    await manual.proposals.decide(manual.checker, proposal.id, ProposalOutcome.REJECTED)
    for outcome in ("approved", "rejected"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await connection.execute(add, desk.tenant, IDS.new(), proposal.id, outcome)


@pytest.mark.parametrize("role", ["app", "owner"])
@pytest.mark.parametrize(
    "table", ["fx_mid", "fx_posted_rate", "fx_rate_proposal", "fx_rate_decision", "fx_quote", "fx_terms"]
)
async def test_what_was_stated_is_never_changed(desk, manual, role, table):
    await manual.approve(await manual.propose())
    await desk.quote()
    connection = await connect(desk, role)
    for change in (f"UPDATE {table} SET tenant_id = tenant_id", f"DELETE FROM {table}"):
        with pytest.raises(asyncpg.PostgresError):
            await connection.execute(change)


async def test_readings_of_one_tenant_are_not_another_s(desk):
    other = IDS.new()
    mid = Mid(300 * 10**8, "cbsl", desk.clock.now())
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with desk.database.app.transaction(desk.tenant) as tx:
            await insert_mids(tx, [(other, IDS.new())], mid, desk.clock.now())
