"""Routes of open banking."""

from uuid import UUID

from fastapi import APIRouter

from customer_stack.edge.authentication import CurrentCustomer
from customer_stack.edge.schemas import Cursor, IdempotencyKey, Limit
from customer_stack.open_banking.schemas import (
    ConsentAnswer,
    ConsentBody,
    ConsentsAnswer,
    NewConsentAnswer,
    show_consent,
    show_new_consent,
)
from customer_stack.open_banking.service import OpenBankingService
from shared.idempotency import Claim, digest_of, key_of


def build_router(service: OpenBankingService) -> APIRouter:
    """Return the routes of open banking."""
    router = APIRouter(tags=["open banking"])

    @router.post("/v1/bank-consents", status_code=201)
    async def ask(
        body: ConsentBody, customer: CurrentCustomer, key: IdempotencyKey = None
    ) -> NewConsentAnswer:
        """Ask to pay a deposit quote from your bank account, or to show an account as yours."""
        digest = digest_of("POST /v1/bank-consents", body.model_dump_json().encode())
        claim = Claim(customer.customer_id, key_of(key), digest)
        standing, authorise_url = await service.ask(customer, body.quote_id, claim)
        return show_new_consent(standing, authorise_url)

    @router.get("/v1/bank-consents")
    async def list_consents(
        customer: CurrentCustomer, limit: Limit = 50, cursor: Cursor = None
    ) -> ConsentsAnswer:
        """Return your consents, newest first, each with how far it is and what to do next."""
        page = await service.list_consents(customer, limit, cursor)
        items = [show_consent(standing) for standing in page.standings]
        return ConsentsAnswer(items=items, next_cursor=page.next_cursor)

    @router.get("/v1/bank-consents/{consent_id}")
    async def get(consent_id: UUID, customer: CurrentCustomer) -> ConsentAnswer:
        """Return a consent and how far it is."""
        return show_consent(await service.get(customer, consent_id))

    return router
