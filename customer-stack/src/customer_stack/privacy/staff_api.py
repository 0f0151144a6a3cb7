"""Staff's routes of privacy."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from customer_stack.disclosures.service import Disclosures
from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_number_cursor, read_uuid_cursor
from customer_stack.privacy.api import ZIP_ANSWER, serve
from customer_stack.privacy.configuration import load_inventory
from customer_stack.privacy.domain.consents import Channel
from customer_stack.privacy.domain.retention import Outcome
from customer_stack.privacy.schemas import (
    ConsentPage,
    DecisionBody,
    ErasurePage,
    ErasureRequestAnswer,
    ErasureRequestPage,
    ExportAnswer,
    ExportPage,
    InventoryAnswer,
    LookPage,
    PersonAnswer,
    ProposalAnswer,
    ProposalBody,
    ProposalPage,
)
from customer_stack.privacy.service.consents import Consents
from customer_stack.privacy.service.exporting import Exporting
from customer_stack.privacy.service.ground import RELATIONSHIP
from customer_stack.privacy.service.leaving import Leaving

Reader = Annotated[StaffPrincipal, require("tenant.privacy.read")]
Operator = Annotated[StaffPrincipal, require("tenant.privacy.operate")]
Approver = Annotated[StaffPrincipal, require("tenant.privacy.decide")]
Exporter = Annotated[StaffPrincipal, require("tenant.privacy.export")]
Overseer = Annotated[StaffPrincipal, require("tenant.privacy.read_disclosures")]


def build_staff_router(
    consents: Consents, leaving: Leaving, exporting: Exporting, disclosures: Disclosures
) -> APIRouter:
    """Return staff's routes."""
    router = APIRouter(prefix="/staff/privacy", tags=["privacy"])
    _add_people(router, consents, leaving)
    _add_proposals(router, leaving)
    _add_exports(router, exporting)
    _add_looks(router, disclosures)

    @router.get("/inventory")
    async def show_inventory(_staff: Reader) -> InventoryAnswer:
        """Return where personal data is, why it is kept and for how long."""
        inventory = load_inventory()
        tables = [table for table in inventory.tables.values() if table.columns]
        return InventoryAnswer.of(tables, list(inventory.periods.values()))

    return router


