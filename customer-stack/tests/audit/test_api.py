"""Proofs over HTTP, for those who may; and acts whose answer waits for the seal."""

import asyncio
import json
from dataclasses import replace
from functools import partial

import httpx
import pytest

from customer_stack.application import build_application
from customer_stack.edge.sealed_answers import ACT, SealedAnswers
from shared import audit
from shared.audit import AuditRecord, documents
from shared.audit.checkpoints import Signer
from shared.audit.keys import origin_of
from shared.audit.sealer import Sealer
from shared.audit.store import current_transaction, wait_all_sealed
from shared.database import Database

SIGNER = Signer.generate(origin_of("sandbox", "customer"))


@pytest.fixture
async def turn(customer_database):
    """Return a function that seals all that stands."""
    database = await Database.connect(customer_database.dsn("sealer"), name="test-sealer", pool_size=1)

    async def do():
        async with database.session() as session:
            await Sealer("unused", SIGNER).take_turn(session)

    yield do
    await database.close()


async def record(services, tenant_id, kind="wager.placed", body=None):
    """Write a record; return its transaction and id."""
    made = AuditRecord(tenant_id, kind, body or {"n": 1}, services.clock.now(), "system")
    async with services.database.transaction(tenant_id) as tx:
        await audit.append(tx, [made])
        return await current_transaction(tx), await tx.fetch_value("SELECT max(id) FROM audit_record")


async def test_an_auditor_takes_away_a_proof_that_holds_by_itself(client, services, tenant, staff, turn):
    auditor, treasurer = await staff("auditor"), await staff("treasurer")
    transaction, record_id = await record(services, tenant.id)
    path = f"/staff/audit/records/{transaction}/{record_id}/proof"
    assert (await client.get(path, headers=auditor)).json()["code"] == "audit.nothing_sealed"
    await turn()
    proof = await client.get(path, headers=auditor)
    found = documents.check(proof.text, [SIGNER.verifier])
    assert found["holds"], proof.text
    shown = (await client.get("/staff/audit/checkpoint", headers=auditor)).json()
    assert shown["note"] == proof.json()["checkpoint"]
    assert shown["size"] == found["size"]
    assert (await client.get(path, headers=treasurer)).json()["code"] == "access.permission_missing"
    other, _ = await services.tenancy.ensure_tenant("other", "Other House", ())
    foreign = await record(services, other.id)
    answer = await client.get(f"/staff/audit/records/{foreign[0]}/{foreign[1]}/proof", headers=auditor)
    assert (answer.status_code, answer.json()["code"]) == (409, "audit.not_provable")
    assert json.loads(proof.text)["records"][0]["kind"] == "wager.placed"


async def test_a_proof_tells_of_no_suspicion_and_is_itself_recorded(client, services, tenant, staff, turn):
    auditor, officer = await staff("auditor"), await staff("compliance_approver")
    hidden = [
        await record(services, tenant.id, "filings.suspicion_opened"),
        await record(services, tenant.id, "cases.linked", {"kinds": ["filing"]}),
        await record(services, tenant.id, "exports.left", {"kind": "filings.suspicion_file"}),
    ]
    await turn()
    late = await record(services, tenant.id, "filings.suspicion_opened")

    def path(place):
        return f"/staff/audit/records/{place[0]}/{place[1]}/proof"

    for place in [*hidden, late, (hidden[0][0], 2**40)]:
        answer = (await client.get(path(place), headers=auditor)).json()
        assert answer["code"] == "audit.not_provable"
        assert "is not there" in str(answer), "neither what it is, nor that it is"
    assert (await client.get(path(hidden[0]), headers=officer)).status_code == 200
    async with services.database.transaction(tenant.id) as tx:
        taken = await tx.fetch("SELECT body FROM audit_record WHERE kind = 'audit.proof_taken'")
    assert [json.loads(each["body"])["data"]["record"] for each in taken] == [
        f"{hidden[0][0]}-{hidden[0][1]}"
    ]


def test_the_application_waits_for_the_acts_that_its_settings_name(services):
    acts = frozenset({"tenant.settlement.release"})
    settings = services.settings.model_copy(update={"wait_sealed_for": acts})
    application = build_application(replace(services, settings=settings))
    layers = [each for each in application.user_middleware if each.cls is SealedAnswers]
    assert [each.kwargs["acts"] for each in layers] == [acts]


async def test_an_act_of_high_value_is_answered_once_it_is_sealed(services, tenant, turn):
    async def release(scope, receive, send):
        await record(services, tenant.id)
        scope[ACT] = tenant.id, "tenant.settlement.release"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"released"})

    async def ask(acts, timeout_seconds=5.0):
        wait = partial(wait_all_sealed, services.database, timeout_seconds=timeout_seconds)
        transport = httpx.ASGITransport(app=SealedAnswers(release, wait, acts))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.post("/")

    assert (await ask({"tenant.other"})).text == "released"
    late = await ask({"tenant.settlement.release"}, timeout_seconds=0.05)
    assert (late.status_code, late.json()["code"]) == (503, "audit.not_sealed_in_time")
    asked = asyncio.create_task(ask({"tenant.settlement.release"}))
    while not asked.done():
        await turn()
        await asyncio.sleep(0)
    assert asked.result().text == "released"
