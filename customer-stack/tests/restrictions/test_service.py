"""Restrictions on PostgreSQL: facts and status follow, the book is waited for, history stays."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from customer_stack.access.domain import Officer
from customer_stack.boundary_client.domain import Action, Side
from customer_stack.customers.domain import ClearanceKind, Status
from customer_stack.customers.service import begin_verification, load_accounts, record_clearance
from customer_stack.facts import service as facts
from customer_stack.facts.domain import Restriction as Says
from customer_stack.restrictions.desk import Wish
from customer_stack.restrictions.domain import Cause, CauseKind, Kind, Step
from customer_stack.restrictions.errors import SamePerson, StepNotPossible
from customer_stack.restrictions.service import lift_by_two, lift_of_case, place
from customer_stack.wagers.service.placing import PlaceWager
from shared.errors import Refusal
from shared.idempotency import Claim, digest_of, key_of
from shared.ledger import store as ledger

FIRST = f"staff:{UUID(int=1)}"
CASE, ALERT = UUID(int=70), UUID(int=71)


@pytest.fixture
def standing(services, tenant):
    """Return a function that gives a customer's status and what the facts say."""

    async def read(customer_id):
        async with services.database.transaction(tenant.id) as tx:
            account = (await load_accounts(tx, [customer_id]))[customer_id]
            return account.status, (await facts.load(tx, [customer_id]))[customer_id].restriction

    return read


@pytest.fixture
def restrict(services, tenant):
    async def do(customer_id, kind, cause):
        async with services.database.transaction(tenant.id) as tx:
            now = services.clock.now()
            return await place(tx, customer_id, kind, cause=cause, reason="aml.hold", actor="system", at=now)

    return do


async def test_several_stand_and_the_strictest_counts_to_the_last(
    services, tenant, active_customer, standing, restrict
):
    customer_id, _ = await active_customer()
    officer = Officer(tenant.id, UUID(int=1))
    await restrict(customer_id, Kind.DEBIT_ONLY, Cause(CauseKind.CASE, CASE))
    assert await standing(customer_id) == (Status.ACTIVE, Says.DEBIT_ONLY)
    await restrict(customer_id, Kind.FULL, Cause(CauseKind.SCREENING, ALERT))
    await services.standing.restrictions.freeze(officer, customer_id)
    assert await standing(customer_id) == (Status.FROZEN, Says.FULL)
    assert (await services.standing.restrictions.release(officer, customer_id)).status is Status.FROZEN
    async with services.database.transaction(tenant.id) as tx:
        now = services.clock.now()
        assert await lift_by_two(tx, ALERT, proposed_by=FIRST, approved_by="staff:2", at=now) == 1
    assert await standing(customer_id) == (Status.ACTIVE, Says.DEBIT_ONLY)
    async with services.database.transaction(tenant.id) as tx:
        assert await lift_of_case(tx, CASE, actor=FIRST, at=now) == 1
        assert await lift_of_case(tx, CASE, actor=FIRST, at=now) == 0
    assert await standing(customer_id) == (Status.ACTIVE, Says.NONE)


async def test_placing_again_for_the_same_cause_is_placing_once(active_customer, restrict):
    customer_id, _ = await active_customer()
    cause = Cause(CauseKind.CASE, CASE)
    first = await restrict(customer_id, Kind.DEBIT_ONLY, cause)
    assert (await restrict(customer_id, Kind.DEBIT_ONLY, cause)).id == first.id
    assert (await restrict(customer_id, Kind.FULL, cause)).id != first.id


async def test_who_is_restricted_before_being_active_becomes_frozen(
    services, tenant, client, registration, standing, restrict
):
    customer_id = UUID((await client.post("/v1/customers", json=registration())).json()["customer_id"])
    await restrict(customer_id, Kind.FULL, Cause(CauseKind.SCREENING, ALERT))
    assert await standing(customer_id) == (Status.REGISTERED, Says.FULL)
    now = services.clock.now()
    async with services.database.transaction(tenant.id) as tx:
        await begin_verification(tx, customer_id, now, services.ids.new())
        for kind in ClearanceKind:
            await record_clearance(tx, customer_id, kind, refusal=None, now=now, event_id=services.ids.new())
    assert await standing(customer_id) == (Status.FROZEN, Says.FULL)
    async with services.database.transaction(tenant.id) as tx:
        await lift_by_two(tx, ALERT, proposed_by=FIRST, approved_by="staff:2", at=now)
    assert await standing(customer_id) == (Status.ACTIVE, Says.NONE)


async def test_a_case_s_restriction_ends_only_with_the_case(services, tenant, active_customer, restrict):
    customer_id, _ = await active_customer()
    placed = await restrict(customer_id, Kind.DEBIT_ONLY, Cause(CauseKind.CASE, CASE))
    officer, where = Officer(tenant.id, UUID(int=1)), (customer_id, placed.id)
    for step in (Step.LIFT, Step.PROPOSE_LIFT, Step.APPROVE_LIFT):
        with pytest.raises(StepNotPossible):
            await services.standing.restrictions.step(officer, where, step, None)


async def test_one_person_alone_lifts_no_screening(services, tenant, active_customer, restrict, standing):
    customer_id, _ = await active_customer()
    await restrict(customer_id, Kind.FULL, Cause(CauseKind.SCREENING, ALERT))
    async with services.database.transaction(tenant.id) as tx:
        now = services.clock.now()
        with pytest.raises(SamePerson):
            await lift_by_two(tx, ALERT, proposed_by=FIRST, approved_by=FIRST, at=now)
    assert await standing(customer_id) == (Status.FROZEN, Says.FULL)


