"""Countries behind the edge, the table as a file, policies on PostgreSQL and over HTTP."""

import time
from ipaddress import ip_network

import asyncpg
import httpx
import pytest
from fastapi import APIRouter
from pydantic import ValidationError

from customer_stack.edge.application import create_app
from customer_stack.edge.origin import RequestCountry
from customer_stack.geography.countries import Countries
from customer_stack.geography.domain.addresses import Trusted
from customer_stack.geography.domain.policies import Mode, Policy
from customer_stack.geography.errors import TableInvalid
from customer_stack.geography.service import load_policies
from customer_stack.settings import Settings
from customer_stack.wiring.standing import SANDBOX_TABLE

GOOD = "203.0.113.0,203.0.113.255,LK\n2001:db8::,2001:db8::ffff,IN\n"


@pytest.fixture
def table(tmp_path):
    file = tmp_path / "countries.csv"
    file.write_text(GOOD)
    return file


def write(file, text):
    """Replace a table as an operator does: whole, under its name, later than before."""
    file.with_suffix(".new").write_text(text)
    file.with_suffix(".new").replace(file)


async def test_another_table_counts_when_its_file_changes_and_a_bad_one_never(table):
    countries = Countries(table, Trusted()).load()
    assert countries.find("203.0.113.7", []) == "LK"
    assert not await countries.refresh()
    for bad in ("", "garbage", "203.0.113.0,203.0.113.255,L\u00c9\n", "9.9.9.9,1.1.1.1,US"):
        write(table, bad)
        assert not await countries.refresh()
        assert countries.find("203.0.113.7", []) == "LK"
    table.unlink()
    assert not await countries.refresh()
    write(table, "203.0.113.0,203.0.113.255,SG\n")
    assert await countries.refresh()
    assert countries.find("203.0.113.7", []) == "SG"


def test_a_process_does_not_start_with_a_bad_table(table):
    table.write_text("nonsense")
    with pytest.raises(TableInvalid, match="CUSTOMER_COUNTRY_TABLE_FILE cannot be used: line 1: start"):
        Countries(table, Trusted()).load()
    table.unlink()
    with pytest.raises(TableInvalid, match="cannot be used: No such file"):
        Countries(table, Trusted()).load()


def test_the_sandbox_lives_in_sri_lanka():
    countries = Countries(SANDBOX_TABLE, Trusted()).load()
    for peer in ("127.0.0.1", "::1", "10.0.0.7", "192.168.1.1", "::ffff:127.0.0.1", "fe80::1%eth0"):
        assert countries.find(peer, []) == "LK"
    assert countries.find("8.8.8.8", []) is None
    assert countries.find(None, []) is None


def test_a_long_header_is_not_remembered(table):
    countries = Countries(table, Trusted((ip_network("127.0.0.0/8"),))).load()
    long = ["1.1.1.1, " * 1000 + "203.0.113.7"]
    assert countries.find("127.0.0.1", long) == "LK"
    assert countries._remembered.cache_info().currsize == 0
    assert countries.find("127.0.0.1", ["203.0.113.7"]) == "LK"
    assert countries._remembered.cache_info().currsize == 1


