"""Staff routes of AML: who may do what, shapes, errors."""

import pytest

from .office import document


async def test_compliance_writes_and_another_person_approves(client, staff):
    writer, approver = await staff("compliance"), await staff("compliance_approver")
    written = await client.post("/staff/aml/versions", json={"rule": document()}, headers=writer)
    assert written.status_code == 201, written.text
    body = written.json()
    assert (body["state"], body["rule"]) == ("draft", document())
    path = f"/staff/aml/versions/{body['id']}"
    assert (await client.post(f"{path}/approval", headers=approver)).json()["code"] == "aml.step_not_possible"
    assert (await client.post(f"{path}/proposal", headers=writer)).json()["state"] == "proposed"
    assert (await client.post(f"{path}/approval", headers=writer)).status_code == 403
    approved = await client.post(f"{path}/approval", headers=approver)
    assert (approved.status_code, approved.json()["state"]) == (200, "published")
    history = await client.get(path, headers=await staff("auditor"))
    assert [step["step"] for step in history.json()["steps"]] == ["write", "propose", "approve"]


async def test_a_version_is_shadowed_rejected_or_dropped(client, staff):
    writer, approver = await staff("compliance"), await staff("compliance_approver")

    async def take(version, step, headers):
        answer = await client.post(f"/staff/aml/versions/{version}/{step}", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()["state"]

    ids = []
    for least in (1, 2, 3):
        body = {"rule": document(least=least)}
        ids.append((await client.post("/staff/aml/versions", json=body, headers=writer)).json()["id"])
    assert await take(ids[0], "shadow", writer) == "shadow"
    await take(ids[1], "proposal", writer)
    assert await take(ids[1], "rejection", approver) == "draft"
    assert await take(ids[2], "drop", writer) == "retired"


async def test_versions_are_listed_with_limit_and_cursor(client, staff):
    writer = await staff("compliance")
    for least in (1, 2, 3):
        answer = await client.post(
            "/staff/aml/versions", json={"rule": document(least=least)}, headers=writer
        )
        assert answer.status_code == 201
    first = (await client.get("/staff/aml/versions?limit=2&state=draft", headers=writer)).json()
    assert len(first["items"]) == 2
    rest = await client.get(f"/staff/aml/versions?limit=2&cursor={first['next_cursor']}", headers=writer)
    assert (len(rest.json()["items"]), rest.json()["next_cursor"]) == (1, None)
    assert (await client.get("/staff/aml/versions?cursor=x", headers=writer)).status_code == 400
    assert (await client.get("/staff/aml/versions?limit=0", headers=writer)).status_code == 422
    assert (await client.get("/staff/aml/versions?key=other_rule", headers=writer)).json()["items"] == []


async def test_a_wrong_rule_is_refused_with_the_node_that_is_wrong(client, staff):
    writer = await staff("compliance")
    wrong = document(when={"at_least": [{"fact": "event.amount"}, {"lkr": 1.5}]})
    answer = await client.post("/staff/aml/versions", json={"rule": wrong}, headers=writer)
    assert (answer.status_code, answer.json()["code"]) == (400, "aml.rule_invalid")
    assert answer.json()["detail"].startswith("when.at_least[1].lkr: ")


async def test_the_starter_set_the_catalogue_and_a_backtest(client, staff):
    writer = await staff("compliance")
    proposed = (await client.post("/staff/aml/starter-set", headers=writer)).json()["items"]
    assert len(proposed) >= 25
    assert {version["state"] for version in proposed} == {"proposed"}
    catalogue = (await client.get("/staff/aml/catalogue", headers=writer)).json()
    assert catalogue["facts"]["event.amount"] == "lkr"
    assert "deposits_just_below" in catalogue["metrics"]
    period = {"begins_at": "2026-11-01T00:00:00Z", "ends_at": "2026-11-28T00:00:00+05:30"}
    path = f"/staff/aml/versions/{proposed[0]['id']}/backtest"
    report = await client.post(path, json=period, headers=await staff("auditor"))
    assert report.status_code == 200, report.text
    assert (report.json()["is_complete"], report.json()["events"]) == (True, 0)
    backwards = {"begins_at": period["ends_at"], "ends_at": period["begins_at"]}
    assert (await client.post(path, json=backwards, headers=writer)).json()["code"] == "aml.period_invalid"


@pytest.mark.parametrize("role", ["auditor", "treasurer", "compliance_approver"])
async def test_only_compliance_writes_rules(client, staff, role):
    headers = await staff(role)
    answer = await client.post("/staff/aml/versions", json={"rule": document()}, headers=headers)
    assert answer.status_code == 403
    assert (await client.post("/staff/aml/starter-set", headers=headers)).status_code == 403


async def test_a_customer_has_no_way_in(client, active_customer):
    _, headers = await active_customer()
    assert (await client.get("/staff/aml/versions", headers=headers)).status_code == 401
