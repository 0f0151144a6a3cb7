"""What becomes of a pay-in: section 3.1 of the money flows, and the bank's signature."""

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.fx.domain.quotes import Quote, QuoteOutcome, QuotePurpose, pay_reference_of
from customer_stack.payments.domain import (
    NEXT_STEPS,
    OUTCOME_OF,
    PayIn,
    PayInOutcome,
    PayInReason,
    Sources,
    build_receipt,
    build_take_back,
    decide_pay_in,
    decide_take_back,
)
from customer_stack.payments.domain.pay_ins import GATEWAYS
from customer_stack.payments.providers import hosted_checkout
from customer_stack.payments.providers.sandbox import BankSignature, SandboxBank
from customer_stack.webhooks.errors import MessageInvalid, SignatureInvalid
from shared.ids import CountingIds
from shared.ledger.domain import Balance

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


def decide(amount=30_000_00, quote=QUOTE, ended=None, active=True, now=NOW, **more):
    return decide_pay_in(amount, quote, ended, is_active=active, now=now, **more)


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
        ({"owed": 1}, PayInReason.DEBT_CLEARED, PayInOutcome.WAITING),
        ({"owed": 1, "amount": 29_000_00}, PayInReason.AMOUNT_SHORT, PayInOutcome.WAITING),
        ({"is_taken_back": True}, PayInReason.TAKEN_BACK, PayInOutcome.SUSPENSE),
        ({"is_taken_back": True, "quote": None}, PayInReason.TAKEN_BACK, PayInOutcome.SUSPENSE),
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


def test_what_a_gateway_took_lies_with_the_gateway_until_it_pays():
    assert hosted_checkout.NAME in GATEWAYS
    taken = replace(pay_in(PayInReason.AMOUNT_SHORT), provider=hosted_checkout.NAME)
    (receipt,) = build_receipt(taken, IDS.new()).transfers
    assert receipt.postings[0].source == "card_receivable"
    parts = Sources(wallet=1_00, debt=28_999_00)
    back = build_take_back(taken, taken.customer_id, parts, movement_id=IDS.new(), ids=IDS, now=NOW)
    assert {transfer.postings[0].target for transfer in back.transfers} == {"card_receivable"}


@given(
    amount=st.integers(1, 10**12),
    posted=st.integers(-(10**12), 10**12),
    held=st.integers(0, 10**12),
    in_suspense=st.booleans(),
    still_waits=st.booleans(),
)
def test_a_take_back_is_borne_whole_and_never_by_what_is_held(amount, posted, held, in_suspense, still_waits):
    wallet = Balance(posted, held)
    sources = decide_take_back(amount, in_suspense=in_suspense, still_waits=still_waits, wallet=wallet)
    assert sources.suspense + sources.wallet + sources.debt == amount
    assert min(sources.suspense, sources.wallet, sources.debt) >= 0
    assert sources.wallet <= max(0, wallet.available())
    assert (sources.suspense == amount) == in_suspense
    if still_waits and not in_suspense:
        assert sources.debt == 0 or sources.wallet == max(0, wallet.available())
    if not still_waits:
        assert sources.wallet == 0


def test_a_take_back_after_the_conversion_is_owed():
    sources = decide_take_back(30_000_00, in_suspense=False, still_waits=False, wallet=Balance(5_00))
    movement = build_take_back(
        pay_in(PayInReason.AS_QUOTED), QUOTE.customer_id, sources, movement_id=IDS.new(), ids=IDS, now=NOW
    )
    (transfer,) = movement.transfers
    (posting,) = transfer.postings
    legs = (posting.source, posting.target, posting.amount)
    assert (transfer.kind, legs) == ("pay_in_taken_back", ("debt", "collection", 30_000_00))


def test_a_take_back_of_money_that_partly_waits_is_two_transfers_of_one_movement():
    sources = decide_take_back(30_000_00, in_suspense=False, still_waits=True, wallet=Balance(9_000_00, 1_00))
    movement = build_take_back(
        pay_in(PayInReason.AMOUNT_SHORT), QUOTE.customer_id, sources, movement_id=IDS.new(), ids=IDS, now=NOW
    )
    legs = [
        (posting.source, posting.target, posting.amount)
        for transfer in movement.transfers
        for posting in transfer.postings
    ]
    assert legs == [("wallet", "collection", 8_999_00), ("debt", "collection", 21_001_00)]
    assert len({transfer.movement_id for transfer in movement.transfers}) == 1


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
    headers = {"bank-signature": f"t={time},v1={digest}" if header is None else header}
    envelope = BankSignature(SECRET).open(raw, headers, NOW)
    return SandboxBank("http://bank", "key", httpx.AsyncClient()).read_notice(envelope)


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
    with pytest.raises(MessageInvalid):
        read({**MESSAGE, **change})


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"\xff"])
def test_a_signed_message_that_is_no_object_is_refused(raw):
    with pytest.raises(MessageInvalid):
        read(raw=raw)
