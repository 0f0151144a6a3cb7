"""The life of a case: as values, and on a real database."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.cases.domain import lifecycle
from customer_stack.cases.domain.lifecycle import (
    TRANSITIONS,
    Case,
    Outcome,
    State,
    Step,
    Taken,
    apply,
)
from customer_stack.cases.domain.opening import Held
from customer_stack.cases.errors import (
    AnotherIsOpen,
    CaseHolds,
    CaseNotFound,
    CaseStepNotPossible,
    ColleagueUnsuitable,
    NotAssigned,
    OwnProposal,
)
from customer_stack.cases.service.ground import WORK
from customer_stack.cases.service.reading import Reading, Wanted
from customer_stack.cases.service.working import Working
from customer_stack.customers.errors import CustomerNotFound

from .desk import IDS, NOW

PEOPLE = [IDS.new() for _ in range(3)]
REFUSALS = (CaseStepNotPossible, NotAssigned, OwnProposal, CaseHolds)


@st.composite
def wishes(draw):
    return (
        draw(st.sampled_from(sorted(Step))),
        draw(st.sampled_from(PEOPLE)),
        draw(st.sampled_from(PEOPLE)),
        draw(st.sampled_from(list(Outcome))),
        draw(st.sampled_from([0, 0, 0, 1])),
    )


def wish(case, last, step, person, other, outcome, holds):
    note = IDS.new()
    acts = {
        Step.TAKE: lambda: (
            lifecycle.take(case, person, NOW)
            if person == other
            else lifecycle.assign(case, person, other, NOW)
        ),
        Step.PUT_BACK: lambda: lifecycle.put_back(case, person, NOW),
        Step.PROPOSE: lambda: lifecycle.propose(case, person, outcome, note, NOW, holds=holds),
        Step.REJECT: lambda: lifecycle.reject(case, person, note, NOW),
        Step.CLOSE: lambda: lifecycle.close(case, last, person, NOW, holds=holds),
        Step.REOPEN: lambda: lifecycle.reopen(case, person, note, NOW),
    }
    return acts.get(step, lambda: lifecycle.next_step(case, step, None, NOW))()


@given(st.lists(wishes(), max_size=30))
def test_whatever_people_wish_a_case_keeps_its_rules(script):
    case = Case(IDS.new(), IDS.new(), IDS.new(), "structuring", State.OPEN, 50, NOW, NOW, None, None, None, 1)
    last = Taken(1, Step.OPEN, State.OPEN, NOW, None)
    for step, person, other, outcome, holds in script:
        try:
            taken = wish(case, last, step, person, other, outcome, holds)
        except REFUSALS:
            continue
        assert taken.state is TRANSITIONS[case.state, step]
        assert taken.number == case.steps + 1
        if step in (Step.PROPOSE, Step.CLOSE):
            assert holds == 0
        if step is Step.PROPOSE:
            assert person == case.assignee_id
        if step is Step.CLOSE:
            assert (last.step, last.number) == (Step.PROPOSE, case.steps)
            assert last.staff_id not in (person, None)
            assert (taken.outcome, taken.asked_by) == (last.outcome, last.staff_id)
        if step is Step.TAKE:
            assert taken.assignee_id == other
            assert case.assignee_id is None or other not in (person, case.assignee_id)
        if step is Step.PUT_BACK:
            assert person == case.assignee_id
        case, last = apply(case, taken), taken
        assert (case.state is State.OPEN) == (case.assignee_id is None)
        assert (case.state is State.CLOSED) == (case.outcome is not None) == (case.closed_at is not None)


@given(st.timedeltas(timedelta(days=-2), timedelta(days=2)), st.sampled_from(list(State)))
def test_a_case_is_overdue_from_its_deadline_until_it_is_closed(distance, state):
    case = Case(IDS.new(), IDS.new(), IDS.new(), "kyc", state, 50, NOW, NOW + distance, None, None, None, 1)
    assert case.is_overdue(NOW) == (state is not State.CLOSED and distance <= timedelta(0))


@pytest.fixture
def followed():
    return []


@pytest.fixture
def working(desk, followed):
    async def follow(tx, case, actor, at):
        followed.append((case.id, case.outcome, actor))

    return Working(desk.ground(follow))


@pytest.fixture
def anna(desk):
    return desk.person(WORK)


@pytest.fixture
def bandu(desk):
    return desk.person(WORK)


async def closing(desk, working, person, outcome=Outcome.FALSE_POSITIVE, **opening):
    case_id = await desk.opened(**opening)
    await working.take(person, case_id)
    await working.propose(person, case_id, outcome, "The deposits are his wages.")
    return case_id


async def test_a_case_is_taken_proposed_and_closed_by_another(desk, working, anna, bandu, followed):
    case_id = await closing(desk, working, anna)
    with pytest.raises(OwnProposal):
        await working.close(anna, case_id)
    closed = await working.close(bandu, case_id)
    assert (closed.state, closed.outcome, closed.closed_at) == (State.CLOSED, Outcome.FALSE_POSITIVE, NOW)
    assert followed == [(case_id, Outcome.FALSE_POSITIVE, bandu.actor)]
    assert await desk.audited() == [
        "cases.opened", "cases.step_take", "cases.step_propose", "cases.step_close",
    ]  # fmt: skip
    steps = await Reading(desk.ground()).list_steps(anna, case_id, 0, 50)
    assert [taken.step for taken in steps] == [Step.OPEN, Step.TAKE, Step.PROPOSE, Step.CLOSE]
    assert (steps[3].asked_by, steps[3].asked_number) == (anna.staff_id, 3)


async def test_who_takes_what(desk, working, anna, bandu):
    case_id = await desk.opened()
    carol = desk.person(WORK)
    await working.take(anna, case_id)
    with pytest.raises(NotAssigned):
        await working.take(carol, case_id)
    with pytest.raises(NotAssigned):
        await working.put_back(carol, case_id)
    with pytest.raises(NotAssigned):
        await working.propose(carol, case_id, Outcome.CONFIRMED, "x")
    with pytest.raises(ColleagueUnsuitable):
        await working.assign(bandu, case_id, carol.staff_id)
    with pytest.raises(CaseStepNotPossible):
        await working.assign(bandu, case_id, anna.staff_id)
    back = await working.put_back(anna, case_id)
    assert (back.state, back.assignee_id) == (State.OPEN, None)


async def test_a_case_does_not_close_while_it_holds_something(desk, working, anna):
    case_id = await desk.opened(held=[Held("wager", IDS.new())])
    await working.take(anna, case_id)
    with pytest.raises(CaseHolds):
        await working.propose(anna, case_id, Outcome.CONFIRMED, "x")


async def test_what_comes_after_the_proposal_is_looked_at_first(desk, working, anna, bandu):
    customer_id = await desk.customer()
    case_id = await closing(desk, working, anna, customer_id=customer_id)
    await desk.open(desk.wish(customer_id))
    with pytest.raises(CaseStepNotPossible):
        await working.close(bandu, case_id)
    await working.propose(anna, case_id, Outcome.VALUABLE, "Also the second one.")
    assert (await working.close(bandu, case_id)).outcome is Outcome.VALUABLE


async def test_a_proposal_is_rejected_and_the_same_person_works_on(desk, working, anna, bandu):
    case_id = await closing(desk, working, anna)
    rejected = await working.reject(bandu, case_id, "Ask the bank first.")
    assert (rejected.state, rejected.assignee_id) == (State.INVESTIGATING, anna.staff_id)
    with pytest.raises(CaseStepNotPossible):
        await working.close(bandu, case_id)


async def test_two_closers_close_once(desk, working, anna, bandu, followed):
    case_id = await closing(desk, working, anna)
    outcomes = await asyncio.gather(
        *(working.close(each, case_id) for each in (bandu, desk.person(WORK))), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Case", "CaseStepNotPossible"]
    assert len(followed) == 1


async def test_a_closer_and_a_lane_meet(desk, working, anna, bandu):
    """Whoever is first: nothing is closed unseen, and nothing that comes is lost."""
    for _ in range(5):
        customer_id = await desk.customer()
        case_id = await closing(desk, working, anna, customer_id=customer_id)
        wish = desk.wish(customer_id, held=[Held("wager", IDS.new())])
        closed, (opened,) = await asyncio.gather(
            working.close(bandu, case_id), desk.open(wish), return_exceptions=True
        )
        if isinstance(closed, CaseStepNotPossible):
            assert (opened.case_id, opened.is_new) == (case_id, False)
        else:
            assert (closed.state, opened.is_new) == (State.CLOSED, True)


async def test_a_closed_case_is_opened_again_with_a_new_deadline(desk, working, anna, bandu):
    case_id = await closing(desk, working, anna)
    await working.close(bandu, case_id)
    desk.clock.advance(timedelta(days=30))
    again = await working.reopen(bandu, case_id, "The bank wrote back.")
    assert (again.state, again.outcome, again.assignee_id) == (State.OPEN, None, None)
    assert again.due_at == datetime(2026, 12, 30, 18, 30, tzinfo=UTC)
    assert (await working.take(anna, case_id)).state is State.INVESTIGATING


async def test_a_case_is_not_opened_again_beside_another(desk, working, anna, bandu):
    customer_id = await desk.customer()
    case_id = await closing(desk, working, anna, customer_id=customer_id)
    await working.close(bandu, case_id)
    (other,) = await desk.open(desk.wish(customer_id))
    assert other.is_new
    with pytest.raises(AnotherIsOpen):
        await working.reopen(bandu, case_id, "x")


async def test_notes_are_sealed_and_every_look_is_remembered(desk, working, anna):
    case_id = await desk.opened()
    await working.write(anna, case_id, "Nimal Perera says that his uncle lent him the money.")
    ((sealed,),) = await desk.fetch("SELECT sealed FROM cases_note")
    assert b"uncle" not in sealed
    (note,) = await Reading(desk.ground()).read_notes(anna, case_id, None, 9)
    assert note.text == "Nimal Perera says that his uncle lent him the money."
    assert (await desk.audited())[-2:] == ["cases.note_written", "cases.notes_shown"]


async def test_what_was_written_of_an_erased_customer_does_not_open(desk, working, anna):
    customer_id = await desk.customer()
    case_id = await desk.opened(customer_id=customer_id)
    await working.write(anna, case_id, "x")
    owner = await desk.fresh.connect("superuser")
    await owner.execute("DELETE FROM customer_data_key WHERE customer_id = $1", customer_id)
    with pytest.raises(CustomerNotFound):
        await Reading(desk.ground()).read_notes(anna, case_id, None, 9)
    assert (await Reading(desk.ground()).read(anna, case_id)).case.id == case_id


async def test_cases_are_linked_both_ways(desk, working, anna):
    one, other = await desk.opened(), await desk.opened()
    for _ in "ab":
        await working.link(anna, one, other)
    for case_id, linked in ((one, other), (other, one)):
        links = (await Reading(desk.ground()).read(anna, case_id)).links
        assert linked in [each.link.id for each in links]
    with pytest.raises(CaseStepNotPossible):
        await working.link(anna, one, one)
    with pytest.raises(CaseNotFound):
        await working.link(anna, one, IDS.new())


async def test_cases_are_listed_by_priority_in_pages(desk, working, anna):
    reading, customers = Reading(desk.ground()), [await desk.customer() for _ in range(3)]
    opened = await desk.open(
        *(
            desk.wish(customer, priority=priority)
            for customer, priority in zip(customers, (10, 90, 10), strict=True)
        )
    )
    ids = [each.case_id for each in opened]
    first, _ = await reading.list_cases(anna, Wanted(), None, 2)
    assert [case.id for case in first] == [ids[1], min(ids[0], ids[2])]
    rest, _ = await reading.list_cases(anna, Wanted(), (first[1].priority, first[1].id), 2)
    assert [case.id for case in rest] == [max(ids[0], ids[2])]
    await working.take(anna, ids[0])
    mine, _ = await reading.list_cases(anna, Wanted(mine=True), None, 9)
    assert [case.id for case in mine] == [ids[0]]
    found, _ = await reading.list_cases(anna, Wanted(state=State.OPEN, customer_id=customers[2]), None, 9)
    assert [case.id for case in found] == [ids[2]]
    assert (await reading.list_cases(anna, Wanted(family="kyc"), None, 9))[0] == []


async def test_overdue_cases_are_listed_and_counted(desk, working, anna):
    reading, case_id = Reading(desk.ground()), await desk.opened()
    assert await reading.count_overdue([desk.tenant]) == 0
    desk.clock.advance(timedelta(days=6))
    assert await reading.count_overdue([desk.tenant]) == 1
    overdue, now = await reading.list_cases(anna, Wanted(overdue=True), None, 9)
    assert [(case.id, case.is_overdue(now)) for case in overdue] == [(case_id, True)]


async def test_another_tenants_case_is_not_there(desk, working, anna):
    case_id = await desk.opened()
    stranger = desk.person(WORK, tenant_id=IDS.new())
    for act in (working.take(stranger, case_id), working.close(stranger, case_id)):
        with pytest.raises(CaseNotFound):
            await act


_STEP = (
    "INSERT INTO cases_step (tenant_id, case_id, number, step, state, at, staff_id, assignee_id, outcome, "
    "asked_number, asked_step, asked_by) SELECT tenant_id, case_id, {} FROM cases_step WHERE number = 3"
)
_CLOSE = _STEP.format("4, 'close', 'closed', at, {}, assignee_id, {}, {}, 'propose', staff_id")


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        (_CLOSE.format("staff_id", "outcome", 3), "cases_step_two_people"),
        (_CLOSE.format("$1", "outcome", 2), "cases_step_two_people"),
        (_CLOSE.format("$1", "'confirmed'", 3), "cases_step_asked_fk"),
        (
            _STEP.format("5, 'alert', 'investigating', at, NULL, assignee_id, NULL, NULL, NULL, NULL"),
            "cases_step_no_gap",
        ),
        (
            "UPDATE cases_case SET state = 'closed', closed_at = now(), outcome = 'confirmed', steps = 4",
            "cases_case_last_step",
        ),
        ("UPDATE cases_case SET priority = 1000", "cases_case_by_steps"),
        ("UPDATE cases_case SET state = 'open', assignee_id = NULL, steps = 4", "cases_case_transition"),
    ],
)
async def test_the_database_refuses_what_the_rules_do(desk, working, anna, sql, constraint):
    await closing(desk, working, anna)
    arguments = [IDS.new()] if "$1" in sql else []
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await desk.fetch(sql, *arguments)
    assert refused.value.constraint_name == constraint


async def test_steps_and_links_are_history(desk):
    await desk.opened()
    for table in ("cases_step", "cases_link", "cases_note"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await desk.fetch(f"DELETE FROM {table}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await desk.fetch("DELETE FROM cases_case")


def test_nothing_else_than_the_table_says_is_possible():
    case = Case(IDS.new(), IDS.new(), IDS.new(), "kyc", State.OPEN, 50, NOW, NOW, None, None, None, 1)
    for state in State:
        for step in Step:
            if (state, step) not in TRANSITIONS:
                with pytest.raises(CaseStepNotPossible):
                    lifecycle.next_step(replace(case, state=state), step, None, NOW)
