"""The route of checkouts."""

from fastapi import APIRouter

from customer_stack.checkouts.schemas import CheckoutAnswer, CheckoutBody
from customer_stack.checkouts.service import CheckoutsService
from customer_stack.edge.authentication import CurrentCustomer
from customer_stack.payments.providers.hosted_checkout import CUSTOMER_FIELDS


def build_router(service: CheckoutsService) -> APIRouter:
    """Return the route of checkouts."""
    router = APIRouter(tags=["payments"])

    @router.post("/v1/checkouts", status_code=201)
    async def build(body: CheckoutBody, customer: CurrentCustomer) -> CheckoutAnswer:
        """Return the form with which you pay a deposit quote by card on the gateway's page."""
        form, expires_at = await service.build(customer.tenant_id, customer.customer_id, body.quote_id)
        return CheckoutAnswer(
            action_url=form.action_url,
            fields=dict(form.fields),
            customer_fields=list(CUSTOMER_FIELDS),
            expires_at=expires_at.isoformat(),
        )

    return router
