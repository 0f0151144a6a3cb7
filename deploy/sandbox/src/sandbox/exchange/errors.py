"""What the exchange refuses, as it says it on the wire."""

from typing import ClassVar


class Refused(Exception):
    """A request that is not carried out. `status` is the HTTP status of the simulated protocol."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"

    def __init__(self, message: str, details: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class NotAuthenticated(Refused):
    """The signature, its key or its time is wrong."""

    status = 401
    code = "authentication_error"

    def __init__(self, details: str) -> None:
        super().__init__("We could not authenticate your request", details)


class InvalidParameters(Refused):
    """A field has a value that this exchange does not take."""

    code = "invalid_parameters"


class InvalidUuid(Refused):
    """An order id is not a UUID."""

    code = "invalid_UUID"


class InvalidPrice(Refused):
    """The price is not on the market's tick table."""

    code = "invalid_price"


class InsufficientBalance(Refused):
    """The account cannot carry the order or the withdrawal."""

    code = "insufficient_balance"


class ReferenceTaken(Refused):
    """The reference stands for a withdrawal of another amount: use a new one."""

    status = 409
    code = "reference_taken"


class MarketInactive(Refused):
    """The market does not trade now."""

    code = "market_inactive"


class NotFound(Refused):
    """Nothing has this id or ticker."""

    status = 404
    code = "not_found"


class OrderAlreadyExists(Refused):
    """The client order id was used before: look that order up."""

    status = 409
    code = "order_already_exists"


class NotEnoughResting(Refused):
    """A fill-or-kill order found too little in the book: nothing was accepted."""

    status = 409
    code = "fill_or_kill_insufficient_resting_volume"


class GroupIsTriggered(Refused):
    """The group's limit was hit: no new order until it is reset."""

    status = 409
    code = "order_group_triggered"


class NotResolved(Refused):
    """Only a result that stands can be disputed or amended."""

    status = 409
    code = "market_not_resolved"


class AlreadyResolved(Refused):
    """The market has a result: amend it."""

    status = 409
    code = "market_already_resolved"


class OrderEndpointDead(Refused):
    """The first version of the order endpoints is gone."""

    status = 410
    code = "deprecated_v1_order_endpoint"


class TradingPaused(Refused):
    """Nothing trades now; orders may be canceled."""

    code = "trading_is_paused"


class RateLimited(Exception):
    """The token bucket is empty. It is said without an envelope, so it is no Refused."""
