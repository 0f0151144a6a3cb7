"""What can happen at the acquirer: the entries of its journal. Amounts are hundredths of the currency."""

from dataclasses import dataclass
from enum import StrEnum

from sandbox.bank.facts import Event, WebhookDelivered


class Status(StrEnum):
    """How far a charge, a capture, a refund or a chargeback is."""

    PENDING = "pending"
    AUTHORISED = "authorised"
    DECLINED = "declined"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    OPEN = "open"
    WON = "won"


@dataclass(frozen=True, slots=True)
class ChargeTaken:
    """Somebody wants money from a card."""

    charge_id: str
    reference: str
    token: str
    amount: int
    currency: str
    due_ms: int


@dataclass(frozen=True, slots=True)
class ChargeDecided:
    """The card's bank said yes or no; `reason` is empty for a yes."""

    charge_id: str
    status: Status
    reason: str
    event: Event


@dataclass(frozen=True, slots=True)
class CaptureTaken:
    """An authorised amount is to be taken."""

    charge_id: str
    reference: str
    amount: int
    due_ms: int


@dataclass(frozen=True, slots=True)
class CaptureDecided:
    """It was taken, or not. `chargeback_due_ms` is zero where none will come."""

    charge_id: str
    status: Status
    reason: str
    chargeback_due_ms: int
    event: Event


@dataclass(frozen=True, slots=True)
class RefundTaken:
    """A part of a capture is to go back."""

    charge_id: str
    refund_id: str
    reference: str
    amount: int
    due_ms: int


@dataclass(frozen=True, slots=True)
class RefundDecided:
    """It went back, or not."""

    refund_id: str
    status: Status
    reason: str
    event: Event


@dataclass(frozen=True, slots=True)
class ChargebackOpened:
    """The cardholder's bank took the money back. `won_due_ms` is zero where it stays so."""

    charge_id: str
    chargeback_id: str
    amount: int
    reason: str
    won_due_ms: int
    event: Event


@dataclass(frozen=True, slots=True)
class ChargebackWon:
    """The merchant was right; the money is back."""

    chargeback_id: str
    event: Event


@dataclass(frozen=True, slots=True)
class SettlementMade:
    """The acquirer paid what it owed: gross less its fee; negative where the merchant owes."""

    settlement_id: str
    bank_reference: str
    gross: int
    fee: int
    at_ms: int


Fact = (
    ChargeTaken
    | ChargeDecided
    | CaptureTaken
    | CaptureDecided
    | RefundTaken
    | RefundDecided
    | ChargebackOpened
    | ChargebackWon
    | SettlementMade
    | WebhookDelivered
)

FACT_KINDS: tuple[type, ...] = (
    ChargeTaken,
    ChargeDecided,
    CaptureTaken,
    CaptureDecided,
    RefundTaken,
    RefundDecided,
    ChargebackOpened,
    ChargebackWon,
    SettlementMade,
    WebhookDelivered,
)
