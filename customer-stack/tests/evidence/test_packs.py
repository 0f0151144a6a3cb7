"""Packs as staff ask for them, the worker makes them, and an auditor checks them."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import pytest_asyncio

from customer_stack import evidence_commands
from customer_stack.evidence.service import making as making_module
from customer_stack.working_days.domain import COLOMBO
from shared.audit import AuditRecord, append
from shared.audit.checkpoints import write_note
from shared.audit.store import load_checkpoint
from shared.evidence import verify_pack
from shared.evidence.proving import Proving
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, Movement, Posting, Transfer

from .conftest import LOG, ORIGIN, WITNESS


@pytest.fixture
def today(services):
    return services.clock.now().astimezone(COLOMBO).date().isoformat()


@pytest_asyncio.fixture
async def busy(services, tenant, active_customer):
    """Somebody with three entries, of which the audit names the transfers; and somebody else."""
    customer_id, _ = await active_customer()
    other_id, _ = await active_customer()
    for book_id, amount in (
        (customer_id, 700_00),
        (other_id, 9_00),
        (customer_id, 55_00),
        (customer_id, 1_00),
    ):
        now = services.clock.now()
        posting = Posting(LKR, "collection", "wallet", amount, "inflow")
        transfer = Transfer(uuid4(), uuid4(), tenant.id, book_id, "pay_in", now, (posting,))
        async with services.database.transaction(tenant.id) as tx:
            await ledger.post(tx, Movement(transfers=(transfer,)))
            record = AuditRecord(tenant.id, "ledger.posted", {"transfer": transfer.id}, now, "system")
            await append(tx, [record])
    return customer_id


@pytest.fixture
def desk(client):
    """Asks for packs and fetches them as somebody."""

    class Desk:
        async def ask(self, headers, scope, scope_id, day, **more):
            body = {"scope": scope, "scope_id": scope_id and str(scope_id), "from": day, "to": day} | more
            return await client.post("/staff/evidence/packs", json=body, headers=headers)

        async def made(self, making, headers, *wanted, **more):
            answer = await self.ask(headers, *wanted, **more)
            assert answer.status_code == 202, answer.text
            assert await making.make_due() == 1
            pack_id = answer.json()["pack_id"]
            shown = (await client.get(f"/staff/evidence/packs/{pack_id}", headers=headers)).json()
            content = await client.get(f"/staff/evidence/packs/{pack_id}/content", headers=headers)
            assert content.status_code == 200, content.text
            return shown, content.content

    return Desk()


def rows_of(pack, name):
    files = verify_pack.read_container(pack)
    return [json.loads(line) for line in files[f"data/{name}.jsonl"].splitlines()]


async def test_a_pack_of_a_customer_is_made_leaves_and_proves_itself(
    client, services, tenant, making, desk, staff, busy, today
):
    auditor = await staff("auditor")
    shown, pack = await desk.made(making, auditor, "customer", busy, today)
    manifest, report = verify_pack.verify(pack, [LOG.verifier.text()])
    assert (shown["state"], shown["made"]["is_witnessed"]) == ("ready", False)
    assert shown["made"]["sha256"] == verify_pack.hashlib.sha256(pack).hexdigest()
    assert manifest["scope"] == {"kind": "customer", "id": str(busy)}
    entries = [row for row in rows_of(pack, "ledger_entries") if row["account"] == "wallet"]
    assert [row["balance_after"] for row in entries] == [700_00, 755_00, 756_00]
    assert {row["book_id"] for row in entries} == {str(busy)}
    said = " ".join(report.proven)
    assert "3 of 3 rows of data/ledger_entries.jsonl are named by a proven record" in said
    assert any("no witness" in each for each in report.open)
    assert b"Nimal" not in pack
    assert b"@example.lk" not in pack
    assert verify_pack.read_container(pack)["summary.pdf"].startswith(b"%PDF-")
    [line] = (await client.get(f"/staff/exports?sha256={shown['made']['sha256']}", headers=auditor)).json()[
        "items"
    ]
    assert (line["kind"], line["row_count"], line["format"]) == (
        "evidence.pack", shown["made"]["row_count"], "zip",
    )  # fmt: skip
    async with services.database.transaction(tenant.id) as tx:
        kinds = await tx.fetch("SELECT kind FROM audit_record WHERE kind LIKE 'evidence.%' ORDER BY id")
    assert {each["kind"] for each in kinds} == {
        "evidence.pack_asked", "evidence.pack_sealed", "evidence.pack_made",
    }  # fmt: skip


async def test_a_witness_that_cosigns_is_in_the_pack(services, sealing, desk, staff, busy, today):
    async def cosigned(tx, size):
        found = await load_checkpoint(tx, at_least=size)
        if found is None:
            return None
        checkpoint = found.checkpoint(ORIGIN)
        lines = [found.line(ORIGIN), WITNESS.cosign(checkpoint, datetime(2026, 11, 28, tzinfo=UTC))]
        return checkpoint, write_note(checkpoint, lines)

    proving = Proving(ORIGIN, (LOG.verifier, WITNESS.verifier), cosigned)
    making = services.evidence.build_making(proving)
    shown, pack = await desk.made(making, await staff("auditor"), "account", busy, today)
    _, report = verify_pack.verify(pack, [LOG.verifier.text(), WITNESS.verifier.text()])
    assert shown["made"]["is_witnessed"]
    assert any(f"cosigned at 2026-11-28T00:00:00Z by {WITNESS.name}" in each for each in report.proven)


async def test_personal_data_needs_the_permission_and_is_disclosed(
    client, services, making, desk, staff, busy, today, customer_database
):
    auditor, approver = await staff("auditor"), await staff("compliance_approver")
    refused = await desk.ask(auditor, "customer", busy, today, personal_data=True)
    assert refused.json()["code"] == "evidence.personal_not_allowed"
    refused = await desk.ask(approver, "period", None, today, personal_data=True)
    assert refused.json()["code"] == "evidence.personal_not_allowed"
    shown, pack = await desk.made(making, approver, "customer", busy, today, personal_data=True)
    verify_pack.verify(pack)
    assert [row["full_name"] for row in rows_of(pack, "people")] == ["Nimal Perera"]
    path = f"/staff/evidence/packs/{shown['pack_id']}"
    for route in ("", "/content", "/deliveries"):
        assert (await client.get(path + route, headers=auditor)).json()["code"] == "evidence.not_found"
    looks = await client.get(f"/staff/privacy/customers/{busy}/disclosures", headers=auditor)
    assert [each["kind"] for each in looks.json()["items"]] == ["evidence.pack"]
    owner = await customer_database.connect("owner")
    sealed = b"".join(row["sealed"] for row in await owner.fetch("SELECT sealed FROM evidence_part"))
    assert len(sealed) > len(pack)
    assert b"Nimal" not in sealed
    assert b"manifest.json" not in sealed


async def test_a_period_has_every_record_but_none_that_tells_of_a_suspicion(
    services, tenant, making, desk, staff, busy, today
):
    now = services.clock.now()
    async with services.database.transaction(tenant.id) as tx:
        await append(tx, [AuditRecord(tenant.id, "filings.step_taken", {"code": "STR"}, now, "system")])
        body = {"kind": "filings.suspicion_file"}
        await append(tx, [AuditRecord(tenant.id, "exports.left", body, now, "system")])
    proofs = {}
    for role in ("auditor", "compliance_approver"):
        shown, pack = await desk.made(making, await staff(role), "period", None, today)
        verify_pack.verify(pack)
        proofs[role] = verify_pack.read_container(pack)["proofs/records.jsonl"]
        assert shown["made"]["record_count"] == proofs[role].count(b"\n") > 10
    for word in (b'"filings.step_taken"', b'"filings.suspicion_file"'):
        assert word in proofs["compliance_approver"]
        assert word not in proofs["auditor"]


async def test_a_pack_that_is_cancelled_leaves_nothing_but_its_line(
    client, making, desk, staff, busy, today, customer_database, monkeypatch
):
    auditor = await staff("auditor")
    asked = (await desk.ask(auditor, "customer", busy, today)).json()
    path = f"/staff/evidence/packs/{asked['pack_id']}"
    assert (await client.get(f"{path}/content", headers=auditor)).json()[
        "code"
    ] == "evidence.not_in_this_state"
    monkeypatch.setattr(making_module, "PART_BYTES", 1_000)
    draw = making_module.draw_summary

    async def cancel_meanwhile(summary):
        answer = await client.post(f"{path}/cancellation", headers=auditor)
        assert answer.json()["state"] == "cancelled"
        return await draw(summary)

    monkeypatch.setattr(making_module, "draw_summary", cancel_meanwhile)
    assert await making.make_due() == 1
    owner = await customer_database.connect("owner")
    assert await owner.fetchval("SELECT count(*) FROM evidence_part") == 0
    assert await owner.fetchval("SELECT count(*) FROM evidence_made") == 0
    again = await client.post(f"{path}/cancellation", headers=auditor)
    assert again.json()["code"] == "evidence.not_in_this_state"
    assert await making.make_due() == 0


async def test_a_pack_is_tried_again_after_a_fault_and_given_up_in_the_end(
    client, services, making, desk, staff, busy, today, monkeypatch
):
    auditor = await staff("auditor")
    asked = (await desk.ask(auditor, "customer", busy, today)).json()
    monkeypatch.setattr(making_module, "LEASE", timedelta(0))
    monkeypatch.setattr(making_module, "ATTEMPTS", 2)

    async def break_down(summary):
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(making_module, "draw_summary", break_down)
        assert await making.make_due() == 1
        assert await making.make_due() == 1
    shown = (await client.get(f"/staff/evidence/packs/{asked['pack_id']}", headers=auditor)).json()
    assert (shown["state"], shown["made"]) == ("failed", None)
    assert await making.make_due() == 0
    monkeypatch.setattr("shared.evidence.writing.SIZE_LIMIT_BYTES", 100)
    large = (await desk.ask(auditor, "customer", busy, today)).json()
    assert await making.make_due() == 1
    listed = (await client.get("/staff/evidence/packs", headers=auditor)).json()["items"]
    assert [(each["pack_id"], each["state"]) for each in listed] == [
        (large["pack_id"], "failed"), (asked["pack_id"], "failed"),
    ]  # fmt: skip


async def test_a_pack_that_takes_its_worker_with_it_is_given_up_too(
    client, making, desk, staff, busy, today, monkeypatch
):
    auditor = await staff("auditor")
    asked = (await desk.ask(auditor, "customer", busy, today)).json()
    monkeypatch.setattr(making_module, "LEASE", timedelta(0))
    monkeypatch.setattr(making_module, "ATTEMPTS", 1)

    async def die(summary):
        raise asyncio.CancelledError

    monkeypatch.setattr(making_module, "draw_summary", die)
    with pytest.raises(asyncio.CancelledError):
        await making.make_due()
    assert await making.make_due() == 1
    shown = (await client.get(f"/staff/evidence/packs/{asked['pack_id']}", headers=auditor)).json()
    assert (shown["state"], shown["made"]) == ("failed", None)


async def test_a_delivery_is_recorded_after_the_fact(client, services, making, desk, staff, busy, today):
    auditor, approver = await staff("auditor"), await staff("compliance_approver")
    shown, _ = await desk.made(making, approver, "customer", busy, today)
    path = f"/staff/evidence/packs/{shown['pack_id']}/deliveries"
    body = {
        "recipient": "Financial Intelligence Unit", "channel": "portal", "reference": "FIU/2026/118",
        "delivered_at": services.clock.now().isoformat(),
    }  # fmt: skip
    assert (await client.post(path, json=body, headers=auditor)).status_code == 403
    made = await client.post(path, json=body, headers=approver)
    assert made.status_code == 201, made.text
    early = body | {"delivered_at": "2020-01-01T00:00:00Z"}
    assert (await client.post(path, json=early, headers=approver)).json()[
        "code"
    ] == "evidence.delivery_unusable"
    listed = (await client.get(path, headers=approver)).json()["items"]
    assert [(each["recipient"], each["channel"]) for each in listed] == [(body["recipient"], "portal")]


async def test_what_cannot_be_asked_for_is_refused(desk, staff, busy, today, active_customer):
    auditor = await staff("auditor")
    for wanted, code in (
        (("customer", uuid4(), today), "evidence.scope_unknown"),
        (("period", busy, today), "evidence.scope_unknown"),
        (("customer", None, today), "evidence.scope_unknown"),
        (("customer", busy, "2199-01-01"), "evidence.time_unusable"),
    ):
        assert (await desk.ask(auditor, *wanted)).json()["code"] == code
    assert (await desk.ask(await staff("treasurer"), "customer", busy, today)).status_code == 403


async def test_the_operator_makes_a_pack_at_the_machine(services, tenant, making, busy, today, tmp_path):
    """What the command does after its settings: ask, wait for the worker, write the file."""
    out = tmp_path / "pack.zip"
    day = datetime.fromisoformat(today)
    asked = asyncio.create_task(
        evidence_commands._make(services.evidence, tenant.id, f"customer:{busy}", day, day, out, False)
    )
    while not await making.make_due():  # noqa: ASYNC110 - the worker's own way to wait
        await asyncio.sleep(0)
    made = await asked
    _, report = verify_pack.verify(out.read_bytes(), [LOG.verifier.text()])
    assert made["sha256"] == verify_pack.hashlib.sha256(out.read_bytes()).hexdigest()
    assert any(str(made["records"]) in each for each in report.proven)
    [listed] = await evidence_commands._list(services.evidence, tenant.id)
    assert (listed["pack_id"], listed["asked_by"]) == (made["pack"], "system")
    with pytest.raises(evidence_commands.CommandRefused):
        await evidence_commands._make(services.evidence, tenant.id, "planet:1", day, day, out, False)
