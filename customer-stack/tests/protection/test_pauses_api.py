"""Cooling off, exclusions and returns through the doors, with everything that follows from them."""

from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from customer_stack.aml.domain.events import Event
from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.aml.service.counting import record_events
from customer_stack.customers.errors import CustomerNotFound
from customer_stack.facts import service as facts
from customer_stack.facts.domain import FOREVER
from customer_stack.privacy.domain.consents import Channel, Language, Purpose
from customer_stack.privacy.service.consents import Said
from customer_stack.protection.domain.counting import Window
from customer_stack.protection.domain.limits import LimitKind
from customer_stack.protection.service.limits import Officer
from customer_stack.tenancy.domain import Capability
from shared.events.port import Event as Happened

PAUSES = "/v1/protection/pauses"
KEY = (LimitKind.LOSS, Window.DAY)
EXCLUSION = "/v1/protection/self-exclusion"


async def facts_of(services, tenant_id, customer_id):
    async with services.database.transaction(tenant_id) as tx:
        return (await facts.load(tx, [customer_id]))[customer_id]


async def test_what_is_open_ends_and_marketing_stops(client, services, tenant, active_customer):
    customer_id, headers = await active_customer()
    consents = services.privacy.consents
    said = Said(Purpose.MARKETING, 1, Language.ENGLISH, True, Channel.ONLINE)
    await consents.say(tenant.id, customer_id, said, f"customer:{customer_id}")
    answer = await client.post("/v1/protection/cool-off", json={"days": 1}, headers=headers)
    assert answer.status_code == 200, answer.text
    stands = {each.purpose: each for each in await consents.read(tenant.id, customer_id)}
    assert stands[Purpose.MARKETING].agreed_version is None
    assert stands[Purpose.TERMS].agreed_version == 1


async def test_cooling_off_begins_at_once_and_only_grows(client, services, tenant, active_customer, clock):
    customer_id, headers = await active_customer()
    answer = await client.post("/v1/protection/cool-off", json={"days": 7}, headers=headers)
    assert answer.status_code == 200, answer.text
    until = clock.now() + timedelta(days=7)
    assert (await facts_of(services, tenant.id, customer_id)).cooling_until == until
    shorter = await client.post("/v1/protection/cool-off", json={"days": 1}, headers=headers)
    assert shorter.json() == answer.json()
    clock.advance(timedelta(days=1))
    longer = await client.post("/v1/protection/cool-off", json={"days": 42}, headers=headers)
    assert longer.json()["cooling_until"] > answer.json()["cooling_until"]
    clock.advance(timedelta(days=42))
    assert (await client.get(PAUSES, headers=headers)).json()["cooling_until"] is None
    async with services.database.transaction(tenant.id) as tx:
        kind = "protection.cooling_begun"
        assert await tx.fetch_value("SELECT count(*) FROM audit_record WHERE kind = $1", kind) == 2


async def test_an_exclusion_ends_after_its_term_a_day_and_a_confirmation(
    client, services, tenant, active_customer, clock
):
    customer_id, headers = await active_customer()
    answer = await client.post(EXCLUSION, json={"months": 6}, headers=headers)
    assert (answer.status_code, answer.json()["is_excluded"]) == (200, True)
    assert (await facts_of(services, tenant.id, customer_id)).excluded_until == FOREVER
    early = await client.post(f"{EXCLUSION}/return", headers=headers)
    assert (early.status_code, early.json()["code"]) == (409, "protection.term_not_over")
    clock.advance(timedelta(days=185))
    assert (await facts_of(services, tenant.id, customer_id)).excluded_until == FOREVER
    asked = await client.post(f"{EXCLUSION}/return", headers=headers)
    assert asked.json()["asked_return"] is not None
    hasty = await client.post(f"{EXCLUSION}/return/confirmation", headers=headers)
    assert hasty.json()["code"] == "protection.too_early"
    withdrawn = await client.delete(f"{EXCLUSION}/return", headers=headers)
    assert withdrawn.json()["asked_return"] is None
    assert (await client.delete(f"{EXCLUSION}/return", headers=headers)).json()["code"] == (
        "protection.nothing_asked"
    )
    await client.post(f"{EXCLUSION}/return", headers=headers)
    clock.advance(timedelta(hours=24))
    done = await client.post(f"{EXCLUSION}/return/confirmation", headers=headers)
    assert (done.status_code, done.json()["is_excluded"]) == (200, False)
    assert (await facts_of(services, tenant.id, customer_id)).excluded_until is None
    again = await client.post(f"{EXCLUSION}/return", headers=headers)
    assert again.json()["code"] == "protection.not_excluded"


