"""Alerts: what becomes of a possible match when it is seen again, and what people may say of it. Pure.

An alert is one subject beside one entry. `see` is what a screening does with it, `take` what a person does.

    open -> cleared                                     one person, when the score is below CLEAR_ALONE_BELOW
    open -> clear_proposed -> cleared                   two people
    open -> confirm_proposed -> confirmed               two people
    confirmed -> release_proposed -> cleared            two people
    open -> confirmed                                   at once, when a document proves it
    cleared -> open                                     when what was compared has changed
    open, clear_proposed, cleared -> gone               when the subject no longer resembles the entry

Guaranteed:
- two people, never one, confirm, release, or clear what scores high;
- a clearing holds for what was compared, and lapses when either side of it changes;
- only people end what is confirmed, whatever becomes of the list.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from customer_stack.screening.errors import AlertConflict, OwnProposal
from customer_stack.screening.matching.party import THRESHOLD, Agreement, Party, PossibleMatch

CLEAR_ALONE_BELOW: Final = 8_500
LONG_DOCUMENT: Final = 7
"""Signs of a document number that nobody has by chance."""


class State(StrEnum):
    """Where an alert stands. The members of the database type screening_alert_state."""

    OPEN = "open"
    CLEAR_PROPOSED = "clear_proposed"
    CONFIRM_PROPOSED = "confirm_proposed"
    RELEASE_PROPOSED = "release_proposed"
    CLEARED = "cleared"
    CONFIRMED = "confirmed"
    GONE = "gone"


class Step(StrEnum):
    """What is done with an alert. The members of the database type screening_alert_step_kind."""

    FOUND = "found"
    FOUND_AGAIN = "found_again"
    LAPSE = "lapse"
    VANISH = "vanish"
    PROVE = "prove"
    CLEAR = "clear"
    PROPOSE_CLEAR = "propose_clear"
    PROPOSE_CONFIRM = "propose_confirm"
    PROPOSE_RELEASE = "propose_release"
    APPROVE = "approve"
    REJECT = "reject"


class Verdict(StrEnum):
    """What all alerts of a subject say together. The members of the database type screening_state."""

    CLEAR = "clear"
    POSSIBLE = "possible"
    CONFIRMED = "confirmed"


_BY_PEOPLE: Final[Mapping[tuple[State, Step], State]] = MappingProxyType(
    {
        (State.OPEN, Step.CLEAR): State.CLEARED,
        (State.OPEN, Step.PROPOSE_CLEAR): State.CLEAR_PROPOSED,
        (State.OPEN, Step.PROPOSE_CONFIRM): State.CONFIRM_PROPOSED,
        (State.CONFIRMED, Step.PROPOSE_RELEASE): State.RELEASE_PROPOSED,
        (State.CLEAR_PROPOSED, Step.APPROVE): State.CLEARED,
        (State.CLEAR_PROPOSED, Step.REJECT): State.OPEN,
        (State.CONFIRM_PROPOSED, Step.APPROVE): State.CONFIRMED,
        (State.CONFIRM_PROPOSED, Step.REJECT): State.OPEN,
        (State.RELEASE_PROPOSED, Step.APPROVE): State.CLEARED,
        (State.RELEASE_PROPOSED, Step.REJECT): State.CONFIRMED,
    }
)
_ANSWERS: Final = frozenset({Step.APPROVE, Step.REJECT})
_COUNTS_AS: Final[Mapping[State, Verdict]] = MappingProxyType(
    {
        State.OPEN: Verdict.POSSIBLE,
        State.CLEAR_PROPOSED: Verdict.POSSIBLE,
        State.CONFIRM_PROPOSED: Verdict.POSSIBLE,
        State.RELEASE_PROPOSED: Verdict.CONFIRMED,
        State.CONFIRMED: Verdict.CONFIRMED,
        State.CLEARED: Verdict.CLEAR,
        State.GONE: Verdict.CLEAR,
    }
)


_CONFIRMED: Final = frozenset({State.CONFIRMED, State.RELEASE_PROPOSED})
_AFTER_CHANGE: Final[Mapping[State, tuple[Step, State]]] = MappingProxyType(
    {
        State.OPEN: (Step.FOUND_AGAIN, State.OPEN),
        State.CLEAR_PROPOSED: (Step.FOUND_AGAIN, State.OPEN),
        State.RELEASE_PROPOSED: (Step.FOUND_AGAIN, State.CONFIRMED),
        State.CONFIRMED: (Step.FOUND_AGAIN, State.CONFIRMED),
        State.CLEARED: (Step.LAPSE, State.OPEN),
    }
)
"""What a changed subject or entry does: proposals over the old facts are void, clearings lapse."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is screened: a customer, or a business that a customer represents."""

    tenant_id: UUID
    customer_id: UUID
    business_id: UUID | None = None

    @property
    def id(self) -> UUID:
        """Return the id by which the subject is known."""
        return self.business_id or self.customer_id


