"""A pack of a window proves itself with Python alone, leaves nothing out, and is registered."""

import asyncio
import hashlib
import json
import random
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from execution_stack import evidence_commands
from execution_stack.cli import app
from execution_stack.evidence.errors import CommitmentMissing, WindowInFlight, WindowUnknown
from execution_stack.exchange.domain import Action, Side
from execution_stack.operators.errors import KeyUnknown
from execution_stack.operators.service import Signed, is_by, message
from shared.evidence import verify_pack
from shared.evidence.writing import load_verifier
from shared.ids import HOUSE_TENANT
from shared.operations.system_key import SystemKey

from .conftest import LOG, WITNESS, cosign

GUIDE = Path(__file__).parents[3] / "docs/guides/auditor.md"
KEYS = [LOG.verifier.text(), WITNESS.verifier.text()]


@pytest.fixture
async def window_id(world, offer):
    """A window of two tenants' accounts, filled in part, at fees above the caps; a part makes pairs."""
    offer(300, 5600, 1_000)
    await world.submit("D", 300, side=Side.NO, limit=4500)
    await world.run_windows()
    offer(1012, 5600, 9_000_000)
    await world.submit("A", 1000)
    await world.submit("C", 400)
    await world.run_windows()
    return await world.value("SELECT id FROM aggregation_window WHERE side = 'yes'")


def rows_of(pack, name):
    content = verify_pack.read_container(pack)[f"data/{name}.jsonl"]
    return [json.loads(line) for line in content.splitlines()]


