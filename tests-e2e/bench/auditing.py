"""The audit: how long a record waits for its seal under full load, and how fast a history verifies.

The lag is read from the database afterwards, of every record: from the begin of its transaction to the seal.
The verification is the product's own, from PostgreSQL, with every hash of every record made again.
"""

import asyncio
import multiprocessing
import time
from datetime import UTC, datetime
from multiprocessing.synchronize import Event
from statistics import median

import asyncpg

from bench import ledger
from bench.results import Result
from shared.audit import AuditRecord, append
from shared.audit.checkpoints import Signer
from shared.audit.sealer import Sealer
from shared.audit.store import wait_all_sealed
from shared.audit.verify import PROCESSES, verify
from shared.database import Database
from shared.ids import HOUSE_TENANT

ORIGIN = "bulkhead/sandbox/customer"
SEED = bytes(range(32))
RECORDS = 2_000_000
AT_ONCE = 1_000
START_SECONDS = 60.0
BATCHES = 50
VERIFICATIONS = 3

_WRITE = """
INSERT INTO audit_record (tenant_id, kind, body)
SELECT $1, 'wager.placed', convert_to(format(
    '{"actor":"customer:%s","at":"2026-11-28T12:00:00.123456Z","data":{"contracts":%s,"market":"%s","total":"%s"}}',
    gen_random_uuid(), i, gen_random_uuid(), i * 31), 'UTF8')
FROM generate_series(1, $2::int) AS i
"""
_LAG = """
SELECT count(*), percentile_cont(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (ORDER BY lag) FROM (
    SELECT extract(epoch FROM s.sealed_at - r.recorded_at) * 1000 AS lag
    FROM audit_seal s
    LEFT JOIN audit_seal b ON b.size = s.start
    JOIN audit_record r ON (r.txid, r.id) > (coalesce(b.last_txid, '0'), coalesce(b.last_id, 0))
                       AND (r.txid, r.id) <= (s.last_txid, s.last_id) AND r.kind <> 'bench.began'
) lags
"""


def seal_until_told(dsn: str, stop: Event) -> None:
    """Run the product's sealer, in a process of its own as the worker is."""

    async def run() -> None:
        told = asyncio.Event()
        sealer = asyncio.create_task(Sealer(dsn, Signer(ORIGIN, SEED)).run(told))
        await asyncio.to_thread(stop.wait)
        told.set()
        await sealer

    asyncio.run(run())


async def measure_lag(database: Database, sealer_dsn: str, auditor_dsn: str) -> list[Result]:
    """Let payments take the machine, with a sealer beside them, and look how far behind it was."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    process = context.Process(target=seal_until_told, args=(sealer_dsn, stop))
    process.start()
    try:
        load = ledger.Load(database)
        await load.open(ledger.ACCOUNTS)
        began = AuditRecord(HOUSE_TENANT, "bench.began", {}, datetime.now(UTC), "system")
        async with database.transaction(HOUSE_TENANT) as tx:
            await append(tx, [began])
        await wait_all_sealed(database, HOUSE_TENANT, timeout_seconds=START_SECONDS)
        rate, _ = await load.run(ledger.SECONDS)
        await wait_all_sealed(database, HOUSE_TENANT, timeout_seconds=START_SECONDS)
    finally:
        stop.set()
        await asyncio.to_thread(process.join, 30)
    report = await verify(auditor_dsn, verifiers=[Signer(ORIGIN, SEED).verifier])
    if not report.is_good or report.unsealed:
        raise RuntimeError(f"the bench's history is not good: {report}")
    auditor = await asyncpg.connect(auditor_dsn, timeout=10, command_timeout=120)
    try:
        [(count, (p50, p99, most))] = await auditor.fetch(_LAG)
        turns = await auditor.fetchval("SELECT count(*) FROM audit_seal")
    finally:
        await auditor.close()
    conditions = (
        f"{count:,} records at {rate:,.0f} payments/s ({ledger.IN_FLIGHT} in flight), one sealer beside, "
        f"{turns:,} seals; from the begin of a record's transaction to its seal; at most {most:.0f} ms"
    )
    return [
        Result(
            "audit.seal_lag_ms", round(p99, 1), "ms", 100, "lower", round(p50, 2), round(p99, 2), conditions
        )
    ]


async def write_history(owner_dsn: str, sealer_dsn: str) -> None:
    """Write records as `BATCHES` turns at once would, sealing after each."""
    owner = await asyncpg.connect(owner_dsn, timeout=10, command_timeout=300)
    database = await Database.connect(sealer_dsn, name="bench-sealer", pool_size=1)
    try:
        async with database.session() as session:
            sealer = Sealer("unused", Signer(ORIGIN, SEED))
            for _ in range(RECORDS // (AT_ONCE * BATCHES)):
                for _ in range(BATCHES):
                    await owner.execute(_WRITE, HOUSE_TENANT, AT_ONCE)
                while await sealer.take_turn(session):
                    pass
        await owner.execute("VACUUM ANALYZE audit_record")
        await owner.execute("VACUUM ANALYZE audit_seal")
    finally:
        await database.close()
        await owner.close()


async def measure_verify(owner_dsn: str, sealer_dsn: str, auditor_dsn: str) -> list[Result]:
    """Verify a history of two million records."""
    await write_history(owner_dsn, sealer_dsn)
    rates = []
    for _ in range(VERIFICATIONS):
        began = time.perf_counter()
        report = await verify(auditor_dsn, verifiers=[Signer(ORIGIN, SEED).verifier])
        rates.append(RECORDS / (time.perf_counter() - began))
        if not report.is_good or report.head.size != RECORDS:
            raise RuntimeError(f"the bench's history is not good: {report}")
    auditor = await asyncpg.connect(auditor_dsn, timeout=10)
    try:
        size = await auditor.fetchval("SELECT avg(octet_length(body)) FROM audit_record LIMIT 1000")
    finally:
        await auditor.close()
    conditions = (
        f"{RECORDS:,} records, bodies of {size:.0f} bytes, {PROCESSES} processes beside PostgreSQL, "
        f"their start included; every leaf, chain, node and signature; median of {VERIFICATIONS} "
        f"({', '.join(f'{rate:,.0f}' for rate in rates)})"
    )
    return [
        Result("audit.verify", round(median(rates)), "records/s", 1_000_000, "higher", None, None, conditions)
    ]
