"""Risk over HTTP: staff reads scores and sets flags with words; a customer sees nothing of it."""

from uuid import UUID

PEP = {"flag": "pep", "is_set": True, "text": "Member of parliament since 2024"}


async def test_staff_sets_flags_and_reads_scores_with_their_parts(
    client, services, tenant, active_customer, staff, customer_database
):
    customer_id, customer = await active_customer()
    officer, auditor = await staff("compliance"), await staff("auditor")
    path = f"/staff/customers/{customer_id}"
    early = await client.get(f"{path}/risk", headers=auditor)
    assert (early.status_code, early.json()["code"]) == (404, "risk.not_scored")
    assert (await client.get(f"{path}/risk", headers=customer)).status_code == 401
    await services.standing.scoring.reckon(tenant.id, [customer_id])
    refused = await client.post(f"{path}/flags", json=PEP, headers=auditor)
    assert refused.json()["code"] == "access.permission_missing"
    changed = await client.post(f"{path}/flags", json=PEP, headers=officer)
    assert changed.json() == {"customer_id": str(customer_id), "flags": ["pep"]}, changed.text
    await services.standing.scoring.reckon(tenant.id, [customer_id])
    found = (await client.get(f"{path}/risk", headers=auditor)).json()
    assert (found["score"], found["band"], found["flags"]) == (60, "high", ["pep"])
    assert sum(found["parts"].values()) == 60
    page = (await client.get(f"{path}/risk/scores?limit=1", headers=auditor)).json()
    rest = (await client.get(f"{path}/risk/scores?cursor={page['next_cursor']}", headers=auditor)).json()
    assert [each["score"] for each in page["items"]] == [60]
    assert len(rest["items"]) == 1
    assert (await client.get(f"{path}/flags", headers=auditor)).json()["code"] == "access.permission_missing"
    changes = (await client.get(f"{path}/flags", headers=officer)).json()["items"]
    assert [(each["flag"], each["text"]) for each in changes] == [("pep", PEP["text"])]
    owner = await customer_database.connect("owner")
    kinds = await owner.fetch("SELECT kind, body FROM audit_record WHERE kind LIKE 'risk.%'")
    assert {row["kind"] for row in kinds} == {"risk.scored", "risk.flag_changed", "risk.flag_texts_shown"}
    assert not any("parliament" in str(row["body"]) for row in kinds)


async def test_another_tenant_s_customer_is_unknown(client, services, staff):
    officer = await staff("compliance")
    path = f"/staff/customers/{UUID(int=5)}"
    for answer in (
        await client.get(f"{path}/risk", headers=officer),
        await client.get(f"{path}/risk/scores", headers=officer),
        await client.get(f"{path}/flags", headers=officer),
        await client.post(f"{path}/flags", json=PEP, headers=officer),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "customers.not_found")
