"""Identity checks over HTTP: the customer's session and files, staff's queue, the vendor's callbacks."""

import hashlib
import hmac
import struct
import time
import zlib
from datetime import date, timedelta
from uuid import uuid4

import orjson
import pytest

from customer_stack.files.domain import CHUNK_BYTES, SIZE_LIMIT_BYTES
from customer_stack.kyc.domain.claims import Extracted, Rejected

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SECRET = "the secret of the identity vendor"


@pytest.fixture
def enter(register, sign_in):
    """Register somebody whose first session has begun: customer id and headers."""

    async def do(**changes):
        customer_id, body = await register(**changes)
        return customer_id, {"Authorization": f"Bearer {await sign_in(body)}"}

    return do


@pytest.fixture
def drafting(enter, vendor, work):
    """Register somebody whose first attempt was sent back: customer id and headers."""

    async def do(**changes):
        customer_id, headers = await enter(**changes)
        vendor.verdict = Rejected()
        await work()
        return customer_id, headers

    return do


async def code_of(answer):
    return answer.status_code, answer.json()["code"]


async def test_a_customer_is_told_why_and_tries_again(door, drafting, vendor, work):
    http, _ = door
    _, headers = await drafting()
    own = (await http.get("/v1/kyc/session", headers=headers)).json()
    assert (own["attempt"], own["state"], own["files_needed"]) == (2, "draft", [])
    listed = (await http.get("/v1/kyc/sessions", headers=headers, params={"limit": 1})).json()
    assert listed["next_cursor"] == "2"
    older = (await http.get("/v1/kyc/sessions", headers=headers, params={"cursor": "2"})).json()["items"]
    assert [(each["state"], each["rejection"], each["reason"]) for each in older] == [
        ("rejected", "retry", "kyc.document_rejected")
    ]
    assert "Check its number" in older[0]["reason_text"]
    corrected = await http.put(
        "/v1/kyc/session/identity", headers=headers, json={"date_of_birth": "1991-04-14", "sex": "male"}
    )
    assert corrected.json()["date_of_birth"] == "1991-04-14"
    document = await http.put("/v1/kyc/session/document", headers=headers, json={"national_id": "911042754v"})
    assert (document.json()["document_number"], document.json()["full_name"]) == (
        "911042754V",
        "Nimal Perera",
    )
    for _ in range(2):
        submitted = await http.post("/v1/kyc/session/submit", headers=headers)
        assert (submitted.status_code, submitted.json()["state"]) == (200, "pending")
    late = await http.put("/v1/kyc/session/identity", headers=headers, json={"full_name": "Else Body"})
    assert await code_of(late) == (409, "kyc.not_draft")
    vendor.verdict = Extracted("NIMAL PERERA", date(1991, 4, 13), "LK")
    await work()
    assert (await http.get("/v1/kyc/session", headers=headers)).json()["state"] == "approved"
    assert (await http.get("/v1/me", headers=headers)).json()["document_number"] == "911042754V"


BAD_FIELDS = (
    ("identity", {"residency": "Sri Lanka"}),
    ("identity", {"full_name": "<script>"}),
    ("identity", {"sex": "yes"}),
    ("identity", {}),
    ("document", {}),
    ("document", {"national_id": "199013801234", "machine_readable_lines": "x" * 90}),
    ("document", {"national_id": "12"}),
)


async def test_a_bad_field_is_named(door, drafting):
    http, _ = door
    _, headers = await drafting()
    for path, body in BAD_FIELDS:
        answer = await http.put(f"/v1/kyc/session/{path}", headers=headers, json=body)
        assert await code_of(answer) == (422, "request.invalid"), body


async def test_lines_of_a_passport_are_read_or_refused_without_repeating_them(door, drafting):
    http, _ = door
    _, headers = await drafting()
    lines = (
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C35UTO7408122F1204159ZE184226B<<<<<10",
    )
    for each in lines:
        answer = await http.put(
            "/v1/kyc/session/document", headers=headers, json={"machine_readable_lines": each}
        )
        assert await code_of(answer) == (400, "kyc.lines_unreadable")
        assert "ERIKSSON" not in answer.text


