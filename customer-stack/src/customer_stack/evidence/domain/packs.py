"""Packs, what may become of them, and deliveries. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.evidence.errors import PackNotInThisState, TimeUnusable
from shared.errors import invariant

LONGEST: Final = timedelta(days=3_700)
OFFER: Final = timedelta(days=30)
PERSONAL_OFFER: Final = timedelta(days=7)
"""How long a pack is kept. It can be made again; what was made stays registered."""


class Scope(StrEnum):
    """What a pack is of. The members of the database type evidence_scope."""

    CUSTOMER = "customer"
    ACCOUNT = "account"
    MARKET = "market"
    WINDOW = "window"
    PERIOD = "period"
    CASE = "case"
    STAFF = "staff"


OF_ONE_PERSON: Final = frozenset({Scope.CUSTOMER, Scope.ACCOUNT, Scope.CASE})
"""Scopes that lead to one customer: only these can hold personal data."""


class State(StrEnum):
    """How far a pack is. The members of the database type evidence_state."""

    ASKED = "asked"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"
    GONE = "gone"


class Step(StrEnum):
    """What happens to a pack."""

    FINISH = "finish"
    FAIL = "fail"
    CANCEL = "cancel"
    DROP = "drop"


TRANSITIONS: Final[Mapping[tuple[State, Step], State]] = {
    (State.ASKED, Step.FINISH): State.READY,
    (State.ASKED, Step.FAIL): State.FAILED,
    (State.ASKED, Step.CANCEL): State.CANCELLED,
    (State.READY, Step.CANCEL): State.GONE,
    (State.READY, Step.DROP): State.GONE,
}


class Channel(StrEnum):
    """How a pack was given. The members of the database type evidence_channel."""

    PORTAL = "portal"
    EMAIL = "email"
    COURIER = "courier"
    IN_PERSON = "in_person"
    DATA_ROOM = "data_room"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for: a scope, which one, a time, and whether with personal data."""

    scope: Scope
    scope_id: UUID | None
    first_at: datetime
    last_at: datetime
    is_personal: bool


@dataclass(frozen=True, slots=True)
class Made:
    """What was made, as it is registered."""

    size_bytes: int
    sha256: bytes
    manifest_sha256: bytes
    row_count: int
    record_count: int
    checkpoint_size: int
    is_witnessed: bool
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack. `permissions`: without all of them nobody gets it; `made` None: it is not, or was not, made."""

    id: UUID
    tenant_id: UUID
    wish: Wish
    customer_id: UUID | None
    permissions: tuple[str, ...]
    asked_by: str
    asked_at: datetime
    state: State
    attempts: int
    expires_at: datetime | None
    made: Made | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A pack that was given to an authority or firm."""

    id: UUID
    pack_id: UUID
    recipient: str
    channel: Channel
    reference: str | None
    delivered_at: datetime
    recorded_by: UUID
    recorded_at: datetime


def next_state(state: State, step: Step) -> State:
    """Return the state after a step. Raises PackNotInThisState."""
    following = TRANSITIONS.get((state, step))
    if following is None:
        raise PackNotInThisState(f"The pack is {state.value}. Look at it again before you go on.")
    return following


def require_time(wish: Wish, now: datetime) -> None:
    """Refuse a time that no pack can be of. Raises TimeUnusable."""
    if not wish.first_at < wish.last_at <= now:
        raise TimeUnusable("The time ends before it begins, or has not ended yet. Correct from and to.")
    if wish.last_at - wish.first_at > LONGEST:
        raise TimeUnusable(f"A pack is of {LONGEST.days} days at most. Ask for parts of the time.")


def expiry_of(wish: Wish, now: datetime) -> datetime:
    """Return until when a pack is kept."""
    invariant(not wish.is_personal or wish.scope in OF_ONE_PERSON, "personal data is of one person")
    return now + (PERSONAL_OFFER if wish.is_personal else OFFER)
