"""Sending wagers over the wall, and cancelling them. No transaction is open while a message is out.

Guaranteed:
- a wager leaves only after `dispatched` was committed, and only for an account that execution knows;
- a hold is released only by a signed refusal of this very intent, or by a report; no answer, whatever
  its cause, keeps it, and the same intent is sent again until one comes;
- a wager that was never sent is cancelled at once, under the same lock that sending would need.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

import structlog

from customer_stack.aml.service.counting import reverse_events
from customer_stack.boundary_client.domain import (
    Account,
    CancelAnswer,
    CancelOutcome,
    Intent,
    IntentAnswer,
    Reason,
)
from customer_stack.cases.service.deciding import end_held
from customer_stack.protection import service as protection
from customer_stack.wagers.domain.monitoring import unused
from customer_stack.wagers.domain.page import end_wager
from customer_stack.wagers.domain.reports import Fault, Wager
from customer_stack.wagers.domain.states import ENDED, Event, State, can_move, move
from customer_stack.wagers.domain.trail import sent_records
from customer_stack.wagers.errors import WagerEnded, WagerUnknown
from customer_stack.wagers.store import reporting, rows, sending
from shared import audit
from shared.audit import AuditRecord
from shared.boundary.errors import OutcomeUnknown, SignedRefusal
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import InvariantViolated
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import Movement, join

BATCH: Final = 500
ANSWER_OVERDUE: Final = timedelta(seconds=8)
FIRST_PAUSE: Final = timedelta(milliseconds=500)
HELD_KIND: Final = "wager"
"""As cases call the wagers that wait for them."""
LONGEST_PAUSE: Final = timedelta(seconds=15)

_log = structlog.get_logger(__name__)

TenantIds = Callable[[], Awaitable[Sequence[UUID]]]
"""All tenants, for a task that serves all of them."""


class Execution(Protocol):
    """What sending asks of the execution stack."""

    async def register_accounts(self, accounts: Sequence[Account], *, idempotency_key: UUID) -> int:
        """Make accounts known."""
        ...

    async def submit_intents(
        self, intents: Sequence[Intent], *, idempotency_key: UUID
    ) -> tuple[IntentAnswer, ...]:
        """Hand over intents."""
        ...

    async def cancel_intents(
        self, intent_ids: Sequence[UUID], *, idempotency_key: UUID
    ) -> tuple[CancelAnswer, ...]:
        """Ask that intents never be pooled."""
        ...


class WagerSending:
    """Registers accounts, sends wagers, asks for cancels."""

    def __init__(
        self, database: Database, execution: Execution, tenant_ids: TenantIds, clock: Clock, ids: Ids
    ) -> None:
        """Serve all tenants that `tenant_ids` names."""
        self._database = database
        self._execution = execution
        self._tenant_ids = tenant_ids
        self._clock = clock
        self._ids = ids

    async def prepare_account(self, tx: Transaction, account: Account, customer_id: UUID) -> None:
        """Note a customer's reference for registration. Safe to repeat."""
        await sending.insert_account(tx, account, customer_id)

    async def register_accounts(self) -> int:
        """Make new accounts known to execution; returns how many. Raises OutcomeUnknown."""
        tenants = await self._tenant_ids()
        async with self._database.transaction(*tenants) as tx:
            accounts = await sending.load_unregistered(tx, BATCH)
        if not accounts:
            return 0
        await self._execution.register_accounts(accounts, idempotency_key=self._ids.new())
        now = self._clock.now()
        async with self._database.transaction(*tenants) as tx:
            registered = await sending.set_registered(tx, [account.account_id for account in accounts], now)
            await audit.append(
                tx,
                [
                    AuditRecord(
                        account.tenant_id,
                        "wagers.account_registered",
                        {"account_id": account.account_id},
                        now,
                        "system",
                    )
                    for account in registered
                ],
            )
        return len(accounts)

    async def dispatch(self) -> int:
        """Send up to 500 wagers; returns how many were answered."""
        tenants = await self._tenant_ids()
        now = self._clock.now()
        async with self._database.transaction(*tenants, probes_only=True) as tx:
            claimed = await sending.claim(tx, now, BATCH, ANSWER_OVERDUE)
            first_time = [wager for wager, _, is_first in claimed if is_first]
            await audit.append(tx, sent_records("wagers.dispatched", first_time, now))
        if not claimed:
            return 0
        try:
            answers = await self._execution.submit_intents(
                [intent_of(wager) for wager, _, _ in claimed], idempotency_key=self._ids.new()
            )
        except (OutcomeUnknown, SignedRefusal) as unknown:
            # A refusal of the whole message says nothing about an earlier message with the same intents.
            _log.warning("wagers.dispatch_unanswered", code=unknown.code, wagers=len(claimed))
            await self._postpone(tenants, {wager.id: attempt for wager, attempt, _ in claimed})
            return 0
        await self._apply_answers(tenants, {wager.id: wager for wager, _, _ in claimed}, answers)
        return len(answers)

    async def _postpone(self, tenants: Sequence[UUID], attempts: dict[UUID, int]) -> None:
        now = self._clock.now()
        async with self._database.transaction(*tenants, probes_only=True) as tx:
            await sending.postpone(tx, {wager_id: now + pause(n) for wager_id, n in attempts.items()})

    async def _apply_answers(
        self, tenants: Sequence[UUID], sent: dict[UUID, Wager], answers: Sequence[IntentAnswer]
    ) -> None:
        now = self._clock.now()
        refused = {answer.intent_id: answer.reason for answer in answers if answer.reason is not None}
        conflicts = [sent[each] for each, reason in refused.items() if reason is Reason.CONFLICTING_INTENT]
        async with self._database.transaction(*tenants, probes_only=True) as tx:
            await ledger.lock_books(tx, {sent[wager_id].customer_id for wager_id in refused})
            # With a refusal all are locked here, in id order; without one, where they are set received.
            wagers = await rows.load_wagers(tx, sent) if refused else {}
            received = await sending.set_received(
                tx, [answer.intent_id for answer in answers if answer.reason is None], now
            )
            ended: list[Wager] = []
            for wager_id, reason in refused.items():
                wager = wagers[wager_id]
                # A report can have overtaken the answer: then there is nothing left to change.
                if reason is not Reason.CONFLICTING_INTENT and wager.state is State.DISPATCHED:
                    ended.append(replace(wager, state=move(wager.state, Event.REFUSAL), refusal=reason))
            if ended:
                changes = [(wager.id, State.DISPATCHED, wager.state, wager.refusal) for wager in ended]
                await sending.set_states(tx, changes, now)
            await release(tx, ended, now)
            await reporting.insert_breaks(
                tx,
                [
                    reporting.BreakRow(
                        self._ids.new(), wager.tenant_id, None, None, wager.id, Fault.CONFLICTING_INTENT
                    )
                    for wager in conflicts
                ],
                now,
            )
            records = sent_records("wagers.submitted", [sent[wager_id] for wager_id in received], now)
            records += [moved_record("wagers.refused", wager, now) for wager in ended]
            await audit.append(tx, records)

    async def cancel(self, tenant_id: UUID, customer_id: UUID, wager_id: UUID) -> bool:
        """Cancel a wager: True when it is cancelled, False when execution has to be asked.

        Raises WagerUnknown, WagerEnded.
        """
        now, actor = self._clock.now(), f"customer:{customer_id}"
        async with self._database.transaction(tenant_id, probes_only=True) as tx:
            await ledger.lock_books(tx, [customer_id])
            wager = (await rows.load_wagers(tx, [wager_id])).get(wager_id)
            if wager is None or wager.customer_id != customer_id:
                raise WagerUnknown
            if wager.state is State.CANCELLED:
                return True
            if wager.state in ENDED:
                raise WagerEnded
            if can_move(wager.state, Event.WITHDRAW):
                (after,) = await withdraw(tx, [wager], now)
                await audit.append(tx, [moved_record("wagers.cancelled", after, now, actor)])
                return True
            if await sending.request_cancel(tx, wager.id, now):
                await audit.append(tx, [moved_record("wagers.cancel_requested", wager, now, actor)])
            return False

    async def ask_cancels(self) -> int:
        """Ask execution for the cancels that it has not answered; returns how many it answered."""
        tenants = await self._tenant_ids()
        async with self._database.transaction(*tenants) as tx:
            wager_ids = await sending.load_cancels(tx, BATCH)
        if not wager_ids:
            return 0
        answers = await self._execution.cancel_intents(wager_ids, idempotency_key=self._ids.new())
        answered = [answer.intent_id for answer in answers if answer.outcome is not CancelOutcome.UNKNOWN]
        async with self._database.transaction(*tenants) as tx:
            await sending.set_cancels_answered(tx, answered, self._clock.now())
        return len(answered)


