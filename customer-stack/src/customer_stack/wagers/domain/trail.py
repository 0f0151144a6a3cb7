"""What the audit says of wagers that many share a message or a page: one record per tenant, not per wager.

A wager passes five states within a second or two. A record for each would be most of what the audit holds
and a good part of what a wager costs; a record of a whole step names every wager in it, with the same facts.
Ids from the database are written out here: the encoder asks back for every one of the driver's own class.

Guaranteed: every change of state of every wager stands in exactly one record, of its own tenant.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from customer_stack.boundary_client.domain import FillShare, NotPooled
from customer_stack.boundary_client.domain import Final as FinalReport
from customer_stack.wagers.domain.page import Applied
from customer_stack.wagers.domain.reports import Wager
from shared.audit import AuditRecord
from shared.ids import HOUSE_TENANT

ROWS_PER_RECORD: Final = 250
"""Of at most 250 bytes each: a record's body is bounded."""


def sent_records(kind: str, wagers: Iterable[Wager], at: datetime) -> list[AuditRecord]:
    """Say which wagers left for execution, or were received there."""
    ids: dict[UUID, list[Any]] = defaultdict(list)
    for wager in wagers:
        ids[wager.tenant_id].append(str(wager.id))
    return [AuditRecord(tenant_id, kind, {"wagers": rows}, at, "system") for tenant_id, rows in _bounded(ids)]


def is_of_a_wager(applied: Applied) -> bool:
    """Tell whether a report is recorded together with the others of its page."""
    return isinstance(applied.report, FillShare | FinalReport | NotPooled)


def page_records(applied: Sequence[Applied], at: datetime) -> list[AuditRecord]:
    """Say what a page's reports about wagers did.

    A fill is [sequence, wager, state, quantity, cost, fee, manifest]; an end is [sequence, wager, state].
    """
    fills: dict[UUID, list[Any]] = defaultdict(list)
    ends: dict[UUID, list[Any]] = defaultdict(list)
    for each in applied:
        report, tenant_id = each.report, each.owner.tenant_id if each.owner else HOUSE_TENANT
        state = None if each.wager is None else each.wager.state.value
        if isinstance(report, FillShare):
            money = (report.quantity, report.cost, report.fee, report.manifest.hex())
            fills[tenant_id].append([report.sequence, str(report.intent_id), state, *money])
        elif isinstance(report, FinalReport | NotPooled):
            ends[tenant_id].append([report.sequence, str(report.intent_id), state])
    return [
        AuditRecord(tenant_id, kind, {name: rows}, at, "system")
        for kind, name, gathered in (("wagers.filled", "fills", fills), ("wagers.ended", "ends", ends))
        for tenant_id, rows in _bounded(gathered)
    ]


def _bounded(gathered: dict[UUID, list[Any]]) -> Iterator[tuple[UUID, list[Any]]]:
    for tenant_id, rows in sorted(gathered.items()):
        for first in range(0, len(rows), ROWS_PER_RECORD):
            yield tenant_id, rows[first : first + ROWS_PER_RECORD]
