"""A database of the version before: limits stay, and what was staked is counted by moment."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from customer_stack.protection.domain.counting import LENGTHS, Measure, Window
from customer_stack.protection.domain.limits import LimitKind
from customer_stack.protection.service import load_policy, load_standings
from customer_stack.rebuild.counts import compare_counts
from customer_stack.settings import MIGRATIONS_FOLDER
from shared.database import Database
from shared.migrations import upgrade

VERSION = "2026_11_28_36_protection"
NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
TENANT, OTHER, CUSTOMER, MARKET, ACCOUNT, OPEN, DONE, SALE, GONE = (UUID(int=n) for n in range(1, 10))

_WAGER = """
INSERT INTO wager_order (tenant_id, id, customer_id, market_id, placed_at, changed_at, quantity, max_total,
                         filled_quantity, filled_cost, filled_fee, limit_price, side, action, state)
VALUES ($1, $2, $3, $4, $5, $5, 1000, $6, $7, $8, $9, 6000, 'yes', $10::wager_action, $11::wager_state)
"""
_REPORT = """
INSERT INTO wager_report (tenant_id, sequence, recorded_at, received_at, account_id, customer_id, wager_id,
                          market_id, quantity, cost, fee, amount, kind, action, reverses)
VALUES ($1, $2, $3, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11::wager_report_kind, $12::wager_action, $13)
"""


@pytest.fixture
async def old_database(postgres_server):
    """Give the name of a database that knows everything before the version of this module."""
    name = "test_protection_upgrade"
    text = (MIGRATIONS_FOLDER / "versions" / f"{VERSION}.py").read_text()
    before = re.search(r'down_revision = "(\w+)"', text)[1]
    admin = await asyncpg.connect(postgres_server.dsn("superuser", "postgres"))
    await admin.execute(f'CREATE DATABASE "{name}" OWNER bulkhead_owner')
    await asyncio.to_thread(upgrade, postgres_server.dsn("owner", name), MIGRATIONS_FOLDER, before)
    yield name
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


async def fill(owner):
    for version, amount in ((1, 5), (2, 700)):
        await owner.execute(
            "INSERT INTO protection_stake_limit VALUES ($1, $2, $3, $4)", TENANT, version, amount, NOW
        )
    wagers = [
        (OPEN, NOW - timedelta(minutes=10), 900, 0, 0, 0, "buy", "submitted"),
        (DONE, NOW - timedelta(hours=3), 900, 1000, 600, 50, "buy", "filled"),
        (GONE, NOW - timedelta(hours=4), 900, 0, 0, 0, "buy", "cancelled"),
        (SALE, NOW - timedelta(hours=2), 0, 1000, 6_000_000, 20, "sell", "filled"),
    ]
    for wager_id, at, *rest in wagers:
        await owner.execute(_WAGER, TENANT, wager_id, CUSTOMER, MARKET, at, *rest)
    at = NOW - timedelta(hours=1)
    reports = [
        (1, DONE, 600, 50, 0, "fill", "buy", None),
        (2, SALE, 400, 20, 0, "fill", "sell", None),
        (3, None, 0, 0, 300, "payout", None, None),
        (4, None, 0, 7, 0, "settlement_fee", None, None),
        (5, None, 0, 0, 300, "reversal", None, 3),
        (6, DONE, 600, 0, 0, "reversal", "buy", 1),
        (7, SALE, 999, 9, 0, "fill", "sell", None),
    ]
    for number, wager_id, cost, fee, amount, kind, action, reverses in reports:
        when = at + number * timedelta(seconds=1)
        await owner.execute(
            _REPORT,
            TENANT,
            number,
            when,
            ACCOUNT,
            CUSTOMER,
            wager_id,
            MARKET,
            cost,
            fee,
            amount,
            kind,
            action,
            reverses,
        )
        if number < 7:
            await owner.execute("INSERT INTO wager_report_applied VALUES ($1, $2, $3)", TENANT, number, when)


async def test_limits_stay_and_stakes_and_returns_are_counted_by_moment(postgres_server, old_database):
    owner = await asyncpg.connect(postgres_server.dsn("owner", old_database))
    await fill(owner)
    await owner.close()
    await asyncio.to_thread(upgrade, postgres_server.dsn("owner", old_database), MIGRATIONS_FOLDER)
    database = await Database.connect(postgres_server.dsn("app", old_database), name="test", pool_size=2)
    async with database.transaction(TENANT, OTHER) as tx:
        policy = await load_policy(tx, TENANT)
        assert (policy.version, [each.amount for each in policy.limits]) == (2, [700])
        assert [each.kind for each in policy.limits] == [LimitKind.STAKE]
        assert (await load_policy(tx, OTHER)).version == 0
        standing = (await load_standings(tx, {CUSTOMER: TENANT}, NOW))[CUSTOMER]
        assert set(LENGTHS) == set(Window)
        for window in Window:
            assert standing.counted(Measure.STAKE, window) == 900 + 650
            assert standing.counted(Measure.RETURN, window) == 380 + 300 - 7 - 300 + 600
        stands, should = (await compare_counts(tx, TENANT))["stakes_from_wagers"]
        assert stands == should
        hours = await tx.fetch("SELECT hour, staked FROM protection_hour WHERE staked > 0 ORDER BY 1")
        assert [tuple(row) for row in hours] == [
            (NOW.replace(hour=9, minute=0), 650),
            (NOW.replace(minute=0), 900),
        ]
    await database.close()
