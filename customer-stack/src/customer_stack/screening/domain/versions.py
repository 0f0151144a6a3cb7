"""Versions of lists, what each changed, and looks at lists: values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from customer_stack.screening.lists.entry import ListEntry, WatchList


class CheckOutcome(StrEnum):
    """What came of a look at a list. The members of the database type screening_check_outcome."""

    TAKEN = "taken"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a list that was taken."""

    number: int
    source: str
    version: bytes
    lists_version: bytes
    contents: bytes
    entries: int
    names: int
    added: int
    changed: int
    removed: int
    origin: str
    published_at: datetime | None
    fetched_at: datetime
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class Check:
    """A look at a list. `number`: the version that it confirmed or gave."""

    id: UUID
    source: str
    outcome: CheckOutcome
    reason: str | None
    origin: str
    at: datetime
    number: int | None


@dataclass(frozen=True, slots=True)
class EntryChange:
    """What a version did to an entry; `content` None: it is gone."""

    number: int
    source: str
    entry_id: str
    change: str
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Lists:
    """What counts at a number: the lists, and the digest over their versions."""

    number: int
    lists_version: bytes
    lists: tuple[WatchList, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an entry between two numbers; `entry` None: it is gone."""

    source: str
    entry_id: str
    entry: ListEntry | None
    is_new: bool
