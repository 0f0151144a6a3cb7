"""Routes of FX for staff: terms, rates and their proposals, conversions with their margin, the stock."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit
from customer_stack.fx.domain.proposals import ProposalOutcome
from customer_stack.fx.domain.rates import Terms
from customer_stack.fx.schemas.conversions import (
    StaffConversionsAnswer,
    StaffConversionView,
    StockAnswer,
    show_staff_conversion,
    show_staff_conversions,
    show_stock,
)
from customer_stack.fx.schemas.rates import (
    DepartmentRatesAnswer,
    ProposalAnswer,
    ProposalBody,
    ProposalsAnswer,
    TermsAnswer,
    TermsBody,
    show_department_rates,
    show_proposal,
    show_proposals,
    show_terms,
)
from customer_stack.fx.service import FxReading, FxService, Person, RateDesk, RateProposals, Wanted
from shared.money import LKR_SCALE, RATE_SCALE, to_minor

Reader = Annotated[StaffPrincipal, require("tenant.fx.read")]
TermsSetter = Annotated[StaffPrincipal, require("tenant.fx.set_terms")]
Proposer = Annotated[StaffPrincipal, require("tenant.fx.propose_rate")]
Approver = Annotated[StaffPrincipal, require("tenant.fx.approve_rate")]


def add_staff_routes(
    router: APIRouter, service: FxService, desk: RateDesk, proposals: RateProposals, reading: FxReading
) -> None:
    """Add what staff see and do."""
    _add_terms(router, service)
    _add_rates(router, desk)
    _add_proposals(router, proposals)
    _add_reading(router, reading)


def _add_terms(router: APIRouter, service: FxService) -> None:
    @router.post("/staff/fx/terms", status_code=201)
    async def set_terms(body: TermsBody, staff: TermsSetter) -> TermsAnswer:
        """Set a department's spread, fee and bounds; quotes given before keep theirs."""
        terms = Terms(
            version=0,
            sell_spread_basis=body.sell_spread_basis,
            buy_spread_basis=body.buy_spread_basis,
            fee_basis=body.fee_basis,
            fee_fixed=to_minor(Decimal(body.fee_fixed), LKR_SCALE),
            minimum_amount=to_minor(Decimal(body.minimum_amount), LKR_SCALE),
            maximum_amount=to_minor(Decimal(body.maximum_amount), LKR_SCALE),
            quote_lifetime=timedelta(seconds=body.quote_lifetime_seconds),
            mid_lifetime=timedelta(seconds=body.mid_lifetime_seconds),
            stock_share_basis=body.stock_share_basis,
            till_share_basis=body.till_share_basis,
        )
        staff.require_department(body.department_id)
        kept = await service.set_terms(staff.tenant_id, body.department_id, terms, staff.actor)
        return show_terms(body.department_id, kept)


def _add_rates(router: APIRouter, desk: RateDesk) -> None:
    @router.get("/staff/fx/rates")
    async def get_rates(
        department_id: UUID, staff: Reader, limit: Limit = 50, cursor: Cursor = None
    ) -> DepartmentRatesAnswer:
        """Return what a department buys and sells at, from which market rate, and what it posted before."""
        staff.require_department(department_id)
        page = await desk.list_posted(staff.tenant_id, department_id, limit, cursor)
        return show_department_rates(await desk.get_rates(staff.tenant_id, department_id), page)


def _add_proposals(router: APIRouter, proposals: RateProposals) -> None:
    @router.get("/staff/fx/rate-proposals")
    async def list_proposals(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> ProposalsAnswer:
        """Return market rates that staff proposed by hand, newest first."""
        return show_proposals(await proposals.list_proposals(staff.tenant_id, limit, cursor))

    @router.post("/staff/fx/rate-proposals", status_code=201)
    async def propose(body: ProposalBody, staff: Proposer) -> ProposalAnswer:
        """Propose a market rate by hand; it counts when another person has approved it."""
        rate_e8 = to_minor(Decimal(body.mid), RATE_SCALE)
        return show_proposal(await proposals.propose(_person(staff), rate_e8, body.as_of, body.reference))

    @router.post("/staff/fx/rate-proposals/{proposal_id}/approval")
    async def approve(proposal_id: UUID, staff: Approver) -> ProposalAnswer:
        """Approve a rate that somebody else proposed: quotes use it from now on, while it is fresh."""
        return show_proposal(await proposals.decide(_person(staff), proposal_id, ProposalOutcome.APPROVED))

    @router.post("/staff/fx/rate-proposals/{proposal_id}/rejection")
    async def reject(proposal_id: UUID, staff: Approver) -> ProposalAnswer:
        """Reject a proposed rate."""
        return show_proposal(await proposals.decide(_person(staff), proposal_id, ProposalOutcome.REJECTED))


def _add_reading(router: APIRouter, reading: FxReading) -> None:
    @router.get("/staff/fx/conversions")
    async def list_conversions(
        staff: Reader,
        department_id: UUID | None = None,
        customer_id: UUID | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> StaffConversionsAnswer:
        """Return conversions with cost, profit and margin, newest first."""
        if department_id is not None:
            staff.require_department(department_id)
        wanted = Wanted(staff.tenant_id, department_id or staff.department_id, customer_id)
        return show_staff_conversions(await reading.list_conversions(wanted, limit, cursor))

    @router.get("/staff/fx/conversions/{conversion_id}")
    async def get_conversion(conversion_id: UUID, staff: Reader) -> StaffConversionView:
        """Return a conversion with all six rates, cost, profit and margin line by line."""
        wanted = Wanted(staff.tenant_id, staff.department_id)
        return show_staff_conversion(await reading.get_conversion(wanted, conversion_id))

    @router.get("/staff/fx/stock")
    async def get_stock(
        department_id: UUID, staff: Reader, limit: Limit = 50, cursor: Cursor = None
    ) -> StockAnswer:
        """Return a department's USD for sale: what it cost, what is reserved, what it earned, its flows."""
        staff.require_department(department_id)
        return show_stock(await reading.report_stock(staff.tenant_id, department_id, limit, cursor))


def _person(staff: StaffPrincipal) -> Person:
    return Person(staff.tenant_id, staff.staff_id, staff.actor)
