"""What a person gets who asks for everything that is kept of them."""

import io
import json
import zipfile
from datetime import timedelta
from hashlib import sha256

import pytest

from customer_stack.privacy.configuration import load_inventory
from customer_stack.privacy.service import archive, exporting


def opened(content):
    """Return the sections of an archive, its manifest and its other files."""
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert found.testzip() is None
        files = {name: found.read(name) for name in found.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    sections = {
        name.removesuffix(".jsonl"): [json.loads(line) for line in files[name].splitlines()]
        for name in list(files)
        if name.endswith(".jsonl")
    }
    return sections, manifest, {name: raw for name, raw in files.items() if not name.endswith(".jsonl")}


async def test_a_person_gets_everything_and_nothing_that_tips_off(
    door, privacy, services, tenant, person, staff, picture, monkeypatch
):
    monkeypatch.setattr(archive, "PART_BYTES", 700)
    async with services.database.transaction(tenant.id) as tx:
        cipher = await services.customers.cipher_of(tx, person.id)
        session = await tx.fetch_value("SELECT id FROM kyc_session WHERE customer_id = $1", person.id)
        file_id = services.ids.new()
        await tx.execute(
            "INSERT INTO kyc_file (tenant_id, id, customer_id, session_id, format, size_bytes, added_at) "
            "VALUES ($1, $2, $3, $4, 'jpeg', $5, $6)",
            tenant.id, file_id, person.id, session, len(picture), services.clock.now(),
        )  # fmt: skip
        sealed = cipher.seal_bytes(("kyc_file_chunk", "sealed 1 of 1", file_id), picture)
        await tx.execute("INSERT INTO kyc_file_chunk VALUES ($1, $2, 1, $3)", tenant.id, file_id, sealed)
    asked = await door.post("/v1/privacy/exports", headers=person.headers)
    assert (asked.status_code, asked.json()["state"]) == (202, "asked")
    again = await door.post("/v1/privacy/exports", headers=person.headers)
    assert again.json()["id"] == asked.json()["id"]
    assert await privacy.exporting.make_due() == 1
    assert await privacy.exporting.make_due() == 0
    (shown,) = (await door.get("/v1/privacy/exports", headers=person.headers)).json()["items"]
    path = f"/v1/privacy/exports/{shown['id']}/content"
    answer = await door.get(path, headers=person.headers)
    assert answer.headers["cache-control"] == "no-store"
    assert (len(answer.content), sha256(answer.content).hexdigest()) == (shown["size_bytes"], shown["sha256"])
    sections, manifest, files = opened(answer.content)
    assert sections["profile"][0]["full_name"] == "Nimal Perera"
    assert sections["profile"][0]["email"].endswith("@example.lk")
    assert sections["bank-accounts"][0]["holder_sealed"] == "Nimal Canaryperson"
    assert sections["transfers"][0]["note_sealed"] == "rent for the canary"
    assert sections["payers"][0]["payer_account_sealed"] == "8001112223"
    assert {each["purpose"] for each in sections["consents"]} == {
        "terms",
        "privacy_notice",
        "identity_vendor",
    }
    assert "Nimal Perera" in sections["identity-checks"][0]["claim_sealed"]
    assert len(sections["sessions"]) == 1
    assert files == {f"identity-files/{file_id}.jpeg": picture}
    assert {each["file"].removesuffix(".jsonl") for each in manifest["sections"]} == set(sections)
    hidden = (
        "screening",
        "aml",
        "case",
        "restriction",
        "filing",
        "gate",
        "facts",
        "private",
        "risk",
        "flags",
    )
    told = json.dumps(sections).lower()
    assert [word for word in hidden if f'"{word}' in told] == []
    soon = await door.post("/v1/privacy/exports", headers=person.headers)
    assert (soon.status_code, soon.json()["code"]) == (409, "privacy.export_too_soon")
    async with services.database.transaction(tenant.id) as tx:
        parts = await tx.fetch("SELECT sealed FROM privacy_export_part WHERE export_id = $1", shown["id"])
    assert len(parts) > 3
    assert not any(b"manifest" in row["sealed"] or b"profile" in row["sealed"] for row in parts)


@pytest.mark.parametrize(
    "table", ["screening_result", "screening_alert", "restriction", "cases_case", "gate_decision"]
)
def test_the_inventory_tells_nothing_of_what_may_not_be_known(table):
    tables = load_inventory().tables
    assert tables[table].tell is None
    assert "private_sealed" not in tables["kyc_step_result"].tell.columns
    assert not {"risk", "flags", "screening_version", "restriction"} & set(
        tables["facts_customer"].tell.columns
    )


async def test_staff_makes_one_for_who_cannot_sign_in_and_looking_is_recorded(
    door, privacy, person, staff, active_customer
):
    clerk = await staff("compliance")
    asked = await door.post(f"/staff/privacy/customers/{person.id}/exports", headers=clerk)
    assert asked.status_code == 202, asked.text
    path = f"/staff/privacy/exports/{asked.json()['id']}/content"
    early = await door.get(path, headers=clerk)
    assert (early.status_code, early.json()["code"]) == (404, "privacy.export_not_found")
    await privacy.exporting.make_due()
    assert (await door.get(path, headers=clerk)).status_code == 200
    assert (await door.get(path, headers=await staff("kyc_analyst"))).status_code == 403
    _, stranger = await active_customer()
    own = await door.get(f"/v1/privacy/exports/{asked.json()['id']}/content", headers=stranger)
    assert (own.status_code, own.json()["code"]) == (404, "privacy.export_not_found")
    looks = await door.get(
        f"/staff/privacy/customers/{person.id}/disclosures", headers=await staff("auditor")
    )
    assert [each["kind"] for each in looks.json()["items"]] == ["privacy.export"]


async def test_an_offer_ends_and_its_content_goes(door, privacy, services, tenant, person, clock):
    asked = (await door.post("/v1/privacy/exports", headers=person.headers)).json()
    await privacy.exporting.make_due()
    clock.advance(timedelta(days=7))
    path = f"/v1/privacy/exports/{asked['id']}/content"
    assert (await door.get(path, headers=person.headers)).status_code == 404
    assert await privacy.exporting.drop_over() == 1
    assert await privacy.exporting.drop_over() == 0
    async with services.database.transaction(tenant.id) as tx:
        assert await tx.fetch_value("SELECT count(*) FROM privacy_export_part") == 0
    (shown,) = (await door.get("/v1/privacy/exports", headers=person.headers)).json()["items"]
    assert shown["state"] == "gone"


async def test_one_that_breaks_is_tried_again_and_given_up_in_the_end(
    door, privacy, person, clock, monkeypatch
):
    await door.post("/v1/privacy/exports", headers=person.headers)

    class Broken:
        def __init__(self, *_):
            pass

        async def write(self, _now):
            raise RuntimeError("broken")

    monkeypatch.setattr(exporting, "Archive", Broken)
    for _ in range(exporting.ATTEMPTS):
        assert await privacy.exporting.make_due() == 1
        clock.advance(exporting.LEASE)
    assert await privacy.exporting.make_due() == 0
    (shown,) = (await door.get("/v1/privacy/exports", headers=person.headers)).json()["items"]
    assert shown["state"] == "failed"
    monkeypatch.undo()
    assert (await door.post("/v1/privacy/exports", headers=person.headers)).json()["state"] == "asked"


async def test_too_much_is_given_up_at_once(door, privacy, person, monkeypatch):
    monkeypatch.setattr(archive, "SIZE_LIMIT_BYTES", 100)
    await door.post("/v1/privacy/exports", headers=person.headers)
    await privacy.exporting.make_due()
    (shown,) = (await door.get("/v1/privacy/exports", headers=person.headers)).json()["items"]
    assert shown["state"] == "failed"
