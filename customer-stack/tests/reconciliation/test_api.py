"""Runs over HTTP, with an execution stack and a bank that do not answer."""


async def test_a_run_says_of_every_check_whether_it_held(client, staff, services, tenant):
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
