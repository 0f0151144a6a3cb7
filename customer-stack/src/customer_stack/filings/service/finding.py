"""Finds what has to be reported in what was posted, and says what is late.

Guaranteed:
- every movement is kept once, however often and by however many workers it is read;
- what was posted before a worker stopped is read when it runs again: how far it read moves with what it kept;
- each day is read together with the day before, so that what commits late is not missed.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from customer_stack.filings.domain.movements import (
    Policy,
    Posted,
    Waiting,
    begin_of,
    classify,
    due_on,
    select_reportable,
)
from customer_stack.filings.domain.report import ReportCode
from customer_stack.filings.service.ground import Ground
from customer_stack.filings.service.knowing import load_policy
from customer_stack.filings.service.sources import read_again, read_posted
from customer_stack.filings.store import movements as store
from customer_stack.filings.store import reports as report_store
from customer_stack.filings.store.movements import Kept, NewMovement
from customer_stack.working_days.domain import day_of
from shared.audit import AuditRecord, append
from shared.database import Transaction

REFRESH_DAYS: Final = 120
"""How long a bank, an acquirer or a person may still change what was posted."""
PAGE: Final = 500
_DAY: Final = timedelta(days=1)
_MOMENT: Final = timedelta(microseconds=1)
_ACTOR: Final = "system"


@dataclass(frozen=True, slots=True)
class Lateness:
    """What is late in one tenant: movements that no sent report tells of, and reports that were not sent."""

    movements: int
    nobodys: int
    reversed_after_report: int
    reports: int
    suspicions: int

    @property
    def is_alarming(self) -> bool:
        """Tell whether somebody has to act."""
        return bool(self.movements or self.reports or self.suspicions or self.reversed_after_report)


class Finding:
    """Reads what was posted, day by day. The worker's use case."""

    def __init__(self, ground: Ground) -> None:
        """Work on `ground`."""
        self._ground = ground

    async def scan(self, tenant_id: UUID) -> int:
        """Read what was posted since the last scan; return how many movements are new or changed."""
        found = 0
        while True:
            kept, is_done = await self._scan_day(tenant_id)
            found += kept
            if is_done:
                return found + await self._refresh(tenant_id)

    async def look(self, tenant_id: UUID) -> Lateness:
        """Return what is late today, a day of Colombo."""
        today = day_of(self._ground.clock.now())
        async with self._ground.database.transaction(tenant_id) as tx:
            waiting = await store.count_waiting(tx, tenant_id, today)
            reports = await report_store.count_overdue(tx, tenant_id, today)
        suspicions = reports.pop(ReportCode.STR, 0)
        return Lateness(
            waiting[Waiting.OVERDUE],
            waiting[Waiting.NOBODYS],
            waiting[Waiting.REVERSED],
            sum(reports.values()),
            suspicions,
        )

    async def _scan_day(self, tenant_id: UUID) -> tuple[int, bool]:
        """Read one day further. Returns what was kept, and whether that was the last day there is."""
        now = self._ground.clock.now()
        async with self._ground.database.transaction(tenant_id) as tx:
            policy = await load_policy(tx, self._ground, tenant_id)
            read_until = await store.lock_scan(tx, tenant_id, now - policy.late_days * _DAY)
            first = begin_of(day_of(read_until) - _DAY)
            end = min(begin_of(day_of(read_until) + _DAY), now)
            until = end + _MOMENT  # what was posted at this very moment is read too, and once more later
            posted = [each async for each in read_posted(tx, tenant_id, first, until, policy.least)]
            kept = await self._keep(tx, posted, policy, now)
            await store.move_scan(tx, tenant_id, end)
        return kept, end >= now

    async def _refresh(self, tenant_id: UUID) -> int:
        """Look again at what may have been reversed, or have found its owner."""
        now, changed, after = self._ground.clock.now(), 0, None
        while True:
            async with self._ground.database.transaction(tenant_id) as tx:
                page = await store.load_refreshable(tx, tenant_id, now - REFRESH_DAYS * _DAY, after, PAGE)
                wanted = [(each.posted.source, each.posted.source_id) for each in page]
                standing = {(each.source, each.source_id): each for each in await read_again(tx, wanted)}
                again = [
                    NewMovement(each.id, standing[key], each.code, each.basis, each.due_on)
                    for each in page
                    if (key := (each.posted.source, each.posted.source_id)) in standing
                ]
                changed += len(await self._tell(tx, tenant_id, await store.keep(tx, again, now), now))
            if len(page) < PAGE:
                return changed
            after = page[-1].id

    async def _keep(self, tx: Transaction, posted: list[Posted], policy: Policy, now: datetime) -> int:
        new = []
        for each, basis in select_reportable(posted, policy):
            channel, code = classify(each, policy)
            new.append(
                NewMovement(
                    self._ground.ids.new(),
                    replace(each, channel=channel),
                    code,
                    basis,
                    due_on(each.at, policy),
                )
            )
        if not new:
            return 0
        tenant_id = new[0].posted.tenant_id
        return len(await self._tell(tx, tenant_id, await store.keep(tx, new, now), now))

    async def _tell(
        self, tx: Transaction, tenant_id: UUID, kept: tuple[Kept, ...], now: datetime
    ) -> tuple[Kept, ...]:
        """Say in the audit what was found."""
        records = []
        for each in kept:
            change = "found" if each.is_new else "reversed" if each.is_reversed else "changed"
            body = {"movement_id": each.movement_id}
            records.append(AuditRecord(tenant_id, f"filings.movement_{change}", body, now, _ACTOR))
        await append(tx, records)
        return kept
