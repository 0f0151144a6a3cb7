"""Staff routes of runs."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.reconciliation.schemas import RunAnswer, RunBody, show_run
from customer_stack.reconciliation.service.running import ReconciliationService

Reader = Annotated[StaffPrincipal, require("tenant.reconciliation.read", whole_tenant=True)]
Runner = Annotated[StaffPrincipal, require("tenant.reconciliation.run", whole_tenant=True)]


def build_router(service: ReconciliationService) -> APIRouter:
    """Return the routes of runs."""
    router = APIRouter(prefix="/staff/reconciliation", tags=["reconciliation"])

    @router.post("/runs", status_code=201)
    async def run(_body: RunBody, staff: Runner) -> RunAnswer:
        """Compare our books with themselves, with execution and with the bank, now."""
        return show_run(await service.run(staff.tenant_id, staff.actor))

    @router.get("/runs/{run_id}")
    async def get_run(run_id: UUID, staff: Reader) -> RunAnswer:
        """Return a run with its checks and what they found."""
        return show_run(await service.get_run(staff.tenant_id, run_id))

    return router
