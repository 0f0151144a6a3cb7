"""Money that a rule holds, from the customer's request to the end of its case, through the public doors."""

from datetime import timedelta
from uuid import uuid4

import pytest

from shared.ledger import store as ledger
from shared.ledger.domain import LKR, Movement, Posting, Transfer

RULE = {
    "schema": 1,
    "key": "large_transfer",
    "title": "A large transfer",
    "purpose": "Whoever sends 1,000 rupees at once is looked at.",
    "family": "flow",
    "applies_to": ["transfer_out"],
    "when": {"at_least": [{"fact": "event.amount"}, {"lkr": 1_000_00}]},
    "score": 60,
    "effect": "hold",
    "fail": "open",
}


class Counter:
    """Two customers, and the people of compliance."""

    def __init__(self, client, services, tenant, worker, approver):
        self.client, self.services, self.tenant = client, services, tenant
        self.worker, self.approver = worker, approver

    async def ask(self, method, path, headers, body=None, *, wanted=200):
        answer = await self.client.request(method, path, json=body, headers=headers)
        assert answer.status_code == wanted, answer.text
        return answer.json() if answer.content else None

    async def fund(self, customer_id, amount):
        posting = Posting(LKR, "collection", "wallet", amount, "inflow")
        now = self.services.clock.now()
        transfer = Transfer(uuid4(), uuid4(), self.tenant.id, customer_id, "pay_in", now, (posting,))
        async with self.services.database.transaction(self.tenant.id) as tx:
            await ledger.post(tx, Movement(transfers=(transfer,)))

    async def publish(self):
        version = await self.ask("POST", "/staff/aml/versions", self.worker, {"rule": RULE}, wanted=201)
        path = f"/staff/aml/versions/{version['id']}"
        await self.ask("POST", f"{path}/proposal", self.worker)
        await self.ask("POST", f"{path}/approval", self.approver)

    async def send(self, sender, code, amount="2500.00"):
        body = {"to": code, "currency": "LKR", "amount": amount}
        headers = sender | {"Idempotency-Key": str(uuid4())}
        return await self.client.post("/v1/transfers", json=body, headers=headers)

    async def available(self, headers):
        wallet = await self.ask("GET", "/v1/wallet", headers)
        return {each["currency"]: each["available"] for each in wallet["balances"]}["LKR"]

    async def open_case(self):
        """Return the path of the one case that is open, and what waits for it."""
        (case,) = (await self.ask("GET", "/staff/cases?state=open", self.worker))["items"]
        path = f"/staff/cases/{case['id']}"
        whole = await self.ask("GET", path, self.worker)
        return path, [each["id"] for each in whole["held"] if each["ended_as"] is None]

    async def close(self, path, outcome):
        body = {"outcome": outcome, "reason": "Looked at."}
        await self.ask("POST", f"{path}/proposal", self.worker, body)
        await self.ask("POST", f"{path}/approval", self.approver)


@pytest.fixture
async def counter(client, services, tenant, staff):
    await services.transfer_lanes.start()
    yield Counter(client, services, tenant, await staff("compliance"), await staff("compliance_approver"))
    await services.transfer_lanes.stop()


async def test_what_a_rule_holds_is_released_or_denied_and_the_rule_is_snoozed(counter, active_customer):
    (nimal_id, nimal), (_, kamala) = await active_customer(), await active_customer()
    await counter.fund(nimal_id, 50_000_00)
    code = (await counter.ask("GET", "/v1/account-code", kamala))["account_code"]
    await counter.publish()

    held = await counter.send(nimal, code)
    assert held.json()["state"] == "held", held.text
    assert "aml" not in held.text
    assert (await counter.available(nimal), await counter.available(kamala)) == ("47500.00", "0.00")
    path, (first,) = await counter.open_case()
    await counter.ask("POST", f"{path}/take", counter.worker)
    await counter.ask("POST", f"{path}/held/{first}/request", counter.worker)
    ended = await counter.ask("POST", f"{path}/held/{first}/release", counter.approver)
    assert ended["ended_as"] == "released"
    assert (await counter.available(nimal), await counter.available(kamala)) == ("47500.00", "2500.00")

    assert (await counter.send(nimal, code)).json()["state"] == "held"
    (second,) = [
        each["id"]
        for each in (await counter.ask("GET", path, counter.worker))["held"]
        if each["ended_as"] is None
    ]
    denied = await counter.ask("POST", f"{path}/held/{second}/denial", counter.worker)
    assert denied["ended_as"] == "denied"
    assert (await counter.available(nimal), await counter.available(kamala)) == ("47500.00", "2500.00")
    await counter.close(path, "false_positive")

    now = counter.services.clock.now()
    body = {
        "customer_id": str(nimal_id),
        "rule": "large_transfer",
        "ends_at": (now + timedelta(days=30)).isoformat(),
        "reason": "He pays his rent.",
    }
    snooze = await counter.ask("POST", "/staff/aml/snoozes", counter.worker, body, wanted=201)
    await counter.ask("POST", f"/staff/aml/snoozes/{snooze['id']}/approval", counter.approver)
    assert (await counter.send(nimal, code)).json()["state"] == "made"
    assert await counter.available(kamala) == "5000.00"
    assert (await counter.ask("GET", "/staff/cases?state=open", counter.worker))["items"] == []
    await counter.ask("POST", f"/staff/aml/snoozes/{snooze['id']}/end", counter.worker)
    assert (await counter.send(nimal, code)).json()["state"] == "held"

    begins_on, ends_on = (now - timedelta(days=1)).date(), (now + timedelta(days=2)).date()
    period = f"begins_at={begins_on}T00:00:00Z&ends_at={ends_on}T00:00:00Z"
    (figures,) = (await counter.ask("GET", f"/staff/aml/metrics?{period}", counter.worker))["items"]
    assert (figures["reason"], figures["hits"], figures["alerts"]) == ("aml.large_transfer", 3, 3)
    assert (figures["cases"], figures["open_cases"], figures["precision_basis_points"]) == (2, 1, 0)
