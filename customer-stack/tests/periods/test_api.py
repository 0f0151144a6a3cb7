"""Who may propose and close, and what the routes answer."""

from datetime import UTC, datetime

import pytest

from shared.ledger import store as ledger
from shared.ledger.domain import LKR, Movement, Posting, Transfer

END = "2026-07-01T00:00:00Z"


@pytest.fixture
async def opened(services, tenant):
    """An entry of June in the root department's book."""
    departments = await services.tenancy.list_departments(tenant.id)
    ids = services.ids
    async with services.database.transaction(tenant.id) as tx:
        posting = Posting(LKR, "collection", "till", 100_00, "inflow")
        at = datetime(2026, 6, 1, tzinfo=UTC)
        book = departments[0].id
        transfer = Transfer(ids.new(), ids.new(), tenant.id, book, "contribution", at, (posting,))
        await ledger.post(tx, Movement(transfers=(transfer,)))


async def test_a_treasurer_proposes_and_a_controller_closes(client, staff, opened):
    treasurer, controller = await staff("treasurer"), await staff("controller")
    proposed = await client.post("/staff/periods/proposals", json={"ends_at": END}, headers=treasurer)
    assert proposed.status_code == 201, proposed.text
    body = proposed.json()
    assert {line["account"]: line["closing"] for line in body["accounts"]} == {
        "collection": "-100.00",
        "till": "100.00",
    }
    path = f"/staff/periods/proposals/{body['id']}/close"
    assert (await client.post(path, json={"digest": body["digest"]}, headers=treasurer)).status_code == 403
    closed = await client.post(path, json={"digest": body["digest"]}, headers=controller)
    assert closed.status_code == 200, closed.text
    assert closed.json()["number"] == 1
    listed = await client.get("/staff/periods", headers=await staff("auditor"))
    assert [each["number"] for each in listed.json()["items"]] == [1]
    one = await client.get("/staff/periods/1", headers=controller)
    assert one.json()["accounts"] == closed.json()["accounts"]
    proposals = await client.get("/staff/periods/proposals", headers=controller)
    assert [each["id"] for each in proposals.json()["items"]] == [body["id"]]


@pytest.mark.parametrize("role", ["auditor", "controller", "compliance"])
async def test_only_treasurers_propose(client, staff, opened, role):
    answer = await client.post("/staff/periods/proposals", json={"ends_at": END}, headers=await staff(role))
    assert answer.status_code == 403


async def test_a_digest_that_is_none_and_a_cursor_that_is_none_are_refused(client, staff, opened):
    controller = await staff("controller")
    path = "/staff/periods/proposals/01900000-0000-7000-8000-000000000000/close"
    assert (await client.post(path, json={"digest": "short"}, headers=controller)).status_code == 422
    assert (await client.post(path, json={"digest": "0" * 64}, headers=controller)).status_code == 404
    assert (await client.get("/staff/periods?cursor=x", headers=controller)).status_code == 400
    assert (await client.get("/staff/periods/0", headers=controller)).status_code == 422
