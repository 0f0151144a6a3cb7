"""The worker's use case: take sessions that are due, go through what needs no person, ask vendors.

Each visit passes short transactions around the call to the vendor: one takes the session (with a lease, so
that a worker that dies gives it back), others record what came of it. Results are numbered, and whoever
finds that another worker was faster leaves it at that.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from customer_stack.customers.service import lock_customer
from customer_stack.kyc.domain.checks import Finding, Outcome, Subject, judge_verdict
from customer_stack.kyc.domain.claims import Extracted, Pending, Verdict, day_of
from customer_stack.kyc.domain.progress import Progress, Result, Waiting, fold
from customer_stack.kyc.domain.routing import Route, Step, StepKind
from customer_stack.kyc.domain.sessions import Session, State, pause_after
from customer_stack.kyc.providers.contract import VendorUnavailable
from customer_stack.kyc.service.drafts import Drafts
from customer_stack.kyc.service.ground import Ground, open_claim, open_known_claim, route_of
from customer_stack.kyc.service.recording import SYSTEM, new_result, record
from customer_stack.kyc.store import sessions as store
from shared.database import Transaction
from shared.errors import invariant

LEASE: Final = timedelta(seconds=30)
BATCH_LIMIT: Final = 32

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Visit:
    """A session as one visit of the worker finds it. `now`: when; its day is the subject's."""

    session: Session
    route: Route
    results: tuple[Result, ...]
    subject: Subject
    now: datetime


class Working:
    """Sessions of all tenants, from the worker's side."""

    def __init__(self, ground: Ground, drafts: Drafts) -> None:
        """Work on `ground`."""
        self._ground = ground
        self._drafts = drafts

    async def work(self) -> int:
        """Take the sessions that are due, bring each as far as it goes, and return how many there were."""
        tenant_ids = await self._ground.tenancy.list_tenant_ids()
        now = self._ground.clock.now()
        async with self._ground.database.transaction(*tenant_ids) as tx:
            sessions = await store.take_due(tx, now, now + LEASE, BATCH_LIMIT)
        results = await asyncio.gather(*(self._advance(each) for each in sessions), return_exceptions=True)
        for session, result in zip(sessions, results, strict=True):
            if isinstance(result, Exception):  # its lease ends and it is tried again; the others went on
                _log.error("kyc.session_failed", session_id=str(session.id), exc_info=result)
        return len(sessions)

    async def hasten(self, check_id: UUID) -> bool:
        """Look at once at the session that waits for this check of a vendor; False: none does."""
        tenant_ids = await self._ground.tenancy.list_tenant_ids()
        async with self._ground.database.transaction(*tenant_ids) as tx:
            return await store.hasten(tx, check_id, self._ground.clock.now())

    async def _advance(self, session: Session) -> None:
        async with self._ground.database.transaction(session.tenant_id) as tx:
            await lock_customer(tx, session.customer_id)
            found = await self._visit(tx, session.id)
            if found is None:
                return
            progress, results = self._run_checks(found)
            added = len(results) - len(found.results)
            if added or found.session.state is State.PENDING:
                await record(self._ground, tx, found.session, found.route, results, added=added, actor=SYSTEM)
            if not isinstance(progress, Waiting) or progress.step.kind is not StepKind.VENDOR:
                return
            visit = await self._visit(tx, session.id)
        if visit is not None:  # else it waits for a person
            await self._ask(visit, progress.step)

    async def _visit(self, tx: Transaction, session_id: UUID) -> _Visit | None:
        """Return a session that the worker has to do with; a draft that is due is submitted first."""
        session = await store.load_session(tx, session_id)
        invariant(session is not None, "sessions are never deleted")
        if session is None or session.due_at is None:
            return None
        claim = await open_claim(self._ground, tx, session)
        now = self._ground.clock.now()
        if session.state is State.DRAFT:
            session = await self._drafts.submit_as_registered(tx, session, claim, now)
            if session.state is State.DRAFT:
                await store.rest(tx, session.id)
                return None
        name = (await open_known_claim(self._ground, tx, session)).full_name
        return _Visit(
            session,
            await route_of(self._ground, tx, session),
            tuple(await store.load_results(tx, session.id)),
            Subject(claim, name, day_of(now)),
            now,
        )

    def _run_checks(self, visit: _Visit) -> tuple[Progress, tuple[Result, ...]]:
        """Go through automatic checks up to the first step that is none, or does not pass."""
        results = visit.results
        progress = fold(visit.route, results)
        while isinstance(progress, Waiting) and not progress.for_person and progress.step.check is not None:
            found = progress.step.check(visit.subject)
            results = (*results, new_result(results, progress.step.name, found, visit.now))
            progress = fold(visit.route, results)
        return progress, results

    async def _ask(self, visit: _Visit, step: Step) -> None:
        """Ask the vendor once, and record what came of it. Silence postpones."""
        session, check_id = visit.session, visit.session.vendor_check_id
        invariant(check_id is not None, "a session that waits for a vendor has a check of it")
        if check_id is None:
            return
        vendor = self._ground.vendors[step.name]
        verdict: Verdict = Pending()
        asked_at = session.asked_at
        try:
            if asked_at is None:
                await vendor.submit(check_id, visit.subject.claim)
                asked_at = self._ground.clock.now()
            else:
                verdict = await vendor.fetch(check_id)
        except VendorUnavailable:
            _log.warning("kyc.vendor_unavailable", session_id=str(session.id), tries=session.tries)
            asked_at = None  # asking twice is asking once: a vendor that forgot is asked anew
        found = self._judge(visit, verdict)
        async with self._ground.database.transaction(session.tenant_id) as tx:
            if found is None:
                until = self._ground.clock.now() + pause_after(session.tries)
                await store.postpone(tx, check_id, until, asked_at)
                return
            await self._record_found(tx, visit, step, found)

    def _judge(self, visit: _Visit, verdict: Verdict) -> Finding | None:
        """Judge a verdict; what the vendor read has to pass the gates that the claim passed before."""
        if isinstance(verdict, Extracted):
            subject = Subject(
                visit.subject.claim, visit.subject.registered_name, visit.subject.today, verdict
            )
            for step in visit.route.steps:
                if step.kind is StepKind.VENDOR:
                    break
                found = None if step.check is None else step.check(subject)
                if found is not None and found.outcome in (Outcome.REJECT, Outcome.RETRY):
                    return found
        return judge_verdict(visit.subject, verdict)

    async def _record_found(self, tx: Transaction, visit: _Visit, step: Step, found: Finding) -> None:
        await lock_customer(tx, visit.session.customer_id)
        present = await self._visit(tx, visit.session.id)
        if present is None or len(present.results) != len(visit.results):
            return  # another worker was faster
        result = new_result(present.results, step.name, found, present.now)
        _, results = self._run_checks(replace(present, results=(*present.results, result)))
        added = len(results) - len(present.results)
        await record(self._ground, tx, present.session, present.route, results, added=added, actor=SYSTEM)
