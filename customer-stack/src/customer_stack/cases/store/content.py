"""What is known of a case beside its steps: links, what is held, notes and files."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from customer_stack.cases.domain.content import CaseFile, LinkAdded, NoteWritten
from customer_stack.cases.domain.holding import HoldEnd, Waiting
from customer_stack.cases.domain.opening import Link
from customer_stack.files.domain import Format
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class SealedNote:
    """A note as it lies in the database."""

    note: NoteWritten
    sealed: bytes = field(repr=False)


_LINKS: Final = (
    "SELECT kind, link_id, reasons, added_at, added_by FROM cases_link "
    "WHERE case_id = $1 AND ($2::text IS NULL OR kind <> $2)"
)


def _link(row: Any) -> LinkAdded:
    return LinkAdded(
        Link(row["kind"], row["link_id"]), tuple(row["reasons"]), row["added_at"], row["added_by"]
    )


def _waiting(row: Any) -> Waiting:
    return Waiting(
        row["case_id"],
        row["kind"],
        row["held_id"],
        row["amount"],
        row["added_at"],
        row["asked_by"],
        row["asked_at"],
        row["alone"],
        None if row["ended_as"] is None else HoldEnd(row["ended_as"]),
        row["ended_by"],
        row["ended_at"],
    )


async def load_latest_links(
    tx: Transaction, case_id: UUID, hidden: str | None, limit: int
) -> list[LinkAdded]:
    """Return what a case is about, newest first, without links of a kind that is hidden."""
    rows = await tx.fetch(f"{_LINKS} ORDER BY added_at DESC, kind, link_id LIMIT $3", case_id, hidden, limit)
    return [_link(row) for row in rows]


async def list_links(
    tx: Transaction, case_id: UUID, hidden: str | None, after: tuple[str, UUID] | None, limit: int
) -> list[LinkAdded]:
    """Return what a case is about by kind and id, without links of a kind that is hidden."""
    kind, link_id = after or (None, None)
    rows = await tx.fetch(
        f"{_LINKS} AND ($4::text IS NULL OR (kind, link_id) > ($4, $5::uuid)) "
        "ORDER BY kind, link_id LIMIT $3",
        case_id,
        hidden,
        limit,
        kind,
        link_id,
    )
    return [_link(row) for row in rows]


async def load_held(tx: Transaction, case_id: UUID, limit: int) -> list[Waiting]:
    """Return what waits or waited for a case: what still does first."""
    rows = await tx.fetch(
        "SELECT * FROM cases_held WHERE case_id = $1 "
        "ORDER BY ended_at IS NOT NULL, added_at, held_id LIMIT $2",
        case_id,
        limit,
    )
    return [_waiting(row) for row in rows]


async def find_held(tx: Transaction, case_id: UUID, held_id: UUID) -> Waiting | None:
    """Return one thing that waits or waited for a case."""
    row = await tx.fetch_row("SELECT * FROM cases_held WHERE case_id = $1 AND held_id = $2", case_id, held_id)
    return None if row is None else _waiting(row)


async def count_waiting(tx: Transaction, case_id: UUID) -> int:
    """Return how much still waits for a case."""
    count: int = await tx.fetch_value(
        "SELECT count(*) FROM cases_held WHERE case_id = $1 AND ended_at IS NULL", case_id
    )
    return count


async def load_waiting(tx: Transaction, tenant_id: UUID, kind: str, ids: Sequence[UUID]) -> list[Waiting]:
    """Return which of some commands wait, by case."""
    rows = await tx.fetch(
        "SELECT * FROM cases_held WHERE tenant_id = $1 AND kind = $2 AND held_id = ANY($3::uuid[]) "
        "AND ended_at IS NULL ORDER BY case_id, held_id",
        tenant_id,
        kind,
        list(ids),
    )
    return [_waiting(row) for row in rows]


async def update_held(tx: Transaction, tenant_id: UUID, waiting: Waiting) -> None:
    """Keep what was asked or decided of something that waits. Its case is locked."""
    await tx.execute(
        "UPDATE cases_held SET asked_by = $4, asked_at = $5, alone = $6, ended_as = $7, ended_by = $8, "
        "ended_at = $9 WHERE tenant_id = $1 AND kind = $2 AND held_id = $3",
        tenant_id,
        waiting.kind,
        waiting.id,
        waiting.asked_by,
        waiting.asked_at,
        waiting.alone,
        waiting.ended_as,
        waiting.ended_by,
        waiting.ended_at,
    )


async def insert_note(tx: Transaction, tenant_id: UUID, note: NoteWritten, sealed: bytes) -> None:
    """Keep what somebody wrote."""
    await tx.execute(
        "INSERT INTO cases_note (tenant_id, id, case_id, staff_id, written_at, sealed) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        tenant_id,
        note.id,
        note.case_id,
        note.staff_id,
        note.written_at,
        sealed,
    )


async def load_notes(tx: Transaction, case_id: UUID, before: UUID | None, limit: int) -> list[SealedNote]:
    """Return notes of a case, newest first."""
    rows = await tx.fetch(
        "SELECT id, case_id, staff_id, written_at, sealed FROM cases_note "
        "WHERE case_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
        case_id,
        before,
        limit,
    )
    return [SealedNote(NoteWritten(row[0], row[1], row[2], row[3]), row[4]) for row in rows]


async def insert_file(tx: Transaction, tenant_id: UUID, file: CaseFile, sealed: Sequence[bytes]) -> None:
    """Keep a file and its sealed parts."""
    await tx.execute(
        "INSERT INTO cases_file (tenant_id, id, case_id, format, size_bytes, added_by, added_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        tenant_id,
        file.id,
        file.case_id,
        file.format,
        file.size_bytes,
        file.added_by,
        file.added_at,
    )
    await tx.execute(
        "INSERT INTO cases_file_chunk (tenant_id, file_id, number, sealed) "
        "SELECT $1, $2, number, sealed FROM unnest($3::bytea[]) WITH ORDINALITY AS part (sealed, number)",
        tenant_id,
        file.id,
        list(sealed),
    )


async def load_files(tx: Transaction, case_id: UUID) -> list[CaseFile]:
    """Return the files of a case without their bytes, in the order of their arrival."""
    rows = await tx.fetch(
        "SELECT id, case_id, format, size_bytes, added_by, added_at FROM cases_file WHERE case_id = $1 "
        "ORDER BY added_at, id",
        case_id,
    )
    return [_file(row) for row in rows]


async def find_file(tx: Transaction, case_id: UUID, file_id: UUID) -> CaseFile | None:
    """Return a file of a case without its bytes."""
    row = await tx.fetch_row(
        "SELECT id, case_id, format, size_bytes, added_by, added_at FROM cases_file "
        "WHERE case_id = $1 AND id = $2",
        case_id,
        file_id,
    )
    return None if row is None else _file(row)


async def load_chunks(tx: Transaction, file_id: UUID) -> list[bytes]:
    """Return a file's sealed parts in order."""
    rows = await tx.fetch("SELECT sealed FROM cases_file_chunk WHERE file_id = $1 ORDER BY number", file_id)
    return [row["sealed"] for row in rows]


def _file(row: Any) -> CaseFile:
    return CaseFile(row[0], row[1], Format(row[2]), row[3], row[4], row[5])
