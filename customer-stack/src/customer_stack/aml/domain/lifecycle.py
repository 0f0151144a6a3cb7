"""From a draft to what counts, and out of it: who may take which step with a version of a rule. Pure.

Guaranteed: a version counts only after a second person approved what another proposed, and stops counting
only in the same way, or when another approved version of its rule takes its place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.rules import Rule
from customer_stack.aml.errors import OwnVersion, StepNotPossible


class State(StrEnum):
    """Where a version stands. The members of the database type aml_version_state."""

    DRAFT = "draft"
    SHADOW = "shadow"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    RETIRING = "retiring"
    RETIRED = "retired"


class Step(StrEnum):
    """What can be done with a version. The members of the database type aml_step_kind."""

    WRITE = "write"
    SHADOW = "shadow"
    PROPOSE = "propose"
    APPROVE = "approve"
    REJECT = "reject"
    DROP = "drop"
    REPLACE = "replace"


TRANSITIONS: Final[Mapping[tuple[State, Step], State]] = MappingProxyType(
    {
        (State.DRAFT, Step.SHADOW): State.SHADOW,
        (State.DRAFT, Step.PROPOSE): State.PROPOSED,
        (State.DRAFT, Step.DROP): State.RETIRED,
        (State.SHADOW, Step.PROPOSE): State.PROPOSED,
        (State.SHADOW, Step.DROP): State.RETIRED,
        (State.PROPOSED, Step.APPROVE): State.PUBLISHED,
        (State.PROPOSED, Step.REJECT): State.DRAFT,
        (State.PUBLISHED, Step.PROPOSE): State.RETIRING,
        (State.PUBLISHED, Step.REPLACE): State.RETIRED,
        (State.RETIRING, Step.APPROVE): State.RETIRED,
        (State.RETIRING, Step.REJECT): State.PUBLISHED,
        (State.RETIRING, Step.REPLACE): State.RETIRED,
        (State.RETIRED, Step.PROPOSE): State.PROPOSED,
    }
)
"""To propose a published version is to propose its retirement; a retired one, its return."""

COUNTING: Final = frozenset({State.PUBLISHED, State.RETIRING})
IN_SHADOW: Final = frozenset({State.SHADOW, State.PROPOSED})


@dataclass(frozen=True, slots=True)
class Taken:
    """One step that was taken; `number` counts from 1, which is the writing."""

    number: int
    step: Step
    state: State
    taken_by: UUID
    taken_at: datetime
    asked_number: int | None = None
    asked_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a rule with its last step."""

    id: UUID
    tenant_id: UUID
    rule: Rule
    written_by: UUID
    written_at: datetime
    last: Taken

    @property
    def state(self) -> State:
        """Return where the version stands."""
        return self.last.state


@dataclass(frozen=True, slots=True)
class VersionFilter:
    """Which versions to list: of one rule, in one state, or all."""

    key: str | None = None
    state: State | None = None


def write(person: UUID, now: datetime) -> Taken:
    """Return the first step of a version."""
    return Taken(1, Step.WRITE, State.DRAFT, person, now)


def take(version: Version, step: Step, person: UUID, now: datetime) -> Taken:
    """Return the next step of a version. Raises StepNotPossible, OwnVersion."""
    state = TRANSITIONS.get((version.state, step))
    if state is None:
        raise StepNotPossible(
            f"A version that is {version.state.value} cannot take this step. Look at it again."
        )
    asked_by = asked_number = None
    if step is Step.APPROVE:
        asked_by, asked_number = version.last.taken_by, version.last.number
        is_own = person == asked_by or (state is State.PUBLISHED and person == version.written_by)
        if is_own:
            raise OwnVersion("You wrote or proposed this. Ask somebody else to approve it.")
    return Taken(version.last.number + 1, step, state, person, now, asked_number, asked_by)


def changes_evaluation(before: State, after: State) -> bool:
    """Tell whether a step changes what is evaluated."""
    return (before in COUNTING, before in IN_SHADOW) != (after in COUNTING, after in IN_SHADOW)
