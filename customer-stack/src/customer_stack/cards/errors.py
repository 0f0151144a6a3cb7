"""Refusals of cards."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class CardFundingUnavailable(Refusal):
    """No acquirer is configured."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "cards.funding_unavailable"


class CustomerNotActive(Refusal):
    """The customer is not verified, or is closed, frozen or excluded."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "cards.customer_not_active"


class QuoteNotForCards(Refusal):
    """The quote is not one for a deposit, or another charge stands for it."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "cards.quote_taken"


class ChargeNotFound(Refusal):
    """No such charge of this customer."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "cards.charge_not_found"


class NothingToRefund(Refusal):
    """Less was captured, or is left of it, than should go back."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "cards.nothing_to_refund"


class NotEnoughWaiting(Refusal):
    """Less LKR waits in the wallet than should go back."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "cards.not_enough_waiting"


class RefundFrozen(Refusal):
    """The customer's money is frozen."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "cards.refund_frozen"


class ReportContradicts(Refusal):
    """The acquirer says what cannot be after what it said before."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "cards.report_contradicts"


class ReportTooEarly(Refusal):
    """The acquirer speaks of what follows a capture that it has not told us of."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "cards.report_too_early"


class AcquirerUnavailable(Refusal):
    """The acquirer did not answer."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "cards.acquirer_unavailable"


class SettlementReferenceUsed(Refusal):
    """Money with this bank reference was posted before."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "cards.settlement_reference_used"


class SettlementEmpty(Refusal):
    """A settlement that moves nothing."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "cards.settlement_empty"


class CustomerUnknown(Refusal):
    """No such customer of this tenant."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "cards.customer_unknown"


class CardTokenUsed(Refusal):
    """A card with this token stands already."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "cards.token_used"


class CardUnknown(Refusal):
    """A message about a card that we did not issue."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "cards.card_unknown"


class AuthorisationUnknown(Refusal):
    """A message about an authorisation that nobody asked us for."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "cards.authorisation_unknown"


class AuthorisationAltered(Refusal):
    """An authorisation that was asked for before came again with another content."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "cards.authorisation_altered"
