"""Somebody with all rights changes history: verification names the first bad place and what was done."""

import json

import pytest

from shared.audit import AuditHead
from shared.audit import verify as verifying
from shared.audit.checkpoints import KeyKind, Signer
from shared.audit.damage import Problem
from shared.audit.rotation import record_key
from shared.audit.verify import verify

from .conftest import AT, EVERY_TURN, ORIGIN, SIGNER

KEYS = [SIGNER.verifier]


@pytest.fixture
async def history(book):
    """Four seals of five records, five more records unsealed, and a superuser whom no trigger stops."""
    for _ in range(4):
        await book.write(5)
        await book.seal()
    await book.write(5)
    superuser = await book.database.connect("superuser")
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute(
        "ALTER TABLE audit_seal DROP CONSTRAINT audit_seal_start_form, "
        "DROP CONSTRAINT audit_seal_leaves_size, DROP CONSTRAINT audit_seal_frontier_size"
    )
    book.superuser, book.attack, book.auditor = superuser, superuser.execute, book.database.dsn("auditor")
    return book


async def test_an_untouched_history_is_good_and_its_tail_is_counted(history):
    told = []
    report = await verify(history.auditor, verifiers=KEYS, progress=lambda *each: told.append(each))
    assert report.is_good
    assert (report.head.size, report.unsealed, report.checkpoints) == (20, 5, 4)
    assert told[-1] == (20, 20)
    assert str(report).startswith("good: 20 records sealed")


EDIT = "UPDATE audit_record SET"
SWAP = """UPDATE audit_record r SET body = o.body, kind = o.kind, recorded_at = o.recorded_at
    FROM audit_record o WHERE (r.id, o.id) IN (({4}, {6}), ({6}, {4}))"""
SWAP_NEAR = SWAP.replace("{6}", "{5}")
SWAP_LEAVES = """UPDATE audit_seal SET leaves = substring(leaves FROM 33 FOR 32) || substring(leaves FOR 32)
    || substring(leaves FROM 65) WHERE start = 5"""
SWAP_SEALS = """UPDATE audit_seal s SET leaves = o.leaves FROM audit_seal o
    WHERE (s.start, o.start) IN ((5, 10), (10, 5))"""
DELETE_SEAL = "DELETE FROM audit_seal WHERE start = 10;"
CLOSE_THE_GAP = "UPDATE audit_seal SET start = start - 5, size = size - 5 WHERE start > 10;"
INSERT = """INSERT INTO audit_record OVERRIDING SYSTEM VALUE
    SELECT 1000000, txid, tenant_id, kind, recorded_at, body FROM audit_record WHERE id = {7}"""
EDIT_LEAF = "UPDATE audit_seal SET leaves = sha256('x') || substring(leaves FROM 33) WHERE start = 5"


