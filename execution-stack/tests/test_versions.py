"""Every process and command of the stack on a database that lacks a migration of its code."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from typer.testing import CliRunner

from bulkhead_local.acts import commands_of
from execution_stack.cli import app
from execution_stack.settings import MIGRATIONS_FOLDER
from shared.versions import DatabaseAhead, DatabaseBehind, read_chain

from .test_doctor import environment  # noqa: F401 - test folders are no packages

ANY_AGE = {
    *("migrate", "doctor", "audit-verify", "rotate-keys", "revoke-key"),
    *("evidence verifier", "evidence growth", "ledger rebuild"),
}
"""What looks at a database of any age, or at none. So does everything of `audit`."""
ID = str(uuid4())
OPERATOR = ("--operator", ID)


@pytest.fixture
def words(tmp_path):
    """Return the command line of each command."""
    secret, public = tmp_path / "mine.pem", tmp_path / "mine.pub"
    key = Ed25519PrivateKey.generate()
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    mine, theirs = ("--key-file", str(secret)), ("--public-key", str(public))
    return {
        **dict.fromkeys(("boundary", "worker", "checks", "status", "orders", "breaks", "halts", "voids"), ()),
        **dict.fromkeys(("halt", "lift", "refuse-waiting"), OPERATOR),
        **dict.fromkeys(("break-take", "break-keep"), (ID, *OPERATOR)),
        **dict.fromkeys(("approve-void", "reject-void"), ("--void", ID, *OPERATOR)),
        **dict.fromkeys(("settlement-receipt", "settlement-void"), ("--settlement", ID, *OPERATOR)),
        "after-restore": ("--to", "end", *OPERATOR),
        "break-close": (ID, *OPERATOR, "--how", "explained"),
        "evidence list": (),
        "evidence window": (ID, *mine, "--out", str(tmp_path / "x.zip")),
        "float-deposit": ("--tenant", ID, "--amount", "1.00"),
        "look-up": ("--order", ID),
        "operator-keys": (),
        "outflow": (),
        "resume-outflow": (*mine, "--compared-to", "2026-11-20"),
        "operator-keys-found": (*OPERATOR, *theirs, *OPERATOR, *theirs),
        "operator-key-register": (*OPERATOR, *theirs, *mine),
        "operator-key-retire": (ID, *mine),
        "position-limit": ("--market", ID, "--contracts", "1", *OPERATOR),
        "replay": ("--all",),
        "settlement-release": ("propose", "--settlement", ID, *mine),
        "void-market": (
            *("--market", ID, "--form", "cancelled-trades", "--returned", "1.00"),
            *OPERATOR,
        ),
    }


async def stand_at(database, revision, *more):
    connection = await asyncpg.connect(database.dsn("superuser"))
    try:
        await connection.execute(f"UPDATE alembic_version SET version_num = '{revision}'")
        for statement in more:
            await connection.execute(statement)
    finally:
        await connection.close()


async def outcomes(words):
    """Return the refusal of each command, or what else came of it."""
    found = {}
    for name, line in words.items():
        result = await asyncio.to_thread(CliRunner().invoke, app, [*name.split(), *line])
        found[name] = type(result.exception).__name__ + ("" if result.exception else result.output)
    return found


def test_every_command_is_asked_or_looks_at_any_age(words):
    others = {name for name in commands_of(app) if name.startswith("audit ")} | ANY_AGE
    assert commands_of(app) == others | words.keys()


async def test_nothing_starts_on_a_database_that_is_behind_or_too_far_ahead(
    environment,  # noqa: F811
    execution_database,
    words,
):
    await stand_at(execution_database, read_chain(MIGRATIONS_FOLDER)[-2])
    assert await outcomes(words) == dict.fromkeys(words, DatabaseBehind.__name__)
    later = "2099_01_01_01_later"
    await stand_at(execution_database, later, f"INSERT INTO schema_floor VALUES ('{later}')")
    assert await outcomes(words) == dict.fromkeys(words, DatabaseAhead.__name__)
