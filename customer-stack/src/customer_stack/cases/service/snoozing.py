"""Use cases of snoozes: propose, approve by a second person, reject, end; and what the gate knows of them.

Whoever changes a snooze holds the lock of the customer's book, as for all facts of a customer.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from customer_stack.aml.domain.rules import Effect
from customer_stack.aml.errors import RuleNotFound
from customer_stack.aml.service.rules import find_published
from customer_stack.cases.domain.snoozing import (
    Snooze,
    SnoozeFilter,
    SnoozeState,
    approve,
    end,
    project,
    propose,
    reject,
)
from customer_stack.cases.errors import SnoozeNotFound, SnoozeStands
from customer_stack.cases.service.ground import Ground, Person
from customer_stack.cases.store import snoozes as store
from customer_stack.cases.store.exclusions import is_excluded
from customer_stack.customers.errors import CustomerNotFound
from customer_stack.customers.service import lock_customer
from customer_stack.facts import service as facts
from customer_stack.facts.domain import Changes
from shared.audit import AuditRecord, append
from shared.database import Transaction


class Snoozing:
    """Rules that are not heard for a customer."""

    def __init__(self, ground: Ground) -> None:
        """Work on `ground`."""
        self._ground = ground

    async def propose(
        self, person: Person, customer_id: UUID, rule: str, ends_at: datetime, reason: str
    ) -> Snooze:
        """Propose not to hear a rule for a customer until a moment.

        Raises CustomerNotFound, RuleNotFound, SnoozeImpossible, SnoozeStands.
        """
        ground = self._ground
        async with ground.database.transaction(person.tenant_id) as tx:
            await lock_customer(tx, customer_id)
            if await is_excluded(tx, person.tenant_id, customer_id, person.staff_id):
                raise CustomerNotFound("There is no such customer. Check the id.")
            now = ground.clock.now()
            snooze = Snooze(
                ground.ids.new(),
                person.tenant_id,
                customer_id,
                rule,
                ends_at,
                SnoozeState.PROPOSED,
                person.staff_id,
                now,
            )
            propose(snooze, await _effect(tx, person.tenant_id, rule), now)
            await self._make_room(tx, person, snooze, now)
            cipher = await ground.customers.cipher_of(tx, customer_id)
            await store.insert(tx, snooze, cipher.seal(snooze.place, reason))
            await append(tx, [_record(snooze, "proposed", now, person.actor)])
            return snooze

    async def approve(self, person: Person, snooze_id: UUID) -> Snooze:
        """Let a snooze stand. Raises SnoozeNotFound, SnoozeDecided, OwnProposal, SnoozeImpossible."""
        async with self._ground.database.transaction(person.tenant_id) as tx:
            snooze = await _lock(tx, person, snooze_id)
            effect = await _effect(tx, snooze.tenant_id, snooze.rule)
            return await self._settle(
                tx, snooze, person, lambda now: approve(snooze, person.staff_id, effect, now)
            )

    async def reject(self, person: Person, snooze_id: UUID) -> Snooze:
        """Turn a snooze down, or take it back. Raises SnoozeNotFound, SnoozeDecided."""
        async with self._ground.database.transaction(person.tenant_id) as tx:
            snooze = await _lock(tx, person, snooze_id)
            return await self._settle(tx, snooze, person, lambda now: reject(snooze, person.staff_id, now))

    async def end(self, person: Person, snooze_id: UUID) -> Snooze:
        """End a snooze, so that the rule is heard again. Raises SnoozeNotFound, SnoozeDecided."""
        async with self._ground.database.transaction(person.tenant_id) as tx:
            snooze = await _lock(tx, person, snooze_id)
            return await self._settle(tx, snooze, person, lambda now: end(snooze, person.staff_id, now))

    async def list_snoozes(
        self, person: Person, wanted: SnoozeFilter, before: UUID | None, limit: int
    ) -> tuple[list[Snooze], datetime]:
        """Return snoozes, newest first, and the moment at which they were looked at."""
        async with self._ground.database.transaction(person.tenant_id) as tx:
            found = await store.list_snoozes(tx, person.tenant_id, wanted, before, limit, person.staff_id)
            return found, self._ground.clock.now()

    async def read_reason(self, person: Person, snooze_id: UUID) -> str:
        """Return why a snooze was proposed, which the audit remembers. Raises SnoozeNotFound."""
        ground = self._ground
        async with ground.database.transaction(person.tenant_id) as tx:
            snooze = await store.load(tx, snooze_id)
            if snooze is None or await is_excluded(tx, snooze.tenant_id, snooze.customer_id, person.staff_id):
                raise _not_found()
            cipher = await ground.customers.cipher_of(tx, snooze.customer_id)
            reason = cipher.open(snooze.place, await store.load_reason(tx, snooze_id))
            await append(tx, [_record(snooze, "shown", ground.clock.now(), person.actor)])
            return reason

    async def _make_room(self, tx: Transaction, person: Person, snooze: Snooze, now: datetime) -> None:
        """End what is over of the same rule. Raises SnoozeStands when something is not."""
        for other in await store.load_pending(tx, snooze.tenant_id, snooze.customer_id):
            if other.rule != snooze.rule:
                continue
            if not other.is_over(now):
                raise SnoozeStands("This rule is snoozed for the customer, or that was proposed, already.")
            is_proposal = other.state is SnoozeState.PROPOSED
            over = reject(other, person.staff_id, now) if is_proposal else end(other, None, now)
            await store.update(tx, over)
            await append(tx, [_record(over, over.state.value, now, person.actor)])

    async def _settle(
        self, tx: Transaction, before: Snooze, person: Person, step: Callable[[datetime], Snooze]
    ) -> Snooze:
        """Take a step, and tell the gate what stands. The customer is locked."""
        now = self._ground.clock.now()
        snooze = step(now)
        await store.update(tx, snooze)
        await append(tx, [_record(snooze, _PAST[snooze.state], now, person.actor)])
        if SnoozeState.STANDING in (before.state, snooze.state):
            standing = project(await store.load_pending(tx, snooze.tenant_id, snooze.customer_id), now)
            await facts.change(tx, snooze.customer_id, now, Changes(snoozes=standing))
        return snooze


_PAST = {
    SnoozeState.STANDING: "approved",
    SnoozeState.REJECTED: "rejected",
    SnoozeState.ENDED: "ended",
}


async def _lock(tx: Transaction, person: Person, snooze_id: UUID) -> Snooze:
    """Lock the customer of a snooze, and return the snooze as it then is.

    Raises SnoozeNotFound, also for who is kept from the customer.
    """
    found = await store.load(tx, snooze_id)
    if found is None or await is_excluded(tx, found.tenant_id, found.customer_id, person.staff_id):
        raise _not_found()
    await lock_customer(tx, found.customer_id)
    return await store.load(tx, snooze_id) or found


async def _effect(tx: Transaction, tenant_id: UUID, key: str) -> Effect:
    """Return what the published version of a rule does by itself. Raises RuleNotFound."""
    rule = await find_published(tx, tenant_id, key)
    if rule is None:
        raise RuleNotFound("No published rule has this key. Look at the list of versions.")
    return rule.effect


def _record(snooze: Snooze, what: str, at: datetime, actor: str) -> AuditRecord:
    body = {
        "snooze_id": snooze.id,
        "customer_id": snooze.customer_id,
        "rule": snooze.rule,
        "ends_at": snooze.ends_at.isoformat(),
    }
    return AuditRecord(snooze.tenant_id, f"cases.snooze_{what}", body, at, actor)


def _not_found() -> SnoozeNotFound:
    return SnoozeNotFound("There is no such snooze. Check the id.")
