"""A whole production configuration starts; each defect keeps it from starting, by name; all at once."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from bulkhead_local.certificates import ensure_certificate
from bulkhead_local.secrets_folder import ensure_secrets
from customer_stack.production import require_production
from customer_stack.settings import AuditSettings, OwnerSettings, WorkerSettings, read_settings
from shared.audit.keys import make_key, origin_of
from shared.boundary.keys import dump_keys, make_keys
from shared.production.clock import KernelClock
from shared.production.rules import ProductionRefused

SECRET = "uG3v9Qe1lWn0Zx72PzqTkLr8"


def synchronised():
    return KernelClock(is_synchronised=True)


@pytest.fixture
def folder(tmp_path, field_keys_file, settlement_key_file):
    now = datetime.now(UTC)
    keys = make_keys(
        "customer.production",
        "execution.production",
        not_before=now - timedelta(1),
        not_after=now + timedelta(9),
    )
    file = tmp_path / "boundary_keys_production.json"
    file.write_bytes(dump_keys(keys))
    file.chmod(0o600)
    make_key(tmp_path / "audit_key", tmp_path / "audit_keys", origin_of("production", "customer"))
    make_key(tmp_path / "other_key", tmp_path / "other_keys", origin_of("production", "execution"))
    ensure_certificate(tmp_path, "customer", "production")
    (tmp_path / "countries.csv").write_text("")
    return tmp_path


@pytest.fixture
def environment(customer_database, folder, monkeypatch):
    for name in [name for name in os.environ if name.startswith("CUSTOMER_")]:
        monkeypatch.delenv(name)
    chosen = {
        "ENVIRONMENT": "production",
        "CLOCK_SOURCE": "ntp",
        "DATABASE_URL": customer_database.dsn("app"),
        "SEALER_DATABASE_URL": customer_database.dsn("sealer"),
        "FIELD_KEYS_FILE": folder / "field_keys.json",
        "SETTLEMENT_KEY_FILE": folder / "settlement_key.pem",
        "BOUNDARY_KEYS_FILE": folder / "boundary_keys_production.json",
        "BOUNDARY_AUTHORITY_FILE": folder / "authority.pem",
        "BOUNDARY_CERTIFICATE_FILE": folder / "customer_certificate.pem",
        "BOUNDARY_TLS_KEY_FILE": folder / "customer_certificate_key.pem",
        "EXECUTION_TARGET": "execution.internal:50051",
        "BANK_URL": "https://bank.example/api",
        "BANK_API_KEY": SECRET,
        "BANK_SECRET": SECRET,
        "IDENTITY_URL": "https://identity.example",
        "IDENTITY_API_KEY": SECRET,
        "IDENTITY_SECRET": SECRET,
        "RATE_SOURCE": "manual",
        "SCREENING_LISTS": '{"un": "/srv/lists"}',
        "COUNTRY_TABLE_FILE": folder / "countries.csv",
        "ERASURE_REGISTER_FILE": folder / "erased.jsonl",
        "AUDIT_KEY_FILE": folder / "audit_key",
        "AUDIT_PUBLIC_KEYS_FILE": folder / "audit_keys",
        "OTHER_AUDIT_PUBLIC_KEYS_FILE": folder / "other_keys",
        "AUDIT_NOTES_FILE": folder / "notes.jsonl",
        "PAYOUT_PROVIDER": "bank-file",
        "BANK_FILE_NAME": "Lanka Event Exchange",
        "BANK_FILE_ACCOUNT": "001200345678",
        "BANK_FILE_BIC": "BCEYLKLX",
        "USD_ACCOUNT_NAME": "Lanka Event Exchange",
        "USD_ACCOUNT_NUMBER": "004071882253",
        "USD_ACCOUNT_BIC": "BCEYLKLX",
        "EXECUTION_ACCOUNT_NAME": "Bulkhead Execution",
        "EXECUTION_ACCOUNT_NUMBER": "5520917743",
        "EXECUTION_ACCOUNT_BIC": "CHASUS33",
    }
    for name, value in chosen.items():
        monkeypatch.setenv(f"CUSTOMER_{name}", str(value))
    return monkeypatch


def refused(kernel=synchronised):
    try:
        require_production(WorkerSettings.model_validate({}), kernel)
    except ProductionRefused as refusal:
        return [each.code.removeprefix("production.") for each in refusal.problems], str(refusal)
    return [], ""


def test_a_whole_production_configuration_starts(environment):
    assert refused() == ([], "")
    assert read_settings(WorkerSettings).environment == "production"


TCP = "postgresql://bulkhead_app:x@127.0.0.1:1/customer"
SINGLE = [
    ("CLOCK_SOURCE", None, "clock_unpinned"),
    ("CLOCK_SOURCE", "hypervisor", "clock_unproven"),
    ("BOUNDARY_KEYS_FILE", "sandbox/customer_boundary_keys.json", "sandbox_key"),
    ("BOUNDARY_AUTHORITY_FILE", "sandbox/authority.pem", "sandbox_key"),
    ("BOUNDARY_CERTIFICATE_FILE", "sandbox/customer_certificate.pem", "sandbox_key"),
    ("SETTLEMENT_KEY_FILE", "sandbox/customer_settlement_key.pem", "sandbox_key"),
    ("FIELD_KEYS_FILE", "sandbox/customer_field_keys.json", "sandbox_key"),
    ("AUDIT_KEY_FILE", "sandbox/customer_audit_key.txt", "sandbox_key"),
    ("OTHER_AUDIT_PUBLIC_KEYS_FILE", "sandbox/execution_audit_public_keys.txt", "sandbox_key"),
    ("SETTLEMENT_KEY_FILE", "field_keys.json", "key_unusable"),
    ("FIELD_KEYS_FILE", "without_subjects.json", "key_unusable"),
    ("BANK_URL", "http://bank.example", "plain_url"),
    ("BANK_URL", "https://127.0.0.1:9002", "loopback_url"),
    ("IDENTITY_URL", "https://sandbox.identity.example", "sandbox_url"),
    ("BANK_API_KEY", f"sandbox-{SECRET}", "sample_secret"),
    ("BANK_SECRET", "changeme", "sample_secret"),
    ("IDENTITY_API_KEY", "abcdef", "weak_secret"),
    ("IDENTITY_SECRET", "sandbox-x", "sample_secret"),
    ("ISSUER_SECRET", "sandbox-x", "sample_secret"),
    ("RATE_SOURCE", "sandbox", "sandbox_rates"),
    ("SCREENING_LISTS", '{"local": "package"}', "sandbox_screening_list"),
    ("SCREENING_LISTS", "{}", "sandbox_screening_list"),
    ("COUNTRY_TABLE_FILE", None, "country_table_missing"),
    ("ERASURE_REGISTER_FILE", None, "erasure_register_missing"),
    ("AUDIT_NOTES_FILE", None, "audit_notes_missing"),
    ("PAYOUT_PROVIDER", None, "sandbox_payouts"),
    ("USD_ACCOUNT_NUMBER", "001200345678", "sandbox_account"),
    ("EXECUTION_ACCOUNT_NUMBER", "9876543210", "sandbox_account"),
]


def prepare(folder):
    secrets = folder / "sandbox"
    ensure_secrets(secrets)
    (folder / "without_subjects.json").write_text("{}")
    (folder / "without_subjects.json").chmod(0o600)


def choose(environment, folder, name, value):
    if value is None:
        environment.delenv(f"CUSTOMER_{name}")
        return
    is_file = name.endswith("_FILE")
    environment.setenv(f"CUSTOMER_{name}", str(folder / value) if is_file else value)


@pytest.mark.parametrize(
    ("name", "value", "code"), SINGLE, ids=[f"{name}={code}" for name, _, code in SINGLE]
)
def test_a_single_defect_is_named_with_its_setting(environment, folder, name, value, code):
    prepare(folder)
    choose(environment, folder, name, value)
    found, text = refused()
    assert set(found) == {code}
    assert f"CUSTOMER_{name}".removesuffix("_FILE") in text
    assert (
        value is None
        or name.endswith("_FILE")
        or value in {"sandbox", "{}", "hypervisor"}
        or value not in text
    )


def test_all_of_them_are_named_at_once(environment, folder):
    prepare(folder)
    wanted = {}
    for name, value, code in SINGLE:
        if name not in wanted:
            choose(environment, folder, name, value)
            wanted[name] = code
    assert set(refused()[0]) == set(wanted.values())


@pytest.mark.parametrize("role", ["SEALER", "MONITOR"])
def test_no_tls_at_the_boundary_or_to_a_database_is_named(environment, role):
    for name in ("AUTHORITY_FILE", "CERTIFICATE_FILE", "TLS_KEY_FILE"):
        environment.delenv(f"CUSTOMER_BOUNDARY_{name}")
    environment.setenv(f"CUSTOMER_{role}_DATABASE_URL", TCP)
    found, text = refused()
    assert found == ["boundary_tls_missing", "database_tls", "database.address_unusable"]
    assert "bulkhead_app" not in text


@pytest.mark.parametrize("name", ["FIELD_KEYS_FILE", "BOUNDARY_TLS_KEY_FILE", "AUDIT_KEY_FILE"])
def test_a_key_that_others_can_read_is_named(environment, name):
    file = os.environ[f"CUSTOMER_{name}"]
    Path(file).chmod(0o644)
    found, text = refused()
    assert found == ["key_file_exposed"]
    assert file in text


@pytest.mark.parametrize("role", ["owner", "superuser"])
def test_a_role_above_the_rules_is_named(environment, customer_database, role):
    environment.setenv("CUSTOMER_DATABASE_URL", customer_database.dsn(role))
    found, text = refused()
    assert ("role_owns" if role == "owner" else "role_superuser") in found
    assert "CUSTOMER_DATABASE_URL connects as" in text


def test_the_monitor_is_asked_for_its_role_too(environment, customer_database):
    environment.setenv("CUSTOMER_MONITOR_DATABASE_URL", customer_database.dsn("superuser"))
    found, text = refused()
    assert "role_superuser" in found
    assert "CUSTOMER_MONITOR_DATABASE_URL connects as" in text


@pytest.mark.parametrize("kernel", [KernelClock(is_synchronised=False), KernelClock(None)])
def test_a_kernel_that_keeps_no_time_is_named(environment, kernel):
    assert refused(lambda: kernel)[0] == ["clock_unsynchronised"]


def test_commands_refuse_it_too_and_a_sandbox_is_asked_nothing(environment, customer_database):
    environment.delenv("CUSTOMER_AUDIT_NOTES_FILE")
    with pytest.raises(ProductionRefused, match="audit_notes_missing"):
        read_settings(WorkerSettings)
    environment.setenv("CUSTOMER_ENVIRONMENT", "sandbox")
    environment.setenv("CUSTOMER_BANK_URL", "http://127.0.0.1:9")
    assert refused() == ([], "")


@pytest.mark.parametrize(
    ("kind", "name"), [(OwnerSettings, "OWNER"), (AuditSettings, "AUDITOR")], ids=["owner", "auditor"]
)
def test_migrations_and_verifications_use_no_plain_connection(environment, kind, name):
    environment.setenv(f"CUSTOMER_{name}_DATABASE_URL", TCP)
    with pytest.raises(ProductionRefused, match=f"CUSTOMER_{name}_DATABASE_URL"):
        read_settings(kind)
    environment.setenv("CUSTOMER_ENVIRONMENT", "sandbox")
    assert read_settings(kind)


def test_what_is_missing_altogether_is_named_first(environment):
    environment.delenv("CUSTOMER_BANK_API_KEY")
    with pytest.raises(ValidationError, match="bank_api_key"):
        refused()