def _add_people(router: APIRouter, consents: Consents, leaving: Leaving) -> None:
    retention = load_inventory().periods[RELATIONSHIP]

    @router.get("/customers/{customer_id}")
    async def show_person(customer_id: UUID, staff: Reader) -> PersonAnswer:
        """Return how a person stands: kept until when, held, erased. Without personal data."""
        return PersonAnswer.of(await leaving.show(staff, customer_id), retention)

    @router.get("/customers/{customer_id}/consents")
    async def list_consents(
        customer_id: UUID, staff: Reader, limit: Limit = 50, cursor: Cursor = None
    ) -> ConsentPage:
        """Return everything that a customer agreed to or took back, oldest first."""
        found = await consents.list_all(staff, customer_id, read_number_cursor(cursor), limit)
        return ConsentPage.of(found, limit)

    @router.post("/customers/{customer_id}/closure")
    async def close(customer_id: UUID, staff: Operator) -> PersonAnswer:
        """Close an empty account."""
        await leaving.show(staff, customer_id)
        await leaving.close(staff.tenant_id, customer_id, staff.actor)
        return PersonAnswer.of(await leaving.show(staff, customer_id), retention)

    @router.post("/customers/{customer_id}/erasure-requests", status_code=201)
    async def take_request(customer_id: UUID, staff: Operator) -> ErasureRequestAnswer:
        """Record that a person asked at the desk to be erased, and what they are told."""
        await leaving.show(staff, customer_id)
        found = await leaving.request_erasure(staff.tenant_id, customer_id, Channel.DESK, staff.actor)
        return ErasureRequestAnswer.of(found, retention)

    @router.get("/customers/{customer_id}/erasure-requests")
    async def list_requests(
        customer_id: UUID, staff: Reader, limit: Limit = 50, cursor: Cursor = None
    ) -> ErasureRequestPage:
        """Return a person's requests, oldest first."""
        await leaving.show(staff, customer_id)
        found = await leaving.list_requests(staff.tenant_id, customer_id, read_uuid_cursor(cursor), limit)
        return ErasureRequestPage.of(found, retention, limit)

    @router.get("/erasures")
    async def list_erasures(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> ErasurePage:
        """Return who was erased, by customer id."""
        found = await leaving.list_erasures(staff.tenant_id, read_uuid_cursor(cursor), limit)
        return ErasurePage.of(found, limit)


def _add_proposals(router: APIRouter, leaving: Leaving) -> None:
    @router.get("/proposals")
    async def list_proposals(
        staff: Reader,
        is_open: Annotated[bool | None, Query(alias="open")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> ProposalPage:
        """Return proposals, oldest first; `open=true`: those that wait for a second person."""
        after = read_uuid_cursor(cursor)
        found = await leaving.list_proposals(staff, is_open=is_open, after=after, limit=limit)
        return ProposalPage.of(found, limit)

    @router.post("/customers/{customer_id}/proposals", status_code=201)
    async def propose(customer_id: UUID, body: ProposalBody, staff: Operator) -> ProposalAnswer:
        """Propose to erase before the time, to hold beyond it, or to lift a hold. A hold counts at once."""
        found = await leaving.propose(staff, customer_id, body.wish, body.basis, body.reference)
        return ProposalAnswer.of(found)

    @router.post("/proposals/{proposal_id}/decision")
    async def decide(proposal_id: UUID, body: DecisionBody, staff: Approver) -> ProposalAnswer:
        """Approve or reject what another person proposed."""
        return ProposalAnswer.of(await leaving.decide(staff, proposal_id, Outcome(body.outcome)))

    @router.post("/proposals/{proposal_id}/withdrawal")
    async def withdraw(proposal_id: UUID, staff: Operator) -> ProposalAnswer:
        """Withdraw what you proposed."""
        return ProposalAnswer.of(await leaving.decide(staff, proposal_id, Outcome.WITHDRAWN))


def _add_exports(router: APIRouter, exporting: Exporting) -> None:
    @router.post("/customers/{customer_id}/exports", status_code=202)
    async def ask(customer_id: UUID, staff: Exporter) -> ExportAnswer:
        """Have a copy of everything made for a person who cannot sign in."""
        return ExportAnswer.of(await exporting.ask_as_staff(staff, customer_id))

    @router.get("/customers/{customer_id}/exports")
    async def list_exports(
        customer_id: UUID, staff: Exporter, limit: Limit = 50, cursor: Cursor = None
    ) -> ExportPage:
        """Return a person's exports, newest first."""
        before = read_uuid_cursor(cursor)
        found = await exporting.list_of(staff.tenant_id, customer_id, before, limit)
        return ExportPage.of(found, limit)

    @router.get("/exports/{export_id}/content", response_class=StreamingResponse, responses=ZIP_ANSWER)
    async def fetch(export_id: UUID, staff: Exporter) -> StreamingResponse:
        """Return an export as a ZIP file; that you looked is recorded."""
        return serve(await exporting.open_as_staff(staff, export_id))


def _add_looks(router: APIRouter, disclosures: Disclosures) -> None:
    @router.get("/customers/{customer_id}/disclosures")
    async def list_of_customer(
        customer_id: UUID, staff: Overseer, limit: Limit = 50, cursor: Cursor = None
    ) -> LookPage:
        """Return who looked at a customer's data, newest first."""
        before = read_number_cursor(cursor)
        return LookPage.of(await disclosures.list_of_customer(staff, customer_id, before, limit), limit)

    @router.get("/staff/{staff_id}/disclosures")
    async def list_of_staff(
        staff_id: UUID, staff: Overseer, limit: Limit = 50, cursor: Cursor = None
    ) -> LookPage:
        """Return at whose data a member of staff looked, newest first."""
        before = read_number_cursor(cursor)
        return LookPage.of(await disclosures.list_of_staff(staff, staff_id, before, limit), limit)
