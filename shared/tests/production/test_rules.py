"""What production refuses of values: by table, and whatever the value, never with it in the sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.production import rules
from shared.production.rules import Problem, ProductionRefused, refuse

SECRET = "uG3v9Qe1lWn0Zx72PzqTkLr8"


def codes(problems):
    return [each.code for each in problems]


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://bank.example/api", []),
        ("https://10.0.0.5:8443", []),
        ("http://bank.example", ["production.plain_url"]),
        ("bank.example", ["production.plain_url"]),
        ("https://", ["production.plain_url"]),
        ("https://[::1", ["production.plain_url"]),
        ("https://127.0.0.1:9002", ["production.loopback_url"]),
        ("https://[::1]:9002", ["production.loopback_url"]),
        ("https://localhost", ["production.loopback_url"]),
        ("https://bank.localhost", ["production.loopback_url"]),
        ("https://0.0.0.0", ["production.loopback_url"]),
        ("https://demo-api.kalshi.co/trade-api/v2", ["production.sandbox_url"]),
        ("https://sandbox.bank.example", ["production.sandbox_url"]),
        ("https://api-sandbox.bank.example", ["production.sandbox_url"]),
        ("https://democracy.example", []),
        ("http://localhost", ["production.plain_url", "production.loopback_url"]),
        (None, []),
    ],
)
def test_a_counterparty_is_reached_by_tls_elsewhere_and_for_real(url, wanted):
    assert codes(rules.check_url("X_URL", url)) == wanted


@pytest.mark.parametrize(
    ("address", "is_good"),
    [
        ("postgresql://app:x@db.example/customer?sslmode=verify-full&sslrootcert=/ca.pem", True),
        ("postgresql://app:x@/customer?host=/run/postgresql", True),
        ("postgresql://app:x@%2Frun%2Fpostgresql/customer", True),
        ("postgresql://app:x@db.example/customer", False),
        ("postgresql://app:x@db.example/customer?sslmode=require", False),
        ("postgresql://app:x@db.example/customer?sslmode=verify-ca", False),
        ("postgresql://app:x@db.example/customer?sslmode=disable&sslmode=verify-full", False),
        ("postgresql://app:x@127.0.0.1/customer", False),
        ("postgresql://app:x@db.example/customer?host=/run/postgresql", False),
        ("postgresql://app:x@/customer", False),
        ("", False),
    ],
)
def test_a_database_is_reached_by_a_socket_or_a_verified_server(address, is_good):
    assert codes(rules.check_database("X", address)) == ([] if is_good else ["production.database_tls"])


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("postgresql://a:b@10.0.0.5:5432/x", False),
        ("postgresql://a:b@db.example/x", False),
        ("postgresql://a:b@127.0.0.1:5432/x", True),
        ("postgresql://a:b@[::1]:5432/x", True),
        ("postgresql://a:b@localhost/x", True),
        ("postgresql://a:b@/x?host=/tmp", True),
        ("postgresql:///x", True),
        ("postgresql://a:b@db.example,localhost/x", True),
    ],
)
def test_a_database_on_this_machine_is_known(address, here):
    assert rules.is_here(address) is here


@pytest.mark.parametrize(
    ("secret", "wanted"),
    [
        (SECRET, []),
        (None, []),
        ("sandbox-" + SECRET, ["production.sample_secret"]),
        ("changeme", ["production.sample_secret"]),
        ("Change-Me-now-please-123", ["production.sample_secret"]),
        ("the secret", ["production.weak_secret"]),
        ("", ["production.weak_secret"]),
        ("a" * 40, ["production.weak_secret"]),
        (SECRET[:15], ["production.weak_secret"]),
    ],
)
def test_a_secret_is_neither_a_sample_nor_to_be_guessed(secret, wanted):
    assert codes(rules.check_secret("X", secret)) == wanted


@given(st.text(st.characters(min_codepoint=0x400, max_codepoint=0x4FF), min_size=8))
def test_no_sentence_repeats_a_value(value):
    found = [
        *rules.check_url("X", f"http://127.0.0.1/{value}"),
        *rules.check_database("X", f"postgresql://app:{value}@db/{value}"),
        *rules.check_secret("X", f"sandbox{value}"),
        *rules.check_secret("X", value[:8]),
    ]
    assert len(found) >= 4
    assert not any(value[:8] in each.sentence for each in found)


def test_everything_is_said_at_once_and_the_same_once():
    one, other = Problem("a.b", "Mend this."), Problem("c.d", "Mend that.")
    with pytest.raises(ProductionRefused) as refused:
        refuse([one, other, one])
    assert refused.value.problems == (one, other)
    assert str(refused.value).splitlines() == [
        "Production refuses to start:",
        "  a.b: Mend this.",
        "  c.d: Mend that.",
    ]
    refuse([])
