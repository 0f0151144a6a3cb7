"""What changed between two versions of a list.

Publishers say what they changed in letters to people. The machine compares fingerprints of entries, so that
nothing that changes a match goes unseen and nothing else causes work.

Guaranteed:
- the old entries with the delta applied are the new entries; two equal lists have an empty delta.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from customer_stack.screening.lists.entry import ListEntry, WatchList
from customer_stack.screening.lists.errors import ListRefused

LEAST_PERCENT_KEPT: Final = 80


@dataclass(frozen=True, slots=True)
class Delta:
    """Entries that are new, entries as they are after a change, and ids of entries that are gone."""

    added: tuple[ListEntry, ...]
    changed: tuple[ListEntry, ...]
    removed: tuple[str, ...]


def compare_versions(old: WatchList, new: WatchList) -> Delta:
    """Return what has to be done to `old` to have `new`, each part in order of ids."""
    return compare_fingerprints({entry.id: entry.fingerprint() for entry in old.entries}, new)


def compare_fingerprints(before: Mapping[str, bytes], new: WatchList) -> Delta:
    """Return the same, of an old version that is known by its fingerprints: entry id -> fingerprint."""
    after = {entry.id: entry for entry in new.entries}
    shared = before.keys() & after.keys()
    return Delta(
        added=tuple(after[key] for key in sorted(after.keys() - before.keys())),
        changed=tuple(after[key] for key in sorted(shared) if after[key].fingerprint() != before[key]),
        removed=tuple(sorted(before.keys() - after.keys())),
    )


def require_plausible(entries_before: int, new: WatchList) -> None:
    """Refuse a list that lost so much that its download must have failed. Raises ListRefused."""
    if len(new.entries) * 100 < entries_before * LEAST_PERCENT_KEPT:
        raise ListRefused(
            f"{new.source} has {len(new.entries)} entries after {entries_before}: "
            f"under {LEAST_PERCENT_KEPT} % of the last good list"
        )