async def test_a_picture_is_kept_sealed_and_shown_to_its_owner_and_to_staff_only(
    door, drafting, enter, staff, services, tenant, make_picture
):
    http, _ = door
    customer_id, headers = await drafting()
    raw = make_picture("PNG", (400, 300)) + bytes(CHUNK_BYTES)  # more than one part
    sent = await http.post(
        "/v1/kyc/files",
        params={"side": "front"},
        headers=headers | {"Content-Type": "text/plain"},
        content=raw,
    )
    assert (sent.status_code, sent.json()["format"]) == (201, "png")
    file_id = sent.json()["file_id"]
    mine = await http.get(f"/v1/kyc/files/{file_id}", headers=headers)
    assert (mine.content, mine.headers["content-type"]) == (raw, "image/png")
    assert mine.headers["cache-control"] == "no-store"
    assert mine.headers["x-content-type-options"] == "nosniff"
    _, stranger = await enter()
    answer = await http.get(f"/v1/kyc/files/{file_id}", headers=stranger)
    assert await code_of(answer) == (404, "kyc.file_not_found")
    async with services.database.transaction(tenant.id) as tx:
        parts = [row["sealed"] for row in await tx.fetch("SELECT sealed FROM kyc_file_chunk ORDER BY number")]
    assert len(parts) > 1
    assert all(raw[start : start + 64] not in b"".join(parts) for start in range(0, 2000, 64))
    assert await code_of(await http.get(f"/staff/kyc/files/{file_id}", headers=await staff("auditor"))) == (
        403,
        "access.permission_missing",
    )
    assert await code_of(await http.get(f"/staff/kyc/files/{file_id}", headers=headers)) == (
        401,
        "session.required",
    )
    shown = await http.get(f"/staff/kyc/files/{file_id}", headers=await staff("kyc_analyst"))
    assert shown.content == raw
    async with services.database.transaction(tenant.id) as tx:
        last = await tx.fetch_row("SELECT kind, body FROM audit_record ORDER BY id DESC LIMIT 1")
    assert last["kind"] == "kyc.file_shown"
    assert orjson.loads(last["body"])["data"]["customer_id"] == str(customer_id)


NO_PICTURES = (
    b"",
    b"GIF89a......",
    b"<html>hello</html>",
    b"\xff\xd8\xff\xe0 not a picture",
    b"\x89PNG\r\n\x1a\n not a picture",
    b"%PDF-1.4 cut short",
)


async def test_what_is_no_picture_is_refused_whatever_it_is_called(door, drafting):
    http, _ = door
    _, headers = await drafting()
    named = headers | {"Content-Type": "image/jpeg"}
    for raw in NO_PICTURES:
        answer = await http.post("/v1/kyc/files", params={"side": "front"}, headers=named, content=raw)
        assert await code_of(answer) == (400, "files.unusable"), raw


