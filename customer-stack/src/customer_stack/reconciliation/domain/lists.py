"""What a provider's own list says of single days, as statements of these days. Pure.

A provider that can be asked gives everything that it has booked, with its balance. Of that each day of
Colombo that is over is kept once, and matched as a statement is that somebody brings.

*Guaranteed:* a list whose entries do not add up to its balance has a hole and is refused; the same entries of
a day give the same bytes at the same place of its statements; only amounts, days and references are kept.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.reconciliation.domain.sources import number_at
from customer_stack.reconciliation.domain.statements import StatementLine
from customer_stack.reconciliation.errors import StatementInvalid

_REFERENCE: Final = re.compile(r"(?:[!-~](?:[ -~]{0,62}[!-~])?)?")


@dataclass(frozen=True, slots=True)
class Listed:
    """One booking as the provider lists it, in minor units, signed as our account sees it."""

    reference: str
    amount: int
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class DayList:
    """What was booked on one day, perhaps nothing."""

    day: int
    lines: tuple[StatementLine, ...]

    def content(self, replaces: UUID | None) -> bytes:
        """Return the bytes whose SHA-256 says what was listed, as lines of JSON.

        First the day, and the statement in whose place the list stands, so that one which becomes again what
        it was is another statement; then each booking, in the provider's order.
        """
        rows: list[list[str | int | None]] = [[self.day, None if replaces is None else str(replaces)]]
        rows += [[line.reference, line.amount, line.day] for line in self.lines]
        return b"".join(json.dumps(row, separators=(",", ":")).encode() + b"\n" for row in rows)


def read_list(listed: Sequence[Listed], balance: int, days: range) -> tuple[DayList, ...]:
    """Return what was booked on each of the days. Raises StatementInvalid."""
    if sum(each.amount for each in listed) != balance:
        raise StatementInvalid("The provider's list does not add up to its balance. Ask the provider.")
    by_day: dict[int, list[StatementLine]] = {day: [] for day in days}
    for each in listed:
        day = number_at(each.booked_at)
        if day in days and each.amount:
            _require_reference(each.reference)
            lines = by_day[day]
            lines.append(StatementLine(len(lines) + 1, each.reference, each.amount, day, ""))
    return tuple(DayList(day, tuple(lines)) for day, lines in by_day.items())


def _require_reference(reference: str) -> None:
    if _REFERENCE.fullmatch(reference) is None:
        raise StatementInvalid("A reference of the provider's list has at most 64 printable characters.")