async def test_a_pack_proves_itself_in_an_empty_folder(world, window_id, make, tmp_path):
    made, pack = await make(window_id)
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "pack.zip").write_bytes(pack)
    (folder / "verify_pack.py").write_bytes(verify_pack.read_container(pack)["verify_pack.py"])
    command = [sys.executable, "-I", "-S", "verify_pack.py", "pack.zip"]
    command += [word for key in KEYS for word in ("--key", key)]
    shown = await asyncio.to_thread(
        subprocess.run, command, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert shown.returncode == 0, shown.stdout
    assert f"of window {window_id}" in shown.stdout
    assert f"cosigned at 2026-11-28T00:00:00Z by {WITNESS.name}" in shown.stdout
    assert "1 of 1 rows of data/window.jsonl are named by a proven record" in shown.stdout
    assert "1 of 1 rows of data/orders.jsonl are named by a proven record" in shown.stdout
    assert made.is_witnessed
    files = verify_pack.read_container(pack)
    assert files["verify_pack.py"] == load_verifier()
    manifest = await world.value("SELECT manifest FROM aggregation_window WHERE id = $1", window_id)
    assert files["window_manifest.bin"] == manifest
    records = [json.loads(line) for line in files["proofs/records.jsonl"].splitlines()]
    kinds = {each["kind"] for each in records}
    assert {"aggregation.window_committed", "aggregation.order_ended", "books.fee_excess"} <= kinds
    [committed] = [each for each in records if each["kind"] == "aggregation.window_committed"]
    assert committed["body"]["data"]["manifest"] == hashlib.sha256(manifest).hexdigest()


async def test_a_pack_has_all_that_the_window_was_and_did(world, window_id, make):
    _, pack = await make(window_id)
    [window] = rows_of(pack, "window")
    [order] = rows_of(pack, "orders")
    assert (window["ticker"], window["quantity"]) == ("KX-1", 1400)
    assert (order["state"], order["filled"], order["attempts"]) == ("partial", 1012, 1)
    assert order["exchange_order_id"]
    intents = rows_of(pack, "intents")
    assert [each["quantity"] for each in intents] == [1000, 400]
    assert len({each["tenant_id"] for each in intents}) == 2
    told = [each for each in rows_of(pack, "reports") if each["kind"] == "fill_share"]
    shares = {each["intent_id"]: each for each in rows_of(pack, "shares")}
    for each in told:
        share = shares[each["intent_id"]]
        assert (each["quantity"], each["amount"], each["fee"]) == (
            share["quantity"],
            share["cost"],
            share["fee"],
        )
    assert sum(each["quantity"] for each in rows_of(pack, "fills")) == 1012
    posted = await world.fetch(
        "SELECT p.transfer_id, p.book_id, p.amount FROM ledger_posting p JOIN ledger_transfer t "
        "ON t.id = p.transfer_id AND t.book_id = p.book_id WHERE t.movement_id = $1",
        UUID(order["order_id"]),
    )
    shown = [
        (each["transfer_id"], each["book_id"], each["amount"]) for each in rows_of(pack, "ledger_postings")
    ]
    assert sorted(shown) == sorted((str(transfer), str(book), amount) for transfer, book, amount in posted)
    kinds = {each["kind"] for each in rows_of(pack, "ledger_postings")}
    assert kinds == {"buy_fill", "fill_fee", "fee_excess", "pairing"}
    [found] = rows_of(pack, "breaks")
    assert (found["kind"], found["subject"]) == ("fee_excess", order["order_id"])
    summary = verify_pack.read_container(pack)["summary.txt"].decode()
    assert "replay     agrees" in summary


async def test_what_the_auditors_guide_has_them_look_at_is_there(window_id, make, tmp_path):
    _, pack = await make(window_id)
    (tmp_path / "window.zip").write_bytes(pack)
    lines = GUIDE.read_text().partition("## Seven")[2].splitlines()
    calls = [line.removeprefix("    python3 ") for line in lines if line.startswith("    python3 -c")]
    said = []
    for call in calls:
        run = await asyncio.create_subprocess_exec(
            sys.executable, *shlex.split(call), cwd=tmp_path, stdout=asyncio.subprocess.PIPE
        )
        said.append((await run.communicate())[0].decode().strip())
    digest, committed, head, agrees = said
    assert re.fullmatch("[0-9a-f]{64}", digest)
    assert digest in committed
    assert json.loads(head)["window"] == str(window_id)
    assert agrees == "True"


async def test_another_window_is_not_in_it(world, offer, window_id, make):
    offer(200, 6200, 40_000)
    await world.submit("A", 600, action=Action.SELL, limit=6000)
    await world.run_windows()
    _, pack = await make(window_id)
    others = await world.fetch("SELECT id FROM aggregation_window WHERE id <> $1", window_id)
    assert [row["id"] for row in others if str(row["id"]).encode() in pack] == []
    assert len(others) == 2
    assert {each["window_id"] for each in rows_of(pack, "orders")} == {str(window_id)}
    assert len(rows_of(pack, "intents")) == 2


async def test_a_late_fill_is_in_it_with_what_the_house_paid(world, window_id, make):
    fills = list(world.exchange.by_id.values())[-1]
    fills.append(replace(fills[0], fill_id=uuid4(), quantity=100, created_at=None))
    world.clock.advance(timedelta(seconds=31))
    assert await world.worker.recheck() == 1
    _, pack = await make(window_id)
    verify_pack.verify(pack, KEYS)
    [late] = [each for each in rows_of(pack, "fills") if each["is_late"]]
    assert {each["kind"] for each in rows_of(pack, "breaks")} == {"fee_excess", "late_fill"}
    paid = [each for each in rows_of(pack, "ledger_postings") if each["source"] == "suspense"]
    assert sum(each["amount"] for each in paid) == late["quantity"] * late["yes_price"] + late["fee"]


async def test_no_changed_byte_is_accepted(window_id, make):
    _, pack = await make(window_id)
    chance = random.Random(window_id.int)  # noqa: S311 - places to change, no secret
    for _ in range(200):
        place, bit = chance.randrange(len(pack)), 1 << chance.randrange(8)
        changed = bytearray(pack)
        changed[place] ^= bit
        with pytest.raises((verify_pack.Broken, verify_pack.Unreadable)):
            verify_pack.verify(bytes(changed), KEYS)
    verify_pack.verify(pack, KEYS)


async def test_it_is_registered_once_with_its_hash_and_the_operators_signature(
    world, window_id, make, packs, execution_database
):
    made, pack = await make(window_id)
    again, other = await make(window_id)
    assert made.sha256 == hashlib.sha256(pack).digest() != again.sha256
    service = packs()
    assert await service.list_made(None, made.sha256, None, 10) == [(made, True)]
    assert await service.list_made(window_id, None, None, 10) == [(again, True), (made, True)]
    assert await service.list_made(window_id, None, again.id, 1) == [(made, True)]
    assert await service.list_made(uuid4(), None, None, 10) == []
    payload = message("evidence_pack", made.id, window_id, made.manifest_sha256.hex(), made.sha256.hex())
    async with world.database.transaction(HOUSE_TENANT) as tx:
        signed = Signed(made.operator, made.signed_with, made.signature)
        assert await is_by(tx, signed, payload)
        kinds = await tx.fetch("SELECT kind, body FROM audit_record WHERE kind LIKE 'evidence.%' ORDER BY id")
    assert [each["kind"] for each in kinds] == ["evidence.pack_sealed", "evidence.pack_made"] * 2
    superuser = await execution_database.connect("superuser")
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute("UPDATE evidence_pack SET sha256 = sha256(sha256) WHERE id = $1", made.id)
    assert [holds for _, holds in await service.list_made(window_id, None, None, 10)] == [True, False]
    said = json.loads(kinds[1]["body"])
    assert said["actor"] == f"staff:{made.operator}"
    assert said["data"]["sha256"] == made.sha256.hex()
    owner = await execution_database.connect("owner")
    for statement in (
        "UPDATE evidence_pack SET row_count = 1",
        "DELETE FROM evidence_pack",
        "TRUNCATE evidence_pack",
    ):
        with pytest.raises(asyncpg.PostgresError):
            await owner.execute(statement)
    verify_pack.verify(other, KEYS)


async def test_without_a_witness_the_pack_says_so(window_id, make, packs):
    made, pack = await make(window_id, lambda: packs(None))
    _, report = verify_pack.verify(pack, KEYS[:1])
    assert not made.is_witnessed
    assert any("no witness" in each for each in report.open)


async def test_what_cannot_be_proven_gets_no_pack(world, window_id, make, offer, execution_database):
    with pytest.raises(WindowUnknown):
        await make(uuid4())
    with pytest.raises(KeyUnknown):
        await make(window_id, holder=SystemKey(Ed25519PrivateKey.generate()))
    await world.submit("D", 10)
    world.clock.advance(timedelta(seconds=2))
    [order] = await world.service.close_windows()
    with pytest.raises(WindowInFlight):
        await make(order.window_id)
    superuser = await execution_database.connect("superuser")
    await superuser.execute(
        "SET session_replication_role = replica; UPDATE audit_record SET kind = 'aggregation.other' "
        "WHERE kind = 'aggregation.window_committed'"
    )
    with pytest.raises(CommitmentMissing):
        await make(window_id)
    assert await world.fetch("SELECT id FROM evidence_pack") == []
    assert await world.fetch("SELECT id FROM audit_record WHERE kind LIKE 'evidence.%'") == []


async def test_what_a_replay_finds_different_stands_in_the_summary(window_id, make, execution_database):
    superuser = await execution_database.connect("superuser")
    await superuser.execute(
        "SET session_replication_role = replica; UPDATE report SET fee = fee - 1 WHERE kind = 'fill_share'"
    )
    _, pack = await make(window_id)
    assert b"DIFFERS in reports about intent" in verify_pack.read_container(pack)["summary.txt"]


async def test_an_operator_makes_it_at_the_machine(
    window_id, operator, sealing, execution_database, tmp_path, monkeypatch
):
    found = evidence_commands.prove_with
    monkeypatch.setattr(
        evidence_commands, "prove_with", lambda *files: replace(found(*files), load_cosigned=cosign)
    )
    for number, key in enumerate(KEYS):
        (tmp_path / f"{number}.keys").write_text(f"{key}\n")
    settings = {
        "EXECUTION_ENVIRONMENT": "sandbox",
        "EXECUTION_DATABASE_URL": execution_database.dsn("app"),
        "EXECUTION_AUDIT_PUBLIC_KEYS_FILE": str(tmp_path / "0.keys"),
        "EXECUTION_OTHER_AUDIT_PUBLIC_KEYS_FILE": str(tmp_path / "1.keys"),
    }
    out = tmp_path / "pack.zip"

    async def run(*arguments):
        return await asyncio.to_thread(CliRunner().invoke, app, ["evidence", *arguments], env=settings)

    window = ("window", str(window_id), "--key-file", str(operator), "--out", str(out), "--json")
    made = json.loads((await run(*window)).stdout)
    assert verify_pack.verify(out.read_bytes(), KEYS)[0]["pack"] == made["pack"]
    assert out.stat().st_mode & 0o777 == 0o600
    assert (await run(*window)).exit_code == 1
    assert made["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    [listed] = json.loads((await run("list", "--sha256", made["sha256"], "--json")).stdout)
    assert (listed["pack"], listed["witnessed"]) == (made["pack"], True)
    assert str(window_id) in (await run("list", "--window", str(window_id))).stdout
    assert (await run("list", "--sha256", "no digest")).exit_code == 2
    assert (await run("verifier")).stdout == load_verifier().decode()
    size = verify_pack.Checkpoint(
        verify_pack.read_container(out.read_bytes())["proofs/checkpoint.txt"].decode()
    ).size
    grown = await run("growth", "--from", str(size - 1), "--to", str(size))
    assert all(len(line) == 64 for line in grown.stdout.split())
    out.unlink()
    (tmp_path / "pack.zip.part").touch()
    assert isinstance((await run(*window)).exception, Exception)
    assert [each.name for each in tmp_path.glob("pack.zip*")] == ["pack.zip.part"]
