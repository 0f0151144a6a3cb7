"""Who may do what with a version of a rule, as values and on a real database."""

import asyncio
import itertools
from dataclasses import replace

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.aml.domain.lifecycle import (
    COUNTING,
    TRANSITIONS,
    State,
    Step,
    Version,
    VersionFilter,
    take,
    write,
)
from customer_stack.aml.domain.rules import read_rule
from customer_stack.aml.errors import OwnVersion, RuleNotFound, StepNotPossible, VersionStands
from customer_stack.aml.service import rules as rules_module
from customer_stack.aml.service.rules import Rulebook
from customer_stack.aml.starter import load_starter_rules

from .office import IDS, NOW, Office, document

PEOPLE = [IDS.new() for _ in range(3)]


@given(
    st.sampled_from(PEOPLE),
    st.lists(
        st.tuples(st.sampled_from(sorted(set(Step) - {Step.WRITE})), st.sampled_from(PEOPLE)), max_size=12
    ),
)
def test_nothing_counts_without_two_people_and_the_writer_is_not_the_one_who_approves(writer, wishes):
    version = Version(IDS.new(), IDS.new(), read_rule(document()), writer, NOW, write(writer, NOW))
    steps = [version.last]
    for step, person in wishes:
        try:
            taken = take(version, step, person, NOW)
        except (StepNotPossible, OwnVersion):
            continue
        assert taken.state is TRANSITIONS[version.state, step]
        version = replace(version, last=taken)
        steps.append(taken)
    for before, after in itertools.pairwise(steps):
        starts_to_count = after.state in COUNTING and before.state not in COUNTING
        is_retired = before.state in COUNTING and after.state is State.RETIRED
        if starts_to_count or (is_retired and after.step is not Step.REPLACE):
            assert (before.step, after.step) == (Step.PROPOSE, Step.APPROVE)
            assert after.taken_by != before.taken_by
        if starts_to_count:
            assert after.taken_by != writer


@pytest.fixture
async def office(customer_database):
    return Office(customer_database)


async def test_a_version_counts_once_a_second_person_has_approved_it(office):
    version = await office.service.write(office.writer, document())
    assert await office.judge(100) is None
    proposed = await office.service.step(office.writer, version.id, Step.PROPOSE)
    assert (proposed.state, (await office.judge(100)).findings) == (State.PROPOSED, ())
    with pytest.raises(OwnVersion):
        await office.service.step(office.writer, version.id, Step.APPROVE)
    approved = await office.service.step(office.checker, version.id, Step.APPROVE)
    assert approved.state is State.PUBLISHED
    verdict = await office.judge(100)
    assert verdict.reasons == ("aml.large_deposit",)
    assert verdict.findings[0].digest == version.rule.digest


async def test_the_writer_does_not_approve_what_another_proposed(office):
    version = await office.service.write(office.writer, document())
    await office.service.step(office.other, version.id, Step.PROPOSE)
    with pytest.raises(OwnVersion):
        await office.service.step(office.writer, version.id, Step.APPROVE)
    await office.service.step(office.writer, version.id, Step.REJECT)
    assert await office.state(version) is State.DRAFT


async def test_a_new_version_takes_the_place_of_the_old_one_at_once(office):
    old = await office.publish(least=100)
    new = await office.publish(least=500)
    assert (await office.state(old), await office.state(new)) == (State.RETIRED, State.PUBLISHED)
    assert (await office.judge(499)).findings == ()
    assert [finding.digest for finding in (await office.judge(500)).findings] == [new.rule.digest]
    back = await office.service.step(office.writer, old.id, Step.PROPOSE)
    assert (await office.service.step(office.checker, back.id, Step.APPROVE)).state is State.PUBLISHED
    assert (await office.judge(100)).reasons == ("aml.large_deposit",)


async def test_a_rule_stops_counting_only_by_two_people(office):
    version = await office.publish()
    with pytest.raises(StepNotPossible):
        await office.service.step(office.checker, version.id, Step.DROP)
    await office.service.step(office.writer, version.id, Step.PROPOSE)
    assert (await office.judge(100)).reasons == ("aml.large_deposit",)
    with pytest.raises(OwnVersion):
        await office.service.step(office.writer, version.id, Step.APPROVE)
    await office.service.step(office.checker, version.id, Step.REJECT)
    await office.service.step(office.writer, version.id, Step.PROPOSE)
    await office.service.step(office.checker, version.id, Step.APPROVE)
    assert await office.state(version) is State.RETIRED
    assert (await office.judge(100)).findings == ()


