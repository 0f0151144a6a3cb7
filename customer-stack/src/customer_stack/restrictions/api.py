"""Routes of restrictions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from customer_stack.access.domain import Officer
from customer_stack.customers.schemas import CustomerAnswer
from customer_stack.edge.authentication import CurrentCustomer, require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_uuid_cursor
from customer_stack.restrictions.desk import RestrictionDesk
from customer_stack.restrictions.domain import Step
from customer_stack.restrictions.schemas import (
    NOTICE,
    HistoryAnswer,
    NoticeAnswer,
    RestrictionAnswer,
    RestrictionBody,
    RestrictionPage,
    StepBody,
)

Freezer = Annotated[StaffPrincipal, require("tenant.customers.freeze")]
Reader = Annotated[StaffPrincipal, require("tenant.restrictions.read")]
TextReader = Annotated[StaffPrincipal, require("tenant.restrictions.read_texts")]
Placer = Annotated[StaffPrincipal, require("tenant.restrictions.place")]
Lifter = Annotated[StaffPrincipal, require("tenant.restrictions.lift")]
Approver = Annotated[StaffPrincipal, require("tenant.restrictions.approve_lift")]


def build_router(desk: RestrictionDesk) -> APIRouter:
    """Return the customer's route and staff's."""
    router = APIRouter(tags=["restrictions"])

    @router.get("/v1/notice")
    async def get_notice(customer: CurrentCustomer) -> NoticeAnswer:
        """Say whether something is not available to you now."""
        restricted = await desk.is_restricted(customer.tenant_id, customer.customer_id)
        return NoticeAnswer(is_restricted=restricted, notice=NOTICE if restricted else None)

    @router.get("/staff/restrictions")
    async def list_standing(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> RestrictionPage:
        """List what stands of all customers, newest first."""
        before = read_uuid_cursor(cursor)
        return RestrictionPage.of(
            await desk.list_standing(_officer(staff), before=before, limit=limit + 1), limit
        )

    _add_freezing(router, desk)
    _add_restrictions(router, desk)
    _add_steps(router, desk)
    return router


def _add_freezing(router: APIRouter, desk: RestrictionDesk) -> None:
    @router.post("/staff/customers/{customer_id}/freeze")
    async def freeze(customer_id: UUID, staff: Freezer) -> CustomerAnswer:
        """Freeze an active customer: nothing they ask for is done until they are released."""
        return CustomerAnswer.of(await desk.freeze(_officer(staff), customer_id))

    @router.post("/staff/customers/{customer_id}/release")
    async def release(customer_id: UUID, staff: Freezer) -> CustomerAnswer:
        """Release a customer whom staff froze; other full restrictions keep them frozen."""
        return CustomerAnswer.of(await desk.release(_officer(staff), customer_id))


def _add_restrictions(router: APIRouter, desk: RestrictionDesk) -> None:
    @router.get("/staff/customers/{customer_id}/restrictions")
    async def list_restrictions(
        customer_id: UUID, staff: Reader, limit: Limit = 50, cursor: Cursor = None
    ) -> RestrictionPage:
        """List a customer's restrictions, lifted ones too, newest first."""
        before = read_uuid_cursor(cursor)
        found = await desk.list_of_customer(_officer(staff), customer_id, before=before, limit=limit + 1)
        return RestrictionPage.of(found, limit)

    @router.post("/staff/customers/{customer_id}/restrictions", status_code=201)
    async def place(customer_id: UUID, body: RestrictionBody, staff: Placer) -> RestrictionAnswer:
        """Restrict a customer, whatever their status. Their money stays theirs, and money in still posts."""
        return RestrictionAnswer.of(await desk.place(_officer(staff), customer_id, body.to_wish()))

    @router.get("/staff/customers/{customer_id}/restrictions/{restriction_id}")
    async def read_history(customer_id: UUID, restriction_id: UUID, staff: TextReader) -> HistoryAnswer:
        """Show every step with what was written; the audit remembers who looked."""
        return HistoryAnswer.of(await desk.read_history(_officer(staff), customer_id, restriction_id))


def _add_steps(router: APIRouter, desk: RestrictionDesk) -> None:
    path = "/staff/customers/{customer_id}/restrictions/{restriction_id}"

    async def step(
        staff: StaffPrincipal, customer_id: UUID, restriction_id: UUID, step: Step, body: StepBody
    ) -> RestrictionAnswer:
        place = (customer_id, restriction_id)
        return RestrictionAnswer.of(await desk.step(_officer(staff), place, step, body.text))

    @router.post(f"{path}/lift")
    async def lift(
        customer_id: UUID, restriction_id: UUID, body: StepBody, staff: Lifter
    ) -> RestrictionAnswer:
        """Lift a restriction that staff placed."""
        return await step(staff, customer_id, restriction_id, Step.LIFT, body)

    @router.post(f"{path}/lift-proposal")
    async def propose_lift(
        customer_id: UUID, restriction_id: UUID, body: StepBody, staff: Lifter
    ) -> RestrictionAnswer:
        """Propose to lift what a screening or an order caused."""
        return await step(staff, customer_id, restriction_id, Step.PROPOSE_LIFT, body)

    @router.post(f"{path}/lift-approval")
    async def approve_lift(
        customer_id: UUID, restriction_id: UUID, body: StepBody, staff: Approver
    ) -> RestrictionAnswer:
        """Lift what somebody else proposed to lift."""
        return await step(staff, customer_id, restriction_id, Step.APPROVE_LIFT, body)

    @router.post(f"{path}/lift-rejection")
    async def reject_lift(
        customer_id: UUID, restriction_id: UUID, body: StepBody, staff: Approver
    ) -> RestrictionAnswer:
        """Let a restriction stand that somebody proposed to lift."""
        return await step(staff, customer_id, restriction_id, Step.REJECT_LIFT, body)


def _officer(staff: StaffPrincipal) -> Officer:
    return Officer(staff.tenant_id, staff.staff_id, staff.department_id)
