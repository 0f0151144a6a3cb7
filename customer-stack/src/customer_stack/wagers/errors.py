"""Refusals of wagers. A denial of the gate is a stored answer; its code names the reason."""

from typing import ClassVar, Final

from customer_stack.gate.errors import StakeLimitReached
from customer_stack.wagers.domain.gate import Reason
from shared.errors import Kind, Refusal


class WagerUnknown(Refusal):
    """The customer has no such wager."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "wagers.unknown"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("You have no such wager. Read the list of your wagers.")


class WagerEnded(Refusal):
    """The wager has ended, so there is nothing left to cancel."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "wagers.ended"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("The wager has ended. Read it to see how; a position can be sold.")


class FeedNotStopped(Refusal):
    """The tenant has no such account whose reports are parked."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "wagers.feed_not_stopped"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("No reports of such an account are parked. Read the list of breaks.")


class SessionEnded(Refusal):
    """The session ended before the wager was decided."""

    kind: ClassVar[Kind] = Kind.UNAUTHENTICATED
    code: ClassVar[str] = "session.ended"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("The session has ended. Sign in again, then send the wager with the same key.")


class CustomerUnknown(Refusal):
    """The customer is not known."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "wagers.customer_unknown"


class CustomerNotActive(Refusal):
    """The customer's status does not allow wagers."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "wagers.customer_not_active"


class CapabilityInactive(Refusal):
    """The operator has not switched wagers on."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "wagers.capability_inactive"


class MarketUnknown(Refusal):
    """There is no such market."""

    code: ClassVar[str] = "wagers.market_unknown"


class MarketNotOpen(Refusal):
    """The market takes no wagers now."""

    code: ClassVar[str] = "wagers.market_not_open"


class PriceOffTick(Refusal):
    """The limit price is no multiple of the market's tick."""

    code: ClassVar[str] = "wagers.price_off_tick"


class InsufficientFunds(Refusal):
    """The wallet does not cover what the wager can cost."""

    code: ClassVar[str] = "wagers.insufficient_funds"


class InsufficientPosition(Refusal):
    """The customer does not have the contracts to sell."""

    code: ClassVar[str] = "wagers.insufficient_position"


_DENIALS: Final[dict[Reason, tuple[type[Refusal], str]]] = {
    Reason.CUSTOMER_UNKNOWN: (CustomerUnknown, "This account may not place wagers. Ask the operator."),
    Reason.CUSTOMER_NOT_ACTIVE: (
        CustomerNotActive,
        "Your account may not place wagers now. Read your account's status.",
    ),
    Reason.CAPABILITY_INACTIVE: (CapabilityInactive, "The operator has not switched wagers on. Ask it when."),
    Reason.MARKET_UNKNOWN: (MarketUnknown, "There is no such market. Read the list of markets."),
    Reason.MARKET_NOT_OPEN: (MarketNotOpen, "The market takes no wagers now. Choose one that is open."),
    Reason.PRICE_OFF_TICK: (PriceOffTick, "The limit price is no multiple of the market's tick. Round it."),
    Reason.STAKE_LIMIT: (StakeLimitReached, "This would exceed your limit on stakes. Stake less, or wait."),
    Reason.INSUFFICIENT_FUNDS: (
        InsufficientFunds,
        "Your wallet does not cover the wager with its largest fee. Deposit, or ask for less.",
    ),
    Reason.INSUFFICIENT_POSITION: (
        InsufficientPosition,
        "You have fewer contracts free than you want to sell. Read your positions.",
    ),
}


def denial(reason: Reason) -> Refusal:
    """Return the refusal that tells a reason of the gate."""
    refusal, message = _DENIALS[reason]
    return refusal(message)
