"""Staff routes on which settlements are looked at: lists, lines down to entries, files, signed records."""

import hashlib
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Response

from customer_stack.access.domain import Officer
from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_number_cursor
from customer_stack.exports.serving import send
from customer_stack.ledger.service import read_id_cursor
from customer_stack.settlement.files import FileKind
from customer_stack.settlement.schemas import (
    ExportManifest,
    FileAnswer,
    FilesAnswer,
    LinesAnswer,
    RecordsAnswer,
    ReportsAnswer,
    SettlementAnswer,
    SettlementsAnswer,
    show_line,
    show_record,
    show_report,
    show_settlement,
)
from customer_stack.settlement.service.reading import SettlementReading
from customer_stack.settlement.service.releasing import Releasing

Reader = Annotated[StaffPrincipal, require("tenant.settlement.read", whole_tenant=True)]

_ANY_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The file.", "content": {"application/octet-stream": {"schema": {"type": "string"}}}}
}


def build_reading_router(reading: SettlementReading, releasing: Releasing) -> APIRouter:
    """Return the routes that change nothing."""
    router = APIRouter(prefix="/staff/settlements", tags=["settlement"])
    _add_settlements(router, reading)
    _add_lines(router, reading)
    _add_files(router, reading, releasing)
    return router


def _add_settlements(router: APIRouter, reading: SettlementReading) -> None:
    @router.get("")
    async def list_settlements(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> SettlementsAnswer:
        """Return settlements, newest first."""
        found = await reading.list_settlements(staff.tenant_id, read_id_cursor(cursor), limit + 1)
        page = found[:limit]
        return SettlementsAnswer(
            items=[show_settlement(settlement) for settlement in page],
            next_cursor=str(page[-1].instruction.id) if len(found) > limit else None,
        )

    @router.get("/{settlement_id}")
    async def get(settlement_id: UUID, staff: Reader) -> SettlementAnswer:
        """Return a settlement with the instruction that an approval signs."""
        return show_settlement(await reading.get(staff.tenant_id, settlement_id))

    @router.get("/{settlement_id}/records")
    async def list_records(
        settlement_id: UUID, staff: Reader, limit: Limit = 50, cursor: Cursor = None
    ) -> RecordsAnswer:
        """Return what happened to a settlement, signed record by signed record."""
        after = read_number_cursor(cursor) or 0
        found = await reading.list_records(staff.tenant_id, settlement_id, after, limit + 1)
        page = found[:limit]
        return RecordsAnswer(
            public_key=reading.public_key.hex(),
            items=[show_record(record) for record in page],
            next_cursor=str(page[-1].number) if len(found) > limit else None,
        )


def _add_lines(router: APIRouter, reading: SettlementReading) -> None:
    @router.get("/{settlement_id}/lines")
    async def list_lines(
        settlement_id: UUID, staff: Reader, limit: Limit = 50, cursor: Cursor = None
    ) -> LinesAnswer:
        """Return who a settlement is made of: one customer per line, with the reference at execution."""
        found = await reading.list_lines(staff.tenant_id, settlement_id, read_id_cursor(cursor), limit + 1)
        page = found[:limit]
        return LinesAnswer(
            items=[show_line(line) for line in page],
            next_cursor=str(page[-1].line.customer_id) if len(found) > limit else None,
        )

    @router.get("/{settlement_id}/lines/{customer_id}/reports")
    async def list_reports(
        settlement_id: UUID,
        customer_id: UUID,
        staff: Reader,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> ReportsAnswer:
        """Return what a line is made of: each report with the entries that it posted."""
        after = read_number_cursor(cursor)
        found = await reading.list_reports(staff.tenant_id, settlement_id, customer_id, after, limit + 1)
        page = found[:limit]
        return ReportsAnswer(
            items=[show_report(one) for one in page],
            next_cursor=str(page[-1].report.sequence) if len(found) > limit else None,
        )


def _add_files(router: APIRouter, reading: SettlementReading, releasing: Releasing) -> None:
    @router.get("/{settlement_id}/export")
    async def get_manifest(settlement_id: UUID, staff: Reader) -> ExportManifest:
        """Return the schedule's manifest: the file's hash is part of the approved instruction."""
        settlement, csv, rows = await reading.export(staff.tenant_id, settlement_id)
        return ExportManifest(
            settlement_id=settlement_id,
            file=f"/staff/settlements/{settlement_id}/export.csv",
            rows=rows,
            csv_sha256=hashlib.sha256(csv).hexdigest(),
            instruction=settlement.instruction.canonical().decode(),
            instruction_sha256=settlement.digest.hex(),
        )

    @router.get("/{settlement_id}/export.csv", response_class=Response)
    async def get_export(settlement_id: UUID, staff: Reader) -> Response:
        """Return the schedule as CSV, one customer per line."""
        export, csv = await reading.hand_out(_officer(staff), settlement_id)
        return send(export, csv, f"settlement-{settlement_id}.csv")

    @router.get("/{settlement_id}/files")
    async def list_files(settlement_id: UUID, staff: Reader) -> FilesAnswer:
        """Return the files that the release made, with their hashes."""
        files = await reading.list_files(staff.tenant_id, settlement_id)
        return FilesAnswer(
            items=[
                FileAnswer(
                    kind=kind,
                    sha256=digest.hex(),
                    path=f"/staff/settlements/{settlement_id}/files/{kind}",
                )
                for kind, digest in files.items()
            ]
        )

    @router.get("/{settlement_id}/files/{kind}", response_class=Response, responses=_ANY_FILE)
    async def fetch_file(settlement_id: UUID, kind: FileKind, staff: Reader) -> Response:
        """Return a file of the release, the same bytes as ever."""
        export, raw = await releasing.fetch(_officer(staff), settlement_id, kind)
        return send(export, raw, f"{settlement_id.hex}-{kind.value}.{export.format.value}")


def _officer(staff: StaffPrincipal) -> Officer:
    return Officer(staff.tenant_id, staff.staff_id, staff.department_id)
