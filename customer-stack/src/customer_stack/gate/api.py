"""Staff routes of decisions: lists, and one with its explanation."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from customer_stack.aml.domain.verdicts import Answer
from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_uuid_cursor
from customer_stack.gate.schemas import DecisionAnswer, DecisionPage, show_opened, show_page
from customer_stack.gate.service.explaining import DecisionDesk

Reader = Annotated[StaffPrincipal, require("tenant.decisions.read")]


def build_router(desk: DecisionDesk) -> APIRouter:
    """Return the staff routes of decisions."""
    router = APIRouter(prefix="/staff/decisions", tags=["gate"])

    @router.get("")
    async def list_decisions(
        staff: Reader,
        customer: Annotated[UUID | None, Query(description="Decisions about one customer.")] = None,
        answer: Annotated[Answer | None, Query(description="Only decisions with this answer.")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> DecisionPage:
        """List decisions, newest first."""
        found = await desk.list_page(
            staff.tenant_id,
            customer_id=customer,
            answer=None if answer is None else answer.value,
            before=read_uuid_cursor(cursor),
            limit=limit + 1,
            actor=staff.actor,
        )
        return show_page(found, limit)

    @router.get("/{decision_id}")
    async def get_decision(decision_id: UUID, staff: Reader) -> DecisionAnswer:
        """Show one decision: what was seen, whether it comes out again, and why rules found what they did."""
        return show_opened(await desk.open(staff.tenant_id, decision_id, staff.actor))

    return router
