"""Opening cases for other modules, in the transaction of what they are about.

Two statements for any number of cases. Whoever holds locks of books may call this: cases come after them
in the order of locks, and nothing that holds a case waits for a book.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.cases.configuration import load_terms
from customer_stack.cases.domain.opening import Link, NewCase, Wanted, gather
from customer_stack.cases.metrics import ALERTS, OPENED
from customer_stack.cases.store import opening as store
from customer_stack.cases.store.cases import load_case
from shared.audit import AuditRecord, append
from shared.database import Transaction
from shared.errors import invariant
from shared.ids import SystemIds

_IDS: Final = SystemIds()

has_open_case: Final = store.has_open
"""(tx, customer id) -> whether any case about a customer is not closed."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The case of a wish. `is_new`: it was opened by this; `is_fresh`: the case did not know all of it."""

    case_id: UUID
    is_new: bool
    is_fresh: bool


async def open_cases(tx: Transaction, cases: Iterable[NewCase]) -> list[Opened]:
    """Open the cases that are wished for, or add to those that are open; answers in the order of the wishes.

    Safe to call twice with the same links. The customers belong to tenants of `tx`.
    """
    wishes = list(cases)
    if not wishes:
        return []
    terms = load_terms()
    wanted = [(_IDS.new(), each) for each in gather(wishes)]
    due = [terms.due_at(each.family, each.at, holds=bool(each.held)) for _, each in wanted]
    kept = await store.open_cases(tx, wanted, due)
    found = {}
    records = []
    for (_, each), case in zip(wanted, kept, strict=True):
        invariant(case.case_id is not None, "a wish ends in a case")
        found[each.key] = Opened(case.case_id, case.step == 1, case.step > 0)
        if case.step:
            records.append(_record(each, case))
            _count(each, case)
    await append(tx, records)
    return [found[wish.key] for wish in wishes]


async def add_links(
    tx: Transaction, tenant_id: UUID, case_id: UUID, links: Sequence[Link], at: datetime
) -> None:
    """Say what else a case is about, such as a filing or a restriction that it caused; known ones stay."""
    if await store.add_links(tx, tenant_id, case_id, links, at, None):
        body = {"case_id": case_id, "kinds": sorted({link.kind for link in links})}
        await append(tx, [AuditRecord(tenant_id, "cases.linked", body, at, "system")])


async def customer_of(tx: Transaction, case_id: UUID) -> UUID | None:
    """Return whom a case is about; None when there is no such case."""
    case = await load_case(tx, case_id)
    return None if case is None else case.customer_id


def _count(wanted: Wanted, kept: store.Kept) -> None:
    if kept.step == 1:
        OPENED.labels(wanted.family).inc()
    for reason in wanted.reasons:
        ALERTS.labels(reason).inc()


def _record(wanted: Wanted, kept: store.Kept) -> AuditRecord:
    kind = "cases.opened" if kept.step == 1 else "cases.added_to"
    body = {
        "case_id": kept.case_id,
        "customer_id": wanted.customer_id,
        "family": wanted.family,
        "priority": wanted.priority,
        "links": len(wanted.links),
        "held": len(wanted.held),
    }
    return AuditRecord(wanted.tenant_id, kind, body, wanted.at, "system")
