"""What can differ, whose task it is, and how it ends. Pure.

A difference is found by a machine and ended by people. The machine says what it saw and when its values move;
it never says that a difference is over, because "it went away" is what a thief would like to hear.

*Guaranteed:*
- a break moves by steps alone, and nothing follows its end;
- only its owner proposes an end; a correction names a transfer, an explanation names none, both say why;
- a material break ends by two persons, and on the values that both of them saw.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.reconciliation.errors import (
    BreakEnded,
    BreakNotYours,
    DifferenceMoved,
    NothingProposed,
    ProposalStands,
    SamePerson,
    TransferMismatch,
)
from shared.errors import invariant

LONGEST_SUBJECT: Final = 160
LONGEST_REFERENCE: Final = 128


class BreakType(StrEnum):
    """How two sides differ. The members of the database type reconciliation_break_type."""

    MISSING_OURS = "missing_ours"
    """They have it, we have not."""
    MISSING_THEIRS = "missing_theirs"
    """We have it, they have not."""
    AMOUNT = "amount"
    QUANTITY = "quantity"
    PRICE = "price"
    FEE = "fee"
    DUPLICATE = "duplicate"
    """One side has it more often."""
    TIMING = "timing"
    """The same, on days too far apart."""
    DIRECTION = "direction"
    """The same, the other way round."""
    UNKNOWN_ACCOUNT = "unknown_account"
    """They have it for somebody whom we do not know."""
    ROUNDING = "rounding"
    """An amount within what rounding explains."""


class Unit(StrEnum):
    """What the numbers count. The members of the database type reconciliation_unit."""

    LKR_CENT = "lkr_cent"
    MICRO_DOLLAR = "micro_dollar"
    CENTI_CONTRACT = "centi_contract"
    ENTRY = "entry"
    RATE_E8 = "rate_e8"
    """LKR per USD, scaled by 100,000,000."""
    DAY = "day"
    """Days of Colombo since 1970."""


class LinkKind(StrEnum):
    """What a piece of evidence names. The members of the database type reconciliation_link_kind."""

    RUN = "run"
    MATCH = "match"
    TRANSFER = "transfer"
    MOVEMENT = "movement"
    STATEMENT_LINE = "statement_line"
    BANK_REFERENCE = "bank_reference"
    PAY_IN = "pay_in"
    PAYOUT = "payout"
    BOOK = "book"
    MARKET = "market"
    SETTLEMENT = "settlement"
    REPORT_SEQUENCE = "report_sequence"
    ACCOUNT = "account"


class How(StrEnum):
    """How a break ended. The members of the database type reconciliation_break_how."""

    EXPLAINED = "explained"
    CORRECTED = "corrected"
    """A transfer in our books took it up."""


class StepKind(StrEnum):
    """What a person did. The members of the database type reconciliation_step_kind."""

    TAKEN = "taken"
    NOTED = "noted"
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    ENDED = "ended"
    """Its owner ended it alone: it is not material."""


class AgeBucket(StrEnum):
    """How long a break has been open."""

    UNDER_DAY = "under_1d"
    UNDER_WEEK = "under_1w"
    UNDER_MONTH = "under_30d"
    OLDER = "older"


AGE_BOUNDS: Final = (timedelta(days=1), timedelta(weeks=1), timedelta(days=30))
"""Where one bucket of age ends and the next begins."""


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """One thing that a break is about, by kind and id or reference. Never personal data."""

    kind: LinkKind
    reference: str


@dataclass(frozen=True, slots=True)
class NewBreak:
    """A difference as it was found. A value is None where that side has nothing.

    Tenant, department, `check`, `type`, `subject` and `unit` say which difference it is; the values may move
    while it stays the same break. `check` names who compares, `subject` what was compared.
    """

    tenant_id: UUID
    department_id: UUID | None
    check: str
    type: BreakType
    subject: str
    unit: Unit
    ours: int | None
    theirs: int | None
    evidence: tuple[Link, ...]
    at: datetime

    def __post_init__(self) -> None:
        """Refuse what is no difference, or too long to be kept."""
        invariant(self.ours != self.theirs, "a break has two different values")
        invariant(0 < len(self.subject) <= LONGEST_SUBJECT, "a subject is short")
        invariant(all(len(each.reference) <= LONGEST_REFERENCE for each in self.evidence), "links are short")


@dataclass(frozen=True, slots=True)
class Sighting:
    """The values that a break had from a moment on. The first has number 1."""

    number: int
    ours: int | None
    theirs: int | None
    is_material: bool
    at: datetime

    @property
    def difference(self) -> int:
        """Return how far ours is above theirs."""
        return (self.ours or 0) - (self.theirs or 0)


@dataclass(frozen=True, slots=True)
class Ending:
    """How somebody wants a break to end, and why. `book_id`: where the transfer lies."""

    how: How
    reason: str
    book_id: UUID | None = None
    transfer_id: UUID | None = None

    def __post_init__(self) -> None:
        """Raise TransferMismatch where the transfer is missing or not wanted."""
        if (self.how is How.CORRECTED) != (self.transfer_id is not None):
            raise TransferMismatch("A correction names its transfer; an explanation names none.")


@dataclass(frozen=True, slots=True)
class Proposal:
    """An end that waits for a second person. `sighting`: the values on which it was proposed."""

    step: int
    ending: Ending
    proposed_by: UUID
    sighting: int


@dataclass(frozen=True, slots=True)
class Step:
    """What a person did with a break. `answers`: the proposal that it decides; `ending`: what it wants."""

    number: int
    kind: StepKind
    by: UUID
    at: datetime
    sighting: int
    note: str | None = None
    ending: Ending | None = None
    answers: Proposal | None = None

    @property
    def ends(self) -> Ending | None:
        """Return the end that this step brings, if it does."""
        if self.kind is StepKind.APPROVED and self.answers is not None:
            return self.answers.ending
        return self.ending if self.kind is StepKind.ENDED else None


@dataclass(frozen=True, slots=True)
class Break:
    """A break as it stands: since when, with which values, in whose hands, and how it ended."""

    id: UUID
    tenant_id: UUID
    department_id: UUID | None
    check: str
    type: BreakType
    subject: str
    unit: Unit
    found_at: datetime
    seen: Sighting
    steps: int = 0
    owner: UUID | None = None
    proposal: Proposal | None = None
    ending: Ending | None = None
    ended_at: datetime | None = None

    def age(self, now: datetime) -> timedelta:
        """Return how long the break is, or was, open."""
        return max((self.ended_at or now) - self.found_at, timedelta(0))


def take(found: Break, by: UUID, at: datetime) -> Step:
    """Make a person the owner, whoever was it before. Raises BreakEnded, ProposalStands."""
    _require_open(found)
    _require_no_proposal(found)
    return Step(found.steps + 1, StepKind.TAKEN, by, at, found.seen.number)


def write_note(found: Break, by: UUID, note: str, at: datetime) -> Step:
    """Add what somebody found out. Raises BreakEnded."""
    _require_open(found)
    return Step(found.steps + 1, StepKind.NOTED, by, at, found.seen.number, note)


def propose(found: Break, by: UUID, ending: Ending, at: datetime) -> Step:
    """Propose an end, or end at once what is not material.

    Raises BreakEnded, BreakNotYours, ProposalStands.
    """
    _require_open(found)
    if found.owner != by:
        raise BreakNotYours("Only its owner ends a break. Take it first.")
    _require_no_proposal(found)
    kind = StepKind.PROPOSED if found.seen.is_material else StepKind.ENDED
    return Step(found.steps + 1, kind, by, at, found.seen.number, ending=ending)


def approve(found: Break, by: UUID, at: datetime) -> Step:
    """End a break as another person proposed.

    Raises BreakEnded, NothingProposed, SamePerson, DifferenceMoved.
    """
    proposal = _require_proposal(found)
    if proposal.proposed_by == by:
        raise SamePerson("Who proposes does not approve. Ask a colleague.")
    if proposal.sighting != found.seen.number:
        raise DifferenceMoved("The difference moved since this was proposed. Reject it and look again.")
    return Step(found.steps + 1, StepKind.APPROVED, by, at, found.seen.number, answers=proposal)


def reject(found: Break, by: UUID, note: str, at: datetime) -> Step:
    """Refuse a proposal, or take one's own back. Raises BreakEnded, NothingProposed."""
    proposal = _require_proposal(found)
    return Step(found.steps + 1, StepKind.REJECTED, by, at, found.seen.number, note, answers=proposal)


def _require_open(found: Break) -> None:
    if found.ending is not None:
        raise BreakEnded("The break has ended. If the difference is still there, it is found again.")


def _require_no_proposal(found: Break) -> None:
    if found.proposal is not None:
        raise ProposalStands("An end of this break is proposed. Have it decided first.")


def _require_proposal(found: Break) -> Proposal:
    _require_open(found)
    if found.proposal is None:
        raise NothingProposed("No end of this break is proposed.")
    return found.proposal
