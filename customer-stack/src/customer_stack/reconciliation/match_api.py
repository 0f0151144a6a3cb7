"""Staff routes of matching: statements come in, days are matched, matches are computed again."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request

from customer_stack.access.domain import Officer
from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_number_cursor, read_uuid_cursor
from customer_stack.reconciliation.configuration import load_sources
from customer_stack.reconciliation.errors import StatementInvalid
from customer_stack.reconciliation.match_schemas import (
    HeldPageAnswer,
    MatchAnswer,
    MatchBody,
    MatchesAnswer,
    ReplayAnswer,
    ReplayBody,
    SourcesAnswer,
    StatementAnswer,
    StatementsAnswer,
    show_held,
    show_match,
    show_replay,
    show_sources,
    show_statement,
)
from customer_stack.reconciliation.service.matching import Incoming, MatchingService

Reader = Annotated[StaffPrincipal, require("tenant.reconciliation.read")]
Runner = Annotated[StaffPrincipal, require("tenant.reconciliation.run")]
Importer = Annotated[StaffPrincipal, require("tenant.reconciliation.import")]

SourceName = Annotated[str, Query(max_length=32, description="A source of `matching.yaml`.")]
BankName = Annotated[str, Query(max_length=32, description="A mapping of `banks.yaml`, or camt.053.")]
Replaces = Annotated[UUID | None, Query(description="A kept statement of these days that this one corrects.")]

SIZE_LIMIT_BYTES: Final = 32 * 1024 * 1024
_STATEMENT_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The statement as the bank gave it: CSV in UTF-8, or camt.053 of our USD account.",
        "content": {kind: {"schema": {"type": "string"}} for kind in ("text/csv", "application/xml")},
    }
}


def build_router(service: MatchingService) -> APIRouter:
    """Return the routes of matching."""
    router = APIRouter(prefix="/staff/reconciliation", tags=["reconciliation"])

    @router.get("/sources")
    async def list_sources(_staff: Reader) -> SourcesAnswer:
        """Return what is matched with what, and by which rules."""
        return show_sources(load_sources())

    @router.post("/statements", status_code=201, openapi_extra=_STATEMENT_BODY)
    async def import_statement(
        request: Request,
        staff: Importer,
        source: SourceName,
        department_id: UUID,
        bank: BankName,
        replaces: Replaces = None,
    ) -> StatementAnswer:
        """Keep a statement of a bank or provider; the same file again is harmless."""
        raw = await _read_bounded(request)
        incoming = Incoming(source, department_id, bank, replaces)
        return show_statement(await service.import_statement(_officer(staff), incoming, raw))

    @router.get("/statements")
    async def list_statements(
        staff: Reader,
        source: Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9-]{0,31}$")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> StatementsAnswer:
        """Return kept statements, newest first, those that were replaced among them."""
        found = await service.list_statements(_officer(staff), source, read_uuid_cursor(cursor), limit + 1)
        page = found[:limit]
        return StatementsAnswer(
            items=[show_statement(each) for each in page],
            next_cursor=str(page[-1].id) if len(found) > limit else None,
        )

    @router.post("/matches", status_code=201)
    async def match(body: MatchBody, staff: Runner) -> MatchAnswer:
        """Match a day now. What is left on either side is among the breaks."""
        made = await service.match(_officer(staff), (body.source, body.department_id), body.day)
        return show_match(made)

    @router.get("/matches")
    async def list_matches(
        staff: Reader,
        source: Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9-]{0,31}$")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> MatchesAnswer:
        """Return matches, newest first."""
        found = await service.list_matches(_officer(staff), source, read_uuid_cursor(cursor), limit + 1)
        page = found[:limit]
        return MatchesAnswer(
            items=[show_match(each) for each in page],
            next_cursor=str(page[-1].id) if len(found) > limit else None,
        )

    @router.get("/matches/{match_id}/held")
    async def list_held(
        match_id: UUID, staff: Reader, limit: Limit = 50, cursor: Cursor = None
    ) -> HeldPageAnswer:
        """Return which lines which rule held together."""
        after = read_number_cursor(cursor)
        found = await service.list_held(_officer(staff), match_id, -1 if after is None else after, limit + 1)
        page = found[:limit]
        return HeldPageAnswer(
            items=[show_held(each) for each in page],
            next_cursor=str(page[-1].number) if len(found) > limit else None,
        )

    @router.post("/matches/{match_id}/replay")
    async def replay(match_id: UUID, _body: ReplayBody, staff: Runner) -> ReplayAnswer:
        """Compute a match again from what was kept."""
        return show_replay(await service.replay(staff.tenant_id, match_id, staff.actor, staff.department_id))

    return router


def _officer(staff: StaffPrincipal) -> Officer:
    return Officer(staff.tenant_id, staff.staff_id, staff.department_id)


async def _read_bounded(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > SIZE_LIMIT_BYTES:
            raise StatementInvalid(f"A statement has at most {SIZE_LIMIT_BYTES} bytes. Send it in parts.")
        parts.append(part)
    return b"".join(parts)
