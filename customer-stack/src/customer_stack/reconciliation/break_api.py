"""Staff routes of breaks: looked at, taken, ended."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from customer_stack.access.domain import Officer
from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_uuid_cursor
from customer_stack.reconciliation.break_schemas import (
    AdjustmentsAnswer,
    ApprovalBody,
    BreakAnswer,
    BreakHistoryAnswer,
    BreaksAnswer,
    EndBody,
    NoteBody,
    TakeBody,
    show_adjustment,
    show_break,
    show_history,
)
from customer_stack.reconciliation.domain.breaks import BreakType
from customer_stack.reconciliation.service.breaks import BreakDesk, Filters
from shared.clock import Clock

Reader = Annotated[StaffPrincipal, require("tenant.reconciliation.read")]
Resolver = Annotated[StaffPrincipal, require("tenant.reconciliation.resolve")]
Approver = Annotated[StaffPrincipal, require("tenant.reconciliation.approve")]

CheckFilter = Annotated[
    str | None, Query(pattern=r"^[a-z][a-z0-9_.-]{0,47}$", description="Only breaks of this check.")
]
Material = Annotated[bool | None, Query(description="Only those that need two persons, or only the others.")]
State = Annotated[Literal["open", "ended", "all"], Query(description="Open ones by themselves.")]


def build_router(desk: BreakDesk, clock: Clock) -> APIRouter:
    """Return the routes of breaks."""
    router = APIRouter(prefix="/staff/reconciliation", tags=["reconciliation"])

    @router.get("/breaks")
    async def list_breaks(
        staff: Reader,
        state: State = "open",
        type: BreakType | None = None,  # noqa: A002 - the name of the field
        check: CheckFilter = None,
        owner: UUID | None = None,
        is_material: Material = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> BreaksAnswer:
        """Return breaks, newest first."""
        filters = Filters(
            department_id=staff.department_id,
            is_open=None if state == "all" else state == "open",
            type=type,
            check=check,
            owner=owner,
            is_material=is_material,
        )
        found = await desk.list_breaks(_officer(staff), filters, read_uuid_cursor(cursor), limit + 1)
        page, now = found[:limit], clock.now()
        return BreaksAnswer(
            items=[show_break(each, now) for each in page],
            next_cursor=str(page[-1].id) if len(found) > limit else None,
        )

    @router.get("/adjustments")
    async def list_adjustments(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> AdjustmentsAnswer:
        """Return which transfers corrected which breaks, newest break first."""
        found = await desk.list_adjustments(_officer(staff), read_uuid_cursor(cursor), limit + 1)
        page, now = found[:limit], clock.now()
        return AdjustmentsAnswer(
            items=[show_adjustment(each, now) for each in page],
            next_cursor=str(page[-1].found.id) if len(found) > limit else None,
        )

    @router.get("/breaks/{break_id}")
    async def get_break(break_id: UUID, staff: Reader) -> BreakHistoryAnswer:
        """Return a break with its evidence, how its values moved, and what people did."""
        return show_history(await desk.read(_officer(staff), break_id), clock.now())

    @router.post("/breaks/{break_id}/owner")
    async def take(break_id: UUID, _body: TakeBody, staff: Resolver) -> BreakAnswer:
        """Make yourself the owner, whoever was it before."""
        return show_break(await desk.take(_officer(staff), break_id), clock.now())

    @router.post("/breaks/{break_id}/notes", status_code=201)
    async def write_note(break_id: UUID, body: NoteBody, staff: Resolver) -> BreakAnswer:
        """Write down what you found out. It stays for ever: name ids, never people."""
        return show_break(await desk.write_note(_officer(staff), break_id, body.note), clock.now())

    @router.post("/breaks/{break_id}/proposal", status_code=201)
    async def propose(break_id: UUID, body: EndBody, staff: Resolver) -> BreakAnswer:
        """Say how your break ends. What is not material has ended; what is waits for a second person."""
        ended = await desk.propose(_officer(staff), break_id, body.how, body.reason, body.transfer_id)
        return show_break(ended, clock.now())

    @router.post("/breaks/{break_id}/approval")
    async def approve(break_id: UUID, _body: ApprovalBody, staff: Approver) -> BreakAnswer:
        """End a break as another person proposed, on the values that stand."""
        return show_break(await desk.approve(_officer(staff), break_id), clock.now())

    @router.post("/breaks/{break_id}/rejection")
    async def reject(break_id: UUID, body: NoteBody, staff: Approver) -> BreakAnswer:
        """Refuse what was proposed: the break stays with its owner."""
        return show_break(await desk.reject(_officer(staff), break_id, body.note), clock.now())

    return router


def _officer(staff: StaffPrincipal) -> Officer:
    return Officer(staff.tenant_id, staff.staff_id, staff.department_id)