async def test_for_good_is_for_good_and_the_customer_still_signs_in(client, active_customer, clock):
    _, headers = await active_customer()
    await client.post(EXCLUSION, json={"months": None}, headers=headers)
    clock.advance(timedelta(days=20_000))
    answer = await client.post(f"{EXCLUSION}/return", headers=headers)
    assert answer.json()["code"] == "protection.term_not_over"
    again = await client.post(EXCLUSION, json={"months": 6}, headers=headers)
    assert (again.json()["is_excluded"], again.json()["excluded_until"]) == (True, None)
    assert (await client.get("/v1/wallet", headers=headers)).status_code == 200


async def test_what_is_too_short_or_too_long_is_refused(client, active_customer):
    _, headers = await active_customer()
    for path, body in (
        ("cool-off", {"days": 0}),
        ("cool-off", {"days": 43}),
        ("self-exclusion", {"months": 5}),
        ("self-exclusion", {}),
    ):
        answer = await client.post(f"/v1/protection/{path}", json=body, headers=headers)
        assert answer.status_code == 422, (path, body, answer.text)


async def test_staff_excludes_on_request_and_cannot_undo_it(client, active_customer, staff):
    customer_id, headers = await active_customer()
    officer, auditor = await staff("compliance"), await staff("auditor")
    path = f"/staff/protection/customers/{customer_id}"
    answer = await client.post(f"{path}/self-exclusion", json={"months": 12}, headers=officer)
    assert answer.json()["is_excluded"]
    refused = await client.post(f"{path}/self-exclusion", json={"months": None}, headers=auditor)
    assert refused.status_code == 403
    shown = (await client.get(f"{path}/pauses", headers=auditor)).json()
    assert [(each["kind"], each["cause"]) for each in shown["items"]] == [("exclusion", "staff")]
    assert (await client.get(PAUSES, headers=headers)).json()["is_excluded"]


@pytest_asyncio.fixture
async def neighbour(services):
    """Another tenant of the operator's group."""
    found, _ = await services.tenancy.ensure_tenant("ceylon", "Ceylon Play", tuple(Capability))
    return found


@pytest.fixture
def settings(settings):
    """Two tenants are one group."""
    return settings.model_copy(update={"exclusion_groups": [frozenset({"lanka", "ceylon"})]})


async def register(client, body):
    answer = await client.post("/v1/customers", json=body)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["customer_id"])


async def test_an_exclusion_reaches_the_same_persons_account_at_the_other_tenant(
    client, services, tenant, neighbour, registration, sign_in, clock
):
    body = registration()
    here = await register(client, body)
    there = await register(client, body | {"tenant": neighbour.slug})
    stranger = await register(client, registration(tenant=neighbour.slug))
    headers = {"Authorization": f"Bearer {await sign_in(body)}"}
    await client.post(EXCLUSION, json={"months": 6}, headers=headers)
    assert (await facts_of(services, neighbour.id, there)).excluded_until == FOREVER
    assert (await facts_of(services, neighbour.id, stranger)).excluded_until is None
    other = {"Authorization": f"Bearer {await sign_in(body | {'tenant': neighbour.slug})}"}
    longer = await client.post(EXCLUSION, json={"months": None}, headers=other)
    assert longer.json()["excluded_until"] is None
    shown = (await client.get(PAUSES, headers=headers)).json()
    assert (shown["is_excluded"], shown["excluded_until"]) == (True, None)
    assert await services.protection.pausing.spread(tenant.id, here) == 0


