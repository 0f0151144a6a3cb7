"""Staff routes of exclusions: who is kept from the cases of whom."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from customer_stack.cases.api import person_of
from customer_stack.cases.schemas.exclusions import (
    ExclusionAnswer,
    ExclusionBody,
    ExclusionsAnswer,
    show_exclusion,
)
from customer_stack.cases.service.excluding import Excluding
from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_uuid_cursor

Assigner = Annotated[StaffPrincipal, require("tenant.cases.assign")]


def build_router(excluding: Excluding) -> APIRouter:
    """Return the staff routes of exclusions."""
    router = APIRouter(prefix="/staff/case-exclusions", tags=["cases"])

    @router.get("")
    async def list_exclusions(staff: Assigner, limit: Limit = 50, cursor: Cursor = None) -> ExclusionsAnswer:
        """Return who is or was kept from whom, newest first."""
        found = await excluding.list_exclusions(person_of(staff), read_uuid_cursor(cursor), limit)
        return ExclusionsAnswer(
            items=[show_exclusion(each) for each in found],
            next_cursor=str(found[-1].id) if len(found) == limit else None,
        )

    @router.post("", status_code=201)
    async def exclude(body: ExclusionBody, staff: Assigner) -> ExclusionAnswer:
        """Keep somebody from all cases of a customer: it is themselves, or somebody close to them."""
        return show_exclusion(await excluding.exclude(person_of(staff), body.customer_id, body.staff_id))

    @router.post("/{exclusion_id}/end")
    async def end(exclusion_id: UUID, staff: Assigner) -> ExclusionAnswer:
        """Let somebody else than yourself see the cases of a customer again."""
        return show_exclusion(await excluding.end(person_of(staff), exclusion_id))

    return router
