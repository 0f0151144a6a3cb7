"""Staff route of figures: how well rules work."""

from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from customer_stack.cases.api import person_of
from customer_stack.cases.schemas.figures import FiguresAnswer, show_figures
from customer_stack.cases.service.figures import Figures
from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal

Reader = Annotated[StaffPrincipal, require("tenant.aml.read")]
Moment = Annotated[AwareDatetime, Query(examples=["2026-11-01T00:00:00+05:30"])]


def build_router(figures: Figures) -> APIRouter:
    """Return the staff route of figures."""
    router = APIRouter(prefix="/staff/aml", tags=["cases"])

    @router.get("/metrics")
    async def show_metrics(staff: Reader, begins_at: Moment, ends_at: Moment) -> FiguresAnswer:
        """Return hits, alerts, cases, outcomes and times by reason code, over 92 days at most."""
        found = await figures.load(person_of(staff), begins_at.astimezone(UTC), ends_at.astimezone(UTC))
        return show_figures(found)

    return router
