"""Facts on PostgreSQL: begun at registration, changed by name, read in one statement."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.customers.domain import ClearanceKind
from customer_stack.customers.service import DECLINED, record_clearance
from customer_stack.facts import service as facts
from customer_stack.facts.domain import FOREVER, UNCHANGED, Changes, Restriction, Screening
from shared.errors import InvariantViolated

NOW = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
EVERYTHING = Changes(
    restriction=Restriction.DEBIT_ONLY,
    cooling_until=NOW + timedelta(days=1),
    excluded_until=FOREVER,
    screening=Screening.CONFIRMED,
    screening_version=bytes(range(32)),
    screened_at=NOW,
    tier="limited",
    document_expires_on=date(2031, 2, 28),
    expected_turnover=250_000_00,
    risk=73,
    flags=frozenset({"pep", "watched"}),
    country="LK",
    snoozes={"velocity.many_deposits_day": NOW + timedelta(days=30)},
)


async def facts_of(services, tenant, customer_id):
    async with services.database.transaction(tenant.id) as tx:
        return (await facts.load(tx, [customer_id])).get(customer_id)


async def change(services, tenant, customer_id, changes):
    async with services.database.transaction(tenant.id) as tx:
        await facts.change(tx, customer_id, NOW, changes)


async def test_they_begin_with_the_registration_and_nothing_is_clear(client, services, tenant, registration):
    answer = await client.post("/v1/customers", json=registration(residency="LK"))
    found = await facts_of(services, tenant, UUID(answer.json()["customer_id"]))
    assert (found.country, found.screening, found.restriction) == ("LK", Screening.PENDING, Restriction.NONE)
    assert found.tier is found.risk is found.expected_turnover is None
    assert found.version == 1


@pytest.mark.parametrize(("refusal", "says"), [(None, Screening.CLEAR), (DECLINED, Screening.POSSIBLE)])
async def test_the_first_screening_is_known(client, services, tenant, registration, refusal, says):
    customer_id = UUID((await client.post("/v1/customers", json=registration())).json()["customer_id"])
    async with services.database.transaction(tenant.id) as tx:
        await record_clearance(
            tx, customer_id, ClearanceKind.SCREENING, refusal=refusal, now=NOW, event_id=services.ids.new()
        )
    assert (await facts_of(services, tenant, customer_id)).screening is says


async def test_what_is_written_is_read_and_the_rest_stays(services, tenant, active_customer):
    customer_id, _ = await active_customer()
    before = await facts_of(services, tenant, customer_id)
    await change(services, tenant, customer_id, EVERYTHING)
    after = await facts_of(services, tenant, customer_id)
    assert {name: getattr(after, name) for name in EVERYTHING.named()} == EVERYTHING.named()
    assert after.version == before.version + 1
    await change(services, tenant, customer_id, Changes(risk=None, flags=frozenset()))
    last = await facts_of(services, tenant, customer_id)
    assert (last.risk, last.flags) == (None, frozenset())
    assert (last.tier, last.snoozes, last.excluded_until) == (after.tier, after.snoozes, FOREVER)


async def test_nobody_unknown_is_changed_and_another_tenant_sees_nothing(services, tenant, active_customer):
    customer_id, _ = await active_customer()
    with pytest.raises(InvariantViolated):
        await change(services, tenant, services.ids.new(), Changes(risk=1))
    other, _ = await services.tenancy.ensure_tenant("other", "Another Exchange", ())
    assert await facts_of(services, other, customer_id) is None


@given(st.sets(st.sampled_from(sorted(EVERYTHING.named()))))
def test_a_change_names_what_it_says_and_nothing_else(names):
    changes = Changes(**{name: getattr(EVERYTHING, name) for name in names})
    assert set(changes.named()) == names
    assert all(getattr(changes, name) is UNCHANGED for name in EVERYTHING.named().keys() - names)
