"""The doctor says of each thing how it is, also where half of the things are broken, and never a secret."""

import asyncio
import functools
import json
import os

import asyncpg
import grpc
import pytest
from typer.testing import CliRunner

from boundary.v1 import boundary_pb2 as v1
from bulkhead_local.certificates import ensure_certificate
from customer_stack.cli import app
from shared.audit.keys import make_key, origin_of
from shared.boundary import methods, nonces
from shared.boundary.keys import load_keys
from shared.boundary.receiver import Identity
from shared.boundary.server import BoundaryServer
from shared.clock import SystemClock

SECRET = "canary-of-a-secret"


@pytest.fixture
def environment(customer_database, field_keys_file, settlement_key_file, boundary_keys_file, monkeypatch):
    folder = field_keys_file.parent
    for name in [name for name in os.environ if name.startswith("CUSTOMER_")]:
        monkeypatch.delenv(name)
    for stack, prefix in (("customer", "audit"), ("execution", "other")):
        make_key(folder / f"{prefix}_key", folder / f"{prefix}_keys", origin_of("sandbox", stack))
    made = ensure_certificate(folder, "customer")
    chosen = {
        "ENVIRONMENT": "sandbox",
        "CLOCK_SOURCE": "hypervisor",
        **{
            f"{prefix}DATABASE_URL": customer_database.dsn(role)
            for prefix, role in (
                ("", "app"),
                ("OWNER_", "owner"),
                ("SEALER_", "sealer"),
                ("AUDITOR_", "auditor"),
            )
        },
        "FIELD_KEYS_FILE": field_keys_file,
        "SETTLEMENT_KEY_FILE": settlement_key_file,
        "BOUNDARY_KEYS_FILE": boundary_keys_file,
        "BOUNDARY_AUTHORITY_FILE": made.authority,
        "BOUNDARY_CERTIFICATE_FILE": made.certificate,
        "BOUNDARY_TLS_KEY_FILE": made.private_key,
        "EXECUTION_TARGET": "127.0.0.1:9",
        "BANK_URL": "http://127.0.0.1:9",
        "BANK_API_KEY": SECRET,
        "BANK_SECRET": SECRET,
        "IDENTITY_URL": "http://127.0.0.1:9",
        "IDENTITY_API_KEY": SECRET,
        "ERASURE_REGISTER_FILE": folder / "erased.jsonl",
        "AUDIT_KEY_FILE": folder / "audit_key",
        "AUDIT_PUBLIC_KEYS_FILE": folder / "audit_keys",
        "OTHER_AUDIT_PUBLIC_KEYS_FILE": folder / "other_keys",
        "AUDIT_NOTES_FILE": folder / "notes.jsonl",
    }
    for name, value in chosen.items():
        monkeypatch.setenv(f"CUSTOMER_{name}", str(value))
    return monkeypatch


def look():
    result = CliRunner().invoke(app, ["doctor", "--json"])
    assert not isinstance(result.exception, Exception) or isinstance(result.exception, SystemExit)
    found = {each["name"]: each for each in json.loads(result.stdout)}
    assert result.exit_code == int(any(each["state"] == "wrong" for each in found.values()))
    assert SECRET not in result.stdout
    assert "Traceback" not in result.stdout
    return {name: each["state"] for name, each in found.items()}, result.stdout


def test_all_is_well_but_what_does_not_answer(environment):
    states, text = look()
    unreached = {name for name, state in states.items() if state == "wrong"}
    assert unreached == {"reach.execution", "reach.bank", "reach.identity"}, text
    assert {name for name, state in states.items() if state == "warn"} <= {
        "keys.boundary.request",  # the tests' keys end tomorrow
        "keys.boundary.response",
        "disk.customer_audit_notes_file",
        "disk.customer_erasure_register_file",
        "disk.customer_field_keys_file",
    }
    assert {"database.app", "database.owner", "database.sealer", "database.auditor"} <= states.keys()
    assert {"database.migrations", "database.row_security", "audit.sealed", "clock.database"} <= states.keys()
    assert {"keys.boundary.request", "keys.boundary.response", "keys.audit", "keys.field"} <= states.keys()


def test_when_everything_is_broken_everything_is_said(environment, tmp_path):
    junk = tmp_path / "junk"
    junk.write_bytes(b"\xff\xfe")
    for name in [name for name in os.environ if name.startswith("CUSTOMER_")]:
        if name.endswith("_FILE"):
            environment.setenv(name, str(junk))
        elif name.endswith("DATABASE_URL"):
            environment.setenv(name, f"postgresql://a:{SECRET}@127.0.0.1:1/x")
    environment.delenv("CUSTOMER_BANK_URL")
    environment.setenv("CUSTOMER_HTTP_PORT", SECRET)
    states, text = look()
    assert {name for name, state in states.items() if state == "wrong"} >= {
        "settings.all",
        "database.app",
        "database.owner",
        "database.row_security",
        "keys.boundary",
        "keys.audit",
        "keys.field",
        "keys.settlement",
        "keys.customer_boundary_certificate_file",
        "audit",
        "reach.execution",
        "reach.bank",
    }
    assert "CUSTOMER_BANK_URL" in text


def test_with_nothing_set_it_still_answers(environment):
    for name in [name for name in os.environ if name.startswith("CUSTOMER_")]:
        environment.delenv(name)
    states, text = look()
    assert states["database"] == states["settings.all"] == "wrong"
    assert "CUSTOMER_DATABASE_URL" in text


