"""Cards of ours: may this one pay, and what is posted when it did. Pure.

A purchase leaves `wallet` USD for `payable`, what we owe the card scheme. An authorisation reserves, its
clearings capture in parts and never more than is left; the excess is a break for a person.

In shadow mode nothing is reserved or posted. The decision is made all the same, against the wallet less
what shadow decisions would have taken from it, and kept with the movement that it would have posted.

Guaranteed: captured <= authorised; the answer is yes only when it is live and reserved.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from customer_stack.ledger.domain import Account, Action, TransferKind
from shared.ledger.domain import USD, Capture, Close, Hold, Movement, Posting, Transfer
from shared.money import USD_SCALE, format_minor

LIFETIME: Final = timedelta(days=7)
"""How long an authorisation reserves; card schemes let most lapse after seven days."""


class Decision(StrEnum):
    """What we say to an authorisation. The members of the database type cards_decision."""

    APPROVE = "approve"
    DECLINE = "decline"


class DecisionReason(StrEnum):
    """Why. The members of the database type cards_decision_reason."""

    APPROVED = "approved"
    NOT_ENOUGH_USD = "not_enough_usd"
    CUSTOMER_NOT_ACTIVE = "customer_not_active"


class Ending(StrEnum):
    """How an authorisation ended. The members of the database type cards_authorisation_ending."""

    CLEARED = "cleared"
    REVERSED = "reversed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Card:
    """A card of ours: the issuer's token for it, and whose it is."""

    id: UUID
    tenant_id: UUID
    customer_id: UUID
    provider: str
    token: str


@dataclass(frozen=True, slots=True)
class Purchase:
    """The network asks whether a card may pay. `amount` in micro-dollars."""

    provider: str
    reference: str
    token: str
    amount: int
    merchant_category: str


@dataclass(frozen=True, slots=True)
class Authorisation:
    """A decision. `hold_id` only for an approval that is live."""

    id: UUID
    tenant_id: UUID
    customer_id: UUID
    card_id: UUID
    provider: str
    reference: str
    amount: int
    merchant_category: str
    is_live: bool
    decision: Decision
    reason: DecisionReason
    hold_id: UUID | None
    would_post: str | None
    body_digest: bytes
    decided_at: datetime
    expires_at: datetime

    @property
    def answer(self) -> tuple[str, str]:
        """Return what the network hears: decision and reason. In shadow mode always no."""
        if not self.is_live:
            return Decision.DECLINE.value, "not_live"
        return self.decision.value, self.reason.value


@dataclass(frozen=True, slots=True)
class AuthorisationStanding:
    """A decision and what became of it."""

    authorisation: Authorisation
    captured: int
    ending: Ending | None

    @property
    def remaining(self) -> int:
        """Return what clearings may still capture."""
        approved = self.authorisation.decision is Decision.APPROVE
        return self.authorisation.amount - self.captured if approved and self.ending is None else 0


@dataclass(frozen=True, slots=True)
class Clearing:
    """What the network presented. captured + excess = amount; the excess is a break."""

    id: UUID
    authorisation_id: UUID
    provider: str
    reference: str
    amount: int
    captured: int
    movement_id: UUID | None
    would_post: str | None
    at: datetime

    @property
    def excess(self) -> int:
        """Return what no authorisation covers."""
        return self.amount - self.captured


def decide(amount: int, available: int, *, is_active: bool) -> DecisionReason:
    """Say whether `amount` micro-dollars may be spent of what is free."""
    if not is_active:
        return DecisionReason.CUSTOMER_NOT_ACTIVE
    return DecisionReason.APPROVED if amount <= available else DecisionReason.NOT_ENOUGH_USD


def build_hold(card: Card, hold_id: UUID, amount: int, expires_at: datetime) -> Movement:
    """Return what an approval reserves."""
    hold = Hold(
        id=hold_id,
        tenant_id=card.tenant_id,
        book_id=card.customer_id,
        asset=USD,
        account=Account.WALLET,
        amount=amount,
        purpose=TransferKind.CARD_PURCHASE,
        expires_at=expires_at,
    )
    return Movement(holds=(hold,))


def build_purchase(
    standing: AuthorisationStanding, captured: int, movement_id: UUID, transfer_id: UUID, now: datetime
) -> Movement:
    """Return a purchase of `captured` micro-dollars out of what an authorisation reserved.

    The hold is closed when nothing is left of it.
    """
    one = standing.authorisation
    transfer = Transfer(
        id=transfer_id,
        movement_id=movement_id,
        tenant_id=one.tenant_id,
        book_id=one.customer_id,
        kind=TransferKind.CARD_PURCHASE,
        effective_at=now,
        postings=(Posting(USD, Account.WALLET, Account.PAYABLE, captured, Action.OUTFLOW),),
    )
    if one.hold_id is None:
        return Movement(transfers=(transfer,))
    place = (one.hold_id, one.tenant_id, one.customer_id)
    closes = (Close(*place, "exhausted"),) if captured == standing.remaining else ()
    return Movement(transfers=(transfer,), captures=(Capture(*place, transfer_id, captured),), closes=closes)


def build_release(authorisation: Authorisation, ending: Ending) -> Movement:
    """Return the end of what an authorisation reserved; nothing in shadow mode."""
    if authorisation.hold_id is None:
        return Movement()
    reason = "expired" if ending is Ending.EXPIRED else "released"
    place = (authorisation.hold_id, authorisation.tenant_id, authorisation.customer_id)
    return Movement(closes=(Close(*place, reason),))


def describe(movement: Movement) -> Mapping[str, Any]:
    """Return a movement as a document, for the shadow report: amounts as people read them."""
    return {
        "holds": [
            {"account": hold.account, "asset": "USD", "amount": format_minor(hold.amount, USD_SCALE)}
            for hold in movement.holds
        ],
        "postings": [
            {
                "kind": transfer.kind,
                "source": posting.source,
                "target": posting.target,
                "asset": "USD",
                "amount": format_minor(posting.amount, USD_SCALE),
            }
            for transfer in movement.transfers
            for posting in transfer.postings
        ],
    }
