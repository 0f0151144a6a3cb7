"""Customers against lists, on a real database: tasks, verdicts, alerts and what follows from them."""

import asyncio
import json
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from customer_stack.customers.domain import Status
from customer_stack.facts.domain import Restriction, Screening
from customer_stack.screening.domain.alerts import State, Step, Verdict
from customer_stack.screening.domain.tasks import Reason
from customer_stack.screening.errors import AlertConflict, AlertNotFound, OwnProposal
from customer_stack.screening.matching.party import MATCHER_VERSION, NameUnusable
from customer_stack.screening.service import subjects as subjects_module
from customer_stack.screening.store.results import TABLE
from customer_stack.screening.tasks import build_listeners
from shared.events.port import Event

from .conftest import HEADER, NOW, OTTOLINE
from .published import Publisher


async def test_who_registers_is_pending_then_clear_and_onboarding_goes_on(desk):
    await desk.publish(OTTOLINE)
    customer_id = await desk.register()
    await desk.identify(customer_id)
    assert (await desk.facts(customer_id)).screening is Screening.PENDING
    assert await desk.work() == 1
    facts = await desk.facts(customer_id)
    (version,) = await desk.services.screening.versions.list_current()
    assert (facts.screening, facts.screening_version, facts.screened_at) == (
        Screening.CLEAR,
        version.lists_version,
        NOW,
    )
    assert (await desk.account(customer_id)).status is Status.ACTIVE
    assert await desk.work() == 0


async def test_a_possible_match_waits_for_a_person_and_keeps_why_under_the_customers_key(desk):
    await desk.publish(OTTOLINE)
    customer_id = await desk.register(full_name="Ottoline Vexmore")
    await desk.identify(customer_id)
    await desk.work()
    (row,) = await desk.fetch("SELECT * FROM screening_result")
    assert (row["verdict"], row["best_entry"], row["matcher_version"]) == (
        "possible_match",
        "L-1",
        MATCHER_VERSION,
    )
    async with desk.transaction() as tx:
        cipher = await desk.services.customers.cipher_of(tx, customer_id)
    reasons = json.loads(cipher.open((TABLE, "reasons_sealed", row["id"]), row["reasons_sealed"]))
    assert reasons[0]["score"] == row["best_score"]
    assert (await desk.account(customer_id)).status is Status.VERIFYING
    assert (await desk.facts(customer_id)).screening is Screening.POSSIBLE
    (case,) = await desk.fetch("SELECT family FROM cases_case")
    assert case["family"] == "screening"
    everything = await desk.fetch("SELECT body FROM audit_record")
    assert not any(b"vexmor" in bytes(each["body"]).lower() for each in everything)


async def test_who_is_cleared_goes_on_and_stays_clear_while_nothing_changes(desk):
    await desk.publish(OTTOLINE)
    customer_id = await desk.register(full_name="Ottoline Vexmoor")
    await desk.identify(customer_id)
    await desk.work()
    with pytest.raises(AlertConflict):
        await desk.decide(customer_id, Step.CLEAR)
    await desk.decide(customer_id, Step.PROPOSE_CLEAR, Step.APPROVE)
    assert (await desk.account(customer_id)).status is Status.ACTIVE
    assert (await desk.facts(customer_id)).screening is Screening.CLEAR
    await desk.publish(OTTOLINE + b"L-9,Somebody Else,p,\n")
    subject = desk.subject(customer_id)
    assert await desk.subjects.screen(subject) is Verdict.CLEAR
    assert await desk.state_of(customer_id) == ["cleared"]
    await desk.publish(OTTOLINE.replace(b"Vexmoor", b"Vexmoore") + b"L-9,Somebody Else,p,\n")
    assert await desk.subjects.screen(subject) is Verdict.POSSIBLE
    assert await desk.state_of(customer_id) == ["open"]
    assert (await desk.account(customer_id)).status is Status.ACTIVE


async def test_a_clearing_lapses_when_the_customer_changes(desk):
    await desk.publish(OTTOLINE)
    customer_id = await desk.register(full_name="Ottoline Vexmoor")
    await desk.identify(customer_id)
    await desk.work()
    await desk.decide(customer_id, Step.PROPOSE_CLEAR, Step.APPROVE)
    await desk.correct(customer_id, full_name="Ottoline Mary Vexmoor")
    assert (await desk.facts(customer_id)).screening is Screening.PENDING
    await desk.work()
    assert (await desk.facts(customer_id)).screening is Screening.POSSIBLE
    await desk.correct(customer_id, full_name="Nimal Perera")
    await desk.work()
    assert (await desk.facts(customer_id)).screening is Screening.CLEAR
    assert await desk.state_of(customer_id) == ["gone"]


