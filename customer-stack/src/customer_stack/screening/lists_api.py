"""Staff routes of lists: versions, what each changed, what came of every look at a publisher."""

from typing import Annotated

from fastapi import APIRouter, Query

from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_number_cursor, read_uuid_cursor
from customer_stack.screening.domain.versions import CheckOutcome
from customer_stack.screening.schemas import (
    ChangesAnswer,
    ChecksAnswer,
    VersionAnswer,
    VersionsAnswer,
    show_changes,
    show_checks,
    show_versions,
)
from customer_stack.screening.service.reading import VersionReading

Reader = Annotated[StaffPrincipal, require("tenant.screening.read")]
ListName = Annotated[
    str | None, Query(alias="list", pattern=r"^[a-z][a-z_]{1,31}$", description="Of one list.")
]


def build_router(versions: VersionReading) -> APIRouter:
    """Return the staff routes of lists."""
    router = APIRouter(prefix="/staff/screening", tags=["screening"])

    @router.get("/lists")
    async def list_current(_staff: Reader) -> tuple[VersionAnswer, ...]:
        """Return of each list the version that counts."""
        return tuple(map(VersionAnswer.of, await versions.list_current()))

    @router.get("/versions")
    async def list_versions(
        _staff: Reader, name: ListName = None, limit: Limit = 50, cursor: Cursor = None
    ) -> VersionsAnswer:
        """Return versions of lists, newest first."""
        found = await versions.list_versions(name, read_number_cursor(cursor), limit + 1)
        return show_versions(found, limit)

    @router.get("/versions/{number}/changes")
    async def list_changes(
        number: int, _staff: Reader, limit: Limit = 50, cursor: Cursor = None
    ) -> ChangesAnswer:
        """Return what a version changed, by entry id."""
        return show_changes(await versions.list_changes(number, cursor, limit + 1), limit)

    @router.get("/checks")
    async def list_checks(
        _staff: Reader,
        name: ListName = None,
        outcome: CheckOutcome | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> ChecksAnswer:
        """Return looks at lists, newest first: what was taken, refused, not reached, and why."""
        found = await versions.list_checks(name, outcome, read_uuid_cursor(cursor), limit + 1)
        return show_checks(found, limit)

    return router
