"""The inventory of personal data as frozen values, and what follows from it. Pure.

A table belongs to a customer by a condition over its rows (`$1` is the customer's id). Erasure and export
are statements made of these values: what is not in the inventory is neither erased nor told, which is why a
test compares it with the database.

Guaranteed: an inventory that was read names a reason for every table and a retention for every reason, and
says of every column that is emptied how its table is reached from the customer.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,62}")
_SECTION: Final = re.compile(r"[a-z][a-z-]{1,40}")


class InventoryUnusable(Exception):
    """The file contradicts itself. The process must not start."""


class Keeping(StrEnum):
    """How a column is kept, and so how it ends."""

    PERSON = "person"
    RECORD = "record"
    INDEX = "index"
    SCRAMBLED = "scrambled"
    ROW = "row"
    HANDLE = "handle"
    DIGEST = "digest"


EMPTIED: Final = frozenset({Keeping.RECORD, Keeping.INDEX})


@dataclass(frozen=True, slots=True)
class Period:
    """How long, from what, and who says so. `verified`: somebody read the source itself."""

    name: str
    years: int
    days: int
    begins: str
    source: str
    verified: bool

    @property
    def length(self) -> timedelta:
        """Return the shortest time that the period can be, for looking rows up by age."""
        return timedelta(days=self.years * 365 + self.days)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why data is kept."""

    purpose: str
    ground: str
    period: Period


@dataclass(frozen=True, slots=True)
class Telling:
    """What of a table its person is told, in which section of an export."""

    section: str
    rows: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with personal data. `seal` names the column whose id a sealed field is bound to.

    Without `customer` its rows are nobody's alone, and `ages` is the time from which they have their time.
    """

    name: str
    customer: str | None
    reason: Reason
    columns: Mapping[str, Keeping]
    impersonal: frozenset[str]
    seal: str | None
    places: Mapping[str, str]
    ages: str | None
    tell: Telling | None

    def kept(self, *keepings: Keeping) -> tuple[str, ...]:
        """Return the columns that are kept so."""
        return tuple(name for name, keeping in self.columns.items() if keeping in keepings)

    def place_of(self, column: str, row: Mapping[str, Any]) -> tuple[str, str, UUID]:
        """Return what a sealed field of a row is bound to."""
        return self.name, self.places.get(column, column).format_map(row), row[self.seal or "id"]


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything that is kept of people."""

    periods: Mapping[str, Period]
    tables: Mapping[str, Table]
    impersonal: Mapping[str, frozenset[str]]

    @property
    def of_customers(self) -> tuple[Table, ...]:
        """Return the tables whose rows are one customer's each."""
        return tuple(table for table in self.tables.values() if table.customer is not None)

    @property
    def reviewed(self) -> frozenset[str]:
        """Return `table.column` of everything that somebody looked at."""
        found = {f"{table}.{column}" for table, columns in self.impersonal.items() for column in columns}
        for table in self.tables.values():
            found |= {f"{table.name}.{column}" for column in (*table.columns, *table.impersonal)}
        return frozenset(found)


def read_inventory(document: Mapping[str, Any]) -> Inventory:
    """Return what a file says. Raises InventoryUnusable."""
    try:
        periods = {name: _read_period(name, each) for name, each in document["retention"].items()}
        reasons = {
            name: Reason(each["purpose"], each["ground"], periods[each["retention"]])
            for name, each in document["reasons"].items()
        }
        tables = {name: _read_table(name, each, reasons) for name, each in document["tables"].items()}
        impersonal = {name: frozenset(columns) for name, columns in document["impersonal"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InventoryUnusable(f"the inventory of personal data is unusable: {error!r}") from error
    if both := tables.keys() & impersonal.keys():
        raise InventoryUnusable(f"tables with and without customers: {', '.join(sorted(both))}")
    sections = [table.tell.section for table in tables.values() if table.tell]
    if len(sections) != len(set(sections)):
        raise InventoryUnusable("two tables are told in one section")
    return Inventory(periods, tables, impersonal)


def _read_period(name: str, document: Mapping[str, Any]) -> Period:
    period = Period(
        name=name,
        years=document.get("years", 0),
        days=document.get("days", 0),
        begins=document["from"],
        source=document["source"],
        verified=document["verified"],
    )
    if period.years < 0 or period.days < 0 or not period.length:
        raise ValueError(f"{name} has no length")
    return period


def _read_table(name: str, document: Mapping[str, Any], reasons: Mapping[str, Reason]) -> Table:
    tell = document.get("tell")
    table = Table(
        name=name,
        customer=document["customer"],
        reason=reasons[document["reason"]],
        columns={column: Keeping(word) for column, word in document.get("columns", {}).items()},
        impersonal=frozenset(document.get("impersonal", ())),
        seal=document.get("seal"),
        places=document.get("place", {}),
        ages=document.get("ages"),
        tell=None
        if tell is None
        else Telling(tell["as"], tell.get("rows") or document["customer"], tuple(tell["columns"])),
    )
    _check_table(table, has_deletion=bool(document.get("deletes")))
    return table


def _check_table(table: Table, *, has_deletion: bool) -> None:
    names = (table.name, *table.columns, *table.impersonal, *(table.tell.columns if table.tell else ()))
    for name in names:
        if not NAME.fullmatch(name):
            raise ValueError(f"{name} is no name")
    _check_reach(table)
    if table.columns.keys() & table.impersonal:
        raise ValueError(f"a column of {table.name} is personal and is not")
    if has_deletion and table.kept(Keeping.RECORD, Keeping.INDEX, Keeping.SCRAMBLED):
        raise ValueError(f"{table.name} is deleted and emptied")
    if table.tell is None:
        return
    if not _SECTION.fullmatch(table.tell.section):
        raise ValueError(f"{table.tell.section} is no section")
    told = [column for column in table.tell.columns if column in table.columns]
    if table.seal is None and any(table.columns[column] is not Keeping.HANDLE for column in told):
        raise ValueError(f"{table.name} tells sealed fields and does not say what they are bound to")


def _check_reach(table: Table) -> None:
    if table.customer is None:
        if table.tell or set(table.columns.values()) & {Keeping.PERSON, Keeping.INDEX, Keeping.SCRAMBLED}:
            raise ValueError(f"{table.name} holds what only a customer's erasure ends")
        if table.kept(Keeping.RECORD) and table.ages is None:
            raise ValueError(f"{table.name} never ends")
    elif "$1" not in table.customer:
        raise ValueError(f"{table.name} is not reached from a customer")
