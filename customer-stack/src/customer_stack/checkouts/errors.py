"""Refusals of checkouts."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class QuoteUnsuitable(Refusal):
    """The quote is not one that waits for money from outside."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "checkouts.quote_unsuitable"


class PaymentDiffers(Refusal):
    """An order was paid before under another payment's name, or the name under another order."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "checkouts.payment_differs"
