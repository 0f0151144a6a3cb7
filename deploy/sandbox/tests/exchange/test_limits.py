import base64
import json
import time

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given
from hypothesis import strategies as st

from sandbox.exchange.app import create_app
from sandbox.exchange.limits import RATES, Bucket, Limiter, Tier, cost_of
from sandbox.settings import ExchangeSettings


@given(
    st.integers(1, 5000),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 400)), min_size=1, max_size=60),
)
def test_no_span_of_time_gives_more_than_its_refill_and_one_full_bucket(rate, requests):
    bucket, now, taken = Bucket(rate), 0, []
    for pause, tokens in requests:
        now += pause
        if bucket.take(tokens, now):
            taken.append((now, tokens))
        else:
            assert sum(spent for at, spent in taken) + tokens > 0
    for start, (began, _) in enumerate(taken):
        for ended, _ in taken[start:]:
            spent = sum(tokens for at, tokens in taken if began <= at <= ended)
            assert spent * 1000 <= rate * 1000 + (ended - began) * rate


def test_basic_gives_ten_new_orders_at_once_and_ten_a_second():
    limiter = Limiter(Tier.BASIC)
    assert [limiter.allows("POST", 10, 0) for _ in range(11)] == [True] * 10 + [False]
    assert [limiter.allows("POST", 10, 100) for _ in range(2)] == [True, False]
    assert limiter.allows("GET", 200, 0)
    assert not limiter.allows("GET", 1, 4)


@pytest.mark.parametrize(
    ("method", "path", "cost"),
    [
        ("POST", "/portfolio/events/orders", 10),
        ("DELETE", "/portfolio/events/orders", 2),
        ("DELETE", "/portfolio/events/orders/8d6c", 2),
        ("POST", "/portfolio/events/orders/8d6c/amend", 10),
        ("GET", "/portfolio/orders/8d6c", 2),
        ("GET", "/portfolio/orders", 10),
        ("GET", "/portfolio/orders/8d6c/queue_position", 10),
    ],
)
def test_a_request_costs_what_the_table_says(method, path, cost):
    assert cost_of(method, path) == cost


def test_every_tier_has_its_rates_and_none_is_below_the_one_before():
    rates = [RATES[tier] for tier in Tier]
    assert rates == sorted(rates)
    assert rates[0] == (200, 100)


async def test_a_batch_costs_by_its_items_and_an_empty_bucket_says_only_that(tmp_path):
    key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (tmp_path / "keys.json").write_text(json.dumps({"member": public.decode()}))
    app = create_app(ExchangeSettings(exchange_keys_file=tmp_path / "keys.json", exchange_tier=Tier.BASIC))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://exchange")

    async def call(method, path, body=None):
        full, at_ms = f"/trade-api/v2{path}", str(time.time_ns() // 1_000_000)
        headers = {
            "KALSHI-ACCESS-KEY": "member",
            "KALSHI-ACCESS-TIMESTAMP": at_ms,
            "KALSHI-ACCESS-SIGNATURE": base64.b64encode(key.sign(f"{at_ms}{method}{full}".encode())).decode(),
        }
        return await client.request(method, full, headers=headers, json=body)

    item = {
        "ticker": "KXFED-NEXT-HOLD", "side": "bid", "count": "1", "price": "0.01",
        "time_in_force": "immediate_or_cancel", "self_trade_prevention_type": "maker",
    }  # fmt: skip
    path = "/portfolio/events/orders/batched"
    assert (await call("POST", path, {"orders": [item] * 11})).status_code == 429
    full = await call("POST", path, {"orders": [item] * 10})
    assert (full.status_code, len(full.json()["orders"])) == (201, 10)
    refused = await call("POST", "/portfolio/events/orders", item)
    assert (refused.status_code, refused.json()) == (429, {"error": "too many requests"})
    assert (await call("GET", "/account/limits")).json()["write"] == {
        "refill_rate": 100,
        "bucket_capacity": 100,
    }
