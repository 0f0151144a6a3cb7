"""What becomes of a pay-in: section 3.1 of the money flows, and the bank's signature."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import httpx
import orjson
import pytest

from customer_stack.fx.domain.quotes import Quote, QuoteOutcome, QuotePurpose, pay_reference_of
from customer_stack.payments.domain import (
    NEXT_STEPS,
    OUTCOME_OF,
    PayIn,
    PayInOutcome,
    PayInReason,
    build_receipt,
    decide_pay_in,
)
from customer_stack.payments.errors import NoticeInvalid, SignatureInvalid
from customer_stack.payments.providers.sandbox import SandboxBank
from shared.ids import CountingIds

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
IDS = CountingIds()
E8 = 10**8
QUOTE = Quote(
    id=IDS.new(),
    tenant_id=IDS.new(),
    department_id=IDS.new(),
    customer_id=IDS.new(),
    purpose=QuotePurpose.DEPOSIT,
    pay_reference=pay_reference_of(IDS.new()),
    amount=30_000_00,
    fee=150_00,
    usd=98_514851,
    mid_e8=300 * E8,
    buy_e8=297 * E8,
    sell_e8=303 * E8,
    agreed_e8=303 * E8,
    mid_source="sandbox",
    mid_as_of=NOW,
    terms_version=1,
    created_at=NOW,
    expires_at=NOW + timedelta(minutes=5),
    hold_id=IDS.new(),
)


def decide(amount=30_000_00, quote=QUOTE, ended=None, active=True, now=NOW):
    return decide_pay_in(amount, quote, ended, is_active=active, now=now)


@pytest.mark.parametrize(
    ("situation", "reason", "outcome"),
    [
        ({}, PayInReason.AS_QUOTED, PayInOutcome.CONVERTED),
        ({"now": QUOTE.expires_at}, PayInReason.QUOTE_EXPIRED, PayInOutcome.WAITING),
        ({"ended": QuoteOutcome.EXPIRED}, PayInReason.QUOTE_EXPIRED, PayInOutcome.WAITING),
        ({"ended": QuoteOutcome.USED}, PayInReason.QUOTE_CLOSED, PayInOutcome.WAITING),
        ({"ended": QuoteOutcome.REPLACED}, PayInReason.QUOTE_CLOSED, PayInOutcome.WAITING),
        ({"amount": 29_000_00}, PayInReason.AMOUNT_SHORT, PayInOutcome.WAITING),
        ({"amount": 30_500_00}, PayInReason.AMOUNT_OVER, PayInOutcome.WAITING),
        ({"quote": None}, PayInReason.UNKNOWN_REFERENCE, PayInOutcome.SUSPENSE),
        ({"active": False}, PayInReason.CUSTOMER_NOT_ACTIVE, PayInOutcome.SUSPENSE),
    ],
)
def test_what_arrives_goes_where_the_money_flows_say(situation, reason, outcome):
    assert decide(**situation) is reason
    assert OUTCOME_OF[reason] is outcome


def test_every_reason_has_an_outcome_and_a_next_step():
    assert set(OUTCOME_OF) == set(NEXT_STEPS) == set(PayInReason)


def pay_in(reason):
    return PayIn(
        id=IDS.new(),
        tenant_id=QUOTE.tenant_id,
        department_id=QUOTE.department_id,
        customer_id=QUOTE.customer_id,
        provider="sandbox-bank",
        event_id="e",
        bank_reference="b",
        amount=29_000_00,
        outcome=OUTCOME_OF[reason],
        reason=reason,
        quote_id=QUOTE.id,
        conversion_id=None,
        movement_id=IDS.new(),
        booked_at=NOW,
        decided_at=NOW,
    )


@pytest.mark.parametrize(
    ("reason", "book", "owner"),
    [
        (PayInReason.AMOUNT_SHORT, QUOTE.customer_id, "wallet"),
        (PayInReason.CUSTOMER_NOT_ACTIVE, QUOTE.department_id, "suspense"),
    ],
)
def test_what_arrived_is_posted_whole(reason, book, owner):
    (transfer,) = build_receipt(pay_in(reason), IDS.new()).transfers
    (posting,) = transfer.postings
    assert (transfer.book_id, posting.source, posting.target, posting.amount) == (
        book,
        "collection",
        owner,
        29_000_00,
    )


SECRET = "a shared secret"
MESSAGE = {
    "event_id": "e-1",
    "type": "pay_in.received",
    "bank_reference": "IN1",
    "pay_reference": QUOTE.pay_reference,
    "amount": "30000.00",
    "currency": "LKR",
    "payer_account": "0123456789",
    "booked_at": "2026-11-20T12:00:00.000Z",
}


def read(message=MESSAGE, secret=SECRET, age=0, raw=None, header=None):
    raw = orjson.dumps(message) if raw is None else raw
    time = str(int(NOW.timestamp()) - age)
    digest = hmac.new(secret.encode(), time.encode() + b"." + raw, hashlib.sha256).hexdigest()
    bank = SandboxBank("http://bank", "key", SECRET, httpx.AsyncClient())
    return bank.read_notice(raw, f"t={time},v1={digest}" if header is None else header, NOW)


def test_a_signed_pay_in_is_read():
    notice = read()
    assert notice is not None
    assert (notice.amount, notice.bank_reference, notice.booked_at) == (30_000_00, "IN1", NOW)


def test_another_type_of_message_announces_no_pay_in():
    assert read({"event_id": "x", "type": "payout.succeeded"}) is None


@pytest.mark.parametrize(
    "wrong", [{"secret": "other"}, {"age": 301}, {"age": -301}, {"header": ""}, {"header": "t=1,v1=zz"}]
)
def test_a_message_without_a_valid_recent_signature_is_refused(wrong):
    with pytest.raises(SignatureInvalid):
        read(**wrong)


@pytest.mark.parametrize(
    "change",
    [
        {"currency": "USD"},
        {"amount": "30000"},
        {"amount": "0.00"},
        {"amount": "-1.00"},
        {"surprise": "field"},
        {"event_id": ""},
        {"booked_at": "2026-11-20T12:00:00"},
    ],
)
def test_a_signed_message_of_another_form_is_refused(change):
    with pytest.raises(NoticeInvalid):
        read({**MESSAGE, **change})


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"\xff"])
def test_a_signed_message_that_is_no_object_is_refused(raw):
    with pytest.raises(NoticeInvalid):
        read(raw=raw)
