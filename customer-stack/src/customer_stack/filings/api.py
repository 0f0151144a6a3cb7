"""Staff routes of filings: who reports, movements that wait, threshold reports and their way."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import TypeAdapter

from customer_stack.edge.authentication import require
from customer_stack.edge.principals import DepartmentOutOfReach, StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_number_cursor, read_uuid_cursor
from customer_stack.exports.serving import send
from customer_stack.filings.domain.lifecycle import Filing, State, Step, Wanted
from customer_stack.filings.domain.movements import Waiting
from customer_stack.filings.domain.profile import Counterparty, Party, Profile
from customer_stack.filings.schemas.knowing import (
    CounterpartyBody,
    DecisionBody,
    PartyBody,
    ProfileBody,
    ProfilesAnswer,
    ProfileVersionAnswer,
    show_profile,
    show_version,
)
from customer_stack.filings.schemas.reports import (
    DraftBody,
    FilingAnswer,
    FilingsAnswer,
    HistoryAnswer,
    MovementsAnswer,
    PreparedAnswer,
    SubmissionBody,
    show_filing,
    show_history,
    show_movement,
    show_prepared,
)
from customer_stack.filings.service.filing import Filings, Leaving
from customer_stack.filings.service.ground import Person
from customer_stack.filings.service.knowing import Knowledge
from customer_stack.filings.service.preparing import Preparing

Reader = Annotated[StaffPrincipal, require("tenant.filings.read")]
Writer = Annotated[StaffPrincipal, require("tenant.filings.write")]
Approver = Annotated[StaffPrincipal, require("tenant.filings.approve")]
Configurer = Annotated[StaffPrincipal, require("tenant.filings.configure")]
_PROFILE: TypeAdapter[Profile] = TypeAdapter(Profile)
_PARTY: TypeAdapter[Party] = TypeAdapter(Party)


def build_router(filings: Filings, preparing: Preparing, knowledge: Knowledge) -> APIRouter:
    """Return the staff routes of threshold reports."""
    router = APIRouter(prefix="/staff/filings", tags=["filings"])
    _add_profiles(router, knowledge)
    _add_knowledge(router, filings, knowledge)
    _add_reading(router, filings)
    _add_writing(router, filings, preparing)
    _add_files(router, filings)
    _add_way(router, filings)
    return router


def _add_profiles(router: APIRouter, knowledge: Knowledge) -> None:
    @router.post("/profiles", status_code=201)
    async def propose_profile(body: ProfileBody, staff: Configurer) -> ProfileVersionAnswer:
        """Propose who reports and how; it counts once another person has approved it."""
        return show_version(await knowledge.propose_profile(person_of(staff), _read_profile(body)))

    @router.post("/profiles/{number}/decision")
    async def decide_profile(number: int, body: DecisionBody, staff: Approver) -> ProfileVersionAnswer:
        """Approve or reject what another person proposed."""
        return show_version(
            await knowledge.decide_profile(person_of(staff), number, is_approved=body.is_approved)
        )

    @router.get("/profiles")
    async def list_profiles(staff: Reader, limit: Limit = 20, cursor: Cursor = None) -> ProfilesAnswer:
        """Return versions of who reports, newest first."""
        found = await knowledge.list_profiles(person_of(staff), read_number_cursor(cursor), limit + 1)
        page = found[:limit]
        more = str(page[-1].version.sealed.number) if len(found) > limit else None
        return ProfilesAnswer(items=[show_profile(each) for each in page], next_cursor=more)


def _add_knowledge(router: APIRouter, filings: Filings, knowledge: Knowledge) -> None:
    @router.get("/movements")
    async def list_movements(
        staff: Reader,
        waiting: Annotated[Waiting, Query(description="Which movements.")] = Waiting.OPEN,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> MovementsAnswer:
        """Return movements that somebody has to do something about, oldest found first."""
        after = read_uuid_cursor(cursor)
        found = await filings.list_waiting(person_of(staff), waiting, after, limit + 1)
        page = found[:limit]
        more = str(page[-1].id) if len(found) > limit else None
        return MovementsAnswer(items=[show_movement(each) for each in page], next_cursor=more)

    @router.put("/movements/{movement_id}/counterparty", status_code=204)
    async def write_counterparty(movement_id: UUID, body: CounterpartyBody, staff: Writer) -> None:
        """Write down whose the account outside of a movement is, and which bank keeps it."""
        counterparty = Counterparty(**body.model_dump())
        await knowledge.write_counterparty(person_of(staff), movement_id, counterparty)

    @router.put("/parties/{customer_id}", status_code=204)
    async def write_party(customer_id: UUID, body: PartyBody, staff: Writer) -> None:
        """Write down what a report asks of a client beyond the profile."""
        party = _PARTY.validate_python(body.model_dump())
        await knowledge.write_party(person_of(staff), customer_id, party)

    @router.get("/parties/{customer_id}")
    async def read_party(customer_id: UUID, staff: Writer) -> PartyBody:
        """Return what was written down of a client; the audit remembers who looked."""
        found = await knowledge.read_party(person_of(staff), customer_id)
        return PartyBody.model_validate(found, from_attributes=True)


def _add_reading(router: APIRouter, filings: Filings) -> None:
    @router.get("/reports")
    async def list_reports(
        staff: Reader, state: State | None = None, limit: Limit = 50, cursor: Cursor = None
    ) -> FilingsAnswer:
        """Return threshold reports, newest first."""
        wanted, before = Wanted(is_suspicion=False, state=state), read_uuid_cursor(cursor)
        return page_of(await filings.list_filings(person_of(staff), wanted, before, limit + 1), limit)

    @router.get("/reports/{report_id}")
    async def get_report(report_id: UUID, staff: Reader) -> HistoryAnswer:
        """Return a report with its steps, movements and files."""
        return show_history(await filings.read(person_of(staff), report_id))


def _add_writing(router: APIRouter, filings: Filings, preparing: Preparing) -> None:
    @router.post("/reports", status_code=201)
    async def draft(body: DraftBody, staff: Writer) -> FilingAnswer:
        """Draft a report of everything of a period that no report tells of."""
        return show_filing(
            await filings.draft(person_of(staff), body.report_code, body.first_day, body.last_day)
        )

    @router.delete("/reports/{report_id}/movements/{movement_id}")
    async def leave_out(report_id: UUID, movement_id: UUID, staff: Writer) -> FilingAnswer:
        """Take a movement out of a draft; it waits for another report."""
        return show_filing(await filings.leave_out(person_of(staff), report_id, movement_id))

    @router.post("/reports/{report_id}/preparation")
    async def prepare(report_id: UUID, staff: Writer) -> PreparedAnswer:
        """Make the file and check it. Findings that are errors leave the report a draft."""
        return show_prepared(await preparing.prepare(person_of(staff), report_id, is_suspicion=False))

    @router.post("/reports/{report_id}/correction", status_code=201)
    async def correct(report_id: UUID, staff: Writer) -> FilingAnswer:
        """Draft the correction of a report that the FIU has accepted or rejected."""
        return show_filing(await filings.correct(person_of(staff), report_id))


def _add_files(router: APIRouter, filings: Filings) -> None:
    @router.post("/reports/{report_id}/export")
    async def export(report_id: UUID, staff: Writer) -> Response:
        """Return the approved file, to be sent to the FIU. Each time is a step that is kept."""
        return file_of(await filings.export(person_of(staff), report_id))

    @router.get("/reports/{report_id}/files/{file_id}")
    async def get_file(report_id: UUID, file_id: UUID, staff: Writer) -> Response:
        """Return any file that was made of a report, as it was made; that you looked is recorded."""
        return file_of(await filings.read_file(person_of(staff), report_id, file_id))


def _add_way(router: APIRouter, filings: Filings) -> None:
    async def step(staff: StaffPrincipal, report_id: UUID, wanted: Step) -> FilingAnswer:
        return show_filing(await filings.step(person_of(staff), report_id, wanted))

    @router.post("/reports/{report_id}/approval")
    async def approve(report_id: UUID, staff: Approver) -> FilingAnswer:
        """Approve what others drafted and prepared."""
        return await step(staff, report_id, Step.APPROVE)

    @router.post("/reports/{report_id}/return")
    async def send_back(report_id: UUID, staff: Approver) -> FilingAnswer:
        """Give a prepared report back for more work."""
        return await step(staff, report_id, Step.RETURN)

    @router.post("/reports/{report_id}/recall")
    async def recall(report_id: UUID, staff: Writer) -> FilingAnswer:
        """Take a report that was not submitted back for more work."""
        return await step(staff, report_id, Step.RETURN)

    @router.post("/reports/{report_id}/drop")
    async def drop(report_id: UUID, staff: Writer) -> FilingAnswer:
        """Give a draft up; its movements wait for another report."""
        return await step(staff, report_id, Step.DROP)

    @router.post("/reports/{report_id}/submission")
    async def submit(report_id: UUID, body: SubmissionBody, staff: Writer) -> FilingAnswer:
        """Say that the file was sent, and the FIU's reference."""
        return show_filing(await filings.step(person_of(staff), report_id, Step.SUBMIT, body.fiu_reference))

    @router.post("/reports/{report_id}/acceptance")
    async def accept(report_id: UUID, staff: Writer) -> FilingAnswer:
        """Say that the FIU accepted the report."""
        return await step(staff, report_id, Step.ACCEPT)

    @router.post("/reports/{report_id}/rejection")
    async def reject(report_id: UUID, staff: Writer) -> FilingAnswer:
        """Say that the FIU rejected the report; a correction is the next thing to do."""
        return await step(staff, report_id, Step.REJECT)


def person_of(staff: StaffPrincipal) -> Person:
    """Return who acts. Raises DepartmentOutOfReach for who works for one department."""
    if staff.department_id is not None:
        raise DepartmentOutOfReach("Reports belong to the whole tenant. Ask somebody who works there.")
    return Person(staff.tenant_id, staff.staff_id)


def page_of(found: Sequence[Filing], limit: int) -> FilingsAnswer:
    """Return a page of reports, of which one more than its size was asked for."""
    page = found[:limit]
    more = str(page[-1].id) if len(found) > limit else None
    return FilingsAnswer(items=[show_filing(each) for each in page], next_cursor=more)


def file_of(file: Leaving) -> Response:
    """Return a file as a download that nothing on the way keeps."""
    return send(file.export, file.content, file.name)


def _read_profile(body: ProfileBody) -> Profile:
    document: dict[str, Any] = body.model_dump()
    return _PROFILE.validate_python(document)
