"""Money that leaves after a restore that lost something: none before a person has compared with the banks."""

import asyncio
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest
import typer
from prometheus_client import REGISTRY
from typer.testing import CliRunner

from shared.audit.witness.domain import RestoreCause
from shared.audit.witness.service import begin_epoch
from shared.clock import FixedClock, SystemClock
from shared.ids import HOUSE_TENANT
from shared.outflow import (
    Hold,
    NotCompared,
    NotHeld,
    OutflowHeld,
    find_hold,
    require_free,
    resume,
    show_hold,
)
from shared.outflow_commands import ComparedTo, Json, add_outflow_command, run_resume

OPERATOR = uuid4()
MIGRATIONS = Path(__file__).resolve().parents[3] / "customer-stack" / "migrations"


@pytest.fixture
def now():
    return SystemClock().now()


@pytest.fixture
async def app(customer_database):
    return customer_database.app


async def lose_records(app, now, cause=RestoreCause.BACKUP_RESTORED):
    async with app.transaction(HOUSE_TENANT) as tx:
        await begin_epoch(tx, OPERATOR, cause, now)


async def compare(app, to, now):
    async with app.transaction(HOUSE_TENANT) as tx:
        return await resume(tx, OPERATOR, to, now)


async def is_free(app):
    async with app.transaction() as tx:
        try:
            await require_free(tx)
        except OutflowHeld:
            return False
        return await find_hold(tx) is None


@pytest.mark.parametrize("cause", RestoreCause)
async def test_whatever_lost_records_holds_money_until_a_person_has_compared(app, now, cause):
    assert await is_free(app)
    await lose_records(app, now, cause)
    assert not await is_free(app)
    later = now + timedelta(hours=20)
    hold = await compare(app, later, later)
    assert (hold.epoch, hold.since) == (2, now)
    assert await is_free(app)
    async with app.transaction(HOUSE_TENANT) as tx:
        row = await tx.fetch_row("SELECT kind, body FROM audit_record ORDER BY id DESC LIMIT 1")
    body = json.loads(row["body"])
    assert (row["kind"], body["actor"]) == ("outflow.resumed", f"staff:{OPERATOR}")
    said = {"epoch": 2, "held_since": now.isoformat(), "compared_to": later.isoformat()}
    assert body["data"] == said


async def test_each_restore_holds_anew(app, now):
    for hours in (1, 2):
        at = now + timedelta(hours=hours)
        await lose_records(app, at)
        assert not await is_free(app)
        await compare(app, at, at)
        assert await is_free(app)
    with pytest.raises(NotHeld):
        await compare(app, at, at)


async def test_two_people_resume_once(app, now):
    await lose_records(app, now)
    found = await asyncio.gather(*(compare(app, now, now) for _ in range(2)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in found) == ["Hold", "NotHeld"]


async def test_statements_that_end_before_the_restore_compare_nothing(app, now):
    await lose_records(app, now)
    later = now + timedelta(minutes=1)
    for to in (now - timedelta(microseconds=1), later + timedelta(microseconds=1)):
        with pytest.raises(NotCompared):
            await compare(app, to, later)
    assert not await is_free(app)


@pytest.mark.parametrize(("microsecond", "told"), [(0, "07:00:59"), (1, "07:01:00"), (999_999, "07:01:00")])
def test_the_time_that_is_told_is_one_that_is_taken(microsecond, told):
    since = datetime(2026, 11, 29, 12, 30, 59, microsecond, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert Hold(2, since).told == f"2026-11-29T{told}"


async def test_how_long_money_is_held_is_a_metric(app, now):
    def shown():
        return REGISTRY.get_sample_value("bulkhead_outflow_held_seconds")

    clock = FixedClock(now)
    await show_hold(app, clock)
    assert shown() == 0
    await lose_records(app, now)
    clock.advance(timedelta(hours=1))
    await show_hold(app, clock)
    assert shown() == 3600
    await compare(app, now, now)
    await show_hold(app, clock)
    assert shown() == 0


async def test_the_commands_say_that_it_is_held_and_resume_it(customer_database, app, now):
    commands, address = typer.Typer(), customer_database.dsn("app")
    place = (address, MIGRATIONS)
    add_outflow_command(commands, lambda: place, "customer-stack")

    async def identify(_database):
        return OPERATOR

    @commands.command("resume-outflow")
    def resume_outflow(compared_to: ComparedTo, *, as_json: Json = False):
        run_resume(lambda: place, "customer-stack", identify, compared_to, as_json=as_json)

    async def run(*words):
        return await asyncio.to_thread(CliRunner().invoke, commands, [*words, "--json"])

    ended = ("--compared-to",)
    free = await run("outflow")
    assert (free.exit_code, json.loads(free.stdout)) == (0, {"held": False, "since": None})
    await lose_records(app, now - timedelta(seconds=2))
    held = await run("outflow")
    assert held.exit_code == 1
    since = json.loads(held.stdout)["since"]
    early = await run("resume-outflow", *ended, (now - timedelta(seconds=3)).strftime("%Y-%m-%dT%H:%M:%S"))
    assert isinstance(early.exception, NotCompared)
    assert since in str(early.exception)
    assert json.loads((await run("resume-outflow", *ended, since)).stdout)["held"] is False  # as it was told
    assert await is_free(app)
