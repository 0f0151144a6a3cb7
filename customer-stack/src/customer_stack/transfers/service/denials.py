"""What a customer is told when the gate says no: one refusal for each reason."""

from typing import Final

from customer_stack.gate.domain.deciding import Reason as GateReason
from customer_stack.gate.errors import public_code, refusal
from customer_stack.transfers.domain.gate import Reason
from customer_stack.transfers.errors import (
    AmountOverLimit,
    CapabilityInactive,
    CustomerNotActive,
    CustomerUnknown,
    InsufficientFunds,
    QrCodeAltered,
    QrCodePaid,
    QrCodeUnknown,
    RecipientIsSender,
    RecipientNotActive,
    RecipientUnknown,
    SenderInDebt,
)
from shared.errors import Refusal

_DENIALS: Final[dict[Reason, tuple[type[Refusal], str]]] = {
    Reason.CUSTOMER_UNKNOWN: (CustomerUnknown, "This account may not send money. Ask the operator."),
    Reason.CUSTOMER_NOT_ACTIVE: (
        CustomerNotActive,
        "Your account may not send money now. Read your account's status.",
    ),
    Reason.CAPABILITY_INACTIVE: (
        CapabilityInactive,
        "The operator has not switched transfers on. Ask it when.",
    ),
    Reason.QR_CODE_UNKNOWN: (QrCodeUnknown, "This code was not issued here. Ask the merchant for a new one."),
    Reason.QR_CODE_ALTERED: (
        QrCodeAltered,
        "This code is not as it was issued. Do not pay it; ask the merchant for a new one.",
    ),
    Reason.QR_CODE_PAID: (QrCodePaid, "This code was paid before. Ask the merchant for a new one."),
    Reason.RECIPIENT_UNKNOWN: (
        RecipientUnknown,
        "Nobody here has this account code. Ask the recipient for it once more.",
    ),
    Reason.RECIPIENT_IS_SENDER: (RecipientIsSender, "This is your own account code. Use the recipient's."),
    Reason.RECIPIENT_NOT_ACTIVE: (
        RecipientNotActive,
        "The recipient cannot receive money now. Nothing was sent; ask the recipient.",
    ),
    Reason.AMOUNT_OVER_LIMIT: (
        AmountOverLimit,
        "This is more than the operator allows in one transfer. Send less.",
    ),
    Reason.SENDER_IN_DEBT: (
        SenderInDebt,
        "You owe the operator money. Deposit, which clears it first; then send.",
    ),
    Reason.INSUFFICIENT_FUNDS: (
        InsufficientFunds,
        "Your wallet does not cover this amount. Read your wallet, then send less.",
    ),
}


def denial(reason: str) -> Refusal:
    """Return the refusal that tells a reason, ours or the gate's.

    A recipient whom the gate keeps from receiving is not active, whatever the cause is.
    """
    if reason == GateReason.RECIPIENT:
        reason = Reason.RECIPIENT_NOT_ACTIVE
    if reason not in _DENIALS:
        return refusal(public_code([reason]))
    kind, message = _DENIALS[Reason(reason)]
    return kind(message)
