"""Every query on the register of exports."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from customer_stack.exports.domain import Export, Format, Scope, Wanted
from shared.database import Transaction

_COLUMNS: Final = (
    "id, tenant_id, kind, scope_kind, scope_id, row_count, sha256, first_at, last_at, operator, format, at"
)


async def insert(tx: Transaction, export: Export) -> None:
    """Keep a line."""
    await tx.execute(
        f"INSERT INTO export_register ({_COLUMNS}) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        export.id,
        export.tenant_id,
        export.kind,
        export.scope.kind,
        export.scope.id,
        export.row_count,
        export.sha256,
        export.first_at,
        export.last_at,
        export.operator,
        export.format,
        export.at,
    )


async def load(
    tx: Transaction, wanted: Wanted, kinds: Sequence[str], before: UUID | None, limit: int
) -> list[Export]:
    """Return lines of some kinds below an id, newest first."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM export_register WHERE kind = ANY ($1::text[]) "
        "AND ($2::text IS NULL OR kind = $2) AND ($3::uuid IS NULL OR scope_id = $3) "
        "AND ($4::bytea IS NULL OR sha256 = $4) AND ($5::uuid IS NULL OR id < $5) ORDER BY id DESC LIMIT $6",
        list(kinds),
        wanted.kind,
        wanted.scope_id,
        wanted.sha256,
        before,
        limit,
    )
    return [_export(row) for row in rows]


def _export(row: Any) -> Export:
    fields = dict(row)
    scope = Scope(fields.pop("scope_kind"), fields.pop("scope_id"))
    return Export(**{**fields, "scope": scope, "format": Format(fields["format"])})
