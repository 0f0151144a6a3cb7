"""What a customer is told when the gate says no.

Limits of a customer's own, of the tier, and pauses are told as they are: the customer can act on them.
What monitoring, screening, geography or a restriction says is told in one neutral sentence: who is looked
into must not learn it (tipping off, FTRA No. 6 of 2006, s. 9).
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from shared.errors import Kind, Refusal


class NotPossible(Refusal):
    """The command is not possible now; why is not told."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "gate.not_possible"


class DocumentExpired(Refusal):
    """The document that proved the customer's identity has expired."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "gate.document_expired"


class TierLimitReached(Refusal):
    """More than the customer's tier allows within a window."""

    code: ClassVar[str] = "gate.tier_limit"


class Excluded(Refusal):
    """The customer has excluded themselves."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "gate.excluded"


class CoolingOff(Refusal):
    """The customer has taken a pause."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "gate.cooling_off"


class DepositLimitReached(Refusal):
    """More than the customer's limit on deposits."""

    code: ClassVar[str] = "protection.deposit_limit"


class StakeLimitReached(Refusal):
    """More than the customer's limit on stakes."""

    code: ClassVar[str] = "protection.stake_limit"


class LossLimitReached(Refusal):
    """More than the customer's limit on losses."""

    code: ClassVar[str] = "protection.loss_limit"


class RealityCheckDue(Refusal):
    """The customer has to see first for how long they have been playing, and with what result."""

    code: ClassVar[str] = "protection.reality_check_due"


class DecisionNotFound(Refusal):
    """The tenant has no such decision."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "gate.decision_not_found"


_TOLD: Final[Mapping[str, tuple[type[Refusal], str]]] = {
    refusal.code: (refusal, sentence)
    for refusal, sentence in (
        (NotPossible, "This is not possible now. Contact support if you need help."),
        (DocumentExpired, "Your document has expired. Show a valid one: POST /v1/kyc/session begins it."),
        (TierLimitReached, "This is more than your tier allows within a window. Choose less, or wait."),
        (Excluded, "You have excluded yourself. Read your protection to see until when."),
        (CoolingOff, "You have taken a pause. Read your protection to see until when."),
        (DepositLimitReached, "This would exceed your limit on deposits. Deposit less, or wait."),
        (StakeLimitReached, "This would exceed your limit on stakes. Stake less, or wait."),
        (RealityCheckDue, "Look at GET /v1/protection/reality-check and acknowledge it, then wager again."),
        (LossLimitReached, "This would exceed your limit on losses. Stake less, or wait."),
    )
}

HELD_NOTICE: Final = "We are looking at this before it goes on. What it needs is reserved; you can cancel it."
"""What a customer is told of a command that is held."""


def public_code(reasons: Sequence[str]) -> str:
    """Return the code that a customer may see of why the gate said no: stored as the command's answer."""
    first = reasons[0]
    return first if first in _TOLD else NotPossible.code


def refusal(code: str) -> Refusal:
    """Return the refusal of a public code."""
    kind, sentence = _TOLD[code]
    return kind(sentence)


def is_gate_code(code: str) -> bool:
    """Tell whether a stored denial is one of the gate's."""
    return code in _TOLD