def pause(attempt: int) -> timedelta:
    """Return how long a wager without an answer waits after its `attempt`: doubling, bounded."""
    doublings: int = 2 ** min(attempt - 1, 10)
    return min(FIRST_PAUSE * doublings, LONGEST_PAUSE)


async def withdraw(tx: Transaction, wagers: Sequence[Wager], at: datetime) -> list[Wager]:
    """Cancel wagers that were never sent, and free what they reserved; a case waits for them no longer."""
    after = [replace(wager, state=move(wager.state, Event.WITHDRAW)) for wager in wagers]
    changes = [(one.id, one.state, other.state, None) for one, other in zip(wagers, after, strict=True)]
    await sending.set_states(tx, changes, at)
    await release(tx, after, at)
    held: dict[UUID, list[UUID]] = {}
    for wager in wagers:
        if wager.state is State.HELD:
            held.setdefault(wager.tenant_id, []).append(wager.id)
    for tenant_id, ids in held.items():
        await sending.set_withdrawn(tx, ids, at)
        await end_held(tx, tenant_id, HELD_KIND, ids, at)
    return after


async def release(tx: Transaction, ended: Sequence[Wager], at: datetime) -> None:
    """End the holds of wagers, and take back what they staked and did not use, in every counter."""
    if not ended:
        return
    parts = [end_wager(wager) for wager in ended]
    movements: list[Movement] = [movement for movement, _ in parts]
    await ledger.post(tx, join(movements))
    await protection.change(tx, [stake for _, stake in parts if stake is not None])
    await reverse_events(tx, unused(ended, at), counted_only=True)


def intent_of(wager: Wager) -> Intent:
    """Return what execution is told of a wager."""
    if wager.account_id is None:
        raise InvariantViolated("only wagers of registered accounts are claimed")
    return Intent(
        intent_id=wager.id,
        account_id=wager.account_id,
        market_id=wager.market_id,
        side=wager.side,
        action=wager.action,
        quantity=wager.quantity,
        limit_price=wager.limit_price,
        max_total=wager.max_total,
    )


def moved_record(kind: str, wager: Wager, at: datetime, actor: str = "system") -> AuditRecord:
    """Return the audit record of one wager that somebody or something moved."""
    body: dict[str, object] = {"wager_id": wager.id, "state": wager.state.value}
    if wager.refusal is not None:
        body["reason"] = wager.refusal.value
    return AuditRecord(wager.tenant_id, kind, body, at, actor)
