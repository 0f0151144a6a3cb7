"""Use case of screening whoever waits: read who they are, match outside any transaction, keep what was found.

What was matched is kept only if it is still true: under the customer's lock, the same name and facts, and the
same lists as when it was matched. Else it is matched again.

Guaranteed:
- an error leaves the subject waiting, to be tried again after a growing pause; it is never "no match";
- of two screenings of one subject the later one stands, whatever was asked for while they ran.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import orjson
import structlog
from prometheus_client import Counter, Gauge

from customer_stack.cases.domain.opening import NewCase
from customer_stack.cases.service.opening import open_cases
from customer_stack.customers.errors import CustomerNotFound
from customer_stack.customers.sealing import PersonCipher
from customer_stack.customers.service import CustomersService, lock_customer
from customer_stack.facts import service as facts
from customer_stack.facts.domain import Changes
from customer_stack.facts.domain import Screening as ScreeningFact
from customer_stack.screening.describing import describe_match
from customer_stack.screening.domain.alerts import Subject, Verdict
from customer_stack.screening.domain.parties import PURPOSE, describe_customer, write_party
from customer_stack.screening.domain.sightings import sightings_of
from customer_stack.screening.domain.tasks import Reason, Task
from customer_stack.screening.errors import ListsMissing
from customer_stack.screening.matching.party import (
    MATCHER_VERSION,
    THRESHOLD,
    Decision,
    NameUnusable,
    Party,
)
from customer_stack.screening.screener import Answer, Screener
from customer_stack.screening.service.recording import FAMILY, SYSTEM, Found, record
from customer_stack.screening.store import alerts as alert_store
from customer_stack.screening.store import results as store
from customer_stack.screening.store import tasks as task_store
from customer_stack.screening.store import versions as version_store
from customer_stack.screening.store.results import Result
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import Refusal
from shared.ids import Ids

BATCH: Final = 16
AT_ONCE: Final = 4
"""Subjects who are matched at the same time, each with a connection of its own."""
LEASE: Final = timedelta(minutes=2)
FIRST_PAUSE: Final = timedelta(seconds=2)
LONGEST_PAUSE: Final = timedelta(hours=1)
CASE_AFTER: Final = 5
"""Attempts after which a person hears that somebody cannot be screened."""
OUTDATED_BATCH: Final = 200
_TURNS: Final = 3

_log = structlog.get_logger(__name__)
_waiting = Gauge("screening_tasks_waiting", "Subjects that wait to be screened.")
_failing = Gauge("screening_tasks_failing", "Of them, those whose last attempt went wrong.")
_failures = Counter("screening_failures", "Attempts to screen that went wrong, by problem.", ("problem",))

OpenBusiness = Callable[[Transaction, UUID], Awaitable[Party | None]]
"""(tx, business id) -> what of it is screened; None: it is not there."""


class Turned(Exception):
    """The subject or the lists changed while they were matched."""


@dataclass(frozen=True, slots=True)
class Read:
    """A subject as it was read: what is compared, and the print that says whether it still is the same."""

    party: Party
    party_print: bytes
    cipher: PersonCipher


class SubjectScreening:
    """Screens customers and businesses against the lists that count."""

    def __init__(
        self,
        database: Database,
        customers: CustomersService,
        screener: Screener,
        open_business: OpenBusiness,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Ask `screener`; names of businesses come from `open_business`."""
        self._database = database
        self._customers = customers
        self._screener = screener
        self._open_business = open_business
        self._clock = clock
        self._ids = ids

    async def ask(self, tx: Transaction, subject: Subject, reason: Reason) -> None:
        """Let somebody wait to be screened, in the caller's transaction; a customer is pending since."""
        now = self._clock.now()
        await lock_customer(tx, subject.customer_id)
        await task_store.ask(tx, [subject], reason, now)
        if subject.business_id is None:
            await facts.change(tx, subject.customer_id, now, Changes(screening=ScreeningFact.PENDING))

    async def work(self, tenants: Sequence[UUID]) -> int:
        """Screen those whose turn it is; return how many that were."""
        now = self._clock.now()
        async with self._database.transaction(*tenants) as tx:
            tasks = await task_store.take_due(tx, now, now + LEASE, BATCH)
            waiting, failing = await task_store.count(tx)
        _waiting.set(waiting)
        _failing.set(failing)
        for start in range(0, len(tasks), AT_ONCE):
            await asyncio.gather(*(self._work_on(task) for task in tasks[start : start + AT_ONCE]))
        return len(tasks)

    async def ask_outdated(self, tenants: Sequence[UUID]) -> int:
        """Let some of those wait whom an older matcher judged, so that a new matcher reaches all in time."""
        async with self._database.transaction(*tenants) as tx:
            subjects = await alert_store.load_outdated(tx, MATCHER_VERSION, OUTDATED_BATCH)
            if subjects:
                await task_store.ask(tx, subjects, Reason.MATCHER, self._clock.now())
        return len(subjects)

    async def list_failing(self, tenant_id: UUID, after: UUID | None, limit: int) -> list[Task]:
        """Return those whose screening went wrong and is tried again."""
        async with self._database.transaction(tenant_id) as tx:
            return await task_store.load_failing(tx, tenant_id, after, limit)

    async def screen(self, subject: Subject, task: Task | None = None) -> Verdict:
        """Screen a subject now. Raises NameUnusable, ListsMissing, CustomerNotFound, Turned."""
        for turn in range(_TURNS):
            async with self._database.transaction(subject.tenant_id) as tx:
                read = await self.read(tx, subject)
            answer = await self._screener.match(read.party, threshold=THRESHOLD)
            try:
                return await self._keep(subject, read, answer, task)
            except Turned:
                if turn == _TURNS - 1:
                    raise
        raise Turned

    async def _work_on(self, task: Task) -> None:
        try:
            await self.screen(task.subject, task)
        except CustomerNotFound:  # erased meanwhile: there is nobody left to compare, now or later
            async with self._database.transaction(task.subject.tenant_id) as tx:
                await task_store.finish(tx, task)
                await alert_store.leave(tx, task.subject.id, MATCHER_VERSION)
        except Exception as problem:  # noqa: BLE001 - whatever broke, the subject waits and is tried again
            code = _code_of(problem)
            if code == "failed":
                _log.exception("screening.failed", subject=str(task.subject.id))
            await self._postpone(task, code)

    async def _postpone(self, task: Task, problem: str) -> None:
        """Try again later, and tell a person who fails again and again."""
        _failures.labels(problem).inc()
        now = self._clock.now()
        pause = min(FIRST_PAUSE * 2 ** min(task.attempts - 1, 16), LONGEST_PAUSE)
        _log.error(
            "screening.not_possible", subject=str(task.subject.id), problem=problem, attempts=task.attempts
        )
        async with self._database.transaction(task.subject.tenant_id) as tx:
            await task_store.postpone(tx, task, now + pause, problem)
            if task.attempts == CASE_AFTER:
                await open_cases(tx, [_case_of(task, problem, now)])

    async def read(self, tx: Transaction, subject: Subject) -> Read:
        """Return a subject as it is in `tx`. Raises CustomerNotFound, also when the person was erased."""
        if subject.business_id is None:
            party = describe_customer(await self._customers.open_profile(tx, subject.customer_id))
        else:
            found = await self._open_business(tx, subject.business_id)
            if found is None:
                raise CustomerNotFound("There is no such business. Check the id.")
            party = found
        cipher = await self._customers.cipher_of(tx, subject.customer_id)
        party_print = self._customers.blind_index(PURPOSE, subject.tenant_id, write_party(party))
        return Read(party, party_print, cipher)

    async def _keep(self, subject: Subject, read: Read, answer: Answer, task: Task | None) -> Verdict:
        async with self._database.transaction(subject.tenant_id) as tx:
            account = await lock_customer(tx, subject.customer_id)
            now_read = await self.read(tx, subject)
            if now_read.party_print != read.party_print:
                raise Turned
            if await version_store.load_number(tx) != answer.number:
                raise Turned
            if task is not None:
                await task_store.finish(tx, task)
            now = self._clock.now()
            await self._keep_result(tx, subject, read, answer, now)
            sightings, reasons = sightings_of(answer.matches, read.party, read.party_print)
            found = Found(
                answer.number, answer.lists_version, read.party_print, sightings, reasons, whole=True
            )
            return await record(tx, account, subject, read.cipher, found, now, self._ids)

    async def _keep_result(
        self, tx: Transaction, subject: Subject, read: Read, answer: Answer, now: datetime
    ) -> None:
        result_id, best = self._ids.new(), answer.matches[0] if answer.matches else None
        raw = orjson.dumps([describe_match(match, THRESHOLD) for match in answer.matches])
        result = Result(
            id=result_id,
            subject=subject,
            list_version=answer.lists_version,
            threshold=THRESHOLD,
            decision=Decision.CLEAR if best is None else best.decide(THRESHOLD),
            best_score=0 if best is None else best.score,
            best_entry=None if best is None else best.entry_id,
            party_print=read.party_print,
            reasons_sealed=read.cipher.seal_bytes((store.TABLE, "reasons_sealed", result_id), raw),
            screened_at=now,
        )
        if not await store.insert_result(tx, result):
            return
        body = {
            "result_id": result_id,
            "customer_id": subject.customer_id,
            "business_id": subject.business_id,
            "verdict": result.decision.value,
            "best_score": result.best_score,
            "list_version": answer.lists_version.hex(),
        }
        await append(tx, [AuditRecord(subject.tenant_id, "screening.screened", body, now, SYSTEM)])


def _code_of(problem: Exception) -> str:
    if isinstance(problem, NameUnusable):
        return "name_unusable"
    if isinstance(problem, ListsMissing):
        return "lists_missing"
    if isinstance(problem, Turned):
        return "changed_meanwhile"
    return "not_available" if isinstance(problem, Refusal) else "failed"


def _case_of(task: Task, problem: str, at: datetime) -> NewCase:
    return NewCase(
        tenant_id=task.subject.tenant_id,
        customer_id=task.subject.customer_id,
        family=FAMILY,
        priority=500,
        at=at,
        reasons=[f"screening.{problem}"],
    )
