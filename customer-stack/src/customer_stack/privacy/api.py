"""A customer's routes of privacy."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from customer_stack.disclosures.service import Disclosures, load_kinds
from customer_stack.edge.authentication import CurrentCustomer
from customer_stack.edge.schemas import Cursor, Limit, read_number_cursor, read_uuid_cursor
from customer_stack.exports.serving import stream
from customer_stack.privacy.configuration import load_inventory
from customer_stack.privacy.domain.consents import Channel, Language, Purpose
from customer_stack.privacy.domain.retention import day_of, due_at
from customer_stack.privacy.schemas import (
    ClosedAnswer,
    ConsentBody,
    ConsentsAnswer,
    ErasureRequestAnswer,
    ErasureRequestPage,
    ExportAnswer,
    ExportPage,
    TextsAnswer,
    ToldLookPage,
)
from customer_stack.privacy.service.consents import Consents, Said
from customer_stack.privacy.service.exporting import Archived, Exporting
from customer_stack.privacy.service.ground import RELATIONSHIP
from customer_stack.privacy.service.leaving import Leaving
from shared.clock import Clock

ZIP_ANSWER: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"application/zip": {}}, "description": "The archive."}
}


def build_router(
    consents: Consents, leaving: Leaving, exporting: Exporting, disclosures: Disclosures, clock: Clock
) -> APIRouter:
    """Return a customer's routes."""
    router = APIRouter(prefix="/v1/privacy", tags=["privacy"])
    _add_consents(router, consents)
    _add_leaving(router, leaving, clock)
    _add_exports(router, exporting)

    @router.get("/disclosures")
    async def list_looks(customer: CurrentCustomer, limit: Limit = 50, cursor: Cursor = None) -> ToldLookPage:
        """Return when staff looked at your data, what they saw and why, newest first."""
        found = await disclosures.list_told(
            customer.tenant_id, customer.customer_id, read_number_cursor(cursor), limit
        )
        return ToldLookPage.of(found, load_kinds(), limit)

    return router


def _add_consents(router: APIRouter, consents: Consents) -> None:
    @router.get("/texts")
    async def list_texts(language: Annotated[Language, Query()] = Language.ENGLISH) -> TextsAnswer:
        """Return what a customer agrees to, in the versions that are shown today."""
        required = frozenset(purpose for purpose in Purpose if consents.is_required(purpose))
        return TextsAnswer.of(consents.shown(), required, language)

    @router.get("/consents")
    async def list_consents(customer: CurrentCustomer) -> ConsentsAnswer:
        """Return what you agreed to, and what asks for your word."""
        return ConsentsAnswer.of(await consents.read(customer.tenant_id, customer.customer_id))

    @router.post("/consents")
    async def say(body: ConsentBody, customer: CurrentCustomer) -> ConsentsAnswer:
        """Agree to the shown version of a text, or take a consent back."""
        said = Said(body.purpose, body.version, body.language, body.given, Channel.ONLINE)
        found = await consents.say(customer.tenant_id, customer.customer_id, said, customer.actor)
        return ConsentsAnswer.of(found)


def _add_leaving(router: APIRouter, leaving: Leaving, clock: Clock) -> None:
    retention = load_inventory().periods[RELATIONSHIP]

    @router.post("/closure")
    async def close(customer: CurrentCustomer) -> ClosedAnswer:
        """Close your empty account; you are signed out everywhere and cannot sign in again."""
        account = await leaving.close(customer.tenant_id, customer.customer_id, customer.actor)
        until = day_of(due_at(clock.now(), retention))
        return ClosedAnswer(customer_id=account.id, status=account.status, kept_until=until)

    @router.post("/erasure-requests", status_code=201)
    async def ask_erasure(customer: CurrentCustomer) -> ErasureRequestAnswer:
        """Ask to be erased; the answer says until when the law keeps your data."""
        found = await leaving.request_erasure(
            customer.tenant_id, customer.customer_id, Channel.ONLINE, customer.actor
        )
        return ErasureRequestAnswer.of(found, retention)

    @router.get("/erasure-requests")
    async def list_requests(
        customer: CurrentCustomer, limit: Limit = 50, cursor: Cursor = None
    ) -> ErasureRequestPage:
        """Return your requests, oldest first."""
        found = await leaving.list_requests(
            customer.tenant_id, customer.customer_id, read_uuid_cursor(cursor), limit
        )
        return ErasureRequestPage.of(found, retention, limit)


def _add_exports(router: APIRouter, exporting: Exporting) -> None:
    @router.post("/exports", status_code=202)
    async def ask(customer: CurrentCustomer) -> ExportAnswer:
        """Ask for a copy of everything that is kept of you."""
        return ExportAnswer.of(await exporting.ask(customer.tenant_id, customer.customer_id, customer.actor))

    @router.get("/exports")
    async def list_exports(customer: CurrentCustomer, limit: Limit = 50, cursor: Cursor = None) -> ExportPage:
        """Return your exports, newest first."""
        before = read_uuid_cursor(cursor)
        found = await exporting.list_of(customer.tenant_id, customer.customer_id, before, limit)
        return ExportPage.of(found, limit)

    @router.get("/exports/{export_id}/content", response_class=StreamingResponse, responses=ZIP_ANSWER)
    async def fetch(export_id: UUID, customer: CurrentCustomer) -> StreamingResponse:
        """Return an export of yours as a ZIP file."""
        return serve(await exporting.open_own(customer.tenant_id, customer.customer_id, export_id))


def serve(archived: Archived) -> StreamingResponse:
    """Return an archive so that nothing keeps a copy on the way."""
    export = archived.export
    return stream(archived.line, archived.content, f"{export.id.hex}.zip", export.size_bytes or 0)
