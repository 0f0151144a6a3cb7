"""Cooling off, and excluding oneself. Pure.

Somebody who cools off cannot play for a day to six weeks; who excludes themselves, for at least six months or
for good. Either begins at once and can only be made longer. An exclusion does not end by its term: then its
customer may ask to return, waits a day, and has to confirm.

Guaranteed: no act of anybody makes a pause shorter; nobody plays between the beginning of an exclusion and
the confirmation of a return, which is later than the term and a day after it was asked for.
"""

import calendar
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.facts.domain import FOREVER
from customer_stack.protection.errors import NotExcluded, NothingAsked, TermNotOver, TooEarly

COOLING_DAYS: Final = range(1, 43)
"""Six weeks at most."""
EXCLUSION_MONTHS: Final = range(6, 121)
"""At least six months (compliance.md, "Responsible gaming norms")."""
RETURN_WAIT: Final = timedelta(hours=24)
RETURN_TIME: Final = timedelta(days=7)
"""How long a return that was asked for can be confirmed."""
COLOMBO_OFFSET: Final = timedelta(hours=5, minutes=30)
"""The months of an exclusion are counted on the calendar of Colombo, which has no summer time."""


class PauseKind(StrEnum):
    """What somebody pauses by."""

    COOLING = "cooling"
    EXCLUSION = "exclusion"


class PauseCause(StrEnum):
    """Why: the customer asked, or wrote to staff, or is excluded by another account of the same person."""

    OWN = "own"
    STAFF = "staff"
    SAME_PERSON = "same_person"


@dataclass(frozen=True, slots=True)
class Pause:
    """One act of pausing, as it is kept for ever. `ends_at` None: for good."""

    id: UUID
    tenant_id: UUID
    customer_id: UUID
    kind: PauseKind
    cause: PauseCause
    begins_at: datetime
    ends_at: datetime | None
    caused_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An exclusion that stands. `until` None: for good, otherwise until when no return can be asked for."""

    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A return that was asked for and waits."""

    id: UUID
    asked_at: datetime
    ready_at: datetime
    lapses_at: datetime


@dataclass(frozen=True, slots=True)
class Paused:
    """How somebody pauses at a moment."""

    cooling_until: datetime | None = None
    exclusion: Exclusion | None = None
    asked: Asked | None = None


def end_of_cooling(days: int, now: datetime) -> datetime:
    """Return when somebody who begins now has cooled off."""
    return now + timedelta(days=days)


def end_of_exclusion(months: int | None, now: datetime) -> datetime | None:
    """Return the end of a term that begins now, at the same time of a day of Colombo; None: for good."""
    if months is None:
        return None
    local = now + COLOMBO_OFFSET
    count = local.year * 12 + local.month - 1 + months
    year, month = count // 12, count % 12 + 1
    day = min(local.day, calendar.monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day) - COLOMBO_OFFSET


def lengthens(paused: Paused, kind: PauseKind, ends_at: datetime | None) -> bool:
    """Tell whether a pause until `ends_at` makes anything longer than it is."""
    if kind is PauseKind.COOLING:
        return paused.cooling_until is None or (ends_at is not None and ends_at > paused.cooling_until)
    exclusion = paused.exclusion
    if exclusion is None:
        return True
    return exclusion.until is not None and (ends_at is None or ends_at > exclusion.until)


def excluded_until(paused: Paused) -> datetime | None:
    """Return what the gate has to know: an exclusion stands until a return is confirmed, so for good."""
    return None if paused.exclusion is None else FOREVER


def ask_return(paused: Paused, asked_id: UUID, now: datetime) -> Asked:
    """Return the wish to play again; one that waits stays as it is. Raises NotExcluded, TermNotOver."""
    exclusion = paused.exclusion
    if exclusion is None:
        raise NotExcluded("This account is not excluded.")
    if exclusion.until is None:
        raise TermNotOver("This account is excluded for good.")
    if now < exclusion.until:
        raise TermNotOver(f"A return can be asked for from {exclusion.until:%Y-%m-%d %H:%M} UTC on.")
    if paused.asked is not None:
        return paused.asked
    ready_at = now + RETURN_WAIT
    return Asked(asked_id, now, ready_at, ready_at + RETURN_TIME)


def require_asked(paused: Paused) -> Asked:
    """Return the return that waits. Raises NothingAsked."""
    if paused.exclusion is None or paused.asked is None:
        raise NothingAsked("No return waits. Ask for it again.")
    return paused.asked


def confirm_return(paused: Paused, now: datetime) -> Asked:
    """Return the return that may be completed now. Raises NothingAsked, TooEarly."""
    asked = require_asked(paused)
    if now < asked.ready_at:
        raise TooEarly(f"This can be confirmed from {asked.ready_at:%Y-%m-%d %H:%M} UTC on.")
    return asked
