"""States of a consent and what comes next. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.payments.providers.open_banking import (
    ConsentPurpose,
    ConsentState,
    ConsentWord,
    PaymentState,
    PaymentWord,
)
from shared.errors import invariant

LIFETIME: Final = timedelta(minutes=10)
GRACE: Final = timedelta(minutes=1)
"""After this the bank's silence about a consent is an end: no payment was started, and none will be."""

GIVE_UP: Final = timedelta(days=3)
"""After this nobody asks about a payment any more; if its money comes, it settles as any pay-in."""

FIRST_PAUSE: Final = timedelta(milliseconds=500)
LONGEST_PAUSE: Final = timedelta(minutes=1)


class State(StrEnum):
    """How far a consent is. The members of the database type open_banking_state."""

    ASKED = "asked"
    AUTHORISED = "authorised"
    REJECTED = "rejected"
    EXPIRED = "expired"
    PAYING = "paying"
    PAID = "paid"
    FAILED = "failed"


NEXT: Final[Mapping[State, frozenset[State]]] = {
    State.ASKED: frozenset({State.AUTHORISED, State.REJECTED, State.EXPIRED, State.FAILED}),
    State.AUTHORISED: frozenset({State.PAYING, State.FAILED}),
    State.PAYING: frozenset({State.PAID, State.FAILED}),
    State.REJECTED: frozenset(),
    State.EXPIRED: frozenset(),
    State.PAID: frozenset(),
    State.FAILED: frozenset(),
}

NEXT_STEPS: Final[Mapping[State, str]] = {
    State.ASKED: "Open the bank's page and agree there.",
    State.AUTHORISED: "Nothing to do: the payment is started for you.",
    State.PAYING: "Nothing to do: the bank is paying. The pay-in shows when the money is here.",
    State.PAID: "The bank has paid. The pay-in shows what became of the money.",
    State.REJECTED: "You refused at the bank. Ask for another consent, or pay in another way.",
    State.EXPIRED: "Nobody agreed in time. Ask for a new quote and a new consent.",
    State.FAILED: "Nothing was paid. Ask for a new quote, then a new consent or another way to pay.",
}
"""What the customer does next, by state."""


@dataclass(frozen=True, slots=True)
class Consent:
    """A wish that a person agrees to at their bank. `amount` in LKR cents."""

    id: UUID
    tenant_id: UUID
    department_id: UUID
    customer_id: UUID
    provider: str
    purpose: ConsentPurpose
    amount: int
    quote_id: UUID | None
    pay_reference: str | None
    payment_id: UUID
    asked_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """A state that was reached; `account` where the person chose one, `reason` where it failed."""

    state: State
    bank_reference: str | None = None
    reason: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A consent and how far it is."""

    consent: Consent
    state: State
    bank_reference: str | None
    reason: str | None
    account_sealed: bytes | None


def newest(states: frozenset[State]) -> State:
    """Return how far a consent is, from the states that it has reached."""
    reached = [state for state in states if not NEXT[state] & states]
    invariant(len(reached) == 1, "the states of a consent are one way")
    return reached[0]


def after_word(consent: Consent, word: ConsentWord, now: datetime) -> Step | None:
    """Return the step that the bank's word about a consent is, None while it waits."""
    match word.state:
        case ConsentState.AUTHORISED:
            return Step(State.AUTHORISED, account=word.account)
        case ConsentState.REJECTED:
            return Step(State.REJECTED, reason="refused_at_bank")
        case ConsentState.EXPIRED:
            return Step(State.EXPIRED, reason="not_in_time")
        case ConsentState.PENDING:
            return Step(State.EXPIRED, reason="not_in_time") if now >= consent.expires_at + GRACE else None


def after_payment(word: PaymentWord) -> Step | None:
    """Return the step that the bank's word about a payment is, None while it waits."""
    match word.state:
        case PaymentState.PAID:
            return Step(State.PAID, bank_reference=word.bank_reference)
        case PaymentState.FAILED:
            return Step(State.FAILED, reason=word.reason or "refused_by_bank")
        case PaymentState.PENDING:
            return None


def is_end(consent: Consent, state: State) -> bool:
    """Tell whether nothing more is done: also for an account that was only to be shown."""
    shown = consent.purpose is ConsentPurpose.VERIFICATION and state is State.AUTHORISED
    return shown or not NEXT[state]


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait before asking the bank again."""
    doublings: int = min(max(attempts - 1, 0), 16)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
