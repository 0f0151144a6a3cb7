"""A replay finds nothing where all is as it was shared out, and any number that was changed."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from execution_stack.cli import app
from execution_stack.exchange.domain import Action, Side
from execution_stack.replay import service as module
from execution_stack.replay.errors import WindowNotFound
from execution_stack.replay.service import ReplayService


@pytest.fixture
async def traded(world, offer):
    """Four windows: bought, sold, not filled at all, and one with fees above the caps."""
    offer(1012, 5400, 177_800)
    await world.submit("A", 1000)
    await world.submit("C", 400)
    await world.run_windows()
    offer(200, 6200, 40_000)
    await world.submit("A", 600, action=Action.SELL, limit=6000)
    await world.run_windows()
    world.exchange.trades.clear()
    await world.submit("B", 50, side=Side.NO, limit=4400)
    await world.run_windows()
    offer(10, 5600, 400_000)
    await world.submit("B", 10)
    await world.run_windows()
    return world


async def test_what_was_shared_out_is_replayed_page_by_page(traded, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 3)
    await traded.submit("D", 10)
    report = await ReplayService(traded.database).replay()
    assert (report.replayed, report.in_flight, report.difference) == (4, 0, None)


async def test_a_window_in_flight_is_counted_and_not_judged(traded):
    await traded.submit("D", 10)
    traded.clock.advance(timedelta(seconds=2))
    await traded.service.close_windows()
    report = await ReplayService(traded.database).replay()
    assert (report.replayed, report.in_flight) == (4, 1)


@pytest.mark.parametrize(
    ("tampering", "names"),
    [
        ("UPDATE report SET quantity = quantity + 1 WHERE kind = 'fill_share' AND quantity = 723", "reports"),
        ("UPDATE report SET fee = fee - 1 WHERE kind = 'fill_share' AND quantity = 723", "reports"),
        ("DELETE FROM report WHERE kind = 'final' AND quantity = 0", "reports"),
        ("UPDATE ledger_posting SET amount = amount + 1 WHERE amount = 723", "transfer"),
        ("DELETE FROM ledger_posting WHERE target = 'own_cash'", "transfer"),
        ("UPDATE aggregation_order SET cost = cost + 1 WHERE filled = 200", "outcome"),
        ("UPDATE aggregation_fill SET quantity = quantity - 1 WHERE quantity = 200", "outcome"),
        ("UPDATE aggregation_fill SET yes_price = 9000 WHERE quantity = 1012", "fills"),
    ],
)
async def test_a_number_that_was_changed_is_named(traded, execution_database, tampering, names):
    superuser = await execution_database.connect("superuser")
    await superuser.execute(f"SET session_replication_role = replica; {tampering}")
    difference = (await ReplayService(traded.database).replay()).difference
    assert difference is not None
    assert difference.what.startswith(names)
    assert difference.expected != difference.found


async def test_a_manifest_that_was_changed_with_its_digest_is_named(traded, execution_database):
    superuser = await execution_database.connect("superuser")
    await superuser.execute(
        "SET session_replication_role = replica; ALTER TABLE aggregation_window DISABLE TRIGGER ALL; "
        "UPDATE aggregation_window SET manifest = manifest || 'x', digest = sha256(manifest || 'x') "
        "WHERE id = (SELECT min(id::text)::uuid FROM aggregation_window)"
    )
    difference = (await ReplayService(traded.database).replay()).difference
    assert difference is not None
    assert difference.what == "manifest"


async def test_the_command_replays_one_window_or_all_and_says_what_differs(traded, execution_database):
    settings = {"EXECUTION_ENVIRONMENT": "sandbox", "EXECUTION_DATABASE_URL": execution_database.dsn("app")}

    async def run(*arguments):
        return await asyncio.to_thread(
            CliRunner().invoke, app, ["replay", "--json", *arguments], env=settings
        )

    shown = await run("--all")
    assert (shown.exit_code, json.loads(shown.stdout)["replayed"]) == (0, 4)
    window = await traded.value("SELECT window_id FROM aggregation_order WHERE filled = 200")
    superuser = await execution_database.connect("superuser")
    await superuser.execute(
        "SET session_replication_role = replica; UPDATE report SET amount = amount + 1 "
        "WHERE kind = 'fill_share' AND quantity = 200"
    )
    shown = await run("--window", str(window))
    assert shown.exit_code == 1
    assert json.loads(shown.stdout)["difference"]["window_id"] == str(window)
    assert (await run()).exit_code == 2
    with pytest.raises(WindowNotFound):
        await ReplayService(traded.database).replay(uuid4())
