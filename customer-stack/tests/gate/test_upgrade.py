"""A database of the first gate: its decisions are moved over, readable, and come out again."""

import asyncio
import re
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from customer_stack.gate.service.replaying import Replaying
from customer_stack.settings import MIGRATIONS_FOLDER
from customer_stack.wagers.domain.records import reasons_of
from shared.clock import FixedClock
from shared.database import Database
from shared.migrations import upgrade

VERSION = "2026_11_28_41_gate"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TENANT, ALLOWED, DENIED, SOLD = (UUID(f"019aa{number}00-0000-7000-8000-000000000000") for number in range(4))
RECORD = (
    '{"facts":{"command":{"wager_id":"%s","tenant_id":"%s","customer_id":"%s","market_id":"%s","side":"yes",'
    '"action":"%s","quantity":1000,"limit_price":5600,"at":"2026-11-20T12:00:00+00:00"},"standing":'
    '{"status":"active","may_wager":true},"is_capable":true,"market":{"status":"open","tick":100,'
    '"close_time":"2026-11-21T12:00:00+00:00","fee_multiplier_e4":10000},"stake":{"staked":%d,'
    '"limit":100000000,"version":3},"funds":98514851,"contracts":1000},"decision":{"reasons":[%s],'
    '"max_total":%d,"gate_version":1,"fee_version":1}}'
)


def record(wager_id, *, action="buy", staked=0, reasons="", total=5_892_480):
    ids = [str(each) for each in (wager_id, TENANT, TENANT, TENANT)]
    return RECORD % (*ids, action, staked, reasons, total)


@pytest.fixture
async def old_database(postgres_server):
    """Give the name of a database that knows everything before the version of this module."""
    name = "test_gate_upgrade"
    text = (MIGRATIONS_FOLDER / "versions" / f"{VERSION}.py").read_text()
    before = re.search(r'down_revision = "(\w+)"', text)[1]
    admin = await asyncpg.connect(postgres_server.dsn("superuser", "postgres"))
    await admin.execute(f'CREATE DATABASE "{name}" OWNER bulkhead_owner')
    await asyncio.to_thread(upgrade, postgres_server.dsn("owner", name), MIGRATIONS_FOLDER, before)
    yield name
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


async def test_decisions_of_the_first_gate_are_moved_over_and_come_out_again(postgres_server, old_database):
    owner = await asyncpg.connect(postgres_server.dsn("owner", old_database))
    for wager_id, reason, text in (
        (ALLOWED, None, record(ALLOWED)),
        (DENIED, "stake_limit", record(DENIED, staked=99_000_000, reasons='"stake_limit"')),
        (SOLD, None, record(SOLD, action="sell", total=0)),
    ):
        await owner.execute(
            "INSERT INTO wager_decision VALUES ($1, $2, $1, $3, $4, 1, 1, $5)",
            TENANT,
            wager_id,
            NOW,
            text,
            reason,
        )
    await owner.close()
    await asyncio.to_thread(upgrade, postgres_server.dsn("owner", old_database), MIGRATIONS_FOLDER)
    database = await Database.connect(postgres_server.dsn("app", old_database), name="test")
    try:
        async with database.transaction(TENANT) as tx:
            rows = await tx.fetch(
                "SELECT id, kind::text, lane, answer::text, reason, gate_version FROM gate_decision "
                "ORDER BY id"
            )

        async def tenants():
            return [TENANT]

        replaying = Replaying(database, {"wager": reasons_of}, tenants, FixedClock(NOW))
        run = await replaying.replay_period(NOW.replace(year=2020), NOW.replace(year=2099), 10)
    finally:
        await database.close()
    assert [tuple(row) for row in rows] == [
        (ALLOWED, "wager", "wager", "allow", None, 1),
        (DENIED, "wager", "wager", "deny", "wagers.stake_limit", 1),
        (SOLD, "wager_sale", "wager", "allow", None, 1),
    ]
    assert (run.replayed, run.held) == (3, True), run.differing
