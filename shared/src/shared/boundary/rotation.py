"""Changing a set of keys without a pause: what may be added when, and what may be taken away. Pure.

A new pair is distributed before it is valid, in any order. From `not_before` both sides accept it; a
minute later its sender begins to sign with it. The older pair stays until it expires by itself.
A retry is signed anew, so what has to be outlived is one call: its window, its deadline, clocks.

Guaranteed:
- a rotation never takes an active key away, and the key in use outlives the first use of the new one;
- revoking takes one key away at once, and never the last of its kind unless that is what was asked for;
- every set that results can be loaded, and running processes take it over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from shared.boundary.errors import KeysUnusable
from shared.boundary.keys import Direction, KeyRecord, KeyRing, make_keys
from shared.boundary.signing import FUTURE_TOLERANCE, WINDOW

LONGEST_CALL: Final = timedelta(seconds=30)
"""A long poll with its deadline."""
OVERLAP: Final = 2 * (WINDOW + FUTURE_TOLERANCE + LONGEST_CALL)
"""How long the older key stays valid after the newer one signs."""


@dataclass(frozen=True, slots=True)
class Change:
    """A new set of keys, and how it differs from the one before."""

    records: tuple[KeyRecord, ...]
    added: tuple[KeyRecord, ...] = ()
    dropped: tuple[KeyRecord, ...] = ()


def rotate(
    records: Sequence[KeyRecord],
    pair: tuple[str, str],
    *,
    now: datetime,
    lead: timedelta,
    validity: timedelta,
) -> Change:
    """Add the keys with which the caller of `pair` calls the other. Raises KeysUnusable."""
    fresh = make_keys(*pair, not_before=now + lead, not_after=now + lead + validity)
    for record in fresh:
        standing = [each for each in records if _serves(each, record) and each.is_active(now)]
        last = max((each.not_after for each in standing), default=None)
        # Without a lead it is an emergency: both sides have the pair as soon as they can.
        if lead and last is not None and last < record.signs_from + OVERLAP:
            raise KeysUnusable(
                f"The key in use ends at {last.isoformat(timespec='seconds')}, before the new one is relied "
                "on. Choose a shorter lead, or none."
            )
    return _added(records, fresh, now)


def take(records: Sequence[KeyRecord], handed: Sequence[KeyRecord], *, now: datetime) -> Change:
    """Add what the other stack made. Raises KeysUnusable when an id stands for another key already."""
    known = {record.id: record for record in records}
    if any(known.get(record.id, record) != record for record in handed):
        raise KeysUnusable(
            "A key of the handed file has the id of another key. Make a new pair: rotate-keys."
        )
    return _added(records, [record for record in handed if record.id not in known], now)


def revoke(records: Sequence[KeyRecord], key_id: UUID, *, now: datetime, even_if_last: bool) -> Change:
    """Take one key away at once. Raises KeysUnusable."""
    found = next((record for record in records if record.id == key_id), None)
    if found is None:
        raise KeysUnusable("The file has no such key. Check the id.")
    kept = tuple(record for record in records if record is not found)
    if not even_if_last and not any(_serves(each, found) and each.is_active(now) for each in kept):
        raise KeysUnusable(
            "No other key of its kind is active: without it the boundary stands still. Add a pair first "
            "(rotate-keys --lead-minutes 0), or say --even-if-last."
        )
    if not any(each.is_active(now) for each in kept):
        # A file like that is taken for a mistake: the key would be gone from the file and not from memory.
        raise KeysUnusable(
            "No active key would be left in the file, and running processes would keep those of before, this "
            "one too. Add a pair first (rotate-keys --lead-minutes 0), or stop the processes."
        )
    return Change(kept, dropped=(found,))


def pairs_of(records: Sequence[KeyRecord]) -> set[tuple[str, str]]:
    """Return who calls whom with these keys."""
    return {
        (each.sender, each.audience) if each.direction is Direction.REQUEST else (each.audience, each.sender)
        for each in records
    }


def _added(records: Sequence[KeyRecord], fresh: Sequence[KeyRecord], now: datetime) -> Change:
    if any(record.not_after <= now for record in fresh):
        raise KeysUnusable("A key to be added has expired. Make a new pair: rotate-keys.")
    dropped = tuple(record for record in records if record.not_after <= now)
    kept = tuple(record for record in records if record.not_after > now)
    return Change(KeyRing((*kept, *fresh)).records, tuple(fresh), dropped)


def _serves(one: KeyRecord, other: KeyRecord) -> bool:
    """Tell whether two keys do the same work."""
    return (one.direction, one.sender, one.audience) == (other.direction, other.sender, other.audience)
