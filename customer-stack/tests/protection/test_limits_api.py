"""Limits through the doors of customers and of staff, and against what happens at the same moment."""

import asyncio
from datetime import timedelta

import pytest

from customer_stack.customers.service import lock_customer
from customer_stack.protection.domain.counting import Change, Measure
from customer_stack.protection.domain.limits import judge
from customer_stack.protection.service import change, load_standings

DEPOSITS = "/v1/protection/limits/deposit/24h"


def limit_of(answer, kind="deposit", window="24h"):
    return next(each for each in answer.json()["items"] if (each["kind"], each["window"]) == (kind, window))


async def count(services, tenant, customer_id, measure, amount, at):
    async with services.database.transaction(tenant.id) as tx:
        await lock_customer(tx, customer_id)
        await change(tx, [Change(tenant.id, customer_id, measure, at, amount)])


async def test_a_customer_lowers_at_once_and_raises_after_the_wait_and_a_confirmation(
    client, services, tenant, active_customer, clock
):
    customer_id, headers = await active_customer()
    await count(services, tenant, customer_id, Measure.DEPOSIT, 40_000_00, clock.now() - timedelta(hours=5))
    first = await client.put(DEPOSITS, json={"amount": "50000.00"}, headers=headers)
    assert first.status_code == 200, first.text
    assert {name: first.json()[name] for name in ("limit", "set_by", "used", "left", "own", "pending")} == {
        "limit": "50000.00",
        "set_by": "own",
        "used": "40000.00",
        "left": "10000.00",
        "own": "50000.00",
        "pending": None,
    }
    frees_at = (clock.now() + timedelta(hours=19)).isoformat().replace("+00:00", "Z")
    assert first.json()["frees_at"] == frees_at
    asked = await client.put(DEPOSITS, json={"amount": "80000.00"}, headers=headers)
    assert (asked.json()["limit"], asked.json()["pending"]["amount"]) == ("50000.00", "80000.00")
    early = await client.post(f"{DEPOSITS}/pending/confirmation", headers=headers)
    assert (early.status_code, early.json()["code"]) == (409, "protection.too_early")
    clock.advance(timedelta(hours=24))
    done = await client.post(f"{DEPOSITS}/pending/confirmation", headers=headers)
    assert (done.json()["limit"], done.json()["pending"]) == ("80000.00", None)
    again = await client.post(f"{DEPOSITS}/pending/confirmation", headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "protection.nothing_pending")
    async with services.database.transaction(tenant.id) as tx:
        kind = "protection.limit_changed"
        assert await tx.fetch_value("SELECT count(*) FROM audit_record WHERE kind = $1", kind) == 3


async def test_a_raise_is_withdrawn_or_lapses_and_a_removal_waits_too(client, active_customer, clock):
    _, headers = await active_customer()
    await client.put(DEPOSITS, json={"amount": "50.00"}, headers=headers)
    removed = await client.put(DEPOSITS, json={"amount": None}, headers=headers)
    assert (removed.json()["own"], removed.json()["pending"]["amount"]) == ("50.00", None)
    gone = await client.delete(f"{DEPOSITS}/pending", headers=headers)
    assert gone.json()["pending"] is None
    await client.put(DEPOSITS, json={"amount": "60.00"}, headers=headers)
    clock.advance(timedelta(days=8))
    late = await client.post(f"{DEPOSITS}/pending/confirmation", headers=headers)
    assert late.json()["code"] == "protection.nothing_pending"
    shown = limit_of(await client.get("/v1/protection/limits", headers=headers))
    assert (shown["limit"], shown["pending"]) == ("50.00", None)


async def test_every_limit_is_listed_with_whose_it_is(client, active_customer):
    _, headers = await active_customer()
    answer = await client.get("/v1/protection/limits", headers=headers)
    assert len(answer.json()["items"]) == 12
    assert (limit_of(answer)["set_by"], limit_of(answer)["currency"]) == ("tier", "LKR")
    staked = limit_of(answer, "stake")
    assert (staked["limit"], staked["set_by"], staked["currency"]) == ("1000.000000", "tenant", "USD")
    assert limit_of(answer, "loss")["limit"] is None
    assert limit_of(answer, "withdrawal", "30d")["set_by"] == "tier"


