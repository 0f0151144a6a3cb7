"""The committed dumps say what the migrations build; the migrations run on both PostgreSQL versions."""

import asyncio
import difflib
from pathlib import Path
from typing import Any

import pytest

from architecture.sources import ROOT
from bulkhead_local.layout import STACKS
from bulkhead_local.postgres import TEST_TUNING, Server
from bulkhead_local.schema import dump_schema
from shared.migrations import upgrade


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database(stack: str, request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(f"{stack}_database")


async def test_the_dump_is_what_the_migrations_build(stack: str, database: Any) -> None:
    committed = (ROOT / f"{stack}-stack" / "schema.sql").read_text()
    built = await asyncio.to_thread(dump_schema, database.dsn("superuser"))
    difference = list(
        difflib.unified_diff(committed.splitlines(), built.splitlines(), "committed", "built", n=1)
    )
    assert difference == [], "run `make schema`, read what changed, and commit it"
    owner = await database.connect("owner")
    await owner.execute("ALTER TABLE ledger_posting DROP CONSTRAINT ledger_posting_amount_positive")
    assert await asyncio.to_thread(dump_schema, database.dsn("superuser")) != committed


def test_the_migrations_run_on_the_oldest_version_we_support(tmp_path: Path) -> None:
    server = Server(tmp_path / "server", tuning=TEST_TUNING, version=16)
    server.start(STACKS)
    try:
        for stack in STACKS:
            upgrade(server.dsn("owner", stack), ROOT / f"{stack}-stack" / "migrations")
    finally:
        server.stop()
        server.forget_socket()