async def test_who_is_confirmed_is_refused_and_restricted_from_the_first_word_on(desk):
    await desk.publish(OTTOLINE)
    customer_id = await desk.register(full_name="Ottoline Vexmoor")
    await desk.work()
    await desk.decide(customer_id, Step.PROPOSE_CONFIRM)
    assert (await desk.facts(customer_id)).restriction is Restriction.FULL
    assert (await desk.account(customer_id)).status is Status.VERIFYING
    await desk.decide(customer_id, Step.APPROVE)
    account, facts = await desk.account(customer_id), await desk.facts(customer_id)
    assert (account.status, account.refusal) == (Status.REFUSED, "onboarding.declined")
    assert (facts.screening, facts.restriction) == (Screening.CONFIRMED, Restriction.FULL)


async def test_an_active_customer_is_frozen_and_released_by_two_people_each(desk):
    await desk.publish(HEADER + b"L-2,Zoltan Graywater,p,\n")
    customer_id = await desk.register(full_name="Ottoline Vexmoor")
    await desk.identify(customer_id)
    await desk.work()
    await desk.publish(OTTOLINE)
    await desk.subjects.screen(desk.subject(customer_id))
    await desk.decide(customer_id, Step.PROPOSE_CONFIRM)
    assert (await desk.account(customer_id)).status is Status.FROZEN
    await desk.decide(customer_id, Step.REJECT)
    assert (await desk.account(customer_id)).status is Status.ACTIVE
    await desk.decide(customer_id, Step.PROPOSE_CONFIRM, Step.APPROVE)
    await desk.publish(HEADER + b"L-2,Zoltan Graywater,p,\n")
    assert await desk.subjects.screen(desk.subject(customer_id)) is Verdict.CONFIRMED
    assert (await desk.account(customer_id)).status is Status.FROZEN
    await desk.decide(customer_id, Step.PROPOSE_RELEASE)
    assert (await desk.facts(customer_id)).restriction is Restriction.FULL
    await desk.decide(customer_id, Step.APPROVE)
    assert (await desk.account(customer_id)).status is Status.ACTIVE
    assert (await desk.facts(customer_id)).restriction is Restriction.NONE


async def test_a_document_of_the_list_freezes_at_once(desk):
    await desk.publish(HEADER + b"L-1,Ottoline Vexmoor,p,199004100777\n")
    customer_id = await desk.register(full_name="Ottoline Vexmore", national_id="199004100777")
    await desk.work()
    assert await desk.state_of(customer_id) == ["confirmed"]
    assert (await desk.facts(customer_id)).restriction is Restriction.FULL
    assert (await desk.account(customer_id)).status is Status.REFUSED
    steps = await desk.fetch("SELECT step, taken_by FROM screening_alert_step ORDER BY number")
    assert [tuple(each) for each in steps] == [("found", None), ("prove", None)]


async def test_an_error_is_tried_again_after_growing_pauses_and_never_clears(desk):
    await desk.publish(OTTOLINE)
    customer_id = await desk.register(full_name="X Y")
    pauses = []
    for _ in range(subjects_module.CASE_AFTER):
        assert await desk.work() == 1
        (task,) = await desk.subjects.list_failing(desk.tenant.id, None, 10)
        assert task.problem == "name_unusable"
        pauses.append((task.due_at - desk.clock.now()).total_seconds())
        assert await desk.work() == 0
        desk.clock.set(task.due_at)
    assert pauses == [2, 4, 8, 16, 32]
    assert len(await desk.fetch("SELECT FROM cases_case")) == 1
    assert (await desk.facts(customer_id)).screening is Screening.PENDING
    assert (await desk.account(customer_id)).status is Status.VERIFYING
    with pytest.raises(NameUnusable):
        await desk.subjects.screen(desk.subject(customer_id))
    await desk.correct(customer_id, full_name="Nimal Perera")
    assert await desk.work() == 1
    assert (await desk.facts(customer_id)).screening is Screening.CLEAR


async def test_without_a_list_nobody_is_clear(desk, monkeypatch):
    monkeypatch.setattr(
        desk.services.screening.imports, "_sources", {"ofac_sdn": Publisher({}, problem="no")}
    )
    customer_id = await desk.register()
    await desk.work()
    (task,) = await desk.subjects.list_failing(desk.tenant.id, None, 10)
    assert task.problem == "lists_missing"
    assert (await desk.facts(customer_id)).screening is Screening.PENDING


