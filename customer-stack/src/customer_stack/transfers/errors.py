"""Refusals of transfers. A denial of the gate is a stored answer; its code names the reason."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class AccountCodeMistyped(Refusal):
    """A text that no account code has."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "transfers.account_code_mistyped"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("This is no account code: one has BC and eleven characters. Compare it once more.")


class AmountMissing(Refusal):
    """An amount of zero, or none where one is needed."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "transfers.amount_missing"


class AmountNotWanted(Refusal):
    """An amount beside a QR code that names another."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "transfers.amount_not_wanted"


class TransferUnknown(Refusal):
    """The customer has no such transfer."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "transfers.unknown"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("You have no such transfer. Read the list of your transfers.")


class QrCodeUnknown(Refusal):
    """The customer has no such QR code, or the payload names none of ours."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "transfers.qr_code_unknown"


class QrCodeUnreadable(Refusal):
    """A payload that is no EMVCo merchant-presented QR code, or a damaged one."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "transfers.qr_code_unreadable"


class QrCodeForeign(Refusal):
    """A good QR code, of another payment network."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "transfers.qr_code_foreign"


class QrTextUnprintable(Refusal):
    """A text that does not fit into a QR code."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "transfers.qr_text_unprintable"


class CustomerUnknown(Refusal):
    """The customer is not known."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "transfers.customer_unknown"


class CustomerNotActive(Refusal):
    """The sender's status does not allow transfers."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "transfers.customer_not_active"


class CapabilityInactive(Refusal):
    """The operator has not switched transfers on."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "transfers.capability_inactive"


class RecipientUnknown(Refusal):
    """No customer of the tenant has this account code."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "transfers.recipient_unknown"


class RecipientNotActive(Refusal):
    """The recipient cannot receive now; it is not said why."""

    code: ClassVar[str] = "transfers.recipient_not_active"


class RecipientIsSender(Refusal):
    """A transfer to oneself."""

    code: ClassVar[str] = "transfers.recipient_is_sender"


class QrCodeAltered(Refusal):
    """A payload that differs from the one that was issued."""

    code: ClassVar[str] = "transfers.qr_code_altered"


class QrCodePaid(Refusal):
    """A dynamic code that was paid before."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "transfers.qr_code_paid"


class AmountOverLimit(Refusal):
    """More than the operator's terms allow in one transfer."""

    code: ClassVar[str] = "transfers.amount_over_limit"


class SenderInDebt(Refusal):
    """The sender owes the operator money."""

    code: ClassVar[str] = "transfers.sender_in_debt"


class InsufficientFunds(Refusal):
    """The wallet does not cover the amount."""

    code: ClassVar[str] = "transfers.insufficient_funds"


class SessionEnded(Refusal):
    """The session ended before the transfer was decided."""

    kind: ClassVar[Kind] = Kind.UNAUTHENTICATED
    code: ClassVar[str] = "transfers.session_ended"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("The session has ended. Sign in again, then send the request with the same key.")


class TransferEnded(Refusal):
    """A transfer that waited was decided before its sender cancelled it."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "transfers.ended"


class TermsConflict(Refusal):
    """Terms were set by somebody else meanwhile."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "transfers.terms_conflict"
