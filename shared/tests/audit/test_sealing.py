"""Sealing on a real database: gapless, once each, in order, whatever is killed or runs twice."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from shared.audit import AuditRecord, append, audit_head, sealing, wait_sealed
from shared.audit.sealer import Pace, Sealer
from shared.audit.store import NotSealedInTime, current_transaction
from shared.audit.verify import verify
from shared.database import Database
from shared.errors import InvariantViolated
from shared.operations.gauges import READ_AT

from .conftest import ORIGIN, SIGNER, Book

TENANT = UUID("0190a5b2-0000-7000-8000-000000000001")
OTHER = UUID("0190a5b2-0000-7000-8000-000000000002")
INSERT = "INSERT INTO audit_record (tenant_id, kind, body) VALUES ($1, 'a.b', '\\x7b7d')"
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def records(count, tenant=TENANT):
    return [AuditRecord(tenant, "wager.placed", {"number": i}, AT, "system") for i in range(count)]


async def write(database, count, tenant=TENANT):
    async with database.app.transaction(tenant) as tx:
        await append(tx, records(count, tenant))


class Sealing:
    """A sealer in this process for the length of a block."""

    def __init__(self, database, interval_ms=5):
        self.stop = asyncio.Event()
        self.sealer = Sealer(database.dsn("sealer"), SIGNER, Pace(interval_ms=interval_ms))

    async def __aenter__(self):
        self.task = asyncio.create_task(self.sealer.run(self.stop))
        return self

    async def __aexit__(self, *_):
        self.stop.set()
        await self.task


async def wait_for_size(database, size):
    async with asyncio.timeout(20):
        while True:
            async with database.app.transaction(TENANT) as tx:
                if (await audit_head(tx)).size >= size:
                    return
            await asyncio.sleep(0.02)


async def assert_whole(database, size):
    report = await verify(database.dsn("auditor"))
    assert report.is_good, str(report)
    assert (report.head.size, report.unsealed) == (size, 0)


async def test_records_of_several_tenants_are_sealed_in_one_gapless_chain(kernel_database):
    async with Sealing(kernel_database):
        for count in (1, 50, 3):
            await write(kernel_database, count)
            await write(kernel_database, count, OTHER)
        await wait_for_size(kernel_database, 108)
    await assert_whole(kernel_database, 108)


async def test_nothing_is_left_out_when_transactions_end_out_of_order(kernel_database):
    pool = await asyncpg.create_pool(kernel_database.dsn("superuser"), min_size=12, max_size=12)
    rng = random.Random(7)  # noqa: S311 - a repeatable disorder

    async def writer():
        for _ in range(15):
            async with pool.acquire() as connection:
                transaction = connection.transaction()
                await transaction.start()
                for _ in range(2):
                    await connection.execute(
                        INSERT,
                        TENANT,
                    )
                    await asyncio.sleep(rng.random() / 50)
                await (transaction.rollback if rng.random() < 0.2 else transaction.commit)()

    async with Sealing(kernel_database, interval_ms=1):
        await asyncio.gather(*(writer() for _ in range(12)))
        stored = await pool.fetchval("SELECT count(*) FROM audit_record")
        await wait_for_size(kernel_database, stored)
    assert 200 < stored < 360
    await assert_whole(kernel_database, stored)
    await pool.close()


async def test_a_record_waits_for_older_transactions_that_still_run(kernel_database):
    slow = await kernel_database.connect("superuser")
    held = slow.transaction()
    await held.start()
    await slow.execute(INSERT, TENANT)
    await write(kernel_database, 3)
    await Book(kernel_database).seal()
    report = await verify(kernel_database.dsn("auditor"))
    assert (report.is_good, report.head.size, report.unsealed) == (True, 0, 3)
    await held.commit()
    await Book(kernel_database).seal()
    await assert_whole(kernel_database, 4)


async def test_two_sealers_share_the_work_without_gap_or_double(kernel_database):
    async with Sealing(kernel_database, 1), Sealing(kernel_database, 1), Sealing(kernel_database, 1):
        await asyncio.gather(*(write(kernel_database, 7) for _ in range(40)))
        await wait_for_size(kernel_database, 280)
    await assert_whole(kernel_database, 280)


async def test_a_sealer_without_a_turn_is_seen_by_the_time_of_the_last_one(kernel_database):
    turned_at = READ_AT.labels("sealer")
    turned_at.set(0)
    async with Sealing(kernel_database):
        await write(kernel_database, 1)
        await wait_for_size(kernel_database, 1)
    assert turned_at._value.get() > 0
    # One that only waits for another's lock has its turns; one that reaches no database has none.
    connected = await Database.connect(kernel_database.dsn("sealer"), name="test-sealer", pool_size=2)
    try:
        async with (
            connected.session() as first,
            connected.session() as second,
            first.transaction(probes_only=True, first=sealing.TAKE_TURN) as tx,
        ):
            assert await sealing.load_unsealed(tx, 1) is not None
            turned_at.set(0)
            assert not await Sealer("unused", SIGNER).take_turn(second)
    finally:
        await connected.close()
    assert turned_at._value.get() > 0
    turned_at.set(0)
    stop = asyncio.Event()
    running = asyncio.create_task(Sealer("postgresql://sealer@127.0.0.1:1/none", SIGNER).run(stop))
    await asyncio.sleep(0.2)
    stop.set()
    await running
    assert turned_at._value.get() == 0


def start_child(program, *arguments):
    return subprocess.Popen([sys.executable, "-c", program, *arguments])


async def test_a_killed_sealer_goes_on_without_gap_or_double(kernel_database):
    program = (
        "import asyncio, sys\nfrom shared.audit.checkpoints import Signer\n"
        "from shared.audit.sealer import Pace, Sealer\n"
        f"signer = Signer({ORIGIN!r}, bytes(range(32)))\n"
        "asyncio.run(Sealer(sys.argv[1], signer, Pace(interval_ms=1)).run(asyncio.Event()))\n"
    )
    written = 0
    for wait_seconds in (0.02, 0.05, 0.1):
        child = start_child(program, kernel_database.dsn("sealer"))
        await wait_for_size(kernel_database, written)
        for _ in range(20):
            await write(kernel_database, 11)
            written += 11
        await asyncio.sleep(wait_seconds)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    async with Sealing(kernel_database):
        await wait_for_size(kernel_database, written)
    await assert_whole(kernel_database, written)


async def test_a_caller_can_wait_until_its_records_are_sealed(kernel_database):
    async with kernel_database.app.transaction(TENANT) as tx:
        await append(tx, records(5))
        txid = await current_transaction(tx)
    with pytest.raises(NotSealedInTime):
        await wait_sealed(kernel_database.app, TENANT, txid, timeout_seconds=0.1)
    async with Sealing(kernel_database):
        await wait_sealed(kernel_database.app, TENANT, txid)
    await assert_whole(kernel_database, 5)


async def test_a_history_restored_into_another_server_is_not_sealed_on(kernel_database):
    await write(kernel_database, 2)
    await Book(kernel_database).seal()
    superuser = await kernel_database.connect("superuser")
    await superuser.execute(
        "INSERT INTO audit_seal (start, size, last_txid, last_id, leaves, frontier, chain) "
        "SELECT 2, 4, '9000000000000', 9999, leaves, chain, chain FROM audit_seal"
    )
    with pytest.raises(InvariantViolated, match="restored"):
        await Book(kernel_database).seal()


async def test_the_application_can_neither_change_nor_number_nor_seal(kernel_database):
    await write(kernel_database, 2)
    await Book(kernel_database).seal()
    app = await kernel_database.connect("app")
    await app.execute(f"SET app.tenants = '{{{TENANT}}}'")
    for statement in (
        "UPDATE audit_record SET kind = 'a.b'",
        "DELETE FROM audit_record",
        "TRUNCATE audit_record",
        f"INSERT INTO audit_record (tenant_id, kind, body, txid) VALUES ('{TENANT}', 'a.b', '\\x7b7d', '5')",
        "DELETE FROM audit_seal",
        "INSERT INTO audit_seal (start, size, last_txid, last_id, leaves) VALUES (3, 4, '1', 1, '')",
        "INSERT INTO audit_node (level, number, hash) VALUES (8, 0, '')",
        "INSERT INTO audit_checkpoint (size, root, key_id, signature) VALUES (9, '', '', '')",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute(statement)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await write_for_other_tenant(app)


async def write_for_other_tenant(app):
    await app.execute(INSERT, OTHER)


async def test_the_owner_and_the_sealer_can_not_change_what_stands(kernel_database):
    await write(kernel_database, 1)
    await Book(kernel_database).seal()
    owner = await kernel_database.connect("owner")
    for table in ("audit_record", "audit_seal", "audit_checkpoint"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await owner.execute(f"DELETE FROM {table}")
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await owner.execute(f"TRUNCATE {table}")
    sealer = await kernel_database.connect("sealer")
    for statement in (
        "DELETE FROM audit_seal",
        "UPDATE audit_seal SET size = 2",
        "DELETE FROM audit_record",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await sealer.execute(statement)


@pytest.mark.parametrize(
    "kind", ["Wager.placed", "wager", "wager.placed ", "wager.placed.twice", "a" * 63 + ".b"]
)
async def test_a_kind_has_one_form(kernel_database, kind):
    with pytest.raises(asyncpg.CheckViolationError):
        async with kernel_database.app.transaction(TENANT) as tx:
            await append(tx, [AuditRecord(TENANT, kind, {}, AT, "system")])