async def test_an_open_proposal_of_staff_does_not_stop_two_people_who_clear_the_match(
    services, tenant, active_customer, restrict, standing
):
    customer_id, _ = await active_customer()
    placed = await restrict(customer_id, Kind.FULL, Cause(CauseKind.SCREENING, ALERT))
    officer, where = Officer(tenant.id, UUID(int=2)), (customer_id, placed.id)
    await services.standing.restrictions.step(officer, where, Step.PROPOSE_LIFT, None)
    async with services.database.transaction(tenant.id) as tx:
        now = services.clock.now()
        assert await lift_by_two(tx, ALERT, proposed_by=FIRST, approved_by="staff:2", at=now) == 1
    assert await standing(customer_id) == (Status.ACTIVE, Says.NONE)
    steps = (await services.standing.restrictions.read_history(officer, *where)).steps
    wanted = ["place", "propose_lift", "reject_lift", "propose_lift", "approve_lift"]
    assert [taken.step.value for taken, _ in steps] == wanted


STEP = (
    "INSERT INTO restriction_step (tenant_id, restriction_id, number, step, state, cause, taken_by, taken_at"
)
LIFTED = "tenant_id, id, 2, '{}', 'lifted', {}, 'system', now()"
BY_TWO = f"{STEP}, asked_number, asked_by) SELECT {LIFTED.format('approve_lift', 'cause')}"
SINGLE_HANDED = [
    ("UPDATE restriction SET state = 'lifted', number = 2", "restriction_last_step"),
    (f"{STEP}) SELECT {LIFTED.format('lift', 'cause')} FROM restriction", "restriction_step_by_cause"),
    (
        f"{STEP}) SELECT {LIFTED.format('lift', repr('staff'))} FROM restriction",
        "restriction_step_restriction_fk",
    ),
    (
        f"{BY_TWO}, 1, 'system' FROM restriction",
        "restriction_step_two_people",
    ),
    ("UPDATE restriction SET kind = 'debit_only', number = 2", "restriction_transition"),
]


@pytest.mark.parametrize(("statement", "constraint"), SINGLE_HANDED)
async def test_the_database_lets_nobody_lift_alone(
    services, tenant, active_customer, restrict, statement, constraint
):
    customer_id, _ = await active_customer()
    await restrict(customer_id, Kind.FULL, Cause(CauseKind.SCREENING, ALERT))
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as caught:
        async with services.database.transaction(tenant.id) as tx:
            await tx.execute(statement)
    assert caught.value.constraint_name == constraint


async def test_what_staff_wrote_is_sealed_and_looking_is_remembered(
    services, tenant, active_customer, customer_database
):
    customer_id, _ = await active_customer()
    officer = Officer(tenant.id, UUID(int=1))
    order = Wish(Kind.FULL, Cause(CauseKind.ORDER), "court_order", "High Court of Colombo, HC 4711/26")
    placed = await services.standing.restrictions.place(officer, customer_id, order)
    await services.standing.restrictions.step(
        officer, (customer_id, placed.id), Step.PROPOSE_LIFT, "Discharged"
    )
    history = await services.standing.restrictions.read_history(officer, customer_id, placed.id)
    assert [text for _, text in history.steps] == ["High Court of Colombo, HC 4711/26", "Discharged"]
    owner = await customer_database.connect("owner")
    stored = await owner.fetchval("SELECT string_agg(text_sealed, '') FROM restriction_step")
    assert b"Colombo" not in stored
    kinds = await owner.fetch("SELECT kind, body FROM audit_record WHERE kind LIKE 'restrictions.%'")
    assert {row["kind"] for row in kinds} == {
        "restrictions.placed",
        "restrictions.lift_proposed",
        "restrictions.reasons_shown",
    }
    assert not any("Colombo" in str(row["body"]) for row in kinds)


async def test_a_freeze_waits_for_the_book_and_nothing_passes_after_it(
    services, tenant, active_customer, standing
):
    customer_id, _ = await active_customer()
    officer = Officer(tenant.id, UUID(int=1))
    async with services.database.transaction(tenant.id) as tx:
        await ledger.lock_books(tx, [customer_id])
        freezing = asyncio.create_task(services.standing.restrictions.freeze(officer, customer_id))
        await asyncio.sleep(0.1)
        assert not freezing.done()
        assert await standing(customer_id) == (Status.ACTIVE, Says.NONE)
    await freezing
    assert await standing(customer_id) == (Status.FROZEN, Says.FULL)


async def test_wagers_in_flight_are_decided_before_or_denied_after_a_freeze(
    services, tenant, active_customer
):
    customer_id, headers = await active_customer()
    session = await services.sessions.authenticate(headers["Authorization"].removeprefix("Bearer "))

    async def ask(number):
        wanted = PlaceWager(
            tenant_id=tenant.id,
            customer_id=customer_id,
            session_id=session.session_id,
            claim=Claim(customer_id, key_of(f"race {number}"), digest_of("race", str(number).encode())),
            market_id=UUID(int=1),
            side=Side.YES,
            action=Action.BUY,
            quantity=100,
            limit_price=5000,
        )
        try:
            await services.wager_lanes.submit(customer_id, wanted)
        except Refusal as refusal:
            return refusal.code
        return "placed"

    await services.wager_lanes.start()
    try:
        before = [asyncio.create_task(ask(number)) for number in range(5)]
        await services.standing.restrictions.freeze(Officer(tenant.id, UUID(int=1)), customer_id)
        after = await asyncio.gather(*(ask(number) for number in range(5, 10)))
        assert set(after) == {"wagers.customer_not_active"}
        assert set(await asyncio.gather(*before)) <= {"wagers.market_unknown", "wagers.customer_not_active"}
    finally:
        await services.wager_lanes.stop()
