"""Routes of payments: customers' pay-ins, staff's suspense."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from customer_stack.edge.authentication import CurrentCustomer, require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit
from customer_stack.payments.domain.suspense import Decision
from customer_stack.payments.schemas import (
    AssignmentBody,
    DecisionBody,
    PayerAnswer,
    PayInsAnswer,
    ReturnBody,
    SuspenseAnswer,
    SuspensePageAnswer,
    show_item,
    show_pay_in,
)
from customer_stack.payments.service import PayInPage, PaymentsService
from customer_stack.payments.suspense import Person, SuspenseService

PaymentsReader = Annotated[StaffPrincipal, require("tenant.payments.read")]
Proposer = Annotated[StaffPrincipal, require("tenant.suspense.propose")]
Approver = Annotated[StaffPrincipal, require("tenant.suspense.approve")]
PayerReader = Annotated[StaffPrincipal, require("tenant.suspense.read_payer")]


def build_router(service: PaymentsService) -> APIRouter:
    """Return the routes of pay-ins."""
    router = APIRouter(tags=["payments"])

    @router.get("/v1/pay-ins")
    async def list_pay_ins(
        customer: CurrentCustomer, limit: Limit = 50, cursor: Cursor = None
    ) -> PayInsAnswer:
        """Return your pay-ins, newest first, each with what became of it and what to do next."""
        page = await service.list_pay_ins(customer.tenant_id, customer.customer_id, limit, cursor)
        return _show(page)

    @router.get("/staff/pay-ins/refund-proposals")
    async def list_refund_proposals(
        staff: PaymentsReader, limit: Limit = 50, cursor: Cursor = None
    ) -> PayInsAnswer:
        """Return pay-ins that wait so long that their refund was proposed, newest first."""
        reach = staff.department_id
        return _show(await service.list_refund_proposals(staff.tenant_id, limit, cursor, department_id=reach))

    return router


def build_suspense_router(service: SuspenseService) -> APIRouter:
    """Return the routes of money that is not anybody's yet."""
    router = APIRouter(prefix="/staff/pay-ins", tags=["payments"])

    @router.get("/suspense")
    async def list_suspense(
        staff: PaymentsReader, limit: Limit = 50, cursor: Cursor = None
    ) -> SuspensePageAnswer:
        """Return money that arrived and is not anybody's yet, newest first."""
        page = await service.list_suspense(_person(staff), limit, cursor)
        return SuspensePageAnswer(
            items=[show_item(item) for item in page.items], next_cursor=page.next_cursor
        )

    @router.get("/suspense/{pay_in_id}/payer")
    async def get_payer(pay_in_id: UUID, staff: PayerReader) -> PayerAnswer:
        """Return who paid, to find out whose money it is; that you looked is recorded."""
        payer = await service.read_payer(_person(staff), pay_in_id)
        return PayerAnswer(account=payer.account, text=payer.text)

    @router.post("/suspense/{pay_in_id}/assignment", status_code=201)
    async def propose_assignment(pay_in_id: UUID, body: AssignmentBody, staff: Proposer) -> SuspenseAnswer:
        """Propose to give money in suspense to a customer; another approves. A repeat is one proposal."""
        return show_item(await service.propose(_person(staff), pay_in_id, body.customer_id))

    @router.post("/suspense/{pay_in_id}/return", status_code=201)
    async def propose_return(pay_in_id: UUID, _body: ReturnBody, staff: Proposer) -> SuspenseAnswer:
        """Propose to send money in suspense back to its payer; another approves. A repeat is one proposal."""
        return show_item(await service.propose(_person(staff), pay_in_id, None))

    @router.post("/suspense-proposals/{proposal_id}/approval")
    async def approve(proposal_id: UUID, _body: DecisionBody, staff: Approver) -> SuspenseAnswer:
        """Approve what another person proposed: the money is assigned, or its return is ordered.

        A proposal is approved once: your repeat moves nothing and is answered with how it stands.
        """
        return show_item(await service.decide(_person(staff), proposal_id, Decision.APPROVED))

    @router.post("/suspense-proposals/{proposal_id}/rejection")
    async def reject(proposal_id: UUID, _body: DecisionBody, staff: Approver) -> SuspenseAnswer:
        """Reject a proposal: the money stays in suspense and can be proposed anew."""
        return show_item(await service.decide(_person(staff), proposal_id, Decision.REJECTED))

    return router


def _person(staff: StaffPrincipal) -> Person:
    return Person(staff.tenant_id, staff.staff_id, staff.department_id)


def _show(page: PayInPage) -> PayInsAnswer:
    return PayInsAnswer(items=[show_pay_in(each) for each in page.pay_ins], next_cursor=page.next_cursor)
