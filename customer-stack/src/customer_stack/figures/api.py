"""Staff routes of figures. Who works for one department sees that one."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.figures.domain import MONTHS_LIMIT
from customer_stack.figures.schemas import ExposureAnswer, RevenuesAnswer, show_exposure, show_revenues
from customer_stack.figures.service import Figures

Reader = Annotated[StaffPrincipal, require("tenant.figures.read")]
First = Annotated[
    date, Query(alias="from", description="The first day, in Colombo.", examples=["2026-11-01"])
]
Last = Annotated[date, Query(alias="to", description="The last day, included.", examples=["2026-11-30"])]
Months = Annotated[int, Query(ge=1, le=MONTHS_LIMIT, description="How many months, with this one.")]


def build_router(figures: Figures) -> APIRouter:
    """Return the staff routes of figures."""
    router = APIRouter(prefix="/staff/figures", tags=["figures"])

    @router.get("/revenue")
    async def read_revenue(staff: Reader, first: First, last: Last) -> RevenuesAnswer:
        """Return what was earned: fees, the desk's profit explained, what was recognised, expenses."""
        parts = await figures.read_revenue(staff.tenant_id, staff.department_id, first, last)
        return show_revenues(first.isoformat(), last.isoformat(), parts, staff.tenant_id)

    @router.get("/exposure")
    async def read_exposure(staff: Reader, months: Months = 12) -> ExposureAnswer:
        """Return balances, volumes month by month, and what open wagers may cost."""
        return show_exposure(await figures.read_exposure(staff.tenant_id, staff.department_id, months))

    return router
