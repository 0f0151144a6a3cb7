"""A gateway with a hosted payment page, in the form that PayHere of Sri Lanka documents (Checkout API).

The customer's browser posts a signed form to the gateway, pays there, and the gateway posts a signed
notification to us (`application/x-www-form-urlencoded`). Sources: support.payhere.lk, "Checkout API",
sections "Generate Hash Value" and "Listening to Payment Notification".

MD5 is the gateway's choice, not ours: it keys both digests with the merchant's secret in their last place.
What it does not cover is treated as said by nobody: of a notification only merchant, order, amount,
currency and status are signed. `payment_id` is not, so one order settles once, whatever payments are named.

Guaranteed:
- the form's amount has two decimals and is the amount under the hash;
- a notification is judged over its raw bytes, each field at most once, its signature in constant time;
- merchant, order and amount have fixed forms, so that the joined text has one reading only;
- a status that is not among the five documented ones announces nothing.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl

from customer_stack.fx.domain.quotes import is_pay_reference
from customer_stack.webhooks.domain import Envelope
from customer_stack.webhooks.errors import MessageInvalid, SignatureInvalid
from shared.money import LKR_SCALE, format_minor, to_minor

NAME: Final = "hosted-checkout"
CURRENCY: Final = "LKR"
FIELD_LIMIT: Final = 40
BODY_LIMIT_BYTES: Final = 16_384

CUSTOMER_FIELDS: Final = ("first_name", "last_name", "email", "phone", "address", "city", "country")
"""What the gateway asks of the payer. Their own page adds it: it is not ours to send, nor under the hash."""

_AMOUNT: Final = re.compile(r"[0-9]{1,12}\.[0-9]{2}")
_PAYMENT_ID: Final = re.compile(r"[A-Za-z0-9-]{1,40}")
_SIGNATURE: Final = re.compile(r"[0-9A-Fa-f]{32}")


class CheckoutStatus(StrEnum):
    """The gateway's codes, as documented."""

    SUCCESS = "2"
    PENDING = "0"
    CANCELED = "-1"
    FAILED = "-2"
    CHARGED_BACK = "-3"


@dataclass(frozen=True, slots=True)
class Merchant:
    """Our account with the gateway, and where it sends the payer and its notifications."""

    merchant_id: str
    secret: str = field(repr=False)
    action_url: str
    notify_url: str
    return_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class CheckoutForm:
    """A form for the customer's browser: post `fields` to `action_url`."""

    action_url: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CheckoutNotice:
    """What a notification says. `amount` in LKR cents; `order_id` is our pay reference."""

    order_id: str
    payment_id: str
    amount: int
    status: CheckoutStatus


def build_form(merchant: Merchant, order_id: str, amount: int, title: str) -> CheckoutForm:
    """Return the signed form with which a payer pays `amount` LKR cents for an order."""
    text = format_minor(amount, LKR_SCALE)
    return CheckoutForm(
        merchant.action_url,
        {
            "merchant_id": merchant.merchant_id,
            "return_url": merchant.return_url,
            "cancel_url": merchant.cancel_url,
            "notify_url": merchant.notify_url,
            "order_id": order_id,
            "items": title,
            "currency": CURRENCY,
            "amount": text,
            "hash": _sign(merchant, order_id, text, CURRENCY),
        },
    )


def read_notice(raw: bytes, merchant: Merchant) -> CheckoutNotice:
    """Return what a signed notification says. Raises SignatureInvalid, MessageInvalid."""
    fields = _read_fields(raw)
    order_id, amount = fields.get("order_id", ""), fields.get("payhere_amount", "")
    currency, status = fields.get("payhere_currency", ""), fields.get("status_code", "")
    given = fields.get("md5sig", "")
    expected = _sign(merchant, order_id, amount, currency, status)
    is_ours = hmac.compare_digest(fields.get("merchant_id", "").encode(), merchant.merchant_id.encode())
    if _SIGNATURE.fullmatch(given) is None or not hmac.compare_digest(given.upper(), expected) or not is_ours:
        raise SignatureInvalid("The signature does not belong to this notification and our merchant account.")
    payment_id = fields.get("payment_id", "")
    if currency != CURRENCY or _AMOUNT.fullmatch(amount) is None or not is_pay_reference(order_id):
        raise MessageInvalid("A checkout is an order of ours with an amount of LKR, such as 1500.00.")
    if _PAYMENT_ID.fullmatch(payment_id) is None or status not in set(CheckoutStatus):
        raise MessageInvalid("The notification names no payment, or a status that is not documented.")
    minor = to_minor(Decimal(amount), LKR_SCALE)
    if minor == 0:
        raise MessageInvalid("A checkout is an amount of LKR above zero.")
    return CheckoutNotice(order_id, payment_id, minor, CheckoutStatus(status))


class HostedCheckoutVerifier:
    """Opens the gateway's notifications for the webhooks' door."""

    name = NAME

    def __init__(self, merchant: Merchant) -> None:
        """Verify with the secret of `merchant`."""
        self._merchant = merchant

    def open(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> Envelope:
        """Return the envelope of a notification. Raises SignatureInvalid, MessageInvalid.

        The gateway signs no time, so a message never grows too old: a repeat is one event, which is harmless.
        """
        notice = read_notice(raw, self._merchant)
        return Envelope(
            provider=NAME,
            event_id=f"{notice.payment_id}.{notice.status.value}",
            kind=f"checkout.{notice.status.name.lower()}",
            body=raw,
        )


def _read_fields(raw: bytes) -> dict[str, str]:
    if len(raw) > BODY_LIMIT_BYTES:
        raise MessageInvalid("The notification is too long. Send the documented fields and no more.")
    try:
        pairs = parse_qsl(
            raw.decode(),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=FIELD_LIMIT,
        )
    except ValueError as error:
        raise MessageInvalid("The notification is not form-encoded UTF-8.") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise MessageInvalid("A field of the notification stands twice.")
    return fields


def _sign(merchant: Merchant, *parts: str) -> str:
    return _md5("".join((merchant.merchant_id, *parts, _md5(merchant.secret))))


def _md5(text: str) -> str:
    """Return the gateway's digest: MD5 in capital hex, which nothing else of ours uses."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()
