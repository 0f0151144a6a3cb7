"""Wire shapes of the register of exports."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from customer_stack.edge.schemas import Answer
from customer_stack.exports.domain import Export, Format


class ExportLine(Answer):
    """One file that left. `scope_id` None: the whole tenant."""

    export_id: UUID
    kind: str
    scope: str
    scope_id: UUID | None
    row_count: int
    sha256: str
    first_at: datetime | None
    last_at: datetime | None
    operator: str
    format: Format
    at: datetime

    @classmethod
    def of(cls, export: Export) -> Self:
        """Return the wire shape of a line."""
        return cls(
            export_id=export.id,
            kind=export.kind,
            scope=export.scope.kind,
            scope_id=export.scope.id,
            row_count=export.row_count,
            sha256=export.sha256.hex(),
            first_at=export.first_at,
            last_at=export.last_at,
            operator=export.operator,
            format=export.format,
            at=export.at,
        )


class ExportLinePage(Answer):
    """One page of the register, newest first."""

    items: list[ExportLine]
    next_cursor: str | None

    @classmethod
    def of(cls, found: Sequence[Export], limit: int) -> Self:
        """Return a page of lines, of which one more than its size was asked for."""
        more = str(found[limit - 1].id) if len(found) > limit else None
        return cls(items=[ExportLine.of(each) for each in found[:limit]], next_cursor=more)
