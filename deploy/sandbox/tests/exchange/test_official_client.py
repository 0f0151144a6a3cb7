"""The exchange's official client library, unmodified, against the sandbox: every endpoint that it shares.

The library stands in a folder of its own (requirements/exchange-sdk.txt) and runs in an interpreter of its
own, so nothing of ours can lean on it.
"""

import json
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

pytestmark = pytest.mark.system

SCRIPT = Path(__file__).with_name("sdk_session.py")
LIBRARY = Path(sys.prefix) / "exchange-sdk"

CALLS = [
    "amend_order_v2",
    "batch_cancel_orders_v2",
    "batch_create_orders_v2",
    "cancel_all_orders",
    "cancel_order_v2",
    "create_order_group",
    "create_order_v2",
    "decrease_order_v2",
    "delete_order_group",
    "get_account_api_limits",
    "get_account_endpoint_costs",
    "get_balance",
    "get_deposits",
    "get_event",
    "get_event_fee_changes",
    "get_events",
    "get_exchange_schedule",
    "get_exchange_status",
    "get_fills",
    "get_fills_historical",
    "get_historical_cutoff",
    "get_historical_market",
    "get_historical_markets",
    "get_historical_orders",
    "get_historical_positions",
    "get_market",
    "get_market_orderbook",
    "get_market_orderbooks",
    "get_markets",
    "get_order",
    "get_order_group",
    "get_order_groups",
    "get_order_queue_position",
    "get_order_queue_positions",
    "get_orders",
    "get_portfolio_resting_order_total_value",
    "get_positions",
    "get_series",
    "get_series_fee_changes",
    "get_series_list",
    "get_settlements",
    "get_trades",
    "get_trades_historical",
    "get_user_data_timestamp",
    "get_withdrawals",
    "reset_order_group",
    "trigger_order_group",
    "update_order_group_limit",
]


def make_key(folder, kind):
    """Write a private key; return its id, its file and its public half."""
    private = (
        ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else rsa.generate_private_key(65537, 2048)
    )
    file = folder / f"{kind}.pem"
    file.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return str(uuid.uuid4()), str(file), public.decode()


def test_the_official_client_works_unchanged(start, tmp_path):
    keys = [make_key(tmp_path, kind) for kind in ("rsa", "ed25519")]
    (tmp_path / "keys.json").write_text(json.dumps({key_id: public for key_id, _, public in keys}))
    program = start("exchange", SANDBOX_EXCHANGE_KEYS_FILE=str(tmp_path / "keys.json"))
    arguments = [str(LIBRARY), f"http://127.0.0.1:{program.port}"]
    session = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), *arguments, *keys[0][:2], *keys[1][:2]],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert session.returncode == 0, session.stderr
    assert json.loads(session.stdout) == sorted(CALLS)
