"""Staff routes of AML: rules, their versions, backtests."""

from datetime import UTC
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from customer_stack.aml.domain.lifecycle import State, Step, VersionFilter
from customer_stack.aml.schemas import (
    BacktestAnswer,
    BacktestBody,
    CatalogueAnswer,
    ProposedAnswer,
    RuleBody,
    VersionAnswer,
    VersionHistoryAnswer,
    VersionsAnswer,
    show_catalogue,
    show_history,
    show_page,
    show_proposed,
    show_report,
    show_version,
)
from customer_stack.aml.service.backtesting import Backtesting, Period
from customer_stack.aml.service.rules import Person, RulesService
from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_uuid_cursor

Reader = Annotated[StaffPrincipal, require("tenant.aml.read")]
Writer = Annotated[StaffPrincipal, require("tenant.aml.write_rules")]
Approver = Annotated[StaffPrincipal, require("tenant.aml.approve_rules")]
Key = Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9_]{2,47}$", description="Versions of one rule.")]


def build_router(rules: RulesService, backtesting: Backtesting) -> APIRouter:
    """Return the staff routes of AML."""
    router = APIRouter(prefix="/staff/aml", tags=["aml"])
    _add_reading(router, rules)
    _add_writing(router, rules)
    _add_approval(router, rules)

    @router.post("/versions/{version_id}/backtest")
    async def backtest(version_id: UUID, body: BacktestBody, staff: Reader) -> BacktestAnswer:
        """Evaluate a version over stored events, as their counters stood then; nothing is changed."""
        period = Period(body.begins_at.astimezone(UTC), body.ends_at.astimezone(UTC))
        return show_report(await backtesting.run(_person(staff), version_id, period, body.rows_limit))

    return router


def _add_reading(router: APIRouter, rules: RulesService) -> None:
    @router.get("/catalogue")
    async def get_catalogue(_staff: Reader) -> CatalogueAnswer:
        """Return what a rule can ask about."""
        return show_catalogue()

    @router.get("/versions")
    async def list_versions(
        staff: Reader,
        key: Key = None,
        state: State | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> VersionsAnswer:
        """Return versions of rules, newest first."""
        found = await rules.list_versions(
            staff.tenant_id, VersionFilter(key, state), read_uuid_cursor(cursor), limit
        )
        return show_page(found)

    @router.get("/versions/{version_id}")
    async def get_version(version_id: UUID, staff: Reader) -> VersionHistoryAnswer:
        """Return a version with every step that was taken with it."""
        return show_history(*await rules.get_version(staff.tenant_id, version_id))


def _add_writing(router: APIRouter, rules: RulesService) -> None:
    @router.post("/versions", status_code=201)
    async def write(body: RuleBody, staff: Writer) -> VersionAnswer:
        """Write a new version of a rule, as a draft."""
        return show_version(await rules.write(_person(staff), body.rule))

    @router.post("/starter-set", status_code=201)
    async def propose_starter_set(staff: Writer) -> ProposedAnswer:
        """Write and propose the rules of the starter set that are not there yet."""
        return show_proposed(await rules.propose_starter_set(_person(staff)))

    @router.post("/versions/{version_id}/shadow")
    async def begin_shadow(version_id: UUID, staff: Writer) -> VersionAnswer:
        """Evaluate a draft beside the rules that count, without effect."""
        return show_version(await rules.step(_person(staff), version_id, Step.SHADOW))

    @router.post("/versions/{version_id}/proposal")
    async def propose(version_id: UUID, staff: Writer) -> VersionAnswer:
        """Propose to publish a version; of a published one, to retire it."""
        return show_version(await rules.step(_person(staff), version_id, Step.PROPOSE))

    @router.post("/versions/{version_id}/drop")
    async def drop(version_id: UUID, staff: Writer) -> VersionAnswer:
        """Give up a draft, or one in shadow."""
        return show_version(await rules.step(_person(staff), version_id, Step.DROP))


def _add_approval(router: APIRouter, rules: RulesService) -> None:
    @router.post("/versions/{version_id}/approval")
    async def approve(version_id: UUID, staff: Approver) -> VersionAnswer:
        """Approve what somebody else proposed: the version counts from now on, or no more."""
        return show_version(await rules.step(_person(staff), version_id, Step.APPROVE))

    @router.post("/versions/{version_id}/rejection")
    async def reject(version_id: UUID, staff: Approver) -> VersionAnswer:
        """Reject a proposal."""
        return show_version(await rules.step(_person(staff), version_id, Step.REJECT))


def _person(staff: StaffPrincipal) -> Person:
    return Person(staff.tenant_id, staff.staff_id, staff.actor)
