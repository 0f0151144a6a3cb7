"""Every query of breaks: found and seen again, listed, stepped with, ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from customer_stack.reconciliation.domain.breaks import (
    AGE_BOUNDS,
    AgeBucket,
    Break,
    BreakType,
    Ending,
    How,
    Link,
    LinkKind,
    NewBreak,
    Proposal,
    Sighting,
    Step,
    StepKind,
    Unit,
)
from shared.database import Transaction

_STANDING: Final = """
SELECT b.*, coalesce(s.number, 1) AS sighting, coalesce(s.seen_at, b.found_at) AS seen_at,
    CASE WHEN s.number IS NULL THEN b.ours ELSE s.ours END AS ours_now,
    CASE WHEN s.number IS NULL THEN b.theirs ELSE s.theirs END AS theirs_now,
    CASE WHEN s.number IS NULL THEN b.is_material ELSE s.is_material END AS is_material_now,
    coalesce(l.number, 0) AS steps, o.taken_by AS owner, p.number AS proposal, p.how AS proposed_how,
    p.note AS proposed_note, p.book_id AS proposed_book, p.transfer_id AS proposed_transfer,
    p.taken_by AS proposed_by, p.sighting AS proposed_sighting,
    e.how AS end_how, r.note AS end_note, e.book_id AS end_book, e.transfer_id AS end_transfer, e.ended_at
FROM reconciliation_break b
LEFT JOIN reconciliation_break_end e ON e.break_id = b.id
LEFT JOIN LATERAL (SELECT coalesce(x.answers, x.number) AS number FROM reconciliation_break_step x
    WHERE x.break_id = e.break_id AND x.number = e.step) ended ON true
LEFT JOIN reconciliation_break_step r ON r.break_id = b.id AND r.number = ended.number
LEFT JOIN LATERAL (SELECT * FROM reconciliation_break_sighting x WHERE x.break_id = b.id
    ORDER BY x.number DESC LIMIT 1) s ON true
LEFT JOIN LATERAL (SELECT x.number FROM reconciliation_break_step x WHERE x.break_id = b.id
    ORDER BY x.number DESC LIMIT 1) l ON true
LEFT JOIN LATERAL (SELECT x.taken_by FROM reconciliation_break_step x WHERE x.break_id = b.id
    AND x.kind = 'taken' ORDER BY x.number DESC LIMIT 1) o ON true
LEFT JOIN LATERAL (SELECT x.* FROM reconciliation_break_step x WHERE x.break_id = b.id
    AND x.kind = 'proposed' AND NOT EXISTS (SELECT FROM reconciliation_break_step d
        WHERE d.break_id = x.break_id AND d.answers = x.number)) p ON true
