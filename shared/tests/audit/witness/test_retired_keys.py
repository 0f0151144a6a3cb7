"""The log's key was changed: the old one gets nothing cosigned, and what it signed is still held to."""

import json
from datetime import timedelta

from shared.audit import documents
from shared.audit.checkpoints import Checkpoint, Signer
from shared.audit.sealer import Sealer
from shared.audit.witness import Witness
from shared.audit.witness.domain import Offer, SignedCheckpoint, Verdict
from shared.audit.witness.proving import write_proof
from shared.audit.witness.signing import SigningGuard
from shared.ids import HOUSE_TENANT

from .conftest import AT_ONCE


def rotate(log):
    """Give a log a second key; return what seals with the first, and what seals with the second."""
    fresh = Signer(log.signer.name, bytes(32))
    listed = [log.signer.verifier, fresh.verifier]
    log.witness = Witness(fresh, listed, [log.other.signer.verifier])
    log.other.witness = Witness(log.other.signer, [log.other.signer.verifier], listed)
    guard = SigningGuard(log.witness.own, log.witness.other, None)
    return [Sealer("unused", signer, AT_ONCE, guard) for signer in (log.signer, fresh)]


async def test_a_retired_key_is_refused_by_the_witness(stacks):
    log, wall = stacks.customer, stacks.wall
    await log.act(2)
    await wall.exchange()
    forger = log.sealer
    _, log.sealer = rotate(log)
    wall.asker = wall.new_asker()
    await log.act(1)
    await wall.exchange()
    assert wall.said == "COSIGNED"
    log.sealer = forger
    await log.act(1)
    await wall.exchange(2)
    assert (wall.said, (await log.other.held()).size) == ("BAD_SIGNATURE", 3)
    assert await log.other.alarms() == []


async def change_key(stacks):
    """Have two records cosigned under the log's first key, and a third under its second."""
    log, wall = stacks.customer, stacks.wall
    await log.act(2)
    await wall.exchange()
    _, log.sealer = rotate(log)
    wall.asker = wall.new_asker()
    await log.act(1)
    await wall.exchange()
    assert wall.said == "COSIGNED"


async def test_a_log_that_is_cut_back_to_before_the_change_of_its_key_is_an_alarm(stacks):
    log, wall = stacks.customer, stacks.wall
    await change_key(stacks)
    owner = await log.database.connect("owner")
    for table in ("audit_checkpoint", "audit_cosignature", "audit_seal"):
        await owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        await owner.execute(f"DELETE FROM {table} WHERE size > 2")
    await wall.exchange(3, later=timedelta(seconds=61))
    assert wall.said == "INCONSISTENT"
    assert await log.other.alarms() == ["shrunk"]
    assert "disowned" in await log.alarms()


async def test_a_second_history_under_a_replaced_key_is_an_alarm(stacks):
    log, now = stacks.customer, stacks.clock.now()
    await change_key(stacks)
    line = log.signer.sign(Checkpoint(log.signer.name, 2, bytes(32)))
    forged = Offer(SignedCheckpoint(1, 2, bytes(32), line.raw), 2)
    other = log.other
    async with other.database.app.transaction(HOUSE_TENANT) as tx:
        verdict = await other.witness.judge_offer(tx, forged, sent_at=now, now=now)
    assert (verdict, await other.alarms()) == (Verdict.INCONSISTENT, ["forked"])


async def test_a_worker_that_goes_on_with_a_retired_key_only_seals(stacks):
    log = stacks.customer
    await log.act(2)
    log.sealer, fresh = rotate(log)
    await log.act(1)
    old, log.sealer = log.sealer, fresh
    await log.act(1)
    log.sealer = old
    await log.act(1)
    auditor = await log.database.connect("auditor")
    signed = [row["size"] for row in await auditor.fetch("SELECT size FROM audit_checkpoint ORDER BY 1")]
    assert signed == [2, 3, 4]
    assert await auditor.fetchval("SELECT max(size) FROM audit_seal") == 5


async def test_a_proof_from_before_the_change_of_the_key_holds_by_its_witness(stacks):
    log = stacks.customer
    await log.act(2)
    async with log.database.app.transaction(HOUSE_TENANT) as tx:
        (txid, record_id), *_ = await tx.fetch("SELECT txid::text, id FROM audit_record ORDER BY id")
        position = [(int(txid), record_id)]
        unseen = json.dumps(await write_proof(tx, log.signer.name, position))
    await stacks.wall.exchange()
    async with log.database.app.transaction(HOUSE_TENANT) as tx:
        seen = json.dumps(await write_proof(tx, log.signer.name, position))
    listed = [log.signer.verifier, Signer(log.signer.name, bytes(32)).verifier]
    witness = [log.other.signer.verifier]
    assert [documents.check(each, listed[:1])["holds"] for each in (unseen, seen)] == [True, True]
    assert [documents.check(each, listed, witness)["holds"] for each in (unseen, seen)] == [False, True]
    assert not documents.check(seen, listed)["holds"]
