"""Use cases of staff: the queue of alerts, what an alert says, and what people decide.

Every decision is taken under the lock of the customer's book, with all that follows from it: the restriction
that a proposal to confirm places at once and that two people lift, the verdict that the gate reads, the check
of onboarding that waited.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

import orjson

from customer_stack.customers.sealing import PersonCipher
from customer_stack.customers.service import CustomersService, lock_customer
from customer_stack.disclosures import service as disclosures
from customer_stack.disclosures.domain import Look
from customer_stack.restrictions.service import lift_by_two
from customer_stack.screening.domain.alerts import Alert, State, Step, Taken, decide_verdict, take
from customer_stack.screening.errors import AlertNotFound
from customer_stack.screening.lists.entry import ListEntry
from customer_stack.screening.lists.stored import read_entry
from customer_stack.screening.service.recording import record_of, settle
from customer_stack.screening.store import alerts as store
from customer_stack.screening.store import versions as version_store
from customer_stack.screening.store.alerts import QueueFilter
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import invariant
from shared.ids import Ids

_ENDS_FREEZE: Final = frozenset({State.OPEN, State.CLEARED})


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A member of staff who reviews. `department_id` None: the whole tenant."""

    tenant_id: UUID
    staff_id: UUID
    department_id: UUID | None
    actor: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An alert with its words: why it was found, what people wrote, and the entry as its list has it now."""

    alert: Alert
    entry: ListEntry | None
    lists_number: int
    matcher_version: int
    steps: Sequence[Taken]
    reasons: Any = field(repr=False)
    notes: Mapping[int, str] = field(repr=False)


class AlertReview:
    """Alerts as people see and decide them."""

    def __init__(self, database: Database, customers: CustomersService, clock: Clock, ids: Ids) -> None:
        """Work on `database`."""
        self._database = database
        self._customers = customers
        self._clock = clock
        self._ids = ids

    async def list_queue(
        self, reviewer: Reviewer, state: State, after: tuple[int, UUID] | None, limit: int
    ) -> list[Alert]:
        """Return alerts in a state, without names, the strongest evidence first."""
        async with self._database.transaction(reviewer.tenant_id) as tx:
            wanted = QueueFilter(state, reviewer.department_id, after)
            return await store.load_queue(tx, reviewer.tenant_id, wanted, limit)

    async def read(self, reviewer: Reviewer, alert_id: UUID) -> Shown:
        """Return an alert with its words, which the audit remembers. Raises AlertNotFound."""
        async with self._database.transaction(reviewer.tenant_id) as tx:
            alert = await _require(tx, reviewer, alert_id)
            content = await store.load_content(tx, alert_id)
            cipher = await self._customers.cipher_of(tx, alert.subject.customer_id)
            number = await version_store.load_number(tx)
            entry = await version_store.load_entry(tx, alert.seen.source, alert.seen.entry_id, number)
            body = {"alert_id": alert_id, "customer_id": alert.subject.customer_id}
            now = self._clock.now()
            await append(
                tx, [AuditRecord(reviewer.tenant_id, "screening.alert_shown", body, now, reviewer.actor)]
            )
            customer_id = alert.subject.customer_id
            look = Look(reviewer.tenant_id, customer_id, alert_id, reviewer.staff_id, "screening.alert", now)
            await disclosures.record(tx, look)
            return Shown(
                alert=alert,
                entry=None if entry is None else read_entry(entry),
                lists_number=content.number,
                matcher_version=content.matcher_version,
                steps=content.steps,
                reasons=orjson.loads(
                    cipher.open_bytes((store.TABLE, "reasons_sealed", alert_id), content.reasons_sealed)
                ),
                notes={
                    step: cipher.open(_place_of_note(alert_id, step), sealed)
                    for step, sealed in content.notes_sealed.items()
                },
            )

    async def step(self, reviewer: Reviewer, alert_id: UUID, step: Step, note: str | None) -> Alert:
        """Take a step with an alert. Raises AlertNotFound, AlertConflict, OwnProposal."""
        async with self._database.transaction(reviewer.tenant_id) as tx:
            alert = await _require(tx, reviewer, alert_id)
            account = await lock_customer(tx, alert.subject.customer_id)
            before = await _require(tx, reviewer, alert_id)
            now = self._clock.now()
            after = take(before, step, reviewer.staff_id, now)
            cipher = await self._customers.cipher_of(tx, account.id)
            await store.take_step(tx, after, _seal(cipher, after, note))
            await append(tx, [record_of(after, now)])
            if before.freezes and after.state in _ENDS_FREEZE:
                proposer = after.last.asked_by
                invariant(proposer is not None, "what freezes ends by an answer to a proposal")
                await lift_by_two(
                    tx, alert_id, proposed_by=f"staff:{proposer}", approved_by=reviewer.actor, at=now
                )
            standing = await store.require_standing(tx, after.subject.id)
            verdict = decide_verdict(await store.load_of_subject(tx, after.subject.id))
            account = await lock_customer(tx, account.id)
            await settle(tx, account, replace(standing, verdict=verdict), [after], now, self._ids)
            return after


async def _require(tx: Transaction, reviewer: Reviewer, alert_id: UUID) -> Alert:
    alert = await store.load_alert(tx, alert_id)
    if alert is None or reviewer.department_id not in (None, alert.department_id):
        raise AlertNotFound("There is no such alert. Check the id.")
    return alert


def _place_of_note(alert_id: UUID, number: int) -> tuple[str, str, UUID]:
    return ("screening_alert_step", f"note_sealed {number}", alert_id)


def _seal(cipher: PersonCipher, alert: Alert, note: str | None) -> bytes | None:
    return None if note is None else cipher.seal(_place_of_note(alert.id, alert.last.number), note)
