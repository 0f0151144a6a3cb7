"""What customers set is what the doors of money ask, down to the refusal that they read."""

from itertools import count

import pytest

_keys = count(1)


@pytest.fixture
def quote(client):
    """Return a function that asks for a quote; without terms of exchange, what passes the gate ends there."""

    async def ask(headers, amount, purpose="deposit"):
        body = {"purpose": purpose, "amount": amount}
        key = {"Idempotency-Key": f"protection-{next(_keys)}"}
        answer = await client.post("/v1/quotes", json=body, headers=headers | key)
        return answer.status_code, answer.json()["code"]

    return ask


async def test_a_deposit_quote_fits_under_the_lowest_limit_or_is_refused(client, active_customer, quote):
    _, headers = await active_customer()
    passed = await quote(headers, "20000.01")
    limit = "/v1/protection/limits/deposit/7d"
    assert (await client.put(limit, json={"amount": "20000.00"}, headers=headers)).status_code == 200
    assert await quote(headers, "20000.00") == passed
    refused = await quote(headers, "20000.01")
    assert refused == (422, "protection.deposit_limit")


async def test_who_cools_off_gets_no_deposit_quote_from_that_moment_on(client, active_customer, quote):
    _, headers = await active_customer()
    passed = await quote(headers, "500.00")
    await client.post("/v1/protection/cool-off", json={"days": 1}, headers=headers)
    assert await quote(headers, "500.00") == (403, "gate.cooling_off")
    assert passed[1].startswith("fx.")


async def test_who_is_excluded_gets_no_deposit_quote(client, active_customer, quote):
    _, headers = await active_customer()
    await client.post("/v1/protection/self-exclusion", json={"months": 6}, headers=headers)
    assert await quote(headers, "500.00") == (403, "gate.excluded")
