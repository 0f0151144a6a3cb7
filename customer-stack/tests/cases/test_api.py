"""Staff routes of cases: who may do what, shapes, errors, and what follows from a closing."""

from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from PIL import Image

from customer_stack.cases.domain.opening import Held, Link, NewCase
from customer_stack.cases.service import add_links, open_cases
from customer_stack.facts import service as facts
from customer_stack.facts.domain import Restriction
from customer_stack.restrictions.domain import Cause, CauseKind, Kind
from customer_stack.restrictions.service import place


@pytest.fixture
def opened(services, tenant, active_customer):
    """Return a function that opens a case of a new customer: customer id and the case's path."""

    async def do(priority=50, **changes):
        customer_id, _ = await active_customer()
        wish = {
            "family": "structuring",
            "priority": priority,
            "at": services.clock.now(),
            "links": [Link("decision", services.ids.new())],
            "reasons": ["aml.deposits_below_threshold"],
        } | changes
        async with services.database.transaction(tenant.id) as tx:
            (case,) = await open_cases(tx, [NewCase(tenant.id, customer_id, **wish)])
        return customer_id, f"/staff/cases/{case.case_id}"

    return do


async def test_a_case_goes_from_the_queue_to_its_closing(client, staff, opened, services, tenant):
    customer_id, path = await opened()
    worker, approver = await staff("compliance"), await staff("compliance_approver")
    case_id = UUID(path.rpartition("/")[2])
    async with services.database.transaction(tenant.id) as tx:
        await place(
            tx,
            customer_id,
            Kind.DEBIT_ONLY,
            cause=Cause(CauseKind.CASE, case_id),
            reason="aml.hold",
            actor="system",
            at=services.clock.now(),
        )
    listed = (await client.get("/staff/cases?state=open", headers=worker)).json()
    assert [(item["customer_id"], item["is_overdue"]) for item in listed["items"]] == [
        (str(customer_id), False)
    ]
    taken = await client.post(f"{path}/take", headers=worker)
    assert (taken.status_code, taken.json()["state"]) == (200, "investigating"), taken.text
    assert len((await client.get("/staff/cases?mine=true", headers=worker)).json()["items"]) == 1
    body = {"outcome": "false_positive", "reason": "His wages, paid weekly."}
    proposed = await client.post(f"{path}/proposal", json=body, headers=worker)
    assert proposed.json()["state"] == "closing", proposed.text
    assert (await client.post(f"{path}/approval", headers=worker)).status_code == 403
    closed = await client.post(f"{path}/approval", headers=approver)
    assert (closed.json()["state"], closed.json()["outcome"]) == ("closed", "false_positive"), closed.text
    async with services.database.transaction(tenant.id) as tx:
        assert (await facts.load(tx, [customer_id]))[customer_id].restriction is Restriction.NONE
    steps = (await client.get(f"{path}/steps", headers=await staff("auditor"))).json()["items"]
    assert [step["step"] for step in steps] == ["open", "take", "propose", "close"]
    again = await client.post(f"{path}/reopening", json={"reason": "The bank wrote."}, headers=approver)
    assert (again.json()["state"], again.json()["outcome"]) == ("open", None)


async def test_a_proposal_to_close_is_taken_back_or_sent_back_and_cases_are_linked(client, staff, opened):
    (_, path), (_, other) = await opened(), await opened()
    worker, approver = await staff("compliance"), await staff("compliance_approver")
    await client.post(f"{path}/take", headers=worker)
    linked = await client.post(f"{path}/links", json={"case_id": other.rpartition("/")[2]}, headers=worker)
    assert linked.status_code == 204, linked.text
    closing, more = {"outcome": "false_positive", "reason": "Wages."}, {"reason": "There is more."}
    for back, headers in (("withdrawal", worker), ("rejection", approver)):
        await client.post(f"{path}/proposal", json=closing, headers=worker)
        answer = await client.post(f"{path}/{back}", json=more, headers=headers)
        assert (answer.status_code, answer.json()["state"]) == (200, "investigating"), answer.text


