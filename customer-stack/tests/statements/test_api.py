"""Statements of real books, as customers and staff get them."""

import asyncio
import csv
import hashlib
import io
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import pytest_asyncio
from pypdf import PdfReader

from customer_stack.statements.domain import COLOMBO
from customer_stack.statements.service import DRAWN_AT_ONCE
from customer_stack.tenancy.domain import Capability
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD, Movement, Posting, Transfer


@pytest.fixture
def today(services):
    return services.clock.now().astimezone(COLOMBO).date()


@pytest.fixture
def post(services, tenant):
    """Return a function that posts one transfer in a book."""

    async def do(book_id, source, target, amount, asset=LKR, kind="pay_in", action="inflow"):
        now = services.clock.now()
        transfer = Transfer(
            uuid4(), uuid4(), tenant.id, book_id, kind, now, (Posting(asset, source, target, amount, action),)
        )
        async with services.database.transaction(tenant.id) as tx:
            await ledger.post(tx, Movement(transfers=(transfer,)))

    return do


@pytest_asyncio.fixture
async def lanes(services):
    await services.transfer_lanes.start()
    yield
    await services.transfer_lanes.stop()


def rows_of(answer):
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


def section(rows, account, currency):
    return [row for row in rows if (row["account"], row["currency"]) == (account, currency)]


async def test_a_statement_tells_every_entry_and_adds_up(client, active_customer, post, lanes, today):
    (nimal_id, nimal), (_, kamala) = await active_customer(), await active_customer()
    await post(nimal_id, "collection", "wallet", 30_000_00)
    await post(
        nimal_id, "execution", "wallet", 98_514_851, asset=USD, kind="fx_conversion", action="conversion"
    )
    code = (await client.get("/v1/account-code", headers=kamala)).json()["account_code"]
    body = {"to": code, "currency": "LKR", "amount": "2500.00", "note": "For the rice"}
    await client.post("/v1/transfers", json=body, headers=nimal | {"Idempotency-Key": "a"})
    asked = f"/v1/statements?from={today}&to={today}&format=csv"
    answer = await client.get(asked, headers=nimal)
    rows = rows_of(answer)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["statement-digest"] == hashlib.sha256(answer.content).hexdigest()
    assert [(row["line"], row["description"], row["amount"], row["balance"]) for row in rows] == [
        ("opening", "Opening balance", "", "0.00"),
        ("entry", "Deposit received", "30000.00", "30000.00"),
        ("entry", "Transfer sent", "-2500.00", "27500.00"),
        ("total_in", "Total received", "30000.00", ""),
        ("total_out", "Total given", "-2500.00", ""),
        ("closing", "Closing balance", "", "27500.00"),
        ("opening", "Opening balance", "", "0.000000"),
        ("entry", "Converted: received", "98.514851", "98.514851"),
        ("total_in", "Total received", "98.514851", ""),
        ("total_out", "Total given", "0.000000", ""),
        ("closing", "Closing balance", "", "98.514851"),
    ]
    assert "rice" not in answer.text
    assert (await client.get(asked, headers=nimal)).content == answer.content
    only = rows_of(await client.get(f"{asked}&currency=USD", headers=nimal))
    assert {row["currency"] for row in only} == {"USD"}
    wallet = (await client.get("/v1/wallet/entries?currency=LKR", headers=nimal)).json()["items"]
    assert [entry["balance_after"] for entry in reversed(wallet)] == ["30000.00", "27500.00"]


async def test_a_later_period_opens_with_what_an_earlier_one_closed_with(
    client, active_customer, post, services, tenant, customer_database, today
):
    customer_id, headers = await active_customer()
    await post(customer_id, "collection", "wallet", 700_00)
    # What was booked the day before, at the last and the first moment of a day in Colombo.
    owner = await customer_database.connect("superuser")
    midnight = datetime(today.year, today.month, today.day, tzinfo=COLOMBO)
    await owner.execute("ALTER TABLE ledger_transfer DISABLE TRIGGER ALL")
    await owner.execute("UPDATE ledger_transfer SET recorded_at = $1", midnight - timedelta(microseconds=1))
    await post(customer_id, "collection", "wallet", 20_00)
    newest = "(SELECT max(id::text) FROM ledger_transfer WHERE recorded_at > $1)"
    await owner.execute(
        f"UPDATE ledger_transfer SET recorded_at = $1 WHERE recorded_at > $1 OR id::text = {newest}", midnight
    )
    yesterday = today - timedelta(days=1)
    asked = "/v1/statements?from={}&to={}&format=csv&currency=LKR"
    before = rows_of(await client.get(asked.format(yesterday, yesterday), headers=headers))
    after = rows_of(await client.get(asked.format(today, today), headers=headers))
    assert [row["balance"] for row in before if row["line"] in ("opening", "closing")] == ["0.00", "700.00"]
    assert [row["balance"] for row in after if row["line"] in ("opening", "closing")] == ["700.00", "720.00"]


