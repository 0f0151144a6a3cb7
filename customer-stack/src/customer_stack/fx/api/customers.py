"""Routes of FX for customers: rates, quotes, conversions."""

from uuid import UUID

from fastapi import APIRouter

from customer_stack.edge.authentication import CurrentCustomer
from customer_stack.edge.origin import RequestCountry
from customer_stack.edge.schemas import IdempotencyKey
from customer_stack.fx.domain.quotes import QuoteRequest
from customer_stack.fx.errors import RateUnavailable
from customer_stack.fx.schemas.conversions import ConversionView, show_conversion
from customer_stack.fx.schemas.quotes import (
    AcceptBody,
    ConversionAnswer,
    QuoteAnswer,
    QuoteBody,
    show_quote,
)
from customer_stack.fx.schemas.rates import RatesAnswer, show_rates
from customer_stack.fx.service import FxReading, FxService, RateDesk, Wanted
from shared.idempotency import Claim, digest_of, key_of


def add_customer_routes(router: APIRouter, service: FxService, desk: RateDesk, reading: FxReading) -> None:
    """Add what customers see and do."""

    @router.get("/v1/rates")
    async def get_rates(customer: CurrentCustomer) -> RatesAnswer:
        """Return what we buy and sell USD at now; a quote locks one of them for some minutes."""
        shown = show_rates(await desk.get_rates(customer.tenant_id, customer.department_id))
        if shown is None:
            raise RateUnavailable("There is no exchange rate now. Try again in a minute.")
        return shown

    @router.post("/v1/quotes", status_code=201)
    async def lock_rate(
        body: QuoteBody, customer: CurrentCustomer, country: RequestCountry, key: IdempotencyKey = None
    ) -> QuoteAnswer:
        """Lock the rate for a deposit, for LKR that waits in the wallet, or for a withdrawal of USD."""
        request = QuoteRequest(
            tenant_id=customer.tenant_id,
            department_id=customer.department_id,
            customer_id=customer.customer_id,
            purpose=body.purpose,
            amount=body.fixed(),
            country=country,
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
        body: AcceptBody, customer: CurrentCustomer, country: RequestCountry, key: IdempotencyKey = None
    ) -> ConversionAnswer:
        """Convert LKR that waits in the wallet at the quote's rate."""
        digest = digest_of("POST /v1/conversions", body.model_dump_json().encode())
        conversion_id = await service.accept_quote(
            customer.tenant_id,
            customer.department_id,
            customer.customer_id,
            body.quote_id,
            Claim(customer.customer_id, key_of(key), digest),
            country,
        )
        return ConversionAnswer(id=conversion_id)

    @router.get("/v1/conversions/{conversion_id}")
    async def get_conversion(conversion_id: UUID, customer: CurrentCustomer) -> ConversionView:
        """Return a conversion of yours: both amounts, the fee, all rates, and what the division left over."""
        wanted = Wanted(customer.tenant_id, customer_id=customer.customer_id)
        return show_conversion(await reading.get_conversion(wanted, conversion_id))
