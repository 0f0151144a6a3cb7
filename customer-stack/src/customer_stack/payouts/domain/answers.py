"""What is asked of a provider, and what it can answer. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class PayoutState(StrEnum):
    """What a provider says about a payout. Whatever is not an explicit yes or no is pending."""

    PENDING = "pending"
    PAID = "paid"
    REFUSED = "refused"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class PayoutOrder:
    """Pay `amount` LKR cents to `account`; `reference` is what the receiver reads."""

    payout_id: UUID
    amount: int
    account: str = field(repr=False)
    reference: str


@dataclass(frozen=True, slots=True)
class PayoutAnswer:
    """What became of a payout.

    `reference` is the provider's name of the booking that paid, `return_reference` of the booking that gave
    the money back; `reason` is a code of the provider, for staff.
    """

    state: PayoutState
    reference: str | None = None
    reason: str | None = None
    return_reference: str | None = None
