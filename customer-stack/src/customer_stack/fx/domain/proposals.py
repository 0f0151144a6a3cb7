"""A mid that people state: one proposes, another approves. Pure.

Guaranteed: nobody approves an own proposal; a proposal is decided once; a rate is never from the future.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.fx.domain.rates import CLOCK_TOLERANCE, Mid
from customer_stack.fx.errors import OwnProposal, ProposalDecided, ProposalInvalid

MANUAL: Final = "manual"
"""The source's name of a rate that was proposed and approved."""

OLDEST: Final = timedelta(days=7)
"""No terms use an older mid."""


class ProposalOutcome(StrEnum):
    """How a proposal was decided. The members of the database type fx_rate_outcome."""

    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided a proposal, and when."""

    outcome: ProposalOutcome
    decided_by: UUID
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mid that a member of staff read somewhere: LKR per USD scaled 1e-8, and the moment it is from."""

    id: UUID
    tenant_id: UUID
    rate_e8: int
    as_of: datetime
    reference: str
    proposed_by: UUID
    proposed_at: datetime
    decision: Decision | None = None

    @property
    def mid(self) -> Mid:
        """Return the reading that an approval makes of it."""
        return Mid(self.rate_e8, MANUAL, self.as_of)


def require_timely(as_of: datetime, now: datetime) -> None:
    """Refuse a rate from the future, or one that nobody could use any more. Raises ProposalInvalid."""
    if as_of - now > CLOCK_TOLERANCE:
        raise ProposalInvalid("The rate is from the future. Correct as_of.")
    if now - as_of > OLDEST:
        raise ProposalInvalid("The rate is more than a week old. Read it again.")


def require_proposable(rate_e8: int, as_of: datetime, now: datetime) -> None:
    """Refuse what cannot be a rate of about now. Raises ProposalInvalid."""
    if rate_e8 <= 0:
        raise ProposalInvalid("A rate is above zero. Correct mid.")
    require_timely(as_of, now)


def decide_proposal(proposal: Proposal, outcome: ProposalOutcome, person: UUID, now: datetime) -> Decision:
    """Decide a proposal; its maker may take it back, never approve it.

    Raises ProposalDecided, OwnProposal, ProposalInvalid.
    """
    if proposal.decision is not None:
        raise ProposalDecided("This proposal was decided before. Propose the rate anew.")
    if outcome is ProposalOutcome.APPROVED:
        if person == proposal.proposed_by:
            raise OwnProposal("Another person approves a rate that you proposed.")
        require_timely(proposal.as_of, now)
    return Decision(outcome, person, now)
