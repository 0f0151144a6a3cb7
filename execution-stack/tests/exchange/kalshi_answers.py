"""What the exchange answers, as captured and as documented, and a client of ours that reads it."""

import json
from datetime import UTC, datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import rsa

from execution_stack.exchange.domain import (
    BookSide,
    NewOrder,
    Ticker,
)
from execution_stack.exchange.providers.http import TimeLimits
from execution_stack.exchange.providers.kalshi import KalshiExchange
from execution_stack.exchange.providers.signing import Signer
from shared.clock import FixedClock

from .http_server import Answer

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEY_ID = "6ff59d4c-2f8f-4f3e-9a40-6f0f0c3f1a11"
CLIENT_ID = UUID("5c8d7e0a-52d4-5a0f-9d2c-3a2f6c1b9d10")
ORDER_ID = "0f6cf4f8-9d0a-4c27-a5ab-2a9a3ac5ae10"
TICKER = Ticker("KX-1")

# As captured from the exchange's own client against V2, and as documented.
CREATED = {"order_id": ORDER_ID, "client_order_id": str(CLIENT_ID), "fill_count": "10.12",
           "remaining_count": "0.00", "average_fill_price": "0.5486", "ts_ms": 1_795_000_000_000}  # fmt: skip
ORDER = {
    "order_id": ORDER_ID, "user_id": "u", "client_order_id": str(CLIENT_ID), "ticker": "KX-1",
    "outcome_side": "yes", "book_side": "bid", "type": "limit", "status": "canceled",
    "yes_price_dollars": "0.5600", "no_price_dollars": "0.4400", "fill_count_fp": "10.12",
    "remaining_count_fp": "0.00", "initial_count_fp": "14.00", "taker_fill_cost_dollars": "5.552200",
    "maker_fill_cost_dollars": "0.000000", "taker_fees_dollars": "0.177800", "maker_fees_dollars": "0.000000",
    "created_time": "2026-11-20T09:30:00.123Z",
}  # fmt: skip
FILL = {
    "fill_id": "7d7e0a0a-0000-4000-8000-000000000001", "exchange_index": 0,
    "trade_id": "7d7e0a0a-0000-4000-8000-000000000001", "order_id": ORDER_ID, "ticker": "KX-1",
    "market_ticker": "KX-1", "outcome_side": "yes", "book_side": "bid", "count_fp": "4.00",
    "yes_price_dollars": "0.540000", "no_price_dollars": "0.460000", "is_taker": True,
    "fee_cost": "0.070000", "created_time": "2026-11-20T09:30:00Z",
}  # fmt: skip
MARKET = {
    "ticker": "KX-1", "event_ticker": "KX", "market_type": "binary", "yes_sub_title": "Above 3%",
    "title": "Inflation above 3%\n?", "status": "active", "close_time": "2026-12-01T00:00:00Z",
    "yes_bid_dollars": "0.5300", "yes_ask_dollars": "0.5500", "result": "", "rules_primary": "If so, yes.",
    "price_ranges": [{"start": "0.0000", "end": "1.0000", "step": "0.0100"}],
}  # fmt: skip
EVENT = {"event_ticker": "KX", "series_ticker": "KXS"}
SERIES = {"ticker": "KXS", "fee_type": "quadratic", "fee_multiplier": 1}


def page(key: str, *items: object, cursor: str = "") -> Answer:
    return 200, json.dumps({key: items, "cursor": cursor}).encode()


def error(status: int, code: str) -> Answer:
    return status, json.dumps({"error": {"code": code, "message": "no"}}).encode()


def exchange(url: str, **limits: float) -> KalshiExchange:
    return KalshiExchange(url, Signer(KEY_ID, KEY), FixedClock(NOW), limits=TimeLimits(**limits))


def order() -> NewOrder:
    return NewOrder(CLIENT_ID, TICKER, BookSide.BID, 5600, 1400, NOW)
