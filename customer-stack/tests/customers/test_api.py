"""Registration, sessions and the profile over HTTP."""

from uuid import UUID

import pytest

from customer_stack.customers.domain import ClearanceKind, Status
from customer_stack.customers.service import (
    begin_verification,
    load_accounts,
    load_references,
    load_standings,
    record_clearance,
)


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


async def test_a_person_registers_signs_in_and_sees_their_own_data(client, registration, sign_in):
    body = registration()
    answer = await client.post("/v1/customers", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == "registered"
    token = await sign_in(body)
    me = (await client.get("/v1/me", headers=bearer(token))).json()
    assert me["customer_id"] == answer.json()["customer_id"]
    assert (me["email"], me["full_name"], me["date_of_birth"]) == (
        body["email"],
        "Nimal Perera",
        "1990-02-10",
    )
    assert me["document_number"] == body["national_id"]


async def test_a_session_that_was_ended_opens_nothing(client, registration, sign_in, services):
    body = registration()
    await client.post("/v1/customers", json=body)
    token = await sign_in(body)
    assert await services.sessions.route(token) is not None
    assert (await client.delete("/v1/sessions/current", headers=bearer(token))).status_code == 204
    answer = await client.get("/v1/me", headers=bearer(token))
    assert (answer.status_code, answer.json()["code"]) == (401, "session.required")
    assert await services.sessions.route(token) is None


async def test_a_browser_may_use_the_cookie_but_not_from_another_site(client, registration):
    body = registration()
    await client.post("/v1/customers", json=body)
    answer = await client.post("/v1/sessions", json={k: body[k] for k in ("tenant", "email", "password")})
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=strict" in answer.headers["set-cookie"]
    assert (await client.get("/v1/me")).status_code == 200
    foreign = await client.delete("/v1/sessions/current", headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 401
    assert (await client.delete("/v1/sessions/current")).status_code == 204


@pytest.mark.parametrize(
    "change", [{"password": "wrong password"}, {"email": "nobody@example.lk"}, {"tenant": "none"}]
)
async def test_a_wrong_sign_in_never_says_what_was_wrong(client, registration, change):
    body = registration()
    await client.post("/v1/customers", json=body)
    answer = await client.post(
        "/v1/sessions", json={k: body[k] for k in ("tenant", "email", "password")} | change
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "customers.sign_in_failed")


async def test_the_same_request_again_gives_the_same_customer(client, registration):
    body, headers = registration(), {"Idempotency-Key": "registration 1"}
    first = await client.post("/v1/customers", json=body, headers=headers)
    again = await client.post("/v1/customers", json=body, headers=headers)
    assert (first.status_code, again.json()) == (201, first.json())
    other = await client.post("/v1/customers", json=body | {"phone": "+94770000000"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.mismatch")


async def test_an_email_or_a_document_belongs_to_one_account(client, registration):
    first = registration(national_id="900411234V")
    assert (await client.post("/v1/customers", json=first)).status_code == 201
    same_email = await client.post("/v1/customers", json=registration(email=first["email"].upper()))
    assert (same_email.status_code, same_email.json()["code"]) == (409, "customers.already_registered")
    same_document = await client.post("/v1/customers", json=registration(national_id="199004101234"))
    assert same_document.json()["code"] == "customers.already_registered"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "not an address"}, "email"),
        ({"phone": "077 12345"}, "phone"),
        ({"national_id": "1234567890123456"}, "national_id"),
        ({"national_id": None}, "body"),
        ({"residency": "Sri Lanka"}, "residency"),
        ({"password": "Xy7pq"}, "password"),
        ({"full_name": "<script>"}, "full_name"),
        ({"nickname": "secret nickname"}, "nickname"),
        ({"date_of_birth": "10.02.1990"}, "date_of_birth"),
    ],
)
async def test_a_bad_field_is_named_and_its_value_never_repeated(client, registration, change, field):
    answer = await client.post("/v1/customers", json=registration(**change))
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "request.invalid")
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["errors"][0]["field"] == field
    for value in change.values():
        assert value is None or value not in answer.text


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        ({"email": "not an address"}, "name@example.lk"),
        ({"phone": "077 12345"}, "+94771234567"),
        ({"residency": "Sri Lanka"}, "such as LK"),
        ({"password": "Xy7pq"}, "at least 10"),
        ({"national_id": "12345"}, "V or X"),
    ],
)
async def test_a_bad_field_is_answered_with_what_to_send_instead(client, registration, change, advice):
    answer = await client.post("/v1/customers", json=registration(**change))
    assert answer.status_code == 422
    assert advice in answer.json()["errors"][0]["advice"]


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({"national_id": " 900411123v "}, "900411123V"),
        ({"national_id": None, "passport": {"number": "n1234567", "country": "LK"}}, "N1234567"),
    ],
)
async def test_small_letters_of_a_document_are_kept_as_capitals(client, registration, sign_in, change, kept):
    body = registration(**change)
    assert (await client.post("/v1/customers", json=body)).status_code == 201
    me = await client.get("/v1/me", headers=bearer(await sign_in(body)))
    assert me.json()["document_number"] == kept


@pytest.mark.parametrize("written", ["077 123 4567", "0094771234567", "+94 77 123-4567"])
async def test_a_phone_is_kept_in_one_form(client, registration, sign_in, written):
    body = registration(phone=written)
    assert (await client.post("/v1/customers", json=body)).status_code == 201
    me = await client.get("/v1/me", headers=bearer(await sign_in(body)))
    assert me.json()["phone"] == "+94771234567"


