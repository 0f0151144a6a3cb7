"""Routes of cards: customers' charges, what staff sees and records, the card network's question."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from customer_stack.cards.errors import NothingToRefund
from customer_stack.cards.schemas import (
    BreaksAnswer,
    ChargeAnswer,
    ChargeBody,
    ChargesAnswer,
    IssuedCardAnswer,
    IssuedCardBody,
    NetworkAnswer,
    RefundBody,
    SettlementBody,
    SettlementMadeAnswer,
    SettlementsAnswer,
    ShadowReportAnswer,
    show_break,
    show_card,
    show_charge,
    show_settlement,
    show_shadow,
)
from customer_stack.cards.service.asking import ChargePage, ChargeRequest, ChargesService, RefundRequest
from customer_stack.cards.service.issuing import IssuingService
from customer_stack.cards.service.settling import SettlementRequest, SettlementsService
from customer_stack.edge.authentication import CurrentCustomer, require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, IdempotencyKey, Limit
from shared.idempotency import Claim, digest_of, key_of
from shared.money import LKR_SCALE, to_minor

Reader = Annotated[StaffPrincipal, require("tenant.cards.read")]
Operator = Annotated[StaffPrincipal, require("tenant.cards.operate")]


def build_router(charges: ChargesService) -> APIRouter:
    """Return the routes of customers' charges."""
    router = APIRouter(tags=["cards"])

    @router.post("/v1/card-charges", status_code=201)
    async def charge(body: ChargeBody, customer: CurrentCustomer, key: IdempotencyKey = None) -> ChargeAnswer:
        """Pay a deposit quote with a card; look at the charge again to see what became of it."""
        request = ChargeRequest(
            customer.tenant_id, customer.department_id, customer.customer_id, body.quote_id, body.card_token
        )
        digest = digest_of("POST /v1/card-charges", body.model_dump_json().encode())
        claim = Claim(customer.customer_id, key_of(key), digest)
        return show_charge(await charges.charge(request, claim))

    @router.get("/v1/card-charges")
    async def list_charges(
        customer: CurrentCustomer, limit: Limit = 50, cursor: Cursor = None
    ) -> ChargesAnswer:
        """Return your charges, newest first, each with what became of it and what to do next."""
        return _show(await charges.list(customer.tenant_id, customer.customer_id, limit, cursor))

    @router.get("/v1/card-charges/{charge_id}")
    async def get_charge(charge_id: UUID, customer: CurrentCustomer) -> ChargeAnswer:
        """Return one of your charges."""
        return show_charge(await charges.get(customer.tenant_id, customer.customer_id, charge_id))

    @router.post("/v1/card-charges/{charge_id}/refund", status_code=202)
    async def refund(
        charge_id: UUID, body: RefundBody, customer: CurrentCustomer, key: IdempotencyKey = None
    ) -> ChargeAnswer:
        """Send LKR that waits in your wallet back to the card that it came from."""
        request = RefundRequest(
            tenant_id=customer.tenant_id,
            customer_id=customer.customer_id,
            charge_id=charge_id,
            amount=_positive(body.amount),
            actor=customer.actor,
            key=key_of(key),
            digest=_refund_digest(charge_id, body),
        )
        return show_charge(await charges.refund(request))

    return router