async def test_who_registers_later_under_the_same_document_is_excluded_too(
    client, services, tenant, neighbour, registration, sign_in, clock
):
    body = registration()
    await register(client, body)
    headers = {"Authorization": f"Bearer {await sign_in(body)}"}
    await client.post(EXCLUSION, json={"months": 6}, headers=headers)
    there = await register(client, body | {"tenant": neighbour.slug})
    assert await services.protection.pausing.spread(neighbour.id, there) == 1
    assert (await facts_of(services, neighbour.id, there)).excluded_until == FOREVER


async def test_an_exclusion_whose_term_is_over_reaches_nobody_new(
    client, services, tenant, neighbour, registration, sign_in, clock
):
    body = registration()
    await register(client, body)
    headers = {"Authorization": f"Bearer {await sign_in(body)}"}
    await client.post(EXCLUSION, json={"months": 6}, headers=headers)
    clock.advance(timedelta(days=200))
    there = await register(client, body | {"tenant": neighbour.slug})
    assert await services.protection.pausing.spread(neighbour.id, there) == 0


async def test_accounts_that_share_a_device_become_cases_and_are_not_excluded(
    client, services, tenant, active_customer, clock
):
    first, headers = await active_customer()
    second, _ = await active_customer()
    third, _ = await active_customer()
    device = services.ids.new()
    async with services.database.transaction(tenant.id) as tx:
        await record_events(
            tx,
            [
                Event(
                    services.ids.new(),
                    tenant.id,
                    each,
                    EventKind.DEPOSIT,
                    Product.BANK,
                    100_00,
                    clock.now(),
                    device_id=device if each != third else services.ids.new(),
                )
                for each in (first, second, third)
            ],
        )
    await client.post(EXCLUSION, json={"months": 6}, headers=headers)
    async with services.database.transaction(tenant.id) as tx:
        for _ in range(2):
            assert await services.protection.pausing.open_cases(tx, tenant.id, first) == 1
        opened = await tx.fetch("SELECT customer_id, family FROM cases_case")
    assert [tuple(row) for row in opened] == [(second, "protection")]
    assert (await facts_of(services, tenant.id, second)).excluded_until is None


async def test_the_worker_brings_exclusions_to_who_registers_and_opens_cases(
    client, services, tenant, neighbour, registration, sign_in, clock
):
    body = registration()
    here = await register(client, body)
    headers = {"Authorization": f"Bearer {await sign_in(body)}"}
    await client.post(EXCLUSION, json={"months": 6}, headers=headers)
    there = await register(client, body | {"tenant": neighbour.slug})
    by_topic = {each.topic: each for each in services.protection.build_listeners()}
    assert set(by_topic) == {"protection.excluded", "customers.registered"}
    for topic, tenant_id, customer_id in (
        ("customers.registered", neighbour.id, there),
        ("protection.excluded", tenant.id, here),
        ("protection.excluded", tenant.id, here),
    ):
        happened = Happened(services.ids.new(), topic, tenant_id, {"customer_id": str(customer_id)})
        await by_topic[topic].before(happened)
        async with services.database.transaction(tenant_id) as tx:
            await by_topic[topic].handle(tx, happened)
    assert (await facts_of(services, neighbour.id, there)).excluded_until == FOREVER


async def test_an_officer_of_another_department_reaches_nobody(services, tenant, active_customer):
    customer_id, _ = await active_customer()
    stranger = Officer(tenant.id, services.ids.new(), services.ids.new(), "staff:x")
    for ask in (
        services.protection.pausing.read_as_staff(stranger, customer_id),
        services.protection.pausing.exclude_by_staff(stranger, customer_id, 6),
        services.protection.limits.read_as_staff(stranger, customer_id),
        services.protection.limits.change_by_staff(stranger, customer_id, KEY, 5),
    ):
        with pytest.raises(CustomerNotFound):
            await ask
    assert (await facts_of(services, tenant.id, customer_id)).excluded_until is None
