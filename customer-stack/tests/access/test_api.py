"""Staff sessions and roles."""

import pytest

from customer_stack.access.catalogue import load_roles
from customer_stack.access.domain import permissions_of, read_role
from shared.errors import InvariantViolated

PASSWORD = "a long password"


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


async def sign_in(client, **changes):
    body = {"tenant": "lanka", "username": "auditor", "password": PASSWORD} | changes
    answer = await client.post("/staff/sessions", json=body)
    client.cookies.clear()
    return answer


async def test_staff_signs_in_and_has_the_permissions_of_its_roles(client, services, tenant):
    staff_id = await services.access.ensure_staff(tenant.id, "auditor", "auditor", PASSWORD)
    session = (await sign_in(client)).json()
    assert session["staff_id"] == str(staff_id)
    me = (await client.get("/staff/me", headers=bearer(session["token"]))).json()
    assert set(me["permissions"]) == load_roles()["auditor"].permissions
    assert (
        await client.delete("/staff/sessions/current", headers=bearer(session["token"]))
    ).status_code == 204
    assert (await client.get("/staff/me", headers=bearer(session["token"]))).status_code == 401


@pytest.mark.parametrize("change", [{"tenant": "none"}, {"username": "nobody"}, {"password": "wrong"}])
async def test_a_wrong_sign_in_never_says_what_was_wrong(client, services, tenant, change):
    await services.access.ensure_staff(tenant.id, "auditor", "auditor", PASSWORD)
    answer = await sign_in(client, **change)
    assert (answer.status_code, answer.json()["code"]) == (401, "access.sign_in_failed")


async def test_a_role_that_was_taken_away_ends_at_the_next_request(
    client, services, tenant, customer_database
):
    staff_id = await services.access.ensure_staff(tenant.id, "auditor", "auditor", PASSWORD)
    token = (await sign_in(client)).json()["token"]
    async with services.database.transaction(tenant.id) as tx:
        await tx.execute("DELETE FROM access_assignment WHERE staff_id = $1", staff_id)
    answer = await client.get("/staff/me", headers=bearer(token))
    assert (answer.status_code, answer.json()["code"]) == (403, "access.permission_missing")


async def test_staff_of_one_tenant_sees_nothing_of_another(client, services, tenant, registration):
    other, _ = await services.tenancy.ensure_tenant("serendib", "Serendib", ())
    await services.access.ensure_staff(other.id, "auditor", "auditor", PASSWORD)
    assert (await client.post("/v1/customers", json=registration())).status_code == 201
    token = (await sign_in(client, tenant="serendib")).json()["token"]
    page = (await client.get("/staff/customers", headers=bearer(token))).json()
    assert page == {"items": [], "next_cursor": None}


async def test_a_list_of_customers_comes_in_pages(client, services, tenant, registration):
    await services.access.ensure_staff(tenant.id, "auditor", "auditor", PASSWORD)
    made = [(await client.post("/v1/customers", json=registration())).json()["customer_id"] for _ in range(3)]
    token = (await sign_in(client)).json()["token"]
    first = (await client.get("/staff/customers?limit=2", headers=bearer(token))).json()
    rest = await client.get(
        "/staff/customers", params={"limit": 2, "cursor": first["next_cursor"]}, headers=bearer(token)
    )
    assert [one["customer_id"] for one in first["items"] + rest.json()["items"]] == made
    bad = await client.get("/staff/customers?cursor=abc", headers=bearer(token))
    assert (bad.status_code, bad.json()["code"]) == (400, "request.cursor_invalid")


async def test_making_the_same_staff_again_changes_only_the_password(services, tenant):
    first = await services.access.ensure_staff(tenant.id, "auditor", "auditor", PASSWORD)
    again = await services.access.ensure_staff(tenant.id, "auditor", "auditor", "another password")
    assert first == again
    assert (await services.access.sign_in("lanka", "auditor", "another password")).staff_id == first


def test_nobody_proposes_and_approves_alike():
    for role in load_roles().values():
        assert not {"tenant.settlement.propose", "tenant.settlement.approve"} <= role.permissions


def test_a_role_file_with_a_wrong_permission_is_refused():
    with pytest.raises(InvariantViolated):
        read_role("clerk", {"purpose": "x", "permissions": ["everything"]})
    assert permissions_of(["no such role"], load_roles()) == frozenset()
