"""Queries of movements that are reported, and of how far what was posted has been read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg
import orjson

from customer_stack.filings.domain.movements import (
    Basis,
    Channel,
    Direction,
    Movement,
    Posted,
    Source,
    Waiting,
)
from customer_stack.filings.domain.report import ReportCode
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class NewMovement:
    """A movement as it is to be kept; one that is kept already only changes what can change."""

    id: UUID
    posted: Posted
    code: ReportCode
    basis: Basis
    due_on: date


_MOVEMENTS: Final = (
    "SELECT m.*, c.report_id FROM filing_movement m LEFT JOIN filing_claim c ON c.movement_id = m.id"
)
_STATE: Final = (
    "(SELECT s.state FROM filing_report_step s WHERE s.report_id = c.report_id "
    "ORDER BY s.number DESC LIMIT 1)"
)
_UNSENT: Final = f"(c.report_id IS NULL OR {_STATE} IN ('draft', 'prepared', 'approved', 'exported'))"
_REPORTABLE: Final = "m.basis <> 'chosen' AND m.reversed_at IS NULL"
_CONDITIONS: Final = {
    Waiting.OPEN: f"{_REPORTABLE} AND c.report_id IS NULL",
    Waiting.NOBODYS: f"{_REPORTABLE} AND m.customer_id IS NULL",
    Waiting.OVERDUE: f"{_REPORTABLE} AND m.due_on < $2 AND {_UNSENT}",
    Waiting.REVERSED: "m.basis <> 'chosen' AND m.reversed_at IS NOT NULL AND c.report_id IS NOT NULL",
}


async def lock_scan(tx: Transaction, tenant_id: UUID, beginning: datetime) -> datetime:
    """Let one scan of a tenant happen at a time, until the end of `tx`; return how far it was read."""
    await tx.execute(
        "INSERT INTO filing_scan (tenant_id, read_until) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        tenant_id,
        beginning,
    )
    found: datetime = await tx.fetch_value(
        "SELECT read_until FROM filing_scan WHERE tenant_id = $1 FOR UPDATE", tenant_id
    )
    return found


async def move_scan(tx: Transaction, tenant_id: UUID, read_until: datetime) -> None:
    """Say how far what was posted has been read."""
    await tx.execute("UPDATE filing_scan SET read_until = $2 WHERE tenant_id = $1", tenant_id, read_until)


async def rewind_scan(tx: Transaction, tenant_id: UUID, to: datetime) -> None:
    """Have what was posted since a moment read again."""
    await tx.execute(
        "UPDATE filing_scan SET read_until = least(read_until, $2) WHERE tenant_id = $1", tenant_id, to
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """What keeping a movement did: it is new, or something of it changed."""

    movement_id: UUID
    is_new: bool
    is_reversed: bool


async def keep(tx: Transaction, movements: Sequence[NewMovement], now: datetime) -> tuple[Kept, ...]:
    """Keep movements, each source once; return what is new or has changed.

    An owner who became known stays known; what was only chosen for a report may become reportable.
    """
    rows = await tx.fetch(
        "INSERT INTO filing_movement AS m (tenant_id, id, source, source_id, direction, channel, code, "
        "basis, customer_id, provider, reference, amount, at, due_on, found_at, reversed_at) "
        "SELECT t.tenant_id, t.id, t.source, t.source_id, t.direction, t.channel, t.code, t.basis, "
        "t.customer_id, t.provider, t.reference, t.amount, t.at, t.due_on, $2, t.reversed_at "
        "FROM jsonb_to_recordset($1::jsonb) AS t (tenant_id uuid, id uuid, source filing_source, "
        "source_id uuid, direction filing_direction, channel filing_channel, code filing_code, "
        "basis filing_basis, customer_id uuid, provider text, reference text, amount bigint, "
        "at timestamptz, due_on date, reversed_at timestamptz) "
        "ON CONFLICT ON CONSTRAINT filing_movement_once DO UPDATE SET "
        "customer_id = coalesce(excluded.customer_id, m.customer_id), reversed_at = excluded.reversed_at, "
        "basis = CASE WHEN excluded.basis = 'chosen' THEN m.basis ELSE excluded.basis END, "
        "channel = CASE WHEN m.basis = 'chosen' THEN excluded.channel ELSE m.channel END, "
        "code = CASE WHEN m.basis = 'chosen' THEN excluded.code ELSE m.code END, "
        "due_on = CASE WHEN m.basis = 'chosen' THEN excluded.due_on ELSE m.due_on END "
        "WHERE (m.customer_id, m.reversed_at) IS DISTINCT FROM "
        "(coalesce(excluded.customer_id, m.customer_id), excluded.reversed_at) "
        "OR (m.basis = 'chosen' AND excluded.basis <> 'chosen') "
        "RETURNING m.id, (m.xmax = 0) AS is_new, m.reversed_at IS NOT NULL AS is_reversed",
        orjson.dumps([_write(each) for each in movements]).decode(),
        now,
    )
    return tuple(Kept(*row) for row in rows)


async def load_refreshable(
    tx: Transaction, tenant_id: UUID, since: datetime, after: UUID | None, limit: int
) -> tuple[Movement, ...]:
    """Return movements that may still be reversed, won back or find their owner, by id."""
    rows = await tx.fetch(
        f"{_MOVEMENTS} WHERE m.tenant_id = $1 AND (m.at >= $2 OR m.customer_id IS NULL) "
        "AND ($3::uuid IS NULL OR m.id > $3) ORDER BY m.id LIMIT $4",
        tenant_id,
        since,
        after,
        limit,
    )
    return tuple(_read(row) for row in rows)


async def load_waiting(
    tx: Transaction, tenant_id: UUID, waiting: Waiting, today: date, after: UUID | None, limit: int
) -> tuple[Movement, ...]:
    """Return movements that somebody has to do something about, oldest found first, after an id."""
    rows = await tx.fetch(
        f"{_MOVEMENTS} WHERE m.tenant_id = $1 AND $2::date IS NOT NULL AND {_CONDITIONS[waiting]} "
        "AND ($3::uuid IS NULL OR m.id > $3) ORDER BY m.id LIMIT $4",
        tenant_id,
        today,
        after,
        limit,
    )
    return tuple(_read(row) for row in rows)


async def count_waiting(tx: Transaction, tenant_id: UUID, today: date) -> dict[Waiting, int]:
    """Return how many movements are overdue, nobody's, or were reversed after they were reported."""
    row = await tx.fetch_row(
        "SELECT "
        + ", ".join(f"count(*) FILTER (WHERE {_CONDITIONS[each]}) AS {each.value}" for each in Waiting)
        + " FROM filing_movement m LEFT JOIN filing_claim c ON c.movement_id = m.id "
        "WHERE m.tenant_id = $1 AND $2::date IS NOT NULL",
        tenant_id,
        today,
    )
    return {each: row[each.value] if row else 0 for each in Waiting}


