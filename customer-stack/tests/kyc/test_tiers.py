"""What approvals are worth: tiers, dates, renewals, expected turnover."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.aml.domain import values as aml
from customer_stack.customers.domain import DocumentType, Status
from customer_stack.customers.errors import AlreadyRegistered, CustomerNotFound
from customer_stack.documents.mrz import check_digit
from customer_stack.facts.service import load as load_facts
from customer_stack.kyc.configuration import open_routes
from customer_stack.kyc.domain.claims import Extracted, Rejected
from customer_stack.kyc.domain.sessions import State
from customer_stack.kyc.domain.tiers import FundsSource, Verification, add_months, require_deposit, tier_of
from customer_stack.kyc.errors import IdentityOutdated, StateConflict, TierLimitExceeded
from customer_stack.kyc.service.reviewing import Reviewer
from customer_stack.screening.domain.alerts import Subject

ROUTES = open_routes({"identity"}).current


def test_every_tier_is_a_word_that_rules_can_ask_for():
    assert set(ROUTES.tiers) <= {tier.value for tier in aml.Tier}


NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
VERIFIED = Verification(
    UUID(int=1), UUID(int=2), UUID(int=3), "standard", NOW, date(2029, 11, 28), date(2027, 1, 31)
)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 1, 15), 36, date(2029, 1, 15)),
    ],
)
def test_months_end_on_a_day_that_there_is(day, months, later):
    assert add_months(day, months) == later


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)), st.integers(1, 120))
def test_months_are_added_exactly(day, months):
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day


@pytest.mark.parametrize(
    ("verification", "cents", "today", "refusal"),
    [
        (VERIFIED, 5_000_000_00, date(2027, 1, 31), None),
        (VERIFIED, 5_000_000_01, date(2027, 1, 31), TierLimitExceeded),
        (VERIFIED, 1, date(2027, 2, 1), IdentityOutdated),
        (replace(VERIFIED, document_expires_on=None), 1, date(2040, 1, 1), None),
        (replace(VERIFIED, tier="limited"), 500_000_01, date(2026, 12, 1), TierLimitExceeded),
        (replace(VERIFIED, tier="abolished"), 1, date(2026, 12, 1), IdentityOutdated),
        (None, 5_000_000_00, date(2026, 12, 1), None),
        (None, 5_000_000_01, date(2026, 12, 1), TierLimitExceeded),
    ],
)
def test_a_deposit_is_within_the_tier_and_the_document_valid(verification, cents, today, refusal):
    if refusal is None:
        require_deposit(ROUTES, verification, cents, today)
    else:
        with pytest.raises(refusal):
            require_deposit(ROUTES, verification, cents, today)


def test_a_tier_without_need_of_a_valid_document_goes_on_after_its_end():
    lenient = replace(ROUTES.tiers["standard"], needs_valid_document=False)
    routes = replace(ROUTES, tiers={"standard": lenient})
    require_deposit(routes, VERIFIED, 1, date(2030, 1, 1))
    assert tier_of(routes, VERIFIED) is lenient


def lines(number="N7654321", expires="310501", names="PERERA<<NIMAL"):
    parts = [f"{part}{check_digit(part)}" for part in (number.ljust(9, "<"), "900210", expires)]
    personal = "<" * 14 + "0"
    composite = check_digit("".join(parts) + personal)
    second = f"{parts[0]}LKA{parts[1]}M{parts[2]}{personal}{composite}"
    return f"P<LKA{names}".ljust(44, "<") + "\n" + second


@pytest.fixture
def verified(kyc, vendor, services, tenant, register, work):
    """Return a function that registers somebody, verifies them and makes them active: customer id, body."""

    async def do(**changes):
        customer_id, body = await register(**changes)
        profile = await services.customers.read_profile(tenant.id, customer_id)
        vendor.verdict = Extracted(profile.full_name, profile.date_of_birth, "LK")
        await work()
        await services.screening.subjects.screen(Subject(tenant.id, customer_id))
        account = await services.customers.read_account(tenant.id, customer_id)
        assert account.status is Status.ACTIVE
        return customer_id, body

    return do


@pytest.fixture
def renew(kyc, tenant, work):
    """Return a function that renews with a passport's lines and lets the worker look: the session after."""

    async def do(customer_id, zone, number="N7654321"):
        await kyc.drafts.renew(tenant.id, customer_id)
        change = {"document_type": DocumentType.PASSPORT, "document_number": number, "mrz": zone}
        await kyc.drafts.change_claim(tenant.id, customer_id, change)
        await kyc.drafts.submit(tenant.id, customer_id)
        await work()
        return (await kyc.drafts.read_own(tenant.id, customer_id)).session

    return do


