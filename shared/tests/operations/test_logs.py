import io
import json
import logging
from uuid import UUID

import pytest
import structlog

from shared.operations.logs import REDACTED, configure_logs, correlated, redact


@pytest.fixture
def lines():
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    configure_logs("test", stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_line_is_json_with_process_level_time_and_correlation(lines):
    with correlated(UUID(int=7)):
        structlog.get_logger("money").info("wager.placed", amount_minor=500)
    (line,) = lines()
    assert line["event"] == "wager.placed"
    assert line["amount_minor"] == 500
    assert line["process"] == "test"
    assert line["level"] == "info"
    assert line["correlation_id"] == str(UUID(int=7))
    assert line["timestamp"].endswith("Z")


def test_outside_a_request_there_is_no_correlation(lines):
    structlog.get_logger().info("process.started")
    assert "correlation_id" not in lines()[0]


def test_logs_of_libraries_pass_the_same_nets(lines):
    logging.getLogger("library").warning("call of %s failed", "kamala@example.lk")
    (line,) = lines()
    assert line["event"] == f"call of {REDACTED} failed"
    assert line["process"] == "test"


def test_a_traceback_shows_no_values(lines):
    secret = "199012345678"
    try:
        raise ValueError(  # noqa: TRY301
            f"no customer {secret}\nDETAIL:  Key (nic)=({secret}) exists"
        )
    except ValueError:
        structlog.get_logger().exception("broken")
    (line,) = lines()
    assert "ValueError" in line["exception"]
    assert secret not in json.dumps(line)


@pytest.mark.parametrize(
    "text",
    [
        "nimal.perera+x@example.lk",
        "+94 77 123 4567",
        "0771234567",
        "901234567V",
        "199012345678",
        "Bearer abcdef0123456789",
        "postgresql://bulkhead_app:hunter2@/customer",
    ],
)
def test_personal_data_and_secrets_are_replaced_in_text(text):
    cleaned = redact(f"before {text} after")
    assert REDACTED in cleaned
    assert not any(part in cleaned for part in ("nimal", "77", "4567", "hunter2", "abcdef"))


@pytest.mark.parametrize(
    "text",
    [
        "0197a1b2-0000-7000-8000-123456789012",
        "2026-11-20T10:00:00.123456Z",
        "wager.placed 98.514851",
        "port 50051 is in use",
    ],
)
def test_ids_times_and_amounts_stay(text):
    assert redact(text) == text


@pytest.mark.parametrize(
    "key", ["email", "full_name", "phone", "bank_account_name", "password", "api_key", "NIC"]
)
def test_values_of_telling_keys_are_replaced_at_any_depth(key):
    assert redact({"outer": [{key: "value"}]}) == {"outer": [{key: REDACTED}]}


@pytest.mark.parametrize("key", ["key_id", "amount_minor", "market_id", "nickel"])
def test_values_of_harmless_keys_stay(key):
    assert redact({key: "value"}) == {key: "value"}
