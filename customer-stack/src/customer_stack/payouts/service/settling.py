"""Use cases of the provider's side: send what was ordered, ask what became of it, settle what it answers.

The provider is called outside transactions. Whether it heard is never assumed: a payout without an explicit
answer stays pending, and is asked about again under the same id.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from customer_stack.customers.domain import Status
from customer_stack.customers.service import load_accounts as load_customers
from customer_stack.ledger.service import advance_deals, build_reversal, record_sources
from customer_stack.payments.debts import clear_debts
from customer_stack.payments.service import load_standing as load_pay_in
from customer_stack.payments.suspense import end_return, reopen
from customer_stack.payouts import records
from customer_stack.payouts.domain.payouts import (
    LONGEST_PAUSE,
    Outcome,
    Payout,
    PayoutStanding,
    Purpose,
    Step,
    build_end,
    build_fee,
    build_payment,
    decide_step,
    pause_after,
    tidy_reason,
)
from customer_stack.payouts.errors import (
    AnswerContradicts,
    NotHeld,
    OtherProvider,
    PayoutNotFound,
    ProviderUnavailable,
)
from customer_stack.payouts.providers.contract import (
    PayoutAnswer,
    PayoutOrder,
    PayoutProvider,
    PayoutState,
)
from customer_stack.payouts.service.accounts import AccountSealing
from customer_stack.payouts.service.compliance import Compliance
from customer_stack.payouts.store import orders as store
from customer_stack.payouts.store.orders import Task
from shared import outflow
from shared.audit import append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import Movement

BATCH: Final = 5
CALL_SECONDS: Final = 8.0
LEASE: Final = timedelta(seconds=60)
"""Above a whole batch of calls that time out, so that no payout is asked about by two workers."""

AllTenants = Callable[[], Awaitable[tuple[UUID, ...]]]
"""The ids of all tenants."""

_log = structlog.get_logger(__name__)


class PayoutSettlement:
    """Orders on their way, and their answers."""

    def __init__(
        self,
        database: Database,
        provider: PayoutProvider,
        sealing: AccountSealing,
        all_tenants: AllTenants,
        compliance: Compliance,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Send through `provider`; what did not leave after all is told to `compliance`."""
        self._database = database
        self._provider = provider
        self._sealing = sealing
        self._all_tenants = all_tenants
        self._compliance = compliance
        self._clock = clock
        self._ids = ids

    async def send_due(self) -> int:
        """Send payouts that are due, or ask what became of them. Returns how many. The timer's use case."""
        now, name = self._clock.now(), self._provider.name
        async with self._database.transaction(*await self._all_tenants()) as tx:
            held = await store.hold_of_others(tx, name, now)
            tasks = await self._take(tx, now)
        for payout_id in held:
            _log.warning("payouts.held", payout_id=str(payout_id), problem=OtherProvider.code)
        for task in tasks:
            await self._ask(task)
        return len(tasks)

    async def _take(self, tx: Transaction, now: datetime) -> tuple[Task, ...]:
        """Lease what is due. What the provider has not heard of rests while its customer is frozen.

        After a restore it waits until money may leave again; then only what it has heard of is asked about.
        """
        is_held = await outflow.find_hold(tx) is not None
        due = await store.lock_due(tx, self._provider.name, now, BATCH, only_accepted=is_held)
        if not due:
            return ()
        unheard = {payout: owner for payout, owner, is_accepted in due if owner and not is_accepted}
        customers = await load_customers(tx, list(set(unheard.values())))
        resting = [
            payout
            for payout, owner in unheard.items()
            if owner in customers and customers[owner].status is Status.FROZEN
        ]
        await store.rest(tx, resting, now + LONGEST_PAUSE)
        return await store.take_tasks(
            tx, [payout for payout, _, _ in due if payout not in resting], now + LEASE
        )

    async def record_answer(self, provider: str, payout_id: UUID, answer: PayoutAnswer) -> PayoutStanding:
        """Settle what `provider` says about a payout; what is known already changes nothing.

        Raises PayoutNotFound, OtherProvider, AnswerContradicts.
        """
        async with self._database.transaction(*await self._all_tenants()) as tx:
            found = await store.load_standing(tx, payout_id)
        if found is None:
            raise PayoutNotFound("There is no such payout. Check the id.")
        payout = found.payout
        if payout.provider != provider:
            raise OtherProvider("This payout goes through another provider. Ask both what they paid.")
        async with self._database.transaction(payout.tenant_id) as tx:
            await ledger.lock_books(tx, {payout.book_id, payout.department_id})
            standing = await store.load_standing(tx, payout_id) or found
            await self._apply(tx, standing, replace(answer, reason=tidy_reason(answer.reason)))
            return await store.load_standing(tx, payout_id) or standing

    async def resume(
        self, tenant_id: UUID, payout_id: UUID, actor: str, *, department_id: UUID | None = None
    ) -> PayoutStanding:
        """Ask again about a payout that waits for a person, of `department_id` where one is given.

        Raises PayoutNotFound, NotHeld.
        """
        now = self._clock.now()
        async with self._database.transaction(tenant_id) as tx:
            standing = await store.load_standing(tx, payout_id)
            if standing is None or department_id not in (None, standing.payout.department_id):
                raise PayoutNotFound("There is no such payout. Check the id.")
            if not await store.resume(tx, payout_id, now):
                raise NotHeld("The provider is being asked already, or has answered.")
            await append(tx, [records.record_of(standing.payout, "resumed", actor, now)])
            return await store.load_standing(tx, payout_id) or standing

    async def _ask(self, task: Task) -> None:
        """Call the provider once, and settle or postpone. What breaks here does not touch other payouts."""
        payout = task.payout
        is_accepted, problem = True, None
        try:
            answer = await self._call(task)
            if answer.state is not PayoutState.PENDING:
                await self.record_answer(self._provider.name, payout.id, answer)
                return
        except (ProviderUnavailable, TimeoutError):
            is_accepted = False
        except AnswerContradicts as refusal:
            problem = refusal.code
        except asyncpg.UniqueViolationError:
            problem = "payouts.booking_used"  # the provider names a booking that settled something else
        except Exception:  # noqa: BLE001 - whatever broke, it is asked again when its lease ends
            _log.exception("payouts.question_failed", payout_id=str(payout.id))
            return
        await self._postpone(task, problem, is_accepted=is_accepted)

    async def _postpone(self, task: Task, problem: str | None, *, is_accepted: bool) -> None:
        """Ask again after a pause; hold what waited too long, or what has a problem that a person solves."""
        payout, now = task.payout, self._clock.now()
        pause = None if problem else pause_after(task.attempts, now - payout.requested_at)
        async with self._database.transaction(payout.tenant_id) as tx:
            due_at = None if pause is None else now + pause
            await store.postpone(tx, payout.id, due_at, is_accepted=is_accepted)
        if pause is None:
            _log.warning("payouts.held", payout_id=str(payout.id), problem=problem or "payouts.no_answer")

    async def _call(self, task: Task) -> PayoutAnswer:
        payout = task.payout
        async with asyncio.timeout(CALL_SECONDS):
            if task.is_accepted:
                return await self._provider.look_up(payout.id)
            account = self._sealing.open("destination", payout.id, task.destination_sealed)
            return await self._provider.send(PayoutOrder(payout.id, payout.amount, account, payout.reference))

    async def _apply(self, tx: Transaction, standing: PayoutStanding, answer: PayoutAnswer) -> None:
        """Do what the answer means, once. The books are locked."""
        payout = standing.payout
        match decide_step(standing, answer):
            case Step.NOTHING:
                return
            case Step.REFUSE:
                await self._refuse(tx, payout, answer)
            case Step.PAY:
                await self._pay(tx, payout, answer)
            case Step.RETURN:
                await self._take_back(tx, standing, answer)
            case Step.PAY_AND_RETURN:
                await self._pay(tx, payout, answer)
                paid = await store.load_standing(tx, payout.id)
                await self._take_back(tx, paid or standing, answer)

    async def _pay(self, tx: Transaction, payout: Payout, answer: PayoutAnswer) -> None:
        """W3 and W4."""
        now = self._clock.now()
        movement_id, fee_movement_id = self._ids.new(), self._ids.new()
        payment = build_payment(payout, movement_id, ids=self._ids, now=now)
        fee = build_fee(payout, fee_movement_id, ids=self._ids, now=now)
        await ledger.post(tx, payment + fee + build_end(payout, is_paid=True))
        # A provider that names no booking pays each payout once: then the payout's id is the name.
        named = replace(answer, reference=answer.reference or str(payout.id))
        await record_sources(tx, [records.source_of(payout, payment.transfers[0], named.reference or "")])
        await store.insert_resolution(
            tx,
            payout,
            Outcome.PAID,
            named,
            records.SYSTEM,
            now,
            movement_id=movement_id,
            fee_movement_id=fee_movement_id if payout.fee else None,
        )
        if payout.purpose is Purpose.SUSPENSE_RETURN:
            await self._end_return(tx, payout, movement_id)
        await self._compliance.went_out(tx, payout, now)
        await advance_deals(tx, [records.step_of_payment(payout, movement_id, now)])
        await append(tx, [records.record_of(payout, "paid", records.SYSTEM, now, reference=named.reference)])

    async def _refuse(self, tx: Transaction, payout: Payout, answer: PayoutAnswer) -> None:
        """The money is free again: it waits in the wallet, or lies in suspense as before. No fee."""
        now = self._clock.now()
        await ledger.post(tx, build_end(payout, is_paid=False))
        await store.insert_resolution(tx, payout, Outcome.REFUSED, answer, records.SYSTEM, now)
        await self._compliance.uncount(tx, [payout], now)
        await self._release_pay_in(tx, payout)
        await advance_deals(tx, [records.step_of_failure(payout, records.SYSTEM, now)])
        await append(tx, [records.record_of(payout, "refused", records.SYSTEM, now, reason=answer.reason)])

    async def _take_back(self, tx: Transaction, standing: PayoutStanding, answer: PayoutAnswer) -> None:
        """W5: the bank gave the money back; what the customer owes is paid first."""
        payout, now = standing.payout, self._clock.now()
        books = sorted({payout.book_id, payout.department_id})
        wanted = [standing.movement_id]
        if payout.is_fee_returned:
            wanted.append(standing.fee_movement_id)
        reversed_ = [
            await build_reversal(tx, payout.tenant_id, books, movement_id, ids=self._ids, now=now)
            for movement_id in wanted
            if movement_id is not None
        ]
        named = replace(answer, return_reference=answer.return_reference or f"return:{payout.id}")
        await ledger.post(tx, sum(reversed_, Movement()))
        first = reversed_[0].transfers[0]
        await record_sources(tx, [records.source_of(payout, first, named.return_reference or "")])
        await store.insert_return(tx, payout, named, first.movement_id, now)
        await self._release_pay_in(tx, payout)
        await self._compliance.came_back(tx, payout, now)
        if payout.customer_id is not None:
            await clear_debts(
                tx,
                payout.tenant_id,
                payout.customer_id,
                movement_id=first.movement_id,
                ids=self._ids,
                now=now,
            )
        step = records.step_of_failure(payout, records.SYSTEM, now, first.movement_id)
        await advance_deals(tx, [step])
        reference = named.return_reference
        await append(tx, [records.record_of(payout, "returned", records.SYSTEM, now, reference=reference)])

    async def _end_return(self, tx: Transaction, payout: Payout, movement_id: UUID) -> None:
        pay_in = await load_pay_in(tx, payout.pay_in_id) if payout.pay_in_id else None
        if pay_in is not None:
            await end_return(tx, pay_in.pay_in, movement_id, self._clock)

    async def _release_pay_in(self, tx: Transaction, payout: Payout) -> None:
        """Let the pay-in that was to go back be dealt with anew."""
        await store.delete_claim(tx, payout.id)
        if payout.purpose is not Purpose.SUSPENSE_RETURN or payout.pay_in_id is None:
            return
        pay_in = await load_pay_in(tx, payout.pay_in_id)
        if pay_in is not None:
            await reopen(tx, pay_in.pay_in)
