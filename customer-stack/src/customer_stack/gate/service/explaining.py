"""Decisions as staff reads them: what was seen, what was answered, and why, node by node.

Every look at a decision is recorded: what monitoring says of a customer is nobody's to know but those who
need it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from customer_stack.aml.domain.explaining import describe, tell
from customer_stack.aml.domain.verdicts import Finding
from customer_stack.gate.domain.replaying import FIRST_GATE, Replayed, Rules, Stored, known_of, written_of
from customer_stack.gate.errors import DecisionNotFound
from customer_stack.gate.service.replaying import Replaying, first_id_of
from customer_stack.gate.store import reading as store
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database

MOST_OF_A_SUBJECT: Final = 200


@dataclass(frozen=True, slots=True)
class Explained:
    """One finding: what its rule says, as a sentence and by node. Not `counts`: in shadow, or snoozed."""

    reason: str
    family: str
    score: int
    effect: str
    counts: bool
    sentence: str
    trace: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Opened:
    """A decision with its record, whether it comes out again, and its findings explained."""

    stored: Stored
    record: Mapping[str, Any]
    replayed: Replayed
    findings: tuple[Explained, ...]


class DecisionDesk:
    """Decisions for staff of a tenant."""

    def __init__(self, database: Database, replaying: Replaying, clock: Clock) -> None:
        """Read decisions in `database`."""
        self._database = database
        self._replaying = replaying
        self._clock = clock

    async def open(self, tenant_id: UUID, decision_id: UUID, actor: str) -> Opened:
        """Return a decision, made again and explained. Raises DecisionNotFound."""
        async with self._database.transaction(tenant_id) as tx:
            stored = await store.load(tx, decision_id)
            if stored is None:
                raise DecisionNotFound("There is no such decision. Check the id.")
            (replayed,) = await self._replaying.replay(tx, [stored])
            rules = await self._replaying.load_rules(tx, [stored])
            body = {"decision_id": stored.id, "customer_id": stored.customer_id}
            await append(tx, [AuditRecord(tenant_id, "gate.decision_read", body, self._clock.now(), actor)])
        found = None if stored.basis is None else rules.get(stored.basis)
        return Opened(stored, orjson.loads(stored.record), replayed, _explain(stored, replayed, found))

    async def list_about(
        self, tenant_id: UUID, subject_id: UUID, customer_ids: Sequence[UUID], since: datetime, actor: str
    ) -> list[Stored]:
        """Return the decisions about one subject, oldest first. That somebody looked is recorded."""
        async with self._database.transaction(tenant_id) as tx:
            found = await store.load_about(
                tx, subject_id, customer_ids, first_id_of(since), MOST_OF_A_SUBJECT
            )
            body = {"subject_id": subject_id, "shown": len(found)}
            await append(
                tx, [AuditRecord(tenant_id, "gate.decisions_listed", body, self._clock.now(), actor)]
            )
        return found

    async def list_page(
        self,
        tenant_id: UUID,
        *,
        customer_id: UUID | None,
        answer: str | None,
        before: UUID | None,
        limit: int,
        actor: str,
    ) -> Sequence[Stored]:
        """Return decisions, newest first. That somebody looked at a customer's is recorded."""
        async with self._database.transaction(tenant_id) as tx:
            found = await store.load_page(tx, customer_id, answer, before, limit)
            body: dict[str, object] = {"customer_id": customer_id, "answer": answer, "shown": len(found)}
            now: datetime = self._clock.now()
            await append(tx, [AuditRecord(tenant_id, "gate.decisions_listed", body, now, actor)])
        return found


def _explain(stored: Stored, replayed: Replayed, rules: Rules | None) -> tuple[Explained, ...]:
    if rules is None or stored.gate_version == FIRST_GATE:
        return ()
    known = known_of(written_of(stored), rules)
    verdict = replayed.verdict
    groups = ((verdict.findings, True), (verdict.snoozed, False), (verdict.shadow, False))
    return tuple(
        _explain_one(finding, rules, known, counts=counts) for group, counts in groups for finding in group
    )


def _explain_one(finding: Finding, rules: Rules, known: Mapping[Any, Any], *, counts: bool) -> Explained:
    trace = rules.rules.explain(finding, known)
    return Explained(
        finding.reason,
        finding.family,
        finding.score,
        finding.effect.value,
        counts,
        tell(trace),
        describe(trace),
    )