ATTACKS = [
    (EDIT + " body = '\\x7b7d' WHERE id = {7}", Problem.RECORD_ALTERED, 7),
    (EDIT + " kind = 'wager.cancelled' WHERE id IN ({1}, {9})", Problem.RECORD_ALTERED, 1),
    (EDIT + " tenant_id = gen_random_uuid() WHERE id = {20}", Problem.RECORD_ALTERED, 20),
    (EDIT + " recorded_at = now() WHERE id = {3}", Problem.RECORD_ALTERED, 3),
    (SWAP, Problem.RECORDS_SWAPPED, 4),
    (SWAP_NEAR, Problem.RECORDS_SWAPPED, 4),
    ("DELETE FROM audit_record WHERE id = {9}", Problem.RECORD_MISSING, 9),
    ("DELETE FROM audit_record WHERE id = {20}", Problem.RECORD_MISSING, 20),
    ("DELETE FROM audit_record WHERE id IN ({9}, {10}, {11})", Problem.RECORD_MISSING, 9),
    ("DELETE FROM audit_record", Problem.RECORD_MISSING, 1),
    (INSERT, Problem.RECORD_UNSEALED, 11),
    (INSERT.replace("1000000", "0").replace("txid,", "'1'::xid8,"), Problem.RECORD_UNSEALED, 1),
    (SWAP_LEAVES, Problem.CHAIN_BROKEN, 6),
    (SWAP_SEALS, Problem.CHAIN_BROKEN, 6),
    (DELETE_SEAL, Problem.SEAL_MISSING, 11),
    ("DELETE FROM audit_seal WHERE start = 0", Problem.SEAL_MISSING, 1),
    (DELETE_SEAL + CLOSE_THE_GAP, Problem.CHAIN_BROKEN, 11),
    (EDIT_LEAF, Problem.CHAIN_BROKEN, 6),
    ("UPDATE audit_seal SET leaves = '\\x00' WHERE start = 5", Problem.SEAL_INVALID, 6),
    ("UPDATE audit_seal SET chain = sha256(chain) WHERE start = 15", Problem.CHAIN_BROKEN, 16),
    ("UPDATE audit_seal SET last_id = last_id - 1 WHERE start = 15", Problem.CHAIN_BROKEN, 16),
    ("UPDATE audit_seal SET frontier = sha256('') || sha256('') WHERE start = 5", Problem.TREE_BROKEN, 6),
    ("UPDATE audit_checkpoint SET root = sha256(root) WHERE size = 10", Problem.CHECKPOINT_DIFFERS, 10),
    ("UPDATE audit_checkpoint SET size = 11 WHERE size = 10", Problem.CHECKPOINT_DIFFERS, 11),
    (
        "UPDATE audit_checkpoint SET signature = sha256('') || sha256('') WHERE size = 15",
        Problem.CHECKPOINT_UNSIGNED,
        15,
    ),
]
TABLES = ("audit_record", "audit_seal", "audit_node", "audit_checkpoint")


