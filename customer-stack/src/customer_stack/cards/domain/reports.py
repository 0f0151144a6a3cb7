"""What an acquirer says about a charge, as facts that are merged in any order. Pure.

A polling answer and a webhook become the same value: a `ChargeReport` holds whatever the message says, and
PENDING where it says nothing. Facts only grow, so repeating or exchanging reports changes nothing.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class CardState(StrEnum):
    """What became of a charge, as far as the acquirer said yes or no."""

    PENDING = "pending"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    DECLINED = "declined"


class RefundState(StrEnum):
    """What became of a refund."""

    PENDING = "pending"
    REFUNDED = "refunded"
    REFUSED = "refused"


class ChargebackState(StrEnum):
    """Who has the money of a chargeback: the cardholder, or we again."""

    OPEN = "open"
    WON = "won"


@dataclass(frozen=True, slots=True)
class CardAnswer:
    """About a charge. `amount` in LKR cents; `reference` is the acquirer's name of the capture."""

    state: CardState = CardState.PENDING
    reference: str | None = None
    amount: int | None = None
    reason: str | None = None
    redirect_url: str | None = None


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    """About a refund of ours."""

    refund_id: UUID
    state: RefundState = RefundState.PENDING
    reference: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ChargebackReport:
    """Money that the cardholder's bank took back. `amount` in LKR cents."""

    chargeback_id: str
    amount: int
    reason: str
    state: ChargebackState


@dataclass(frozen=True, slots=True)
class ChargeReport:
    """Everything that one message says about a charge."""

    charge_id: UUID
    charge: CardAnswer = field(default_factory=CardAnswer)
    refunds: tuple[RefundAnswer, ...] = ()
    chargebacks: tuple[ChargebackReport, ...] = ()
