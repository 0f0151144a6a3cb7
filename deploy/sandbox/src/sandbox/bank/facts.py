"""What can happen at the bank: the entries of its journal. Amounts are hundredths of the currency."""

from dataclasses import dataclass
from enum import StrEnum


class PayoutStatus(StrEnum):
    """How far a payout is."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Event:
    """A webhook to deliver; the body is fixed when the thing happens, so every copy is the same."""

    event_id: str
    body: str


@dataclass(frozen=True, slots=True)
class PayIn:
    """Somebody paid into an account of ours."""

    bank_reference: str
    pay_reference: str
    amount: int
    currency: str
    payer_account: str
    account: str
    booked_ms: int


@dataclass(frozen=True, slots=True)
class Payout:
    """An order to pay from `from_account` to `account`."""

    payout_id: str
    bank_reference: str
    amount: int
    currency: str
    account: str
    reference: str
    from_account: str
    asked_ms: int
    due_ms: int


@dataclass(frozen=True, slots=True)
class AccountOpened:
    """An account of ours exists, with what was in it."""

    account: str
    currency: str
    amount: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class PayInBooked:
    """Money arrived."""

    pay_in: PayIn
    event: Event


@dataclass(frozen=True, slots=True)
class PayoutAccepted:
    """A payout waits for its decision."""

    payout: Payout


@dataclass(frozen=True, slots=True)
class PayoutDecided:
    """A payout was made, or not; `reason` is empty for a success."""

    payout_id: str
    status: PayoutStatus
    reason: str
    at_ms: int
    event: Event


@dataclass(frozen=True, slots=True)
class PayoutReturned:
    """A payout that was made came back from the receiver's bank."""

    payout_id: str
    return_reference: str
    reason: str
    at_ms: int
    event: Event


@dataclass(frozen=True, slots=True)
class PayInTakenBack:
    """Money that had arrived is gone again: the payer's bank took it back."""

    bank_reference: str
    reversal_reference: str
    at_ms: int
    event: Event


@dataclass(frozen=True, slots=True)
class TransferBooked:
    """The account's owner moved own money: in where `amount` is positive. Nobody is told."""

    reference: str
    account: str
    amount: int
    counterparty: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class WebhookDelivered:
    """Somebody answered 2xx."""

    event_id: str


Fact = (
    AccountOpened
    | PayInBooked
    | PayInTakenBack
    | PayoutAccepted
    | PayoutDecided
    | PayoutReturned
    | TransferBooked
    | WebhookDelivered
)

FACT_KINDS: tuple[type, ...] = (
    AccountOpened,
    PayInBooked,
    PayInTakenBack,
    PayoutAccepted,
    PayoutDecided,
    PayoutReturned,
    TransferBooked,
    WebhookDelivered,
)
