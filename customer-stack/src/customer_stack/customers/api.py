"""Routes of customers and their sessions."""

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from customer_stack.customers.devices import DEVICE_COOKIE, LIFETIME_SECONDS, read_device
from customer_stack.customers.schemas import (
    CustomerAnswer,
    CustomerPage,
    MeAnswer,
    RegistrationBody,
    SessionAnswer,
    SignInBody,
)
from customer_stack.customers.service import CustomersService, Registration
from customer_stack.customers.sessions import SessionService
from customer_stack.edge.authentication import CUSTOMER_COOKIE, CurrentCustomer, require
from customer_stack.edge.cookies import drop_cookie, set_cookie, set_lasting_cookie
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_uuid_cursor
from shared.idempotency import key_of

IdempotencyKey = Annotated[str | None, Header()]


def build_router(customers: CustomersService, sessions: SessionService, *, secure_cookies: bool) -> APIRouter:
    """Return the routes of customers themselves."""
    router = APIRouter(prefix="/v1", tags=["customers"])

    @router.post("/customers", status_code=201)
    async def register(body: RegistrationBody, idempotency_key: IdempotencyKey = None) -> CustomerAnswer:
        """Register. A repeated request with the same Idempotency-Key gives the same answer."""
        account = await customers.register(
            Registration(
                tenant_slug=body.tenant,
                password=body.password.get_secret_value(),
                profile=body.to_profile(),
                key=None if idempotency_key is None else key_of(idempotency_key),
                agreed=body.consents,
                language=body.language,
            )
        )
        return CustomerAnswer.of(account)

    @router.post("/sessions", status_code=201)
    async def sign_in(body: SignInBody, request: Request, response: Response) -> SessionAnswer:
        """Sign in."""
        device = read_device(request.cookies.get(DEVICE_COOKIE))
        session = await sessions.sign_in(body.tenant, body.email, body.password.get_secret_value(), device)
        set_lasting_cookie(
            response,
            DEVICE_COOKIE,
            device,
            path="/v1/sessions",
            seconds=LIFETIME_SECONDS,
            secure=secure_cookies,
        )
        set_cookie(response, CUSTOMER_COOKIE, session.token, secure=secure_cookies)
        return SessionAnswer(
            session_id=session.id,
            customer_id=session.customer_id,
            token=session.token,
            expires_at=session.expires_at,
        )

    @router.delete("/sessions/current", status_code=204)
    async def sign_out(customer: CurrentCustomer, response: Response) -> None:
        """Sign out."""
        await sessions.sign_out(customer)
        drop_cookie(response, CUSTOMER_COOKIE, secure=secure_cookies)

    @router.get("/me")
    async def show_me(customer: CurrentCustomer) -> MeAnswer:
        """Show the customer who asks."""
        account = await customers.read_account(customer.tenant_id, customer.customer_id)
        profile = await customers.read_profile(customer.tenant_id, customer.customer_id)
        return MeAnswer(
            customer_id=account.id,
            status=account.status,
            refusal=account.refusal,
            registered_at=account.registered_at,
            email=profile.email,
            full_name=profile.full_name,
            date_of_birth=profile.date_of_birth,
            residency=profile.residency,
            document_type=profile.document_type,
            document_number=profile.document_number,
            phone=profile.phone,
        )

    return router


def build_staff_router(customers: CustomersService) -> APIRouter:
    """Return the routes with which staff looks after customers."""
    router = APIRouter(prefix="/staff/customers", tags=["staff"])

    @router.get("")
    async def list_customers(
        staff: Annotated[StaffPrincipal, require("tenant.customers.read")],
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> CustomerPage:
        """List customers, oldest first, without personal data."""
        found = await customers.list_accounts(staff.tenant_id, after=read_uuid_cursor(cursor), limit=limit)
        return CustomerPage(
            items=[CustomerAnswer.of(account) for account in found],
            next_cursor=str(found[-1].id) if len(found) == limit else None,
        )

    return router
