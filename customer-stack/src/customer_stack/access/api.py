"""Routes of staff sessions."""

from typing import Annotated

from fastapi import APIRouter, Response

from customer_stack.access.schemas import StaffAnswer, StaffSessionAnswer, StaffSignIn
from customer_stack.access.service import AccessService
from customer_stack.edge.authentication import STAFF_COOKIE, require
from customer_stack.edge.cookies import drop_cookie, set_cookie
from customer_stack.edge.principals import StaffPrincipal


def build_router(access: AccessService, *, secure_cookies: bool) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/staff", tags=["staff"])

    @router.post("/sessions", status_code=201)
    async def sign_in(body: StaffSignIn, response: Response) -> StaffSessionAnswer:
        """Sign in."""
        session = await access.sign_in(body.tenant, body.username, body.password.get_secret_value())
        set_cookie(response, STAFF_COOKIE, session.token, secure=secure_cookies)
        return StaffSessionAnswer(
            session_id=session.id,
            staff_id=session.staff_id,
            token=session.token,
            permissions=sorted(session.permissions),
        )

    @router.delete("/sessions/current", status_code=204)
    async def sign_out(
        staff: Annotated[StaffPrincipal, require("tenant.access.use")], response: Response
    ) -> None:
        """Sign out."""
        await access.sign_out(staff)
        drop_cookie(response, STAFF_COOKIE, secure=secure_cookies)

    @router.get("/me")
    async def show_me(staff: Annotated[StaffPrincipal, require("tenant.access.use")]) -> StaffAnswer:
        """Show who is signed in and what they may do."""
        return StaffAnswer(
            staff_id=staff.staff_id,
            tenant_id=staff.tenant_id,
            department_id=staff.department_id,
            permissions=sorted(staff.permissions),
        )

    return router