async def test_a_name_that_changes_while_it_is_matched_is_matched_again(desk, monkeypatch):
    await desk.publish(OTTOLINE)
    customer_id = await desk.register()
    screener, asked = desk.subjects._screener, []
    match = screener.match

    async def slow(party, *, threshold):
        answer = await match(party, threshold=threshold)
        asked.append(party.name)
        if len(asked) == 1:
            await desk.correct(customer_id, full_name="Ottoline Vexmoor")
        return answer

    monkeypatch.setattr(screener, "match", slow)
    await desk.work()
    assert asked == ["Nimal Perera", "Ottoline Vexmoor"]
    assert (await desk.facts(customer_id)).screening is Screening.PENDING
    assert await desk.work() == 1
    assert (await desk.facts(customer_id)).screening is Screening.POSSIBLE


async def test_a_list_that_changes_while_a_name_is_matched_is_asked_too(desk, monkeypatch):
    await desk.publish(HEADER + b"L-2,Zoltan Graywater,p,\n")
    customer_id = await desk.register(full_name="Ottoline Vexmoor")
    screener = desk.subjects._screener
    match, numbers = screener.match, []

    async def slow(party, *, threshold):
        answer = await match(party, threshold=threshold)
        numbers.append(answer.number)
        if len(numbers) == 1:
            await desk.publish(OTTOLINE)
        return answer

    monkeypatch.setattr(screener, "match", slow)
    await desk.work()
    assert numbers == [1, 2]
    assert (await desk.facts(customer_id)).screening is Screening.POSSIBLE


async def test_two_workers_screen_each_subject_once(desk):
    await desk.publish(OTTOLINE)
    for _ in range(4):
        await desk.register()
    done = await asyncio.gather(*(desk.work() for _ in range(3)))
    assert sum(done) == 4
    assert len(await desk.fetch("SELECT FROM screening_result")) == 4


async def test_a_new_matcher_reaches_everybody_in_time(desk, monkeypatch):
    await desk.publish(OTTOLINE)
    for _ in range(3):
        await desk.register()
    await desk.work()
    assert await desk.subjects.ask_outdated([desk.tenant.id]) == 0
    monkeypatch.setattr(subjects_module, "MATCHER_VERSION", MATCHER_VERSION + 1)
    monkeypatch.setattr(subjects_module, "OUTDATED_BATCH", 2)
    assert [await desk.subjects.ask_outdated([desk.tenant.id]) for _ in range(3)] == [2, 1, 0]


async def test_staff_see_alerts_by_evidence_and_what_they_read_is_recorded(desk, client, staff):
    await desk.publish(OTTOLINE)
    names = ("Ottoline Vexmore", "Ottoline Vexmoor", "Zoltan Grawater")
    for name in names:
        await desk.register(full_name=name)
    await desk.work()
    clerk, boss, auditor = [await staff(role) for role in ("compliance", "compliance_approver", "auditor")]
    first = (await client.get("/staff/screening/alerts?limit=2", headers=auditor)).json()
    rest = await client.get(f"/staff/screening/alerts?limit=2&cursor={first['next_cursor']}", headers=auditor)
    queue = [*first["items"], *rest.json()["items"]]
    assert len(queue) == 3
    assert [each["priority"] for each in queue] == sorted((e["priority"] for e in queue), reverse=True)
    assert "exmoor" not in str(queue)
    place = f"/staff/screening/alerts/{queue[0]['id']}"
    assert (await client.get(place, headers=auditor)).status_code == 403
    shown = (await client.get(place, headers=clerk)).json()
    assert (shown["reasons"]["entry"], shown["entry"]["names"][0]["text"]) == ("L-1", "Ottoline Vexmoor")
    seen = await desk.fetch("SELECT FROM audit_record WHERE kind = 'screening.alert_shown'")
    assert len(seen) == 1
    note = {"note": "the papers say another place of birth"}
    alone = await client.post(f"{place}/clearing", json=note, headers=clerk)
    assert (alone.status_code, alone.json()["code"]) == (409, "screening.alert_conflict")
    proposed = await client.post(f"{place}/clearing-proposal", json=note, headers=clerk)
    assert proposed.json()["state"] == "clear_proposed"
    assert (await client.post(f"{place}/approval", json=note, headers=clerk)).status_code == 403
    assert (await client.post(f"{place}/approval", json=note, headers=boss)).json()["state"] == "cleared"
    steps = (await client.get(place, headers=boss)).json()["steps"]
    assert [each["note"] for each in steps] == [None, *[note["note"]] * 2]
    place = f"/staff/screening/alerts/{queue[1]['id']}"
    for step, headers, state in (
        ("confirmation-proposal", clerk, "confirm_proposed"),
        ("rejection", boss, "open"),
        ("confirmation-proposal", clerk, "confirm_proposed"),
        ("approval", boss, "confirmed"),
        ("release-proposal", clerk, "release_proposed"),
    ):
        answer = await client.post(f"{place}/{step}", json=note, headers=headers)
        assert (answer.status_code, answer.json()["state"]) == (200, state), answer.text
    cleared = await client.post(
        f"/staff/screening/alerts/{queue[2]['id']}/clearing", json=note, headers=clerk
    )
    assert (cleared.status_code, cleared.json()["state"]) == (200, "cleared"), cleared.text
    bad = await client.get("/staff/screening/alerts?cursor=x", headers=boss)
    assert bad.json()["code"] == "request.cursor_invalid"
    assert (await client.get("/staff/screening/waiting", headers=auditor)).json()["items"] == []


