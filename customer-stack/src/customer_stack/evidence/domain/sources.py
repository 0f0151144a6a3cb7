"""Sources: kinds of rows that packs hold, read from the reviewed catalogue. Pure.

Names in the catalogue are of tables and columns, so the file is code: it is reviewed, and a test runs every
statement that is made of it and compares its columns with the inventory of personal data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from customer_stack.evidence.domain.packs import Scope
from shared.errors import InvariantViolated
from shared.evidence.domain import Running, Sheet


class CatalogueUnusable(Exception):
    """The catalogue of sources contradicts itself. The process must not start."""


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of rows: from which tables, each column's expression, and by what a scope finds its rows."""

    sheet: Sheet
    tables: str
    columns: Mapping[str, str]
    scopes: Mapping[Scope, str]
    order: tuple[str, ...]
    permission: str | None = None

    @property
    def name(self) -> str:
        """Return the name of the file."""
        return self.sheet.name

    def statement(self, scope: Scope) -> str:
        """Return the query of a scope: $1 its id, $2 and $3 the time, which rows of no time do not ask."""
        shown = ", ".join(f"{expression} AS {name}" for name, expression in self.columns.items())
        time = "($2::timestamptz IS NOT NULL AND $3::timestamptz IS NOT NULL)"
        if self.sheet.time is not None:
            moment = self.columns[self.sheet.time]
            time = f"{moment} >= $2::timestamptz AND {moment} < $3::timestamptz"
        return (
            f"SELECT {shown} FROM {self.tables} WHERE ($1::uuid IS NULL OR $1 IS NOT NULL) "
            f"AND ({self.scopes[scope]}) AND {time} ORDER BY {', '.join(self.order)}"
        )


def read_catalogue(document: Mapping[str, Any]) -> tuple[Source, ...]:
    """Return the sources of a file. Raises CatalogueUnusable."""
    try:
        return tuple(_read(name, each) for name, each in document.items())
    except (KeyError, TypeError, AttributeError, ValueError, InvariantViolated) as error:
        raise CatalogueUnusable(f"the catalogue of sources is unusable: {error!r}") from error


def _read(name: str, document: Mapping[str, Any]) -> Source:
    columns = {
        each: each if expression is None else str(expression)
        for each, expression in document["columns"].items()
    }
    rule = document.get("running")
    sheet = Sheet(
        name=name,
        says=document["says"],
        columns=tuple(columns),
        schema_version=document["version"],
        time=document.get("time"),
        key=document.get("key"),
        running=None
        if rule is None
        else Running(tuple(rule["by"]), rule["number"], rule["amount"], rule["balance"]),
    )
    scopes = {Scope(scope): str(condition) for scope, condition in document["scopes"].items()}
    return Source(sheet, document["from"], columns, scopes, tuple(document["order"]), document.get("needs"))
