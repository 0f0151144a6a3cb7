"""Matching over HTTP: a statement of the dollar account, matched, looked at, computed again."""

from customer_stack.tenancy.service import root_department_of

PATH = "/staff/reconciliation"
STATEMENT = """booking_date;reference;amount;balance
2026-11-24;FT-1;250.00;250.00
2026-11-25;INT-11;0.31;250.31
"""


async def test_a_statement_is_kept_matched_and_computed_again(client, staff, services, tenant):
    treasurer, clerk, auditor = [
        await staff(role) for role in ("treasurer", "settlement_proposer", "auditor")
    ]
    async with services.database.transaction(tenant.id) as tx:
        department = str((await root_department_of(tx, tenant.id)).id)

    async def keep(headers, text=STATEMENT, bank="dollar-account"):
        query = {"source": "bank-usd", "department_id": department, "bank": bank}
        return await client.post(f"{PATH}/statements", params=query, content=text, headers=headers)

    refused = await keep(auditor)
    assert refused.json()["code"] == "access.permission_missing"
    kept = await keep(treasurer)
    assert (kept.status_code, kept.json()["lines"], kept.json()["last_day"]) == (201, 2, "2026-11-25")
    assert (await keep(treasurer)).json() == kept.json()
    assert (await keep(treasurer, STATEMENT.replace(";0.31;", ";0.33;"))).json()["code"] == (
        "reconciliation.statement_invalid"
    )
    assert (await keep(treasurer, bank="camt.053")).json()["code"] == "reconciliation.source_unknown"
    body = {"source": "bank-usd", "department_id": department, "day": "2026-11-27"}
    assert (await client.post(f"{PATH}/matches", json=body, headers=auditor)).status_code == 403
    far = await client.post(f"{PATH}/matches", json=body | {"day": "0001-01-01"}, headers=clerk)
    assert far.status_code == 422
    for wrong in ("matches?source=%00", "breaks?check=%00"):
        assert (await client.get(f"{PATH}/{wrong}", headers=auditor)).status_code == 422
    made = (await client.post(f"{PATH}/matches", json=body, headers=clerk)).json()
    assert (made["ours"], made["theirs"], made["differences"]) == (0, 2, 2)
    sources = (await client.get(f"{PATH}/sources", headers=auditor)).json()
    assert (sources["version"], sources["digest"]) == (made["rules_version"], made["rules_digest"])
    listed = await client.get(f"{PATH}/matches?source=bank-usd&limit=1", headers=auditor)
    assert listed.json() == {"items": [made], "next_cursor": None}
    held = await client.get(f"{PATH}/matches/{made['id']}/held", headers=auditor)
    assert held.json() == {"items": [], "next_cursor": None}
    replayed = await client.post(f"{PATH}/matches/{made['id']}/replay", json={}, headers=clerk)
    assert replayed.json()["agrees"]
    breaks = (await client.get(f"{PATH}/breaks?check=bank-usd", headers=auditor)).json()["items"]
    assert {(each["theirs"], each["type"], each["is_material"]) for each in breaks} == {
        ("0.310000", "missing_ours", False),
        ("250.000000", "missing_ours", True),
    }
