"""How far a session is: its route, and the results so far. Pure.

Nothing else is kept of where a session stands, so whoever has the route and the results finds out the same:
the worker, a reviewer's page, and whoever replays it years later with the configuration of its time.

A step ends by its first outcome. Four eyes end by two people with the same outcome and reason; when they
differ the step escalates. An escalated step waits for one person with the route's permission, who cannot
escalate again.

Guaranteed:
- results after an end, out of order, or by the wrong hand are never explained away: they are a bug;
- a session ends approved only with a pass for every step.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from customer_stack.kyc.domain.checks import Finding, Outcome, Subject
from customer_stack.kyc.domain.claims import Reason
from customer_stack.kyc.domain.routing import Route, Step, StepKind
from customer_stack.kyc.errors import NothingToReview, ReviewerUnsuitable, SamePerson, VerdictIncomplete
from shared.errors import invariant


class End(StrEnum):
    """How a session's steps end."""

    APPROVED = "approved"
    RETRY = "retry"
    REJECTED = "rejected"


SubjectOn = Callable[[datetime], Subject]
"""Returns what a check looked at, at a moment."""


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one look at one step. `staff_id` None: no person looked."""

    number: int
    step: str
    outcome: Outcome
    reason: Reason | None
    staff_id: UUID | None
    decided_at: datetime
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A session that goes on with `step`. `first`: whose second pair of eyes is awaited."""

    step: Step
    is_escalated: bool
    permission: str | None
    first: UUID | None = None

    @property
    def for_person(self) -> bool:
        """Tell whether a person has to act."""
        return self.permission is not None


@dataclass(frozen=True, slots=True)
class Ended:
    """A session whose steps have ended, and why; None: all passed."""

    end: End
    reason: Reason | None = None


Progress = Waiting | Ended


def fold(route: Route, results: Iterable[Result]) -> Progress:
    """Return where a session stands after its results."""
    walk = _Walk(route)
    for number, result in enumerate(results, 1):
        invariant(result.number == number, "results are numbered without a gap")
        walk.take(result)
    return walk.progress


class _Walk:
    """A walk along a route."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._position = 0
        self._escalated = False
        self._first: Result | None = None
        self._ended: Ended | None = None

    @property
    def progress(self) -> Progress:
        if self._ended is not None:
            return self._ended
        if self._position == len(self._route.steps):
            return Ended(End.APPROVED)
        step = self._route.steps[self._position]
        permission = self._route.escalate_to if self._escalated else step.permission
        return Waiting(step, self._escalated, permission, self._first.staff_id if self._first else None)

    def take(self, result: Result) -> None:
        waiting = self.progress
        invariant(isinstance(waiting, Waiting), "nothing is decided after the end")
        if not isinstance(waiting, Waiting):
            return
        invariant(result.step == waiting.step.name, "a result belongs to the step that is awaited")
        invariant((result.staff_id is not None) == waiting.for_person, "people decide what waits for people")
        invariant((result.reason is None) == (result.outcome is Outcome.PASS), "all but a pass has a reason")
        if waiting.step.kind is StepKind.FOUR_EYES and not self._escalated:
            if self._first is None:
                self._first = result
                return
            invariant(self._first.staff_id != result.staff_id, "four eyes are two people")
            same = (self._first.outcome, self._first.reason) == (result.outcome, result.reason)
            self._first = None
            self._end_step(result.outcome if same else Outcome.ESCALATE, result.reason)
            return
        self._end_step(result.outcome, result.reason)

    def _end_step(self, outcome: Outcome, reason: Reason | None) -> None:
        match outcome:
            case Outcome.PASS:
                self._position += 1
                self._escalated = False
            case Outcome.ESCALATE:
                invariant(not self._escalated, "a step escalates once")
                self._escalated = True
            case Outcome.RETRY:
                self._ended = Ended(End.RETRY, reason)
            case Outcome.REJECT:
                self._ended = Ended(End.REJECTED, reason)


def differing_checks(route: Route, results: Iterable[Result], subject_on: SubjectOn) -> tuple[str, ...]:
    """Return the automatic steps that find something else today, for the same claim on the day of the result.

    There are none unless a check was changed since: that is what a replay is for.
    """
    steps = {step.name: step for step in route.steps}
    return tuple(
        result.step
        for result in results
        if result.staff_id is None
        and (check := steps[result.step].check) is not None
        and check(subject_on(result.decided_at)) != Finding(result.outcome, result.reason, result.notes)
    )


def require_reviewer(progress: Progress, staff_id: UUID, permissions: Collection[str]) -> Waiting:
    """Return what waits for a person, if this one may decide it.

    Raises NothingToReview, ReviewerUnsuitable, SamePerson.
    """
    if not isinstance(progress, Waiting) or progress.permission is None:
        raise NothingToReview("This session waits for no reviewer. Look at its state.")
    if progress.permission not in permissions:
        raise ReviewerUnsuitable(f"This step needs the permission {progress.permission}. Leave it to others.")
    if progress.first == staff_id:
        raise SamePerson("You were the first pair of eyes. Another person has to be the second.")
    return progress


def require_verdict(waiting: Waiting, outcome: Outcome, reason: Reason | None) -> None:
    """Refuse a verdict that this step cannot have. Raises VerdictIncomplete."""
    if outcome is Outcome.ESCALATE and waiting.is_escalated:
        raise VerdictIncomplete("This step was escalated to you. Pass it, reject it, or ask for a retry.")
    if (reason is None) != (outcome is Outcome.PASS):
        raise VerdictIncomplete("Every verdict but a pass has a reason, and a pass has none.")
