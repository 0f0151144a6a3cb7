"""A version of a rule over the stored history: what it would have found. Bounded, and nothing is changed.

The history is read once, in pages, in the order in which it happened, with the 30 days before the period to
fill the windows. Facts that events do not keep, such as a customer's tier then, are not known here: a
rule that hangs on them is undetermined, and the report says which they are.
"""

from collections import Counter as Tally
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.catalogue import ROLLING, Window
from customer_stack.aml.domain.counting import COLOMBO_OFFSET, DAY
from customer_stack.aml.domain.evaluation import trace
from customer_stack.aml.domain.events import Counted
from customer_stack.aml.domain.explaining import tell
from customer_stack.aml.domain.lifecycle import Version
from customer_stack.aml.domain.replaying import Replay
from customer_stack.aml.domain.rules import Rule
from customer_stack.aml.domain.tree import facts_of
from customer_stack.aml.errors import PeriodInvalid, RuleNotFound
from customer_stack.aml.service.rules import Person
from customer_stack.aml.store import events
from customer_stack.aml.store import rules as store
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database

PAGE: Final = 2_000
SAMPLES: Final = 50
LONGEST: Final = 366 * DAY


@dataclass(frozen=True, slots=True)
class Period:
    """From `begin` up to and without `end`."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Sample:
    """An event that hit, and why."""

    event_id: UUID
    customer_id: UUID
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a version says of a period. Not complete: the limit of rows ended it early."""

    digest: bytes
    is_complete: bool
    rows: int
    events: int
    hits: int
    undetermined: int
    customers: int
    facts_missing: tuple[str, ...]
    hits_by_day: dict[str, int]
    samples: tuple[Sample, ...]


@dataclass(slots=True)
class _Findings:
    events: int = 0
    undetermined: int = 0
    customers: set[UUID] = field(default_factory=set)
    by_day: Tally[str] = field(default_factory=Tally)
    samples: list[Sample] = field(default_factory=list)

    def judge(self, rule: Rule, row: Counted, replay: Replay) -> None:
        self.events += 1
        traced = trace(rule.when, replay.situation(row))
        if traced.value is None:
            self.undetermined += 1
        elif traced.value:
            self.customers.add(row.event.customer_id)
            self.by_day[f"{row.event.at + COLOMBO_OFFSET:%Y-%m-%d}"] += 1
            if len(self.samples) < SAMPLES:
                sample = Sample(row.event.id, row.event.customer_id, row.event.at, tell(traced))
                self.samples.append(sample)


class Backtesting:
    """Backtests of versions, for staff."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Read the history in `database`."""
        self._database = database
        self._clock = clock

    async def run(self, person: Person, version_id: UUID, period: Period, rows_limit: int) -> Report:
        """Evaluate a version over a period of the person's tenant. Raises RuleNotFound, PeriodInvalid."""
        if not period.begin < period.end <= period.begin + LONGEST:
            raise PeriodInvalid("The end comes after the beginning, at most 366 days later.")
        version = await self._load(person, version_id)
        replay, found = Replay(facts_of(version.rule.when)), _Findings()
        rows, is_complete = 0, True
        async for row in self._stream(person.tenant_id, period):
            if rows == rows_limit:
                is_complete = False
                break
            rows += 1
            replay.take(row)
            is_judged = row.reverses is None and row.event.at >= period.begin
            if is_judged and row.event.kind in version.rule.applies_to:
                found.judge(version.rule, row, replay)
        report = Report(
            digest=version.rule.digest,
            is_complete=is_complete,
            rows=rows,
            events=found.events,
            hits=found.by_day.total(),
            undetermined=found.undetermined,
            customers=len(found.customers),
            facts_missing=replay.facts_missing,
            hits_by_day=dict(sorted(found.by_day.items())),
            samples=tuple(found.samples),
        )
        await self._keep(person, version, report)
        return report

    async def _load(self, person: Person, version_id: UUID) -> Version:
        async with self._database.transaction(person.tenant_id) as tx:
            version = await store.load_version(tx, version_id)
        if version is None:
            raise RuleNotFound("There is no such version. Look at the list of versions.")
        return version

    async def _stream(self, tenant_id: UUID, period: Period) -> AsyncIterator[Counted]:
        """Yield rows from 30 days before a period on, page by page, each in a transaction of its own."""
        after: tuple[datetime, UUID] = (period.begin - ROLLING[Window.MONTH], UUID(int=0))
        while True:
            async with self._database.transaction(tenant_id) as tx:
                page = await events.load_page(tx, tenant_id, after, period.end, PAGE)
            for row in page:
                yield row
            if len(page) < PAGE:
                return
            after = (page[-1].event.at, page[-1].event.id)

    async def _keep(self, person: Person, version: Version, report: Report) -> None:
        """Say in the audit that somebody saw what these events were."""
        body = {
            "version": version.id,
            "rule": version.rule.key,
            "digest": version.rule.digest.hex(),
            "events": report.events,
            "hits": report.hits,
        }
        record = AuditRecord(person.tenant_id, "aml.rule_backtested", body, self._clock.now(), person.actor)
        async with self._database.transaction(person.tenant_id) as tx:
            await append(tx, [record])
