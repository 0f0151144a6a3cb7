"""Staff routes of periods."""

from datetime import UTC
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_number_cursor, read_uuid_cursor
from customer_stack.periods.schemas import (
    CloseBody,
    ClosedReportAnswer,
    PeriodsAnswer,
    ProposalsAnswer,
    ProposeBody,
    ProposedAnswer,
    show_closed,
    show_closed_report,
    show_proposal,
    show_proposed,
)
from customer_stack.periods.service import PeriodsService, Person

Reader = Annotated[StaffPrincipal, require("tenant.periods.read")]
Proposer = Annotated[StaffPrincipal, require("tenant.periods.propose")]
Closer = Annotated[StaffPrincipal, require("tenant.periods.close")]
Number = Annotated[int, Path(ge=1, le=1_000_000)]


def build_router(service: PeriodsService) -> APIRouter:
    """Return the staff routes of periods."""
    router = APIRouter(prefix="/staff/periods", tags=["periods"])

    @router.post("/proposals", status_code=201)
    async def propose(body: ProposeBody, staff: Proposer) -> ProposedAnswer:
        """Propose to close the books up to a moment; the answer shows what the close would keep."""
        return show_proposed(await service.propose(_person(staff), body.ends_at.astimezone(UTC)))

    @router.get("/proposals")
    async def list_proposals(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> ProposalsAnswer:
        """Return proposals, newest first."""
        found = await service.list_proposals(staff.tenant_id, read_uuid_cursor(cursor), limit + 1)
        page = found[:limit]
        next_cursor = str(page[-1].id) if len(found) > limit else None
        return ProposalsAnswer(items=[show_proposal(each) for each in page], next_cursor=next_cursor)

    @router.post("/proposals/{proposal_id}/close")
    async def close(proposal_id: UUID, body: CloseBody, staff: Closer) -> ClosedReportAnswer:
        """Close what somebody else proposed: profit becomes revenue, nothing is entered after."""
        closed = await service.close(_person(staff), proposal_id, bytes.fromhex(body.digest))
        return show_closed_report(closed)

    @router.get("")
    async def list_closed(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> PeriodsAnswer:
        """Return closed periods, newest first."""
        found = await service.list_closed(staff.tenant_id, read_number_cursor(cursor), limit + 1)
        page = found[:limit]
        next_cursor = str(page[-1].span.number) if len(found) > limit else None
        return PeriodsAnswer(items=[show_closed(each) for each in page], next_cursor=next_cursor)

    @router.get("/{number}")
    async def get_closed(number: Number, staff: Reader) -> ClosedReportAnswer:
        """Return a closed period with what stood on every account at its end."""
        return show_closed_report(await service.get_closed(staff.tenant_id, number))

    return router


def _person(staff: StaffPrincipal) -> Person:
    return Person(staff.tenant_id, staff.staff_id)
