"""Identity checks from registration to the decision, on a real database."""

import asyncio
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from customer_stack.customers.domain import Status
from customer_stack.customers.errors import AlreadyRegistered
from customer_stack.documents.mrz import check_digit
from customer_stack.kyc.configuration import Routes
from customer_stack.kyc.domain.checks import Finding, Outcome
from customer_stack.kyc.domain.claims import Extracted, Reason, Rejected
from customer_stack.kyc.domain.files import Side
from customer_stack.kyc.domain.sessions import Rejection, State
from customer_stack.kyc.errors import (
    NotDraft,
    NothingToReview,
    ReviewerUnsuitable,
    SamePerson,
    SessionNotFound,
    StateConflict,
    TakenByAnother,
)
from customer_stack.kyc.service.ground import claim_of
from customer_stack.kyc.service.reviewing import Opinion, Reviewer
from customer_stack.screening.domain.alerts import State as AlertState
from customer_stack.screening.domain.alerts import Step, Subject
from customer_stack.screening.service.alerts import Reviewer as AlertReviewer
from customer_stack.screening.service.standing import are_clear
from customer_stack.wiring.kyc import build_kyc

ANALYST = frozenset({"tenant.kyc.read", "tenant.kyc.review"})
OFFICER = ANALYST | {"tenant.kyc.decide"}
PASSED = Opinion(Outcome.PASS, None, None, None)


@pytest.fixture
def reviewer(services, tenant):
    def make(permissions=OFFICER, department_id=None):
        return Reviewer(tenant.id, services.ids.new(), department_id, permissions)

    return make


@pytest.fixture
def agree(services, tenant, vendor):
    """Let the vendor read what the customer claims."""

    async def do(customer_id, **changes):
        profile = await services.customers.read_profile(tenant.id, customer_id)
        read = Extracted(profile.full_name, profile.date_of_birth, profile.residency)
        vendor.verdict = replace(read, **changes)

    return do


@pytest.fixture
def account(services, tenant):
    async def do(customer_id):
        return await services.customers.read_account(tenant.id, customer_id)

    return do


async def test_a_clear_person_becomes_active_when_screening_is_clear_too(
    kyc, services, tenant, register, work, agree, account
):
    customer_id, _ = await register()
    await work()
    assert (await account(customer_id)).status is Status.VERIFYING
    await agree(customer_id)
    await work()
    assert (await account(customer_id)).status is Status.VERIFYING
    own = await kyc.drafts.read_own(tenant.id, customer_id)
    assert (own.session.state, own.session.attempt, own.session.route) == (State.APPROVED, 1, "national_id")
    await services.screening.subjects.screen(Subject(tenant.id, customer_id))
    assert (await account(customer_id)).status is Status.ACTIVE
    async with services.database.transaction(tenant.id) as tx:
        kinds = [row["kind"] for row in await tx.fetch("SELECT kind FROM audit_record ORDER BY id")]
    assert [kind for kind in kinds if kind.startswith("kyc.")] == [
        "kyc.session_opened",
        "kyc.session_submitted",
        *["kyc.step_decided"] * 6,
        "kyc.session_decided",
    ]


async def test_an_under_age_person_is_refused_at_once_and_no_vendor_hears_of_them(
    vendor, clock, register, work, account
):
    born = clock.now().date() - timedelta(days=17 * 365)
    number = f"{born.year}{born.timetuple().tm_yday:03d}12345"
    customer_id, _ = await register(date_of_birth=born.isoformat(), national_id=number)
    await work(1)
    refused = await account(customer_id)
    assert (refused.status, refused.refusal) == (Status.REFUSED, "kyc.under_age")
    assert vendor.submitted == []


async def test_who_the_vendor_says_is_under_age_is_refused(clock, register, work, account, agree):
    customer_id, _ = await register()
    await agree(customer_id, date_of_birth=clock.now().date() - timedelta(days=17 * 365))
    await work()
    refused = await account(customer_id)
    assert (refused.status, refused.refusal) == (Status.REFUSED, "kyc.under_age")


async def test_a_vendor_that_reads_another_country_refuses(register, work, account, agree):
    customer_id, _ = await register()
    await agree(customer_id, residency="IN")
    await work()
    assert (await account(customer_id)).refusal == "kyc.residency_not_allowed"


