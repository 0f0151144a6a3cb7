"""Conformance of identity vendors: over HTTP and in this process, both with the sandbox's knowledge."""

import asyncio
import time
from dataclasses import replace
from datetime import date
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr

from customer_stack.customers.domain import DocumentType
from customer_stack.kyc.domain.claims import Claim, Extracted, Pending, Rejected
from customer_stack.kyc.providers.contract import IdentityVendor, VendorUnavailable
from customer_stack.kyc.providers.http_vendor import HttpIdentityVendor
from customer_stack.kyc.providers.library_vendor import LibraryVendor
from sandbox.identity import documents
from sandbox.identity.app import create_app
from sandbox.settings import IdentitySettings

CLAIM = Claim("Nimal Perera", date(1990, 2, 10), "LK", DocumentType.NATIONAL_ID, "LK", "199004100001")
KEY = "the key of the sandbox's vendor"


def open_vendor(transport, key=KEY):
    return HttpIdentityVendor("http://identity.test", SecretStr(key), transport=transport)


@pytest.fixture
def sandbox():
    settings = IdentitySettings(identity_api_key=SecretStr(KEY), identity_delay_ms=100)
    return httpx.ASGITransport(app=create_app(settings))


def read_as_the_sandbox(claim):
    """Judge as the sandbox's vendor does, after some work."""
    time.sleep(0.05)
    kind = {"national_id": "nic", "passport": "passport"}[claim.document_type]
    asked = documents.Claim(
        claim.full_name,
        claim.date_of_birth,
        claim.residency,
        documents.DocumentType(kind),
        claim.document_number,
        claim.document_country,
    )
    read = documents.read_document(asked, date(2026, 11, 28))
    if isinstance(read, documents.ReasonCode):
        return Rejected()
    return Extracted(read.full_name, read.date_of_birth, read.residency)


@pytest_asyncio.fixture(params=["http_vendor", "library_vendor"])
async def vendor(request, sandbox):
    opened = open_vendor(sandbox) if request.param == "http_vendor" else LibraryVendor(read_as_the_sandbox)
    yield opened
    await opened.close()


async def answer_of(vendor: IdentityVendor, check_id):
    for _ in range(100):
        verdict = await vendor.fetch(check_id)
        if not isinstance(verdict, Pending):
            return verdict
        await asyncio.sleep(0.02)
    raise TimeoutError


async def test_it_is_pending_before_it_is_answered(vendor):
    check_id = uuid4()
    await vendor.submit(check_id, CLAIM)
    assert isinstance(await vendor.fetch(check_id), Pending)


async def test_a_good_document_is_read_and_asking_twice_is_asking_once(vendor):
    check_id = uuid4()
    await vendor.submit(check_id, CLAIM)
    await vendor.submit(check_id, CLAIM)
    first = await answer_of(vendor, check_id)
    assert first == Extracted("Nimal Perera", date(1990, 2, 10), "LK")
    assert await vendor.fetch(check_id) == first


async def test_a_passport_is_read(vendor):
    check_id = uuid4()
    await vendor.submit(
        check_id, replace(CLAIM, document_type=DocumentType.PASSPORT, document_number="N1234567")
    )
    assert isinstance(await answer_of(vendor, check_id), Extracted)


async def test_a_document_that_is_in_no_register_is_rejected(vendor):
    check_id = uuid4()
    await vendor.submit(check_id, replace(CLAIM, document_number="199004110000"))
    assert isinstance(await answer_of(vendor, check_id), Rejected)


async def test_a_check_that_was_never_submitted_is_no_verdict(vendor):
    with pytest.raises(VendorUnavailable):
        await vendor.fetch(uuid4())


async def test_one_check_is_about_one_claim(vendor):
    check_id = uuid4()
    await vendor.submit(check_id, CLAIM)
    with pytest.raises(VendorUnavailable):
        await vendor.submit(check_id, replace(CLAIM, full_name="Kamal Silva"))


async def test_a_library_that_breaks_is_no_verdict_and_is_asked_anew():
    answers = [ValueError("broken"), Rejected()]

    def judge(claim):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    vendor, check_id = LibraryVendor(judge), uuid4()
    await vendor.submit(check_id, CLAIM)
    with pytest.raises(VendorUnavailable) as caught:
        await answer_of(vendor, check_id)
    assert "broken" not in str(caught.value)
    await vendor.submit(check_id, CLAIM)
    assert await answer_of(vendor, check_id) == Rejected()
    await vendor.close()


async def test_a_wrong_key_is_no_verdict(sandbox):
    vendor = open_vendor(sandbox, key="wrong")
    with pytest.raises(VendorUnavailable):
        await vendor.submit(uuid4(), CLAIM)
    await vendor.close()


def verified(check_id, **changes):
    extracted = {"full_name": "N", "date_of_birth": "1990-02-10", "residency": "LK"}
    return {"verification_id": str(check_id), "status": "verified", "extracted": extracted} | changes


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: httpx.Response(500),
        lambda _: httpx.Response(200, content=b"<html>"),
        lambda _: httpx.Response(200, json={}),
        lambda check_id: httpx.Response(200, json=verified(check_id, status="approved")),
        lambda check_id: httpx.Response(200, json=verified(check_id, extracted=None)),
        lambda _: httpx.Response(200, json=verified(uuid4())),
        lambda check_id: httpx.Response(202, json=verified(check_id)),
    ],
)
async def test_whatever_is_not_an_explicit_answer_is_no_verdict(answer):
    check_id = uuid4()
    vendor = open_vendor(httpx.MockTransport(lambda _: answer(check_id)))
    with pytest.raises(VendorUnavailable):
        await vendor.fetch(check_id)
    await vendor.close()


async def test_a_vendor_that_cannot_be_reached_is_no_verdict():
    def break_line(request):
        raise httpx.ConnectError("refused")

    vendor = open_vendor(httpx.MockTransport(break_line))
    with pytest.raises(VendorUnavailable) as caught:
        await vendor.submit(uuid4(), CLAIM)
    assert caught.value.__cause__ is None
    await vendor.close()
