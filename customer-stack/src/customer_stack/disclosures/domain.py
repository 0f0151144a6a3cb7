"""Looks of staff at personal data, as frozen values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


class CatalogueUnusable(Exception):
    """The catalogue of looks contradicts itself. The process must not start."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is shown, why, by which routes (`METHOD path`), and whether the customer is told."""

    name: str
    shows: str
    why: str
    is_told: bool
    routes: tuple[str, ...]
    permission: str | None = None
    """Without it staff does not see such a look in lists: to know of it is to know too much."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look. `subject_id` is what was opened; `customer_id` None: whose it is is not known."""

    tenant_id: UUID
    customer_id: UUID | None
    subject_id: UUID
    staff_id: UUID
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptLook:
    """A look with its number, which is its place in the lists."""

    number: int
    look: Look


def read_catalogue(document: Mapping[str, Any]) -> Mapping[str, Kind]:
    """Return the kinds of a file, by name. Raises CatalogueUnusable."""
    try:
        kinds = {
            name: Kind(name, each["shows"], each["why"], each["told"], tuple(each["routes"]), each.get("for"))
            for name, each in document.items()
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise CatalogueUnusable(f"the catalogue of looks is unusable: {error!r}") from error
    routes = [route for kind in kinds.values() for route in kind.routes]
    if len(routes) != len(set(routes)) or not all(kind.routes for kind in kinds.values()):
        raise CatalogueUnusable("a route shows two kinds, or a kind has no route")
    return kinds
