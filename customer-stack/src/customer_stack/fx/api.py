"""Routes of FX: quotes and conversions for customers, terms for staff."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from customer_stack.edge.authentication import CurrentCustomer, StaffPrincipal, require
from customer_stack.edge.schemas import IdempotencyKey
from customer_stack.fx.domain.quotes import QuoteRequest
from customer_stack.fx.domain.rates import Terms
from customer_stack.fx.schemas import (
    AcceptBody,
    ConversionAnswer,
    QuoteAnswer,
    QuoteBody,
    TermsAnswer,
    TermsBody,
    show_quote,
    show_terms,
)
from customer_stack.fx.service import FxService
from shared.idempotency import Claim, digest_of, key_of
from shared.money import LKR_SCALE, to_minor

TermsSetter = Annotated[StaffPrincipal, require("tenant.fx.set_terms")]


def build_router(service: FxService) -> APIRouter:
    """Return the routes of FX."""
    router = APIRouter(tags=["fx"])

    @router.post("/v1/quotes", status_code=201)
    async def lock_rate(
        body: QuoteBody, customer: CurrentCustomer, key: IdempotencyKey = None
    ) -> QuoteAnswer:
        """Lock the rate for a deposit, for LKR that waits in the wallet, or for a withdrawal of USD."""
        request = QuoteRequest(
            tenant_id=customer.tenant_id,
            department_id=customer.department_id,
            customer_id=customer.customer_id,
            purpose=body.purpose,
            amount=body.fixed(),
        )
        digest = digest_of("POST /v1/quotes", body.model_dump_json().encode())
        quote = await service.lock_rate(request, Claim(customer.customer_id, key_of(key), digest))
        return show_quote(quote, None)

    @router.get("/v1/quotes/{quote_id}")
    async def get_quote(quote_id: UUID, customer: CurrentCustomer) -> QuoteAnswer:
        """Return a quote and what became of it."""
        standing = await service.get_quote(customer.tenant_id, customer.customer_id, quote_id)
        return show_quote(standing.quote, standing.outcome)

    @router.post("/v1/conversions", status_code=201)
    async def accept_quote(
        body: AcceptBody, customer: CurrentCustomer, key: IdempotencyKey = None
    ) -> ConversionAnswer:
        """Convert LKR that waits in the wallet at the quote's rate."""
        digest = digest_of("POST /v1/conversions", body.model_dump_json().encode())
        conversion_id = await service.accept_quote(
            customer.tenant_id,
            customer.department_id,
            customer.customer_id,
            body.quote_id,
            Claim(customer.customer_id, key_of(key), digest),
        )
        return ConversionAnswer(id=conversion_id)

    @router.post("/staff/fx/terms", status_code=201)
    async def set_terms(body: TermsBody, staff: TermsSetter) -> TermsAnswer:
        """Set a department's spread, fee and bounds; quotes given before keep theirs."""
        terms = Terms(
            version=0,
            sell_spread_basis=body.sell_spread_basis,
            buy_spread_basis=body.buy_spread_basis,
            fee_basis=body.fee_basis,
            fee_fixed=to_minor(Decimal(body.fee_fixed), LKR_SCALE),
            minimum_amount=to_minor(Decimal(body.minimum_amount), LKR_SCALE),
            maximum_amount=to_minor(Decimal(body.maximum_amount), LKR_SCALE),
            quote_lifetime=timedelta(seconds=body.quote_lifetime_seconds),
            mid_lifetime=timedelta(seconds=body.mid_lifetime_seconds),
            stock_share_basis=body.stock_share_basis,
            till_share_basis=body.till_share_basis,
        )
        staff.require_department(body.department_id)
        kept = await service.set_terms(staff.tenant_id, body.department_id, terms, staff.actor)
        return show_terms(body.department_id, kept)

    return router
