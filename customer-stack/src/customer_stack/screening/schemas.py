"""Shapes of the staff routes of screening."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from customer_stack.edge.schemas import Answer
from customer_stack.screening.domain.versions import Change, Check, CheckOutcome, Version
from customer_stack.screening.lists.entry import ListEntry


class VersionAnswer(Answer):
    """A version of a list. `lists_version`: the digest of all lists together from this version on."""

    number: int
    list: str
    version: str
    lists_version: str
    entries: int
    names: int
    added: int
    changed: int
    removed: int
    origin: str
    published_at: datetime | None
    fetched_at: datetime
    stored_at: datetime

    @classmethod
    def of(cls, version: Version) -> Self:
        """Show a version."""
        return cls(
            number=version.number,
            list=version.source,
            version=version.version.hex(),
            lists_version=version.lists_version.hex(),
            entries=version.entries,
            names=version.names,
            added=version.added,
            changed=version.changed,
            removed=version.removed,
            origin=version.origin,
            published_at=version.published_at,
            fetched_at=version.fetched_at,
            stored_at=version.stored_at,
        )


class VersionsAnswer(Answer):
    """A page of versions, newest first."""

    items: tuple[VersionAnswer, ...]
    next_cursor: str | None


class ListNameAnswer(Answer):
    """A name of an entry."""

    id: str
    text: str
    kind: str


class EntryAnswer(Answer):
    """An entry as its list has it."""

    id: str
    published_id: str
    kind: str
    names: tuple[ListNameAnswer, ...]
    births: tuple[str, ...]
    nationalities: tuple[str, ...]
    countries: tuple[str, ...]
    sex: str | None
    documents: tuple[str, ...]
    programmes: tuple[str, ...]

    @classmethod
    def of(cls, entry: ListEntry) -> Self:
        """Show an entry; a birth date is a day, or first and last day with / between."""
        return cls(
            id=entry.id,
            published_id=entry.published_id,
            kind=entry.schema.value,
            names=tuple(ListNameAnswer(id=n.id, text=n.text, kind=n.kind.value) for n in entry.names),
            births=tuple(
                str(each.first) if each.first == each.last else f"{each.first}/{each.last}"
                for each in entry.births
            ),
            nationalities=entry.nationalities,
            countries=entry.countries,
            sex=None if entry.sex is None else entry.sex.value,
            documents=entry.documents,
            programmes=entry.programmes,
        )


class ChangeAnswer(Answer):
    """What a version did to an entry: added, changed or removed; `entry` as it is since then."""

    entry_id: str
    change: str
    entry: EntryAnswer | None

    @classmethod
    def of(cls, change: Change) -> Self:
        """Show a change."""
        what = "removed" if change.entry is None else "added" if change.is_new else "changed"
        shown = None if change.entry is None else EntryAnswer.of(change.entry)
        return cls(entry_id=change.entry_id, change=what, entry=shown)


class ChangesAnswer(Answer):
    """A page of changes by entry id."""

    items: tuple[ChangeAnswer, ...]
    next_cursor: str | None


class CheckAnswer(Answer):
    """A look at a list: taken, unchanged, refused or unreachable, and why."""

    id: UUID
    list: str
    outcome: CheckOutcome
    reason: str | None
    origin: str
    at: datetime
    number: int | None

    @classmethod
    def of(cls, check: Check) -> Self:
        """Show a look."""
        return cls(
            id=check.id,
            list=check.source,
            outcome=check.outcome,
            reason=check.reason,
            origin=check.origin,
            at=check.at,
            number=check.number,
        )


class ChecksAnswer(Answer):
    """A page of looks, newest first."""

    items: tuple[CheckAnswer, ...]
    next_cursor: str | None


def show_versions(found: Sequence[Version], limit: int) -> VersionsAnswer:
    """Show a page out of one row more than it holds."""
    page = found[:limit]
    cursor = str(page[-1].number) if len(found) > limit else None
    return VersionsAnswer(items=tuple(map(VersionAnswer.of, page)), next_cursor=cursor)


def show_changes(found: Sequence[Change], limit: int) -> ChangesAnswer:
    """Show a page out of one row more than it holds."""
    page = found[:limit]
    cursor = page[-1].entry_id if len(found) > limit else None
    return ChangesAnswer(items=tuple(map(ChangeAnswer.of, page)), next_cursor=cursor)


def show_checks(found: Sequence[Check], limit: int) -> ChecksAnswer:
    """Show a page out of one row more than it holds."""
    page = found[:limit]
    cursor = str(page[-1].id) if len(found) > limit else None
    return ChecksAnswer(items=tuple(map(CheckAnswer.of, page)), next_cursor=cursor)
