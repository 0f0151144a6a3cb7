"""The rebuild finds nothing where snapshots follow from facts, and names an account that does not."""

import asyncio
import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from execution_stack.cli import app


@pytest.fixture
async def traded(world, offer):
    """One window was bought; the next one's order is in flight, and money held for it."""
    offer(1012, 5400, 177_800)
    await world.submit("A", 1000)
    await world.submit("C", 400)
    await world.run_windows()
    await world.submit("B", 50, limit=4400)
    world.clock.advance(timedelta(seconds=2))
    await world.service.close_windows()
    return world


async def rebuild(database, *arguments):
    settings = {"EXECUTION_ENVIRONMENT": "sandbox", "EXECUTION_AUDITOR_DATABASE_URL": database.dsn("auditor")}
    command = ["ledger", "rebuild", *arguments]
    return await asyncio.to_thread(CliRunner().invoke, app, command, env=settings)


async def test_everything_follows_and_is_counted(traded, execution_database):
    shown = await rebuild(execution_database, "--check", "--json")
    found = json.loads(shown.stdout)
    assert (shown.exit_code, found["good"], found["findings"]) == (0, True, [])
    assert found["compared"]["open_holds"] == 1
    assert min(found["compared"].values()) > 0
    assert "everything follows from the facts" in (await rebuild(execution_database)).stdout


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("UPDATE ledger_balance SET posted = posted + 1 WHERE posted > 0", "posted"),
        ("UPDATE ledger_hold_open SET remaining = remaining + 1", "open hold"),
    ],
)
async def test_an_account_that_does_not_follow_is_named(traded, execution_database, sql, what):
    superuser = await execution_database.connect("superuser")
    await superuser.execute(f"SET session_replication_role = replica; {sql}")
    shown = await rebuild(execution_database, "--json")
    found = json.loads(shown.stdout)
    assert (shown.exit_code, found["good"]) == (1, False)
    assert all(each["subject"].startswith(f"{what}: book ") for each in found["findings"])
    (one,) = json.loads((await rebuild(execution_database, "--json", "--limit", "1")).stdout)["findings"]
    assert int(one["stands"]) == int(one["should_be"]) + 1
    assert "NOT everything follows" in (await rebuild(execution_database)).stdout
