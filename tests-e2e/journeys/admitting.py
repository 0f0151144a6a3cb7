"""Steps of the compliance journey: who comes in, by which route, and who resembles a listed name."""

import struct
import zlib
from datetime import UTC, date, datetime
from typing import Any

from journeys.doors import Door, Refused
from journeys.journey import require, wait_until
from journeys.money import confirm
from journeys.office import Office, refused
from journeys.people import Person

BORN = date(1988, 3, 14)
NAMES = ("Nimal Perera", "Farzana Cassim", "Kumari Bandara", "Zoltan Graywater", "Ottoline Vexmoor")
PASSPORT_HOLDER = "Thiri Myint"
EXPIRES = "340501"
DIGIT_WEIGHTS = (7, 3, 1)


def person_of(office: Office, full_name: str, number: int, *, is_listed: bool = False) -> Person:
    """Return somebody, born in a leap year so that a card's day is the same by both ways of counting."""
    base = int(office.journey.mark, 16)
    serial = (base * 7 + number * 13) % 9_000 + 1
    return Person(
        tenant=office.tenant,
        full_name=full_name,
        email=f"{full_name.split(maxsplit=1)[0].lower()}.{office.journey.mark}{number}@example.lk",
        password=f"correct horse {office.journey.mark}",
        date_of_birth=BORN,
        national_id=f"{BORN.year}{BORN.timetuple().tm_yday:03d}0{serial:04d}",
        phone=f"+9471{(base * 100 + number) % 10_000_000:07d}",
        residency="LK",
        expected="refused" if is_listed else "active",
        is_listed=is_listed,
    )


def old_form(national_id: str) -> str:
    """Return the old form of a card's number of twelve digits."""
    return f"{national_id[2:7]}{national_id[8:]}V"


def check_digit(text: str) -> str:
    """Return the check digit of a field of machine-readable lines (ICAO 9303)."""
    values = [0 if each == "<" else int(each, 36) for each in text]
    return str(sum(value * DIGIT_WEIGHTS[place % 3] for place, value in enumerate(values)) % 10)


def machine_readable_lines(person: Person, number: str, country: str) -> str:
    """Return both lines at the foot of a passport's page."""
    given, family = person.full_name.upper().split()
    fields = [
        f"{part}{check_digit(part)}"
        for part in (number.ljust(9, "<"), person.date_of_birth.strftime("%y%m%d"), EXPIRES)
    ]
    personal = "<" * 14 + "0"
    composite = check_digit("".join(fields) + personal)
    second = f"{fields[0]}{country}{fields[1]}F{fields[2]}{personal}{composite}"
    return f"P<{country}{family}<<{given}".ljust(44, "<") + f"\n{second}"


def picture(side: int = 64) -> bytes:
    """Return a grey picture as PNG."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * side) * side)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


async def register(office: Office) -> None:
    """Register those who need nobody to look; the same card in its old form is the same person."""
    people = [
        person_of(office, name, number, is_listed=name == NAMES[-1]) for number, name in enumerate(NAMES)
    ]
    bare = {"national_id": people[0].national_id}
    try:
        await office.admit(people[0], bare | {"consents": {}})
        require(condition=False, message="nobody registers without consents")
    except Refused as refusal:
        require(refusal.code == "privacy.consent_missing", f"refused for want of consents: {refusal}")
    for person in people:
        await office.admit(person, {"national_id": person.national_id})
    nimal = people[0]
    again = person_of(office, nimal.full_name, 90)
    old = old_form(nimal.national_id)
    await refused("customers.already_registered", office.admit(again, {"national_id": old}))
    for person in people[:3]:
        await office.await_status(person.full_name.split()[0], "active")
    for name in ("Nimal", "Farzana", "Kumari"):
        session = await office.door(name).call("GET", "/v1/kyc/session")
        require(session["state"] == "approved", f"{name} was approved without anybody looking")
        consents = (await office.door(name).call("GET", "/v1/privacy/consents"))["consents"]
        require(all(each["good"] for each in consents if each["required"]), "what was agreed to counts")
    office.journey.screen.note(
        f"{len(people)} registered with their consents, three active by their cards alone; "
        f"{old}, the old form of {nimal.national_id}, is the same person: refused"
    )


async def _await_session(door: Door) -> dict[str, Any]:
    """Return a person's session, which the worker begins a moment after the registration."""
    found: list[dict[str, Any]] = []

    async def has_begun() -> bool:
        try:
            found.append(await door.call("GET", "/v1/kyc/session"))
        except Refused as refused:
            require(refused.code == "kyc.session_not_found", f"a session: {refused}")
        return bool(found)

    await wait_until("a session", has_begun)
    return found[0]


