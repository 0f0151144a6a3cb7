"""Opening cases: once per customer and family, however often and by whomever it is asked for."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.cases.configuration import load_terms
from customer_stack.cases.domain.opening import Held, Link, NewCase, gather
from customer_stack.cases.domain.terms import read_terms
from customer_stack.cases.service import add_links, open_cases
from customer_stack.working_days.catalogue import load_calendar
from shared.database import Transaction
from shared.errors import InvariantViolated

from .desk import IDS, NOW

CASES = "SELECT id, state::text, priority, steps FROM cases_case ORDER BY id"
STEPS = "SELECT number, step::text, state::text, reasons FROM cases_step ORDER BY case_id, number"


async def test_a_case_is_opened_with_what_it_is_about(desk):
    customer = await desk.customer()
    link, held = Link("decision", IDS.new()), Held("wager", IDS.new(), 5_000_00)
    (opened,) = await desk.open(desk.wish(customer, links=[link], held=[held], priority=85))
    assert (opened.is_new, opened.is_fresh) == (True, True)
    assert await desk.fetch(CASES) == [(opened.case_id, "open", 85, 1)]
    assert await desk.fetch(STEPS) == [(1, "open", "open", ["aml.deposits_below_threshold"])]
    assert await desk.fetch("SELECT case_id, kind, link_id, reasons FROM cases_link") == [
        (opened.case_id, "decision", link.id, ["aml.deposits_below_threshold"])
    ]
    assert await desk.fetch("SELECT kind, held_id, amount, ended_as FROM cases_held") == [
        ("wager", held.id, 5_000_00, None)
    ]
    ((kind,),) = await desk.fetch("SELECT kind FROM audit_record")
    assert kind == "cases.opened"


async def test_the_same_again_changes_nothing(desk):
    wish = desk.wish(await desk.customer(), held=[Held("wager", IDS.new())])
    (first,) = await desk.open(wish)
    (second,) = await desk.open(wish)
    assert (second.case_id, second.is_new, second.is_fresh) == (first.case_id, False, False)
    assert await desk.fetch(CASES) == [(first.case_id, "open", 50, 1)]
    assert len(await desk.fetch("SELECT 1 FROM audit_record")) == 1


async def test_more_is_added_and_raises_the_priority_but_never_lowers_it(desk):
    customer = await desk.customer()
    (first,) = await desk.open(desk.wish(customer, priority=50))
    (more,) = await desk.open(desk.wish(customer, priority=90, reasons=["aml.round_amounts"]))
    (less,) = await desk.open(desk.wish(customer, priority=10))
    assert {first.case_id, more.case_id, less.case_id} == {first.case_id}
    assert await desk.fetch(CASES) == [(first.case_id, "open", 90, 3)]
    steps = await desk.fetch(STEPS)
    assert [(number, step) for number, step, _, _ in steps] == [(1, "open"), (2, "alert"), (3, "alert")]
    assert steps[1][3] == ["aml.round_amounts"]
    assert len(await desk.fetch("SELECT 1 FROM cases_link")) == 3


async def test_families_and_customers_have_cases_of_their_own(desk):
    one, other = await desk.customer(), await desk.customer()
    wishes = [desk.wish(one), desk.wish(other), desk.wish(one, "screening"), desk.wish(one)]
    opened = await desk.open(*wishes)
    assert opened[0] == opened[3]
    assert len({each.case_id for each in opened}) == 3
    assert len(await desk.fetch("SELECT 1 FROM cases_link")) == 4


class Counting(Transaction):
    """A transaction that counts its statements."""

    statements = 0

    async def fetch(self, sql, *arguments):
        self.statements += 1
        return await super().fetch(sql, *arguments)

    async def execute(self, sql, *arguments):
        self.statements += 1
        await super().execute(sql, *arguments)


async def test_a_batch_takes_two_statements(desk):
    customers = [await desk.customer() for _ in range(2)]
    wishes = [desk.wish(one, family) for one in customers for family in ("structuring", "screening")]
    async with desk.database.transaction(desk.tenant) as tx:
        counting = Counting(tx.connection, tx.tenants)
        await open_cases(counting, wishes)
    assert counting.statements == 2


async def test_lanes_that_open_the_same_cases_at_once_open_one_each(desk):
    customers = [await desk.customer() for _ in range(4)]

    async def lane(number):
        chosen = customers[::-1] if number % 2 else customers
        return await desk.open(*(desk.wish(customer, priority=number) for customer in chosen))

    opened = await asyncio.gather(*(lane(number) for number in range(6)))
    assert len({each.case_id for batch in opened for each in batch}) == 4
    assert sum(each.is_new for batch in opened for each in batch) == 4
    cases = await desk.fetch(CASES)
    assert [(priority, steps) for _, _, priority, steps in cases] == [(5, 6)] * 4
    assert len(await desk.fetch("SELECT 1 FROM cases_link")) == 24


async def test_an_alert_after_the_proposal_to_close_brings_the_case_back_to_work(desk):
    customer = await desk.customer()
    (opened,) = await desk.open(desk.wish(customer))
    staff = IDS.new()
    async with desk.database.transaction(desk.tenant) as tx:
        note = IDS.new()
        await tx.execute(
            "INSERT INTO cases_note VALUES ($1, $2, $3, $4, $5, $6)",
            desk.tenant, note, opened.case_id, staff, NOW, bytes(40),
        )  # fmt: skip
        for number, step, state, outcome in (
            (2, "take", "investigating", None),
            (3, "propose", "closing", "confirmed"),
        ):
            await tx.execute(
                "INSERT INTO cases_step (tenant_id, case_id, number, step, state, at, staff_id, assignee_id, "
                "outcome, note_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9)",
                desk.tenant, opened.case_id, number, step, state, NOW, staff, outcome, note,
            )  # fmt: skip
            await tx.execute(
                "UPDATE cases_case SET state = $2, steps = $3, assignee_id = $4 WHERE id = $1",
                opened.case_id, state, number, staff,
            )  # fmt: skip
    await desk.open(desk.wish(customer, held=[Held("wager", IDS.new())]))
    assert await desk.fetch(CASES) == [(opened.case_id, "investigating", 50, 4)]


async def test_a_command_that_waits_brings_the_deadline_nearer(desk):
    customer = await desk.customer()
    await desk.open(desk.wish(customer))
    due = "SELECT due_at FROM cases_case"
    assert await desk.fetch(due) == [(datetime(2026, 12, 2, 18, 30, tzinfo=UTC),)]
    await desk.open(desk.wish(customer, held=[Held("wager", IDS.new())]))
    assert await desk.fetch(due) == [(datetime(2026, 11, 30, 18, 30, tzinfo=UTC),)]
    desk.clock.advance(timedelta(days=3))
    await desk.open(desk.wish(customer, held=[Held("wager", IDS.new())]))
    assert await desk.fetch(due) == [(datetime(2026, 11, 30, 18, 30, tzinfo=UTC),)]


async def test_a_command_waits_for_one_case(desk):
    customer, held = await desk.customer(), Held("wager", IDS.new())
    await desk.open(desk.wish(customer, held=[held]))
    await desk.open(desk.wish(customer, "velocity", held=[held]))
    assert len(await desk.fetch("SELECT case_id FROM cases_held")) == 1


async def test_another_tenants_case_is_another(desk):
    stranger = IDS.new()
    theirs = await desk.customer(stranger)
    (opened,) = await desk.open(desk.wish(theirs, tenant_id=stranger))
    assert opened.is_new
    assert await desk.fetch(CASES) == []


async def test_links_are_added_once(desk):
    (opened,) = await desk.open(desk.wish(await desk.customer()))
    filing = [Link("filing", IDS.new())]
    for _ in "ab":
        async with desk.database.transaction(desk.tenant) as tx:
            await add_links(tx, desk.tenant, opened.case_id, filing, NOW)
    kinds = await desk.fetch("SELECT kind FROM audit_record ORDER BY id")
    assert [kind for (kind,) in kinds] == ["cases.opened", "cases.linked"]


async def test_nothing_is_asked_of_the_database_for_no_wish(desk):
    async with desk.database.transaction(desk.tenant) as tx:
        assert await open_cases(tx, []) == []


_KEYS = st.tuples(
    st.sampled_from([IDS.new() for _ in range(3)]), st.sampled_from(["structuring", "screening"])
)
_LINKS = [Link("decision", IDS.new()) for _ in range(4)]
_TENANT = IDS.new()


@st.composite
def wishes(draw):
    customer_id, family = draw(_KEYS)
    return NewCase(
        _TENANT,
        customer_id,
        family,
        draw(st.integers(0, 1000)),
        NOW + timedelta(seconds=draw(st.integers(0, 9))),
        links=draw(st.lists(st.sampled_from(_LINKS), max_size=4)),
        reasons=draw(st.lists(st.sampled_from(["aml.one", "aml.two", "screening.possible"]), max_size=2)),
    )


@given(st.lists(wishes(), max_size=12), st.randoms(use_true_random=False))
def test_wishes_for_one_case_become_one_whatever_their_order(cases, random):
    gathered = gather(cases)
    shuffled = random.sample(cases, len(cases))
    assert gather(shuffled) == gathered
    keys = [each.key for each in gathered]
    assert keys == sorted(set(keys)) == sorted({case.key for case in cases})
    for each in gathered:
        own = [case for case in cases if case.key == each.key]
        assert each.priority == max(case.priority for case in own)
        assert {link for link, _ in each.links} == {link for case in own for link in case.links}
        for link, reasons in each.links:
            assert set(reasons) == {reason for case in own if link in case.links for reason in case.reasons}


@pytest.mark.parametrize(
    "wrong",
    [{"family": "No Name"}, {"priority": -1}, {"priority": 1001}, {"reasons": ["two words"]}],
)
def test_what_the_tables_could_not_keep_is_refused(desk, wrong):
    with pytest.raises(InvariantViolated):
        desk.wish(IDS.new(), **wrong)
    with pytest.raises(InvariantViolated):
        Link("gossip", IDS.new())
    with pytest.raises(InvariantViolated):
        Held("wager", IDS.new(), -1)


def test_the_terms_are_read_and_checked():
    terms = load_terms()
    friday = datetime(2026, 11, 27, 12, tzinfo=UTC)
    assert terms.due_at("structuring", friday, holds=False) == datetime(2026, 12, 2, 18, 30, tzinfo=UTC)
    assert terms.due_at("new_family", friday, holds=False) == datetime(2026, 12, 11, 18, 30, tzinfo=UTC)
    assert terms.due_at("new_family", friday, holds=True) == datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
    assert not terms.may_release_alone(1)
    document = {"default": 5, "holding": 1, "families": {}, "release_alone_lkr_cents": 100}
    alone = read_terms(document, load_calendar())
    assert [alone.may_release_alone(amount) for amount in (None, 0, 1, 100, 101)] == [
        False, False, True, True, False,
    ]  # fmt: skip
    for wrong in ({"default": 0}, {"families": {"kyc": "2"}}, {"release_alone_lkr_cents": -1}, {"more": 1}):
        with pytest.raises(InvariantViolated):
            read_terms(document | wrong, load_calendar())
