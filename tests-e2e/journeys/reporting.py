"""Step of the compliance journey: a report of a suspicion, from its case to the file for the FIU."""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bulkhead_local.programs import run
from journeys.journey import require
from journeys.office import Office, refused

ENTITY_ID, INSTITUTION = 4711, "LEX001"
PROFILE = {
    "entity_id": ENTITY_ID,
    "branch": "Colombo",
    "address": {"kind": "BUS", "address": "214 Galle Road", "city": "Colombo 03"},
    "reporting_person": {
        "first_name": "Anusha",
        "last_name": "Jayawardena",
        "ssn": "856231234V",
        "occupation": "Compliance officer",
        "email": "mlro@lex.example.lk",
    },
    "institution": {"name": "Lanka Event Exchange (Private) Limited", "code": INSTITUTION},
}
PARTY = {
    "address": "18/2 Temple Road",
    "city": "Nugegoda",
    "country": "LK",
    "occupation": "Civil engineer",
}
BANK = {"institution_name": "Commercial Bank of Ceylon PLC", "swift": "CCEYLKLX", "account_name": "N. Perera"}
VALIDATE_SECONDS = 30


async def report(office: Office) -> None:
    """Draft a report from a case, mend what the validator misses; two people approve; export and validate."""
    clerk, approver = office.clerk, office.approver
    profile = await clerk.call("POST", "/staff/filings/profiles", PROFILE)
    decision = f"/staff/filings/profiles/{profile['number']}/decision"
    await refused("permission", clerk.call("POST", decision, {"is_approved": True}))
    await approver.call("POST", decision, {"is_approved": True})
    (pay_in,) = (await office.door("Nimal").call("GET", "/v1/pay-ins"))["items"]
    suspicion = {
        "customer_id": office.ids["Nimal"],
        "case_id": office.case["id"],
        "suspected_at": datetime.now(UTC).isoformat(),
        "reason": "Passed on at once what he had paid in, without telling us a purpose.",
        "action": "A transfer was denied; the account is watched.",
        "indicators": ["PASSTHRU"],
        "movements": [{"source": "pay_in", "source_id": pay_in["id"]}],
    }
    drafted = await clerk.call("POST", "/staff/filings/suspicions", suspicion)
    path = f"/staff/filings/suspicions/{drafted['id']}"
    await refused("permission", office.officers["auditor"].call("GET", path))
    incomplete = await clerk.call("POST", f"{path}/preparation")
    require(incomplete["state"] == "draft", "a file that the FIU would refuse leaves the report a draft")
    await clerk.call("PUT", f"/staff/filings/parties/{office.ids['Nimal']}", PARTY)
    (movement,) = (await clerk.call("GET", path))["movements"]
    await clerk.call("PUT", f"/staff/filings/movements/{movement['id']}/counterparty", BANK)
    prepared = await clerk.call("POST", f"{path}/preparation")
    require(prepared["state"] == "prepared", f"the file may be sent: {prepared['findings']}")
    await refused("permission", clerk.call("POST", f"{path}/approval"))
    await approver.call("POST", f"{path}/approval")
    file = (await office.fetch(clerk, "POST", f"{path}/export")).content
    said = await validate(office, file)
    submitted = await clerk.call("POST", f"{path}/submission", {"fiu_reference": "FIU/2026/STR/0017"})
    require(submitted["state"] == "submitted", "the report was sent")
    links = await clerk.every(f"/staff/cases/{office.case['id']}/links")
    require(drafted["id"] in {each["id"] for each in links}, "the case knows of its report")
    blind = await office.officers["auditor"].every(f"/staff/cases/{office.case['id']}/links")
    require(drafted["id"] not in {each["id"] for each in blind}, "who may not know of reports sees none")
    office.journey.screen.note(
        f"{drafted['reference']}, due {drafted['due_on']}: {len(file)} bytes of XML, {said}; approved by two"
    )


async def validate(office: Office, file: bytes) -> str:
    """Have the command check a file as anybody could. Fails the journey when it may not be sent."""
    how = office.journey.address.commands["customer"]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "report.xml"
        await asyncio.to_thread(place.write_bytes, file)
        of_us = ("--entity-id", str(ENTITY_ID), "--institution-code", INSTITUTION)
        command = [*how["argv"], "filings", "validate", str(place), *of_us]
        done = await asyncio.to_thread(run, command, how["env"], timeout_seconds=VALIDATE_SECONDS)
    require(done.returncode == 0, f"the file may be sent: {done.stdout} {done.stderr}")
    return done.stderr.strip()
