"""Moments of a timeline, and the part of a record that is about one subject. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

COMPLIANCE: Final = (
    "aml",
    "cases",
    "customers",
    "documents",
    "files",
    "filings",
    "gate",
    "geography",
    "kyc",
    "privacy",
    "protection",
    "restrictions",
    "risk",
    "screening",
)
"""The modules whose records make a compliance timeline and a compliance report."""


class Family(StrEnum):
    """Which records a timeline shows."""

    ALL = "all"
    COMPLIANCE = "compliance"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, order=True)
class RecordId:
    """Where a record stands in the order of the audit. As text: `txid-id`."""

    txid: int
    id: int

    def __str__(self) -> str:
        """Return it as it stands in answers and cursors."""
        return f"{self.txid}-{self.id}"


@dataclass(frozen=True, slots=True)
class Moment:
    """One audit record: what happened, who did it, and its part that is about the subject."""

    record: RecordId
    at: datetime
    kind: str
    actor: str
    data: Any


@dataclass(frozen=True, slots=True)
class Scope:
    """Which moments somebody asks for: of a subject, within [since, until), below a record."""

    subject_id: UUID
    family: Family
    since: datetime
    until: datetime
    below: RecordId | None


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many records of a kind a day in Colombo has."""

    day: date
    kind: str
    records: int


def narrow(data: Any, subject: str) -> Any:
    """Return `data` with only those rows of its lists that name the subject, where a list has such rows.

    A record of a whole page names hundreds of wagers; a timeline shows its own. A list in which nothing names
    the subject stays as it is: it is about the record as a whole.
    """
    if isinstance(data, Mapping):
        return {key: narrow(value, subject) for key, value in data.items()}
    if isinstance(data, list):
        own = [each for each in data if _names(each, subject)]
        return [narrow(each, subject) for each in own] if own and _is_rows(data) else data
    return data


def total(counts: Sequence[DayCount]) -> dict[str, int]:
    """Return how many records of each kind there are, in the order of their names."""
    found: dict[str, int] = {}
    for each in sorted(counts, key=lambda each: each.kind):
        found[each.kind] = found.get(each.kind, 0) + each.records
    return found


def _names(value: object, subject: str) -> bool:
    if isinstance(value, Mapping):
        return any(_names(each, subject) for each in value.values())
    if isinstance(value, list):
        return any(_names(each, subject) for each in value)
    return value == subject


def _is_rows(data: list[Any]) -> bool:
    """Tell rows, or a plain list of ids, from one row of mixed values."""
    return all(isinstance(each, Mapping | list) for each in data) or all(
        isinstance(each, str) and len(each) == len(str(UUID(int=0))) for each in data
    )
