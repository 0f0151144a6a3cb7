"""Staff routes of settlement: propose, decide, release, and what the bank says."""

from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Request

from customer_stack.access.domain import Officer
from customer_stack.bank_files.api import read_bounded
from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import IdempotencyKey
from customer_stack.settlement.domain.purposes import Purposes
from customer_stack.settlement.schemas import (
    ApprovalAnswer,
    ApproveBody,
    MessageAnswer,
    ProposeBody,
    PurposesAnswer,
    RejectBody,
    SettlementAnswer,
    show_message,
    show_purposes,
    show_settlement,
)
from customer_stack.settlement.service.closing import ClosingService
from customer_stack.settlement.service.deciding import Deciding
from customer_stack.settlement.service.proposing import Proposing
from customer_stack.settlement.service.releasing import Releasing
from shared.idempotency import digest_of, key_of

Reader = Annotated[StaffPrincipal, require("tenant.settlement.read", whole_tenant=True)]
Proposer = Annotated[StaffPrincipal, require("tenant.settlement.propose", whole_tenant=True)]
Approver = Annotated[StaffPrincipal, require("tenant.settlement.approve", whole_tenant=True)]
Releaser = Annotated[StaffPrincipal, require("tenant.settlement.release", whole_tenant=True)]

_XML_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The file as the bank gave it: camt.053, camt.054 or pain.002 about our USD account.",
        "content": {"application/xml": {"schema": {"type": "string"}}},
    }
}


@dataclass(frozen=True, slots=True)
class ActingServices:
    """What the routes that change something work with."""

    proposing: Proposing
    deciding: Deciding
    releasing: Releasing
    closing: ClosingService
    purposes: Purposes


def build_router(services: ActingServices) -> APIRouter:
    """Return the routes that change something."""
    router = APIRouter(prefix="/staff/settlements", tags=["settlement"])
    _add_decisions(router, services)
    _add_bank(router, services.closing)
    return router


def _add_decisions(router: APIRouter, services: ActingServices) -> None:
    @router.get("/purposes")
    async def list_purposes(_staff: Reader) -> PurposesAnswer:
        """Return what a settlement may be for."""
        return show_purposes(services.purposes)

    @router.post("", status_code=201)
    async def propose(body: ProposeBody, staff: Proposer, key: IdempotencyKey = None) -> SettlementAnswer:
        """Propose to settle everything reported so far; execution has to agree first."""
        digest = digest_of("settlement.propose", body.model_dump_json().encode())
        proposed = await services.proposing.propose(_officer(staff), body.purpose_code, key_of(key), digest)
        return show_settlement(proposed)

    @router.get("/{settlement_id}/approval")
    async def prepare(settlement_id: UUID, staff: Approver) -> ApprovalAnswer:
        """Return what you would sign, and what your browser needs where you have a passkey."""
        request = await services.deciding.prepare(_officer(staff), settlement_id)
        return ApprovalAnswer(
            instruction=request.settlement.instruction.canonical().decode(),
            digest=request.settlement.digest.hex(),
            method="password_and_code" if request.options is None else "passkey",
            options=request.options,
        )

    @router.post("/{settlement_id}/approval")
    async def approve(settlement_id: UUID, body: ApproveBody, staff: Approver) -> SettlementAnswer:
        """Sign exactly the instruction with this digest; never your own proposal."""
        approved = await services.deciding.approve(
            _officer(staff), settlement_id, bytes.fromhex(body.digest), body.evidence
        )
        return show_settlement(approved)

    @router.post("/{settlement_id}/rejection")
    async def reject(settlement_id: UUID, body: RejectBody, staff: Approver) -> SettlementAnswer:
        """Reject what is not released, with a reason."""
        return show_settlement(await services.deciding.reject(_officer(staff), settlement_id, body.reason))

    @router.post("/{settlement_id}/release")
    async def release(settlement_id: UUID, staff: Releaser) -> SettlementAnswer:
        """Put the approved payment on its way and make its files; only where this is switched on."""
        return show_settlement(await services.releasing.release(_officer(staff), settlement_id))


def _add_bank(router: APIRouter, closing: ClosingService) -> None:
    @router.post("/bank-files", status_code=201, openapi_extra=_XML_BODY)
    async def import_message(request: Request, staff: Releaser) -> MessageAnswer:
        """Take what the bank with our USD account says; the same file again is harmless."""
        raw = await read_bounded(request)
        return show_message(await closing.import_message(_officer(staff), raw))


def _officer(staff: StaffPrincipal) -> Officer:
    return Officer(staff.tenant_id, staff.staff_id, staff.department_id)
