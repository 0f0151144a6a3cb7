"""What protection counts, recomputed: stakes and returns from wagers, deposits and withdrawals from events.

Callers hold one snapshot, or the locks of the books.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.values import EventKind
from customer_stack.aml.service.counting import sum_by_moment
from customer_stack.protection import service as protection
from customer_stack.protection.domain.counting import Measure
from customer_stack.protection.service import Counts
from customer_stack.rebuild.domain import CheckName
from customer_stack.wagers.service import recompute as wagers
from shared.database import Transaction

OF_EVENTS: Final = {EventKind.DEPOSIT: Measure.DEPOSIT, EventKind.WITHDRAWAL: Measure.WITHDRAWAL}
OF_WAGERS: Final = frozenset({Measure.STAKE, Measure.RETURN})

Lines = Mapping[tuple[UUID, datetime, Measure], int]
"""Amounts by customer, moment (or hour) and measure."""


async def recompute_counts(tx: Transaction, tenant_id: UUID) -> Counts:
    """Return what should be counted of a tenant, by customer and moment."""
    counts: dict[tuple[UUID, datetime], dict[Measure, int]] = {}
    for measure, found in (
        (Measure.STAKE, await wagers.recompute_stakes(tx, tenant_id)),
        (Measure.RETURN, await wagers.recompute_returns(tx, tenant_id)),
    ):
        for key, amount in found.items():
            counts.setdefault(key, {})[measure] = amount
    for (kind, customer_id, at), amount in (await sum_by_moment(tx, tenant_id, tuple(OF_EVENTS))).items():
        counts.setdefault((customer_id, at), {})[OF_EVENTS[kind]] = amount
    return counts


async def compare_counts(tx: Transaction, tenant_id: UUID) -> dict[CheckName, tuple[Lines, Lines]]:
    """Return by check what stands, and what should."""
    moments, hours = await protection.load_counts(tx, tenant_id)
    should = await recompute_counts(tx, tenant_id)
    stands, lines = _lines(moments), _lines(should)
    return {
        CheckName.STAKES: (_only(stands, of_wagers=True), _only(lines, of_wagers=True)),
        CheckName.DEPOSITS: (_only(stands, of_wagers=False), _only(lines, of_wagers=False)),
        CheckName.COUNTED_HOURS: (_lines(hours), _lines(protection.by_hour(should))),
    }


def _lines(counts: Counts) -> Lines:
    return {
        (*key, measure): amount
        for key, amounts in counts.items()
        for measure, amount in amounts.items()
        if amount
    }


def _only(lines: Lines, *, of_wagers: bool) -> Lines:
    return {key: amount for key, amount in lines.items() if (key[2] in OF_WAGERS) == of_wagers}
