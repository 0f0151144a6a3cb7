"""The identity vendor over HTTP, as a real process."""

import time

import pytest

pytestmark = pytest.mark.system

BODY = {
    "verification_id": "v-1",
    "full_name": "Nimal Perera",
    "date_of_birth": "1988-01-01",
    "residency": "LK",
    "document": {"type": "nic", "number": "880011234V", "country": "LK"},
}


@pytest.fixture(scope="module")
def vendor(start):
    program = start("identity")
    program.http.headers["Authorization"] = "Bearer identity-key"
    return program


def settled(vendor, verification_id):
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        answer = vendor.http.get(f"/v1/verifications/{verification_id}").json()
        if answer["status"] != "pending":
            return answer
        time.sleep(0.02)
    raise TimeoutError


def test_a_verification_is_pending_and_then_answered_also_after_a_crash(vendor):
    asked = vendor.http.post("/v1/verifications", json=BODY)
    assert (asked.status_code, asked.json()["status"]) == (202, "pending")
    assert vendor.http.post("/v1/verifications", json=BODY).status_code == 202
    other = vendor.http.post("/v1/verifications", json=BODY | {"full_name": "Kamal Silva"})
    assert (other.status_code, other.json()["error"]["code"]) == (409, "verification_mismatch")
    vendor.kill()
    vendor.start()
    assert settled(vendor, "v-1") == {
        "verification_id": "v-1",
        "status": "verified",
        "extracted": {
            "full_name": "Nimal Perera",
            "date_of_birth": "1988-01-01",
            "document_number": "880011234V",
            "country": "LK",
            "residency": "LK",
        },
        "reason_code": None,
    }


def test_an_ill_formed_document_is_rejected_with_a_reason(vendor):
    document = {"type": "nic", "number": "123", "country": "LK"}
    vendor.http.post("/v1/verifications", json=BODY | {"verification_id": "v-2", "document": document})
    answer = settled(vendor, "v-2")
    assert (answer["status"], answer["reason_code"]) == ("rejected", "document_ill_formed")
    assert answer["extracted"] is None


def test_strangers_and_unknown_ids_are_refused(vendor):
    assert vendor.http.get("/v1/verifications/none").status_code == 404
    assert vendor.http.get("/v1/verifications/v-1", headers={"Authorization": ""}).status_code == 401
    assert vendor.http.post("/v1/verifications", json=BODY | {"extra": 1}).status_code == 400