async def test_what_is_no_limit_is_refused(client, active_customer):
    _, headers = await active_customer()
    for path, body in (
        ("withdrawal/24h", {"amount": "5.00"}),
        ("deposit/1h", {"amount": "5.00"}),
        ("deposit/24h", {"amount": "5.001"}),
        ("deposit/24h", {"amount": "-5.00"}),
        ("deposit/24h", {"amount": 5}),
        ("deposit/24h", {}),
    ):
        answer = await client.put(f"/v1/protection/limits/{path}", json=body, headers=headers)
        assert answer.status_code in (400, 404, 422), (path, body, answer.text)


async def test_staffs_limit_is_raised_by_two_people_only(client, active_customer, staff):
    customer_id, headers = await active_customer()
    officer, approver = await staff("compliance"), await staff("compliance_approver")
    path = f"/staff/protection/customers/{customer_id}/limits/loss/7d"
    first = await client.put(path, json={"amount": "100.00"}, headers=officer)
    assert (first.json()["limit"], first.json()["set_by"]) == ("100.000000", "staff")
    asked = await client.put(path, json={"amount": "500.00"}, headers=officer)
    assert (asked.json()["limit"], asked.json()["staff_pending"]["amount"]) == ("100.000000", "500.000000")
    assert (await client.post(f"{path}/pending/approval", headers=officer)).status_code == 403
    own = await client.post("/v1/protection/limits/loss/7d/pending/confirmation", headers=headers)
    assert own.json()["code"] == "protection.nothing_pending"
    approved = await client.post(f"{path}/pending/approval", headers=approver)
    assert (approved.json()["limit"], approved.json()["staff_pending"]) == ("500.000000", None)
    assert (await client.delete(f"{path}/pending", headers=approver)).status_code == 409
    await client.put(path, json={"amount": "900.00"}, headers=officer)
    rejected = await client.delete(f"{path}/pending", headers=approver)
    assert (rejected.json()["limit"], rejected.json()["staff_pending"]) == ("500.000000", None)
    seen = limit_of(await client.get("/v1/protection/limits", headers=headers), "loss", "7d")
    assert (seen["limit"], seen["set_by"], "staff_pending" in seen) == ("500.000000", "staff", False)


async def test_a_policy_holds_for_everybody_at_once(client, active_customer, staff):
    _, headers = await active_customer()
    officer, approver = await staff("compliance"), await staff("compliance_approver")
    policy = (await client.get("/staff/protection/policy", headers=officer)).json()
    assert (policy["version"], policy["cooling_hours"], policy["confirm_hours"]) == (0, 24, 168)
    wanted = {name: value for name, value in policy.items() if name != "version"}
    wanted["limits"] = [{"kind": "deposit", "window": "24h", "amount": "20000.00"}]
    assert (await client.put("/staff/protection/policy", json=wanted, headers=officer)).status_code == 403
    hasty = wanted | {"cooling_hours": 23}
    short = await client.put("/staff/protection/policy", json=hasty, headers=approver)
    assert short.status_code == 422
    twice = wanted | {"limits": wanted["limits"] * 2}
    refused = await client.put("/staff/protection/policy", json=twice, headers=approver)
    assert refused.json()["code"] == "protection.policy_invalid"
    kept = await client.put("/staff/protection/policy", json=wanted, headers=approver)
    assert kept.json()["version"] == 1
    answer = await client.get("/v1/protection/limits", headers=headers)
    assert (limit_of(answer)["limit"], limit_of(answer)["set_by"]) == ("20000.00", "tenant")
    assert limit_of(answer, "stake")["limit"] is None


@pytest.mark.parametrize("measure", [Measure.DEPOSIT, Measure.STAKE])
async def test_two_at_once_cannot_pass_one_limit_together(client, services, tenant, active_customer, measure):
    customer_id, headers = await active_customer()
    path = f"/v1/protection/limits/{measure.value}/24h"
    assert (await client.put(path, json={"amount": "100.00"}, headers=headers)).status_code == 200

    async def take(amount):
        async with services.database.transaction(tenant.id) as tx:
            await lock_customer(tx, customer_id)
            now = services.clock.now()
            standing = (await load_standings(tx, {customer_id: tenant.id}, now))[customer_id]
            if judge(standing, measure, amount) is not None:
                return False
            await asyncio.sleep(0.02)
            await change(tx, [Change(tenant.id, customer_id, measure, now, amount)])
            return True

    limit = 100_00 if measure is Measure.DEPOSIT else 100_000_000
    taken = await asyncio.gather(*(take(limit * 2 // 5) for _ in range(4)))
    assert sorted(taken) == [False, False, True, True]
