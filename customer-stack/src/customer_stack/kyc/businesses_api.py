"""Routes of businesses: the representative's, the owners', and staff's."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from customer_stack.edge.authentication import CurrentCustomer, require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_uuid_cursor
from customer_stack.kyc.api import reviewer_of
from customer_stack.kyc.domain.businesses import BusinessState
from customer_stack.kyc.schemas.businesses import (
    AcceptanceBody,
    BusinessAnswer,
    BusinessBody,
    BusinessPage,
    BusinessVerdictBody,
    DeclaredAnswer,
    InvitationAnswer,
    InvitationBody,
    StaffDeclaredAnswer,
)
from customer_stack.kyc.service.businesses import Businesses

Reader = Annotated[StaffPrincipal, require("tenant.kyc.read")]
ContentReader = Annotated[StaffPrincipal, require("tenant.kyc.read_content")]
Judge = Annotated[StaffPrincipal, require("tenant.kyc.review")]


def build_router(businesses: Businesses) -> APIRouter:
    """Return the customers' routes."""
    router = APIRouter(prefix="/v1/kyc", tags=["identity"])

    @router.post("/businesses", status_code=201)
    async def declare(body: BusinessBody, customer: CurrentCustomer) -> DeclaredAnswer:
        """Declare a business that you represent."""
        declared = await businesses.declare(
            customer.tenant_id, customer.customer_id, body.name, body.number, body.country
        )
        return DeclaredAnswer.of(declared)

    @router.get("/businesses")
    async def list_businesses(
        customer: CurrentCustomer, limit: Limit = 50, cursor: Cursor = None
    ) -> BusinessPage:
        """Return the businesses that you represent, oldest first."""
        after = read_uuid_cursor(cursor)
        found = await businesses.list_own(customer.tenant_id, customer.customer_id, after=after, limit=limit)
        return BusinessPage(
            items=[BusinessAnswer.of(each) for each in found],
            next_cursor=str(found[-1].id) if len(found) == limit else None,
        )

    @router.get("/businesses/{business_id}")
    async def show_business(business_id: UUID, customer: CurrentCustomer) -> DeclaredAnswer:
        """Return a business that you represent, with who is declared."""
        return DeclaredAnswer.of(
            await businesses.read_own(customer.tenant_id, customer.customer_id, business_id)
        )

    @router.post("/businesses/{business_id}/owners", status_code=201)
    async def invite(business_id: UUID, body: InvitationBody, customer: CurrentCustomer) -> InvitationAnswer:
        """Invite an owner or director; give them the token. They accept as customers of their own."""
        invitation = await businesses.invite(
            customer.tenant_id,
            customer.customer_id,
            business_id,
            body.share_basis,
            is_director=body.is_director,
        )
        return InvitationAnswer.of(invitation)

    @router.delete("/businesses/{business_id}/owners/{owner_id}", status_code=204)
    async def withdraw(business_id: UUID, owner_id: UUID, customer: CurrentCustomer) -> None:
        """Take somebody out of a draft."""
        await businesses.withdraw(customer.tenant_id, customer.customer_id, business_id, owner_id)

    @router.post("/business-invitations/accept", status_code=204)
    async def accept(body: AcceptanceBody, customer: CurrentCustomer) -> None:
        """Say that you are the owner or director whom an invitation means."""
        await businesses.accept(customer.tenant_id, customer.customer_id, body.token)

    @router.post("/businesses/{business_id}/submit")
    async def submit(business_id: UUID, customer: CurrentCustomer) -> DeclaredAnswer:
        """Submit a business; everybody who must be declared has to be, and to have accepted."""
        return DeclaredAnswer.of(
            await businesses.submit(customer.tenant_id, customer.customer_id, business_id)
        )

    return router


def build_staff_router(businesses: Businesses) -> APIRouter:
    """Return staff's routes."""
    router = APIRouter(prefix="/staff/kyc/businesses", tags=["identity"])

    @router.get("")
    async def list_businesses(
        staff: Reader, state: BusinessState | None = None, limit: Limit = 50, cursor: Cursor = None
    ) -> BusinessPage:
        """Return businesses without their names, oldest first."""
        found = await businesses.list_for_staff(
            reviewer_of(staff), state=state, after=read_uuid_cursor(cursor), limit=limit
        )
        return BusinessPage(
            items=[BusinessAnswer.of(each) for each in found],
            next_cursor=str(found[-1].id) if len(found) == limit else None,
        )

    @router.get("/{business_id}")
    async def show_business(business_id: UUID, staff: ContentReader) -> StaffDeclaredAnswer:
        """Return a business with its name and the customers behind it; that you looked is recorded."""
        return StaffDeclaredAnswer.of_staff(await businesses.read_as_staff(reviewer_of(staff), business_id))

    @router.post("/{business_id}/verdict")
    async def decide(business_id: UUID, body: BusinessVerdictBody, staff: Judge) -> StaffDeclaredAnswer:
        """Pass or reject a business; two people who agree decide it."""
        return StaffDeclaredAnswer.of_staff(
            await businesses.decide(reviewer_of(staff), business_id, body.outcome)
        )

    return router
