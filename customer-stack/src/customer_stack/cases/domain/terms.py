"""How long cases may take, and what one person alone may decide. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from customer_stack.working_days.domain import DAYS_LIMIT, WorkingCalendar
from shared.errors import invariant


@dataclass(frozen=True, slots=True)
class Terms:
    """Working days by family, and the largest amount (LKR cents) that one person alone releases."""

    calendar: WorkingCalendar
    default_days: int
    holding_days: int
    days: Mapping[str, int]
    release_alone: int

    def due_at(self, family: str, at: datetime, *, holds: bool) -> datetime:
        """Return by when a case is closed, in UTC."""
        days = self.days.get(family, self.default_days)
        return self.calendar.due_at(at, min(days, self.holding_days) if holds else days)

    def may_release_alone(self, amount: int | None) -> bool:
        """Tell whether one person is enough to release a command."""
        return amount is not None and 0 < amount <= self.release_alone


def read_terms(document: Mapping[str, Any], calendar: WorkingCalendar) -> Terms:
    """Return the terms that a document describes."""
    names = {"default", "holding", "families", "release_alone_lkr_cents"}
    invariant(set(document) == names, "terms of cases: exactly the names that are known")
    days = {str(family): count for family, count in document["families"].items()}
    for count in (document["default"], document["holding"], *days.values()):
        invariant(type(count) is int and 0 < count <= DAYS_LIMIT, "terms of cases: some working days")
    alone = document["release_alone_lkr_cents"]
    invariant(type(alone) is int and alone >= 0, "terms of cases: an amount in cents")
    return Terms(calendar, document["default"], document["holding"], days, alone)
