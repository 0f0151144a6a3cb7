"""How long a person is kept, and when they are erased. Pure.

A relationship ends when the account is closed or the person was refused. From that day the retention runs.
When it is over and nothing holds the data back, the person is erased, which is final. Staff may wish to
erase earlier, to hold (a court's order, a dispute), and to lift a hold: one person proposes, another
decides. A hold keeps the data from the moment that it is proposed: a day too long can be mended, a day too
short cannot.

Guaranteed: nobody is erased whose account is open, who is held, or whose money is not gone; nobody decides
what they proposed; after an erasure nothing changes any more.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.privacy.domain.inventory import Period
from customer_stack.privacy.errors import OwnProposal, ProposalDecided, ProposalNotPossible

COLOMBO: Final = timezone(timedelta(hours=5, minutes=30))


class Wish(StrEnum):
    """What staff may propose. The members of the database type privacy_wish."""

    ERASE_EARLY = "erase_early"
    HOLD = "hold"
    LIFT_HOLD = "lift_hold"


class Basis(StrEnum):
    """On what ground. The members of the database type privacy_basis."""

    COURT_ORDER = "court_order"
    AUTHORITY_ORDER = "authority_order"
    DISPUTE = "dispute"
    NO_BUSINESS_DONE = "no_business_done"
    ORDER_ENDED = "order_ended"
    MISTAKE = "mistake"


BASES: Final = {
    Wish.ERASE_EARLY: frozenset({Basis.COURT_ORDER, Basis.AUTHORITY_ORDER, Basis.NO_BUSINESS_DONE}),
    Wish.HOLD: frozenset({Basis.COURT_ORDER, Basis.AUTHORITY_ORDER, Basis.DISPUTE}),
    Wish.LIFT_HOLD: frozenset({Basis.ORDER_ENDED, Basis.MISTAKE}),
}


class Outcome(StrEnum):
    """How a proposal ends. The members of the database type privacy_outcome."""

    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A wish of staff, and what became of it. `outcome` None: nobody has decided."""

    id: UUID
    customer_id: UUID
    number: int
    wish: Wish
    basis: Basis
    reference: str
    proposed_by: UUID
    proposed_at: datetime
    outcome: Outcome | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Periods:
    """How long a person is kept; and how long what providers sent, which cannot be found by person.

    Nobody is erased before the second is over, even if two people agreed: a message would outlive them.
    """

    relationship: Period
    messages: Period


class Keeping(StrEnum):
    """Where a person stands."""

    OPEN = "open"
    RETAINED = "retained"
    HELD = "held"
    DUE = "due"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether a person is erased. `proposals` in their order; times in UTC."""

    ended_at: datetime | None
    erased_at: datetime | None
    proposals: Sequence[Proposal]
    blockers: Collection[str] = ()
    """Words of what else keeps the data: money left, an open case. Never shown to the person."""

    @property
    def open_proposal(self) -> Proposal | None:
        """Return the proposal that nobody has decided."""
        return next((each for each in self.proposals if each.outcome is None), None)

    @property
    def has_hold(self) -> bool:
        """Tell whether a hold was approved and not lifted."""
        approved = [
            each.wish
            for each in self.proposals
            if each.outcome is Outcome.APPROVED and each.wish is not Wish.ERASE_EARLY
        ]
        return bool(approved) and approved[-1] is Wish.HOLD

    @property
    def is_held(self) -> bool:
        """Tell whether a hold stands or is proposed."""
        waiting = self.open_proposal
        return self.has_hold or (waiting is not None and waiting.wish is Wish.HOLD)

    @property
    def may_go_early(self) -> bool:
        """Tell whether two people agreed to an early erasure."""
        return any(
            each.outcome is Outcome.APPROVED and each.wish is Wish.ERASE_EARLY for each in self.proposals
        )


def due_at(ended_at: datetime, period: Period) -> datetime:
    """Return when a period that began at `ended_at` is over: so many calendar years of Colombo, then days."""
    local = ended_at.astimezone(COLOMBO)
    try:
        later = local.replace(year=local.year + period.years)
    except ValueError:  # a 29 February: the period ends with the first day after it, never before
        later = local.replace(year=local.year + period.years, month=3, day=1)
    return (later + timedelta(days=period.days)).astimezone(ended_at.tzinfo)


def latest_begin(now: datetime, period: Period) -> datetime:
    """Return the latest moment from which a period is certainly over: a day early where years are odd."""
    local = now.astimezone(COLOMBO)
    try:
        earlier = local.replace(year=local.year - period.years)
    except ValueError:
        earlier = local.replace(year=local.year - period.years, day=28)
    return (earlier - timedelta(days=period.days)).astimezone(now.tzinfo)


def day_of(at: datetime) -> date:
    """Return the day in Colombo."""
    return at.astimezone(COLOMBO).date()


def decide(standing: Standing, periods: Periods, now: datetime) -> Keeping:
    """Return where a person stands."""
    if standing.erased_at is not None:
        return Keeping.ERASED
    if standing.ended_at is None:
        return Keeping.OPEN
    least = periods.messages if standing.may_go_early else periods.relationship
    if now < due_at(standing.ended_at, least):
        return Keeping.RETAINED
    if standing.is_held or standing.blockers:
        return Keeping.HELD
    return Keeping.DUE


def require_proposable(standing: Standing, wish: Wish, basis: Basis) -> None:
    """Refuse a proposal that does not fit. Raises ProposalNotPossible."""
    if basis not in BASES[wish]:
        raise ProposalNotPossible(f"{basis.value} is no ground to {wish.value}. Choose another basis.")
    if standing.erased_at is not None:
        raise ProposalNotPossible("This person was erased. Nothing is left to decide about.")
    if standing.open_proposal is not None:
        raise ProposalNotPossible("A proposal about this person is open. Decide it or withdraw it first.")
    if wish is Wish.ERASE_EARLY and standing.ended_at is None:
        raise ProposalNotPossible("The account is open. Close it before its data can go.")
    if wish is Wish.ERASE_EARLY and standing.may_go_early:
        raise ProposalNotPossible("An early erasure was approved before.")
    if (wish is Wish.HOLD) == standing.has_hold and wish is not Wish.ERASE_EARLY:
        stands = "stands already" if standing.has_hold else "does not stand"
        raise ProposalNotPossible(f"A hold {stands}. Look at how the person stands first.")


def require_decidable(standing: Standing, proposal: Proposal, outcome: Outcome, staff_id: UUID) -> None:
    """Refuse a decision that is not this person's, or late. Raises OwnProposal, ProposalDecided."""
    if proposal.outcome is not None:
        raise ProposalDecided("This proposal was decided before. Look at it.")
    if standing.erased_at is not None:
        raise ProposalDecided("This person was erased meanwhile. Nothing is left to decide about.")
    is_own = proposal.proposed_by == staff_id
    if is_own and outcome is not Outcome.WITHDRAWN:
        raise OwnProposal("Whoever proposed does not decide. Ask a second person.")
    if not is_own and outcome is Outcome.WITHDRAWN:
        raise OwnProposal("Only whoever proposed withdraws. Reject it instead.")
