"""A database of the version before: checks become first attempts, and none is decided by the way."""

import asyncio
import re
from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg
import pytest

from customer_stack.settings import MIGRATIONS_FOLDER
from shared.migrations import upgrade

VERSION = "2026_11_28_32_kyc"
FACTS_VERSION = "2026_11_28_42_held_money"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TENANT, CLEAR, REFUSED, ASKED = (UUID(int=number) for number in range(1, 5))


@pytest.fixture
async def old_database(postgres_server):
    """Give the name of a database that knows everything before the version of this module."""
    name = "test_kyc_upgrade"
    text = (MIGRATIONS_FOLDER / "versions" / f"{VERSION}.py").read_text()
    before = re.search(r'down_revision = "(\w+)"', text)[1]
    admin = await asyncpg.connect(postgres_server.dsn("superuser", "postgres"))
    await admin.execute(f'CREATE DATABASE "{name}" OWNER bulkhead_owner')
    await asyncio.to_thread(upgrade, postgres_server.dsn("owner", name), MIGRATIONS_FOLDER, before)
    yield name
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
    sealed = bytes(40)
    for customer in (CLEAR, REFUSED, ASKED):
        await owner.execute(
            "INSERT INTO customer_account (tenant_id, id, department_id, status, registered_at, changed_at) "
            "VALUES ($1, $2, $1, 'verifying', $3, $3)",
            TENANT,
            customer,
            NOW,
        )
        await owner.execute(
            "INSERT INTO customer_profile VALUES ($1, $2, 'national_id', $3, $4, $4, $4, $4, $4, $4)",
            TENANT,
            customer,
            customer.bytes * 2,
            sealed,
        )
        await owner.execute(
            "INSERT INTO kyc_check (tenant_id, id, customer_id, requested_at, submitted_at, next_attempt_at) "
            "VALUES ($1, $2, $2, $3, $3, $3)",
            TENANT,
            customer,
            NOW,
        )
    for customer, outcome, reason in ((CLEAR, "clear", "clear"), (REFUSED, "refused", "under_age")):
        await owner.execute(
            "INSERT INTO kyc_decision VALUES ($1, $2, $3, $4, 1, $5)", TENANT, customer, outcome, reason, NOW
        )


async def check_facts(owner, dsn):
    """See that the gate knows what verifications and statements said last, and nothing of others."""
    for number, cents in ((1, 100_000_00), (2, 250_000_00)):
        await owner.execute(
            "INSERT INTO kyc_turnover (tenant_id, id, customer_id, monthly_cents, source, declared_at) "
            "VALUES ($1, $2, $3, $4, 'salary', $5)",
            TENANT,
            UUID(int=number),
            ASKED,
            cents,
            NOW,
        )
    await asyncio.to_thread(upgrade, dsn, MIGRATIONS_FOLDER, FACTS_VERSION)
    known = await owner.fetch(
        "SELECT customer_id, tier, document_expires_on, expected_turnover FROM facts_customer "
        "ORDER BY customer_id"
    )
    assert [tuple(row) for row in known] == [
        (CLEAR, "standard", None, None),
        (REFUSED, None, None, None),
        (ASKED, None, None, 250_000_00),
    ]


async def test_checks_of_before_become_first_attempts(postgres_server, old_database):
    dsn = postgres_server.dsn("owner", old_database)
    owner = await asyncpg.connect(dsn)
    await fill(owner)
    await asyncio.to_thread(upgrade, dsn, MIGRATIONS_FOLDER, VERSION)
    rows = await owner.fetch(
        "SELECT customer_id, attempt, state::text, rejection::text, reason, decided_at, due_at, claim_sealed "
        "FROM kyc_session ORDER BY customer_id"
    )
    assert [tuple(row) for row in rows] == [
        (CLEAR, 1, "approved", None, None, NOW, None, None),
        (REFUSED, 1, "rejected", "final", "under_age", NOW, None, None),
        (ASKED, 1, "draft", None, None, None, NOW, None),
    ]
    worth = await owner.fetch("SELECT customer_id, tier, review_due_on FROM kyc_verification")
    assert [tuple(row) for row in worth] == [(CLEAR, "standard", date(2029, 11, 20))]
    await check_facts(owner, dsn)
    await owner.close()
    app = await asyncpg.connect(postgres_server.dsn("app", old_database))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("UPDATE kyc_check SET attempts = 1")
    await app.close()
