"""What is asked of both ledgers: plain values that name neither of them.

A command is what one client sends: what it wants, and under which key. The ids in it are those that the
ledger would give; they are no part of the request, so a request that comes again brings new ones.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

LKR, USD = 1, 2


class What(StrEnum):
    """What a command wants."""

    POST = "post"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"
    EXPIRE = "expire"
    REVERSE = "reverse"
    CORRECT = "correct"


@dataclass(frozen=True, slots=True)
class Leg:
    """One asset of a transfer: from an account to another one of the same book."""

    asset: int
    source: str
    target: str
    amount: int
    action: str
    cost: int | None = None
    profit: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One transfer of a command."""

    book: UUID
    kind: str
    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a hold is to reserve."""

    asset: int
    account: str
    amount: int
    purpose: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What the client says; two requests are the same when this is."""

    what: What
    tenant: UUID
    books: tuple[UUID, ...]
    """All books that it touches; the first keeps the answer."""
    effective_at: datetime
    parts: tuple[Part, ...] = ()
    reservation: Reservation | None = None
    hold: UUID | None = None
    amount: int = 0
    last: bool = False
    """For a capture: what remains of the hold is set free."""
    movement: UUID | None = None
    """The movement that is reversed or corrected."""
    deal: UUID | None = None
    """The deal of that movement, where it has one."""
    reference: str | None = None
    """The bank's name for what it paid: it settles once."""


@dataclass(frozen=True, slots=True)
class Command:
    """A request, its key, and the ids that an acceptance would use."""

    request: Request
    key: str
    id: UUID
    spare: tuple[UUID, ...] = field(default=(), compare=False)
    """Ids for transfers, in order."""


@dataclass(frozen=True, slots=True)
class Done:
    """Accepted. `effect` names what came of it: the same words for the same request, always."""

    effect: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Not accepted, and nothing changed."""

    code: str


Outcome = Done | Refused
