"""Accounts that must return to zero, and for how long they have not. Pure.

A *clearing account* holds what is on its way: money that arrived and is nobody's yet, payments that no bank
has confirmed. Its balance is never wrong by itself; that it stays is. So what is judged is the age of the
oldest item that is still open. What came first is cleared first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from customer_stack.ledger.domain import Account
from customer_stack.reconciliation.domain.breaks import BreakType, Unit
from customer_stack.reconciliation.domain.checks import (
    Check,
    CheckName,
    Finding,
    Subject,
    list_findings,
)

LONGEST_DAYS: Final = 366


class ClearingUnusable(Exception):
    """The reviewed limits cannot be used. The process must not start."""


@dataclass(frozen=True, slots=True)
class OpenItems:
    """What a department and its customers have open on a clearing account."""

    department_id: UUID
    account: Account
    unit: Unit
    balance: int
    items: int
    oldest_at: datetime

    def age(self, now: datetime) -> timedelta:
        """Return how long the oldest item has been open."""
        return max(now - self.oldest_at, timedelta(0))


Limits = Mapping[Account, timedelta]
"""After how long an open item of an account is a break."""


def read_limits(document: Mapping[str, Any]) -> Limits:
    """Return the limits of `clearing.yaml`. Raises ClearingUnusable."""
    try:
        limits = {Account(name): timedelta(days=days) for name, days in document["days"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ClearingUnusable(f"the limits of clearing accounts cannot be used: {error!r}") from error
    if Account.IN_TRANSIT not in limits:
        raise ClearingUnusable("for how long a settlement is on its way must be said")
    if not all(timedelta(0) < each <= timedelta(days=LONGEST_DAYS) for each in limits.values()):
        raise ClearingUnusable("a limit of a clearing account is between one day and a year")
    return limits


def check_clearing(found: Iterable[OpenItems], limits: Limits, now: datetime) -> Check:
    """Check that nothing is open for longer than its account allows."""
    every = list(found)
    late = [
        Finding(
            CheckName.CLEARING,
            BreakType.TIMING,
            each.unit,
            Subject(book_id=each.department_id, reference=f"{each.account} {each.unit}"),
            each.balance,
            0,
        )
        for each in every
        if each.age(now) > limits[each.account]
    ]
    return list_findings(CheckName.CLEARING, len(every), late)