async def test_what_a_confirmed_case_caused_stands(client, staff, opened, services, tenant):
    customer_id, path = await opened()
    worker, approver = await staff("compliance"), await staff("compliance_approver")
    cause = Cause(CauseKind.CASE, UUID(path.rpartition("/")[2]))
    async with services.database.transaction(tenant.id) as tx:
        now = services.clock.now()
        await place(tx, customer_id, Kind.FULL, cause=cause, reason="aml.hold", actor="system", at=now)
    await client.post(f"{path}/take", headers=worker)
    await client.post(f"{path}/proposal", json={"outcome": "confirmed", "reason": "x"}, headers=worker)
    assert (await client.post(f"{path}/approval", headers=approver)).status_code == 200
    async with services.database.transaction(tenant.id) as tx:
        assert (await facts.load(tx, [customer_id]))[customer_id].restriction is Restriction.FULL


async def test_notes_and_files_are_for_those_who_may_read_content(client, staff, opened):
    _, path = await opened()
    worker, auditor = await staff("compliance"), await staff("auditor")
    note = await client.post(f"{path}/notes", json={"text": "He sells cars."}, headers=worker)
    assert note.status_code == 201, note.text
    notes = await client.get(f"{path}/notes", headers=worker)
    assert [item["text"] for item in notes.json()["items"]] == ["He sells cars."]
    assert notes.json()["next_cursor"] is None
    await client.post(f"{path}/notes", json={"text": "Two of them a month."}, headers=worker)
    first = (await client.get(f"{path}/notes?limit=1", headers=worker)).json()
    rest = await client.get(f"{path}/notes?limit=1&cursor={first['next_cursor']}", headers=worker)
    texts = [item["text"] for item in (*first["items"], *rest.json()["items"])]
    assert texts == ["Two of them a month.", "He sells cars."]
    assert (await client.get(f"{path}/notes", headers=auditor)).status_code == 403
    out = BytesIO()
    Image.new("RGB", (60, 40)).save(out, "PNG")
    where = f"/staff/cases/files?case_id={path.rpartition('/')[2]}"
    added = await client.post(where, content=out.getvalue(), headers=worker)
    assert (added.status_code, added.json()["format"]) == (201, "png"), added.text
    file = f"{path}/files/{added.json()['id']}"
    read = await client.get(file, headers=worker)
    assert (read.content, read.headers["cache-control"]) == (out.getvalue(), "no-store")
    assert (await client.get(file, headers=auditor)).status_code == 403
    assert [each["id"] for each in (await client.get(path, headers=auditor)).json()["files"]] == [
        added.json()["id"]
    ]
    refused = await client.post(where, content=b"MZ no picture", headers=worker)
    assert (refused.status_code, refused.json()["code"]) == (400, "files.unusable")
    assert (await client.get(f"{path}/files/{UUID(int=1)}", headers=worker)).json()[
        "code"
    ] == "cases.file_not_found"


async def test_that_there_is_a_report_is_hidden_from_those_who_may_not_know(
    client, staff, opened, services, tenant
):
    _, path = await opened()
    async with services.database.transaction(tenant.id) as tx:
        filing = Link("filing", services.ids.new())
        await add_links(tx, tenant.id, UUID(path.rpartition("/")[2]), [filing], services.clock.now())

    async def kinds(role):
        links = (await client.get(path, headers=await staff(role))).json()["links"]
        return sorted(link["kind"] for link in links)

    async def pages(role):
        headers, cursor, found = await staff(role), "", []
        while cursor is not None:
            page = (await client.get(f"{path}/links?limit=1{cursor}", headers=headers)).json()
            found += [item["kind"] for item in page["items"]]
            cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
        return found

    assert await kinds("compliance") == await pages("compliance") == ["decision", "filing"]
    assert await pages("auditor") == ["decision"]
    wrong = await client.get(f"{path}/links?cursor=filing.x", headers=await staff("auditor"))
    assert wrong.json()["code"] == "request.cursor_invalid"
    assert await kinds("auditor") == ["decision"]