async def test_a_broken_picture_and_a_huge_one_are_refused(door, drafting, make_picture):
    http, _ = door
    _, headers = await drafting()
    jpeg = make_picture("JPEG", (800, 600), (1, 2, 3))
    for raw, code in (
        (jpeg[: len(jpeg) // 2], "files.unusable"),
        (_huge(make_picture), "files.too_large"),
    ):
        answer = await http.post("/v1/kyc/files", params={"side": "back"}, headers=headers, content=raw)
        assert await code_of(answer) == (400, code)
    answer = await http.post(
        "/v1/kyc/files", params={"side": "back"}, headers=headers, content=bytes(SIZE_LIMIT_BYTES + 1)
    )
    assert answer.status_code == 413


def _huge(make_picture):
    """Return a PNG whose header says 30000 by 30000."""
    raw = make_picture("PNG", (1, 1))
    header = b"IHDR" + struct.pack(">II", 30000, 30000) + raw[24:29]
    return raw[:12] + header + struct.pack(">I", zlib.crc32(header)) + raw[33:]


async def test_files_belong_to_a_draft_and_a_new_one_takes_the_place_of_the_old(
    door, drafting, enter, picture
):
    http, _ = door
    _, submitted = await enter()
    answer = await http.post("/v1/kyc/files", params={"side": "front"}, headers=submitted, content=picture)
    assert await code_of(answer) == (409, "kyc.not_draft")
    _, headers = await drafting()
    for raw in (picture, PDF):
        answer = await http.post("/v1/kyc/files", params={"side": "front"}, headers=headers, content=raw)
        assert answer.status_code == 201
    own = (await http.get("/v1/kyc/session", headers=headers)).json()
    assert {side: file["format"] for side, file in own["files"].items()} == {"front": "pdf"}
    for _ in range(8):
        await http.post("/v1/kyc/files", params={"side": "front"}, headers=headers, content=PDF)
    answer = await http.post("/v1/kyc/files", params={"side": "front"}, headers=headers, content=PDF)
    assert await code_of(answer) == (422, "kyc.too_many_files")


async def test_what_a_route_needs_is_named_before_it_can_be_submitted(door, enter):
    http, _ = door
    _, headers = await enter(national_id=None, passport={"number": "K1234567", "country": "IR"})
    own = (await http.get("/v1/kyc/session", headers=headers)).json()
    assert (own["state"], own["files_needed"]) == ("draft", ["front"])
    answer = await http.post("/v1/kyc/session/submit", headers=headers)
    assert await code_of(answer) == (422, "kyc.files_missing")
    assert "front" in answer.json()["detail"]


async def test_a_reviewer_finds_takes_reads_and_decides(door, enter, work, staff):
    http, _ = door
    await enter(date_of_birth="1990-02-12")
    await work(1)
    analyst, officer, auditor = (
        await staff("kyc_analyst"),
        await staff("compliance"),
        await staff("auditor"),
    )
    queue = (await http.get("/staff/kyc/sessions", params={"mine": True}, headers=officer)).json()["items"]
    assert [each["waits_for"] for each in queue] == ["tenant.kyc.decide"]
    assert "Perera" not in str(queue)
    none = await http.get("/staff/kyc/sessions", params={"mine": True}, headers=analyst)
    assert none.json()["items"] == []
    path = f"/staff/kyc/sessions/{queue[0]['session_id']}"
    seen = (await http.get(path, headers=auditor)).json()
    assert (seen["waiting"]["step"], seen["waiting"]["is_escalated"], seen["replay_agrees"]) == (
        "birth",
        True,
        True,
    )
    assert (await http.get(f"{path}/content", headers=auditor)).status_code == 403
    assert (await http.get(f"{path}/content", headers=officer)).json()["full_name"] == "Nimal Perera"
    verdict = {"outcome": "pass"}
    answer = await http.post(f"{path}/verdict", json=verdict, headers=analyst)
    assert await code_of(answer) == (403, "kyc.reviewer_unsuitable")
    assert (await http.post(f"{path}/verdict", json=verdict, headers=auditor)).status_code == 403
    assert (await http.post(f"{path}/take", headers=officer)).json()["taken_by"] is not None
    answer = await http.post(f"{path}/verdict", json={"outcome": "reject"}, headers=officer)
    assert await code_of(answer) == (400, "kyc.verdict_incomplete")
    done = await http.post(f"{path}/verdict", json=verdict, headers=officer)
    assert [each["outcome"] for each in done.json()["results"]] == [
        "pass",
        "pass",
        "pass",
        "escalate",
        "pass",
    ]
    answer = await http.post(f"{path}/verdict", json=verdict, headers=officer)
    assert await code_of(answer) == (409, "kyc.nothing_to_review")
    unknown = await http.get(f"/staff/kyc/sessions/{uuid4()}", headers=auditor)
    assert await code_of(unknown) == (404, "kyc.session_not_found")


async def test_a_final_rejection_tells_the_customer_the_public_text_and_never_the_private_one(
    door, enter, work, staff
):
    http, _ = door
    _, headers = await enter(date_of_birth="1990-02-12")
    await work(1)
    officer = await staff("compliance")
    queue = (await http.get("/staff/kyc/sessions", params={"mine": True}, headers=officer)).json()["items"]
    verdict = {
        "outcome": "reject",
        "reason": "not_accepted",
        "public_text": "Please visit a branch.",
        "private_text": "Suspected forgery.",
    }
    path = f"/staff/kyc/sessions/{queue[0]['session_id']}"
    assert (await http.post(f"{path}/verdict", json=verdict, headers=officer)).status_code == 200
    own = await http.get("/v1/kyc/session", headers=headers)
    assert (own.json()["state"], own.json()["message"]) == ("rejected", "Please visit a branch.")
    assert (own.json()["rejection"], own.json()["reason"]) == ("final", "kyc.not_accepted")
    assert "forgery" not in own.text
    assert (await http.get("/v1/me", headers=headers)).json()["status"] == "refused"


async def test_a_draft_at_the_desk_takes_the_desks_route(door, drafting, staff):
    http, _ = door
    _, headers = await drafting()
    session_id = (await http.get("/v1/kyc/session", headers=headers)).json()["session_id"]
    analyst = await staff("kyc_analyst")
    moved = await http.post(f"/staff/kyc/sessions/{session_id}/desk", headers=analyst)
    assert (moved.status_code, moved.json()["channel"]) == (200, "desk")
    await http.post("/v1/kyc/session/submit", headers=headers)
    answer = await http.post(f"/staff/kyc/sessions/{session_id}/desk", headers=analyst)
    assert await code_of(answer) == (409, "kyc.not_draft")


def signed(body, *, secret=SECRET, at=None):
    raw = orjson.dumps(body)
    moment = str(int(time.time() if at is None else at))
    mac = hmac.new(secret.encode(), moment.encode() + b"." + raw, hashlib.sha256).hexdigest()
    return {"content": raw, "headers": {"Identity-Signature": f"t={moment},v1={mac}"}}


async def test_a_signed_callback_is_taken_once_and_has_the_worker_look(
    door, enter, kyc, vendor, clock, services, tenant
):
    http, webhooks = door
    customer_id, _ = await enter()
    await kyc.working.work()
    profile = await services.customers.read_profile(tenant.id, customer_id)
    vendor.verdict = Extracted(profile.full_name, profile.date_of_birth, "LK")
    body = {
        "event_id": "e-1",
        "type": "verification.completed",
        "verification_id": str(vendor.submitted[0]),
    }
    first = await http.post("/webhooks/identity", **signed(body))
    again = await http.post("/webhooks/identity", **signed(body))
    assert (first.json(), again.json()) == ({"new": True}, {"new": False})
    other = body | {"verification_id": str(uuid4())}
    assert (await http.post("/webhooks/identity", **signed(other))).status_code == 409
    assert await kyc.working.work() == 0
    assert await webhooks.deliver() == 1
    assert await kyc.working.work() == 1
    assert (await kyc.drafts.read_own(tenant.id, customer_id)).session.state == "approved"


async def test_a_callback_that_is_not_signed_now_by_the_vendor_is_refused(door):
    http, _ = door
    body = {"event_id": "e-2", "type": "verification.completed", "verification_id": str(uuid4())}
    for change in ({"secret": "another"}, {"at": time.time() - 3600}):
        answer = await http.post("/webhooks/identity", **signed(body, **change))
        assert await code_of(answer) == (401, "webhooks.signature_invalid")
    unsigned = await http.post("/webhooks/identity", content=orjson.dumps(body))
    assert unsigned.status_code == 401


async def test_a_callback_alone_passes_nobody(door, enter, kyc, vendor, clock, tenant):
    http, webhooks = door
    customer_id, _ = await enter()
    await kyc.working.work()
    body = {
        "event_id": "e-3",
        "type": "verification.completed",
        "verification_id": str(vendor.submitted[0]),
        "status": "verified",
    }
    assert (await http.post("/webhooks/identity", **signed(body))).status_code == 200
    await webhooks.deliver()
    for _ in range(3):
        await kyc.working.work()
        clock.advance(timedelta(minutes=20))
    assert (await kyc.drafts.read_own(tenant.id, customer_id)).session.state == "screening"


async def test_nobody_sees_anything_without_a_session(door):
    http, _ = door
    for path in ("/v1/kyc/session", "/v1/kyc/sessions", f"/v1/kyc/files/{uuid4()}", "/staff/kyc/sessions"):
        assert (await http.get(path)).status_code == 401