async def test_an_approval_gives_the_tier_of_its_route_and_a_date_of_review(kyc, tenant, clock, verified):
    customer_id, _ = await verified()
    standing = await kyc.tiers.read_own(tenant.id, customer_id)
    assert standing.tier.name == "standard"
    assert standing.verification.review_due_on > clock.now().date() + timedelta(days=3 * 365 - 2)
    assert standing.verification.document_expires_on is None


async def test_a_verified_customer_renews_and_only_then_the_profile_changes(
    kyc, services, tenant, verified, renew
):
    customer_id, body = await verified()
    own = await kyc.drafts.renew(tenant.id, customer_id)
    assert (own.session.state, own.session.attempt, own.claim.document_number) == (
        State.DRAFT,
        2,
        body["national_id"],
    )
    assert (await kyc.drafts.renew(tenant.id, customer_id)).session.id == own.session.id
    session = await renew(customer_id, lines())
    assert (session.state, session.is_renewal) == (State.APPROVED, True)
    assert (await services.customers.read_profile(tenant.id, customer_id)).document_number == "N7654321"
    standing = await kyc.tiers.read_own(tenant.id, customer_id)
    assert standing.verification.document_expires_on == date(2031, 5, 1)
    assert (await services.customers.read_account(tenant.id, customer_id)).status is Status.ACTIVE


async def test_a_renewal_that_is_rejected_leaves_the_customer_as_they_were(
    kyc, vendor, services, tenant, verified, renew
):
    customer_id, body = await verified()
    vendor.verdict = Rejected()
    for _ in range(3):
        await renew(customer_id, lines())
    session = (await kyc.drafts.read_own(tenant.id, customer_id)).session
    assert (session.state, session.attempt, session.first_attempt) == (State.REJECTED, 4, 2)
    profile = await services.customers.read_profile(tenant.id, customer_id)
    assert profile.document_number == body["national_id"]
    assert (await services.customers.read_account(tenant.id, customer_id)).status is Status.ACTIVE
    with pytest.raises(StateConflict):
        await kyc.drafts.renew(tenant.id, customer_id)
    staff = Reviewer(tenant.id, services.ids.new(), None, frozenset({"tenant.kyc.review"}))
    await kyc.tiers.renew(staff, customer_id)
    session = (await kyc.drafts.read_own(tenant.id, customer_id)).session
    assert (session.state, session.first_attempt) == (State.DRAFT, 5)


async def test_an_expired_document_stops_deposits_and_is_not_renewed_by_leaving_its_lines_out(
    kyc, services, tenant, clock, verified, renew
):
    customer_id, _ = await verified()
    await renew(customer_id, lines(expires="270131"))
    clock.advance(timedelta(days=100))

    async def deposit():
        async with services.database.transaction(tenant.id) as tx:
            await kyc.tiers.require_deposit(tx, customer_id, 100)

    with pytest.raises(IdentityOutdated):
        await deposit()
    assert (await renew(customer_id, None)).state is State.APPROVED
    with pytest.raises(IdentityOutdated):
        await deposit()
    assert (await renew(customer_id, lines("N8888888", "360131"), "N8888888")).state is State.APPROVED
    await deposit()


async def test_a_renewal_does_not_take_anothers_document(kyc, tenant, register, verified):
    await register(national_id="900417713V")
    customer_id, _ = await verified()
    await kyc.drafts.renew(tenant.id, customer_id)
    await kyc.drafts.change_claim(tenant.id, customer_id, {"document_number": "199004107713"})
    with pytest.raises(AlreadyRegistered):
        await kyc.drafts.submit(tenant.id, customer_id)


async def test_nobody_renews_who_is_not_verified(kyc, vendor, tenant, register, work):
    customer_id, _ = await register()
    assert (await kyc.drafts.renew(tenant.id, customer_id)).session.state is State.PENDING
    vendor.verdict = Rejected()
    await work()
    assert (await kyc.drafts.renew(tenant.id, customer_id)).session.attempt == 2


