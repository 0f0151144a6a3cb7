"""Staff routes of closed days and their reports."""

from datetime import date
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Answer, Cursor, CursorInvalid, Limit
from customer_stack.exports.domain import Format
from customer_stack.exports.serving import send
from customer_stack.reconciliation.service.days import Days
from customer_stack.reconciliation.service.reporting import DayReports, Wanted

Reader = Annotated[StaffPrincipal, require("tenant.reconciliation.read")]
Department = Annotated[UUID | None, Query(description="One department; leave it out for the whole operator.")]
AsFile = Annotated[Literal["pdf", "csv"], Query(alias="format", description="As what.")]

_FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"application/pdf": {}, "text/csv": {}}, "description": "The report as a file"}
}


class DayAnswer(Answer):
    """A closed day. `run_id` is null when nothing was compared on it."""

    day: str
    run_id: UUID | None
    closed_at: str


class DaysAnswer(Answer):
    """A page of closed days, newest first."""

    items: list[DayAnswer]
    next_cursor: str | None


def build_router(days: Days, reports: DayReports) -> APIRouter:
    """Return the routes of days."""
    router = APIRouter(prefix="/staff/reconciliation", tags=["reconciliation"])

    @router.get("/days")
    async def list_days(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> DaysAnswer:
        """Return closed days, newest first. A day of Colombo is closed soon after its midnight."""
        found = await days.list_days(staff.tenant_id, _read_cursor(cursor), limit + 1)
        page = found[:limit]
        return DaysAnswer(
            items=[
                DayAnswer(day=day.isoformat(), run_id=run_id, closed_at=closed_at.isoformat())
                for day, run_id, closed_at in page
            ],
            next_cursor=page[-1][0].isoformat() if len(found) > limit else None,
        )

    @router.get("/days/{day}/report", response_class=Response, responses=_FILES)
    async def get_report(
        day: date, staff: Reader, department_id: Department = None, file_format: AsFile = "pdf"
    ) -> Response:
        """Return the report of a closed day: checks, client money, breaks, ages, balances, 30 days."""
        scope = department_id or staff.department_id
        if scope is not None:
            staff.require_department(scope)
        made = await reports.make(Wanted(staff.tenant_id, day, scope, Format(file_format)), staff.actor)
        return send(made.export, made.content, made.name)

    return router


def _read_cursor(cursor: str | None) -> date | None:
    try:
        return None if cursor is None else date.fromisoformat(cursor)
    except ValueError:
        raise CursorInvalid("Send next_cursor of the page before, unchanged, or no cursor.") from None
