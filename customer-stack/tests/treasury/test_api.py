"""Who may post the house's money, and what is refused."""

import pytest


async def contribute(client, headers, department, **changes):
    body = {"department_id": department, "lkr": "100.00", "bank_reference": "R1"} | changes
    return await client.post(
        "/staff/treasury/contributions", json=body, headers={**headers, "Idempotency-Key": "k1"}
    )


@pytest.fixture
def department(services, tenant):
    async def find():
        (root,) = await services.tenancy.list_departments(tenant.id)
        return str(root.id)

    return find


async def test_a_treasurer_posts_and_a_repeat_is_the_same(client, staff, department):
    headers, where = await staff("treasurer"), await department()
    first = await contribute(client, headers, where)
    assert first.status_code == 201
    assert (await contribute(client, headers, where)).json() == first.json()
    other = await contribute(client, headers, where, lkr="200.00")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.mismatch")


@pytest.mark.parametrize("role", ["auditor", "settlement_approver", "compliance"])
async def test_others_may_not(client, staff, department, role):
    answer = await contribute(client, await staff(role), await department())
    assert (answer.status_code, answer.json()["code"]) == (403, "access.permission_missing")


async def test_a_customer_may_not(client, active_customer, department):
    _, headers = await active_customer()
    assert (await contribute(client, headers, await department())).status_code == 401


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"lkr": "0.00"}, "treasury.amount_missing"),
        ({"lkr": "999999999999999"}, "request.invalid"),
        ({"lkr": "1.001"}, "money.inexact_amount"),
        ({"bank_reference": "has spaces"}, "request.invalid"),
        ({"department_id": "0197a2f0-0000-7000-8000-000000000000"}, "ledger.department_not_found"),
    ],
)
async def test_what_cannot_be_posted_is_refused(client, staff, department, changes, code):
    answer = await contribute(client, await staff("treasurer"), await department(), **changes)
    assert answer.json()["code"] == code
