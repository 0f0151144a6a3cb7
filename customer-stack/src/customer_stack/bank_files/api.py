"""Staff routes of bank files: what the bank says comes in, files of payouts go out."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from customer_stack.bank_files.domain.records import Outcome
from customer_stack.bank_files.domain.tree import SIZE_LIMIT_BYTES
from customer_stack.bank_files.errors import FileTooLarge
from customer_stack.bank_files.schemas import (
    EntriesAnswer,
    FileAnswer,
    FilesAnswer,
    PayoutFileAnswer,
    PayoutFilesAnswer,
    show_batch,
    show_entry,
    show_file,
)
from customer_stack.bank_files.service.importing import BankFiles
from customer_stack.bank_files.service.sending import PayoutFiles
from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, IdempotencyKey, Limit, read_number_cursor
from customer_stack.exports.serving import send
from shared.idempotency import digest_of, key_of

Importer = Annotated[StaffPrincipal, require("tenant.payments.import")]
Reader = Annotated[StaffPrincipal, require("tenant.payments.read")]
Exporter = Annotated[StaffPrincipal, require("tenant.payouts.export")]

_XML: Final = "application/xml"
_XML_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The file as the bank gave it: camt.053, camt.054 or pain.002 in UTF-8.",
        "content": {_XML: {"schema": {"type": "string"}}},
    }
}
_XML_ANSWER: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The file, pain.001.001.09.", "content": {_XML: {"schema": {"type": "string"}}}}
}


def build_router(files: BankFiles, payout_files: PayoutFiles) -> APIRouter:
    """Return the staff routes of bank files."""
    router = APIRouter(prefix="/staff", tags=["bank files"])

    @router.post("/bank-files", status_code=201, openapi_extra=_XML_BODY)
    async def import_file(request: Request, staff: Importer) -> FileAnswer:
        """Take a statement, notification or status report of the bank; the same file again is harmless."""
        raw = await read_bounded(request)
        return show_file(await files.import_file(staff.tenant_id, staff.actor, raw))

    @router.get("/bank-files")
    async def list_files(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> FilesAnswer:
        """Return the files that were taken, newest first."""
        page = await files.list_files(staff.tenant_id, limit, cursor)
        return FilesAnswer(items=[show_file(file) for file in page.files], next_cursor=page.next_cursor)

    @router.get("/bank-files/{file_id}/entries")
    async def list_entries(
        file_id: UUID,
        staff: Reader,
        outcome: Outcome | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> EntriesAnswer:
        """Return a file's entries and what became of each; `outcome=unmatched` are those of nobody known."""
        after = read_number_cursor(cursor)
        page = await files.list_entries(
            staff.tenant_id, file_id, outcome, -1 if after is None else after, limit
        )
        return EntriesAnswer(
            items=[show_entry(entry) for entry in page.entries],
            next_cursor=None if page.next_after is None else str(page.next_after),
        )

    @router.post("/payouts/files", status_code=201)
    async def make_file(staff: Exporter, key: IdempotencyKey = None) -> PayoutFileAnswer:
        """Make a file for the bank of the payouts that wait for one."""
        digest = digest_of("POST /staff/payouts/files", b"")
        return show_batch(await payout_files.make_file(staff.tenant_id, staff.actor, key_of(key), digest))

    @router.get("/payouts/files")
    async def list_payout_files(
        staff: Exporter, limit: Limit = 50, cursor: Cursor = None
    ) -> PayoutFilesAnswer:
        """Return the files of payouts that were made, newest first."""
        page = await payout_files.list_files(staff.tenant_id, limit, cursor)
        return PayoutFilesAnswer(
            items=[show_batch(batch) for batch in page.batches], next_cursor=page.next_cursor
        )

    @router.get("/payouts/files/{file_id}", response_class=Response, responses=_XML_ANSWER)
    async def fetch_file(file_id: UUID, staff: Exporter) -> Response:
        """Return a file of payouts for the bank, the same bytes as ever."""
        export, raw = await payout_files.fetch_file(staff.tenant_id, file_id, staff.staff_id)
        return send(export, raw, f"{file_id.hex}.xml")

    return router


async def read_bounded(request: Request) -> bytes:
    """Return the body, and stop reading where it is longer than any file. Raises FileTooLarge."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > SIZE_LIMIT_BYTES:
            raise FileTooLarge(
                f"A file has at most {SIZE_LIMIT_BYTES} bytes. Ask the bank for smaller files."
            )
        parts.append(part)
    return b"".join(parts)
