"""Queries of reports: their steps, narratives and files."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg
import orjson

from customer_stack.filings.domain.lifecycle import Filing, KeptFile, State, Step, Taken, Wanted
from customer_stack.filings.domain.profile import SealedVersion
from customer_stack.filings.domain.report import ReportCode
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class NewFile:
    """The file of a report, sealed, with what the validator said of it."""

    id: UUID
    tenant_id: UUID
    report_id: UUID
    digest: bytes
    size_bytes: int
    content_sealed: bytes = field(repr=False)
    findings: Sequence[dict[str, str]]
    is_acceptable: bool
    made_by: UUID
    made_at: datetime


_REPORTS: Final = """
    SELECT r.*, s.number, s.step, s.state, s.taken_by, s.taken_at, s.file_id, s.asked_number, s.asked_by,
        s.fiu_reference
    FROM filing_report r CROSS JOIN LATERAL (
        SELECT t.* FROM filing_report_step t WHERE t.report_id = r.id ORDER BY t.number DESC LIMIT 1) s
"""


async def insert_report(tx: Transaction, filing: Filing) -> None:
    """Keep a new report with its first step."""
    await tx.execute(
        "INSERT INTO filing_report (tenant_id, id, code, reference, first_day, last_day, customer_id, "
        "case_id, suspected_at, due_on, corrects, drafted_by, drafted_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        filing.tenant_id,
        filing.id,
        filing.code,
        filing.reference,
        filing.first_day,
        filing.last_day,
        filing.customer_id,
        filing.case_id,
        filing.suspected_at,
        filing.due_on,
        filing.corrects,
        filing.drafted_by,
        filing.drafted_at,
    )
    await insert_step(tx, filing, filing.last)


async def insert_step(tx: Transaction, filing: Filing, taken: Taken) -> bool:
    """Keep a step; False when somebody else took one first."""
    kept = await tx.fetch_value(
        "INSERT INTO filing_report_step (tenant_id, report_id, number, step, state, drafted_by, taken_by, "
        "taken_at, file_id, asked_number, asked_by, fiu_reference) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
        "ON CONFLICT ON CONSTRAINT filing_report_step_pk DO NOTHING RETURNING true",
        filing.tenant_id,
        filing.id,
        taken.number,
        taken.step,
        taken.state,
        filing.drafted_by,
        taken.taken_by,
        taken.taken_at,
        taken.file_id,
        taken.asked_number,
        taken.asked_by,
        taken.fiu_reference,
    )
    return bool(kept)


async def load_report(tx: Transaction, report_id: UUID) -> Filing | None:
    """Return a report of the bound tenant."""
    row = await tx.fetch_row(f"{_REPORTS} WHERE r.id = $1", report_id)
    return None if row is None else _read(row)


async def load_reports(
    tx: Transaction, tenant_id: UUID, wanted: Wanted, before: UUID | None, limit: int
) -> tuple[Filing, ...]:
    """Return reports, newest first, below an id."""
    rows = await tx.fetch(
        f"{_REPORTS} WHERE r.tenant_id = $1 AND (r.code = 'STR') = $2 "
        "AND ($3::filing_state IS NULL OR s.state = $3) AND ($4::uuid IS NULL OR r.case_id = $4) "
        "AND ($5::uuid IS NULL OR r.id < $5) ORDER BY r.id DESC LIMIT $6",
        tenant_id,
        wanted.is_suspicion,
        wanted.state,
        wanted.case_id,
        before,
        limit,
    )
    return tuple(_read(row) for row in rows)


async def count_overdue(tx: Transaction, tenant_id: UUID, today: date) -> dict[ReportCode, int]:
    """Return how many reports should be with the FIU and are not, by kind."""
    rows = await tx.fetch(
        f"SELECT code, count(*) AS reports FROM ({_REPORTS}) r WHERE r.tenant_id = $1 AND r.due_on < $2 "
        "AND r.state IN ('draft', 'prepared', 'approved', 'exported') GROUP BY code",
        tenant_id,
        today,
    )
    return {ReportCode(row["code"]): row["reports"] for row in rows}


async def load_steps(tx: Transaction, report_id: UUID) -> tuple[Taken, ...]:
    """Return all steps of a report, first to last."""
    rows = await tx.fetch("SELECT * FROM filing_report_step WHERE report_id = $1 ORDER BY number", report_id)
    return tuple(_read_step(row) for row in rows)


async def insert_narrative(tx: Transaction, filing: Filing, version: SealedVersion) -> None:
    """Keep why somebody is suspected, as a version."""
    await tx.execute(
        "INSERT INTO filing_narrative (tenant_id, report_id, number, content_sealed, seal_id, written_by, "
        "written_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        filing.tenant_id,
        filing.id,
        version.number,
        version.content_sealed,
        version.seal_id,
        version.written_by,
        version.written_at,
    )


async def load_narrative(tx: Transaction, report_id: UUID) -> SealedVersion | None:
    """Return the newest version of why somebody is suspected."""
    row = await tx.fetch_row(
        "SELECT number, seal_id, content_sealed, written_by, written_at FROM filing_narrative "
        "WHERE report_id = $1 ORDER BY number DESC LIMIT 1",
        report_id,
    )
    return None if row is None else SealedVersion(*row)


async def insert_file(tx: Transaction, file: NewFile) -> None:
    """Keep a file."""
    await tx.execute(
        "INSERT INTO filing_file (tenant_id, id, report_id, digest, size_bytes, content_sealed, findings, "
        "is_acceptable, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10)",
        file.tenant_id,
        file.id,
        file.report_id,
        file.digest,
        file.size_bytes,
        file.content_sealed,
        orjson.dumps(list(file.findings)).decode(),
        file.is_acceptable,
        file.made_by,
        file.made_at,
    )


async def load_file(tx: Transaction, report_id: UUID, file_id: UUID) -> tuple[bytes, bytes] | None:
    """Return digest and content, sealed, of a file of a report."""
    row = await tx.fetch_row(
        "SELECT digest, content_sealed FROM filing_file WHERE id = $1 AND report_id = $2", file_id, report_id
    )
    return None if row is None else (row["digest"], row["content_sealed"])


async def load_files(tx: Transaction, report_id: UUID) -> tuple[KeptFile, ...]:
    """Return what is known of a report's files, newest first; at most as many as it has steps."""
    rows = await tx.fetch(
        "SELECT id, digest, size_bytes, findings, is_acceptable, made_by, made_at FROM filing_file "
        "WHERE report_id = $1 ORDER BY id DESC LIMIT 200",
        report_id,
    )
    return tuple(KeptFile(**{**dict(row), "findings": orjson.loads(row["findings"])}) for row in rows)