def build_staff_router(
    charges: ChargesService, settlements: SettlementsService, issuing: IssuingService
) -> APIRouter:
    """Return the routes of staff."""
    router = APIRouter(prefix="/staff/cards", tags=["cards"])

    @router.get("/charges")
    async def list_charges(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> ChargesAnswer:
        """Return all customers' charges, newest first."""
        reach = staff.department_id
        return _show(await charges.list(staff.tenant_id, None, limit, cursor, department_id=reach))

    @router.post("/charges/{charge_id}/refund", status_code=202)
    async def refund(
        charge_id: UUID, body: RefundBody, staff: Operator, key: IdempotencyKey = None
    ) -> ChargeAnswer:
        """Send LKR that waits in the customer's wallet back to the card that it came from."""
        request = RefundRequest(
            tenant_id=staff.tenant_id,
            customer_id=None,
            charge_id=charge_id,
            amount=_positive(body.amount),
            actor=staff.actor,
            key=key_of(key),
            digest=_refund_digest(charge_id, body),
            department_id=staff.department_id,
        )
        return show_charge(await charges.refund(request))

    @router.post("/charges/{charge_id}/ask-again")
    async def ask_again(charge_id: UUID, staff: Operator) -> ChargeAnswer:
        """Have the acquirer asked again about a charge that stalled, and about its refunds."""
        asked = await charges.ask_again(
            staff.tenant_id, charge_id, staff.actor, department_id=staff.department_id
        )
        return show_charge(asked)

    @router.post("/settlements", status_code=201)
    async def settle(
        body: SettlementBody, staff: Operator, key: IdempotencyKey = None
    ) -> SettlementMadeAnswer:
        """Record what the acquirer or a gateway paid to the bank, and the fee that it kept."""
        staff.require_department(body.department_id)
        digest = digest_of("POST /staff/cards/settlements", body.model_dump_json().encode())
        request = SettlementRequest(
            tenant_id=staff.tenant_id,
            actor=staff.actor,
            claim=Claim(body.department_id, key_of(key), digest),
            bank_reference=body.bank_reference,
            gross=_cents(body.gross),
            fee=_cents(body.fee),
        )
        return SettlementMadeAnswer(movement_id=await settlements.settle(request))

    @router.get("/settlements")
    async def list_settlements(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> SettlementsAnswer:
        """Return what the acquirer paid, newest first."""
        page = await settlements.list(staff.tenant_id, limit, cursor)
        items = [show_settlement(made) for made in page.settlements]
        return SettlementsAnswer(items=items, next_cursor=page.next_cursor)

    @router.post("/issued", status_code=201)
    async def register_card(body: IssuedCardBody, staff: Operator) -> IssuedCardAnswer:
        """Record which customer a card of ours belongs to, by the issuer's token."""
        card = await issuing.register_card(staff.tenant_id, body.customer_id, body.card_token, staff.actor)
        return show_card(card)

    @router.get("/shadow")
    async def report_shadow(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> ShadowReportAnswer:
        """Return what we would have answered and posted while issuing is not live, newest first."""
        return show_shadow(await issuing.report_shadow(staff.tenant_id, limit, cursor))

    @router.get("/breaks")
    async def list_breaks(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> BreaksAnswer:
        """Return clearings above what was authorised, newest first; their excess was not posted."""
        page = await issuing.list_breaks(staff.tenant_id, limit, cursor)
        return BreaksAnswer(items=[show_break(one) for one in page.clearings], next_cursor=page.next_cursor)

    return router


def build_network_router(issuing: IssuingService) -> APIRouter:
    """Return the card network's route."""
    router = APIRouter(tags=["cards"])

    @router.post("/webhooks/issuer/authorisations")
    async def authorise(request: Request) -> NetworkAnswer:
        """Answer a signed question of the card network at once; "decline: not_live" in shadow mode."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        decision, reason = await issuing.authorise(await request.body(), headers)
        return NetworkAnswer.model_validate({"decision": decision, "reason": reason})

    return router


def _show(page: ChargePage) -> ChargesAnswer:
    return ChargesAnswer(items=[show_charge(row) for row in page.charges], next_cursor=page.next_cursor)


def _refund_digest(charge_id: UUID, body: RefundBody) -> bytes:
    return digest_of(f"refund card charge {charge_id}", body.model_dump_json().encode())


def _cents(text: str) -> int:
    return to_minor(Decimal(text), LKR_SCALE)


def _positive(text: str) -> int:
    """Return an amount above zero. Raises NothingToRefund."""
    amount = _cents(text)
    if amount == 0:
        raise NothingToRefund("The amount is zero. Send an amount above zero.")
    return amount
