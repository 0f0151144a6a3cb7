"""The gateway's form and notifications: exact, signed, one reading only."""

import hashlib
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.fx.domain.quotes import pay_reference_of
from customer_stack.payments.providers.hosted_checkout import (
    CheckoutStatus,
    HostedCheckoutVerifier,
    Merchant,
    build_form,
    read_notice,
)
from customer_stack.webhooks.errors import MessageInvalid, SignatureInvalid

ORDER = pay_reference_of(UUID("0193b3f0-0000-7000-8000-0000deadbeef"))
NOW = datetime(2026, 11, 21, tzinfo=UTC)
MERCHANT = Merchant(
    "1213817",
    "MzQ1Njc4OTA=",
    "https://gateway.example/pay/checkout",
    "https://us.example/webhooks/hosted-checkout",
    "https://us.example/paid",
    "https://us.example/canceled",
)


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()


def notification(secret: str = MERCHANT.secret, **changes: str) -> dict[str, str]:
    """A notification with the documented fields, signed after the changes."""
    body = {
        "merchant_id": MERCHANT.merchant_id,
        "order_id": ORDER,
        "payment_id": "320025157750",
        "captured_amount": "30000.00",
        "payhere_amount": "30000.00",
        "payhere_currency": "LKR",
        "status_code": "2",
        "custom_1": "",
        "method": "VISA",
        "card_holder_name": "A PAYER",
        **changes,
    }
    names = ("merchant_id", "order_id", "payhere_amount", "payhere_currency", "status_code")
    return {"md5sig": md5("".join(body[name] for name in names) + md5(secret)), **body}


def encode(body: dict[str, str]) -> bytes:
    return urlencode(body).encode()


def test_the_form_is_signed_as_documented():
    form = build_form(MERCHANT, ORDER, 1_000_00, "Deposit")
    assert form.action_url == MERCHANT.action_url
    assert form.fields["amount"] == "1000.00"
    assert form.fields["hash"] == md5(f"1213817{ORDER}1000.00LKR{md5(MERCHANT.secret)}")
    assert MERCHANT.secret not in str(form) + repr(MERCHANT)


@given(st.integers(1, 10**13))
def test_the_amount_under_the_hash_is_the_amount_shown(amount: int):
    fields = build_form(MERCHANT, ORDER, amount, "Deposit").fields
    assert int(fields["amount"].replace(".", "")) == amount
    assert fields["hash"] == md5(f"1213817{ORDER}{fields['amount']}LKR{md5(MERCHANT.secret)}")


@pytest.mark.parametrize("status", list(CheckoutStatus))
def test_a_signed_notification_is_read(status: CheckoutStatus):
    notice = read_notice(encode(notification(status_code=status.value)), MERCHANT)
    assert (notice.order_id, notice.payment_id, notice.amount) == (ORDER, "320025157750", 30_000_00)
    assert notice.status is status


def test_the_envelope_names_payment_and_status_and_keeps_the_raw_bytes():
    raw = encode(notification(status_code="-3"))
    envelope = HostedCheckoutVerifier(MERCHANT).open(raw, {}, NOW)
    assert (envelope.provider, envelope.event_id) == ("hosted-checkout", "320025157750.-3")
    assert (envelope.kind, envelope.body) == ("checkout.charged_back", raw)


@pytest.mark.parametrize(
    "altered",
    [
        {"payhere_amount": "90000.00"},
        {"order_id": pay_reference_of(UUID(int=7))},
        {"status_code": "-3"},
        {"payhere_currency": "USD"},
        {"md5sig": "0" * 32},
        {"md5sig": ""},
        {"merchant_id": "1213818"},
    ],
)
def test_what_was_altered_after_signing_is_refused(altered: dict[str, str]):
    with pytest.raises(SignatureInvalid):
        read_notice(encode(notification() | altered), MERCHANT)


def test_another_secret_or_another_merchant_is_refused():
    with pytest.raises(SignatureInvalid):
        read_notice(encode(notification(secret="another")), MERCHANT)
    with pytest.raises(SignatureInvalid):
        read_notice(encode(notification(merchant_id="1")), MERCHANT)


@pytest.mark.parametrize(
    "changes",
    [
        {"payhere_currency": "USD"},
        {"payhere_amount": "30000"},
        {"payhere_amount": "0.00"},
        {"payhere_amount": "1e4.00"},
        {"payhere_amount": "-5.00"},
        {"order_id": "46"},
        {"status_code": "1"},
        {"status_code": "٢"},
        {"payment_id": ""},
        {"payment_id": "1 2"},
    ],
)
def test_a_signed_notification_of_another_form_is_refused(changes: dict[str, str]):
    with pytest.raises(MessageInvalid):
        read_notice(encode(notification(**changes)), MERCHANT)


def test_digits_cannot_wander_between_the_joined_fields():
    """Signed: order ORDER, 30000.00. The same joined text split elsewhere must not be another order."""
    moved = notification() | {"order_id": f"{ORDER}3", "payhere_amount": "0000.00"}
    with pytest.raises((SignatureInvalid, MessageInvalid)):
        read_notice(encode(moved), MERCHANT)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff",
        b"a",
        b"a=%ff",
        encode(notification()) + b"&status_code=2",
        encode({f"f{number}": "" for number in range(60)}),
        b"a=" + b"x" * 20_000,
    ],
)
def test_a_body_that_is_no_plain_form_is_refused(raw: bytes):
    with pytest.raises((SignatureInvalid, MessageInvalid)):
        read_notice(raw, MERCHANT)


@given(st.binary(max_size=300))
def test_whatever_arrives_is_a_notice_or_a_refusal(raw: bytes):
    with pytest.raises((SignatureInvalid, MessageInvalid)):
        read_notice(raw, MERCHANT)


@given(
    st.dictionaries(
        st.sampled_from(sorted(notification())), st.text(st.characters(codec="utf-8"), max_size=20)
    )
)
def test_signed_fields_of_any_content_never_raise_anything_else(changes: dict[str, Any]):
    body = notification(**{name: text for name, text in changes.items() if name != "md5sig"})
    try:
        notice = read_notice(encode(body), MERCHANT)
    except (SignatureInvalid, MessageInvalid):
        return
    assert isinstance(notice.amount, int)
    assert notice.amount > 0
    assert dict(parse_qsl(encode(body).decode()))["order_id"] == notice.order_id
