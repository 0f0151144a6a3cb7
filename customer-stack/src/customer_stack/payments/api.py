"""Routes of payments: the bank's door, customers' pay-ins, staff's suspense."""

from typing import Annotated

from fastapi import APIRouter, Header, Request

from customer_stack.edge.authentication import CurrentCustomer, StaffPrincipal, require
from customer_stack.edge.schemas import Cursor, Limit
from customer_stack.payments.schemas import NoticeAnswer, PayInsAnswer, show_pay_in
from customer_stack.payments.service import PayInPage, PaymentsService

PaymentsReader = Annotated[StaffPrincipal, require("tenant.payments.read")]


def build_router(service: PaymentsService) -> APIRouter:
    """Return the routes of payments."""
    router = APIRouter(tags=["payments"])

    @router.post("/webhooks/bank")
    async def take_notice(
        request: Request, signature: Annotated[str | None, Header(alias="Bank-Signature")] = None
    ) -> NoticeAnswer:
        """Take a signed message of the bank; it is stored when this answers, and settled afterwards."""
        return NoticeAnswer(new=await service.take_notice(await request.body(), signature))

    @router.get("/v1/pay-ins")
    async def list_pay_ins(
        customer: CurrentCustomer, limit: Limit = 50, cursor: Cursor = None
    ) -> PayInsAnswer:
        """Return your pay-ins, newest first, each with what became of it and what to do next."""
        page = await service.list_pay_ins(customer.tenant_id, customer.customer_id, limit, cursor)
        return _show(page)

    @router.get("/staff/pay-ins/suspense")
    async def list_suspense(staff: PaymentsReader, limit: Limit = 50, cursor: Cursor = None) -> PayInsAnswer:
        """Return money that arrived and is not anybody's yet, newest first."""
        return _show(await service.list_suspense(staff.tenant_id, limit, cursor))

    return router


def _show(page: PayInPage) -> PayInsAnswer:
    return PayInsAnswer(items=[show_pay_in(pay_in) for pay_in in page.pay_ins], next_cursor=page.next_cursor)
