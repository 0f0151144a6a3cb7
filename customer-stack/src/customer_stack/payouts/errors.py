"""Refusals of payouts."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class ProviderUnavailable(Refusal):
    """A payout provider did not answer; whether it heard is not known."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "payouts.provider_unavailable"


class AccountNotFound(Refusal):
    """No such payout account of this customer."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "payouts.account_not_found"


class TooManyAccounts(Refusal):
    """A customer has as many payout accounts as one may have."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "payouts.too_many_accounts"


class TermsMissing(Refusal):
    """The department has no terms for payouts."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "payouts.terms_missing"


class TermsInvalid(Refusal):
    """Terms whose bounds contradict each other."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "payouts.terms_invalid"


class AmountOutOfBounds(Refusal):
    """An amount is below the minimum or above the maximum of one payout."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "payouts.amount_out_of_bounds"


class NotEnoughWaiting(Refusal):
    """Less LKR waits in the wallet than the payout takes."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "payouts.not_enough_waiting"


class CustomerNotActive(Refusal):
    """The customer is not verified, or is closed, frozen or excluded."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "payouts.customer_not_active"


class CustomerFrozen(Refusal):
    """The customer's money must not move."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "payouts.customer_frozen"


class QuoteUnsuitable(Refusal):
    """A quote that is not for a withdrawal."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "payouts.quote_unsuitable"


class PayInNotFound(Refusal):
    """No such pay-in of this customer."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "payouts.pay_in_not_found"


class NotRefundable(Refusal):
    """Nothing of a pay-in waits, or it is going back already."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "payouts.not_refundable"


class PayoutNotFound(Refusal):
    """No such payout."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "payouts.not_found"


class AlreadySent(Refusal):
    """The provider may have heard of the payout."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "payouts.already_sent"


class NotHeld(Refusal):
    """The payout does not wait for a person."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "payouts.not_held"


class AnswerContradicts(Refusal):
    """A provider says yes after no, or no after yes."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "payouts.answer_contradicts"


class OtherProvider(Refusal):
    """A provider speaks of a payout that another one carries out."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "payouts.other_provider"
