"""A threshold report and a report of a suspicion over HTTP: who may do what, and what the FIU gets."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from lxml import etree

from customer_stack.cases.domain.opening import NewCase
from customer_stack.cases.service.opening import open_cases
from customer_stack.customers.sealing import SealBroken
from customer_stack.edge.principals import DepartmentOutOfReach, StaffPrincipal
from customer_stack.filings.api import person_of
from customer_stack.filings.domain.movements import Source
from customer_stack.filings.validator import Expectations, validate
from customer_stack.working_days.domain import day_of

PROFILE = {
    "entity_id": 4711,
    "branch": "Colombo",
    "address": {"kind": "BUS", "address": "214 Galle Road", "city": "Colombo 03"},
    "reporting_person": {
        "first_name": "Anusha",
        "last_name": "Jayawardena",
        "ssn": "856231234V",
        "occupation": "Compliance officer",
        "email": "mlro@lex.example.lk",
    },
    "institution": {"name": "Lanka Event Exchange (Private) Limited", "code": "LEX001"},
}
PARTY = {
    "address": "18/2 Temple Road",
    "city": "Nugegoda",
    "country": "LK",
    "occupation": "Civil engineer",
}
BANK = {"institution_name": "Commercial Bank of Ceylon PLC", "swift": "CCEYLKLX", "account_name": "N. Perera"}
WORDS = {
    "reason": "Three transfers just below the threshold within hours.",
    "action": "Withdrawals are held for a decision.",
    "indicators": ["STRUCT"],
}
EXPECTED = Expectations(entity_id=4711, own_code="LEX001")


@pytest.fixture
async def officers(client, staff):
    """Return the headers of who writes and who approves, with an approved profile."""
    writer, approver = await staff("compliance"), await staff("compliance_approver")
    proposed = await client.post("/staff/filings/profiles", json=PROFILE, headers=writer)
    assert proposed.status_code == 201, proposed.text
    decided = await client.post(
        "/staff/filings/profiles/1/decision", json={"is_approved": True}, headers=approver
    )
    assert decided.status_code == 200, decided.text
    return writer, approver


@pytest.fixture
def deposit(client, services, tenant, house, bank_says):
    """Return a function that lets more than was quoted arrive for a customer, some days ago."""
    count = iter(range(1, 9))

    async def do(headers, amount="1500000.00", days=3):
        number = next(count)
        quoted = await client.post(
            "/v1/quotes",
            json={"purpose": "deposit", "amount": "30000.00"},
            headers={**headers, "Idempotency-Key": f"q{number}"},
        )
        assert quoted.status_code == 201, quoted.text
        booked_at = services.clock.now() - timedelta(days=days)
        answer = await bank_says(
            quoted.json()["pay_reference"],
            amount=amount,
            reference=f"IN{number}",
            event=f"e{number}",
            booked_at=booked_at.isoformat(),
        )
        assert answer.status_code == 200, answer.text
        await services.filings.finding.scan(tenant.id)
        return day_of(booked_at)

    return do


async def movements(client, headers, waiting="open"):
    answer = await client.get(f"/staff/filings/movements?waiting={waiting}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def draft(client, writer, day, code="EFT"):
    body = {"code": code, "first_day": day.isoformat(), "last_day": day.isoformat()}
    answer = await client.post("/staff/filings/reports", json=body, headers=writer)
    assert answer.status_code == 201, answer.text
    return f"/staff/filings/reports/{answer.json()['id']}"


async def write_down(client, writer, customer_id, movement_id):
    path = f"/staff/filings/parties/{customer_id}"
    assert (await client.put(path, json=PARTY, headers=writer)).status_code == 204
    assert (await client.get(path, headers=writer)).json()["occupation"] == "Civil engineer"
    path = f"/staff/filings/movements/{movement_id}/counterparty"
    assert (await client.put(path, json=BANK, headers=writer)).status_code == 204


async def post(client, path, headers, status=200, **body):
    answer = await client.post(path, json=body or None, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.headers["content-type"] == "application/json" else answer


async def kinds(services, tenant):
    async with services.database.transaction(tenant.id) as tx:
        rows = await tx.fetch("SELECT kind FROM audit_record WHERE kind LIKE 'filings.%' ORDER BY id")
    return [row["kind"].removeprefix("filings.") for row in rows]


async def test_a_threshold_report_from_the_deposit_to_the_fius_answer(
    client, services, tenant, active_customer, officers, deposit
):
    writer, approver = officers
    customer_id, headers = await active_customer()
    day = await deposit(headers)
    (movement,) = await movements(client, writer)
    assert (movement["amount"], movement["code"], movement["customer_id"]) == (
        "1500000.00",
        "EFT",
        str(customer_id),
    )
    path = await draft(client, writer, day)
    assert await movements(client, writer) == []

    # What nobody wrote down is what the validator misses; such a report cannot be approved.
    prepared = await post(client, f"{path}/preparation", writer)
    assert (prepared["state"], prepared["is_acceptable"]) == ("draft", False)
    assert {"person.mandatory_missing", "account.mandatory_missing"} <= {
        each["code"] for each in prepared["findings"]
    }
    assert (await client.post(f"{path}/approval", headers=approver)).json()[
        "code"
    ] == "filings.step_not_possible"

    await write_down(client, writer, customer_id, movement["id"])
    prepared = await post(client, f"{path}/preparation", writer)
    assert (prepared["state"], prepared["findings"]) == ("prepared", [])
    assert (await client.post(f"{path}/approval", headers=writer)).status_code == 403
    assert (await client.post(f"{path}/export", headers=writer)).status_code == 409
    await post(client, f"{path}/approval", approver)
    file = await client.post(f"{path}/export", headers=writer)
    assert file.status_code == 200
    assert validate(file.content, EXPECTED) == ()
    root = etree.fromstring(file.content)
    assert root.findtext("transaction/t_from/from_account/account") == "8001112223"
    person = root.find("transaction/t_to_my_client/to_account/signatory/t_person")
    assert (person.findtext("first_name"), person.findtext("gender")) == ("Nimal", "M")
    submitted = await post(client, f"{path}/submission", writer, fiu_reference="FIU/2026/00017")
    assert submitted["state"] == "submitted"
    assert (await post(client, f"{path}/acceptance", writer))["state"] == "accepted"
    history = (await client.get(path, headers=writer)).json()
    assert [each["step"] for each in history["steps"]] == [
        "draft",
        "prepare",
        "approve",
        "export",
        "submit",
        "accept",
    ]
    good, bad = history["files"]
    assert (good["is_acceptable"], bad["is_acceptable"]) == (True, False)
    assert good["digest"] == hashlib.sha256(file.content).hexdigest()
    again = await client.get(f"{path}/files/{good['id']}", headers=writer)
    assert again.content == file.content
    assert validate((await client.get(f"{path}/files/{bad['id']}", headers=writer)).content, EXPECTED) != ()
    assert (await client.get(f"{path}/files/{uuid4()}", headers=writer)).status_code == 404
    assert (await client.get(f"{path}/files/{good['id']}", headers=approver)).status_code == 403
    elsewhere = path.replace("reports", "suspicions")
    assert (await client.get(f"{elsewhere}/files/{good['id']}", headers=writer)).status_code == 404
    assert (await kinds(services, tenant)).count("step_taken") == 6


async def agree_on(client, writer, approver, policy):
    """Have another policy agreed on by two people."""
    proposed = await client.post("/staff/filings/profiles", json=PROFILE | {"policy": policy}, headers=writer)
    path = f"/staff/filings/profiles/{proposed.json()['number']}/decision"
    await post(client, path, approver, is_approved=True)


async def test_what_adds_up_over_a_day_is_found_once_that_is_agreed(
    client, services, tenant, active_customer, officers, deposit
):
    writer, approver = officers
    customer_id, headers = await active_customer()
    day = await deposit(headers, "600000.00")
    await deposit(headers, "600000.00")
    assert await movements(client, writer) == []
    await agree_on(client, writer, approver, {"is_aggregated": True})
    await services.filings.finding.scan(tenant.id)
    found = await movements(client, writer)
    assert [each["basis"] for each in found] == ["day_total", "day_total"]
    path = await draft(client, writer, day)
    await write_down(client, writer, customer_id, found[0]["id"])
    file = await send(client, path, writer, approver, "FIU/1")
    assert len(etree.fromstring(file.content).findall("transaction")) == 2


async def test_cash_is_reported_apart_where_a_provider_takes_it(
    client, services, tenant, active_customer, officers, deposit
):
    writer, approver = officers
    customer_id, headers = await active_customer()
    await agree_on(client, writer, approver, {"cash_providers": ["sandbox-bank"]})
    day = await deposit(headers)
    (movement,) = await movements(client, writer)
    assert (movement["code"], movement["channel"]) == ("CTR", "cash")
    body = {"code": "EFT", "first_day": day.isoformat(), "last_day": day.isoformat()}
    assert (await client.post("/staff/filings/reports", json=body, headers=writer)).status_code == 409
    path = await draft(client, writer, day, code="CTR")
    await write_down(client, writer, customer_id, movement["id"])
    root = etree.fromstring((await send(client, path, writer, approver, "FIU/1")).content)
    assert root.findtext("report_code") == "CTR"
    assert root.find("transaction/t_from_my_client/from_person") is not None


async def test_a_rejected_report_is_corrected_by_another_that_names_it(
    client, active_customer, officers, deposit
):
    writer, approver = officers
    customer_id, headers = await active_customer()
    path = await draft(client, writer, await deposit(headers))
    await write_down(client, writer, customer_id, (await movements_of(client, writer, path))[0]["id"])
    await post(client, f"{path}/preparation", writer)
    await post(client, f"{path}/recall", writer)
    await send(client, path, writer, approver, "FIU/1")
    assert (await client.post(f"{path}/correction", headers=writer)).status_code == 409
    await post(client, f"{path}/rejection", writer)
    again = await post(client, f"{path}/correction", writer, status=201)
    assert again["corrects"] == path.rpartition("/")[2]
    assert (await client.get(path, headers=writer)).json()["state"] == "corrected"
    path = f"/staff/filings/reports/{again['id']}"
    file = await send(client, path, writer, approver, "FIU/2")
    assert etree.fromstring(file.content).findtext("fiu_ref_number") == "FIU/1"


async def movements_of(client, headers, path):
    return (await client.get(path, headers=headers)).json()["movements"]


async def send(client, path, writer, approver, reference):
    assert (await post(client, f"{path}/preparation", writer))["findings"] == []
    await post(client, f"{path}/approval", approver)
    file = await client.post(f"{path}/export", headers=writer)
    assert file.status_code == 200, file.text
    await post(client, f"{path}/submission", writer, fiu_reference=reference)
    return file


async def test_what_the_bank_took_back_meanwhile_is_not_approved_nor_reported(
    client, services, tenant, active_customer, officers, deposit, bank_tells
):
    writer, approver = officers
    customer_id, headers = await active_customer()
    day = await deposit(headers)
    assert await deposit(headers, "2000000.00") == day
    path = await draft(client, writer, day)
    for each in await movements_of(client, writer, path):
        await write_down(client, writer, customer_id, each["id"])
    await post(client, f"{path}/preparation", writer)
    await bank_tells(
        event_id="back",
        type="pay_in.taken_back",
        bank_reference="IN1",
        reversal_reference="BACK-IN1",
        amount="1500000.00",
        currency="LKR",
        booked_at=services.clock.now().isoformat(),
    )
    await services.filings.finding.scan(tenant.id)
    refused = await client.post(f"{path}/approval", headers=approver)
    assert (refused.status_code, refused.json()["code"]) == (409, "filings.movement_unusable")
    await post(client, f"{path}/return", approver)
    file = await send(client, path, writer, approver, "FIU/1")
    root = etree.fromstring(file.content)
    assert [each.text for each in root.findall("transaction/amount_local")] == ["2000000.00"]
    assert await movements(client, writer, "reversed") == []


async def test_what_a_draft_gives_up_waits_again_and_no_two_reports_tell_of_it(
    client, active_customer, officers, deposit
):
    writer, _ = officers
    _, headers = await active_customer()
    day = await deposit(headers)
    path = await draft(client, writer, day)
    body = {"code": "EFT", "first_day": day.isoformat(), "last_day": day.isoformat()}
    second = await client.post("/staff/filings/reports", json=body, headers=writer)
    assert (second.status_code, second.json()["code"]) == (409, "filings.nothing_to_report")
    (movement,) = await movements_of(client, writer, path)
    gone = await client.delete(f"{path}/movements/{movement['id']}", headers=writer)
    assert (gone.status_code, len(await movements(client, writer))) == (200, 1)
    assert (await client.post(f"{path}/preparation", headers=writer)).json()[
        "code"
    ] == "filings.nothing_to_report"
    await post(client, f"{path}/drop", writer)
    path = await draft(client, writer, day)
    await post(client, f"{path}/drop", writer)
    assert len(await movements(client, writer)) == 1


async def test_who_reports_is_agreed_by_two_people(client, staff):
    writer, approver = await staff("compliance"), await staff("compliance_approver")
    wrong = PROFILE | {"institution": {"name": "Neither code"}}
    assert (await client.post("/staff/filings/profiles", json=wrong, headers=writer)).status_code == 422
    for number in (1, 2):
        answer = await client.post("/staff/filings/profiles", json=PROFILE, headers=writer)
        assert (answer.status_code, answer.json()["number"]) == (201, number)
    decision = "/staff/filings/profiles/{}/decision"
    approve = {"is_approved": True}
    assert (await client.post(decision.format(2), json=approve, headers=writer)).status_code == 403
    assert (await client.post(decision.format(1), json=approve, headers=approver)).status_code == 409
    assert (await client.post(decision.format(3), json=approve, headers=approver)).status_code == 404
    assert (await client.post(decision.format(2), json=approve, headers=approver)).status_code == 200
    assert (await client.post(decision.format(2), json=approve, headers=approver)).status_code == 409
    listed = (await client.get("/staff/filings/profiles?limit=1", headers=await staff("auditor"))).json()
    assert (listed["items"][0]["profile"]["entity_id"], listed["next_cursor"]) == (4711, "2")
    assert listed["items"][0]["profile"]["policy"]["threshold"] == 100_000_000


@pytest.fixture
async def suspected(client, services, tenant, active_customer, officers, deposit):
    """Return a function that drafts a report of a suspicion about somebody with small deposits."""
    writer, _ = officers
    customer_id, headers = await active_customer()
    for _ in range(2):
        await deposit(headers, "985000.00")
    pay_ins = (await client.get("/v1/pay-ins", headers=headers)).json()["items"]
    chosen = [{"source": Source.PAY_IN, "source_id": each["id"]} for each in pay_ins]

    now = services.clock.now()
    async with services.database.transaction(tenant.id) as tx:
        (opened,) = await open_cases(tx, [NewCase(tenant.id, customer_id, "structuring", 500, now)])

    async def do(**changes):
        body = {
            "customer_id": str(customer_id),
            "suspected_at": now.isoformat(),
            "case_id": str(opened.case_id),
            "movements": chosen,
            **WORDS,
        }
        answer = await client.post("/staff/filings/suspicions", json=body | changes, headers=writer)
        return answer, customer_id, headers

    return do


async def test_a_report_of_a_suspicion_takes_the_same_way_in_the_hands_of_few(
    client, services, tenant, officers, suspected
):
    writer, approver = officers
    answer, customer_id, _ = await suspected()
    assert answer.status_code == 201, answer.text
    made = answer.json()
    path = f"/staff/filings/suspicions/{made['id']}"
    assert (made["code"], made["state"]) == ("STR", "draft")
    edited = WORDS | {"reason": "Structured."} | {"movements": [await first_of(client, writer, path)]}
    assert (await client.put(f"{path}/narrative", json=edited, headers=writer)).status_code == 200
    (movement,) = await movements_of(client, writer, path)
    assert movement["basis"] == "chosen"
    await write_down(client, writer, customer_id, movement["id"])
    file = await send(client, path, writer, approver, "FIU/STR/1")
    root = etree.fromstring(file.content)
    assert (root.findtext("report_code"), root.findtext("reason")) == ("STR", "Structured.")
    assert [each.text for each in root.findall("report_indicators/indicator")] == ["STRUCT"]
    words = (await client.get(f"{path}/narrative", headers=approver)).json()
    assert words["action"] == WORDS["action"]
    listed = await client.get(f"/staff/filings/suspicions?case_id={made['case_id']}", headers=approver)
    assert [each["id"] for each in listed.json()["items"]] == [made["id"]]
    seen = await kinds(services, tenant)
    assert {"narrative_read", "suspicions_listed", "suspicion_read"} <= set(seen)


async def test_a_report_of_a_suspicion_goes_back_is_corrected_and_given_up(client, officers, suspected):
    writer, approver = officers
    answer, customer_id, _ = await suspected()
    path = f"/staff/filings/suspicions/{answer.json()['id']}"
    for movement in await movements_of(client, writer, path):
        await write_down(client, writer, customer_id, movement["id"])
    for back, headers in (("return", approver), ("recall", writer)):
        await post(client, f"{path}/preparation", writer)
        await post(client, f"{path}/{back}", headers)
    for number, answered in enumerate(("rejection", "acceptance"), 1):
        await send(client, path, writer, approver, f"FIU/STR/{number}")
        await post(client, f"{path}/{answered}", writer)
        again = await post(client, f"{path}/correction", writer, status=201)
        path = f"/staff/filings/suspicions/{again['id']}"
    assert (await post(client, f"{path}/drop", writer))["state"] == "dropped"


async def first_of(client, headers, path):
    found = (await movements_of(client, headers, path))[0]
    return {"source": found["source"], "source_id": found["source_id"]}


async def test_nobody_else_learns_that_there_is_one(client, services, tenant, staff, officers, suspected):
    writer, _ = officers
    answer, customer_id, customer = await suspected()
    report_id = answer.json()["id"]
    path = f"/staff/filings/suspicions/{report_id}"
    for role in ("auditor", "controller", "kyc_analyst", "treasurer", "settlement_approver"):
        headers = await staff(role)
        for each in (path, "/staff/filings/suspicions", f"{path}/narrative"):
            assert (await client.get(each, headers=headers)).status_code == 403
        assert (await client.post(f"{path}/export", headers=headers)).status_code == 403
    assert (await client.get(path, headers=customer)).status_code == 401
    auditor = await staff("auditor")
    assert (await client.get(f"/staff/filings/reports/{report_id}", headers=auditor)).status_code == 404
    assert (await client.get("/staff/filings/reports", headers=auditor)).json()["items"] == []
    for waiting in ("open", "nobodys", "overdue", "reversed"):
        assert await movements(client, auditor, waiting) == []
    case = f"/staff/cases/{answer.json()['case_id']}"
    assert report_id not in (await client.get(case, headers=auditor)).text
    assert report_id in (await client.get(case, headers=writer)).text
    assert (await client.get(f"{path}/narrative", headers=writer)).status_code == 200
    looks = await client.get(f"/staff/privacy/customers/{customer_id}/disclosures", headers=auditor)
    assert (looks.status_code, "filings" in looks.text) == (200, False)
    approver = await staff("compliance_approver")
    looks = await client.get(f"/staff/privacy/customers/{customer_id}/disclosures", headers=approver)
    assert (looks.status_code, "filings.narrative" in looks.text) == (200, True)
    assert (await client.get(f"/staff/filings/suspicions/{uuid4()}", headers=writer)).status_code == 404
    for each in ("/v1/me", "/v1/pay-ins", "/v1/wallet", "/v1/privacy/disclosures"):
        shown = await client.get(each, headers=customer)
        assert report_id not in shown.text
        assert "STR" not in shown.text


async def test_a_report_of_a_suspicion_tells_only_of_its_customer(suspected, active_customer):
    answer, _, _ = await suspected(movements=[{"source": "pay_in", "source_id": str(uuid4())}])
    assert (answer.status_code, answer.json()["code"]) == (409, "filings.movement_unusable")
    other, _ = await active_customer()
    answer, _, _ = await suspected(customer_id=str(other), case_id=None)
    assert (answer.status_code, answer.json()["code"]) == (409, "filings.movement_unusable")
    answer, _, _ = await suspected(customer_id=str(other))
    assert (answer.status_code, answer.json()["code"]) == (400, "filings.suspicion_unusable")
    answer, _, _ = await suspected(case_id=str(uuid4()))
    assert (answer.status_code, answer.json()["code"]) == (400, "filings.suspicion_unusable")
    answer, _, _ = await suspected(suspected_at="2999-01-01T00:00:00Z")
    assert (answer.status_code, answer.json()["code"]) == (400, "filings.suspicion_unusable")


async def test_words_and_files_lie_sealed(services, tenant, client, officers, suspected):
    writer, _ = officers
    answer, customer_id, _ = await suspected()
    path = f"/staff/filings/suspicions/{answer.json()['id']}"
    await write_down(client, writer, customer_id, (await movements_of(client, writer, path))[0]["id"])
    await post(client, f"{path}/preparation", writer)
    async with services.database.transaction(tenant.id) as tx:
        words = await tx.fetch_row("SELECT seal_id, content_sealed FROM filing_narrative")
        file = await tx.fetch_value("SELECT content_sealed FROM filing_file")
        party = await tx.fetch_value("SELECT content_sealed FROM filing_party")
        cipher = await services.customers.cipher_of(tx, customer_id)
    assert b"threshold" not in words["content_sealed"]
    assert b"<report>" not in file
    assert b"Temple Road" not in party
    with pytest.raises(SealBroken):
        cipher.open(("filing_party", "content_sealed", words["seal_id"]), words["content_sealed"])


async def test_the_database_refuses_what_the_rules_refuse(
    client, services, tenant, active_customer, officers, deposit
):
    writer, _ = officers
    _, headers = await active_customer()
    path = await draft(client, writer, await deposit(headers))
    await post(client, f"{path}/preparation", writer)
    report_id = UUID(path.rpartition("/")[2])
    async with services.database.transaction(tenant.id) as tx:
        file_id = await tx.fetch_value("SELECT id FROM filing_file WHERE NOT is_acceptable")
        drafter = await tx.fetch_value("SELECT drafted_by FROM filing_report")
    insert = (
        "INSERT INTO filing_report_step (tenant_id, report_id, number, step, state, drafted_by, taken_by, "
        "taken_at, file_id, asked_number, asked_by) VALUES ($1, $2, 2, $3, $4, $5, $5, now(), $6, $7, $8)"
    )
    for step, state, file, asked, constraint in (
        ("prepare", "prepared", file_id, None, "filing_report_step_file_fk"),
        ("prepare", "prepared", None, None, "filing_report_step_files"),
        ("approve", "approved", file_id, 1, "filing_report_step_two_people"),
        ("export", "approved", file_id, None, "filing_report_step_states"),
    ):
        values = (tenant.id, report_id, step, state, drafter, file, asked, drafter if asked else None)
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
            await run_alone(services, tenant, insert, *values)
        assert refused.value.constraint_name == constraint
    for change in ("UPDATE filing_file SET is_acceptable = true", "DELETE FROM filing_report_step"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await run_alone(services, tenant, change)


async def run_alone(services, tenant, sql, *values):
    async with services.database.transaction(tenant.id) as tx:
        await tx.execute(sql, *values)


def test_who_works_for_one_department_is_refused():
    works_everywhere = StaffPrincipal(uuid4(), uuid4(), uuid4(), None, frozenset())
    assert person_of(works_everywhere).staff_id == works_everywhere.staff_id
    with pytest.raises(DepartmentOutOfReach):
        person_of(replace(works_everywhere, department_id=uuid4()))


async def test_a_treasurer_has_no_business_here(client, staff):
    headers = await staff("treasurer")
    for path in ("movements", "reports", "profiles", "suspicions"):
        assert (await client.get(f"/staff/filings/{path}", headers=headers)).status_code == 403