"""
_SAME: Final = (
    "b.tenant_id = g.tenant_id AND b.department_id IS NOT DISTINCT FROM g.department_id "
    "AND b.check_name = g.check_name AND b.type = g.type AND b.subject = g.subject AND b.unit = g.unit"
)
_GIVEN: Final = (
    "unnest($1::uuid[], $2::uuid[], $3::text[], $4::reconciliation_break_type[], $5::text[], "
    "$6::reconciliation_unit[]) WITH ORDINALITY "
    "AS g (tenant_id, department_id, check_name, type, subject, unit, place)"
)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which breaks somebody looks for; None: all. `department_id`: the only one within reach."""

    department_id: UUID | None = None
    is_open: bool | None = None
    type: BreakType | None = None
    check: str | None = None
    owner: UUID | None = None
    is_material: bool | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Which transfer corrected which break, and what it moved: source, target, asset and amount each."""

    found: Break
    postings: tuple[tuple[str, str, int, int], ...]


def _identity(breaks: Sequence[NewBreak]) -> tuple[list[object], ...]:
    return (
        [each.tenant_id for each in breaks],
        [each.department_id for each in breaks],
        [each.check for each in breaks],
        [each.type for each in breaks],
        [each.subject for each in breaks],
        [each.unit for each in breaks],
    )


async def load_open(tx: Transaction, breaks: Sequence[NewBreak]) -> dict[int, tuple[UUID, Sighting]]:
    """Return place in `breaks` -> id and values of the open break that is the same difference."""
    rows = await tx.fetch(
        "SELECT g.place, b.id, coalesce(s.number, 1) AS number, coalesce(s.seen_at, b.found_at) AS seen_at, "
        "CASE WHEN s.number IS NULL THEN b.ours ELSE s.ours END AS ours, "
        "CASE WHEN s.number IS NULL THEN b.theirs ELSE s.theirs END AS theirs, "
        "CASE WHEN s.number IS NULL THEN b.is_material ELSE s.is_material END AS is_material "
        f"FROM {_GIVEN} JOIN reconciliation_break b ON {_SAME} "
        "LEFT JOIN LATERAL (SELECT * FROM reconciliation_break_sighting x WHERE x.break_id = b.id "
        " ORDER BY x.number DESC LIMIT 1) s ON true "
        "WHERE NOT EXISTS (SELECT FROM reconciliation_break_end e WHERE e.break_id = b.id)",
        *_identity(breaks),
    )
    return {
        row["place"] - 1: (
            row["id"],
            Sighting(row["number"], row["ours"], row["theirs"], row["is_material"], row["seen_at"]),
        )
        for row in rows
    }


async def insert(
    tx: Transaction, breaks: Sequence[NewBreak], ids: Sequence[UUID], material: Sequence[bool]
) -> set[UUID]:
    """Add breaks that are not open already, under the given ids; return the ids that were added."""
    rows = await tx.fetch(
        "INSERT INTO reconciliation_break (tenant_id, department_id, check_name, type, subject, unit, id, "
        "ours, theirs, is_material, found_at, occurrence) "
        "SELECT g.*, (SELECT 1 + count(*) FROM reconciliation_break b WHERE " + _SAME + ") "
        "FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::reconciliation_break_type[], $5::text[], "
        "$6::reconciliation_unit[], $7::uuid[], $8::bigint[], $9::bigint[], $10::boolean[], "
        "$11::timestamptz[]) AS g (tenant_id, department_id, check_name, type, subject, unit, id, ours, "
        "theirs, is_material, found_at) "
        f"WHERE NOT EXISTS (SELECT FROM reconciliation_break b WHERE {_SAME} AND NOT EXISTS "
        " (SELECT FROM reconciliation_break_end e WHERE e.break_id = b.id)) "
        "ON CONFLICT ON CONSTRAINT reconciliation_break_once DO NOTHING RETURNING id",
        *_identity(breaks),
        list(ids),
        [each.ours for each in breaks],
        [each.theirs for each in breaks],
        list(material),
        [each.at for each in breaks],
    )
    return {row["id"] for row in rows}


async def find_ended(tx: Transaction, breaks: Sequence[NewBreak]) -> set[int]:
    """Return places in `breaks` whose last break people ended, on these very values."""
    rows = await tx.fetch(
        "SELECT g.place, last.ours, last.theirs FROM " + _GIVEN + " JOIN LATERAL ("
        " SELECT b.id, CASE WHEN s.number IS NULL THEN b.ours ELSE s.ours END AS ours, "
        " CASE WHEN s.number IS NULL THEN b.theirs ELSE s.theirs END AS theirs "
        " FROM reconciliation_break b LEFT JOIN LATERAL (SELECT * FROM reconciliation_break_sighting x "
        f" WHERE x.break_id = b.id ORDER BY x.number DESC LIMIT 1) s ON true WHERE {_SAME} "
        " ORDER BY b.occurrence DESC LIMIT 1) last ON true "
        "JOIN reconciliation_break_end e ON e.break_id = last.id",
        *_identity(breaks),
    )
    return {
        row["place"] - 1
        for row in rows
        if (breaks[row["place"] - 1].ours, breaks[row["place"] - 1].theirs) == (row["ours"], row["theirs"])
    }


async def insert_sightings(tx: Transaction, moved: Sequence[tuple[UUID, UUID, Sighting]]) -> None:
    """Add new values of open breaks: (tenant, break, values). Somebody else's of the same moment stand."""
    await tx.execute(
        "INSERT INTO reconciliation_break_sighting (tenant_id, break_id, number, ours, theirs, is_material, "
        "seen_at) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::bigint[], $5::bigint[], "
        "$6::boolean[], $7::timestamptz[]) ON CONFLICT DO NOTHING",
        [tenant_id for tenant_id, _, _ in moved],
        [break_id for _, break_id, _ in moved],
        [seen.number for _, _, seen in moved],
        [seen.ours for _, _, seen in moved],
        [seen.theirs for _, _, seen in moved],
        [seen.is_material for _, _, seen in moved],
        [seen.at for _, _, seen in moved],
    )


