"""Steps of the compliance journey: a copy of everything, the end of an account, an early erasure."""

import io
import zipfile
from typing import Any

from journeys.doors import Refused
from journeys.journey import require, wait_until
from journeys.office import Office, refused
from journeys.protecting import withdraw

LEAVER = "Kumari"


async def export(office: Office) -> None:
    """Fetch a copy of everything that is kept of somebody."""
    door = office.door(LEAVER)
    asked = await door.call("POST", "/v1/privacy/exports")
    found: list[dict[str, Any]] = []

    async def ready() -> bool:
        found[:] = [each for each in await door.every("/v1/privacy/exports") if each["id"] == asked["id"]]
        return bool(found and found[0]["state"] == "ready")

    await wait_until("an export", ready)
    answer = await office.fetch(door, "GET", f"/v1/privacy/exports/{asked['id']}/content")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    person = office.customers[LEAVER].person
    whole = b"\n".join(files.values()).decode(errors="replace")
    require(person.full_name in whole and person.national_id in whole, "it has who they are")
    require(
        not [name for name in files if "screening" in name or "case" in name], "and nothing of monitoring"
    )
    looks = await door.every("/v1/privacy/disclosures")
    office.journey.screen.note(
        f"{found[0]['size_bytes']} bytes, {len(files)} files, SHA-256 {found[0]['sha256'][:16]}…; "
        f"{len(looks)} looks of staff are told"
    )


async def leave(office: Office) -> None:
    """Take the money out, close the account, and have two people agree to erase before the time."""
    door, clerk, approver = office.door(LEAVER), office.clerk, office.approver
    path = f"/staff/privacy/customers/{office.ids[LEAVER]}"
    await refused("privacy.account_not_empty", door.call("POST", "/v1/privacy/closure"))
    asked = await door.call("POST", "/v1/privacy/erasure-requests")
    require(asked["answer"] == "account_open", f"an open account is closed first: {asked['answer']}")
    await withdraw(office, LEAVER, str((await office.wallet(LEAVER))["available"]))
    cases = await office.cases_of(LEAVER, "open")
    links = [await clerk.every(f"/staff/cases/{case['id']}/links") for case in cases]
    require(not cases, f"nothing was found against {LEAVER}: {cases} {links}")
    closed = await door.call("POST", "/v1/privacy/closure")
    require(closed["status"] == "closed", "the account is closed")
    person = office.customers[LEAVER].person
    signing = {"tenant": person.tenant, "email": person.email, "password": person.password}
    await refused("customers.sign_in_failed", door.call("POST", "/v1/sessions", signing))
    wish = {"wish": "erase_early", "basis": "authority_order", "reference": "DPA/2026/0042"}
    proposal = await clerk.call("POST", f"{path}/proposals", wish)
    decision = f"/staff/privacy/proposals/{proposal['id']}/decision"
    await refused("permission", clerk.call("POST", decision, {"outcome": "approved"}))
    await approver.call("POST", decision, {"outcome": "approved"})
    standing = await clerk.call("GET", path)
    require(
        (standing["keeping"], standing["blockers"]) == ("retained", []),
        f"kept while messages of providers live, and nothing else holds it: {standing}",
    )
    office.journey.screen.note(
        f"closed; would be kept until {closed['kept_until']}; two people agreed to erase early"
    )


async def read_erased(office: Office) -> None:
    """Read everywhere what is left of somebody who was erased: ids and words, and clean answers."""
    clerk, customer_id = office.clerk, office.ids[LEAVER]
    standing = await clerk.call("GET", f"/staff/privacy/customers/{customer_id}")
    require((standing["keeping"], standing["erasure"]["cause"]) == ("erased", "early"), f"erased: {standing}")
    sessions = await clerk.every("/staff/kyc/sessions")
    (session,) = [each for each in sessions if each["customer_id"] == customer_id]
    path = f"/staff/kyc/sessions/{session['session_id']}"
    require((await clerk.call("GET", path))["state"] == "approved", "the session is still there")
    answers = {}
    for name, place in {
        "content": f"{path}/content",
        "party": f"/staff/filings/parties/{customer_id}",
        "decisions": f"/staff/decisions?customer={customer_id}",
        "cases": f"/staff/cases?customer_id={customer_id}",
        "restrictions": f"/staff/customers/{customer_id}/restrictions",
        "limits": f"/staff/protection/customers/{customer_id}/limits",
        "pauses": f"/staff/protection/customers/{customer_id}/pauses",
        "consents": f"/staff/privacy/customers/{customer_id}/consents",
        "risk": f"/staff/customers/{customer_id}/risk",
    }.items():
        try:
            await clerk.call("GET", place)
            answers[name] = "read"
        except Refused as refusal:
            require(refusal.status == 404, f"{name} of somebody who was erased answers cleanly: {refusal}")
            answers[name] = refusal.code
    require(answers["content"] != "read", "what they claimed cannot be read")
    wish = {"wish": "hold", "basis": "dispute", "reference": "D-1"}
    proposing = clerk.call("POST", f"/staff/privacy/customers/{customer_id}/proposals", wish)
    await refused("privacy.proposal_not_possible", proposing)
    person = office.customers[LEAVER].person
    whole = str([await clerk.every("/staff/customers"), standing, session])
    require(person.email not in whole and person.full_name not in whole, "no list tells who they were")
    office.journey.screen.note(
        f"{standing['erasure']['fields_emptied']} fields emptied; "
        + ", ".join(f"{name}: {answer}" for name, answer in answers.items())
    )
