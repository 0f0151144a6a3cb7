"""What the card network's processor sends about cards of ours: one agreed form, signed.

| type | fields beside event_id, type, card_token |
|---|---|
| `authorisation.requested` | authorisation_id, amount, currency USD, merchant_category (ISO 18245) |
| `clearing.presented` | authorisation_id, clearing_id, amount, currency USD, is_final |
| `authorisation.reversed` | authorisation_id |

The first is asked at /webhooks/issuer/authorisations and answered at once; the others are told at
/webhooks/issuer. No message has a field for a card number.
"""

from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from customer_stack.cards.domain.issuing import Purchase
from customer_stack.cards.providers.signatures import Cents, Name, SignedMessages
from customer_stack.webhooks.domain import Envelope
from customer_stack.webhooks.errors import MessageInvalid
from shared.money import USD_SCALE, to_minor

ISSUER: Final = "issuer"
REQUESTED: Final = "authorisation.requested"
PRESENTED: Final = "clearing.presented"
REVERSED: Final = "authorisation.reversed"

CardToken = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{3,63}$", min_length=4, max_length=64)
]


class _Event(BaseModel):
    model_config = ConfigDict(extra="forbid")

    event_id: Name
    type: str
    card_token: CardToken
    authorisation_id: Name


class _Requested(_Event):
    amount: Cents
    currency: Literal["USD"]
    merchant_category: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]


class Presented(_Event):
    """A clearing. `minor` in micro-dollars."""

    clearing_id: Name
    amount: Cents
    currency: Literal["USD"]
    is_final: bool

    @property
    def minor(self) -> int:
        """Return the amount in micro-dollars."""
        return _micro(self.amount)


class Reversed(_Event):
    """An authorisation that will not be used any more."""


def issuer_messages(secret: str) -> SignedMessages:
    """Return the verifier of the issuer's messages."""
    return SignedMessages(ISSUER, "issuer-signature", secret)


def read_purchase(envelope: Envelope) -> Purchase:
    """Return the question of a verified message. Raises MessageInvalid."""
    if envelope.kind != REQUESTED:
        raise MessageInvalid(f"Here only {REQUESTED} is answered. Send other messages to /webhooks/issuer.")
    try:
        asked = _Requested.model_validate_json(envelope.body)
    except ValidationError:
        raise MessageInvalid("The message does not have the agreed form of an authorisation.") from None
    amount = _micro(asked.amount)
    if amount == 0:
        raise MessageInvalid("An authorisation is about an amount above zero.")
    return Purchase(ISSUER, asked.authorisation_id, asked.card_token, amount, asked.merchant_category)


def read_notice(envelope: Envelope) -> Presented | Reversed | None:
    """Return what a verified message tells; None for one that tells nothing. Raises MessageInvalid."""
    kinds: dict[str, type[Presented | Reversed]] = {PRESENTED: Presented, REVERSED: Reversed}
    kind = kinds.get(envelope.kind)
    if kind is None:
        return None
    try:
        told = kind.model_validate_json(envelope.body)
    except ValidationError:
        raise MessageInvalid("The message does not have the agreed form of its type.") from None
    if isinstance(told, Presented) and told.minor == 0:
        raise MessageInvalid("A clearing presents an amount above zero.")
    return told


def _micro(text: str) -> int:
    return to_minor(Decimal(text), USD_SCALE)
