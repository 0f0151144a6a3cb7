"""Staff routes of settlement."""

import hashlib
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from customer_stack.edge.authentication import StaffPrincipal, require
from customer_stack.edge.schemas import Cursor, IdempotencyKey, Limit
from customer_stack.exports.serving import send
from customer_stack.ledger.service import read_id_cursor
from customer_stack.settlement.schemas import (
    ApproveBody,
    ExportManifest,
    PaymentBody,
    ProposeBody,
    RejectBody,
    SettlementAnswer,
    SettlementsAnswer,
    show_settlement,
)
from customer_stack.settlement.service import Person, SettlementService
from shared.idempotency import digest_of, key_of
from shared.money import USD_SCALE, to_minor

Reader = Annotated[StaffPrincipal, require("tenant.settlement.read")]
Proposer = Annotated[StaffPrincipal, require("tenant.settlement.propose")]
Approver = Annotated[StaffPrincipal, require("tenant.settlement.approve")]
Releaser = Annotated[StaffPrincipal, require("tenant.settlement.release")]


def build_router(service: SettlementService) -> APIRouter:
    """Return the staff routes of settlement."""
    router = APIRouter(prefix="/staff/settlements", tags=["settlement"])
    _add_reading(router, service)

    @router.post("", status_code=201)
    async def propose(body: ProposeBody, staff: Proposer, key: IdempotencyKey = None) -> SettlementAnswer:
        """Propose to settle everything reported so far; execution has to agree first."""
        digest = digest_of("settlement.propose", body.model_dump_json().encode())
        return show_settlement(await service.propose(_person(staff), body.purpose_code, key_of(key), digest))

    @router.post("/{settlement_id}/approval")
    async def approve(settlement_id: UUID, body: ApproveBody, staff: Approver) -> SettlementAnswer:
        """Approve exactly the instruction with this digest; never your own proposal."""
        approved = await service.approve(_person(staff), settlement_id, bytes.fromhex(body.digest))
        return show_settlement(approved)

    @router.post("/{settlement_id}/rejection")
    async def reject(settlement_id: UUID, body: RejectBody, staff: Approver) -> SettlementAnswer:
        """Reject a proposal with a reason."""
        return show_settlement(await service.reject(_person(staff), settlement_id, body.reason))

    @router.post("/{settlement_id}/release")
    async def release(settlement_id: UUID, staff: Releaser) -> SettlementAnswer:
        """Say that the approved payment was sent; only where the operator has this switched on."""
        return show_settlement(await service.release(_person(staff), settlement_id))

    @router.post("/{settlement_id}/payment")
    async def record_payment(settlement_id: UUID, body: PaymentBody, staff: Releaser) -> SettlementAnswer:
        """Record the bank's word that the released payment arrived."""
        amount = to_minor(Decimal(body.amount), USD_SCALE)
        paid = await service.record_payment(_person(staff), settlement_id, amount, body.bank_reference)
        return show_settlement(paid)

    return router


def _add_reading(router: APIRouter, service: SettlementService) -> None:
    @router.get("")
    async def list_settlements(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> SettlementsAnswer:
        """Return settlements, newest first."""
        found = await service.list_settlements(staff.tenant_id, read_id_cursor(cursor), limit + 1)
        page = found[:limit]
        return SettlementsAnswer(
            items=[show_settlement(settlement) for settlement in page],
            next_cursor=str(page[-1].instruction.id) if len(found) > limit else None,
        )

    @router.get("/{settlement_id}")
    async def get(settlement_id: UUID, staff: Reader) -> SettlementAnswer:
        """Return a settlement with the instruction that an approval approves."""
        return show_settlement(await service.get(staff.tenant_id, settlement_id))

    @router.get("/{settlement_id}/export")
    async def get_manifest(settlement_id: UUID, staff: Reader) -> ExportManifest:
        """Return the export's manifest: the file's hash is part of the approved instruction."""
        settlement, csv, rows = await service.export(staff.tenant_id, settlement_id)
        return ExportManifest(
            settlement_id=settlement_id,
            file=f"/staff/settlements/{settlement_id}/export.csv",
            rows=rows,
            csv_sha256=hashlib.sha256(csv).hexdigest(),
            instruction=settlement.instruction.canonical().decode(),
            instruction_sha256=settlement.digest.hex(),
        )

    @router.get("/{settlement_id}/export.csv", response_class=Response)
    async def get_export(settlement_id: UUID, staff: Reader) -> Response:
        """Return the period as CSV, one customer per line."""
        export, csv = await service.hand_out(_person(staff), settlement_id)
        return send(export, csv, f"settlement-{settlement_id}.csv")


def _person(staff: StaffPrincipal) -> Person:
    return Person(staff.tenant_id, staff.staff_id)
