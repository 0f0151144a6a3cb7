"""What a message is, who verifies it, and when it is tried again. Pure."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from customer_stack.webhooks.errors import MessageInvalid

ATTEMPTS: Final = 10
LEASE: Final = timedelta(seconds=10)
FIRST_PAUSE: Final = timedelta(milliseconds=250)
LONGEST_PAUSE: Final = timedelta(minutes=5)

_EVENT_ID: Final = re.compile(r"[!-~]{1,128}")
_KIND: Final = re.compile(r"[!-~]{1,64}")


class State(StrEnum):
    """How far a message is. The members without `done` are those of the database type webhook_task_state."""

    WAITING = "waiting"
    HELD = "held"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A verified message: who sent it, its name, what kind of event it is, and the bytes that were signed."""

    provider: str
    event_id: str
    kind: str
    body: bytes = field(repr=False)


class Verifier(Protocol):
    """How one provider signs. `name` is the last part of its address: /webhooks/{name}; it never changes."""

    name: str

    def open(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> Envelope:
        """Verify the raw bytes and return the message. Names of headers are in small letters.

        Raises SignatureInvalid, MessageInvalid.
        """
        ...


Handler = Callable[[Envelope], Awaitable[None]]
"""What a module does about a message. It opens its own transactions, may be called again with the same
message, and does not rely on order. A kind that it does not know is nothing to do."""


@dataclass(frozen=True, slots=True)
class Door:
    """A provider's verifier and who handles what it sends."""

    verifier: Verifier
    handler: Handler


@dataclass(frozen=True, slots=True)
class Message:
    """A stored message without its body. `problem` is the code of the last failed attempt."""

    id: UUID
    provider: str
    event_id: str
    kind: str
    received_at: datetime
    state: State
    attempts: int
    problem: str | None


def require_form(envelope: Envelope) -> None:
    """Refuse a name that could not be stored or shown. Raises MessageInvalid."""
    if _EVENT_ID.fullmatch(envelope.event_id) is None or _KIND.fullmatch(envelope.kind) is None:
        raise MessageInvalid("An event has an id and a kind of printable characters. Send the agreed form.")


def pause_after(attempts: int) -> timedelta | None:
    """Return how long to wait after this many failed attempts; None: hold the message for a person."""
    if attempts >= ATTEMPTS:
        return None
    doubled: int = 2 ** max(attempts - 1, 0)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)
