"""Refusals of FX."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class RateUnavailable(Refusal):
    """There is no fresh rate."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "fx.rate_unavailable"


class TermsMissing(Refusal):
    """The department has no conversion terms."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "fx.terms_missing"


class AmountOutOfBounds(Refusal):
    """An amount is below the minimum or above the maximum of one conversion."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "fx.amount_out_of_bounds"


class StockTooLow(Refusal):
    """The desk has not enough USD for this quote."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "fx.stock_too_low"


class TillTooLow(Refusal):
    """The desk has not enough LKR for this quote."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "fx.till_too_low"


class QuoteNotFound(Refusal):
    """No such quote of this customer."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "fx.quote_not_found"


class QuoteExpired(Refusal):
    """The quote's time is over."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "fx.quote_expired"


class QuoteClosed(Refusal):
    """The quote was used, replaced or expired."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "fx.quote_closed"


class NotEnoughWaiting(Refusal):
    """Less LKR waits in the wallet than the conversion needs."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "fx.not_enough_waiting"


class NotEnoughUsd(Refusal):
    """Less USD is free in the wallet than the quote needs."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "fx.not_enough_usd"


class CustomerNotActive(Refusal):
    """The customer is not verified, or is closed, frozen or excluded."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "fx.customer_not_active"


class TermsInvalid(Refusal):
    """Terms whose bounds contradict each other."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "fx.terms_invalid"


class RatesNotManual(Refusal):
    """Rates come from a feed, so that nobody states them by hand."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "fx.rates_not_manual"


class ProposalInvalid(Refusal):
    """A proposed rate whose time cannot be."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "fx.proposal_invalid"


class ProposalNotFound(Refusal):
    """No such proposal of this tenant."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "fx.proposal_not_found"


class ProposalDecided(Refusal):
    """The proposal was approved or rejected before."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "fx.proposal_decided"


class OwnProposal(Refusal):
    """Somebody would approve what they proposed."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "fx.own_proposal"


class ConversionNotFound(Refusal):
    """No such conversion of this customer, or of this tenant."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "fx.conversion_not_found"


class RateAddressUnsafe(Refusal):
    """A table of rates would be read without TLS."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "fx.rate_address_unsafe"