async def test_what_is_held_is_asked_for_and_denied(client, staff, opened, services):
    held = Held("made_up", services.ids.new(), 1_500_00)
    _, path = await opened(held=[held])
    worker, approver = await staff("compliance"), await staff("compliance_approver")
    shown = (await client.get(path, headers=worker)).json()["held"]
    assert [(each["amount"], each["ended_as"]) for each in shown] == [("1500.00", None)]
    where = f"{path}/held/{held.id}"
    assert (await client.post(f"{where}/request", headers=worker)).json()["code"] == "cases.step_not_possible"
    await client.post(f"{path}/take", headers=worker)
    assert (await client.post(f"{where}/release", headers=worker)).status_code == 403
    early = await client.post(f"{where}/release", headers=approver)
    assert (early.status_code, early.json()["code"]) == (409, "cases.release_not_asked")
    asked = await client.post(f"{where}/request", headers=worker)
    assert asked.json()["release_asked_by"] is not None, asked.text
    assert (await client.post(f"{where}/refusal", headers=approver)).json()["release_asked_by"] is None
    body = {"outcome": "confirmed", "reason": "x"}
    refused = await client.post(f"{path}/proposal", json=body, headers=worker)
    assert (refused.status_code, refused.json()["code"]) == (409, "cases.holds")
    unknown = await client.post(f"{where}/denial", headers=worker)
    assert (unknown.status_code, unknown.json()["code"]) == (503, "cases.commands_unknown")


async def test_the_queue_is_paged_by_priority(client, staff, opened):
    for priority in (10, 90, 50):
        await opened(priority)
    worker = await staff("compliance")
    first = (await client.get("/staff/cases?limit=2", headers=worker)).json()
    assert [item["priority"] for item in first["items"]] == [90, 50]
    rest = (await client.get(f"/staff/cases?limit=2&cursor={first['next_cursor']}", headers=worker)).json()
    assert ([item["priority"] for item in rest["items"]], rest["next_cursor"]) == ([10], None)
    for cursor in ("x", "1.2", f"12345.{UUID(int=1)}"):
        answer = await client.get(f"/staff/cases?cursor={cursor}", headers=worker)
        assert answer.json()["code"] == "request.cursor_invalid"


async def test_a_case_is_assigned_to_somebody_who_works_on_cases(client, staff, opened, services, tenant):
    _, path = await opened()
    approver = await staff("compliance_approver")
    ids = {
        role: str(await services.access.ensure_staff(tenant.id, role, role, "a long password"))
        for role in ("compliance", "auditor")
    }
    wrong = await client.post(f"{path}/assignment", json={"assignee_id": ids["auditor"]}, headers=approver)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "cases.colleague_unsuitable")
    given = await client.post(f"{path}/assignment", json={"assignee_id": ids["compliance"]}, headers=approver)
    assert given.json()["assignee_id"] == ids["compliance"], given.text
    worker = await staff("compliance")
    assert (await client.post(f"{path}/put-back", headers=worker)).json()["state"] == "open"


@pytest.mark.parametrize("role", ["treasurer", "kyc_analyst"])
async def test_others_have_no_way_in(client, staff, opened, role):
    _, path = await opened()
    headers = await staff(role)
    for where in ("/staff/cases", path, f"{path}/steps", f"{path}/notes"):
        assert (await client.get(where, headers=headers)).status_code == 403


async def test_who_works_for_a_department_does_not_see_cases(
    client, staff, services, tenant, customer_database
):
    headers = await staff("compliance")
    owner = await customer_database.connect("owner")
    await owner.execute("UPDATE access_staff SET department_id = (SELECT id FROM tenancy_department LIMIT 1)")
    answer = await client.get("/staff/cases", headers=headers)
    assert answer.json()["code"] == "access.department_out_of_reach"


