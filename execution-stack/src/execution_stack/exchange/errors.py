"""What can go wrong when we ask the exchange."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class ExchangeUnavailable(Refusal):
    """The exchange gave no usable answer to a read; nothing was changed."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "exchange.unavailable"


class NotThere(ExchangeUnavailable):
    """The exchange does not know what was asked for by its id, which it may have told us itself."""

    code: ClassVar[str] = "exchange.not_there"


class AnswerUnreadable(Refusal):
    """The exchange answered something that its documentation does not allow."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "exchange.answer_unreadable"


class OrderRefused(Refusal):
    """The exchange said no, clearly: the order does not exist there."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "exchange.order_refused"

    def __init__(self, message: str, *, status: int, reason: str) -> None:
        """Keep the HTTP status and the exchange's own code of the refusal, for operations."""
        super().__init__(message)
        self.status = status
        self.reason = reason


class NotReceived(Refusal):
    """The order certainly did not arrive: no connection, or turned away by the rate limit. Send it again."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "exchange.not_received"


class OutcomeUnknown(Refusal):
    """The order may or may not exist at the exchange. Only orders and fills can tell."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "exchange.outcome_unknown"


class KeyUnusable(Refusal):
    """The private key of the exchange's account cannot be used: nothing can be asked there."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "exchange.key_unusable"
