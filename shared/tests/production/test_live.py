"""Roles as a real server knows them, also those that a role may become; an absent server is a problem."""

import asyncpg
import pytest

from shared.production.live import Standing, ask_databases, check_standing, load_standing


async def ask(database, role):
    connection = await asyncpg.connect(database.dsn(role))
    try:
        return await load_standing(connection)
    finally:
        await connection.close()


async def test_the_roles_of_the_platform_stand_under_the_database_s_rules(kernel_database):
    for role in ("app", "sealer", "auditor"):
        assert await ask(kernel_database, role) == Standing(f"bulkhead_{role}")
    assert (await ask(kernel_database, "owner")).owners == ("bulkhead_owner",)
    found = await ask(kernel_database, "superuser")
    assert "postgres" in found.superusers


@pytest.mark.parametrize(
    ("change", "undo", "code"),
    [
        ("ALTER ROLE bulkhead_app SUPERUSER", "ALTER ROLE bulkhead_app NOSUPERUSER", "role_superuser"),
        ("ALTER ROLE bulkhead_app BYPASSRLS", "ALTER ROLE bulkhead_app NOBYPASSRLS", "role_bypasses_rls"),
        ("GRANT bulkhead_owner TO bulkhead_app", "REVOKE bulkhead_owner FROM bulkhead_app", "role_owns"),
        (
            "GRANT bulkhead_owner TO bulkhead_app WITH INHERIT FALSE",  # it may still SET ROLE
            "REVOKE bulkhead_owner FROM bulkhead_app",
            "role_owns",
        ),
    ],
)
async def test_a_role_that_they_do_not_hold_for_is_named(kernel_database, change, undo, code):
    superuser = await asyncpg.connect(kernel_database.dsn("superuser"))
    try:
        await superuser.execute(change)
        problems, readings = await ask_databases({"X_DATABASE_URL": kernel_database.dsn("app")})
    finally:
        await superuser.execute(undo)
        await superuser.close()
    assert f"production.{code}" in {each.code for each in problems}
    assert all("X_DATABASE_URL connects as bulkhead_app" in each.sentence for each in problems)
    assert abs(readings["X_DATABASE_URL"].apart_seconds) < 1


async def test_a_server_that_is_not_there_is_one_problem_among_others(kernel_database):
    problems, readings = await ask_databases(
        {"GONE": "postgresql://a:hidden@127.0.0.1:1/x", "THERE": kernel_database.dsn("sealer")}
    )
    assert [each.code for each in problems] == ["database.address_unusable"]
    assert "GONE" in problems[0].sentence
    assert "hidden" not in problems[0].sentence
    assert list(readings) == ["THERE"]


def test_a_role_below_the_rules_is_no_problem():
    assert check_standing("X", Standing("bulkhead_app")) == []
