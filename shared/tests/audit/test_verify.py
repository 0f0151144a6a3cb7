"""Somebody with all rights changes history: verification names the first bad place."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from shared.audit import AuditHead, AuditRecord, append
from shared.audit.domain import GENESIS, Problem, StoredRecord, seal
from shared.audit.sealer import Sealer
from shared.audit.verify import verify
from shared.database import Database

TENANT = UUID("0190a5b2-0000-7000-8000-000000000001")
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
BY_SEQ = "(SELECT record_id FROM audit_seal WHERE seq = {})"


@pytest.fixture
async def history(kernel_database):
    """Twenty sealed records, five more unsealed, and a superuser whom no trigger stops."""
    for turn in range(5):
        async with kernel_database.app.transaction(TENANT) as tx:
            bodies = ({"number": turn * 5 + i} for i in range(5))
            await append(tx, [AuditRecord(TENANT, "wager.placed", body, AT, "system") for body in bodies])
        if turn == 3:
            await seal_all(kernel_database)
    superuser = await kernel_database.connect("superuser")
    await superuser.execute("SET session_replication_role = replica")
    kernel_database.attack = superuser.execute
    kernel_database.superuser = superuser
    return kernel_database


async def seal_all(database):
    sealing = await Database.connect(database.dsn("sealer"), name="test-sealer", pool_size=1)
    try:
        async with sealing.session() as session:
            await Sealer("unused").take_turn(session)
    finally:
        await sealing.close()


async def test_an_untouched_history_is_good_and_its_tail_is_counted(history):
    report = await verify(history.dsn("auditor"))
    assert report.is_good
    assert (report.head.size, report.unsealed) == (20, 5)
    assert str(report).startswith("good: 20 records sealed")


CHANGE = "UPDATE audit_record SET"
SWAP_BODIES = """UPDATE audit_record r SET body = o.body FROM audit_record o
    WHERE (r.id, o.id) IN (({4}, {6}), ({6}, {4}))"""
SWAP_SEALS = """UPDATE audit_seal SET seq = -seq WHERE seq IN (4, 6);
    UPDATE audit_seal SET seq = seq + 10 WHERE seq < 0"""
DELETE_BOTH = "DELETE FROM audit_record WHERE id = {9}; DELETE FROM audit_seal WHERE seq = 9;"
CLOSE_THE_GAP = """UPDATE audit_seal SET seq = -seq WHERE seq > 9;
    UPDATE audit_seal SET seq = -seq - 1 WHERE seq < 0"""
BACK_DATE = """INSERT INTO audit_record OVERRIDING SYSTEM VALUE
    SELECT 1000000, txid, tenant_id, kind, recorded_at, body FROM audit_record WHERE id = {5}"""


@pytest.mark.parametrize(
    ("attack", "problem", "sequence"),
    [
        (CHANGE + " body = '\\x7b7d' WHERE id = {7}", Problem.RECORD_ALTERED, 7),
        (CHANGE + " kind = 'wager.cancelled' WHERE id = {1}", Problem.RECORD_ALTERED, 1),
        (CHANGE + " tenant_id = gen_random_uuid() WHERE id = {20}", Problem.RECORD_ALTERED, 20),
        (CHANGE + " recorded_at = now() WHERE id = {3}", Problem.RECORD_ALTERED, 3),
        ("DELETE FROM audit_record WHERE id = {9}", Problem.RECORD_MISSING, 9),
        ("DELETE FROM audit_record", Problem.RECORD_MISSING, 1),
        ("DELETE FROM audit_seal WHERE seq = 12", Problem.SEAL_MISSING, 12),
        ("DELETE FROM audit_seal WHERE seq = 1", Problem.SEAL_MISSING, 1),
        (DELETE_BOTH, Problem.SEAL_MISSING, 9),
        (DELETE_BOTH + CLOSE_THE_GAP, Problem.CHAIN_BROKEN, 9),
        (SWAP_BODIES, Problem.RECORD_ALTERED, 4),
        (SWAP_SEALS, Problem.RECORD_UNSEALED, 4),
        ("UPDATE audit_seal SET chain = sha256(chain) WHERE seq = 15", Problem.CHAIN_BROKEN, 15),
        (BACK_DATE, Problem.RECORD_UNSEALED, 6),
    ],
)
async def test_a_change_without_new_hashes_is_named(history, attack, problem, sequence):
    rows = await history.superuser.fetch("SELECT record_id FROM audit_seal ORDER BY seq")
    ids = [0, *(row[0] for row in rows)]
    await history.attack("ALTER TABLE audit_seal DROP CONSTRAINT audit_seal_seq_positive")
    await history.attack(attack.format(*ids))
    report = await verify(history.dsn("auditor"))
    assert report.finding is not None
    assert (report.finding.problem, report.finding.sequence) == (problem, sequence)
    assert report.head.size == sequence - 1
    assert str(report).startswith(f"BAD at number {sequence}")


async def rewrite_without(history, forgotten):
    """Delete one record and compute every hash after it again, as somebody with all rights could."""
    await history.attack(f"DELETE FROM audit_record WHERE id = {BY_SEQ.format(forgotten)}")
    rows = await history.superuser.fetch(
        "SELECT id, r.txid, tenant_id, kind, recorded_at, body FROM audit_record r "
        "JOIN audit_seal ON record_id = id ORDER BY seq"
    )
    await history.attack("DELETE FROM audit_seal")
    seals = seal(AuditHead(0, GENESIS), [StoredRecord(*row) for row in rows])
    await history.superuser.executemany(
        "INSERT INTO audit_seal (seq, record_txid, record_id, leaf, chain) VALUES ($1, $2, $3, $4, $5)",
        [(s.sequence, s.record_txid, s.record_id, s.leaf, s.chain) for s in seals],
    )


async def test_a_rewritten_history_is_found_by_a_head_kept_elsewhere(history):
    kept = (await verify(history.dsn("auditor"))).head
    await rewrite_without(history, 9)
    assert (await verify(history.dsn("auditor"))).is_good
    report = await verify(history.dsn("auditor"), known=kept)
    assert report.finding.problem is Problem.HEAD_DIFFERS


async def test_a_shortened_history_is_found_by_a_head_kept_elsewhere(history):
    kept = (await verify(history.dsn("auditor"))).head
    await history.attack(
        "DELETE FROM audit_record WHERE id NOT IN (SELECT record_id FROM audit_seal WHERE seq <= 15)"
    )
    await history.attack("DELETE FROM audit_seal WHERE seq > 15")
    assert (await verify(history.dsn("auditor"))).is_good
    report = await verify(history.dsn("auditor"), known=kept)
    assert (report.finding.problem, report.finding.sequence) == (Problem.HEAD_DIFFERS, 16)


async def test_a_head_kept_earlier_is_part_of_a_grown_history(history):
    kept = (await verify(history.dsn("auditor"))).head
    await seal_all(history)
    report = await verify(history.dsn("auditor"), known=kept)
    assert report.is_good
    assert report.head.size == 25
    wrong = await verify(history.dsn("auditor"), known=AuditHead(20, bytes(32)))
    assert (wrong.finding.problem, wrong.finding.sequence) == (Problem.HEAD_DIFFERS, 20)
