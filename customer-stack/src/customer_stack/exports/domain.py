"""Lines of the register, and the catalogue of what may stand there. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from shared.errors import invariant

DIGEST_BYTES = 32


class CatalogueUnusable(Exception):
    """The catalogue of exports contradicts itself. The process must not start."""


class Format(StrEnum):
    """What a file is. The members of the database type export_format."""

    CSV = "csv"
    JSON = "json"
    PDF = "pdf"
    XML = "xml"
    ZIP = "zip"

    @property
    def media_type(self) -> str:
        """Return the type as HTTP names it."""
        return {
            Format.CSV: "text/csv; charset=utf-8",
            Format.JSON: "application/json",
            Format.PDF: "application/pdf",
            Format.XML: "application/xml",
            Format.ZIP: "application/zip",
        }[self]


@dataclass(frozen=True, slots=True)
class Scope:
    """What an export is of: a word such as `book` or `settlement`, and which one; None: all of the tenant."""

    kind: str
    id: UUID | None = None

    def __str__(self) -> str:
        """Return it as one word, as the audit has it."""
        return self.kind if self.id is None else f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Export:
    """One file that leaves, as the register has it. `row_count` are rows of data, without headings."""

    id: UUID
    tenant_id: UUID
    kind: str
    scope: Scope
    row_count: int
    sha256: bytes
    first_at: datetime | None
    last_at: datetime | None
    operator: str
    format: Format
    at: datetime

    def __post_init__(self) -> None:
        """Refuse a line that says nothing, or something impossible."""
        invariant(len(self.sha256) == DIGEST_BYTES, "an export has the SHA-256 of its bytes")
        invariant(self.row_count >= 0, "an export has no fewer than no rows")
        invariant((self.first_at is None) == (self.last_at is None), "a time scope has both ends or none")
        is_turned = self.first_at is not None and self.last_at is not None and self.first_at > self.last_at
        invariant(not is_turned, "a time scope does not end before it begins")


@dataclass(frozen=True, slots=True)
class Kind:
    """What leaves, and by which routes (`METHOD path`)."""

    name: str
    shows: str
    routes: tuple[str, ...]
    permission: str | None = None
    """Without it staff does not see such a line: to know that there is one is to know too much."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines somebody asks for; None: all."""

    kind: str | None = None
    scope_id: UUID | None = None
    sha256: bytes | None = None


def read_catalogue(document: Mapping[str, Any]) -> Mapping[str, Kind]:
    """Return the kinds of a file, by name. Raises CatalogueUnusable."""
    try:
        kinds = {
            name: Kind(name, each["shows"], tuple(each["routes"]), each.get("for"))
            for name, each in document.items()
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise CatalogueUnusable(f"the catalogue of exports is unusable: {error!r}") from error
    routes = [route for kind in kinds.values() for route in kind.routes]
    if len(routes) != len(set(routes)) or not all(kind.routes for kind in kinds.values()):
        raise CatalogueUnusable("a route hands out two kinds, or a kind has no route")
    return kinds