async def test_a_debt_is_on_the_statement(client, active_customer, post, today):
    customer_id, headers = await active_customer()
    await post(customer_id, "debt", "collection", 150_00, kind="pay_in_taken_back", action="inflow_revert")
    rows = rows_of(await client.get(f"/v1/statements?from={today}&to={today}&format=csv", headers=headers))
    assert section(rows, "debt", "LKR")[-1]["balance"] == "-150.00"
    assert section(rows, "debt", "USD") == []


async def test_contracts_stand_at_the_end(
    client, active_customer, post, services, tenant, today, monkeypatch
):
    customer_id, headers = await active_customer()
    market_id = uuid4()
    async with services.database.transaction(tenant.id) as tx:
        assets = await ledger.get_contract_assets(tx, [(market_id, "yes")])
    (asset,) = assets.values()
    await post(customer_id, "execution", "position", 7_23, asset=asset, kind="wager_buy", action="fill")
    rows = rows_of(await client.get(f"/v1/statements?from={today}&to={today}&format=csv", headers=headers))
    held = [(row["line"], row["currency"], row["reference"], row["balance"]) for row in rows[-2:]]
    assert held == [
        ("position_opening", "YES", str(market_id), "0.00"),
        ("position_closing", "YES", str(market_id), "7.23"),
    ]
    monkeypatch.setattr("customer_stack.statements.service.POSITION_LIMIT", 0)
    answer = await client.get(f"/v1/statements?from={today}&to={today}", headers=headers)
    assert answer.json()["code"] == "statements.too_long"


async def test_the_pdf_is_a_pdf_with_the_digest_of_the_csv(client, active_customer, post, today):
    customer_id, headers = await active_customer()
    await post(customer_id, "collection", "wallet", 1_234_567_00)
    asked = f"/v1/statements?from={today}&to={today}"
    answer = await client.get(asked, headers=headers)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].endswith('.pdf"')
    (page,) = PdfReader(io.BytesIO(answer.content)).pages
    text = page.extract_text()
    content = (await client.get(f"{asked}&format=csv", headers=headers)).content
    code = (await client.get("/v1/account-code", headers=headers)).json()["account_code"]
    for expected in (hashlib.sha256(content).hexdigest(), code, "1,234,567.00", "Lanka Event Exchange"):
        assert expected in text
    assert "Provisional" in text


async def test_periods_that_cannot_be_are_refused(client, active_customer, today):
    _, headers = await active_customer()
    for first, last in ((today, today - timedelta(days=1)), (today, today + timedelta(days=1))):
        answer = await client.get(f"/v1/statements?from={first}&to={last}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "statements.period_unusable")
    assert (await client.get("/v1/statements", headers=headers)).status_code == 422
    assert (await client.get(f"/v1/statements?from={today}&to={today}")).status_code == 401


async def test_more_entries_than_fit_are_refused_and_not_cut(
    client, active_customer, post, today, monkeypatch
):
    customer_id, headers = await active_customer()
    for _ in range(3):
        await post(customer_id, "collection", "wallet", 1_00)
    await post(customer_id, "execution", "wallet", 1, asset=USD)
    monkeypatch.setattr("customer_stack.statements.service.ENTRY_LIMIT", 3)
    monkeypatch.setattr("customer_stack.statements.domain.ENTRY_LIMIT", 3)
    asked = f"/v1/statements?from={today}&to={today}&format=csv"
    answer = await client.get(asked, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "statements.too_long")
    assert len(rows_of(await client.get(f"{asked}&currency=LKR", headers=headers))) == 3 + 4


async def test_staff_read_any_book_and_leave_an_audit_record(
    client, active_customer, post, staff, services, tenant, today
):
    customer_id, _ = await active_customer()
    await post(customer_id, "collection", "wallet", 500_00)
    departments = await services.tenancy.list_departments(tenant.id)
    await post(departments[0].id, "collection", "till", 2_000_000_00, kind="contribution")
    auditor, compliance = await staff("auditor"), await staff("compliance")
    asked = f"/staff/statements?from={today}&to={today}&format=csv&book_id="
    of_customer = await client.get(asked + str(customer_id), headers=auditor)
    assert section(rows_of(of_customer), "wallet", "LKR")[-1]["balance"] == "500.00"
    of_house = rows_of(await client.get(asked + str(departments[0].id), headers=auditor))
    assert {(row["account"], row["balance"]) for row in of_house if row["line"] == "closing"} == {
        ("till", "2000000.00"),
        ("collection", "-2000000.00"),
    }
    one = rows_of(await client.get(f"{asked}{departments[0].id}&account=till&currency=LKR", headers=auditor))
    assert {row["account"] for row in one} == {"till"}
    pdf = await client.get(f"{asked}{departments[0].id}".replace("csv", "pdf"), headers=auditor)
    assert "Statement of the house" in PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    denied = await client.get(asked + str(customer_id), headers=compliance)
    assert denied.json()["code"] == "access.permission_missing"
    unknown = await client.get(asked + str(uuid4()), headers=auditor)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "statements.book_unknown")
    contracts = await client.get(f"{asked}{customer_id}&account=position", headers=auditor)
    assert contracts.json()["code"] == "statements.account_unsuitable"
    async with services.database.transaction(tenant.id) as tx:
        records = await tx.fetch(
            "SELECT convert_from(body, 'UTF8') AS body FROM audit_record "
            "WHERE kind = 'statements.read_by_staff'"
        )
    assert len(records) == 4
    digest = hashlib.sha256(of_customer.content).hexdigest()
    assert any(digest in row["body"] and str(customer_id) in row["body"] for row in records)