NOT_OF_THE_API = ("OWNER_DATABASE_URL", "SEALER_DATABASE_URL", "AUDITOR_DATABASE_URL")


def test_where_only_the_api_is_at_home_nothing_of_others_is_missed(environment, tmp_path):
    for name in NOT_OF_THE_API:
        environment.delenv(f"CUSTOMER_{name}")
    environment.setenv("CUSTOMER_AUDIT_KEY_FILE", str(tmp_path / "is mounted into the worker only"))
    states, text = look()
    wrong = {name for name, state in states.items() if state == "wrong"}
    assert wrong == {"reach.execution", "reach.bank", "reach.identity"}, text
    assert "settings.all" in states
    assert not {"settings.worker", "settings.owner", "settings.audit"} & states.keys()


@pytest.mark.parametrize("kept", ["OWNER_DATABASE_URL", "AUDITOR_DATABASE_URL"])
def test_where_migrations_or_verifications_are_at_home_nothing_of_others_is_missed(environment, kept):
    for name in [name for name in os.environ if name.startswith("CUSTOMER_")]:
        if name not in {f"CUSTOMER_{kept}", "CUSTOMER_ENVIRONMENT", "CUSTOMER_CLOCK_SOURCE"}:
            environment.delenv(name)
    states, text = look()
    assert "wrong" not in states.values(), text
    assert "settings.owner" in states or "settings.audit" in states


def test_a_worker_without_all_of_its_settings_is_told(environment):
    environment.delenv("CUSTOMER_OTHER_AUDIT_PUBLIC_KEYS_FILE")
    assert look()[0]["settings.worker"] == "wrong"


def test_the_monitors_role_is_looked_at(environment, customer_database):
    environment.setenv("CUSTOMER_MONITOR_DATABASE_URL", customer_database.dsn("superuser"))
    assert look()[0]["database.monitor"] == "wrong"


def test_production_is_judged_by_its_own_rules(environment):
    environment.setenv("CUSTOMER_ENVIRONMENT", "production")
    states, _ = look()
    assert states["production.loopback_url"] == states["production.sandbox_key"] == "wrong"
    assert states["keys.boundary.request"] == "wrong"


def test_files_with_secrets_that_nothing_reads_are_told(environment, tmp_path):
    folder = tmp_path / "secrets"
    folder.mkdir()
    for name in ("customer_bank_api_key", "customer_bank_apikey"):
        (folder / name).write_text(SECRET)
    environment.setenv("CUSTOMER_SECRETS_FOLDER", str(folder))
    states, text = look()
    assert states["settings.secrets"] == "warn"
    assert "customer_bank_apikey" in text
    environment.setenv("CUSTOMER_SECRETS_FOLDER", str(folder / "none"))
    result = CliRunner().invoke(app, ["doctor", "--json"])
    assert json.loads(result.stdout)[0]["state"] == "wrong"


@pytest.mark.parametrize("version", ["2026_11_20_01_kernel", "2099_01_01_01_later"])
async def test_a_database_behind_or_ahead_of_the_code_is_told(environment, customer_database, version):
    connection = await asyncpg.connect(customer_database.dsn("superuser"))
    try:
        before = await connection.fetchval("SELECT version_num FROM alembic_version")
        await connection.execute("UPDATE alembic_version SET version_num = $1", version)
        states, text = await asyncio.to_thread(look)
    finally:
        await connection.execute("UPDATE alembic_version SET version_num = $1", before)
        await connection.close()
    assert states["database.migrations"] == ("wrong" if "kernel" in version else "warn")
    assert ("Run migrate" if "kernel" in version else "Finish the upgrade") in text


async def test_a_database_that_needs_newer_code_is_told(environment, customer_database):
    connection = await asyncpg.connect(customer_database.dsn("superuser"))
    try:
        await connection.execute("UPDATE alembic_version SET version_num = '2099_01_01_01_later'")
        await connection.execute("INSERT INTO schema_floor VALUES ('2099_01_01_01_later')")
        states, text = await asyncio.to_thread(look)
    finally:
        await connection.close()
    assert states["database.migrations"] == "wrong"
    assert "a newer one" in text


async def test_the_other_stack_is_reached_by_a_signed_call_over_tls(
    environment, customer_database, boundary_keys_file
):
    made = ensure_certificate(boundary_keys_file.parent, "execution")
    remember = functools.partial(nonces.consume_alone, customer_database.app)
    keys = load_keys(boundary_keys_file)
    server = BoundaryServer(
        "127.0.0.1:0",
        Identity("execution.sandbox", keys, SystemClock(), remember),
        credentials=grpc.ssl_server_credentials(
            [(made.private_key.read_bytes(), made.certificate.read_bytes())],
            root_certificates=made.authority.read_bytes(),
            require_client_auth=True,
        ),
    )

    async def list_markets(request, call):
        async with customer_database.app.transaction() as tx:
            await nonces.consume(tx, call)
        return v1.ListMarketsResponse()

    server.handle(methods.LIST_MARKETS, list_markets)
    environment.setenv("CUSTOMER_EXECUTION_TARGET", f"127.0.0.1:{await server.start()}")
    try:
        states, text = await asyncio.to_thread(look)
    finally:
        await server.stop()
    assert states["reach.execution"] == "ok", text