async def load_unclaimed(
    tx: Transaction, tenant_id: UUID, code: ReportCode, begins_at: datetime, ends_at: datetime, limit: int
) -> tuple[Movement, ...]:
    """Return reportable movements of known clients in a span that no report tells of, oldest first."""
    rows = await tx.fetch(
        f"{_MOVEMENTS} WHERE m.tenant_id = $1 AND m.code = $2 AND m.at >= $3 AND m.at < $4 "
        f"AND {_CONDITIONS[Waiting.OPEN]} AND m.customer_id IS NOT NULL ORDER BY m.at, m.id LIMIT $5",
        tenant_id,
        code,
        begins_at,
        ends_at,
        limit,
    )
    return tuple(_read(row) for row in rows)


async def load_movement(tx: Transaction, movement_id: UUID) -> Movement | None:
    """Return a movement of the bound tenant."""
    row = await tx.fetch_row(f"{_MOVEMENTS} WHERE m.id = $1", movement_id)
    return None if row is None else _read(row)


async def load_by_source(
    tx: Transaction, tenant_id: UUID, sources: Sequence[tuple[Source, UUID]]
) -> tuple[Movement, ...]:
    """Return movements by what posted them."""
    rows = await tx.fetch(
        f"{_MOVEMENTS} JOIN unnest($2::filing_source[], $3::uuid[]) AS w (source, source_id) "
        "ON w.source_id = m.source_id AND w.source = m.source WHERE m.tenant_id = $1 ORDER BY m.at, m.id",
        tenant_id,
        [source for source, _ in sources],
        [source_id for _, source_id in sources],
    )
    return tuple(_read(row) for row in rows)