async def test_the_register_knows_a_statement_by_its_digest(client, active_customer, post, staff, today):
    customer_id, headers = await active_customer()
    await post(customer_id, "collection", "wallet", 500_00)
    answer = await client.get(f"/v1/statements?from={today}&to={today}&format=csv", headers=headers)
    await client.get(f"/v1/statements?from={today}&to={today}&currency=USD", headers=headers)
    auditor = await staff("auditor")
    digest = answer.headers["statement-digest"]
    (found,) = (
        await client.get(f"/staff/statements/issued?digest={digest.upper()}", headers=auditor)
    ).json()["items"]
    assert found | {"statement_id": 0, "issued_at": 0} == {
        "statement_id": 0,
        "book_id": str(customer_id),
        "account": None,
        "currency": None,
        "first_day": str(today),
        "last_day": str(today),
        "entries": 1,
        "format": "csv",
        "digest": digest,
        "issued_at": 0,
        "issued_to": f"customer:{customer_id}",
    }
    nothing = await client.get(f"/staff/statements/issued?digest={'0' * 64}", headers=auditor)
    assert nothing.json()["items"] == []
    mistyped = await client.get("/staff/statements/issued?digest=xyz", headers=auditor)
    assert mistyped.json()["code"] == "statements.digest_mistyped"
    page = (await client.get("/staff/statements/issued?limit=1", headers=auditor)).json()
    rest = (
        await client.get(f"/staff/statements/issued?cursor={page['next_cursor']}", headers=auditor)
    ).json()
    assert [page["items"][0]["currency"], rest["items"][0]["currency"]] == ["USD", None]


async def test_another_tenants_staff_sees_nothing(client, active_customer, services, today):
    customer_id, _ = await active_customer()
    other, _ = await services.tenancy.ensure_tenant("other", "Other", tuple(Capability))
    await services.access.ensure_staff(other.id, "auditor", "auditor", "a long password")
    session = await services.access.sign_in("other", "auditor", "a long password")
    headers = {"Authorization": f"Bearer {session.token}"}
    answer = await client.get(
        f"/staff/statements?from={today}&to={today}&book_id={customer_id}", headers=headers
    )
    assert answer.status_code == 404
    assert (await client.get("/staff/statements/issued", headers=headers)).json()["items"] == []


async def test_a_statement_drawn_while_money_moves_adds_up(client, active_customer, post, today):
    customer_id, headers = await active_customer()
    await post(customer_id, "collection", "wallet", 1_00)

    async def move():
        for _ in range(30):
            await post(customer_id, "collection", "wallet", 1_00)

    async def read():
        asked = f"/v1/statements?from={today}&to={today}&format=csv&currency=LKR"
        sums = []
        for _ in range(10):
            rows = rows_of(await client.get(asked, headers=headers))
            told = sum(Decimal(row["amount"]) for row in rows if row["line"] == "entry")
            assert Decimal(rows[-1]["balance"]) == told
            sums.append(told)
        return sums

    _, *sums = await asyncio.gather(move(), read(), read())
    assert all(each == sorted(each) for each in sums)


async def test_when_too_many_are_drawn_the_next_waits_and_then_is_refused(
    client, active_customer, services, today, monkeypatch
):
    _, headers = await active_customer()
    monkeypatch.setattr("customer_stack.statements.service.WAIT_SECONDS", 0.05)
    for _ in range(DRAWN_AT_ONCE):
        await services.statements._places.acquire()
    asked = f"/v1/statements?from={today}&to={today}"
    busy = await client.get(asked, headers=headers)
    assert (busy.status_code, busy.json()["code"]) == (503, "statements.busy")
    services.statements._places.release()
    assert (await client.get(asked, headers=headers)).status_code == 200