async def test_who_is_due_is_listed_by_the_last_approval(kyc, services, tenant, clock, verified, renew):
    expiring, _ = await verified()
    await renew(expiring, lines(expires="270131"))
    fresh, _ = await verified()
    staff = Reviewer(tenant.id, services.ids.new(), None, frozenset({"tenant.kyc.read"}))

    async def due(until, **changes):
        found = await kyc.tiers.list_due(replace(staff, **changes), until=until, after=None, limit=10)
        return {each.customer_id for each in found}

    assert await due(date(2027, 1, 30)) == set()
    assert await due(date(2027, 1, 31)) == {expiring}
    assert await due(date(2030, 12, 31)) == {expiring, fresh}
    assert await due(date(2030, 12, 31), department_id=services.ids.new()) == set()
    with pytest.raises(CustomerNotFound):
        await kyc.tiers.read_as_staff(replace(staff, department_id=services.ids.new()), fresh)


async def test_expected_turnover_is_kept_with_its_history_and_shown(
    door, services, tenant, register, sign_in, staff
):
    http, _ = door
    customer_id, body = await register()
    headers = {"Authorization": f"Bearer {await sign_in(body)}"}
    before = (await http.get("/v1/kyc/standing", headers=headers)).json()
    assert (before["tier"], before["largest_deposit"], before["expected_monthly"]) == (
        "standard",
        "5000000.00",
        None,
    )
    for monthly in ("100000.00", "100000.00", "250000.50"):
        said = {"monthly": monthly, "source": "salary"}
        answer = await http.put("/v1/kyc/expected-turnover", json=said, headers=headers)
        assert (answer.json()["expected_monthly"], answer.json()["source"]) == (monthly, "salary")
    async with services.database.transaction(tenant.id) as tx:
        rows = await tx.fetch("SELECT monthly_cents FROM kyc_turnover ORDER BY declared_at, id")
    assert [row["monthly_cents"] for row in rows] == [100_000_00, 250_000_50]
    auditor = await staff("auditor")
    seen = (await http.get(f"/staff/kyc/customers/{customer_id}/standing", headers=auditor)).json()
    assert seen["expected_monthly"] == "250000.50"
    due = await http.get("/staff/kyc/reviews", params={"until": "2099-01-01"}, headers=auditor)
    assert due.json() == {"items": [], "next_cursor": None}
    assert (
        await http.post(f"/staff/kyc/customers/{customer_id}/renewal", headers=auditor)
    ).status_code == 403
    bad = {"monthly": "1.005", "source": "salary"}
    answer = await http.put("/v1/kyc/expected-turnover", json=bad, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "money.inexact_amount")


@pytest.fixture
def known(services, tenant):
    """Return a function that tells what the gate knows: tier, end of the document, turnover, country."""

    async def do(customer_id):
        async with services.database.transaction(tenant.id) as tx:
            facts = (await load_facts(tx, [customer_id]))[customer_id]
        return facts.tier, facts.document_expires_on, facts.expected_turnover, facts.country

    return do


async def test_the_gate_knows_what_each_approval_and_statement_says(
    kyc, vendor, tenant, verified, renew, known
):
    customer_id, _ = await verified()
    assert await known(customer_id) == ("standard", None, None, "LK")
    await kyc.tiers.declare_turnover(tenant.id, customer_id, 250_000_50, FundsSource.SALARY)
    await renew(customer_id, lines(expires="310501"))
    assert await known(customer_id) == ("standard", date(2031, 5, 1), 250_000_50, "LK")
    vendor.verdict = Rejected()
    await renew(customer_id, lines(expires="360131"))
    assert await known(customer_id) == ("standard", date(2031, 5, 1), 250_000_50, "LK")


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"date_of_birth": date(2015, 2, 10)}, "under_age"), ({"residency": "IN"}, "residency_not_allowed")],
)
async def test_age_and_residency_are_asked_again_when_a_document_changes(
    kyc, tenant, verified, known, work, change, reason
):
    customer_id, _ = await verified()
    await kyc.drafts.renew(tenant.id, customer_id)
    passport = {"document_type": DocumentType.PASSPORT, "document_number": "N7654321", "mrz": None}
    await kyc.drafts.change_claim(tenant.id, customer_id, passport | change)
    await kyc.drafts.submit(tenant.id, customer_id)
    await work()
    session = (await kyc.drafts.read_own(tenant.id, customer_id)).session
    assert (session.state, session.reason) == (State.REJECTED, reason)
    assert await known(customer_id) == ("standard", None, None, "LK")


@pytest.fixture
def lenient(document):
    """No tier needs a valid document."""
    for tier in document["tiers"].values():
        tier["needs_valid_document"] = False


@pytest.mark.usefixtures("lenient")
async def test_the_gate_hears_of_no_end_of_a_document_that_its_tier_does_not_need(verified, renew, known):
    customer_id, _ = await verified()
    await renew(customer_id, lines(expires="310501"))
    assert await known(customer_id) == ("standard", None, None, "LK")
