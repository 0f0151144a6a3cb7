"""A database in which everybody had buckets: who has many keeps them, others count from their events."""

import asyncio
import re
from datetime import timedelta

import asyncpg
import pytest

from customer_stack.aml.domain.catalogue import Dimension, Measure, Subject, Window
from customer_stack.aml.domain.counting import ORIGIN
from customer_stack.aml.domain.tree import Counter
from customer_stack.aml.service.checking import CounterCheck
from customer_stack.aml.service.counting import Ask, read_counters
from customer_stack.settings import MIGRATIONS_FOLDER
from shared.database import Database
from shared.migrations import upgrade

from .history import IDS, NOW, TENANT

VERSION = "2026_11_28_51_lean_gate"
MANY, FEW, DEVICE, INSTRUMENT = (IDS.new() for _ in range(4))
EVENTS = {MANY: 200, FEW: 3}

_EVENTS = """
INSERT INTO aml_event (tenant_id, id, customer_id, kind, product, tags, at, counted_at, n, amount, device_id,
                       instrument_id)
SELECT $1, gen_random_uuid(), $2, 'deposit', 'bank', 0, t.at, t.at, 1, 100, $3, $4
FROM generate_series(1, $6::integer) AS g (number)
CROSS JOIN LATERAL (SELECT $5::timestamptz - g.number * interval '1 minute') AS t (at)
"""
_BUCKETS = """
INSERT INTO aml_counter (tenant_id, subject_id, subject, minutes, starts_at, kind, product, tags, n, amount)
SELECT e.tenant_id, s.id, s.subject, g.minutes, g.starts_at, e.kind, e.product, e.tags,
       sum(e.n), sum(e.amount)
FROM aml_event e
CROSS JOIN LATERAL (VALUES (1::smallint, e.customer_id), (2, e.instrument_id), (3, e.device_id))
    AS s (subject, id)
CROSS JOIN LATERAL (VALUES (10::smallint, date_bin('10 minutes', e.counted_at, $1::timestamptz)),
                           (1440, date_bin('1 day', e.counted_at, $1::timestamptz))) AS g (minutes, starts_at)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
_PAIRS = """
INSERT INTO aml_pair (tenant_id, subject_id, subject, dimension, day, value_id, n)
SELECT e.tenant_id, p.subject_id, p.subject, p.dimension, date_bin('1 day', e.counted_at, $1::timestamptz),
       p.value_id, count(*)
FROM aml_event e CROSS JOIN LATERAL (VALUES
    (e.customer_id, 1::smallint, 2::smallint, e.instrument_id), (e.customer_id, 1, 3, e.device_id),
    (e.instrument_id, 2, 1, e.customer_id), (e.device_id, 3, 1, e.customer_id))
    AS p (subject_id, subject, dimension, value_id)
GROUP BY 1, 2, 3, 4, 5, 6
"""


@pytest.fixture
async def old_database(postgres_server):
    """Give the name of a database that knows everything before the version of this module."""
    name = "test_aml_upgrade"
    text = (MIGRATIONS_FOLDER / "versions" / f"{VERSION}.py").read_text()
    before = re.search(r'down_revision = "(\w+)"', text)[1]
    admin = await asyncpg.connect(postgres_server.dsn("superuser", "postgres"))
    await admin.execute(f'CREATE DATABASE "{name}" OWNER bulkhead_owner')
    await asyncio.to_thread(upgrade, postgres_server.dsn("owner", name), MIGRATIONS_FOLDER, before)
    yield name
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


async def test_who_has_many_events_keeps_buckets_and_everybody_keeps_counters(postgres_server, old_database):
    owner = await asyncpg.connect(postgres_server.dsn("owner", old_database))
    for customer, number in EVENTS.items():
        await owner.execute(_EVENTS, TENANT, customer, DEVICE, INSTRUMENT, NOW, number)
    await owner.execute(_BUCKETS, ORIGIN)
    await owner.execute(_PAIRS, ORIGIN)
    await asyncio.to_thread(upgrade, postgres_server.dsn("owner", old_database), MIGRATIONS_FOLDER)
    kept = await owner.fetch("SELECT DISTINCT subject_id FROM aml_counter")
    await owner.close()
    database = await Database.connect(postgres_server.dsn("app", old_database), name="test")

    async def tenants():
        return [TENANT]

    try:
        checked = await CounterCheck(database, tenants).run()
        async with database.transaction(TENANT) as tx:
            asks = [
                *(
                    Ask(TENANT, each, Counter(Subject.CUSTOMER, Measure.COUNT, "deposits", Window.DAY), NOW)
                    for each in EVENTS
                ),
                Ask(
                    TENANT,
                    DEVICE,
                    Counter(Subject.DEVICE, Measure.DISTINCT, Dimension.CUSTOMER, Window.MONTH),
                    NOW + timedelta(days=1),
                ),
            ]
            found = [each.value for each in await read_counters(tx, asks)]
    finally:
        await database.close()
    assert {row[0] for row in kept} == {MANY, DEVICE, INSTRUMENT}
    assert checked.held, checked.differences
    assert found == [*EVENTS.values(), len(EVENTS)]
