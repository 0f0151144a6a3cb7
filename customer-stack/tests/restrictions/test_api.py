"""Restrictions over HTTP: who may do what, and what a customer is told."""

PLACE = {
    "kind": "debit_only",
    "cause": "staff",
    "reason": "suspected_fraud",
    "text": "Three cards in an hour",
}


async def test_staff_places_and_lifts_and_the_customer_reads_only_a_notice(client, active_customer, staff):
    customer_id, customer = await active_customer()
    officer, auditor = await staff("compliance"), await staff("auditor")
    path = f"/staff/customers/{customer_id}/restrictions"
    assert (await client.get("/v1/notice", headers=customer)).json() == {
        "is_restricted": False,
        "notice": None,
    }
    refused = await client.post(path, json=PLACE, headers=auditor)
    assert refused.json()["code"] == "access.permission_missing"
    placed = await client.post(path, json=PLACE, headers=officer)
    assert (placed.status_code, placed.json()["state"]) == (201, "standing"), placed.text
    notice = await client.get("/v1/notice", headers=customer)
    assert notice.json()["is_restricted"] is True
    assert "fraud" not in notice.text
    one = f"{path}/{placed.json()['restriction_id']}"
    assert (await client.get(one, headers=auditor)).json()["code"] == "access.permission_missing"
    history = (await client.get(one, headers=officer)).json()
    assert [step["text"] for step in history["steps"]] == ["Three cards in an hour"]
    page = (await client.get("/staff/restrictions", headers=auditor)).json()
    assert [each["restriction_id"] for each in page["items"]] == [placed.json()["restriction_id"]]
    lifted = await client.post(f"{one}/lift", json={}, headers=officer)
    assert (lifted.status_code, lifted.json()["state"]) == (200, "lifted")
    again = await client.post(f"{one}/lift", json={}, headers=officer)
    assert (again.status_code, again.json()["code"]) == (409, "restrictions.step_not_possible")
    assert (await client.get("/staff/restrictions", headers=auditor)).json()["items"] == []
    assert len((await client.get(path, headers=auditor)).json()["items"]) == 1
    assert (await client.get("/v1/notice", headers=customer)).json()["is_restricted"] is False


async def test_an_order_has_words_and_takes_two_people_to_end(
    client, active_customer, staff, changing_nothing
):
    customer_id, customer = await active_customer()
    officer, approver = await staff("compliance"), await staff("compliance_approver")
    path = f"/staff/customers/{customer_id}/restrictions"
    order = {"kind": "full", "cause": "order", "reason": "court_order"}
    bare = await client.post(path, json=order, headers=officer)
    assert (bare.status_code, bare.json()["code"]) == (400, "restrictions.text_missing")
    placed = await client.post(path, json=order | {"text": "HC 4711/26"}, headers=officer)
    one = f"{path}/{placed.json()['restriction_id']}"
    assert (await client.get("/v1/me", headers=customer)).json()["status"] == "frozen"
    with changing_nothing():
        released = await client.post(f"/staff/customers/{customer_id}/release", headers=officer)
    assert released.json()["status"] == "frozen"
    alone = await client.post(f"{one}/lift-approval", json={}, headers=officer)
    assert alone.json()["code"] == "access.permission_missing"
    early = await client.post(f"{one}/lift-approval", json={}, headers=approver)
    assert early.json()["code"] == "restrictions.step_not_possible"
    for verb, headers, state in [
        ("proposal", officer, "lift_proposed"),
        ("rejection", approver, "standing"),
        ("proposal", officer, "lift_proposed"),
        ("approval", approver, "lifted"),
    ]:
        answer = await client.post(f"{one}/lift-{verb}", json={"text": "as agreed"}, headers=headers)
        assert (answer.status_code, answer.json()["state"]) == (200, state), answer.text
    assert (await client.get("/v1/me", headers=customer)).json()["status"] == "active"


async def test_pages_lead_from_one_restriction_to_the_next(client, active_customer, staff):
    customer_id, _ = await active_customer()
    officer = await staff("compliance")
    path = f"/staff/customers/{customer_id}/restrictions"
    placed = [(await client.post(path, json=PLACE, headers=officer)).json() for _ in range(3)]
    first = (await client.get(f"{path}?limit=2", headers=officer)).json()
    rest = (await client.get(f"{path}?limit=2&cursor={first['next_cursor']}", headers=officer)).json()
    listed = [each["restriction_id"] for each in first["items"] + rest["items"]]
    assert listed == [each["restriction_id"] for each in reversed(placed)]
    assert rest["next_cursor"] is None
