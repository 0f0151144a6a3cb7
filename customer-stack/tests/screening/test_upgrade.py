"""A database of before lists were kept: who was screened stands as they stood, and is due again."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from customer_stack.settings import MIGRATIONS_FOLDER
from shared.migrations import upgrade

BEFORE, VERSION = "2026_11_28_36_protection", "2026_11_28_37_screening_lists"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TENANT, ACTIVE, REFUSED, NEW = (UUID(int=number) for number in range(1, 5))


@pytest.fixture
async def old_database(postgres_server):
    name = "test_screening_upgrade"
    admin = await asyncpg.connect(postgres_server.dsn("superuser", "postgres"))
    await admin.execute(f'CREATE DATABASE "{name}" OWNER bulkhead_owner')
    await asyncio.to_thread(upgrade, postgres_server.dsn("owner", name), MIGRATIONS_FOLDER, BEFORE)
    yield postgres_server.dsn("owner", name)
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


async def fill(owner):
    await owner.execute("INSERT INTO tenancy_tenant VALUES ($1, 'lanka', 'Lanka', $2)", TENANT, NOW)
    await owner.execute(
        "INSERT INTO tenancy_department (tenant_id, id, root_id, name, created_at) "
        "VALUES ($1, $1, $1, 'R', $2)",
        TENANT,
        NOW,
    )
    for customer, status in ((ACTIVE, "active"), (REFUSED, "refused"), (NEW, "verifying")):
        await owner.execute(
            "INSERT INTO customer_account (tenant_id, id, department_id, status, refusal, registered_at, "
            "changed_at) VALUES ($1, $2, $1, $3, $4, $5, $5)",
            TENANT,
            customer,
            status,
            "onboarding.declined" if status == "refused" else None,
            NOW,
        )
    for customer, lists, score in ((ACTIVE, 1, 0), (ACTIVE, 2, 0), (REFUSED, 1, 9000)):
        await owner.execute(
            "INSERT INTO screening_result (tenant_id, id, customer_id, list_version, matcher_version, "
            "threshold, best_score, verdict, screened_at) "
            "VALUES ($1, gen_random_uuid(), $2, $3, 2, 7000, $4, $5, $6)",
            TENANT,
            customer,
            bytes([lists] * 32),
            score,
            "possible_match" if score else "clear",
            NOW + timedelta(days=lists),
        )


async def test_who_was_screened_stands_as_they_stood_and_is_due_again(old_database):
    owner = await asyncpg.connect(old_database)
    await fill(owner)
    await asyncio.to_thread(upgrade, old_database, MIGRATIONS_FOLDER, VERSION)
    rows = await owner.fetch(
        "SELECT customer_id, state, lists_version, matcher_version, party_print FROM screening_standing"
    )
    assert [tuple(row) for row in rows] == [(ACTIVE, "clear", bytes([2] * 32), 0, None)]
    await owner.close()
