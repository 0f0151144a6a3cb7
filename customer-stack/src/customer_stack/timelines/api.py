"""Staff's routes to timelines, life cycles and the report of compliance."""

import re
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit
from customer_stack.timelines.domain import Family, RecordId, Scope
from customer_stack.timelines.errors import ScopeUnusable
from customer_stack.timelines.schemas import ComplianceReportAnswer, LifeCycleAnswer, MomentPage
from customer_stack.timelines.service import BEGINNING, Timelines
from shared.clock import Clock

Reader = Annotated[StaffPrincipal, require("tenant.timelines.read", whole_tenant=True)]
_RECORD: Final = re.compile(r"([0-9]{1,19})-([0-9]{1,18})", re.ASCII)


def build_router(timelines: Timelines, clock: Clock) -> APIRouter:
    """Return the staff routes."""
    router = APIRouter(prefix="/staff/timelines", tags=["timelines"])

    @router.get("/compliance")
    async def get_report(
        staff: Reader,
        first: Annotated[date, Query(alias="from", examples=["2026-11-01"])],
        last: Annotated[date, Query(alias="to", examples=["2026-11-30"])],
    ) -> ComplianceReportAnswer:
        """Return what compliance did from one day in Colombo to another, counted from the audit."""
        return ComplianceReportAnswer.of(first, last, await timelines.report(staff, first, last))

    @router.get("/{subject_id}/life-cycle")
    async def get_life_cycle(subject_id: UUID, staff: Reader) -> LifeCycleAnswer:
        """Return one wager, or another movement of money, from the request to the settlement."""
        return LifeCycleAnswer.of(await timelines.life_cycle(staff, subject_id))

    @router.get("/{subject_id}")
    async def get_timeline(
        subject_id: UUID,
        staff: Reader,
        family: Annotated[
            Family,
            Query(description="`compliance`: of its modules. `staff`: only what this member of staff did."),
        ] = Family.ALL,
        since: Annotated[AwareDatetime | None, Query(alias="from")] = None,
        until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> MomentPage:
        """Return what the audit says of anything with an id, newest first."""
        scope = Scope(subject_id, family, since or BEGINNING, until or clock.now(), _read_record(cursor))
        return MomentPage.of(await timelines.read(staff, scope, limit + 1), limit)

    return router


def _read_record(cursor: str | None) -> RecordId | None:
    if cursor is None:
        return None
    found = _RECORD.fullmatch(cursor)
    if found is None:
        raise ScopeUnusable("This cursor is none of ours. Begin again without it.")
    return RecordId(int(found[1]), int(found[2]))
