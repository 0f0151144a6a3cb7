"""Timelines over HTTP: everything that names an id, in order, for those who may see it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest_asyncio

from customer_stack.access.domain import StaffMember
from shared.audit import AuditRecord, append
from shared.audit.checkpoints import Signer
from shared.audit.sealer import Pace, Sealer
from shared.database import Database


@pytest_asyncio.fixture
async def follow(customer_database, services):
    """Return what seals the audit and notes what it names, like the worker."""
    signer = Signer("bulkhead/test/customer", bytes(32))
    database = await Database.connect(customer_database.dsn("sealer"), name="sealer", pool_size=1)

    async def do():
        async with database.session() as session:
            while await Sealer("unused", signer, Pace()).take_turn(session):
                pass
        while await services.timelines.follow():
            pass

    yield do
    await database.close()


async def record(services, tenant, actor, kind, body):
    async with services.database.transaction(tenant.id) as tx:
        await append(tx, [AuditRecord(tenant.id, kind, body, services.clock.now(), actor)])


async def test_a_customer_s_and_an_officer_s_timeline_tell_the_same_act(
    client, services, tenant, active_customer, staff, follow
):
    customer_id, _ = await active_customer()
    officer, auditor = await staff("compliance"), await staff("auditor")
    place = {"kind": "debit_only", "cause": "staff", "reason": "suspected_fraud", "text": "Three cards"}
    placed = await client.post(f"/staff/customers/{customer_id}/restrictions", json=place, headers=officer)
    assert placed.status_code == 201
    path = f"/staff/timelines/{customer_id}"
    assert (await client.get(path, headers=auditor)).json()["items"] == []
    await follow()
    await follow()
    told = (await client.get(path, params={"family": "compliance"}, headers=auditor)).json()["items"]
    (restricted,) = [each for each in told if each["kind"] == "restrictions.placed"]
    assert {each["kind"].split(".")[0] for each in told} >= {"customers", "restrictions"}
    assert "Three cards" not in str(told)
    officer_id = restricted["actor"].removeprefix("staff:")
    own = (await client.get(f"/staff/timelines/{officer_id}?family=staff", headers=auditor)).json()["items"]
    assert restricted["record"] in [each["record"] for each in own]
    assert all(each["actor"] == f"staff:{officer_id}" for each in own)
    await follow()
    looks = (await client.get(f"/staff/timelines/{customer_id}", headers=officer)).json()["items"]
    assert looks[0]["kind"] == "timelines.read", "who looked is told too"
    today = (services.clock.now() + timedelta(hours=5, minutes=30)).date()
    report = await client.get(f"/staff/timelines/compliance?from={today}&to={today}", headers=auditor)
    assert report.json()["totals"]["restrictions.placed"] == 1
    unknown = await client.get(f"/staff/timelines/{uuid4()}/life-cycle", headers=auditor)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "timelines.subject_unknown")
    denied = await client.get(path, headers=await staff("treasurer"))
    assert denied.json()["code"] == "access.permission_missing"


async def test_pages_hold_every_record_once_and_a_shared_record_shows_its_own_part(
    client, services, tenant, staff, follow
):
    auditor, subject, other = await staff("auditor"), uuid4(), uuid4()
    for number in range(7):
        rows = [[number, str(subject), "filled"], [number, str(other), "filled"]]
        await record(services, tenant, "system", "wagers.filled", {"fills": rows})
    await record(services, tenant, "system", "filings.suspicion_opened", {"customer_id": subject})
    await follow()
    path, seen = f"/staff/timelines/{subject}?limit=3", []
    cursor = ""
    while cursor is not None:
        page = (await client.get(f"{path}{cursor and '&cursor='}{cursor}", headers=auditor)).json()
        seen += page["items"]
        cursor = page["next_cursor"]
    own = [[[number, str(subject), "filled"]] for number in range(6, -1, -1)]
    assert [each["data"]["fills"] for each in seen] == own
    assert len({each["record"] for each in seen}) == 7
    old = datetime(2020, 1, 1, tzinfo=UTC).isoformat().replace("+00:00", "Z")
    assert (await client.get(f"{path}&to={old}", headers=auditor)).json()["items"] == []
    odd = await client.get(f"{path}&cursor=x", headers=auditor)
    assert (odd.status_code, odd.json()["code"]) == (400, "timelines.scope_unusable")


async def test_no_record_tells_of_a_suspicion_to_who_may_not_know(client, services, tenant, staff, follow):
    auditor, officer = await staff("auditor"), await staff("compliance_approver")
    case, report = uuid4(), uuid4()
    told = [
        ("cases.linked", {"case_id": case, "kinds": ["filing"]}),
        ("exports.left", {"kind": "filings.suspicion_file", "scope": f"report:{report}", "of": case}),
        ("filings.suspicion_opened", {"case_id": case}),
    ]
    await record(services, tenant, "system", "cases.opened", {"case_id": case})
    for kind, body in told:
        await record(services, tenant, "system", kind, body)
    await follow()

    async def seen(headers):
        items = (await client.get(f"/staff/timelines/{case}", headers=headers)).json()["items"]
        return {each["kind"] for each in items} - {"timelines.read"}

    assert await seen(auditor) == {"cases.opened"}
    assert await seen(officer) == {"cases.opened"} | {kind for kind, _ in told}
    today = (services.clock.now() + timedelta(hours=5, minutes=30)).date()
    path = f"/staff/timelines/compliance?from={today}&to={today}"
    totals = (await client.get(path, headers=auditor)).json()["totals"]
    assert not {"cases.linked", "filings.suspicion_opened"} & set(totals)
    assert (await client.get(path, headers=officer)).json()["totals"]["cases.linked"] == 1
    async with services.database.transaction(tenant.id) as tx:
        looks = await tx.fetch_value("SELECT count(*) FROM audit_record WHERE kind = 'timelines.report_read'")
    assert looks == 2


async def test_who_works_for_one_department_sees_nothing_of_the_whole_tenant(
    client, services, tenant, staff, monkeypatch
):
    (root, *_) = await services.tenancy.list_departments(tenant.id)

    def bound(*values, **named):
        return replace(StaffMember(*values, **named), department_id=root.id)

    monkeypatch.setattr("customer_stack.access.service.StaffMember", bound)
    headers = await staff("auditor")
    for path in (
        f"timelines/{uuid4()}",
        f"timelines/{uuid4()}/life-cycle",
        "timelines/compliance?from=2026-11-01&to=2026-11-02",
        "audit/records/1/1/proof",
        "audit/checkpoint",
        "exports",
    ):
        answer = await client.get(f"/staff/{path}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "access.department_out_of_reach"), path