async def load_of_report(tx: Transaction, report_id: UUID) -> tuple[Movement, ...]:
    """Return the movements that a report tells of, oldest first."""
    rows = await tx.fetch(
        f"{_MOVEMENTS} JOIN filing_report_movement l ON l.movement_id = m.id "
        "WHERE l.report_id = $1 ORDER BY m.at, m.id",
        report_id,
    )
    return tuple(_read(row) for row in rows)


async def link(
    tx: Transaction, tenant_id: UUID, report_id: UUID, movement_ids: Sequence[UUID], *, is_claim: bool
) -> int:
    """Have a report tell of movements; a claim keeps other threshold reports away. Returns how many."""
    ids = list(movement_ids)
    if is_claim:
        ids = [
            row["movement_id"]
            for row in await tx.fetch(
                "INSERT INTO filing_claim (tenant_id, movement_id, report_id) "
                "SELECT $1, id, $2 FROM unnest($3::uuid[]) AS w (id) ORDER BY id ON CONFLICT DO NOTHING "
                "RETURNING movement_id",
                tenant_id,
                report_id,
                ids,
            )
        ]
    await tx.execute(
        "INSERT INTO filing_report_movement (tenant_id, report_id, movement_id) "
        "SELECT $1, $2, id FROM unnest($3::uuid[]) AS w (id) ON CONFLICT DO NOTHING",
        tenant_id,
        report_id,
        ids,
    )
    return len(ids)


async def unlink(tx: Transaction, report_id: UUID, movement_ids: Sequence[UUID]) -> int:
    """Have a report not tell of movements any more. Returns how many it told of."""
    ids = list(movement_ids)
    await tx.execute(
        "DELETE FROM filing_claim WHERE report_id = $1 AND movement_id = ANY($2::uuid[])", report_id, ids
    )
    rows = await tx.fetch(
        "DELETE FROM filing_report_movement WHERE report_id = $1 AND movement_id = ANY($2::uuid[]) "
        "RETURNING movement_id",
        report_id,
        ids,
    )
    return len(rows)


async def give_up(tx: Transaction, report_id: UUID) -> None:
    """Let other reports tell of what a report told of. What it told of stays written."""
    await tx.execute("DELETE FROM filing_claim WHERE report_id = $1", report_id)


async def hand_over(tx: Transaction, tenant_id: UUID, report_id: UUID, to: UUID) -> None:
    """Have a correction tell of what a report told of, in its place."""
    await tx.execute("UPDATE filing_claim SET report_id = $2 WHERE report_id = $1", report_id, to)
    await tx.execute(
        "INSERT INTO filing_report_movement (tenant_id, report_id, movement_id) "
        "SELECT $1, $3, movement_id FROM filing_report_movement WHERE report_id = $2",
        tenant_id,
        report_id,
        to,
    )


def _write(new: NewMovement) -> dict[str, object]:
    posted = new.posted
    return {
        "tenant_id": str(posted.tenant_id),
        "id": str(new.id),
        "source": posted.source,
        "source_id": str(posted.source_id),
        "direction": posted.direction,
        "channel": posted.channel,
        "code": new.code,
        "basis": new.basis,
        "customer_id": None if posted.customer_id is None else str(posted.customer_id),
        "provider": posted.provider,
        "reference": posted.reference,
        "amount": posted.amount,
        "at": posted.at,
        "due_on": new.due_on,
        "reversed_at": posted.reversed_at,
    }


def _read(row: asyncpg.Record) -> Movement:
    posted = Posted(
        source=Source(row["source"]),
        source_id=row["source_id"],
        tenant_id=row["tenant_id"],
        customer_id=row["customer_id"],
        direction=Direction(row["direction"]),
        channel=Channel(row["channel"]),
        provider=row["provider"],
        reference=row["reference"],
        amount=row["amount"],
        at=row["at"],
        reversed_at=row["reversed_at"],
    )
    return Movement(
        row["id"], posted, ReportCode(row["code"]), Basis(row["basis"]), row["due_on"], row["report_id"]
    )