@dataclass(frozen=True, slots=True)
class Sighting:
    """One entry beside a subject, at or above the threshold. The prints say what was compared."""

    source: str
    entry_id: str
    score: int
    priority: int
    is_sanctioned: bool
    is_proven: bool
    entry_print: bytes
    party_print: bytes

    @property
    def key(self) -> tuple[str, str]:
        """Return which entry it is."""
        return self.source, self.entry_id


@dataclass(frozen=True, slots=True)
class Taken:
    """One step; `taken_by` None: the system. Of an answer: which proposal it answers, and whose."""

    number: int
    step: Step
    state: State
    score: int
    taken_by: UUID | None
    taken_at: datetime
    asked_number: int | None = None
    asked_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """A subject beside an entry, as it was last seen, and the last step taken with it."""

    id: UUID
    subject: Subject
    department_id: UUID
    seen: Sighting
    opened_at: datetime
    last: Taken

    @property
    def state(self) -> State:
        """Return where the alert stands."""
        return self.last.state

    @property
    def freezes(self) -> bool:
        """Tell whether the subject's money stays where it is: one pair of eyes is enough for that."""
        frozen = (State.CONFIRM_PROPOSED, State.CONFIRMED, State.RELEASE_PROPOSED)
        return self.seen.is_sanctioned and self.state in frozen


def decide_verdict(alerts: Iterable[Alert]) -> Verdict:
    """Return what all alerts of a subject say. Who is exposed and not sanctioned is not stopped."""
    counted = {
        Verdict.CLEAR if found is Verdict.CONFIRMED and not alert.seen.is_sanctioned else found
        for alert in alerts
        for found in [_COUNTS_AS[alert.state]]
    }
    return next((each for each in reversed(Verdict) if each in counted), Verdict.CLEAR)


def see(alert: Alert | None, sighting: Sighting | None) -> tuple[tuple[Step, State], ...]:
    """Return what a screening does with an alert: it saw the entry beside the subject, or no longer."""
    state = State.GONE if alert is None else alert.state
    if sighting is None:
        vanishes = state in (State.OPEN, State.CLEAR_PROPOSED, State.CLEARED)
        return ((Step.VANISH, State.GONE),) if vanishes else ()
    changed = alert is None or _compared(alert.seen) != _compared(sighting)
    proof = ((Step.PROVE, State.CONFIRMED),) if sighting.is_proven else ()
    if state is State.GONE:
        return (Step.FOUND, State.OPEN), *proof
    if state is State.CONFIRM_PROPOSED:
        return proof
    if not changed:
        return proof if state in (State.OPEN, State.CLEAR_PROPOSED) else ()
    return (_AFTER_CHANGE[state], *(() if state in _CONFIRMED else proof))


def follow(alert: Alert, sighting: Sighting | None, step: Step, state: State, at: datetime) -> Alert:
    """Return an alert after a step of the system."""
    seen = sighting or alert.seen
    return replace(alert, seen=seen, last=Taken(alert.last.number + 1, step, state, seen.score, None, at))


def take(alert: Alert, step: Step, staff_id: UUID, at: datetime) -> Alert:
    """Return an alert after a step of a person. Raises AlertConflict, OwnProposal."""
    last = alert.last
    state = _BY_PEOPLE.get((last.state, step))
    if state is None:
        raise AlertConflict(f"An alert that is {last.state} cannot take this step. Look at it again.")
    if step is Step.CLEAR and alert.seen.score >= CLEAR_ALONE_BELOW:
        raise AlertConflict(f"From a score of {CLEAR_ALONE_BELOW} on two people clear. Propose it.")
    if step not in _ANSWERS:
        taken = Taken(last.number + 1, step, state, alert.seen.score, staff_id, at)
        return replace(alert, last=taken)
    if last.taken_by == staff_id:
        raise OwnProposal("You proposed this. Ask somebody else to answer it.")
    taken = Taken(last.number + 1, step, state, alert.seen.score, staff_id, at, last.number, last.taken_by)
    return replace(alert, last=taken)


def is_proven(match: PossibleMatch, party: Party) -> bool:
    """Tell whether a document says that the subject is the entry: name, number and birth date agree.

    The name alone reaches the threshold, a long number of a document is the same, no birth date is another.
    """
    agreed = dict(match.explanation.qualifiers)
    return (
        match.explanation.name_score >= THRESHOLD
        and agreed["document"] is Agreement.SAME
        and all(len(number) >= LONG_DOCUMENT for number in party.documents)
        and agreed["birth"] not in (Agreement.APART, Agreement.CONTRARY)
    )


def _compared(seen: Sighting) -> tuple[bytes, bytes]:
    return seen.entry_print, seen.party_print
