import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.exchange.limits import RATES, Bucket, Limiter, Tier, cost_of


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


@pytest.mark.system
def test_a_batch_costs_by_its_items_and_an_empty_bucket_says_only_that(start, member_of):
    member = member_of(start("exchange", SANDBOX_EXCHANGE_TIER="basic"))
    item = {
        "ticker": "KXFED-NEXT-HOLD", "side": "bid", "count": "1", "price": "0.01",
        "time_in_force": "immediate_or_cancel", "self_trade_prevention_type": "maker",
    }  # fmt: skip
    path = "/portfolio/events/orders/batched"
    assert member.call("POST", path, json={"orders": [item] * 11}).status_code == 429
    member.program.http.post("/sandbox/deposit", json={"amount": "100"})
    full = member.call("POST", path, json={"orders": [item] * 10})
    assert full.status_code == 201
    refused = member.order("KXFED-NEXT-HOLD", "bid", "1", "0.01")
    assert (refused.status_code, refused.json()) == (429, {"error": "too many requests"})
    assert member.call("GET", "/account/limits").json()["write"] == {
        "refill_rate": 100,
        "bucket_capacity": 100,
    }
