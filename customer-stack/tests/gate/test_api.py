"""Who may read decisions, and in what shape."""

import orjson
import pytest

from customer_stack.aml.domain.events import Event
from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.gate.domain.asking import Ask


@pytest.fixture
def decided(services, tenant, active_customer):
    """Return a function that lets a new customer's command be decided: their id, and the decision's."""

    async def do(restricted=False):
        customer_id, _ = await active_customer()
        now = services.clock.now()
        event = Event(
            services.ids.new(),
            tenant.id,
            customer_id,
            EventKind.WAGER if restricted else EventKind.WAGER_SALE,
            Product.MARKET,
            100,
            now,
        )
        ask = Ask(event.id, event, "wager", stake_usd=10**14 if restricted else 0)
        async with services.database.transaction(tenant.id) as tx:
            sitting = await services.gates.gate.open(tx, [ask], now)
            sitting.decide(ask)
            await sitting.write(tx)
        return customer_id, ask.id

    return do


async def test_decisions_are_listed_by_customer_and_answer_and_shown_whole(client, staff, decided):
    customer_id, allowed = await decided()
    _, denied = await decided(restricted=True)
    headers = await staff("compliance")
    mine = (await client.get(f"/staff/decisions?customer={customer_id}", headers=headers)).json()
    assert [each["id"] for each in mine["items"]] == [str(allowed)]
    page = (await client.get("/staff/decisions?answer=deny&limit=1", headers=headers)).json()
    assert [each["id"] for each in page["items"]] == [str(denied)]
    first = (await client.get("/staff/decisions?limit=1", headers=headers)).json()
    assert first["items"][0]["id"] == str(denied)
    rest = await client.get(f"/staff/decisions?cursor={first['next_cursor']}", headers=headers)
    assert [each["id"] for each in rest.json()["items"]] == [str(allowed)]
    shown = (await client.get(f"/staff/decisions/{denied}", headers=headers)).json()
    assert (shown["reason"], shown["agrees"], shown["differs"]) == ("protection.stake_limit", True, [])
    assert shown["record"]["reasons"] == ["protection.stake_limit"]


@pytest.mark.parametrize(
    ("role", "status"),
    [("auditor", 200), ("compliance_approver", 200), ("treasurer", 403), ("controller", 403)],
)
async def test_only_compliance_and_auditors_read_decisions(client, staff, decided, role, status):
    _, decision_id = await decided()
    headers = await staff(role)
    for path in ("/staff/decisions", f"/staff/decisions/{decision_id}"):
        assert (await client.get(path, headers=headers)).status_code == status


async def test_nobody_reads_a_decision_that_is_not_there(client, staff, services):
    answer = await client.get(f"/staff/decisions/{services.ids.new()}", headers=await staff("auditor"))
    assert (answer.status_code, answer.json()["code"]) == (404, "gate.decision_not_found")
    assert orjson.loads(answer.content)["code"].startswith("gate.")
