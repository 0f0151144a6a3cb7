"""Staff routes of cases: the queue, one case, what people do with it, what waits for it.

Cases are seen by staff of the whole tenant: who works for one department only is refused.
"""

import re
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from customer_stack.cases.domain.lifecycle import State
from customer_stack.cases.schemas.cases import (
    AssignmentBody,
    CaseAnswer,
    CaseFileAnswer,
    CaseLinkBody,
    CasesAnswer,
    CaseStepsAnswer,
    HeldAnswer,
    LinksAnswer,
    NoteBody,
    NotesAnswer,
    NoteWrittenAnswer,
    ProposalBody,
    ReasonBody,
    WholeCaseAnswer,
    show_case,
    show_file,
    show_held,
    show_link,
    show_note,
    show_step,
    show_whole,
)
from customer_stack.cases.service.deciding import HoldDecisions
from customer_stack.cases.service.filing import Filing
from customer_stack.cases.service.ground import Person
from customer_stack.cases.service.reading import Reading, Wanted
from customer_stack.cases.service.working import Working
from customer_stack.edge.authentication import require
from customer_stack.edge.principals import DepartmentOutOfReach, StaffPrincipal
from customer_stack.edge.schemas import Cursor, CursorInvalid, Limit, read_number_cursor, read_uuid_cursor
from customer_stack.files.serving import FILE_ANSWER, FILE_BODY, read_bounded, serve_file
from shared.clock import Clock

Reader = Annotated[StaffPrincipal, require("tenant.cases.read")]
ContentReader = Annotated[StaffPrincipal, require("tenant.cases.read_content")]
Worker = Annotated[StaffPrincipal, require("tenant.cases.work")]
Assigner = Annotated[StaffPrincipal, require("tenant.cases.assign")]
Closer = Annotated[StaffPrincipal, require("tenant.cases.close")]
Releaser = Annotated[StaffPrincipal, require("tenant.cases.release")]
Family = Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9_]{2,47}$", description="Cases of one family.")]

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


def build_router(
    reading: Reading, working: Working, decisions: HoldDecisions, filing: Filing, clock: Clock
) -> APIRouter:
    """Return the staff routes of cases."""
    router = APIRouter(prefix="/staff/cases", tags=["cases"])
    _add_files(router, filing)
    _add_reading(router, reading)
    _add_work(router, working, clock)
    _add_closing(router, working, clock)
    _add_decisions(router, decisions)
    return router


