"""Routes of identity checks: the customer's own session and files, and staff's queue."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from customer_stack.edge.authentication import CurrentCustomer, require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_number_cursor, read_uuid_cursor
from customer_stack.files.serving import FILE_ANSWER, FILE_BODY, read_bounded, serve_file
from customer_stack.kyc.domain.claims import day_of
from customer_stack.kyc.domain.files import Side
from customer_stack.kyc.domain.sessions import State
from customer_stack.kyc.schemas.sessions import (
    ContentAnswer,
    DocumentBody,
    FileAnswer,
    IdentityBody,
    OwnSessionAnswer,
    ReviewedAnswer,
    SessionAnswer,
    SessionsAnswer,
    StaffSessionAnswer,
    StaffSessionsAnswer,
    VerdictBody,
)
from customer_stack.kyc.service.drafts import Drafts
from customer_stack.kyc.service.filing import Filing
from customer_stack.kyc.service.reviewing import Reviewer, Reviewing
from shared.clock import Clock

Reader = Annotated[StaffPrincipal, require("tenant.kyc.read")]
ContentReader = Annotated[StaffPrincipal, require("tenant.kyc.read_content")]
Judge = Annotated[StaffPrincipal, require("tenant.kyc.review")]


def build_router(drafts: Drafts, filing: Filing, clock: Clock) -> APIRouter:
    """Return the customer's routes."""
    router = APIRouter(prefix="/v1/kyc", tags=["identity"])

    @router.get("/session")
    async def show_session(customer: CurrentCustomer) -> OwnSessionAnswer:
        """Return your present attempt: where it stands, what you said, what is still needed."""
        return OwnSessionAnswer.of_own(await drafts.read_own(customer.tenant_id, customer.customer_id))

    @router.post("/session", status_code=201)
    async def renew(customer: CurrentCustomer) -> OwnSessionAnswer:
        """Begin to show again who you are, once you are verified; a session that is open is answered."""
        return OwnSessionAnswer.of_own(await drafts.renew(customer.tenant_id, customer.customer_id))

    @router.get("/sessions")
    async def list_sessions(
        customer: CurrentCustomer, limit: Limit = 50, cursor: Cursor = None
    ) -> SessionsAnswer:
        """Return your attempts, newest first."""
        before = read_number_cursor(cursor)
        found = await drafts.list_own(customer.tenant_id, customer.customer_id, before=before, limit=limit)
        return SessionsAnswer(
            items=[SessionAnswer.of(session) for session in found],
            next_cursor=str(found[-1].attempt) if len(found) == limit else None,
        )

    @router.put("/session/identity")
    async def change_identity(body: IdentityBody, customer: CurrentCustomer) -> OwnSessionAnswer:
        """Correct who you are, while the attempt is a draft."""
        own = await drafts.change_claim(customer.tenant_id, customer.customer_id, body.to_change())
        return OwnSessionAnswer.of_own(own)

    @router.put("/session/document")
    async def change_document(body: DocumentBody, customer: CurrentCustomer) -> OwnSessionAnswer:
        """Choose the document that proves it, while the attempt is a draft."""
        change = body.to_change(day_of(clock.now()))
        own = await drafts.change_claim(customer.tenant_id, customer.customer_id, change)
        return OwnSessionAnswer.of_own(own)

    @router.post("/session/submit")
    async def submit(customer: CurrentCustomer) -> OwnSessionAnswer:
        """Submit the draft; a repeat is answered with how it stands. Afterwards it does not change."""
        return OwnSessionAnswer.of_own(await drafts.submit(customer.tenant_id, customer.customer_id))

    @router.post("/files", status_code=201, openapi_extra=FILE_BODY)
    async def add_file(
        request: Request, customer: CurrentCustomer, side: Annotated[Side, Query()]
    ) -> FileAnswer:
        """Send a picture of a side of your document, in place of the one before, while it is a draft."""
        raw = await read_bounded(request)
        return FileAnswer.of(await filing.add(customer.tenant_id, customer.customer_id, side, raw))

    @router.get("/files/{file_id}", response_class=Response, responses=FILE_ANSWER)
    async def fetch_file(file_id: UUID, customer: CurrentCustomer) -> Response:
        """Return a file of yours."""
        file, raw = await filing.read_own(customer.tenant_id, customer.customer_id, file_id)
        return serve_file(file.id, file.format, raw)

    return router


def build_staff_router(reviewing: Reviewing, filing: Filing) -> APIRouter:
    """Return staff's routes."""
    router = APIRouter(prefix="/staff/kyc", tags=["identity"])

    @router.get("/sessions")
    async def list_sessions(
        staff: Reader,
        state: State | None = None,
        mine: Annotated[bool, Query()] = False,  # noqa: FBT002 - a query parameter
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> StaffSessionsAnswer:
        """Return sessions without personal data, oldest first; `mine=true`: those that you may decide now."""
        found = await reviewing.list_sessions(
            reviewer_of(staff), state=state, mine=mine, after=read_uuid_cursor(cursor), limit=limit
        )
        return StaffSessionsAnswer(
            items=[StaffSessionAnswer.of_staff(session) for session in found],
            next_cursor=str(found[-1].id) if len(found) == limit else None,
        )

    @router.get("/sessions/{session_id}")
    async def show_session(session_id: UUID, staff: Reader) -> ReviewedAnswer:
        """Return a session with its steps, without personal data; it is worked out anew and compared."""
        return ReviewedAnswer.of_reviewed(await reviewing.read(reviewer_of(staff), session_id))

    @router.get("/sessions/{session_id}/content")
    async def show_content(session_id: UUID, staff: ContentReader) -> ContentAnswer:
        """Return the personal data of a session and what reviewers wrote; that you looked is recorded."""
        return ContentAnswer.of(await reviewing.read_content(reviewer_of(staff), session_id))

    @router.post("/sessions/{session_id}/take")
    async def take(session_id: UUID, staff: Judge) -> ReviewedAnswer:
        """Take a session for half an hour, so that nobody else works on it."""
        return ReviewedAnswer.of_reviewed(await reviewing.take(reviewer_of(staff), session_id))

    @router.post("/sessions/{session_id}/verdict")
    async def decide(session_id: UUID, body: VerdictBody, staff: Judge) -> ReviewedAnswer:
        """Pass, ask for a retry, reject or escalate the step that waits. Four eyes need a second person."""
        reviewer, opinion = reviewer_of(staff), body.to_opinion()
        return ReviewedAnswer.of_reviewed(await reviewing.decide(reviewer, session_id, opinion))

    @router.post("/sessions/{session_id}/desk")
    async def bring_to_desk(session_id: UUID, staff: Judge) -> ReviewedAnswer:
        """Say that the customer stands before you: their draft takes the route of the desk."""
        return ReviewedAnswer.of_reviewed(await reviewing.bring_to_desk(reviewer_of(staff), session_id))

    @router.get("/files/{file_id}", response_class=Response, responses=FILE_ANSWER)
    async def fetch_file(file_id: UUID, staff: ContentReader) -> Response:
        """Return a file of a session; that you looked is recorded."""
        file, raw = await filing.read_as_staff(reviewer_of(staff), file_id)
        return serve_file(file.id, file.format, raw)

    return router


def reviewer_of(staff: StaffPrincipal) -> Reviewer:
    """Return who acts, and how far they reach."""
    return Reviewer(staff.tenant_id, staff.staff_id, staff.department_id, staff.permissions)
