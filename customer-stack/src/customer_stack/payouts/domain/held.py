"""Payouts that wait for a decision of compliance, and how their waiting ends. Pure.

While one waits, its money is held in the ledger and no provider hears of it. It ends once: released, which
has it sent like any other; denied, or cancelled by whoever asked, which frees the money.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from customer_stack.customers.domain import Status
from customer_stack.facts.domain import CustomerFacts, Restriction
from customer_stack.payouts.domain.payouts import HeldOutcome, Purpose

HELD_KIND: Final = "payout"
"""How the gate and cases name what waits here."""


class Wish(StrEnum):
    """What shall become of a payout that waits: two of compliance, one of whoever asked for it."""

    RELEASE = "release"
    DENY = "deny"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whose payout it is, when it shall be released. None: not known, which is never a yes."""

    status: Status | None
    facts: CustomerFacts | None


def may_be_paid(purpose: Purpose, receiver: Receiver) -> bool:
    """Tell whether a payout can still be sent: nothing keeps the customer's money here.

    A refund goes also to those who left. Who is excluded or cools off gets their money out.
    """
    if receiver.facts is None or receiver.facts.restriction is not Restriction.NONE:
        return False
    if purpose is Purpose.WITHDRAWAL:
        return receiver.status is Status.ACTIVE
    return receiver.status not in (None, Status.FROZEN)


def decide_end(*, is_held: bool, wish: Wish, is_payable: bool = False) -> HeldOutcome | None:
    """Return how the waiting ends, or None when it has ended before: the first end stays."""
    if not is_held:
        return None
    match wish:
        case Wish.RELEASE:
            return HeldOutcome.RELEASED if is_payable else HeldOutcome.DENIED
        case Wish.DENY:
            return HeldOutcome.DENIED
        case Wish.CANCEL:
            return HeldOutcome.CANCELLED
