"""Refusals of open banking."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class ConsentNotFound(Refusal):
    """No consent of the customer has this id."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "open_banking.consent_not_found"


class QuoteUnsuitable(Refusal):
    """The quote is not one that waits for money from outside."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "open_banking.quote_unsuitable"


class QuoteHasConsent(Refusal):
    """A consent for this quote is under way."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "open_banking.quote_has_consent"