async def insert_links(tx: Transaction, links: Sequence[tuple[UUID, UUID, Link]]) -> None:
    """Add evidence: (tenant, break, link). What is there stays there."""
    await tx.execute(
        "INSERT INTO reconciliation_break_link (tenant_id, break_id, kind, reference) SELECT * FROM "
        "unnest($1::uuid[], $2::uuid[], $3::reconciliation_link_kind[], $4::text[]) ON CONFLICT DO NOTHING",
        [tenant_id for tenant_id, _, _ in links],
        [break_id for _, break_id, _ in links],
        [link.kind for _, _, link in links],
        [link.reference for _, _, link in links],
    )


async def load(tx: Transaction, break_id: UUID) -> Break | None:
    """Return one break as it stands."""
    row = await tx.fetch_row(f"{_STANDING} WHERE b.id = $1", break_id)
    return None if row is None else _read(row)


async def list_newest(
    tx: Transaction, filters: Filters, before: UUID | None, limit: int
) -> tuple[Break, ...]:
    """Return breaks of the bound tenants, newest first, below an id."""
    rows = await tx.fetch(
        f"SELECT * FROM ({_STANDING}) AS standing WHERE ($1::uuid IS NULL OR id < $1) "
        "AND ($2::uuid IS NULL OR department_id = $2) AND ($3::boolean IS NULL OR (end_how IS NULL) = $3) "
        "AND ($4::text IS NULL OR type::text = $4) AND ($5::text IS NULL OR check_name = $5) "
        "AND ($6::uuid IS NULL OR owner = $6) AND ($7::boolean IS NULL OR is_material_now = $7) "
        "ORDER BY id DESC LIMIT $8",
        before,
        filters.department_id,
        filters.is_open,
        filters.type,
        filters.check,
        filters.owner,
        filters.is_material,
        limit,
    )
    return tuple(_read(row) for row in rows)


async def list_adjustments(
    tx: Transaction, department_id: UUID | None, before: UUID | None, limit: int
) -> tuple[Adjustment, ...]:
    """Return breaks that a transfer corrected, newest break first, with what the transfers moved."""
    rows = await tx.fetch(
        f"SELECT * FROM ({_STANDING}) AS standing WHERE end_how = 'corrected' "
        "AND ($1::uuid IS NULL OR id < $1) AND ($2::uuid IS NULL OR department_id = $2) "
        "ORDER BY id DESC LIMIT $3",
        before,
        department_id,
        limit,
    )
    postings = await tx.fetch(
        "SELECT t.place, p.source, p.target, p.asset_id, p.amount "
        "FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS t (book_id, transfer_id, place) "
        "JOIN ledger_posting p ON p.book_id = t.book_id AND p.transfer_id = t.transfer_id "
        "ORDER BY t.place, p.asset_id",
        [row["end_book"] for row in rows],
        [row["end_transfer"] for row in rows],
    )
    moved: list[list[tuple[str, str, int, int]]] = [[] for _ in rows]
    for each in postings:
        moved[each["place"] - 1].append((each["source"], each["target"], each["asset_id"], each["amount"]))
    return tuple(Adjustment(_read(row), tuple(each)) for row, each in zip(rows, moved, strict=True))


async def load_links(tx: Transaction, break_id: UUID) -> tuple[Link, ...]:
    """Return the evidence of a break."""
    rows = await tx.fetch(
        "SELECT kind, reference FROM reconciliation_break_link WHERE break_id = $1 ORDER BY 1, 2 LIMIT 1000",
        break_id,
    )
    return tuple(Link(LinkKind(row["kind"]), row["reference"]) for row in rows)


async def load_sightings(tx: Transaction, break_id: UUID) -> tuple[Sighting, ...]:
    """Return the last hundred moves of a break's values, oldest first."""
    rows = await tx.fetch(
        "SELECT * FROM (SELECT number, ours, theirs, is_material, seen_at FROM reconciliation_break_sighting "
        "WHERE break_id = $1 ORDER BY number DESC LIMIT 100) AS last ORDER BY number",
        break_id,
    )
    return tuple(Sighting(*row.values()) for row in rows)