async def test_nobody_answers_their_own_proposal_and_nobody_reaches_another_department(desk):
    await desk.publish(OTTOLINE)
    customer_id = await desk.register(full_name="Ottoline Vexmoor")
    await desk.work()
    alert_id, one = await desk.alert_of(customer_id), desk.officer()
    await desk.alerts.step(one, alert_id, Step.PROPOSE_CONFIRM, None)
    for step in (Step.APPROVE, Step.REJECT):
        with pytest.raises(OwnProposal):
            await desk.alerts.step(one, alert_id, step, None)
    elsewhere = desk.officer(department_id=uuid4())
    assert await desk.alerts.list_queue(elsewhere, State.CONFIRM_PROPOSED, None, 10) == []
    for act in (
        desk.alerts.read(elsewhere, alert_id),
        desk.alerts.step(elsewhere, alert_id, Step.APPROVE, None),
    ):
        with pytest.raises(AlertNotFound):
            await act
    with pytest.raises(asyncpg.CheckViolationError):
        async with desk.transaction() as tx:
            await tx.execute(
                "INSERT INTO screening_alert_step (tenant_id, alert_id, number, step, state, score, "
                "taken_by, taken_at, asked_number, asked_by) "
                "VALUES ($1, $2, 3, 'approve', 'confirmed', 1, $3, $4, 2, $3)",
                desk.tenant.id,
                alert_id,
                one.staff_id,
                NOW + timedelta(1),
            )


async def test_who_was_erased_is_not_asked_for_again(desk, monkeypatch):
    await desk.publish(OTTOLINE)
    customer_id = await desk.register()
    await desk.work()
    async with desk.transaction() as tx:
        await tx.execute("DELETE FROM customer_data_key")
    monkeypatch.setattr(subjects_module, "MATCHER_VERSION", MATCHER_VERSION + 1)
    assert await desk.subjects.ask_outdated([desk.tenant.id]) == 1
    assert await desk.work() == 1
    assert await desk.subjects.ask_outdated([desk.tenant.id]) == 0
    assert (await desk.facts(customer_id)).screening is Screening.CLEAR


async def test_events_ask_for_the_screening_that_they_call_for(desk):
    await desk.publish(OTTOLINE)
    customer_id = await desk.register()
    await desk.work()
    business_id = uuid4()
    wanted = {
        "customers.registered": (Reason.REGISTERED, {"customer_id": str(customer_id)}),
        "customers.profile_corrected": (Reason.CORRECTED, {"customer_id": str(customer_id)}),
        "kyc.business_submitted": (
            Reason.SUBMITTED,
            {"customer_id": str(customer_id), "business_id": str(business_id)},
        ),
    }
    for listener in build_listeners(desk.subjects):
        reason, payload = wanted.pop(listener.topic)
        async with desk.transaction() as tx:
            await listener.handle(tx, Event(uuid4(), listener.topic, desk.tenant.id, payload))
            subject_id = UUID(payload.get("business_id", payload["customer_id"]))
            row = await tx.fetch_row("SELECT reason FROM screening_task WHERE subject_id = $1", subject_id)
            assert row["reason"] == reason.value
    assert wanted == {}
    assert (await desk.facts(customer_id)).screening is Screening.PENDING