def _add_reading(router: APIRouter, reading: Reading) -> None:
    @router.get("")
    async def list_cases(
        staff: Reader,
        state: State | None = None,
        family: Family = None,
        customer_id: UUID | None = None,
        mine: Annotated[bool, Query()] = False,  # noqa: FBT002 - a query parameter
        overdue: Annotated[bool, Query()] = False,  # noqa: FBT002 - a query parameter
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> CasesAnswer:
        """Return cases, the highest priority first; `mine`: that you work on; `overdue`: past their time."""
        wanted = Wanted(state, family, customer_id, mine, overdue)
        found, now = await reading.list_cases(person_of(staff), wanted, _read_cursor(cursor), limit)
        last = found[-1] if len(found) == limit else None
        return CasesAnswer(
            items=[show_case(case, now) for case in found],
            next_cursor=None if last is None else f"{last.priority}.{last.id}",
        )

    @router.get("/{case_id}")
    async def show(case_id: UUID, staff: Reader) -> WholeCaseAnswer:
        """Return a case with what it is about and what waits for it."""
        return show_whole(await reading.read(person_of(staff), case_id))

    @router.get("/{case_id}/steps")
    async def list_steps(
        case_id: UUID, staff: Reader, limit: Limit = 50, cursor: Cursor = None
    ) -> CaseStepsAnswer:
        """Return what happened to a case, in order."""
        after = read_number_cursor(cursor) or 0
        found = await reading.list_steps(person_of(staff), case_id, after, limit)
        return CaseStepsAnswer(
            items=[show_step(taken) for taken in found],
            next_cursor=str(found[-1].number) if len(found) == limit else None,
        )

    @router.get("/{case_id}/links")
    async def list_links(
        case_id: UUID, staff: Reader, limit: Limit = 50, cursor: Cursor = None
    ) -> LinksAnswer:
        """Return everything that a case is about, by kind and id."""
        found = await reading.list_links(person_of(staff), case_id, _read_link_cursor(cursor), limit)
        last = found[-1].link if len(found) == limit else None
        return LinksAnswer(
            items=[show_link(link) for link in found],
            next_cursor=None if last is None else f"{last.kind}.{last.id}",
        )

    @router.get("/{case_id}/notes")
    async def show_written(
        case_id: UUID, staff: ContentReader, limit: Limit = 50, cursor: Cursor = None
    ) -> NotesAnswer:
        """Return what people wrote in a case, newest first; that you looked is recorded."""
        found = await reading.read_notes(person_of(staff), case_id, read_uuid_cursor(cursor), limit)
        return NotesAnswer(
            items=[show_note(note) for note in found],
            next_cursor=str(found[-1].written.id) if len(found) == limit else None,
        )


def _add_work(router: APIRouter, working: Working, clock: Clock) -> None:
    @router.post("/{case_id}/take")
    async def take(case_id: UUID, staff: Worker) -> CaseAnswer:
        """Take a case that nobody works on."""
        return show_case(await working.take(person_of(staff), case_id), clock.now())

    @router.post("/{case_id}/assignment")
    async def assign(case_id: UUID, body: AssignmentBody, staff: Assigner) -> CaseAnswer:
        """Give a case to somebody who works on cases, also one that another works on."""
        case = await working.assign(person_of(staff), case_id, body.assignee_id)
        return show_case(case, clock.now())

    @router.post("/{case_id}/put-back")
    async def put_back(case_id: UUID, staff: Worker) -> CaseAnswer:
        """Put a case that you work on back into the queue."""
        return show_case(await working.put_back(person_of(staff), case_id), clock.now())

    @router.post("/{case_id}/notes", status_code=201)
    async def write(case_id: UUID, body: NoteBody, staff: Worker) -> NoteWrittenAnswer:
        """Write a note."""
        return NoteWrittenAnswer(id=await working.write(person_of(staff), case_id, body.text))

    @router.post("/{case_id}/links", status_code=204)
    async def link(case_id: UUID, body: CaseLinkBody, staff: Worker) -> None:
        """Say that another case belongs to this one; both say so afterwards."""
        await working.link(person_of(staff), case_id, body.case_id)

    @router.post("/{case_id}/proposal")
    async def propose(case_id: UUID, body: ProposalBody, staff: Worker) -> CaseAnswer:
        """Propose to close a case that you work on; somebody else approves it."""
        case = await working.propose(person_of(staff), case_id, body.outcome, body.reason)
        return show_case(case, clock.now())

    @router.post("/{case_id}/withdrawal")
    async def withdraw(case_id: UUID, body: ReasonBody, staff: Worker) -> CaseAnswer:
        """Take a proposal to close back: there is more to look at."""
        return show_case(await working.withdraw(person_of(staff), case_id, body.reason), clock.now())


def _add_closing(router: APIRouter, working: Working, clock: Clock) -> None:
    @router.post("/{case_id}/approval")
    async def close(case_id: UUID, staff: Closer) -> CaseAnswer:
        """Close a case as somebody else proposed. Restrictions that it caused end, unless it is confirmed."""
        return show_case(await working.close(person_of(staff), case_id), clock.now())

    @router.post("/{case_id}/rejection")
    async def reject(case_id: UUID, body: ReasonBody, staff: Closer) -> CaseAnswer:
        """Send a case that somebody proposed to close back to work."""
        return show_case(await working.reject(person_of(staff), case_id, body.reason), clock.now())

    @router.post("/{case_id}/reopening")
    async def reopen(case_id: UUID, body: ReasonBody, staff: Closer) -> CaseAnswer:
        """Open a closed case again, with a new deadline."""
        return show_case(await working.reopen(person_of(staff), case_id, body.reason), clock.now())


def _add_decisions(router: APIRouter, decisions: HoldDecisions) -> None:
    @router.post("/{case_id}/held/{held_id}/request")
    async def ask(case_id: UUID, held_id: UUID, staff: Worker) -> HeldAnswer:
        """Ask that a command is released; somebody else decides."""
        return show_held(await decisions.ask(person_of(staff), case_id, held_id))

    @router.post("/{case_id}/held/{held_id}/release")
    async def release(case_id: UUID, held_id: UUID, staff: Releaser) -> HeldAnswer:
        """Let a command go on as far as it still can: the answer says how it ended."""
        return show_held(await decisions.release(person_of(staff), case_id, held_id))

    @router.post("/{case_id}/held/{held_id}/refusal")
    async def refuse(case_id: UUID, held_id: UUID, staff: Releaser) -> HeldAnswer:
        """Turn a request for a release down; the command waits on."""
        return show_held(await decisions.refuse(person_of(staff), case_id, held_id))

    @router.post("/{case_id}/held/{held_id}/denial")
    async def deny(case_id: UUID, held_id: UUID, staff: Worker) -> HeldAnswer:
        """End a command and give its funds back to the customer: the answer says how it ended."""
        return show_held(await decisions.deny(person_of(staff), case_id, held_id))


def _add_files(router: APIRouter, filing: Filing) -> None:
    @router.post("/files", status_code=201, openapi_extra=FILE_BODY)
    async def add_file(request: Request, staff: Worker, case_id: Annotated[UUID, Query()]) -> CaseFileAnswer:
        """Attach a file to a case; it is kept sealed."""
        raw = await read_bounded(request)
        return show_file(await filing.add(person_of(staff), case_id, raw))

    @router.get("/{case_id}/files/{file_id}", response_class=Response, responses=FILE_ANSWER)
    async def fetch_file(case_id: UUID, file_id: UUID, staff: ContentReader) -> Response:
        """Return a file of a case; that you looked is recorded."""
        file, raw = await filing.read(person_of(staff), case_id, file_id)
        return serve_file(file.id, file.format, raw)


def person_of(staff: StaffPrincipal) -> Person:
    """Return who acts. Raises DepartmentOutOfReach for who works for one department."""
    if staff.department_id is not None:
        raise DepartmentOutOfReach("Cases belong to the whole tenant. Ask somebody who works there.")
    return Person(staff.tenant_id, staff.staff_id, staff.permissions)


def _read_cursor(cursor: str | None) -> tuple[int, UUID] | None:
    """Return after which priority and case to go on. Raises CursorInvalid."""
    found = _split(cursor, r"[0-9]{1,4}")
    return None if found is None else (int(found[0]), found[1])


def _read_link_cursor(cursor: str | None) -> tuple[str, UUID] | None:
    """Return after which link to go on. Raises CursorInvalid."""
    return _split(cursor, r"[a-z_]{2,40}")


def _split(cursor: str | None, head: str) -> tuple[str, UUID] | None:
    if cursor is None:
        return None
    first, _, last = cursor.partition(".")
    if re.fullmatch(head, first, re.ASCII) is None or _UUID.fullmatch(last) is None:
        raise CursorInvalid("Send next_cursor of the page before, unchanged, or no cursor.")
    return first, UUID(last)
