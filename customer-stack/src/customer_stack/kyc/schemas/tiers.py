"""Wire shapes of tiers."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Self
from uuid import UUID

from customer_stack.edge.schemas import AmountText, Answer, Body, show
from customer_stack.kyc.domain.tiers import FundsSource, Verification
from customer_stack.kyc.service.tiers import IdentityStanding
from shared.money import LKR_SCALE, format_minor, to_minor


class TurnoverBody(Body):
    """What you expect to pay in and out in a month, LKR, and where it comes from."""

    model_config = show({"monthly": "100000.00", "source": "salary"})

    monthly: AmountText
    source: FundsSource

    @property
    def cents(self) -> int:
        """Return the amount in LKR cents. Raises InexactAmount."""
        return to_minor(Decimal(self.monthly), LKR_SCALE)


class StandingAnswer(Answer):
    """What a verification is worth, in LKR. `tier` null: show again who you are. A null date is not known."""

    customer_id: UUID
    tier: str | None
    largest_deposit: str | None
    deposits: dict[str, str]
    withdrawals: dict[str, str]
    verified_at: datetime | None
    review_due_on: date | None
    document_expires_on: date | None
    expected_monthly: str | None
    source: FundsSource | None

    @classmethod
    def of(cls, standing: IdentityStanding) -> Self:
        """Return the wire shape of a standing."""
        tier, verification, expected = standing.tier, standing.verification, standing.expected
        return cls(
            customer_id=standing.customer_id,
            tier=None if tier is None else tier.name,
            largest_deposit=None if tier is None else format_minor(tier.largest_deposit_cents, LKR_SCALE),
            deposits={} if tier is None else _shown(tier.deposits),
            withdrawals={} if tier is None else _shown(tier.withdrawals),
            verified_at=None if verification is None else verification.verified_at,
            review_due_on=None if verification is None else verification.review_due_on,
            document_expires_on=None if verification is None else verification.document_expires_on,
            expected_monthly=None if expected is None else format_minor(expected.monthly_cents, LKR_SCALE),
            source=None if expected is None else expected.source,
        )


def _shown(limits: Mapping[str, int]) -> dict[str, str]:
    return {window: format_minor(cents, LKR_SCALE) for window, cents in limits.items()}


class DueAnswer(Answer):
    """A customer who is due."""

    customer_id: UUID
    session_id: UUID
    tier: str
    review_due_on: date
    document_expires_on: date | None

    @classmethod
    def of(cls, verification: Verification) -> Self:
        """Return the wire shape of who is due."""
        return cls(
            customer_id=verification.customer_id,
            session_id=verification.session_id,
            tier=verification.tier,
            review_due_on=verification.review_due_on,
            document_expires_on=verification.document_expires_on,
        )


class DuePage(Answer):
    """Customers who are due, by id."""

    items: list[DueAnswer]
    next_cursor: str | None
