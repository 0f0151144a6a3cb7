"""Checks of databases against a real server: as it should be, and with one thing broken at a time."""

from uuid import uuid4

import asyncpg
import pytest

from shared.doctor import audit, databases
from shared.doctor.databases import Address
from shared.doctor.examining import State, examine


def at(database, role):
    return Address(f"X_{role.upper()}_DATABASE_URL", database.dsn(role))


async def as_superuser(database, *statements):
    connection = await asyncpg.connect(database.dsn("superuser"))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def states(found):
    return {each.name: each.state for each in found}


@pytest.mark.parametrize("role", ["app", "sealer", "auditor", "owner"])
async def test_a_role_as_it_should_be_is_well(kernel_database, role):
    found = states(await databases.look_at_role(role, at(kernel_database, role)))
    wanted = {f"database.{role}": State.OK}
    assert found == (wanted | {"clock.database": State.OK} if role == "app" else wanted)


@pytest.mark.parametrize(
    ("change", "undo", "told"),
    [
        ("ALTER ROLE bulkhead_app SUPERUSER", "ALTER ROLE bulkhead_app NOSUPERUSER", "append-only"),
        ("ALTER ROLE bulkhead_app BYPASSRLS", "ALTER ROLE bulkhead_app NOBYPASSRLS", "row-level security"),
        ("GRANT UPDATE ON audit_record TO bulkhead_app", "SELECT", "append-only (audit_record)"),
    ],
)
async def test_a_role_above_the_rules_is_told(kernel_database, change, undo, told):
    await as_superuser(kernel_database, change)
    try:
        found = list(await databases.look_at_role("app", at(kernel_database, "app")))
    finally:
        await as_superuser(kernel_database, undo)
    assert found[0].state is State.WRONG
    assert told in found[0].sentence


async def test_an_owner_that_owns_nothing_is_told(kernel_database):
    (found,) = await databases.look_at_role("owner", at(kernel_database, "app"))
    assert found.state is State.WRONG
    assert "does not own" in found.sentence


async def test_row_security_that_is_not_forced_is_told_by_table(kernel_database):
    (found,) = await databases.look_at_row_security(at(kernel_database, "app"))
    assert found.state is State.OK
    await as_superuser(kernel_database, "ALTER TABLE audit_record NO FORCE ROW LEVEL SECURITY")
    (found,) = await databases.look_at_row_security(at(kernel_database, "app"))
    assert found.state is State.WRONG
    assert "audit_record" in found.sentence


async def test_money_that_is_held_after_a_restore_is_told(kernel_database):
    (found,) = await databases.look_at_outflow(at(kernel_database, "app"))
    assert found.state is State.OK
    await as_superuser(
        kernel_database, f"INSERT INTO audit_epoch VALUES (2, 0, '{uuid4()}', 'backup_restored', now())"
    )
    (found,) = await databases.look_at_outflow(at(kernel_database, "app"))
    assert found.state is State.WARN
    assert "resume-outflow" in found.sentence


async def test_the_audit_is_told_by_age(kernel_database):
    found = {each.name: each for each in await audit.look_at_audit(at(kernel_database, "auditor"))}
    assert states(found.values()) == dict.fromkeys(
        ("audit.sealed", "audit.witnessed", "audit.alarms"), State.OK
    )
    await as_superuser(
        kernel_database,
        "INSERT INTO audit_record (tenant_id, kind, body, recorded_at) VALUES "
        "('00000000-0000-0000-0000-000000000000', 'a.b', '{}', now() - interval '2 minutes')",
        "INSERT INTO witness_alarm (id, kind, epoch, held_size, size, root, raised_at) VALUES "
        "(gen_random_uuid(), 'behind', 1, 1, 0, sha256(''), now())",
    )
    found = {each.name: each for each in await audit.look_at_audit(at(kernel_database, "auditor"))}
    assert found["audit.sealed"].state is State.WRONG
    assert "120" in found["audit.sealed"].sentence
    assert found["audit.alarms"].state is State.WRONG


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgresql://a:hidden@127.0.0.1:1/x", "X cannot be used"),
        ("nonsense", "X cannot be used"),
        ("", "X is empty"),
    ],
)
def test_a_server_that_is_not_there_is_a_sentence(address, told, tmp_path):
    found = examine(databases.build_checks({"app": Address("X", address)}, tmp_path, is_production=False))
    assert {each.state for each in found} == {State.WRONG}
    assert all("hidden" not in each.sentence for each in found)
    assert sum(told in each.sentence for each in found) >= 3


def test_no_address_at_all_is_a_sentence(tmp_path):
    (found,) = examine(databases.build_checks({}, tmp_path, is_production=True))
    assert (found.name, found.state) == ("database", State.WRONG)
