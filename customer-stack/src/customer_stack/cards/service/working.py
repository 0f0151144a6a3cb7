"""The worker's part: ask the acquirer what is due, and keep what it says.

Each question passes two short transactions around one call: one takes it, with a lease, so that a worker
that dies gives it back; one keeps the answer.
"""

import asyncio
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from customer_stack.cards.domain.charges import ChargeState, Standing, pause_after
from customer_stack.cards.domain.reports import ChargeReport
from customer_stack.cards.errors import AcquirerUnavailable, ReportTooEarly
from customer_stack.cards.providers.contract import CardAcquirer, ChargeOrder, RefundOrder
from customer_stack.cards.service.gate import AllTenants, CardTokens
from customer_stack.cards.service.hearing import ReportKeeping
from customer_stack.cards.store import charges as store
from customer_stack.cards.store.charges import Task, TaskKind
from customer_stack.cards.store.returns import find_refund_charge
from shared import outflow
from shared.clock import Clock
from shared.database import Database
from shared.errors import InvariantViolated, Refusal

LEASE: Final = timedelta(seconds=30)
BATCH: Final = 16

_log = structlog.get_logger(__name__)


class CardWork:
    """Questions to the acquirer, and what it tells us by itself."""

    def __init__(
        self,
        database: Database,
        acquirer: CardAcquirer,
        tokens: CardTokens,
        keeping: ReportKeeping,
        all_tenants: AllTenants,
        clock: Clock,
    ) -> None:
        """Ask `acquirer`; `keeping` keeps what it says."""
        self._database = database
        self._acquirer = acquirer
        self._tokens = tokens
        self._keeping = keeping
        self._all_tenants = all_tenants
        self._clock = clock

    async def work(self) -> int:
        """Ask what is due. Returns how many questions there were. Refunds wait while money is held."""
        now = self._clock.now()
        async with self._database.transaction(*await self._all_tenants()) as tx:
            is_free = await outflow.find_hold(tx) is None
            tasks = await store.take_tasks(tx, now, now + LEASE, BATCH, with_refunds=is_free)
        results = await asyncio.gather(*(self._ask(task) for task in tasks), return_exceptions=True)
        for task, result in zip(tasks, results, strict=True):
            if isinstance(result, Exception):  # its lease ends and it is asked again; the others went on
                _log.error("cards.question_failed", task_id=str(task.id), exc_info=result)
        return len(tasks)

    async def hear(self, report: ChargeReport) -> None:
        """Keep what the acquirer says by itself; what it left out before is asked for first.

        Raises ChargeNotFound, ReportContradicts, ReportTooEarly, AcquirerUnavailable.
        """
        tenants = await self._all_tenants()
        try:
            await self._keeping.absorb(tenants, report)
        except ReportTooEarly:
            await self._keeping.absorb(tenants, await self._acquirer.look_up(report.charge_id))
            await self._keeping.absorb(tenants, report)

    async def _ask(self, task: Task) -> None:
        """Ask one question. Silence, and what is still pending, postpone it."""
        try:
            report = await (self._ask_charge if task.kind is TaskKind.CHARGE else self._ask_refund)(task)
            changed = report is not None and await self._keeping.absorb((task.tenant_id,), report)
        except AcquirerUnavailable:
            _log.warning("cards.acquirer_unavailable", task_id=str(task.id), attempts=task.attempts)
            changed = False
        except Refusal as refusal:  # a contradiction: asked again more and more seldom, and shown as stalled
            _log.error("cards.report_refused", task_id=str(task.id), code=refusal.code)
            changed = False
        if not changed:
            await self._postpone(task)

    async def _ask_charge(self, task: Task) -> ChargeReport | None:
        standing, sealed = await self._load(task.tenant_id, task.id)
        charge = standing.charge
        match standing.state:
            case ChargeState.CREATED:
                order = ChargeOrder(charge.id, charge.amount, self._tokens.open(charge.id, sealed))
                return ChargeReport(charge.id, await self._acquirer.authorise(order))
            case ChargeState.AUTHORISED:
                return ChargeReport(charge.id, await self._acquirer.capture(charge.id, charge.amount))
            case ChargeState.CAPTURED | ChargeState.DECLINED:
                return None

    async def _ask_refund(self, task: Task) -> ChargeReport | None:
        async with self._database.transaction(task.tenant_id) as tx:
            charge_id = await find_refund_charge(tx, task.id)
        if charge_id is None:
            raise InvariantViolated("a refund was kept with its task")
        standing, _ = await self._load(task.tenant_id, charge_id)
        refund = next(one for one in standing.refunds if one.id == task.id)
        if refund.ended is not None:
            return None
        answer = await self._acquirer.refund(RefundOrder(refund.id, refund.charge_id, refund.amount))
        return ChargeReport(refund.charge_id, refunds=(answer,))

    async def _load(self, tenant_id: UUID, charge_id: UUID) -> tuple[Standing, bytes]:
        """Return how a charge stands, and its sealed token."""
        async with self._database.transaction(tenant_id) as tx:
            charge = await store.find_charge(tx, charge_id)
            if charge is None:
                raise InvariantViolated("a charge was kept with its task")
            return (await store.load_standings(tx, [charge]))[charge_id], await store.load_token(
                tx, charge_id
            )

    async def _postpone(self, task: Task) -> None:
        """Rest the question unless something else has decided it meanwhile."""
        pause, now = pause_after(task.attempts), self._clock.now()
        async with self._database.transaction(task.tenant_id) as tx:
            await store.postpone_task(tx, task, None if pause is None else now + pause)