async def load_steps(tx: Transaction, break_id: UUID) -> tuple[Step, ...]:
    """Return the last thousand steps of a break, oldest first. Proposals that were decided are not joined."""
    rows = await tx.fetch(
        "SELECT * FROM (SELECT * FROM reconciliation_break_step WHERE break_id = $1 "
        "ORDER BY number DESC LIMIT 1000) AS last ORDER BY number",
        break_id,
    )
    return tuple(
        Step(
            number=row["number"],
            kind=StepKind(row["kind"]),
            by=row["taken_by"],
            at=row["taken_at"],
            sighting=row["sighting"],
            note=row["note"],
            ending=_ending(row["how"], row["note"], row["book_id"], row["transfer_id"]),
        )
        for row in rows
    )


async def find_transfer(tx: Transaction, transfer_id: UUID) -> UUID | None:
    """Return the book of a transfer of the bound tenants."""
    found: UUID | None = await tx.fetch_value(
        "SELECT t.book_id FROM ledger_transfer t JOIN ledger_book b ON b.id = t.book_id WHERE t.id = $1",
        transfer_id,
    )
    return found


async def insert_step(tx: Transaction, found: Break, step: Step) -> bool:
    """Add a step, and the end that it brings; False when somebody else took the same number."""
    ending, answers = step.ending, step.answers
    row = await tx.fetch_row(
        "INSERT INTO reconciliation_break_step (tenant_id, break_id, number, kind, taken_by, sighting, note, "
        "how, book_id, transfer_id, answers, proposed_by, taken_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
        "ON CONFLICT ON CONSTRAINT reconciliation_break_step_pk DO NOTHING RETURNING number",
        found.tenant_id,
        found.id,
        step.number,
        step.kind,
        step.by,
        step.sighting,
        step.note if ending is None else ending.reason,
        None if ending is None else ending.how,
        None if ending is None else ending.book_id,
        None if ending is None else ending.transfer_id,
        None if answers is None else answers.step,
        None if answers is None else answers.proposed_by,
        step.at,
    )
    if row is None:
        return False
    if step.ends is not None:
        await tx.execute(
            "INSERT INTO reconciliation_break_end (tenant_id, break_id, step, how, book_id, transfer_id, "
            "ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            found.tenant_id,
            found.id,
            step.number,
            step.ends.how,
            step.ends.book_id,
            step.ends.transfer_id,
            step.at,
        )
    return True


async def count_open(tx: Transaction, now: datetime) -> dict[tuple[BreakType, AgeBucket], int]:
    """Return how many breaks of each type and age are open."""
    rows = await tx.fetch(
        "SELECT b.type, width_bucket($1 - b.found_at, $2::interval[]) AS bucket, count(*) AS n "
        "FROM reconciliation_break b WHERE NOT EXISTS "
        "(SELECT FROM reconciliation_break_end e WHERE e.break_id = b.id) GROUP BY 1, 2",
        now,
        list(AGE_BOUNDS),
    )
    buckets = tuple(AgeBucket)
    return {(BreakType(row["type"]), buckets[row["bucket"]]): row["n"] for row in rows}


def _ending(how: str | None, note: str | None, book_id: UUID | None, transfer: UUID | None) -> Ending | None:
    return None if how is None else Ending(How(how), note or "", book_id, transfer)


def _read(row: asyncpg.Record) -> Break:
    proposed = _ending(
        row["proposed_how"], row["proposed_note"], row["proposed_book"], row["proposed_transfer"]
    )
    return Break(
        id=row["id"],
        tenant_id=row["tenant_id"],
        department_id=row["department_id"],
        check=row["check_name"],
        type=BreakType(row["type"]),
        subject=row["subject"],
        unit=Unit(row["unit"]),
        found_at=row["found_at"],
        seen=Sighting(
            row["sighting"], row["ours_now"], row["theirs_now"], row["is_material_now"], row["seen_at"]
        ),
        steps=row["steps"],
        owner=row["owner"],
        proposal=None
        if proposed is None
        else Proposal(row["proposal"], proposed, row["proposed_by"], row["proposed_sighting"]),
        ending=_ending(row["end_how"], row["end_note"], row["end_book"], row["end_transfer"]),
        ended_at=row["ended_at"],
    )
