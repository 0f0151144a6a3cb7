"""Staff routes of risk. A customer is told nothing of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from customer_stack.access.domain import Officer
from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_uuid_cursor
from customer_stack.risk.desk import RiskDesk
from customer_stack.risk.schemas import FlagBody, FlagChangePage, FlagsAnswer, RiskAnswer, ScorePage

Reader = Annotated[StaffPrincipal, require("tenant.risk.read")]
TextReader = Annotated[StaffPrincipal, require("tenant.risk.read_texts")]
Flagger = Annotated[StaffPrincipal, require("tenant.risk.flag")]


def build_router(desk: RiskDesk) -> APIRouter:
    """Return the staff routes over the desk."""
    router = APIRouter(prefix="/staff/customers/{customer_id}", tags=["risk"])

    @router.get("/risk")
    async def get_risk(customer_id: UUID, staff: Reader) -> RiskAnswer:
        """Show a customer's score with its parts, and what compliance knows of them."""
        return RiskAnswer.with_flags(*await desk.read(_officer(staff), customer_id))

    @router.get("/risk/scores")
    async def list_scores(
        customer_id: UUID, staff: Reader, limit: Limit = 50, cursor: Cursor = None
    ) -> ScorePage:
        """List a customer's scores, newest first."""
        before = read_uuid_cursor(cursor)
        found = await desk.list_scores(_officer(staff), customer_id, before=before, limit=limit + 1)
        return ScorePage.of(found, limit)

    @router.get("/flags")
    async def list_flags(
        customer_id: UUID, staff: TextReader, limit: Limit = 50, cursor: Cursor = None
    ) -> FlagChangePage:
        """List changes of flags with what was written, newest first; the audit remembers who looked."""
        before = read_uuid_cursor(cursor)
        found = await desk.list_flags(_officer(staff), customer_id, before=before, limit=limit + 1)
        return FlagChangePage.of(found, limit)

    @router.post("/flags")
    async def change_flag(customer_id: UUID, body: FlagBody, staff: Flagger) -> FlagsAnswer:
        """Set or take away a flag: politically exposed, a relative of such, a business, watched."""
        flags = await desk.change_flag(_officer(staff), customer_id, body.flag, body.text, is_set=body.is_set)
        return FlagsAnswer(customer_id=customer_id, flags=sorted(flags))

    return router


def _officer(staff: StaffPrincipal) -> Officer:
    return Officer(staff.tenant_id, staff.staff_id, staff.department_id)