async def test_a_rule_is_snoozed_by_two_people(client, staff, active_customer, services, tenant):
    customer_id, _ = await active_customer()
    worker, approver = await staff("compliance"), await staff("compliance_approver")
    for version in (await client.post("/staff/aml/starter-set", headers=worker)).json()["items"]:
        if version["rule"]["effect"] == "none":
            key = version["key"]
            await client.post(f"/staff/aml/versions/{version['id']}/approval", headers=approver)
            break
    ends_at = (services.clock.now() + timedelta(days=7)).isoformat()
    body = {"customer_id": str(customer_id), "rule": key, "ends_at": ends_at, "reason": "Known to us."}
    assert (await client.post("/staff/aml/snoozes", json=body, headers=approver)).status_code == 403
    proposed = await client.post("/staff/aml/snoozes", json=body, headers=worker)
    assert (proposed.status_code, proposed.json()["state"]) == (201, "proposed"), proposed.text
    path = f"/staff/aml/snoozes/{proposed.json()['id']}"
    assert (await client.post(f"{path}/approval", headers=approver)).json()["state"] == "standing"
    async with services.database.transaction(tenant.id) as tx:
        assert key in (await facts.load(tx, [customer_id]))[customer_id].snoozes
    assert (await client.get(f"{path}/reason", headers=worker)).json() == {"reason": "Known to us."}
    listed = await client.get("/staff/aml/snoozes?state=standing", headers=await staff("auditor"))
    assert [(item["rule"], item["is_over"]) for item in listed.json()["items"]] == [(key, False)]
    assert (await client.post(f"{path}/end", headers=worker)).json()["state"] == "ended"
    another = (await client.post("/staff/aml/snoozes", json=body, headers=worker)).json()["id"]
    path = f"/staff/aml/snoozes/{another}"
    assert (await client.post(f"{path}/rejection", headers=approver)).json()["state"] == "rejected"


async def test_figures_of_rules_are_shown(client, staff, opened, services):
    await opened()
    auditor = await staff("auditor")
    path, now, day = "/staff/aml/metrics", services.clock.now(), timedelta(days=1)
    period = {"begins_at": (now - day).isoformat(), "ends_at": (now + day).isoformat()}
    answer = await client.get(path, params=period, headers=auditor)
    assert answer.status_code == 200, answer.text
    (item,) = answer.json()["items"]
    assert (item["reason"], item["alerts"], item["open_cases"]) == ("aml.deposits_below_threshold", 1, 1)
    assert item["precision_basis_points"] is None
    backwards = {"begins_at": period["ends_at"], "ends_at": period["begins_at"]}
    wrong = await client.get(path, params=backwards, headers=auditor)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "cases.period_invalid")


async def test_somebody_is_kept_from_the_cases_of_a_customer(client, staff, opened, services, tenant):
    customer_id, path = await opened()
    worker, approver = await staff("compliance"), await staff("compliance_approver")
    staff_id = await services.access.ensure_staff(tenant.id, "compliance", "compliance", "a long password")
    body = {"customer_id": str(customer_id), "staff_id": str(staff_id)}
    assert (await client.post("/staff/case-exclusions", json=body, headers=worker)).status_code == 403
    made = await client.post("/staff/case-exclusions", json=body, headers=approver)
    assert (made.status_code, made.json()["staff_id"]) == (201, str(staff_id)), made.text
    assert (await client.get(path, headers=worker)).json()["code"] == "cases.not_found"
    assert (await client.get("/staff/cases", headers=worker)).json()["items"] == []
    listed = (await client.get("/staff/case-exclusions", headers=approver)).json()["items"]
    ended = await client.post(f"/staff/case-exclusions/{listed[0]['id']}/end", headers=approver)
    assert ended.json()["ended_by"] is not None
    assert (await client.get(path, headers=worker)).status_code == 200
