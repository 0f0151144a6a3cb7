"""A whole production configuration starts; each defect keeps it from starting, by name; all at once."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bulkhead_local.certificates import ensure_certificate
from bulkhead_local.secrets_folder import ensure_secrets
from execution_stack.production import require_production
from execution_stack.settings import (
    AuditSettings,
    BoundarySettings,
    OwnerSettings,
    Settings,
    WorkerSettings,
    read_settings,
)
from shared.audit.keys import make_key, origin_of
from shared.boundary.keys import dump_keys, make_keys
from shared.production.clock import KernelClock
from shared.production.rules import ProductionRefused

KINDS = (BoundarySettings, WorkerSettings)
TCP = "postgresql://bulkhead_app:x@127.0.0.1:1/execution"


def synchronised():
    return KernelClock(is_synchronised=True)


@pytest.fixture
def folder(tmp_path):
    now = datetime.now(UTC)
    keys = make_keys(
        "customer.production",
        "execution.production",
        not_before=now - timedelta(1),
        not_after=now + timedelta(9),
    )
    (tmp_path / "boundary_keys").write_bytes(dump_keys(keys))
    make_key(tmp_path / "audit_key", tmp_path / "audit_keys", origin_of("production", "execution"))
    make_key(tmp_path / "other_key", tmp_path / "other_keys", origin_of("production", "customer"))
    made = ensure_certificate(tmp_path, "execution", "production")
    (tmp_path / "exchange_key.pem").write_bytes(made.private_key.read_bytes())
    for file in tmp_path.iterdir():
        file.chmod(0o600)
    return tmp_path


@pytest.fixture
def environment(execution_database, folder, monkeypatch):
    for name in [name for name in os.environ if name.startswith("EXECUTION_")]:
        monkeypatch.delenv(name)
    chosen = {
        "ENVIRONMENT": "production",
        "CLOCK_SOURCE": "ntp",
        "DATABASE_URL": execution_database.dsn("app"),
        "SEALER_DATABASE_URL": execution_database.dsn("sealer"),
        "EXCHANGE_URL": "https://api.exchange.example",
        "EXCHANGE_WS_URL": "wss://api.exchange.example/ws",
        "EXCHANGE_KEY_ID": "5f0c0a52-1d47-4f5e-8a7e-0d7b6d5f3c11",
        "EXCHANGE_PRIVATE_KEY_FILE": folder / "exchange_key.pem",
        "BOUNDARY_KEYS_FILE": folder / "boundary_keys",
        "BOUNDARY_CERTIFICATE_FILE": folder / "execution_certificate.pem",
        "BOUNDARY_PRIVATE_KEY_FILE": folder / "execution_certificate_key.pem",
        "BOUNDARY_CLIENT_AUTHORITY_FILE": folder / "authority.pem",
        "AUDIT_KEY_FILE": folder / "audit_key",
        "AUDIT_PUBLIC_KEYS_FILE": folder / "audit_keys",
        "OTHER_AUDIT_PUBLIC_KEYS_FILE": folder / "other_keys",
        "AUDIT_NOTES_FILE": folder / "notes.jsonl",
    }
    for name, value in chosen.items():
        monkeypatch.setenv(f"EXECUTION_{name}", str(value))
    return monkeypatch


def refused(kernel=synchronised):
    """Return the codes that keep either process from starting, and everything that they say."""
    codes, texts = set(), []
    for kind in KINDS:
        try:
            require_production(kind.model_validate({}), kernel)
        except ProductionRefused as refusal:
            codes |= {each.code.removeprefix("production.") for each in refusal.problems}
            texts.append(str(refusal))
    return codes, "\n".join(texts)


def test_a_whole_production_configuration_starts(environment):
    assert refused() == (set(), "")
    assert read_settings(BoundarySettings).audience == "execution.production"


SINGLE = [
    ("CLOCK_SOURCE", None, "clock_unpinned"),
    ("CLOCK_SOURCE", "hypervisor", "clock_unproven"),
    ("BOUNDARY_KEYS_FILE", "sandbox/execution_boundary_keys.json", "sandbox_key"),
    ("BOUNDARY_CLIENT_AUTHORITY_FILE", "sandbox/authority.pem", "sandbox_key"),
    ("BOUNDARY_CERTIFICATE_FILE", "sandbox/execution_certificate.pem", "sandbox_key"),
    ("EXCHANGE_PRIVATE_KEY_FILE", "sandbox/exchange_private_key.pem", "sandbox_key"),
    ("EXCHANGE_PRIVATE_KEY_FILE", "audit_key", "key_unusable"),
    ("EXCHANGE_KEY_ID", "sandbox-5f0c0a52", "sandbox_key"),
    ("EXCHANGE_URL", "http://api.exchange.example", "plain_url"),
    ("EXCHANGE_URL", "https://127.0.0.1:9001", "loopback_url"),
    ("EXCHANGE_URL", "https://demo-api.exchange.example", "sandbox_url"),
    ("EXCHANGE_WS_URL", "ws://api.exchange.example/ws", "plain_url"),
    ("EXCHANGE_WS_URL", "wss://localhost/ws", "loopback_url"),
    ("AUDIT_KEY_FILE", "sandbox/execution_audit_key.txt", "sandbox_key"),
    ("OTHER_AUDIT_PUBLIC_KEYS_FILE", "sandbox/customer_audit_public_keys.txt", "sandbox_key"),
    ("AUDIT_NOTES_FILE", None, "audit_notes_missing"),
]


def choose(environment, folder, name, value):
    if value is None:
        environment.delenv(f"EXECUTION_{name}")
        return
    environment.setenv(f"EXECUTION_{name}", str(folder / value) if name.endswith("_FILE") else value)


@pytest.mark.parametrize(
    ("name", "value", "code"), SINGLE, ids=[f"{name}={code}" for name, _, code in SINGLE]
)
def test_a_single_defect_is_named_with_its_setting(environment, folder, name, value, code):
    ensure_secrets(folder / "sandbox")
    choose(environment, folder, name, value)
    found, text = refused()
    assert found == {code}
    assert f"EXECUTION_{name}".removesuffix("_FILE") in text
    assert value is None or name.endswith("_FILE") or value == "hypervisor" or value not in text


def test_all_of_them_are_named_at_once(environment, folder):
    ensure_secrets(folder / "sandbox")
    wanted = {}
    for name, value, code in SINGLE:
        if name not in wanted:
            choose(environment, folder, name, value)
            wanted[name] = code
    assert refused()[0] == set(wanted.values())


@pytest.mark.parametrize("role", ["SEALER", "MONITOR"])
def test_no_tls_at_the_boundary_or_to_a_database_is_named(environment, role):
    for name in ("CERTIFICATE_FILE", "PRIVATE_KEY_FILE", "CLIENT_AUTHORITY_FILE"):
        environment.delenv(f"EXECUTION_BOUNDARY_{name}")
    environment.setenv(f"EXECUTION_{role}_DATABASE_URL", TCP)
    found, text = refused()
    assert found == {"boundary_tls_missing", "database_tls", "database.address_unusable"}
    assert "bulkhead_app" not in text


@pytest.mark.parametrize(
    "name", ["EXCHANGE_PRIVATE_KEY_FILE", "BOUNDARY_KEYS_FILE", "BOUNDARY_PRIVATE_KEY_FILE", "AUDIT_KEY_FILE"]
)
def test_a_key_that_others_can_read_is_named(environment, name):
    file = Path(os.environ[f"EXECUTION_{name}"])
    file.chmod(0o644)
    found, text = refused()
    assert found == {"key_file_exposed"}
    assert str(file) in text
    environment.setenv("EXECUTION_ENVIRONMENT", "sandbox")
    assert file in BoundarySettings.model_validate({}).key_files
    file.chmod(0o640)
    environment.setenv("EXECUTION_ENVIRONMENT", "production")
    assert refused()[0] == set()


@pytest.mark.parametrize(("role", "code"), [("owner", "role_owns"), ("superuser", "role_superuser")])
def test_a_role_above_the_rules_is_named(environment, execution_database, role, code):
    environment.setenv("EXECUTION_DATABASE_URL", execution_database.dsn(role))
    found, text = refused()
    assert code in found
    assert "EXECUTION_DATABASE_URL connects as" in text


def test_the_monitor_is_asked_for_its_role_too(environment, execution_database):
    environment.setenv("EXECUTION_MONITOR_DATABASE_URL", execution_database.dsn("superuser"))
    found, text = refused()
    assert "role_superuser" in found
    assert "EXECUTION_MONITOR_DATABASE_URL connects as" in text


@pytest.mark.parametrize("kernel", [KernelClock(is_synchronised=False), KernelClock(None)])
def test_a_kernel_that_keeps_no_time_is_named(environment, kernel):
    assert refused(lambda: kernel)[0] == {"clock_unsynchronised"}


def test_commands_refuse_it_too_and_a_sandbox_is_asked_nothing(environment):
    environment.setenv("EXECUTION_EXCHANGE_URL", "http://127.0.0.1:9001")
    with pytest.raises(ProductionRefused, match="loopback_url"):
        read_settings(Settings)
    environment.setenv("EXECUTION_ENVIRONMENT", "sandbox")
    assert refused() == (set(), "")


@pytest.mark.parametrize(
    ("kind", "name"), [(OwnerSettings, "OWNER"), (AuditSettings, "AUDITOR")], ids=["owner", "auditor"]
)
def test_migrations_and_verifications_use_no_plain_connection(environment, kind, name):
    environment.setenv(f"EXECUTION_{name}_DATABASE_URL", TCP)
    with pytest.raises(ProductionRefused, match=f"EXECUTION_{name}_DATABASE_URL"):
        read_settings(kind)
    environment.setenv("EXECUTION_ENVIRONMENT", "sandbox")
    assert read_settings(kind)