async def test_nobody_registers_with_a_birthday_in_the_future(client, registration):
    answer = await client.post("/v1/customers", json=registration(date_of_birth="2999-01-01"))
    assert (answer.status_code, answer.json()["code"]) == (422, "customers.birth_date_impossible")


async def test_a_tenant_without_the_capability_registers_nobody(client, registration, services):
    await services.tenancy.ensure_tenant("closed", "Closed", ())
    answer = await client.post("/v1/customers", json=registration(tenant="closed"))
    assert (answer.status_code, answer.json()["code"]) == (403, "tenancy.capability_off")


async def test_no_table_holds_personal_data_in_plain_text(client, registration, customer_database):
    body = registration(full_name="Kumari Canaryperson", email="canary@example.lk", phone="+94779998887")
    assert (await client.post("/v1/customers", json=body)).status_code == 201
    connection = await customer_database.connect("superuser")
    tables = await connection.fetch(
        "SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relkind = 'r' "
        "AND c.relnamespace = 'public'::regnamespace"
    )
    for table in tables:
        rows = await connection.fetch(f"SELECT * FROM {table['name']}")
        text = "".join(
            value.decode("latin-1") if isinstance(value, bytes) else str(value)
            for row in rows
            for value in row
        )
        for secret in (
            "Canaryperson",
            "canary@example.lk",
            "+94779998887",
            body["national_id"],
            "1990-02-10",
        ):
            assert secret not in text, table["name"]


async def test_an_account_reference_is_not_the_customer_id(client, registration, services, tenant):
    answer = await client.post("/v1/customers", json=registration())
    customer_id = UUID(answer.json()["customer_id"])
    async with services.database.transaction(tenant.id) as tx:
        references = await load_references(tx, [customer_id])
    assert references[customer_id] != customer_id
    assert references[customer_id].version == 4


async def clear(services, tenant, customer_id, kind, refusal=None):
    async with services.database.transaction(tenant.id) as tx:
        await record_clearance(
            tx,
            customer_id,
            kind,
            refusal=refusal,
            now=services.clock.now(),
            event_id=services.ids.new(),
        )
        return (await load_accounts(tx, [customer_id]))[customer_id]


async def register(client, registration, services, tenant):
    answer = await client.post("/v1/customers", json=registration())
    customer_id = UUID(answer.json()["customer_id"])
    async with services.database.transaction(tenant.id) as tx:
        await begin_verification(tx, customer_id, services.clock.now(), services.ids.new())
    return customer_id


async def test_only_both_clear_checks_make_a_customer_active(client, registration, services, tenant):
    customer_id = await register(client, registration, services, tenant)
    account = await clear(services, tenant, customer_id, ClearanceKind.SCREENING)
    assert account.status is Status.VERIFYING
    account = await clear(services, tenant, customer_id, ClearanceKind.IDENTITY)
    assert account.status is Status.ACTIVE
    again = await clear(services, tenant, customer_id, ClearanceKind.IDENTITY, "kyc.under_age")
    assert again.status is Status.ACTIVE


async def test_one_refusal_refuses_with_its_public_reason(client, registration, services, tenant):
    customer_id = await register(client, registration, services, tenant)
    account = await clear(services, tenant, customer_id, ClearanceKind.IDENTITY, "kyc.under_age")
    assert (account.status, account.refusal) == (Status.REFUSED, "kyc.under_age")
    account = await clear(services, tenant, customer_id, ClearanceKind.SCREENING)
    assert account.status is Status.REFUSED


async def test_staff_freezes_and_releases_and_others_may_not(client, registration, services, tenant):
    customer_id = await register(client, registration, services, tenant)
    await services.access.ensure_staff(tenant.id, "compliance", "compliance", "a long password")
    await services.access.ensure_staff(tenant.id, "auditor", "auditor", "a long password")

    async def post(username, action):
        session = await services.access.sign_in("lanka", username, "a long password")
        return await client.post(f"/staff/customers/{customer_id}/{action}", headers=bearer(session.token))

    assert (await post("compliance", "freeze")).json()["code"] == "customers.status_conflict"
    await clear(services, tenant, customer_id, ClearanceKind.SCREENING)
    await clear(services, tenant, customer_id, ClearanceKind.IDENTITY)
    assert (await post("auditor", "freeze")).json()["code"] == "access.permission_missing"
    assert (await post("compliance", "freeze")).json()["status"] == "frozen"
    assert (await post("compliance", "release")).json()["status"] == "active"


async def test_standings_say_who_may_ask_for_money(client, registration, services, tenant, sign_in):
    body = registration()
    customer_id = UUID((await client.post("/v1/customers", json=body)).json()["customer_id"])
    principal = await services.sessions.authenticate(await sign_in(body))
    other = await services.sessions.authenticate(await sign_in(body))
    await services.sessions.sign_out(other)
    async with services.database.transaction(tenant.id) as tx:
        await begin_verification(tx, customer_id, services.clock.now(), services.ids.new())
    await clear(services, tenant, customer_id, ClearanceKind.SCREENING)
    await clear(services, tenant, customer_id, ClearanceKind.IDENTITY)
    askers = [
        (principal.session_id, customer_id),
        (other.session_id, customer_id),
        (customer_id, customer_id),
    ]
    async with services.database.transaction(tenant.id) as tx:
        standings = await load_standings(tx, askers, services.clock.now())
    assert [standings[asker].may_ask_for_money for asker in askers] == [True, False, False]
    assert all(standings[asker].status is Status.ACTIVE for asker in askers)
