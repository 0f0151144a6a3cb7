"""Rules that are not heard for one customer: by two people, for a time, and never what denies."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.aml.domain.lifecycle import Step
from customer_stack.aml.domain.rules import Effect, read_rule
from customer_stack.aml.domain.tree import Fact
from customer_stack.aml.domain.values import EventKind
from customer_stack.aml.domain.verdicts import RuleSet, Thresholds, snoozed_at
from customer_stack.aml.errors import RuleNotFound
from customer_stack.aml.service import rules
from customer_stack.cases.domain import snoozing
from customer_stack.cases.domain.snoozing import LONGEST, Snooze, SnoozeFilter, SnoozeState, project
from customer_stack.cases.errors import (
    OwnProposal,
    SnoozeDecided,
    SnoozeImpossible,
    SnoozeNotFound,
    SnoozeStands,
)
from customer_stack.cases.service.snoozing import Snoozing
from customer_stack.facts import service as facts

from .desk import IDS, NOW

PEOPLE = [IDS.new() for _ in range(2)]
STEPS = st.tuples(
    st.sampled_from(["approve", "reject", "end", "expire"]),
    st.sampled_from(PEOPLE),
    st.sampled_from(list(Effect)),
    st.timedeltas(timedelta(0), timedelta(days=40)),
)


def document(key="round_amounts", effect="hold"):
    return {
        "schema": 1,
        "key": key,
        "title": "Round amounts",
        "purpose": "For tests.",
        "family": "structuring",
        "applies_to": ["deposit"],
        "when": {"at_least": [{"fact": "event.amount"}, {"lkr": 100}]},
        "score": 50,
        "effect": effect,
        "fail": "closed",
    }


def take(snooze, step, person, effect, now):
    match step:
        case "approve":
            return snoozing.approve(snooze, person, effect, now)
        case "reject":
            return snoozing.reject(snooze, person, now)
    return snoozing.end(snooze, None if step == "expire" else person, now)


@given(st.timedeltas(timedelta(days=-1), timedelta(days=91)), st.sampled_from(list(Effect)), st.lists(STEPS))
def test_what_stands_was_approved_by_another_and_denies_nothing(length, effect, script):
    snooze = Snooze(
        IDS.new(), IDS.new(), IDS.new(), "round_amounts", NOW + length, SnoozeState.PROPOSED, PEOPLE[0], NOW
    )
    try:
        snoozing.propose(snooze, effect, NOW)
    except SnoozeImpossible:
        assert effect is Effect.DENY or not timedelta(0) < length <= LONGEST
        return
    assert effect is not Effect.DENY
    assert timedelta(0) < length <= LONGEST
    now = NOW
    for step, person, changed, later in script:
        now += later
        try:
            after = take(snooze, step, person, changed, now)
        except (SnoozeDecided, OwnProposal, SnoozeImpossible):
            continue
        if after.state is SnoozeState.STANDING:
            assert (snooze.state, person != PEOPLE[0]) == (SnoozeState.PROPOSED, True)
            assert changed is not Effect.DENY
            assert now < after.ends_at
        snooze = after
        standing = project([snooze], now)
        assert bool(standing) == (snooze.state is SnoozeState.STANDING and now < snooze.ends_at)
        assert snoozed_at(standing, now) == frozenset(standing)


def test_the_gate_is_told_of_no_snooze_whose_time_is_over():
    one, other = PEOPLE
    snooze = Snooze(
        IDS.new(), IDS.new(), IDS.new(), "round_amounts", NOW, SnoozeState.STANDING, one, NOW, other
    )
    assert project([snooze], NOW - timedelta(seconds=1)) == {"round_amounts": NOW}
    assert project([snooze], NOW) == {}


@pytest.fixture
def office(desk):
    return Snoozing(desk.ground())


@pytest.fixture
def anna(desk):
    return desk.person()


@pytest.fixture
def bandu(desk):
    return desk.person()


@pytest.fixture
async def publish(desk):
    service = rules.RulesService(desk.database, desk.clock, IDS)
    writer, checker = (rules.Person(desk.tenant, IDS.new(), "staff:1") for _ in range(2))

    async def do(**changes):
        version = await service.write(writer, document(**changes))
        await service.step(writer, version.id, Step.PROPOSE)
        await service.step(checker, version.id, Step.APPROVE)

    await do()
    return do


@pytest.fixture
def ask(desk, office, anna, publish):
    async def do(customer_id, *, days=30, rule="round_amounts"):
        ends_at = desk.clock.now() + timedelta(days=days)
        return await office.propose(anna, customer_id, rule, ends_at, "His wages come in round sums.")

    return do


async def snoozes(desk, customer_id):
    async with desk.database.transaction(desk.tenant) as tx:
        return (await facts.load(tx, [customer_id]))[customer_id].snoozes


async def test_the_gate_knows_a_snooze_once_a_second_person_approved_it(desk, office, anna, bandu, ask):
    customer_id = await desk.customer()
    snooze = await ask(customer_id)
    assert await snoozes(desk, customer_id) == {}
    with pytest.raises(OwnProposal):
        await office.approve(anna, snooze.id)
    approved = await office.approve(bandu, snooze.id)
    assert approved.state is SnoozeState.STANDING
    known = await snoozes(desk, customer_id)
    assert known == {"round_amounts": snooze.ends_at}
    found = RuleSet([read_rule(document())])
    situation = found.place(EventKind.DEPOSIT, {Fact("event.amount"): 100})
    verdict = found.judge(EventKind.DEPOSIT, situation, Thresholds(), snoozed_at(known, NOW))
    assert (verdict.findings, [each.key for each in verdict.snoozed]) == ((), ["round_amounts"])
    ended = await office.end(anna, snooze.id)
    assert (ended.state, await snoozes(desk, customer_id)) == (SnoozeState.ENDED, {})
    assert (await desk.audited())[-3:] == [
        "cases.snooze_proposed", "cases.snooze_approved", "cases.snooze_ended",
    ]  # fmt: skip


async def test_other_snoozes_of_the_customer_stay(desk, office, bandu, ask, publish):
    await publish(key="many_deposits")
    customer_id = await desk.customer()
    one, other = await ask(customer_id), await ask(customer_id, rule="many_deposits", days=10)
    for each in (one, other):
        await office.approve(bandu, each.id)
    await office.end(bandu, one.id)
    assert await snoozes(desk, customer_id) == {"many_deposits": other.ends_at}


async def test_what_cannot_be_snoozed(desk, office, bandu, ask, publish):
    customer_id = await desk.customer()
    await publish(key="blocked_country", effect="deny")
    for wrong in ({"rule": "blocked_country"}, {"days": 91}, {"days": 0}):
        with pytest.raises(SnoozeImpossible):
            await ask(customer_id, **wrong)
    with pytest.raises(RuleNotFound):
        await ask(customer_id, rule="no_such_rule")
    snooze = await ask(customer_id)
    await publish(effect="deny")
    with pytest.raises(SnoozeImpossible):
        await office.approve(bandu, snooze.id)


async def test_a_rule_is_snoozed_once_and_again_when_the_time_is_over(desk, office, anna, bandu, ask):
    customer_id = await desk.customer()
    first = await ask(customer_id)
    with pytest.raises(SnoozeStands):
        await ask(customer_id)
    await office.approve(bandu, first.id)
    with pytest.raises(SnoozeStands):
        await ask(customer_id)
    desk.clock.advance(timedelta(days=30))
    second = await ask(customer_id)
    found, _ = await office.list_snoozes(anna, SnoozeFilter(customer_id), None, 9)
    assert [(each.id, each.state, each.ended_by) for each in found] == [
        (second.id, SnoozeState.PROPOSED, None), (first.id, SnoozeState.ENDED, None),
    ]  # fmt: skip
    desk.clock.advance(timedelta(days=31))
    with pytest.raises(SnoozeImpossible):
        await office.approve(bandu, second.id)
    await ask(customer_id)
    states, _ = await office.list_snoozes(anna, SnoozeFilter(state=SnoozeState.REJECTED), None, 9)
    assert [each.id for each in states] == [second.id]


async def test_two_who_decide_at_once_decide_once(desk, office, bandu, ask):
    snooze = await ask(await desk.customer())
    answers = await asyncio.gather(
        office.approve(bandu, snooze.id), office.reject(desk.person(), snooze.id), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Snooze", "SnoozeDecided"]


async def test_the_reason_is_sealed_and_every_look_is_remembered(desk, office, bandu, ask):
    snooze = await ask(await desk.customer())
    ((sealed,),) = await desk.fetch("SELECT reason_sealed FROM cases_snooze")
    assert b"wages" not in sealed
    assert await office.read_reason(bandu, snooze.id) == "His wages come in round sums."
    assert (await desk.audited())[-1] == "cases.snooze_shown"
    with pytest.raises(SnoozeNotFound):
        await office.read_reason(desk.person(tenant_id=IDS.new()), snooze.id)


_LONGER = (
    "INSERT INTO cases_snooze SELECT tenant_id, gen_random_uuid(), customer_id, 'another_rule', "
    "proposed_at + interval '91 days', state, proposed_by, proposed_at, NULL, NULL, NULL, NULL, "
    "reason_sealed FROM cases_snooze"
)
_DECIDE = "UPDATE cases_snooze SET state = '{}', decided_at = now(), decided_by = {}"


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        (_DECIDE.format("standing", "proposed_by"), "cases_snooze_two_people"),
        (_DECIDE.format("standing", "id") + ", rule = 'another_rule'", "cases_snooze_transition"),
        (_DECIDE.format("ended", "id") + ", ended_at = now()", "cases_snooze_transition"),
        (_LONGER, "cases_snooze_bounded"),
    ],
)
async def test_the_database_refuses_what_the_rules_do(desk, ask, sql, constraint):
    await ask(await desk.customer())
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await desk.fetch(sql)
    assert refused.value.constraint_name == constraint
