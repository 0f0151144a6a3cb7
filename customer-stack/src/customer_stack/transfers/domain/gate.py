"""Whether money may move between two customers: one pure decision. Pure.

The first reason that holds is the answer. What concerns the sender comes first, so that somebody who may
not send learns nothing about anybody else's code.
"""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why money does not move."""

    CUSTOMER_UNKNOWN = "customer_unknown"
    CUSTOMER_NOT_ACTIVE = "customer_not_active"
    CAPABILITY_INACTIVE = "capability_inactive"
    QR_CODE_UNKNOWN = "qr_code_unknown"
    QR_CODE_ALTERED = "qr_code_altered"
    QR_CODE_PAID = "qr_code_paid"
    RECIPIENT_UNKNOWN = "recipient_unknown"
    RECIPIENT_IS_SENDER = "recipient_is_sender"
    RECIPIENT_NOT_ACTIVE = "recipient_not_active"
    AMOUNT_OVER_LIMIT = "amount_over_limit"
    SENDER_IN_DEBT = "sender_in_debt"
    INSUFFICIENT_FUNDS = "insufficient_funds"


@dataclass(frozen=True, slots=True)
class QrFacts:
    """A scanned code against what was issued."""

    is_issued: bool
    is_unaltered: bool
    is_paid: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the decision depends on. `sender_active` and `recipient_active` None: not known.

    Amounts in minor units of the transfer's currency; `debt` is what the sender owes in any currency.
    """

    amount: int
    sender_active: bool | None
    is_capable: bool
    qr: QrFacts | None
    recipient_active: bool | None
    is_to_sender: bool
    maximum: int
    debt: int
    funds: int


def decide(facts: Facts) -> Reason | None:
    """Return why the money does not move, or None when it does."""
    checks = (
        (facts.sender_active is None, Reason.CUSTOMER_UNKNOWN),
        (not facts.sender_active, Reason.CUSTOMER_NOT_ACTIVE),
        (not facts.is_capable, Reason.CAPABILITY_INACTIVE),
        (facts.qr is not None and not facts.qr.is_issued, Reason.QR_CODE_UNKNOWN),
        (facts.qr is not None and not facts.qr.is_unaltered, Reason.QR_CODE_ALTERED),
        (facts.qr is not None and facts.qr.is_paid, Reason.QR_CODE_PAID),
        (facts.recipient_active is None, Reason.RECIPIENT_UNKNOWN),
        (facts.is_to_sender, Reason.RECIPIENT_IS_SENDER),
        (not facts.recipient_active, Reason.RECIPIENT_NOT_ACTIVE),
        (facts.amount > facts.maximum, Reason.AMOUNT_OVER_LIMIT),
        (facts.debt > 0, Reason.SENDER_IN_DEBT),
        (facts.amount > facts.funds, Reason.INSUFFICIENT_FUNDS),
    )
    return next((reason for is_met, reason in checks if is_met), None)