async def route(office: Office) -> None:
    """Route somebody by their passport: a picture, its lines, an analyst, and two officers."""
    person = person_of(office, PASSPORT_HOLDER, 10)
    number = f"MB{int(office.journey.mark, 16) % 8_999_990 + 1_000_001}"
    thiri = await office.admit(person, {"passport": {"number": number, "country": "MM"}})
    own = await _await_session(thiri.door)
    require(
        (own["state"], own["files_needed"]) == ("draft", ["front"]), f"a picture is asked for: {own['state']}"
    )
    lines = machine_readable_lines(person, number, "MMR")
    await thiri.door.call("PUT", "/v1/kyc/session/document", {"machine_readable_lines": lines})
    await office.fetch(thiri.door, "POST", "/v1/kyc/files?side=front", picture())
    await thiri.door.call("POST", "/v1/kyc/session/submit")
    analyst, path = office.officers["kyc_analyst"], f"/staff/kyc/sessions/{own['session_id']}"

    async def waits_for_picture() -> bool:
        return bool((await analyst.call("GET", path))["waits_for"] == "tenant.kyc.review")

    await wait_until("an analyst's look", waits_for_picture)
    queue = await analyst.every("/staff/kyc/sessions?mine=true")
    require(own["session_id"] in {each["session_id"] for each in queue}, "it is in the analyst's queue")
    await analyst.call("POST", f"{path}/take")
    seen = await analyst.call("GET", path)
    shown = await office.fetch(analyst, "GET", f"/staff/kyc/files/{seen['files']['front']['file_id']}")
    require(shown.content[:4] == b"\x89PNG", "the picture is served as it was sent")
    await analyst.call("POST", f"{path}/verdict", {"outcome": "pass"})
    first, second = office.clerk, office.officers["second"]

    async def waits_for_two() -> bool:
        return bool((await first.call("GET", path))["waits_for"] == "tenant.kyc.decide")

    await wait_until("two officers", waits_for_two)
    await first.call("POST", f"{path}/verdict", {"outcome": "pass"})
    await refused("kyc.same_person", first.call("POST", f"{path}/verdict", {"outcome": "pass"}))
    decided = await second.call("POST", f"{path}/verdict", {"outcome": "pass"})
    require(
        decided["state"] == "approved" and decided["replay_agrees"], "two officers approve, as it replays"
    )
    await office.await_status("Thiri", "active")
    office.journey.screen.note(f"{decided['route']}: a picture, an analyst, two officers; then active")


async def screen(office: Office) -> None:
    """Two people say that one who resembles a listed name is somebody else, and that another is them."""
    clerk, approver = office.clerk, office.approver

    async def alerted() -> bool:
        queue = await clerk.every("/staff/screening/alerts?state=open")
        return office.ids["Zoltan"] in {each["customer_id"] for each in queue}

    await wait_until("an alert", alerted)
    require(await office.status("Zoltan") == "verifying", "who resembles a listed name waits")
    queue = await clerk.every("/staff/screening/alerts?state=open")
    (alert,) = [each for each in queue if each["customer_id"] == office.ids["Zoltan"]]
    path = f"/staff/screening/alerts/{alert['id']}"
    content = await clerk.call("GET", path)
    note = {"note": "born in another year and another country than the entry"}
    await clerk.call("POST", f"{path}/clearing-proposal", note)
    await refused("permission", clerk.call("POST", f"{path}/approval", note))
    cleared = await approver.call("POST", f"{path}/approval", note)
    require(cleared["state"] == "cleared", "two people cleared the alert")
    await office.await_status("Zoltan", "active")
    (case,) = await office.cases_of("Zoltan", "open")
    await clerk.call("POST", f"/staff/cases/{case['id']}/take")
    await office.close_case(case["id"], "false_positive", "Somebody else of the same name.")

    await confirm(office.journey, office.customers["Ottoline"])
    await office.await_status("Ottoline", "refused")
    me = await office.door("Ottoline").call("GET", "/v1/me")
    require(me["refusal"] == "onboarding.declined", f"nobody is told of a list: {me['refusal']}")
    placed = await clerk.every(f"/staff/customers/{office.ids['Ottoline']}/restrictions")
    require(
        [(each["kind"], each["cause"], each["state"]) for each in placed]
        == [("full", "screening", "standing")],
        f"a full restriction by the screening: {placed}",
    )
    office.journey.screen.note(
        f"{alert['entry_id']} (score {content['alert']['score']}): cleared by two, active since "
        f"{datetime.now(UTC):%H:%M:%S}; {me['full_name']}: confirmed by two, refused as {me['refusal']}"
    )
