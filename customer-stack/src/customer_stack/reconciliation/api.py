"""Staff routes of reconciliation."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from customer_stack.edge.authentication import StaffPrincipal, require
from customer_stack.edge.schemas import Cursor, Limit
from customer_stack.ledger.service import read_id_cursor
from customer_stack.reconciliation.schemas import BreaksAnswer, RunAnswer, RunBody, show_break, show_run
from customer_stack.reconciliation.service import ReconciliationService

Reader = Annotated[StaffPrincipal, require("tenant.reconciliation.read")]
Runner = Annotated[StaffPrincipal, require("tenant.reconciliation.run")]


def build_router(service: ReconciliationService) -> APIRouter:
    """Return the staff routes of reconciliation."""
    router = APIRouter(prefix="/staff/reconciliation", tags=["reconciliation"])

    @router.post("/runs", status_code=201)
    async def run(_body: RunBody, staff: Runner) -> RunAnswer:
        """Compare our books with themselves, with execution and with the bank, now."""
        return show_run(await service.run(staff.tenant_id, staff.actor))

    @router.get("/runs/{run_id}")
    async def get_run(run_id: UUID, staff: Reader) -> RunAnswer:
        """Return a run with its checks and breaks."""
        return show_run(await service.get_run(staff.tenant_id, run_id))

    @router.get("/breaks")
    async def list_breaks(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> BreaksAnswer:
        """Return breaks of all runs, newest first."""
        found = await service.list_breaks(staff.tenant_id, read_id_cursor(cursor), limit + 1)
        page = found[:limit]
        return BreaksAnswer(
            items=[show_break(each, break_id, run_id) for break_id, run_id, each in page],
            next_cursor=str(page[-1][0]) if len(found) > limit else None,
        )

    return router