async def test_a_version_in_shadow_is_seen_and_does_nothing(office):
    rulebook = Rulebook()
    await office.publish(least=1_000)
    candidate = await office.service.write(office.writer, document(least=100, effect="deny"))
    await office.judge(100, rulebook)
    await office.service.step(office.writer, candidate.id, Step.SHADOW)
    verdict = await office.judge(100, rulebook)
    assert (verdict.findings, verdict.answer.value) == ((), "allow")
    assert [finding.digest for finding in verdict.shadow] == [candidate.rule.digest]
    await office.service.step(office.writer, candidate.id, Step.DROP)
    assert (await office.judge(100, rulebook)).shadow == ()


async def test_a_version_is_written_once_and_two_approvals_are_one(office):
    version = await office.service.write(office.writer, document())
    with pytest.raises(VersionStands):
        await office.service.write(office.other, document())
    await office.service.step(office.writer, version.id, Step.PROPOSE)
    outcomes = await asyncio.gather(
        *(office.service.step(person, version.id, Step.APPROVE) for person in (office.checker, office.other)),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["StepNotPossible", "Version"]


async def test_the_starter_set_is_proposed_once_and_approved_by_another(office):
    proposed = await office.service.propose_starter_set(office.writer)
    assert {version.rule.key for version in proposed} == {rule.key for rule in load_starter_rules()}
    assert await office.service.propose_starter_set(office.writer) == ()
    for version in proposed:
        await office.service.step(office.checker, version.id, Step.APPROVE)
    async with office.database.transaction(office.tenant) as tx:
        loaded = (await Rulebook().load(tx, frozenset({office.tenant})))[office.tenant]
    assert loaded.published == load_starter_rules()


async def test_only_so_many_versions_are_evaluated(office, monkeypatch):
    monkeypatch.setattr(rules_module, "LIVE_LIMIT", 1)
    await office.publish()
    version = await office.service.write(office.writer, document(key="another_rule"))
    with pytest.raises(StepNotPossible, match="Retire one first"):
        await office.service.step(office.writer, version.id, Step.SHADOW)


async def test_versions_are_listed_in_pages_and_by_rule_and_state(office):
    written = [await office.service.write(office.writer, document(least=least)) for least in (1, 2, 3)]
    other = await office.service.write(office.writer, document(key="another_rule"))
    await office.service.step(office.writer, other.id, Step.SHADOW)
    first = await office.service.list_versions(office.tenant, VersionFilter("large_deposit"), None, 2)
    assert [version.id for version in first.versions] == [written[2].id, written[1].id]
    last = await office.service.list_versions(office.tenant, VersionFilter("large_deposit"), written[1].id, 2)
    assert ([version.id for version in last.versions], last.next_cursor) == ([written[0].id], None)
    shadow = await office.service.list_versions(office.tenant, VersionFilter(state=State.SHADOW), None, 9)
    assert [version.id for version in shadow.versions] == [other.id]


async def test_another_tenants_rules_are_not_there(office):
    version = await office.publish()
    stranger = office.person(IDS.new())
    with pytest.raises(RuleNotFound):
        await office.service.step(stranger, version.id, Step.PROPOSE)
    async with office.database.transaction(stranger.tenant_id) as tx:
        assert await Rulebook().load(tx, frozenset({office.tenant})) == {}


async def test_every_step_is_in_the_audit(office):
    version = await office.publish()
    async with office.database.transaction(office.tenant) as tx:
        kinds = [row["kind"] for row in await tx.fetch("SELECT kind FROM audit_record ORDER BY id")]
    assert kinds == ["aml.rule_written", "aml.rule_proposed", "aml.rule_approved"]
    _, steps = await office.service.get_version(office.tenant, version.id)
    assert [step.step for step in steps] == [Step.WRITE, Step.PROPOSE, Step.APPROVE]
    assert steps[2].asked_by == office.writer.staff_id


_COPY = (
    "INSERT INTO aml_step SELECT tenant_id, version_id, {}, written_by, taken_by, taken_at, {} FROM aml_step"
)
_ALONE = (
    _COPY.format("4, 'propose', 'retiring'", "NULL, NULL")
    + " WHERE number = 1; "
    + _COPY.format("5, 'approve', 'retired'", "4, taken_by")
    + " WHERE number = 4"
)
_UNASKED = _COPY.format("4, 'shadow', 'published'", "NULL, NULL") + " WHERE number = 1"
_FORGED = (
    "INSERT INTO aml_version SELECT tenant_id, gen_random_uuid(), key, 'x', digest, written_by, written_at "
    "FROM aml_version"
)


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        (_ALONE, "aml_step_two_people"),
        (_UNASKED, "aml_step_states"),
        ("UPDATE aml_published SET number = 2", "aml_published_step_fk"),
        ("UPDATE aml_version SET content = 'x'", "append_only"),
        ("DELETE FROM aml_step", "append_only"),
        (_FORGED, "aml_version_digest"),
    ],
)
async def test_the_database_refuses_what_no_two_people_agreed_on(office, sql, constraint):
    await office.publish()
    owner = await office.fresh.connect("owner")
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await owner.execute(sql)
    assert refused.value.constraint_name == constraint
