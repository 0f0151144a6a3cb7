"""What an approval is worth: a tier with limits, a date of review, and the document's own end. Pure.

The route that approved somebody gives the tier. Limits are those of the configuration of today, so that a
limit that is lowered holds for everybody at once.
"""

import calendar
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from customer_stack.kyc.domain.checks import Subject
from customer_stack.kyc.domain.claims import Claim, day_of
from customer_stack.kyc.domain.routing import Configuration, Tier
from customer_stack.kyc.domain.sessions import Session, State
from customer_stack.kyc.errors import IdentityOutdated, TierLimitExceeded
from shared.errors import invariant
from shared.money import LKR_SCALE, format_minor


class FundsSource(StrEnum):
    """Where a customer says that money comes from. The members of the database type kyc_funds_source."""

    SALARY = "salary"
    BUSINESS = "business"
    SAVINGS = "savings"
    INVESTMENTS = "investments"
    FAMILY = "family"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Verification:
    """An approval, and until when it is good. `document_expires_on` None: the document does not say."""

    session_id: UUID
    tenant_id: UUID
    customer_id: UUID
    tier: str
    verified_at: datetime
    review_due_on: date
    document_expires_on: date | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class ExpectedTurnover:
    """What a customer expects to pay in and out in a month, in LKR cents, and where it comes from."""

    monthly_cents: int
    source: FundsSource
    declared_at: datetime


def verify(
    session: Session, tier: Tier, claim: Claim, now: datetime, known_expiry: date | None
) -> Verification:
    """Return what the approval of a session is worth.

    `known_expiry`: what this very document said before, for a claim without its lines. So nobody renews an
    expired document by leaving them out.
    """
    invariant(session.state is State.APPROVED, "only an approval verifies")
    zone = Subject(claim, claim.full_name, day_of(now)).zone
    return Verification(
        session_id=session.id,
        tenant_id=session.tenant_id,
        customer_id=session.customer_id,
        tier=tier.name,
        verified_at=now,
        review_due_on=add_months(day_of(now), tier.review_months),
        document_expires_on=known_expiry if zone is None else zone.expires,
    )


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of a month that is too short for it."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def tier_of(configuration: Configuration, verification: Verification | None) -> Tier | None:
    """Return somebody's tier; who was verified before there were tiers has the default. None: it is gone."""
    name = configuration.default_tier if verification is None else verification.tier
    return configuration.tiers.get(name)


def require_deposit(
    configuration: Configuration, verification: Verification | None, amount_cents: int, today: date
) -> None:
    """Refuse a deposit that the tier does not allow. Raises IdentityOutdated, TierLimitExceeded."""
    tier = tier_of(configuration, verification)
    expires = None if verification is None else verification.document_expires_on
    if tier is None or (tier.needs_valid_document and expires is not None and expires < today):
        raise IdentityOutdated(
            "Your document has expired, or must be shown again: POST /v1/kyc/session begins it."
        )
    if amount_cents > tier.largest_deposit_cents:
        most = format_minor(tier.largest_deposit_cents, LKR_SCALE)
        raise TierLimitExceeded(f"One deposit is at most LKR {most} for you. Pay in less at a time.")
