"""Devices: one cookie is one device of a tenant, and its id says nothing of the cookie."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.customers.devices import DEVICE_COOKIE, device_id_of, read_device
from customer_stack.customers.sealing import FieldKeys, Sealing
from customer_stack.customers.service import load_standings

SEALING = Sealing(FieldKeys(1, {1: bytes(32)}, bytes(range(32))))


@given(st.text(max_size=60) | st.none())
def test_what_is_no_cookie_of_ours_becomes_a_new_one(sent):
    device = read_device(sent)
    assert read_device(device) == device
    assert device != sent or read_device(sent) == sent


def test_one_device_has_one_id_at_each_tenant():
    one, other = read_device(None), read_device(None)
    ids = {device_id_of(SEALING, UUID(int=tenant), device) for tenant in (1, 2) for device in (one, other)}
    assert len(ids) == 4
    assert device_id_of(SEALING, UUID(int=1), one) in ids
    assert device_id_of(Sealing(FieldKeys(1, {1: bytes(32)}, bytes(32))), UUID(int=1), one) not in ids


@pytest.fixture
def device_of(services, tenant):
    async def find(answer):
        principal = await services.sessions.authenticate(answer.json()["token"])
        asker = (principal.session_id, principal.customer_id)
        async with services.database.transaction(tenant.id) as tx:
            standing = (await load_standings(tx, [asker], services.clock.now()))[asker]
        assert standing.device_id == principal.device_id
        return standing.device_id

    return find


async def test_people_who_share_a_browser_share_a_device_and_others_do_not(client, registration, device_of):
    people = [registration(), registration()]
    for body in people:
        await client.post("/v1/customers", json=body)
    wanted = [{name: body[name] for name in ("tenant", "email", "password")} for body in people]
    answers = [await client.post("/v1/sessions", json=body) for body in wanted]
    header = next(
        each for each in answers[0].headers.get_list("set-cookie") if each.startswith(DEVICE_COOKIE)
    )
    assert {"HttpOnly", "Path=/v1/sessions", "SameSite=strict", "Max-Age=34560000"} <= set(header.split("; "))
    first, second = [await device_of(answer) for answer in answers]
    assert first == second is not None
    client.cookies.clear()
    elsewhere = await device_of(await client.post("/v1/sessions", json=wanted[0]))
    assert elsewhere not in (None, first)
    client.cookies.clear()
    forged = await client.post(
        "/v1/sessions", json=wanted[0], headers={"Cookie": f"{DEVICE_COOKIE}=' OR 1=1"}
    )
    assert await device_of(forged) not in (None, first, elsewhere)


async def test_a_session_without_a_device_works(client, services, registration, device_of):
    body = registration()
    await client.post("/v1/customers", json=body)
    session = await services.sessions.sign_in(body["tenant"], body["email"], body["password"])
    principal = await services.sessions.route(session.token)
    assert principal.device_id is None
