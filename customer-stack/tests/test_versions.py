"""Every process and command of the stack on a database that lacks a migration of its code."""

import asyncio
from uuid import uuid4

import asyncpg
from typer.testing import CliRunner

from bulkhead_local.acts import commands_of
from customer_stack.cli import app
from customer_stack.settings import MIGRATIONS_FOLDER
from shared.versions import DatabaseAhead, DatabaseBehind, read_chain

from .test_doctor import environment  # noqa: F401 - test folders are no packages

ANY_AGE = {
    *("migrate", "doctor", "audit-verify", "ledger rebuild"),
    *("rotate-keys", "revoke-key", "filings validate", "screening match"),
    *("evidence verifier", "evidence growth"),
}
"""What looks at a database of any age, or at none. So does everything of `audit`."""
OPERATOR = ("--operator", str(uuid4()))
WORDS = {
    "api": (),
    "worker": (),
    "seed": (),
    "checks": (),
    "reported": (),
    "outflow": (),
    "resume-outflow": (*OPERATOR, "--compared-to", "2026-11-20"),
    "ask-again": OPERATOR,
    "after-restore": ("--to", "end", *OPERATOR),
    "enrolment-word": ("--tenant", "x", "--staff", str(uuid4()), *OPERATOR),
    "privacy replay-erasures": (),
    "reconciliation match": (),
    "reconciliation close-days": (),
    "reconciliation replay": (),
    "reconciliation report": ("--tenant", "x", "--day", "2026-11-20", "--out", "x.csv"),
    "screening import": ("--list", "un", "--from", "."),
    "screening versions": (),
    "evidence make": (
        *("--tenant", "x", "--scope", f"customer:{uuid4()}"),
        *("--from", "2026-11-20", "--to", "2026-11-21", "--out", "x.zip"),
    ),
    "evidence list": ("--tenant", "x"),
    "gate replay": ("--since", "2026-11-20T00:00:00+00:00"),
}


async def stand_at(database, revision, *more):
    connection = await asyncpg.connect(database.dsn("superuser"))
    try:
        await connection.execute(f"UPDATE alembic_version SET version_num = '{revision}'")
        for statement in more:
            await connection.execute(statement)
    finally:
        await connection.close()


async def outcomes():
    """Return the refusal of each command, or what else came of it."""
    found = {}
    for name, words in WORDS.items():
        result = await asyncio.to_thread(CliRunner().invoke, app, [*name.split(), *words])
        found[name] = type(result.exception).__name__ + ("" if result.exception else result.output)
    return found


def test_every_command_is_asked_or_looks_at_any_age():
    others = {name for name in commands_of(app) if name.startswith("audit ")} | ANY_AGE
    assert commands_of(app) == others | WORDS.keys()


async def test_nothing_starts_on_a_database_that_is_behind_or_too_far_ahead(
    environment,  # noqa: F811
    customer_database,
):
    environment.setenv("CUSTOMER_SEED_STAFF_PASSWORD", "a long staff password")
    environment.setenv("CUSTOMER_SEED_STAFF_CODE_SECRET", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    await stand_at(customer_database, read_chain(MIGRATIONS_FOLDER)[-2])
    assert await outcomes() == dict.fromkeys(WORDS, DatabaseBehind.__name__)
    later = "2099_01_01_01_later"
    await stand_at(customer_database, later, f"INSERT INTO schema_floor VALUES ('{later}')")
    assert await outcomes() == dict.fromkeys(WORDS, DatabaseAhead.__name__)
