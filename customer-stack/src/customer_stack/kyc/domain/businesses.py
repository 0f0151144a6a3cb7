"""Businesses and who owns them: what must be declared, who must be verified, what two people decide. Pure.

A customer declares a business and invites its owners and directors. Whoever accepts is a customer too and
goes through the same steps as any other. Shares are in basis points.

Guaranteed:
- nobody can own the configured share or more without having been declared: what is not declared is less
  than it;
- a business is approved only while every owner and director is a verified customer, by two people who
  agree.

Source: FATF Recommendations 10 and 24 (beneficial owners), whose usual share is a quarter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.kyc.domain.checks import Outcome
from customer_stack.kyc.errors import BusinessConflict, OwnersIncomplete, OwnersUnverified, SamePerson

WHOLE_BASIS: Final = 10_000
OWNERS_LIMIT: Final = 50
OPEN_LIMIT: Final = 5
"""Businesses that one customer may have declared and not seen decided."""


class BusinessState(StrEnum):
    """Where a business stands. The members of the database type kyc_business_state."""

    DRAFT = "draft"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Business:
    """A business as its representative declared it."""

    id: UUID
    tenant_id: UUID
    department_id: UUID
    representative_id: UUID
    country: str
    state: BusinessState
    opened_at: datetime
    submitted_at: datetime | None = None
    decided_at: datetime | None = None
    name: str = field(default="", repr=False)
    number: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who owns a share, or directs. `customer_id` None: has not accepted yet."""

    id: UUID
    business_id: UUID
    share_basis: int
    is_director: bool
    invited_at: datetime
    customer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class BusinessVerdict:
    """One person's verdict: pass or reject."""

    number: int
    outcome: Outcome
    staff_id: UUID
    decided_at: datetime


def require_draft(business: Business) -> None:
    """Refuse a change of what was submitted. Raises BusinessConflict."""
    if business.state is not BusinessState.DRAFT:
        raise BusinessConflict("This business was submitted and cannot be changed. Look at its state.")


def require_room(owners: Sequence[Owner], share_basis: int, *, is_director: bool) -> None:
    """Refuse an owner who would be nobody, or one too many. Raises OwnersIncomplete."""
    if share_basis == 0 and not is_director:
        raise OwnersIncomplete("An invitation is for an owner with a share, for a director, or for both.")
    if len(owners) >= OWNERS_LIMIT:
        raise OwnersIncomplete(f"A business has at most {OWNERS_LIMIT} declared people.")
    if sum(owner.share_basis for owner in owners) + share_basis > WHOLE_BASIS:
        raise OwnersIncomplete("The shares would be more than the whole. Correct them first.")


def require_declared(owners: Sequence[Owner], threshold_basis: int) -> None:
    """Refuse a submission that may leave an owner or a director out. Raises OwnersIncomplete."""
    undeclared = WHOLE_BASIS - sum(owner.share_basis for owner in owners)
    if undeclared >= threshold_basis:
        raise OwnersIncomplete(
            "Declare more owners: as much as somebody may own without being declared is missing."
        )
    if not any(owner.is_director for owner in owners):
        raise OwnersIncomplete("Declare at least one director.")
    if any(owner.customer_id is None for owner in owners):
        raise OwnersIncomplete("Everybody who is declared has to accept first.")


def require_verified(owners: Iterable[Owner], verified: frozenset[UUID]) -> None:
    """Refuse an approval while somebody declared is not a verified customer. Raises OwnersUnverified."""
    if any(owner.customer_id not in verified for owner in owners):
        raise OwnersUnverified("Not everybody who is declared is a verified customer. Wait, or reject.")


def decide(verdicts: Sequence[BusinessVerdict], outcome: Outcome, staff_id: UUID) -> BusinessState | None:
    """Return what a verdict makes of a business; None: another person is awaited.

    Two people who agree decide; when the second differs, both are void and it begins anew. Raises SamePerson.
    """
    first = first_eyes(verdicts)
    if first is None:
        return None
    if first.staff_id == staff_id:
        raise SamePerson("You were the first pair of eyes. Another person has to be the second.")
    if first.outcome is not outcome:
        return None
    return BusinessState.APPROVED if outcome is Outcome.PASS else BusinessState.REJECTED


def first_eyes(verdicts: Sequence[BusinessVerdict]) -> BusinessVerdict | None:
    """Return the verdict that awaits a second; verdicts count in pairs."""
    return verdicts[-1] if len(verdicts) % 2 == 1 else None
