"""The doctor says of each thing how it is, also where half of the things are broken, and never a secret."""

import json
import os

import pytest
from typer.testing import CliRunner

from bulkhead_local.layout import Ports, stack_environment
from bulkhead_local.secrets_folder import ensure_secrets
from execution_stack.cli import app

SECRET = "canary-of-a-secret"
ROLES = ("app", "owner", "sealer", "auditor")


@pytest.fixture
def environment(execution_database, monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("EXECUTION_")]:
        monkeypatch.delenv(name)
    addresses = {role: execution_database.dsn(role) for role in ROLES}
    made = stack_environment("execution", addresses, ensure_secrets(tmp_path / "secrets"), Ports(exchange=9))
    for name, value in made.items():
        if name.startswith("EXECUTION_"):
            monkeypatch.setenv(name, value)
    return monkeypatch


def look():
    result = CliRunner().invoke(app, ["doctor", "--json"])
    found = {each["name"]: each for each in json.loads(result.stdout)}
    assert result.exit_code == int(any(each["state"] == "wrong" for each in found.values()))
    assert SECRET not in result.stdout
    assert "Traceback" not in result.stdout
    return {name: each["state"] for name, each in found.items()}, result.stdout


def test_all_is_well_but_what_does_not_answer(environment):
    states, text = look()
    assert {name for name, state in states.items() if state == "wrong"} == {"reach.exchange"}, text
    warned = {name for name, state in states.items() if state == "warn"}
    assert warned <= {"clock.kernel", "reach.customer", "disk.execution_audit_notes_file"}
    assert {f"database.{role}" for role in ROLES} <= states.keys()
    assert {"database.migrations", "audit.sealed", "keys.boundary.request", "keys.audit"} <= states.keys()


def test_when_everything_is_broken_everything_is_said(environment, tmp_path):
    junk = tmp_path / "junk"
    junk.write_bytes(b"\xff\xfe")
    for name in [name for name in os.environ if name.startswith("EXECUTION_")]:
        if name.endswith("_FILE"):
            environment.setenv(name, str(junk))
        elif name.endswith("DATABASE_URL"):
            environment.setenv(name, f"postgresql://a:{SECRET}@127.0.0.1:1/x")
    environment.setenv("EXECUTION_WINDOW_SECONDS", SECRET)
    states, text = look()
    assert {name for name, state in states.items() if state == "wrong"} >= {
        "settings.worker",
        *(f"database.{role}" for role in ROLES),
        "database.migrations",
        "keys.boundary",
        "keys.audit",
        "keys.exchange",
        "keys.execution_boundary_certificate_file",
        "audit",
        "reach.customer",
    }
    assert "EXECUTION_WINDOW_SECONDS" in text


def test_with_nothing_set_it_still_answers(environment):
    for name in [name for name in os.environ if name.startswith("EXECUTION_")]:
        environment.delenv(name)
    states, _ = look()
    assert states["database"] == states["settings.boundary"] == states["reach.exchange"] == "wrong"


@pytest.mark.parametrize(
    ("missing", "files", "groups"),
    [
        (["SEALER"], [], {"settings.boundary"}),
        ([], ["BOUNDARY_KEYS", "BOUNDARY_CERTIFICATE", "BOUNDARY_CLIENT_AUTHORITY"], {"settings.worker"}),
    ],
    ids=["boundary", "worker"],
)
def test_where_one_process_is_at_home_nothing_of_others_is_missed(
    environment, tmp_path, missing, files, groups
):
    for name in [*missing, "OWNER", "AUDITOR"]:
        environment.delenv(f"EXECUTION_{name}_DATABASE_URL")
    for name in files:  # every container knows the paths; only its own files are mounted
        environment.setenv(f"EXECUTION_{name}_FILE", str(tmp_path / name))
    states, text = look()
    assert {name for name, state in states.items() if state == "wrong"} == {"reach.exchange"}, text
    looked = {name for name in states if name.startswith("settings.")}
    assert looked == groups | {"settings.secrets"}


@pytest.mark.parametrize("kept", ["OWNER", "AUDITOR"])
def test_where_migrations_or_verifications_are_at_home_nothing_of_others_is_missed(environment, kept):
    for name in [name for name in os.environ if name.startswith("EXECUTION_")]:
        if name not in {f"EXECUTION_{kept}_DATABASE_URL", "EXECUTION_ENVIRONMENT"}:
            environment.delenv(name)
    states, text = look()
    assert "wrong" not in states.values(), text


def test_the_monitors_role_is_looked_at(environment, execution_database):
    environment.setenv("EXECUTION_MONITOR_DATABASE_URL", execution_database.dsn("superuser"))
    assert look()[0]["database.monitor"] == "wrong"


def test_production_is_judged_by_its_own_rules(environment):
    environment.setenv("EXECUTION_ENVIRONMENT", "production")
    states, _ = look()
    assert states["production.loopback_url"] == states["production.sandbox_key"] == "wrong"