def test_finding_costs_microseconds_at_the_size_of_the_world(tmp_path):
    file = tmp_path / "world.csv"
    file.write_text(
        "".join(f"{i >> 8 & 255}.{i & 255}.0.0,{i >> 8 & 255}.{i & 255}.0.255,LK\n" for i in range(65_536))
    )
    table = Countries(file, Trusted()).load()._table
    began = time.perf_counter_ns()
    for number in range(0, 2**32, 2**32 // 20_000):
        table.find((4, number))
    assert (time.perf_counter_ns() - began) / 20_000 < 20_000, "nanoseconds for one; a few hundred are usual"


@pytest.mark.parametrize("peer", ["127.0.0.1", "203.0.113.9"])
async def test_routes_get_the_country_that_the_proxy_saw_and_not_what_the_client_says(services, table, peer):
    router = APIRouter()

    @router.get("/where")
    async def where(country: RequestCountry) -> str | None:
        return country

    countries = Countries(table, Trusted((ip_network("127.0.0.0/8"),))).load()
    app = create_app(
        [router],
        customer_sessions=services.sessions,
        staff_sessions=services.access,
        ids=services.ids,
        show_documentation=False,
        origins=countries,
    )
    transport = httpx.ASGITransport(app=app, client=(peer, 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        spoofed = await client.get("/where", headers={"X-Forwarded-For": "2001:db8::1, 203.0.113.7"})
    assert spoofed.json() == "LK"


def test_production_names_a_table_and_a_name_is_a_file(settings, table):
    whole = settings.model_dump()
    refused = Settings.model_validate(whole | {"environment": "production"}).production_problems()
    assert "production.country_table_missing" in {each.code for each in refused}
    with pytest.raises(ValidationError, match="names no file"):
        Settings.model_validate(whole | {"country_table_file": table.with_name("none")})
    assert Settings.model_validate(whole | {"country_table_file": table}).country_table_file == table


def test_trusted_proxies_come_from_the_environment(settings, monkeypatch):
    for name, value in settings.model_dump(
        exclude_none=True, exclude={"trusted_proxies", "screening_lists", "wait_sealed_for"}
    ).items():
        text = value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)
        monkeypatch.setenv(f"CUSTOMER_{name.upper()}", text)
    monkeypatch.setenv("CUSTOMER_TRUSTED_PROXIES", '["10.0.0.0/8", "2001:db8::/32"]')
    assert Settings().trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("2001:db8::/32"))
    monkeypatch.setenv("CUSTOMER_TRUSTED_PROXIES", '["10.0.0.1/8"]')
    with pytest.raises(ValidationError):
        Settings()


async def counting(services, tenant):
    async with services.database.transaction(tenant.id) as tx:
        return (await load_policies(tx, [tenant.id])).get(tenant.id)


async def test_a_policy_counts_after_another_person_approved_it(client, services, tenant, staff):
    officer, approver, auditor = [await staff(r) for r in ("compliance", "compliance_approver", "auditor")]
    path, body = "/staff/geography/policies", {"mode": "allow", "countries": ["LK", "IN"]}
    assert (await client.post(path, json=body, headers=auditor)).status_code == 403
    empty = await client.post(path, json=body | {"countries": []}, headers=officer)
    assert empty.json()["code"] == "geography.policy_invalid"
    first = (await client.post(path, json=body, headers=officer)).json()
    assert (first["version"], first["state"], await counting(services, tenant)) == (1, "proposed", None)
    alone = await client.post(f"{path}/{first['policy_id']}/approval", headers=officer)
    assert alone.json()["code"] == "access.permission_missing"
    done = await client.post(f"{path}/{first['policy_id']}/approval", headers=approver)
    assert (done.status_code, done.json()["state"]) == (200, "approved"), done.text
    wanted = Policy(1, Mode.ALLOW, frozenset({"LK", "IN"}), allows_unknown=False)
    assert await counting(services, tenant) == wanted
    again = await client.post(f"{path}/{first['policy_id']}/rejection", headers=approver)
    assert again.json()["code"] == "geography.policy_decided"
    second, third = [
        (await client.post(path, json={"mode": "block", "countries": [each]}, headers=officer)).json()
        for each in ("KP", "IR")
    ]
    await client.post(f"{path}/{second['policy_id']}/rejection", headers=approver)
    assert await counting(services, tenant) == wanted
    await client.post(f"{path}/{third['policy_id']}/approval", headers=approver)
    assert (await counting(services, tenant)).countries == {"IR"}
    page = (await client.get(f"{path}?limit=2", headers=auditor)).json()
    rest = (await client.get(f"{path}?limit=2&cursor={page['next_cursor']}", headers=auditor)).json()
    states = [(each["version"], each["state"]) for each in page["items"] + rest["items"]]
    assert states == [(3, "approved"), (2, "rejected"), (1, "approved")]


async def test_the_database_lets_nobody_approve_their_own(services, tenant, client, staff):
    officer = await staff("compliance")
    await client.post(
        "/staff/geography/policies", json={"mode": "block", "countries": ["KP"]}, headers=officer
    )
    with pytest.raises(asyncpg.CheckViolationError) as caught:
        async with services.database.transaction(tenant.id) as tx:
            await tx.execute(
                "INSERT INTO geography_decision "
                "SELECT tenant_id, id, 'approved', proposed_by, proposed_by, now() FROM geography_policy"
            )
    assert caught.value.constraint_name == "geography_decision_two_people"


async def test_another_tenant_s_policy_is_nobody_else_s(services, tenant, client, staff):
    other, _ = await services.tenancy.ensure_tenant("other", "Another Exchange", ())
    officer, approver = await staff("compliance"), await staff("compliance_approver")
    path = "/staff/geography/policies"
    made = (await client.post(path, json={"mode": "block", "countries": ["KP"]}, headers=officer)).json()
    await client.post(f"{path}/{made['policy_id']}/approval", headers=approver)
    assert await counting(services, other) is None
    assert await counting(services, tenant) is not None
