"""Customers' routes of protection."""

from typing import Annotated

from fastapi import APIRouter, Path

from customer_stack.edge.authentication import CurrentCustomer
from customer_stack.protection.domain.counting import Window
from customer_stack.protection.schemas import (
    LimitAnswer,
    LimitBody,
    LimitsAnswer,
    SettableKind,
    read_amount,
)
from customer_stack.protection.service.limits import Limits

Kind = Annotated[SettableKind, Path(description="What the limit is on.")]


def build_router(limits: Limits) -> APIRouter:
    """Return customers' routes."""
    router = APIRouter(prefix="/v1/protection", tags=["protection"])
    _add_limits(router, limits)
    return router


def _add_limits(router: APIRouter, limits: Limits) -> None:
    @router.get("/limits")
    async def list_limits(customer: CurrentCustomer) -> LimitsAnswer:
        """Return every limit that applies to you, how much of it is used, and when that rolls off."""
        found = await limits.read_own(customer.tenant_id, customer.customer_id)
        return LimitsAnswer(items=[LimitAnswer.of(each) for each in found])

    @router.put("/limits/{kind}/{window}")
    async def change_limit(
        kind: Kind, window: Window, body: LimitBody, customer: CurrentCustomer
    ) -> LimitAnswer:
        """Set your own limit. A lower one counts at once; a higher one waits, then for your confirmation."""
        amount = read_amount(kind, body.amount)
        place = (kind, window)
        return LimitAnswer.of(
            await limits.change_own(customer.tenant_id, customer.customer_id, place, amount)
        )

    @router.post("/limits/{kind}/{window}/pending/confirmation")
    async def confirm_raise(kind: Kind, window: Window, customer: CurrentCustomer) -> LimitAnswer:
        """Confirm a higher limit whose time is over: it counts from now on."""
        return LimitAnswer.of(await limits.confirm(customer.tenant_id, customer.customer_id, (kind, window)))

    @router.delete("/limits/{kind}/{window}/pending")
    async def withdraw_raise(kind: Kind, window: Window, customer: CurrentCustomer) -> LimitAnswer:
        """Give up a higher limit that waits."""
        return LimitAnswer.of(await limits.withdraw(customer.tenant_id, customer.customer_id, (kind, window)))
