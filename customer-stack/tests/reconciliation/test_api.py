"""Runs over HTTP, with an execution stack and a bank that do not answer."""

from datetime import timedelta

from customer_stack.reconciliation.domain.days import day_of


async def test_a_run_says_of_every_check_whether_it_held(client, staff, services, tenant, active_customer):
    await active_customer()
    headers = await staff("settlement_proposer")
    answer = await client.post("/staff/reconciliation/runs", json={}, headers=headers)
    assert answer.status_code == 201, answer.text
    run = answer.json()
    held = {check["name"]: check["held"] for check in run["checks"]}
    assert held["trial_balance"]
    assert held["stock"]
    assert not held["cash"]
    details = {check["name"]: check["detail"] for check in run["checks"]}
    assert details["cash"] == "the other side did not answer"
    again = (await client.get(f"/staff/reconciliation/runs/{run['id']}", headers=headers)).json()
    assert sorted(again["checks"], key=named) == sorted(run["checks"], key=named)
    assert {check["result"] for check in run["checks"]} == {"held", "unavailable"}
    [zero] = [check for check in run["checks"] if check["name"] == "lkr_owners"]
    assert (zero["unit"], zero["ours"], zero["theirs"]) == ("lkr_cent", "0.00", "0.00")
    breaks = (await client.get("/staff/reconciliation/breaks", headers=headers)).json()
    assert breaks == {"items": [], "next_cursor": None}


def named(check):
    return check["name"]


async def test_who_only_reads_does_not_run(client, staff):
    answer = await client.post("/staff/reconciliation/runs", json={}, headers=await staff("auditor"))
    assert answer.json()["code"] == "access.permission_missing"


async def test_a_cursor_of_another_list_is_refused(client, staff):
    headers = await staff("auditor")
    answer = await client.get("/staff/reconciliation/breaks?cursor=abc", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "request.cursor_invalid")


async def test_staff_reads_closed_days_and_their_reports(
    client, staff, services, tenant, active_customer, customer_database
):
    await active_customer()
    headers = await staff("auditor")
    [department] = [
        each.id for each in await services.tenancy.list_departments(tenant.id) if not each.parent_id
    ]
    yesterday = day_of(services.clock.now()) - timedelta(days=1)
    assert (await client.get("/staff/reconciliation/days", headers=headers)).json()["items"] == []
    assert await services.reconciliation.days.close(tenant.id, yesterday)
    listed = (await client.get("/staff/reconciliation/days?limit=1", headers=headers)).json()
    assert [each["day"] for each in listed["items"]] == [yesterday.isoformat()]
    asked = f"/staff/reconciliation/days/{yesterday}/report"
    pdf = await client.get(asked, headers=headers)
    assert (pdf.status_code, pdf.headers["content-type"], pdf.content[:5]) == (
        200,
        "application/pdf",
        b"%PDF-",
    )
    table = await client.get(f"{asked}?format=csv&department_id={department}", headers=headers)
    assert table.text.startswith("section,name,detail,unit,ours,theirs,count,result\r\n")
    assert table.headers["export-id"]
    today = f"/staff/reconciliation/days/{yesterday + timedelta(days=1)}/report"
    assert (await client.get(today, headers=headers)).json()["code"] == "reconciliation.day_not_closed"
    assert (await client.get(asked, headers=await staff("settlement_proposer"))).status_code == 200
    assert (await client.get(asked)).status_code == 401
    bad = await client.get("/staff/reconciliation/days?cursor=abc", headers=headers)
    assert bad.json()["code"] == "request.cursor_invalid"
