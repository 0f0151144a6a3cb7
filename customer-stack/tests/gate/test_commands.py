"""`customer-stack gate replay` on a real database."""

import json

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from customer_stack.cli import app

from .bench import NOW, Bench


@pytest_asyncio.fixture
async def bench(customer_database, monkeypatch):
    monkeypatch.setenv("CUSTOMER_DATABASE_URL", customer_database.dsn("app"))
    monkeypatch.setenv("CUSTOMER_ENVIRONMENT", "sandbox")
    return await Bench(customer_database).open()


async def run(*arguments):
    """Run a command in a thread: it has a loop of its own."""
    import asyncio  # noqa: PLC0415

    result = await asyncio.to_thread(CliRunner().invoke, app, ["gate", "replay", *arguments])
    return result.exit_code, result.stdout


async def test_a_replay_that_agrees_ends_well_and_one_that_differs_does_not(bench, customer_database):
    ask = bench.ask(await bench.add_customer())
    await bench.decide(ask)
    since = "2020-01-01T00:00:00+0000"
    code, text = await run("--since", since, "--json")
    assert (code, json.loads(text)) == (0, {"replayed": 1, "complete": True, "differing": []})
    assert (await run("--id", str(ask.id)))[0] == 0
    owner = await customer_database.connect("owner")
    await owner.execute("ALTER TABLE gate_decision DISABLE TRIGGER gate_decision_append_only")
    await owner.execute("UPDATE gate_decision SET answer = 'deny', reason = 'gate.restricted'")
    code, text = await run("--since", since)
    assert code == 1
    assert f"DIFFERS {ask.id}: answer" in text


@pytest.mark.parametrize("arguments", [(), ("--id", "00000000-0000-7000-8000-000000000001")])
async def test_a_command_that_names_nothing_is_refused(bench, arguments):
    result = await run(*arguments)
    assert result[0] != 0
    assert bench.tenant
    assert NOW
