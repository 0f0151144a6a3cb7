"""Routes of tiers: what a customer's verification is worth, what they expect, who is due for review."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from customer_stack.edge.authentication import CurrentCustomer, require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_uuid_cursor
from customer_stack.kyc.api import reviewer_of
from customer_stack.kyc.schemas.tiers import DueAnswer, DuePage, StandingAnswer, TurnoverBody
from customer_stack.kyc.service.tiers import Tiers

Reader = Annotated[StaffPrincipal, require("tenant.kyc.read")]
Judge = Annotated[StaffPrincipal, require("tenant.kyc.review")]


def build_router(tiers: Tiers) -> APIRouter:
    """Return the customer's routes."""
    router = APIRouter(prefix="/v1/kyc", tags=["identity"])

    @router.get("/standing")
    async def show_standing(customer: CurrentCustomer) -> StandingAnswer:
        """Return your tier, its limit, and until when your verification and your document are good."""
        return StandingAnswer.of(await tiers.read_own(customer.tenant_id, customer.customer_id))

    @router.put("/expected-turnover")
    async def declare_turnover(body: TurnoverBody, customer: CurrentCustomer) -> StandingAnswer:
        """Say how much you expect to pay in and out in a month, and where it comes from."""
        standing = await tiers.declare_turnover(
            customer.tenant_id, customer.customer_id, body.cents, body.source
        )
        return StandingAnswer.of(standing)

    return router


def build_staff_router(tiers: Tiers) -> APIRouter:
    """Return staff's routes."""
    router = APIRouter(prefix="/staff/kyc", tags=["identity"])

    @router.get("/customers/{customer_id}/standing")
    async def show_standing(customer_id: UUID, staff: Reader) -> StandingAnswer:
        """Return what a customer's verification is worth, and what they expect to turn over."""
        return StandingAnswer.of(await tiers.read_as_staff(reviewer_of(staff), customer_id))

    @router.get("/reviews")
    async def list_due(staff: Reader, until: date, limit: Limit = 50, cursor: Cursor = None) -> DuePage:
        """Return customers whose review is due or whose document ends by a day."""
        found = await tiers.list_due(
            reviewer_of(staff), until=until, after=read_uuid_cursor(cursor), limit=limit
        )
        return DuePage(
            items=[DueAnswer.of(each) for each in found],
            next_cursor=str(found[-1].customer_id) if len(found) == limit else None,
        )

    @router.post("/customers/{customer_id}/renewal", status_code=204)
    async def renew(customer_id: UUID, staff: Judge) -> None:
        """Ask a verified customer to show again who they are: a draft is opened for them."""
        await tiers.renew(reviewer_of(staff), customer_id)

    return router
