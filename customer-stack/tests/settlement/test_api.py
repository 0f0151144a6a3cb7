"""Who may propose, approve and look, over HTTP."""

import pytest

PURPOSE = {"purpose_code": "SETTLE"}


async def test_an_empty_list_for_those_who_may_look(client, staff):
    for role in ("settlement_proposer", "settlement_approver", "auditor"):
        page = (await client.get("/staff/settlements", headers=await staff(role))).json()
        assert page == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("role", ["settlement_approver", "auditor", "treasurer"])
async def test_only_a_proposer_proposes(client, staff, role):
    headers = {**await staff(role), "Idempotency-Key": "k"}
    answer = await client.post("/staff/settlements", json=PURPOSE, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "access.permission_missing")


async def test_nothing_reported_is_nothing_to_settle(client, staff):
    headers = {**await staff("settlement_proposer"), "Idempotency-Key": "k"}
    answer = await client.post("/staff/settlements", json=PURPOSE, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "settlement.nothing_to_settle")


async def test_a_proposer_does_not_approve_and_an_unknown_settlement_is_not_found(client, staff):
    path = "/staff/settlements/0197a2f0-0000-7000-8000-000000000000/approval"
    body = {"digest": "00" * 32}
    refused = await client.post(path, json=body, headers=await staff("settlement_proposer"))
    assert refused.json()["code"] == "access.permission_missing"
    missing = await client.post(path, json=body, headers=await staff("settlement_approver"))
    assert missing.json()["code"] == "settlement.not_found"


async def test_an_approval_needs_a_digest(client, staff):
    path = "/staff/settlements/0197a2f0-0000-7000-8000-000000000000/approval"
    answer = await client.post(path, json={"digest": "short"}, headers=await staff("settlement_approver"))
    assert answer.json()["code"] == "request.invalid"


async def test_a_purpose_is_mandatory_and_on_the_list(client, staff):
    headers = {**await staff("settlement_proposer"), "Idempotency-Key": "k"}
    missing = await client.post("/staff/settlements", json={}, headers=headers)
    assert missing.json()["code"] == "request.invalid"
    unknown = await client.post("/staff/settlements", json={"purpose_code": "GIFT"}, headers=headers)
    assert (unknown.status_code, unknown.json()["code"]) == (400, "settlement.purpose_unknown")
    listed = (await client.get("/staff/settlements/purposes", headers=headers)).json()["items"]
    assert "SETTLE" in [one["code"] for one in listed]


@pytest.mark.parametrize("act", ["refusal", "return", "shortfall", "payment", "release"])
async def test_only_a_releaser_says_what_became_of_it(client, staff, act):
    body = {"amount": "1.00", "bank_reference": "R", "reason": "r"}
    wanted = {
        "refusal": ("reason",),
        "shortfall": ("amount", "reason"),
        "payment": ("amount", "bank_reference"),
    }
    json = None if act == "release" else {name: body[name] for name in wanted.get(act, body)}
    path = f"/staff/settlements/0197a2f0-0000-7000-8000-000000000000/{act}"
    refused = await client.post(path, json=json, headers=await staff("settlement_proposer"))
    assert refused.json()["code"] == "access.permission_missing"
    missing = await client.post(path, json=json, headers=await staff("settlement_approver"))
    assert missing.json()["code"] == "settlement.not_found"