async def test_a_rejected_document_may_be_tried_again_until_the_attempts_are_used_up(
    kyc, vendor, tenant, register, work, account
):
    customer_id, _ = await register()
    vendor.verdict = Rejected()
    await work()
    for attempt in (2, 3):
        own = await kyc.drafts.read_own(tenant.id, customer_id)
        assert (own.session.state, own.session.attempt) == (State.DRAFT, attempt)
        assert (await account(customer_id)).status is Status.VERIFYING
        await kyc.drafts.submit(tenant.id, customer_id)
        await kyc.drafts.submit(tenant.id, customer_id)
        await work()
    own = await kyc.drafts.read_own(tenant.id, customer_id)
    assert (own.session.state, own.session.rejection) == (State.REJECTED, Rejection.FINAL)
    refused = await account(customer_id)
    assert (refused.status, refused.refusal) == (Status.REFUSED, "kyc.document_rejected")
    attempts = await kyc.drafts.list_own(tenant.id, customer_id, before=None, limit=10)
    assert [each.rejection for each in attempts] == [Rejection.FINAL, Rejection.RETRY, Rejection.RETRY]
    assert len(set(vendor.submitted)) == 3


async def test_a_corrected_document_passes_and_is_then_the_customers(
    kyc, vendor, services, tenant, register, work, account, agree
):
    customer_id, body = await register(national_id="123456789012")
    await work(1)
    own = await kyc.drafts.read_own(tenant.id, customer_id)
    assert (own.session.attempt, own.session.state) == (2, State.DRAFT)
    right = f"1990041{body['national_id'][-1]}7771"
    await kyc.drafts.change_claim(tenant.id, customer_id, {"document_number": right})
    await kyc.drafts.submit(tenant.id, customer_id)
    await agree(customer_id)
    await work()
    own = await kyc.drafts.read_own(tenant.id, customer_id)
    assert own.session.state is State.APPROVED
    profile = await services.customers.read_profile(tenant.id, customer_id)
    assert claim_of(profile) == own.claim
    assert profile.document_number == right


async def test_a_document_of_another_account_is_refused_in_either_form(kyc, tenant, register, work):
    await register(national_id="900417712V")
    customer_id, _ = await register(national_id="123456789999")
    await work(1)
    await kyc.drafts.change_claim(tenant.id, customer_id, {"document_number": "199004107712"})
    with pytest.raises(AlreadyRegistered):
        await kyc.drafts.submit(tenant.id, customer_id)
    assert (await kyc.drafts.read_own(tenant.id, customer_id)).session.state is State.DRAFT


