"""Staff routes of snoozes: rules that are not heard for one customer until a moment."""

from datetime import UTC
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from customer_stack.cases.api import person_of
from customer_stack.cases.domain.snoozing import SnoozeFilter, SnoozeState
from customer_stack.cases.schemas.snoozes import (
    SnoozeAnswer,
    SnoozeBody,
    SnoozeReasonAnswer,
    SnoozesAnswer,
    show_snooze,
)
from customer_stack.cases.service.snoozing import Snoozing
from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_uuid_cursor
from shared.clock import Clock

Reader = Annotated[StaffPrincipal, require("tenant.aml.read")]
ContentReader = Annotated[StaffPrincipal, require("tenant.cases.read_content")]
Proposer = Annotated[StaffPrincipal, require("tenant.aml.snooze")]
Approver = Annotated[StaffPrincipal, require("tenant.aml.approve_snoozes")]


def build_router(snoozing: Snoozing, clock: Clock) -> APIRouter:
    """Return the staff routes of snoozes."""
    router = APIRouter(prefix="/staff/aml/snoozes", tags=["cases"])

    @router.get("")
    async def list_snoozes(
        staff: Reader,
        customer_id: UUID | None = None,
        state: SnoozeState | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> SnoozesAnswer:
        """Return snoozes, newest first. One that stands and `is_over` has no effect any more."""
        wanted = SnoozeFilter(customer_id, state)
        before = read_uuid_cursor(cursor)
        found, now = await snoozing.list_snoozes(person_of(staff), wanted, before, limit)
        return SnoozesAnswer(
            items=[show_snooze(snooze, now) for snooze in found],
            next_cursor=str(found[-1].id) if len(found) == limit else None,
        )

    @router.post("", status_code=201)
    async def propose(body: SnoozeBody, staff: Proposer) -> SnoozeAnswer:
        """Propose not to hear a rule for a customer, for 90 days at most; a rule that denies cannot be."""
        snooze = await snoozing.propose(
            person_of(staff), body.customer_id, body.rule, body.ends_at.astimezone(UTC), body.reason
        )
        return show_snooze(snooze, clock.now())

    @router.get("/{snooze_id}/reason")
    async def show_reason(snooze_id: UUID, staff: ContentReader) -> SnoozeReasonAnswer:
        """Return why a snooze was proposed; that you looked is recorded."""
        return SnoozeReasonAnswer(reason=await snoozing.read_reason(person_of(staff), snooze_id))

    @router.post("/{snooze_id}/approval")
    async def approve(snooze_id: UUID, staff: Approver) -> SnoozeAnswer:
        """Approve a snooze that somebody else proposed: it counts from the next event on."""
        return show_snooze(await snoozing.approve(person_of(staff), snooze_id), clock.now())

    @router.post("/{snooze_id}/rejection")
    async def reject(snooze_id: UUID, staff: Approver) -> SnoozeAnswer:
        """Turn a snooze down."""
        return show_snooze(await snoozing.reject(person_of(staff), snooze_id), clock.now())

    @router.post("/{snooze_id}/end")
    async def end(snooze_id: UUID, staff: Proposer) -> SnoozeAnswer:
        """End a snooze before its time: the rule is heard from the next event on."""
        return show_snooze(await snoozing.end(person_of(staff), snooze_id), clock.now())

    return router