async def copy_narrative(tx: Transaction, report_id: UUID, to: UUID) -> None:
    """Have a correction begin with the words of what it corrects."""
    await tx.execute(
        "INSERT INTO filing_narrative (tenant_id, report_id, number, content_sealed, seal_id, written_by, "
        "written_at) SELECT tenant_id, $2, 1, content_sealed, seal_id, written_by, written_at "
        "FROM filing_narrative WHERE report_id = $1 ORDER BY number DESC LIMIT 1",
        report_id,
        to,
    )


async def load_fiu_reference(tx: Transaction, report_id: UUID) -> str | None:
    """Return the FIU's reference of a report that was submitted."""
    found: str | None = await tx.fetch_value(
        "SELECT fiu_reference FROM filing_report_step WHERE report_id = $1 AND fiu_reference IS NOT NULL",
        report_id,
    )
    return found


def _read(row: asyncpg.Record) -> Filing:
    return Filing(
        id=row["id"],
        tenant_id=row["tenant_id"],
        code=ReportCode(row["code"]),
        reference=row["reference"],
        due_on=row["due_on"],
        drafted_by=row["drafted_by"],
        drafted_at=row["drafted_at"],
        last=_read_step(row),
        first_day=row["first_day"],
        last_day=row["last_day"],
        customer_id=row["customer_id"],
        case_id=row["case_id"],
        suspected_at=row["suspected_at"],
        corrects=row["corrects"],
    )


def _read_step(row: asyncpg.Record) -> Taken:
    return Taken(
        row["number"],
        Step(row["step"]),
        State(row["state"]),
        row["taken_by"],
        row["taken_at"],
        row["file_id"],
        row["asked_number"],
        row["asked_by"],
        row["fiu_reference"],
    )