async def test_what_was_submitted_does_not_change_not_even_by_hand(
    kyc, services, tenant, register, customer_database
):
    customer_id, _ = await register()
    with pytest.raises(NotDraft):
        await kyc.drafts.change_claim(tenant.id, customer_id, {"full_name": "Somebody Else"})
    for change in ("claim_sealed = claim_sealed || 'x'", "route = 'other'", "state = 'approved'"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            async with services.database.transaction(tenant.id) as tx:
                await tx.execute(f"UPDATE kyc_session SET {change} WHERE customer_id = $1", customer_id)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with services.database.transaction(tenant.id) as tx:
            await tx.execute("DELETE FROM kyc_session")


async def test_a_silent_vendor_leaves_the_session_waiting_and_is_asked_again(vendor, register, work, account):
    vendor.verdict = None
    customer_id, _ = await register()
    await work(6)
    assert (await account(customer_id)).status is Status.VERIFYING
    assert len(vendor.submitted) == 6
    assert len(set(vendor.submitted)) == 1


async def test_a_session_that_a_worker_took_is_left_alone_until_it_is_due_again(kyc, clock, register):
    await register()
    assert await kyc.working.work() == 1
    assert await kyc.working.work() == 0
    clock.advance(timedelta(minutes=20))
    assert await kyc.working.work() == 1


async def test_a_callback_has_the_worker_look_at_once(kyc, vendor, register, work, agree):
    customer_id, _ = await register()
    await kyc.working.work()
    await agree(customer_id)
    assert await kyc.working.work() == 0
    assert await kyc.working.hasten(vendor.submitted[0])
    assert await kyc.working.work() == 1
    assert not await kyc.working.hasten(vendor.submitted[0])


async def test_two_workers_at_once_leave_one_result(kyc, clock, vendor, services, tenant, register, agree):
    customer_id, _ = await register()
    await kyc.working.work()
    await agree(customer_id)
    clock.advance(timedelta(minutes=20))
    session = (await kyc.drafts.read_own(tenant.id, customer_id)).session
    await asyncio.gather(*(kyc.working._advance(session) for _ in range(4)))
    own = await kyc.drafts.read_own(tenant.id, customer_id)
    assert own.session.state is State.APPROVED


async def test_a_day_that_differs_goes_to_an_officer_and_nobody_else(
    kyc, tenant, register, work, agree, account, reviewer
):
    customer_id, _ = await register(date_of_birth="1990-02-12")
    await work(1)
    session = (await kyc.drafts.read_own(tenant.id, customer_id)).session
    assert (session.state, session.waits_for) == (State.SCREENING, "tenant.kyc.decide")
    analyst, officer = reviewer(ANALYST), reviewer()
    assert await kyc.reviewing.list_sessions(analyst, state=None, mine=True, after=None, limit=10) == []
    queue = await kyc.reviewing.list_sessions(officer, state=None, mine=True, after=None, limit=10)
    assert [each.id for each in queue] == [session.id]
    with pytest.raises(ReviewerUnsuitable):
        await kyc.reviewing.decide(analyst, session.id, PASSED)
    await kyc.reviewing.take(officer, session.id)
    with pytest.raises(TakenByAnother):
        await kyc.reviewing.decide(reviewer(), session.id, PASSED)
    reviewed = await kyc.reviewing.decide(officer, session.id, PASSED)
    assert reviewed.session.waits_for is None
    assert reviewed.agrees
    with pytest.raises(NothingToReview):
        await kyc.reviewing.decide(officer, session.id, PASSED)
    await agree(customer_id)
    await work()
    own = await kyc.drafts.read_own(tenant.id, customer_id)
    assert own.session.state is State.APPROVED


async def test_a_verdicts_texts_reach_whom_they_are_for(kyc, tenant, register, work, reviewer, services):
    customer_id, _ = await register(date_of_birth="1990-02-12")
    await work(1)
    officer = reviewer()
    session = (await kyc.drafts.read_own(tenant.id, customer_id)).session
    opinion = Opinion(Outcome.RETRY, Reason.BIRTH_DATE_DIFFERS, "Please check the day.", "Looks like a typo.")
    await kyc.reviewing.decide(officer, session.id, opinion)
    own = await kyc.drafts.read_own(tenant.id, customer_id)
    assert (own.session.attempt, own.public_text) == (2, "Please check the day.")
    content = await kyc.reviewing.read_content(officer, session.id)
    assert list(content.private_texts.values()) == ["Looks like a typo."]
    async with services.database.transaction(tenant.id) as tx:
        kinds = [row["kind"] for row in await tx.fetch("SELECT kind FROM audit_record ORDER BY id")]
        stored = await tx.fetch("SELECT public_sealed, private_sealed FROM kyc_step_result")
    assert kinds[-1] == "kyc.content_shown"
    assert b"typo" not in b"".join(row["private_sealed"] or b"" for row in stored)


async def test_another_name_than_the_registered_one_goes_to_an_officer(
    kyc, vendor, tenant, register, work, reviewer
):
    customer_id, _ = await register()
    vendor.verdict = Rejected()
    await work()
    await kyc.drafts.change_claim(tenant.id, customer_id, {"full_name": "Viktor Bout"})
    own = await kyc.drafts.submit(tenant.id, customer_id)
    vendor.verdict = Extracted("Viktor Bout", own.claim.date_of_birth, "LK")
    await work()
    own = await kyc.drafts.read_own(tenant.id, customer_id)
    assert (own.session.state, own.session.waits_for) == (State.SCREENING, "tenant.kyc.decide")


FOREIGN = {"national_id": None, "passport": {"number": "K1234567", "country": "IR"}}


def lines():
    number, birth, expiry = "K1234567<", "900210", "310501"
    parts = [f"{part}{check_digit(part)}" for part in (number, birth, expiry)]
    personal = "<" * 14 + "0"
    second = f"{parts[0]}IRN{parts[1]}M{parts[2]}{personal}{check_digit(''.join(parts) + personal)}"
    return f"P<IRNPERERA<<NIMAL{'<' * 26}\n{second}"


async def test_high_risk_takes_its_own_route_with_files_and_four_eyes(
    kyc, tenant, register, work, agree, reviewer, picture
):

    customer_id, _ = await register(**FOREIGN)
    own = await kyc.drafts.read_own(tenant.id, customer_id)
    assert (own.session.state, own.needed) == (State.DRAFT, {Side.FRONT})
    await kyc.filing.add(tenant.id, customer_id, Side.FRONT, picture)
    await kyc.drafts.change_claim(tenant.id, customer_id, {"mrz": lines()})
    own = await kyc.drafts.submit(tenant.id, customer_id)
    assert (own.session.state, own.session.route) == (State.PENDING, "passport_high_risk")
    await agree(customer_id)
    await work()
    one, other = reviewer(), reviewer()
    session_id = own.session.id
    assert (await kyc.reviewing.read(one, session_id)).progress.step.name == "picture"
    await kyc.reviewing.decide(one, session_id, PASSED)
    await work(1)
    reviewed = await kyc.reviewing.decide(one, session_id, PASSED)
    assert (reviewed.session.state, reviewed.progress.first) == (State.SCREENING, one.staff_id)
    with pytest.raises(SamePerson):
        await kyc.reviewing.decide(one, session_id, PASSED)
    reviewed = await kyc.reviewing.decide(other, session_id, PASSED)
    assert reviewed.session.state is State.APPROVED
    assert reviewed.agrees


async def test_an_old_session_goes_on_by_the_version_it_was_submitted_under(
    kyc, ground, document, tenant, register, work, agree, reviewer
):
    customer_id, _ = await register()
    await work()
    stricter = deepcopy(document)
    stricter["routes"][0]["steps"].append({"review": "picture", "permission": "tenant.kyc.review"})
    changed = replace(ground, routes=Routes(stricter, ground.routes._vocabulary))
    later = build_kyc(changed, are_clear, secret=None)
    await agree(customer_id)
    await later.working.work()
    reviewed = await later.reviewing.read(
        reviewer(), (await later.drafts.read_own(tenant.id, customer_id)).session.id
    )
    assert (reviewed.session.state, reviewed.agrees) == (State.APPROVED, True)
    assert reviewed.session.configuration == ground.routes.current.digest
    assert later.drafts._ground.routes.current.digest != ground.routes.current.digest


async def test_a_replay_tells_of_a_check_that_was_changed_since(
    kyc, ground, tenant, register, work, reviewer, monkeypatch
):
    customer_id, _ = await register()
    await work(1)
    session = (await kyc.drafts.read_own(tenant.id, customer_id)).session
    assert (await kyc.reviewing.read(reviewer(), session.id)).agrees
    steps = ground.routes.current.routes[0].steps
    stricter = replace(steps[1], check=lambda _: Finding(Outcome.REJECT, Reason.UNDER_AGE))
    changed = replace(ground.routes.current.routes[0], steps=(steps[0], stricter, *steps[2:]))
    current = replace(ground.routes.current, routes=(changed, *ground.routes.current.routes[1:]))
    monkeypatch.setitem(ground.routes._known, current.digest, current)
    reviewed = await kyc.reviewing.read(reviewer(), session.id)
    assert (reviewed.differing, reviewed.agrees) == (("age",), False)


def alert_reviewer(tenant):
    staff_id = uuid4()
    return AlertReviewer(tenant.id, staff_id, None, f"staff:{staff_id}")


async def test_who_was_refused_by_another_check_submits_nothing_more(
    kyc, vendor, services, tenant, register, work, account
):
    customer_id, _ = await register(full_name="Viktor Anatolyevich Bout")
    vendor.verdict = Rejected()
    await work()
    await services.screening.subjects.screen(Subject(tenant.id, customer_id))
    assert (await account(customer_id)).status is Status.VERIFYING
    (alert,) = await services.screening.alerts.list_queue(alert_reviewer(tenant), AlertState.OPEN, None, 10)
    for step in (Step.PROPOSE_CONFIRM, Step.APPROVE):
        await services.screening.alerts.step(alert_reviewer(tenant), alert.id, step, None)
    assert (await account(customer_id)).refusal == "onboarding.declined"
    with pytest.raises(StateConflict):
        await kyc.drafts.submit(tenant.id, customer_id)


async def test_nobody_reaches_another_tenant_or_department(kyc, services, tenant, register, reviewer):
    customer_id, _ = await register()
    session = (await kyc.drafts.read_own(tenant.id, customer_id)).session
    elsewhere = reviewer(department_id=services.ids.new())
    with pytest.raises(SessionNotFound):
        await kyc.reviewing.read(elsewhere, session.id)
    assert await kyc.reviewing.list_sessions(elsewhere, state=None, mine=False, after=None, limit=5) == []
    foreign = replace(reviewer(), tenant_id=services.ids.new())
    with pytest.raises(SessionNotFound):
        await kyc.reviewing.read_content(foreign, session.id)


async def test_a_check_of_before_is_submitted_with_the_profile(
    kyc, services, tenant, client, registration, work, agree, customer_database
):
    answer = await client.post("/v1/customers", json=registration())
    customer_id = UUID(answer.json()["customer_id"])
    owner = await customer_database.connect("owner")
    await owner.execute(
        "INSERT INTO kyc_session (tenant_id, id, customer_id, department_id, attempt, state, channel, "
        "document_type, opened_at, due_at) SELECT tenant_id, gen_random_uuid(), id, department_id, 1, "
        "'draft', 'online', 'national_id', now(), now() - interval '1 minute' "
        "FROM customer_account WHERE id = $1",
        customer_id,
    )
    async with services.database.transaction(tenant.id) as tx:
        await kyc.drafts.begin(tx, tenant.id, customer_id)
    await agree(customer_id)
    await work(3)
    own = await kyc.drafts.read_own(tenant.id, customer_id)
    assert (own.session.state, own.session.attempt) == (State.APPROVED, 1)
    async with services.database.transaction(tenant.id) as tx:
        assert await tx.fetch_value("SELECT claim_sealed IS NOT NULL FROM kyc_session")
