"""Identity checks and screening from registration to the decision, on a real database."""

from datetime import timedelta
from uuid import UUID

import pytest

from customer_stack.customers.domain import Status
from customer_stack.kyc.domain import Extracted, Pending, Rejected
from customer_stack.kyc.providers.contract import VendorUnavailable
from customer_stack.kyc.service import KycService
from shared.clock import FixedClock, SystemClock


class ScriptedVendor:
    """A vendor that answers what the test says."""

    def __init__(self):
        self.submitted, self.verdict = [], Pending()

    async def submit(self, check_id, claim):
        self.submitted.append(check_id)
        if self.verdict is None:
            raise VendorUnavailable("silent")

    async def fetch(self, check_id):
        if self.verdict is None:
            raise VendorUnavailable("silent")
        return self.verdict


@pytest.fixture
def vendor():
    return ScriptedVendor()


@pytest.fixture
def clock():
    return FixedClock(SystemClock().now())


@pytest.fixture
def kyc(services, vendor, clock):
    return KycService(
        services.database,
        services.tenancy,
        services.customers,
        vendor,
        clock,
        services.ids,
        residencies=frozenset({"LK"}),
    )


@pytest.fixture
def register(client, registration, services, tenant, kyc):
    async def do(**changes):
        answer = await client.post("/v1/customers", json=registration(**changes))
        customer_id = UUID(answer.json()["customer_id"])
        async with services.database.transaction(tenant.id) as tx:
            await kyc.begin(tx, tenant.id, customer_id)
        return customer_id

    return do


async def work(kyc, clock, rounds=2):
    for _ in range(rounds):
        await kyc.work()
        clock.advance(timedelta(minutes=20))


async def test_a_clear_person_becomes_active_when_screening_is_clear_too(
    kyc, vendor, clock, services, tenant, register, customer_database
):
    customer_id = await register()
    await work(kyc, clock)
    assert (await services.customers.read_account(tenant.id, customer_id)).status is Status.VERIFYING
    profile = await services.customers.read_profile(tenant.id, customer_id)
    vendor.verdict = Extracted(profile.full_name, profile.date_of_birth, "LK")
    await work(kyc, clock)
    assert (await services.customers.read_account(tenant.id, customer_id)).status is Status.VERIFYING
    async with services.database.transaction(tenant.id) as tx:
        await services.screening.screen_customer(tx, tenant.id, customer_id)
        await services.screening.screen_customer(tx, tenant.id, customer_id)
    assert (await services.customers.read_account(tenant.id, customer_id)).status is Status.ACTIVE
    assert len(vendor.submitted) == 1
    auditor = await customer_database.connect("auditor")
    topics = await auditor.fetch("SELECT kind FROM audit_record ORDER BY id")
    assert [row["kind"] for row in topics][-6:] == [
        "customers.registered",
        "customers.status_changed",
        "kyc.check_requested",
        "kyc.check_decided",
        "screening.screened",
        "customers.status_changed",
    ]


async def test_an_under_age_person_is_refused_and_told_why(kyc, vendor, clock, services, tenant, register):
    customer_id = await register()
    profile = await services.customers.read_profile(tenant.id, customer_id)
    vendor.verdict = Extracted(profile.full_name, clock.now().date() - timedelta(days=17 * 365), "LK")
    await work(kyc, clock)
    account = await services.customers.read_account(tenant.id, customer_id)
    assert (account.status, account.refusal) == (Status.REFUSED, "kyc.under_age")


async def test_a_listed_name_is_refused_without_saying_why(kyc, services, tenant, register):
    customer_id = await register(full_name="Viktor Anatolyevich Bout")
    async with services.database.transaction(tenant.id) as tx:
        await services.screening.screen_customer(tx, tenant.id, customer_id)
    account = await services.customers.read_account(tenant.id, customer_id)
    assert (account.status, account.refusal) == (Status.REFUSED, "onboarding.declined")


async def test_a_rejected_document_refuses(kyc, vendor, clock, services, tenant, register):
    customer_id = await register()
    vendor.verdict = Rejected()
    await work(kyc, clock)
    account = await services.customers.read_account(tenant.id, customer_id)
    assert (account.status, account.refusal) == (Status.REFUSED, "kyc.document_rejected")


async def test_a_silent_vendor_leaves_the_customer_pending_and_is_asked_again(
    kyc, vendor, clock, services, tenant, register
):
    vendor.verdict = None
    customer_id = await register()
    await work(kyc, clock, rounds=6)
    assert (await services.customers.read_account(tenant.id, customer_id)).status is Status.VERIFYING
    assert len(vendor.submitted) == 6
    vendor.verdict = Rejected()
    await work(kyc, clock)
    assert (await services.customers.read_account(tenant.id, customer_id)).status is Status.REFUSED


async def test_a_check_that_a_worker_took_is_left_alone_until_its_lease_ends(kyc, vendor, clock, register):
    await register()
    assert await kyc.work() == 1
    assert await kyc.work() == 0
    clock.advance(timedelta(minutes=20))
    assert await kyc.work() == 1


async def test_an_ended_check_is_never_taken_again(kyc, vendor, clock, register):
    vendor.verdict = Rejected()
    await register()
    await work(kyc, clock, rounds=3)
    clock.advance(timedelta(days=1))
    assert await kyc.work() == 0
