"""Breaks are written once each, and listed newest first."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from typer.testing import CliRunner

from execution_stack.breaks.domain import Break, Kind
from execution_stack.breaks.service import list_found, record
from execution_stack.cli import app
from shared.ids import HOUSE_TENANT

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


async def test_a_break_counts_once_and_the_newest_comes_first(execution_database):
    older, newer = Break(Kind.CHECK, uuid4(), 5, 3), Break(Kind.FEE_EXCESS, uuid4(), 0, 210_000)
    async with execution_database.app.transaction(HOUSE_TENANT) as tx:
        assert await record(tx, [older], NOW) == 1
        assert await record(tx, [older, newer], NOW + timedelta(minutes=1)) == 1
        assert await list_found(tx, 10) == [newer, older]
        assert await list_found(tx, 1) == [newer]


async def test_the_command_lists_what_was_found(execution_database):
    found = Break(Kind.FEE_EXCESS, uuid4(), 0, 210_000)
    async with execution_database.app.transaction(HOUSE_TENANT) as tx:
        await record(tx, [found], NOW)
    settings = {"EXECUTION_ENVIRONMENT": "sandbox", "EXECUTION_DATABASE_URL": execution_database.dsn("app")}
    shown = await asyncio.to_thread(CliRunner().invoke, app, ["breaks", "--json"], env=settings)
    assert shown.exit_code == 0, shown.output
    assert json.loads(shown.stdout) == [
        {"kind": "fee_excess", "subject": str(found.subject), "expected": 0, "found": 210_000}
    ]
