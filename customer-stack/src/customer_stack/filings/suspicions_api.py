"""Staff routes of suspicious transaction reports. Their permissions are of few; to others nothing is there.

To tell anybody that a suspicion was reported is an offence (FTRA No. 6 of 2006, section 9): these routes have
permissions of their own, every look at them is in the audit, and no other route says that a report exists.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_uuid_cursor
from customer_stack.filings.api import file_of, page_of, person_of
from customer_stack.filings.domain.lifecycle import State, Step, Wanted
from customer_stack.filings.schemas.reports import (
    FilingAnswer,
    FilingsAnswer,
    HistoryAnswer,
    NarrativeAnswer,
    NarrativeBody,
    PreparedAnswer,
    SubmissionBody,
    SuspicionBody,
    show_filing,
    show_history,
    show_prepared,
)
from customer_stack.filings.service.filing import Filings
from customer_stack.filings.service.preparing import Preparing
from customer_stack.filings.service.suspecting import Suspecting, Suspicion

Reader = Annotated[StaffPrincipal, require("tenant.filings.read_str")]
Writer = Annotated[StaffPrincipal, require("tenant.filings.write_str")]
Approver = Annotated[StaffPrincipal, require("tenant.filings.approve_str")]


def build_suspicions_router(suspicions: Filings, suspecting: Suspecting, preparing: Preparing) -> APIRouter:
    """Return the staff routes of reports of suspicions."""
    router = APIRouter(prefix="/staff/filings/suspicions", tags=["filings"])
    _add_reading(router, suspicions, suspecting)
    _add_writing(router, suspicions, suspecting, preparing)
    _add_files(router, suspicions)
    _add_way(router, suspicions)
    return router


def _add_reading(router: APIRouter, suspicions: Filings, suspecting: Suspecting) -> None:
    @router.get("")
    async def list_suspicions(
        staff: Reader,
        state: State | None = None,
        case_id: Annotated[UUID | None, Query(description="Reports of one case.")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> FilingsAnswer:
        """Return reports of suspicions, newest first; the audit remembers who looked."""
        wanted = Wanted(is_suspicion=True, state=state, case_id=case_id)
        before = read_uuid_cursor(cursor)
        return page_of(await suspicions.list_filings(person_of(staff), wanted, before, limit + 1), limit)

    @router.get("/{report_id}")
    async def get_suspicion(report_id: UUID, staff: Reader) -> HistoryAnswer:
        """Return a report with its steps, movements and files; the audit remembers who looked."""
        return show_history(await suspicions.read(person_of(staff), report_id))

    @router.get("/{report_id}/narrative")
    async def get_narrative(report_id: UUID, staff: Reader) -> NarrativeAnswer:
        """Return the words of a report; the audit remembers who read them."""
        found = await suspecting.read_narrative(person_of(staff), report_id)
        return NarrativeAnswer(reason=found.reason, action=found.action, indicators=list(found.indicators))


def _add_writing(
    router: APIRouter, suspicions: Filings, suspecting: Suspecting, preparing: Preparing
) -> None:
    @router.post("", status_code=201)
    async def draft(body: SuspicionBody, staff: Writer) -> FilingAnswer:
        """Draft a report of a suspicion. Its working days count from `suspected_at`."""
        suspicion = Suspicion(
            body.customer_id, body.suspected_at, body.to_narrative(), body.to_chosen(), body.case_id
        )
        return show_filing(await suspecting.draft(person_of(staff), suspicion))

    @router.put("/{report_id}/narrative")
    async def edit(report_id: UUID, body: NarrativeBody, staff: Writer) -> FilingAnswer:
        """Replace words and movements of a draft."""
        return show_filing(
            await suspecting.edit(person_of(staff), report_id, body.to_narrative(), body.to_chosen())
        )

    @router.post("/{report_id}/preparation")
    async def prepare(report_id: UUID, staff: Writer) -> PreparedAnswer:
        """Make the file and check it. Findings that are errors leave the report a draft."""
        return show_prepared(await preparing.prepare(person_of(staff), report_id, is_suspicion=True))

    @router.post("/{report_id}/correction", status_code=201)
    async def correct(report_id: UUID, staff: Writer) -> FilingAnswer:
        """Draft the correction of a report that the FIU has accepted or rejected."""
        return show_filing(await suspicions.correct(person_of(staff), report_id))


def _add_files(router: APIRouter, suspicions: Filings) -> None:
    @router.post("/{report_id}/export")
    async def export(report_id: UUID, staff: Writer) -> Response:
        """Return the approved file, to be sent to the FIU. Each time is a step that is kept."""
        return file_of(await suspicions.export(person_of(staff), report_id))

    @router.get("/{report_id}/files/{file_id}")
    async def get_file(report_id: UUID, file_id: UUID, staff: Writer) -> Response:
        """Return any file that was made of a report, as it was made; that you looked is recorded."""
        return file_of(await suspicions.read_file(person_of(staff), report_id, file_id))


def _add_way(router: APIRouter, suspicions: Filings) -> None:
    async def step(staff: StaffPrincipal, report_id: UUID, wanted: Step) -> FilingAnswer:
        return show_filing(await suspicions.step(person_of(staff), report_id, wanted))

    @router.post("/{report_id}/approval")
    async def approve(report_id: UUID, staff: Approver) -> FilingAnswer:
        """Approve what others drafted and prepared."""
        return await step(staff, report_id, Step.APPROVE)

    @router.post("/{report_id}/return")
    async def send_back(report_id: UUID, staff: Approver) -> FilingAnswer:
        """Give a prepared report back for more work."""
        return await step(staff, report_id, Step.RETURN)

    @router.post("/{report_id}/recall")
    async def recall(report_id: UUID, staff: Writer) -> FilingAnswer:
        """Take a report that was not submitted back for more work."""
        return await step(staff, report_id, Step.RETURN)

    @router.post("/{report_id}/drop")
    async def drop(report_id: UUID, staff: Writer) -> FilingAnswer:
        """Give a draft up."""
        return await step(staff, report_id, Step.DROP)

    @router.post("/{report_id}/submission")
    async def submit(report_id: UUID, body: SubmissionBody, staff: Writer) -> FilingAnswer:
        """Say that the file was sent, and the FIU's reference."""
        return show_filing(
            await suspicions.step(person_of(staff), report_id, Step.SUBMIT, body.fiu_reference)
        )

    @router.post("/{report_id}/acceptance")
    async def accept(report_id: UUID, staff: Writer) -> FilingAnswer:
        """Say that the FIU accepted the report."""
        return await step(staff, report_id, Step.ACCEPT)

    @router.post("/{report_id}/rejection")
    async def reject(report_id: UUID, staff: Writer) -> FilingAnswer:
        """Say that the FIU rejected the report; a correction is the next thing to do."""
        return await step(staff, report_id, Step.REJECT)
