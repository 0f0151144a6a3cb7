"""Queries on alerts, their steps, and where subjects stand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from customer_stack.screening.domain.alerts import (
    Alert,
    Sighting,
    State,
    Step,
    Subject,
    Taken,
    Verdict,
)
from shared.database import Transaction
from shared.errors import invariant

TABLE: Final = "screening_alert"
_ALERT: Final = (
    "a.id, a.tenant_id, a.customer_id, a.business_id, a.department_id, a.source, a.entry_id, a.score, "
    "a.priority, a.is_sanctioned, a.entry_print, a.party_print, a.opened_at, s.number, s.step, s.state, "
    "s.score AS step_score, s.taken_by, s.taken_at, s.asked_number, s.asked_by"
)
_FROM: Final = (
    "FROM screening_alert a JOIN screening_alert_step s ON s.alert_id = a.id AND s.number = a.steps"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a subject stands, and what that follows from. `number`: of the lists."""

    subject: Subject
    verdict: Verdict
    number: int
    lists_version: bytes
    matcher_version: int
    party_print: bytes | None
    screened_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """An alert as it is written: after these steps, seen in these lists, for these reasons."""

    alert: Alert
    steps: Sequence[Taken]
    is_new: bool
    number: int
    matcher_version: int
    reasons_sealed: bytes | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Content:
    """What an alert says in words, sealed; `notes_sealed` by number of step."""

    number: int
    matcher_version: int
    reasons_sealed: bytes = field(repr=False)
    steps: Sequence[Taken]
    notes_sealed: dict[int, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which alerts are wanted: in a state, within a department; after a priority and an id."""

    state: State
    department_id: UUID | None
    after: tuple[int, UUID] | None


async def load_of_subject(tx: Transaction, subject_id: UUID) -> list[Alert]:
    """Return all alerts of a subject."""
    rows = await tx.fetch(f"SELECT {_ALERT} {_FROM} WHERE a.subject_id = $1", subject_id)
    return [_read(row) for row in rows]


async def load_alert(tx: Transaction, alert_id: UUID) -> Alert | None:
    """Return an alert of the bound tenants."""
    row = await tx.fetch_row(f"SELECT {_ALERT} {_FROM} WHERE a.id = $1", alert_id)
    return None if row is None else _read(row)


async def load_queue(tx: Transaction, tenant_id: UUID, wanted: QueueFilter, limit: int) -> list[Alert]:
    """Return alerts in a state, the highest priority first."""
    priority, after = (None, None) if wanted.after is None else wanted.after
    rows = await tx.fetch(
        f"SELECT {_ALERT} {_FROM} WHERE a.tenant_id = $1 AND a.state = $2::screening_alert_state "
        "AND ($3::uuid IS NULL OR a.department_id = $3) "
        "AND ($4::integer IS NULL OR a.priority < $4 OR (a.priority = $4 AND a.id > $5)) "
        "ORDER BY a.priority DESC, a.id LIMIT $6",
        tenant_id,
        wanted.state.value,
        wanted.department_id,
        priority,
        after,
        limit,
    )
    return [_read(row) for row in rows]


async def load_content(tx: Transaction, alert_id: UUID) -> Content:
    """Return what an alert that is there says in words."""
    row: Any = await tx.fetch_row(
        "SELECT number, matcher_version, reasons_sealed FROM screening_alert WHERE id = $1", alert_id
    )
    rows = await tx.fetch(
        "SELECT number, step, state, score, taken_by, taken_at, asked_number, asked_by, note_sealed "
        "FROM screening_alert_step WHERE alert_id = $1 ORDER BY number",
        alert_id,
    )
    notes = {each["number"]: each["note_sealed"] for each in rows if each["note_sealed"] is not None}
    return Content(row[0], row[1], row[2], [_read_step(each) for each in rows], notes)


async def load_subjects_beside(
    tx: Transaction, tenant_id: UUID, entries: Sequence[tuple[str, str]]
) -> list[Subject]:
    """Return the subjects with an alert beside one of these entries that is not gone."""
    rows = await tx.fetch(
        "SELECT DISTINCT a.tenant_id, a.customer_id, a.business_id FROM screening_alert a "
        "JOIN unnest($2::text[], $3::text[]) AS e (source, entry_id) USING (source, entry_id) "
        "WHERE a.tenant_id = $1 AND a.state <> 'gone'",
        tenant_id,
        [source for source, _ in entries],
        [entry_id for _, entry_id in entries],
    )
    return [Subject(*row) for row in rows]


async def keep(tx: Transaction, kept: Kept) -> None:
    """Write an alert and its new steps. A step that somebody else took first is a broken key."""
    alert, seen, last = kept.alert, kept.alert.seen, kept.alert.last
    await tx.execute(
        "INSERT INTO screening_alert (tenant_id, id, subject_id, customer_id, business_id, department_id, "
        "source, entry_id, state, steps, score, priority, is_sanctioned, entry_print, party_print, number, "
        "matcher_version, reasons_sealed, opened_at, changed_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::screening_alert_state, $10, $11, $12, $13, $14, $15, "
        "$16, $17, $18, $19, $20)"
        if kept.is_new
        else "UPDATE screening_alert SET state = $9::screening_alert_state, steps = $10, score = $11, "
        "priority = $12, is_sanctioned = $13, entry_print = $14, party_print = $15, number = $16, "
        "matcher_version = $17, reasons_sealed = coalesce($18, reasons_sealed), changed_at = $20 "
        "WHERE id = $2 AND tenant_id = $1 AND subject_id = $3 AND customer_id = $4 "
        "AND business_id IS NOT DISTINCT FROM $5 AND department_id = $6 AND source = $7 AND entry_id = $8 "
        "AND opened_at = $19",
        alert.subject.tenant_id,
        alert.id,
        alert.subject.id,
        alert.subject.customer_id,
        alert.subject.business_id,
        alert.department_id,
        seen.source,
        seen.entry_id,
        last.state.value,
        last.number,
        seen.score,
        seen.priority,
        seen.is_sanctioned,
        seen.entry_print,
        seen.party_print,
        kept.number,
        kept.matcher_version,
        kept.reasons_sealed,
        alert.opened_at,
        last.taken_at,
    )
    await _insert_steps(tx, alert, kept.steps)


async def take_step(tx: Transaction, alert: Alert, note_sealed: bytes | None) -> None:
    """Write the last step of an alert, which a person took."""
    await tx.execute(
        "UPDATE screening_alert SET state = $2::screening_alert_state, steps = $3, changed_at = $4 "
        "WHERE id = $1",
        alert.id,
        alert.last.state.value,
        alert.last.number,
        alert.last.taken_at,
    )
    await _insert_steps(tx, alert, [alert.last], note_sealed)


async def _insert_steps(
    tx: Transaction, alert: Alert, steps: Sequence[Taken], note_sealed: bytes | None = None
) -> None:
    await tx.execute(
        "INSERT INTO screening_alert_step (tenant_id, alert_id, number, step, state, score, taken_by, "
        "taken_at, asked_number, asked_by, note_sealed) "
        "SELECT $1, $2, s.number, s.step::screening_alert_step_kind, s.state::screening_alert_state, "
        "s.score, s.taken_by, s.taken_at, s.asked_number, s.asked_by, $11 "
        "FROM unnest($3::integer[], $4::text[], $5::text[], $6::integer[], $7::uuid[], $8::timestamptz[], "
        "$9::integer[], $10::uuid[]) "
        "AS s (number, step, state, score, taken_by, taken_at, asked_number, asked_by)",
        alert.subject.tenant_id,
        alert.id,
        [each.number for each in steps],
        [each.step.value for each in steps],
        [each.state.value for each in steps],
        [each.score for each in steps],
        [each.taken_by for each in steps],
        [each.taken_at for each in steps],
        [each.asked_number for each in steps],
        [each.asked_by for each in steps],
        note_sealed,
    )


async def require_standing(tx: Transaction, subject_id: UUID) -> Standing:
    """Return where a subject stands who was screened."""
    row: Any = await tx.fetch_row(
        "SELECT tenant_id, customer_id, business_id, state, number, lists_version, matcher_version, "
        "party_print, screened_at FROM screening_standing WHERE subject_id = $1",
        subject_id,
    )
    invariant(row is not None, "who has an alert was screened")
    return Standing(Subject(*row[:3]), Verdict(row[3]), *row[4:])


async def was_screened(tx: Transaction, subject_id: UUID) -> bool:
    """Tell whether a subject was ever screened whole."""
    found = await tx.fetch_value("SELECT true FROM screening_standing WHERE subject_id = $1", subject_id)
    return bool(found)


async def load_businesses(tx: Transaction, tenant_id: UUID) -> list[Subject]:
    """Return the businesses that were screened."""
    rows = await tx.fetch(
        "SELECT tenant_id, customer_id, business_id FROM screening_standing "
        "WHERE tenant_id = $1 AND business_id IS NOT NULL",
        tenant_id,
    )
    return [Subject(*row) for row in rows]


async def load_verdicts(tx: Transaction, subject_ids: Sequence[UUID]) -> dict[UUID, Verdict]:
    """Return the verdicts of those who were screened and do not wait to be screened again."""
    rows = await tx.fetch(
        "SELECT s.subject_id, s.state FROM screening_standing s WHERE s.subject_id = ANY($1::uuid[]) "
        "AND NOT EXISTS (SELECT FROM screening_task t WHERE t.subject_id = s.subject_id)",
        list(subject_ids),
    )
    return {row[0]: Verdict(row[1]) for row in rows}


async def keep_standing(tx: Transaction, standing: Standing) -> None:
    """Write where a subject stands."""
    await tx.execute(
        "INSERT INTO screening_standing (tenant_id, subject_id, customer_id, business_id, state, number, "
        "lists_version, matcher_version, party_print, screened_at) "
        "VALUES ($1, $2, $3, $4, $5::screening_state, $6, $7, $8, $9, $10) "
        "ON CONFLICT (subject_id) DO UPDATE SET state = excluded.state, number = excluded.number, "
        "lists_version = excluded.lists_version, matcher_version = excluded.matcher_version, "
        "party_print = excluded.party_print, screened_at = excluded.screened_at",
        standing.subject.tenant_id,
        standing.subject.id,
        standing.subject.customer_id,
        standing.subject.business_id,
        standing.verdict.value,
        standing.number,
        standing.lists_version,
        standing.matcher_version,
        standing.party_print,
        standing.screened_at,
    )


async def leave(tx: Transaction, subject_id: UUID, matcher_version: int) -> None:
    """Let somebody who was erased not be asked for again; where they stood stays."""
    await tx.execute(
        "UPDATE screening_standing SET matcher_version = $2 WHERE subject_id = $1",
        subject_id,
        matcher_version,
    )


async def load_outdated(tx: Transaction, matcher_version: int, limit: int) -> list[Subject]:
    """Return subjects that an older matcher judged and that do not wait already."""
    rows = await tx.fetch(
        "SELECT s.tenant_id, s.customer_id, s.business_id FROM screening_standing s "
        "WHERE s.matcher_version < $1 "
        "AND NOT EXISTS (SELECT FROM screening_task t WHERE t.subject_id = s.subject_id) LIMIT $2",
        matcher_version,
        limit,
    )
    return [Subject(*row) for row in rows]


def _read(row: Any) -> Alert:
    subject = Subject(row["tenant_id"], row["customer_id"], row["business_id"])
    seen = Sighting(
        source=row["source"],
        entry_id=row["entry_id"],
        score=row["score"],
        priority=row["priority"],
        is_sanctioned=row["is_sanctioned"],
        is_proven=False,
        entry_print=row["entry_print"],
        party_print=row["party_print"],
    )
    last = Taken(
        row["number"],
        Step(row["step"]),
        State(row["state"]),
        row["step_score"],
        row["taken_by"],
        row["taken_at"],
        row["asked_number"],
        row["asked_by"],
    )
    return Alert(row["id"], subject, row["department_id"], seen, row["opened_at"], last)


def _read_step(row: Any) -> Taken:
    return Taken(row[0], Step(row[1]), State(row[2]), *row[3:8])
