"""Staff's routes of protection."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.protection.domain.counting import Window
from customer_stack.protection.schemas import (
    ExclusionBody,
    LimitBody,
    PauseAnswer,
    PausedAnswer,
    PausesAnswer,
    PolicyAnswer,
    PolicyBody,
    SettableKind,
    StaffLimitAnswer,
    StaffLimitsAnswer,
    read_amount,
)
from customer_stack.protection.service.limits import Limits, Officer
from customer_stack.protection.service.pausing import Pausing
from customer_stack.protection.service.policies import Policies

Reader = Annotated[StaffPrincipal, require("tenant.protection.read")]
Limiter = Annotated[StaffPrincipal, require("tenant.protection.limit")]
Approver = Annotated[StaffPrincipal, require("tenant.protection.approve")]
Ruler = Annotated[StaffPrincipal, require("tenant.protection.rule")]
Kind = Annotated[SettableKind, Path(description="What the limit is on.")]


def build_staff_router(limits: Limits, policies: Policies, pausing: Pausing) -> APIRouter:
    """Return staff's routes."""
    router = APIRouter(prefix="/staff/protection", tags=["protection"])
    _add_policy(router, policies)
    _add_limits(router, limits)
    _add_pauses(router, pausing)
    return router


def officer_of(staff: StaffPrincipal) -> Officer:
    """Return who acts, and whom they reach."""
    return Officer(staff.tenant_id, staff.department_id, staff.staff_id, staff.actor)


def _add_policy(router: APIRouter, policies: Policies) -> None:
    @router.get("/policy")
    async def show_policy(staff: Reader) -> PolicyAnswer:
        """Return what the tenant rules for all its customers."""
        return PolicyAnswer.of(await policies.read(staff.tenant_id))

    @router.put("/policy")
    async def change_policy(body: PolicyBody, staff: Ruler) -> PolicyAnswer:
        """Set what the tenant rules, whole; it holds for everybody at once."""
        return PolicyAnswer.of(await policies.change(staff.tenant_id, body.read(), staff.actor))


def _add_limits(router: APIRouter, limits: Limits) -> None:
    path = "/customers/{customer_id}/limits"

    @router.get(path)
    async def list_limits(customer_id: UUID, staff: Reader) -> StaffLimitsAnswer:
        """Return every limit that applies to a customer, and how much of it is used."""
        found = await limits.read_as_staff(officer_of(staff), customer_id)
        return StaffLimitsAnswer(items=[StaffLimitAnswer.of(each) for each in found])

    @router.put(path + "/{kind}/{window}")
    async def change_limit(
        customer_id: UUID, kind: Kind, window: Window, body: LimitBody, staff: Limiter
    ) -> StaffLimitAnswer:
        """Limit a customer: lower counts at once, higher waits for another person's approval."""
        amount, place = read_amount(kind, body.amount), (kind, window)
        return StaffLimitAnswer.of(
            await limits.change_by_staff(officer_of(staff), customer_id, place, amount)
        )

    @router.post(path + "/{kind}/{window}/pending/approval")
    async def approve_raise(
        customer_id: UUID, kind: Kind, window: Window, staff: Approver
    ) -> StaffLimitAnswer:
        """Approve a higher limit that another person proposed."""
        return StaffLimitAnswer.of(await limits.approve(officer_of(staff), customer_id, (kind, window)))

    @router.delete(path + "/{kind}/{window}/pending")
    async def reject_raise(
        customer_id: UUID, kind: Kind, window: Window, staff: Approver
    ) -> StaffLimitAnswer:
        """Reject a higher limit, or take one's own proposal back."""
        return StaffLimitAnswer.of(await limits.reject(officer_of(staff), customer_id, (kind, window)))


def _add_pauses(router: APIRouter, pausing: Pausing) -> None:
    path = "/customers/{customer_id}"

    @router.get(path + "/pauses")
    async def show_pauses(customer_id: UUID, staff: Reader) -> PausesAnswer:
        """Return how a customer pauses, and every act of it."""
        paused, acts = await pausing.read_as_staff(officer_of(staff), customer_id)
        return PausesAnswer(paused=PausedAnswer.of(paused), items=[PauseAnswer.of(each) for each in acts])

    @router.post(path + "/self-exclusion")
    async def exclude(customer_id: UUID, body: ExclusionBody, staff: Limiter) -> PausedAnswer:
        """Exclude a customer who asked for it by letter or telephone; nobody can undo it."""
        return PausedAnswer.of(await pausing.exclude_by_staff(officer_of(staff), customer_id, body.months))