async def test_a_change_without_new_hashes_is_named(history):
    ids = [0, *(each for _, each in await history.positions())]
    for table in TABLES:
        await history.attack(f"CREATE TABLE kept_{table} AS TABLE {table}")
    for attack, problem, number in ATTACKS:
        await history.attack(attack.format(*ids))
        report = await verify(history.auditor, verifiers=KEYS)
        assert report.finding is not None, attack
        assert (report.finding.problem, report.finding.sequence) == (problem, number), attack
        assert report.head.size < number
        assert str(report).startswith(f"BAD at number {number}")
        await history.attack(f"TRUNCATE {', '.join(TABLES)}")
        for table in TABLES:
            await history.attack(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE kept_{table}")


async def test_a_checkpoint_by_another_key_is_found_and_old_keys_count(history):
    await history.seal(signer=Signer.generate(ORIGIN))
    report = await verify(history.auditor, verifiers=KEYS)
    assert (report.finding.problem, report.finding.sequence) == (Problem.CHECKPOINT_UNSIGNED, 25)
    rotated = Signer(ORIGIN, bytes(32))
    await history.write(1)
    await history.seal(signer=rotated)
    await history.attack("DELETE FROM audit_checkpoint WHERE size = 25")
    assert (await verify(history.auditor, verifiers=[*KEYS, rotated.verifier])).is_good


async def test_a_retired_key_signs_nothing_more(history, monkeypatch):
    """In one walk, and where the walk of another part has seen the later key."""
    rotated = Signer(ORIGIN, bytes(32))
    await history.seal(signer=rotated)
    await history.write(1)
    await history.seal(signer=SIGNER)
    for least in (verifying.LEAST_PART, 1):
        monkeypatch.setattr(verifying, "LEAST_PART", least)
        report = await verify(history.auditor, verifiers=[*KEYS, rotated.verifier])
        assert (report.finding.problem, report.finding.sequence) == (Problem.CHECKPOINT_RETIRED, 26)
    assert (await verify(history.auditor, verifiers=[rotated.verifier, *KEYS])).finding.sequence == 25


async def test_that_the_key_was_changed_is_recorded_once_it_signed(history):
    rotated = Signer(ORIGIN, bytes(32))
    app = history.database.app
    listed = [SIGNER.verifier, rotated.verifier]
    assert not await record_key(app, SIGNER, listed, AT)
    assert [await record_key(app, rotated, listed, AT) for _ in range(3)] == [True, False, False]
    await history.seal(signer=rotated)
    assert not await record_key(app, rotated, listed, AT)
    # A worker that is started with the old key again has replaced nothing.
    assert not await record_key(app, SIGNER, listed, AT)
    auditor = await history.database.connect("auditor")
    [body] = await auditor.fetch("SELECT body FROM audit_record WHERE kind = 'audit.key_changed'")
    data = json.loads(body["body"])["data"]
    assert data == {
        "key": rotated.verifier.text(),
        "retired_key_id": SIGNER.verifier.key_id(KeyKind.LOG).hex(),
    }


async def rewrite(history, keep):
    """Keep some records and make every hash again, as somebody with all rights and the key could."""
    kept = [each for number, (_, each) in enumerate(await history.positions(), start=1) if keep(number)]
    await history.attack("DELETE FROM audit_record WHERE id != ALL($1::bigint[])", kept)
    await history.attack("TRUNCATE audit_seal, audit_node, audit_checkpoint")
    await history.seal(EVERY_TURN)


async def test_a_rewritten_history_is_found_by_a_head_kept_elsewhere(history):
    kept = (await verify(history.auditor)).head
    await rewrite(history, lambda number: number != 9)
    assert (await verify(history.auditor, verifiers=KEYS)).is_good
    report = await verify(history.auditor, known=[kept])
    assert (report.finding.problem, report.finding.sequence) == (Problem.HEAD_DIFFERS, 20)


async def test_the_first_of_several_heads_that_differs_is_named(history):
    auditor = await history.database.connect("auditor")
    heads = [AuditHead(*row) for row in await auditor.fetch("SELECT size, root FROM audit_checkpoint")]
    await rewrite(history, lambda number: number != 9)
    report = await verify(history.auditor, known=heads)
    assert (report.finding.problem, report.finding.sequence) == (Problem.HEAD_DIFFERS, 10)


async def test_a_shortened_history_is_found_by_a_head_kept_elsewhere(history):
    kept = (await verify(history.auditor)).head
    await rewrite(history, lambda number: number <= 15)
    assert (await verify(history.auditor, verifiers=KEYS)).is_good
    report = await verify(history.auditor, known=[kept])
    assert (report.finding.problem, report.finding.sequence) == (Problem.TRUNCATED, 16)


async def test_a_head_kept_earlier_is_part_of_a_grown_history(history):
    kept = (await verify(history.auditor)).head
    await history.seal()
    report = await verify(history.auditor, known=[kept])
    assert report.is_good
    assert report.head.size == 25
    wrong = await verify(history.auditor, known=[kept, AuditHead(20, bytes(32))])
    assert (wrong.finding.problem, wrong.finding.sequence) == (Problem.HEAD_DIFFERS, 20)


async def test_parts_are_walked_by_several_processes_and_prove_each_other(history, monkeypatch):
    monkeypatch.setattr(verifying, "LEAST_PART", 7)
    whole = await verify(history.auditor, verifiers=KEYS, processes=1)
    apart = await verify(history.auditor, verifiers=KEYS, processes=2)
    assert apart == whole
    assert apart.checkpoints == 4
    # The head that a part begins with, and the chain after it, are those of another history.
    await history.attack("UPDATE audit_seal SET frontier = sha256('') || sha256('') WHERE size = 10")
    for processes in (1, 2):
        report = await verify(history.auditor, processes=processes)
        assert (report.finding.problem, report.finding.sequence) == (Problem.TREE_BROKEN, 6)


async def test_stored_nodes_and_many_pages_are_verified(history, monkeypatch):
    await history.write(3_000)
    await history.seal(EVERY_TURN)
    for pages in (64, 100_000):
        monkeypatch.setattr("shared.audit.walking.PAGE_RECORDS", pages)
        assert (await verify(history.auditor, verifiers=KEYS)).is_good
    await history.attack("DELETE FROM audit_node WHERE level = 8 AND number = 3")
    report = await verify(history.auditor)
    assert (report.finding.problem, report.finding.sequence) == (Problem.NODE_BROKEN, 3 * 256 + 1)
