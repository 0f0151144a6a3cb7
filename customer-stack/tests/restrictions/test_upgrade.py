"""A database of the version before: who is frozen is restricted by staff, and nobody else is."""

import asyncio
import re
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from customer_stack.settings import MIGRATIONS_FOLDER
from shared.migrations import upgrade

VERSION = "2026_11_28_35_restrictions"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TENANT, FROZEN, ACTIVE = (UUID(int=number) for number in range(1, 4))


async def test_who_is_frozen_has_a_restriction_by_staff(postgres_server):
    name = "test_restrictions_upgrade"
    text = (MIGRATIONS_FOLDER / "versions" / f"{VERSION}.py").read_text()
    before = re.search(r'down_revision = "(\w+)"', text)[1]
    admin = await asyncpg.connect(postgres_server.dsn("superuser", "postgres"))
    await admin.execute(f'CREATE DATABASE "{name}" OWNER bulkhead_owner')
    await asyncio.to_thread(upgrade, postgres_server.dsn("owner", name), MIGRATIONS_FOLDER, before)
    owner = await asyncpg.connect(postgres_server.dsn("owner", name))
    await owner.execute("INSERT INTO tenancy_tenant VALUES ($1, 'lanka', 'Lanka', $2)", TENANT, NOW)
    await owner.execute(
        "INSERT INTO tenancy_department (tenant_id, id, root_id, name, created_at) "
        "VALUES ($1, $1, $1, 'R', $2)",
        TENANT,
        NOW,
    )
    for customer, status in ((FROZEN, "frozen"), (ACTIVE, "active")):
        await owner.execute(
            "INSERT INTO customer_account (tenant_id, id, department_id, status, registered_at, changed_at) "
            "VALUES ($1, $2, $1, $3::text::customer_status, $4, $4)",
            TENANT,
            customer,
            status,
            NOW,
        )
    await asyncio.to_thread(upgrade, postgres_server.dsn("owner", name), MIGRATIONS_FOLDER, VERSION)
    found = await owner.fetch(
        "SELECT customer_id, kind::text, r.cause::text, s.state::text, s.taken_by "
        "FROM restriction r JOIN restriction_step s ON s.restriction_id = r.id"
    )
    assert [tuple(row) for row in found] == [(FROZEN, "full", "staff", "standing", "system")]
    await owner.close()
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()
