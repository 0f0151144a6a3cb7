"""What is made for a sandbox says so: production refuses each key, secret and certificate of it."""

import json
from dataclasses import fields
from datetime import UTC, datetime

import pytest

from bulkhead_local.certificates import Certificate
from bulkhead_local.secrets_folder import ensure_secrets
from shared.production import key_rules, rules

SEED_ONLY = {"staff_password", "staff_code_secret"}  # seeding refuses production itself


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return ensure_secrets(tmp_path_factory.mktemp("secrets"))


def codes(problems):
    return {each.code for each in problems}


def test_every_secret_value_is_marked(made):
    values = {
        field.name: getattr(made, field.name)
        for field in fields(made)
        if isinstance(getattr(made, field.name), str) and field.name not in SEED_ONLY
    }
    assert len(values) == 8
    assert [name for name, value in values.items() if not rules.is_sandbox_mark(value)] == []


def test_every_key_file_is_marked(made):
    now = datetime.now(UTC)  # after they were made
    for file in (made.customer_boundary_keys, made.execution_boundary_keys):
        found = key_rules.check_boundary_keys("X", file, now)
        assert codes(found) == {"production.sandbox_key"}
        ids = [each["id"] for each in json.loads(file.read_bytes())["keys"]]
        assert all(any(key_id in each.sentence for each in found) for key_id in ids)
    for file in (made.settlement_key, made.exchange_private_key):
        assert codes(key_rules.check_private_key("X", file)) == {"production.sandbox_key"}
    assert codes(key_rules.check_field_keys("X", made.field_keys)) == {"production.sandbox_key"}
    for stack in ("customer", "execution"):
        secret, public = getattr(made, f"{stack}_audit_key"), getattr(made, f"{stack}_audit_public_keys")
        log = f"bulkhead/production/{stack}"
        assert codes(key_rules.check_audit_key("X", secret, log)) == {"production.sandbox_key"}
        assert codes(key_rules.check_audit_list("X", public)) == {"production.sandbox_key"}


def test_every_certificate_is_marked(made):
    now = datetime.now(UTC)
    for each in (made.customer_certificate, made.execution_certificate):
        assert isinstance(each, Certificate)
        for file in (each.certificate, each.authority):
            assert codes(key_rules.check_certificates("X", [file], now)) == {"production.sandbox_key"}


def test_what_is_no_key_is_named_as_such(tmp_path):
    now = datetime.now(UTC)
    file = tmp_path / "none"
    for content in (b"", b"[]", b"\xff\xfe", b"-----BEGIN PRIVATE KEY-----\n"):
        file.write_bytes(content)
        for found in (
            key_rules.check_boundary_keys("X", file, now),
            key_rules.check_private_key("X", file),
            key_rules.check_field_keys("X", file),
            key_rules.check_audit_key("X", file, "bulkhead/production/customer"),
            key_rules.check_audit_list("X", file),
            key_rules.check_certificates("X", [file], now),
        ):
            assert codes(found) == {"production.key_unusable"}
