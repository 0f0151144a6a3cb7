"""Customers' routes of protection."""

from typing import Annotated

from fastapi import APIRouter, Path

from customer_stack.edge.authentication import CurrentCustomer
from customer_stack.protection.domain.counting import Window
from customer_stack.protection.schemas import (
    CoolOffBody,
    ExclusionBody,
    IntervalBody,
    LimitAnswer,
    LimitBody,
    LimitsAnswer,
    PausedAnswer,
    RealityAnswer,
    SettableKind,
    read_amount,
)
from customer_stack.protection.service.limits import Limits
from customer_stack.protection.service.pausing import Pausing
from customer_stack.protection.service.reality import RealityChecks

Kind = Annotated[SettableKind, Path(description="What the limit is on.")]


def build_router(limits: Limits, pausing: Pausing, reality: RealityChecks) -> APIRouter:
    """Return customers' routes."""
    router = APIRouter(prefix="/v1/protection", tags=["protection"])
    _add_limits(router, limits)
    _add_pauses(router, pausing)
    _add_return(router, pausing)
    _add_reality(router, reality)
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


def _add_pauses(router: APIRouter, pausing: Pausing) -> None:
    @router.get("/pauses")
    async def show_pauses(customer: CurrentCustomer) -> PausedAnswer:
        """Return whether you are cooling off or excluded, and until when."""
        return PausedAnswer.of(await pausing.read_own(customer.tenant_id, customer.customer_id))

    @router.post("/cool-off")
    async def cool_off(body: CoolOffBody, customer: CurrentCustomer) -> PausedAnswer:
        """Stop playing for some days, from now on. Nobody can undo or shorten it; you can make it longer."""
        return PausedAnswer.of(await pausing.cool_off(customer.tenant_id, customer.customer_id, body.days))

    @router.post("/self-exclusion")
    async def exclude(body: ExclusionBody, customer: CurrentCustomer) -> PausedAnswer:
        """Stop playing for months or for good, from now on, with all your accounts. Nobody can undo it.

        You can still sign in, see everything and withdraw your money to your bank.
        """
        return PausedAnswer.of(await pausing.exclude(customer.tenant_id, customer.customer_id, body.months))


def _add_return(router: APIRouter, pausing: Pausing) -> None:
    @router.post("/self-exclusion/return")
    async def ask_return(customer: CurrentCustomer) -> PausedAnswer:
        """Ask to play again after your term. Nothing changes before you confirm it, a day later."""
        return PausedAnswer.of(await pausing.ask_return(customer.tenant_id, customer.customer_id))

    @router.post("/self-exclusion/return/confirmation")
    async def confirm_return(customer: CurrentCustomer) -> PausedAnswer:
        """Confirm that you want to play again."""
        return PausedAnswer.of(await pausing.confirm_return(customer.tenant_id, customer.customer_id))

    @router.delete("/self-exclusion/return")
    async def withdraw_return(customer: CurrentCustomer) -> PausedAnswer:
        """Stay excluded after all."""
        return PausedAnswer.of(await pausing.withdraw_return(customer.tenant_id, customer.customer_id))


def _add_reality(router: APIRouter, reality: RealityChecks) -> None:
    @router.get("/reality-check")
    async def show_reality(customer: CurrentCustomer) -> RealityAnswer:
        """Return for how long you have been playing, and what you won or lost."""
        return RealityAnswer.of(await reality.read(customer))

    @router.put("/reality-check")
    async def set_interval(body: IntervalBody, customer: CurrentCustomer) -> RealityAnswer:
        """Say after how many minutes of play you want to be told."""
        return RealityAnswer.of(await reality.set_interval(customer, body.minutes))

    @router.post("/reality-check/acknowledgement")
    async def acknowledge(customer: CurrentCustomer) -> RealityAnswer:
        """Say that you have seen how long you have been playing and with what result."""
        return RealityAnswer.of(await reality.acknowledge(customer))
