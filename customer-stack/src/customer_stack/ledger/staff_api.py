"""Staff routes of the ledger: accounts, entries, movements, deals; corrections and reversals by two."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from customer_stack.edge.authentication import require
from customer_stack.edge.principals import DepartmentOutOfReach, StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit
from customer_stack.ledger.api import By, PastMoment
from customer_stack.ledger.corrections import Clerk, CorrectionsService
from customer_stack.ledger.domain import Account, Amount, Item
from customer_stack.ledger.reading import LedgerReading
from customer_stack.ledger.revising import Changes
from customer_stack.ledger.schemas import assets_of, scale_of, show_asset
from customer_stack.ledger.service import ASSET_OF, read_id_cursor
from customer_stack.ledger.staff_schemas import (
    AccountsAnswer,
    ChartAnswer,
    CorrectionBody,
    DealAnswer,
    MovementAnswer,
    PastAccountsAnswer,
    ReversalAnswer,
    ReversalBody,
    ReversalsAnswer,
    StaffEntriesAnswer,
    VersionAnswer,
    VersionsAnswer,
    show_chart,
    show_deal,
    show_leg,
    show_past_standing,
    show_reversal,
    show_staff_entry,
    show_standing,
    show_transfer,
    show_version,
)
from customer_stack.ledger.views import Moment
from shared.money import RATE_SCALE, Currency, to_minor

Reader = Annotated[StaffPrincipal, require("tenant.ledger.read")]
Corrector = Annotated[StaffPrincipal, require("tenant.ledger.correct")]
Approver = Annotated[StaffPrincipal, require("tenant.ledger.approve")]


def build_staff_router(reading: LedgerReading, corrections: CorrectionsService) -> APIRouter:
    """Return the staff routes of the ledger."""
    router = APIRouter(prefix="/staff/ledger", tags=["ledger"])
    _add_books(router, reading)
    _add_events(router, reading)
    _add_corrections(router, reading, corrections)
    _add_reversals(router, corrections)
    return router


def _add_books(router: APIRouter, reading: LedgerReading) -> None:
    @router.get("/chart")
    async def get_chart(staff: Reader) -> ChartAnswer:  # noqa: ARG001 - who may ask is all that matters
        """Return the chart of accounts: what each account is, and whether it has a floor."""
        return show_chart()

    @router.get("/books/{book_id}/accounts")
    async def list_accounts(
        book_id: UUID, staff: Reader, limit: Limit = 50, cursor: Cursor = None
    ) -> AccountsAnswer:
        """Return what stands on the accounts of a book; a customer's book has the customer's id."""
        staff.require_department(book_id)
        page = await reading.list_accounts(staff.tenant_id, book_id, limit, cursor)
        items = [show_standing(each, page.assets) for each in page.standings]
        return AccountsAnswer(book_id=book_id, items=items, next_cursor=page.next_cursor)

    @router.get("/books/{book_id}/entries")
    async def list_entries(
        book_id: UUID,
        account: Account,
        staff: Reader,
        currency: Currency = Currency.LKR,
        asset_id: Annotated[
            int | None, Query(ge=1, le=2**31 - 1, description="Instead of a currency.")
        ] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> StaffEntriesAnswer:
        """Return how an account of a book came about, newest first, with balances, cost and profit."""
        staff.require_department(book_id)
        asset = ASSET_OF[currency] if asset_id is None else asset_id
        page = await reading.list_entries(staff.tenant_id, book_id, account, asset, limit, cursor)
        scale = scale_of({asset: page.asset}, asset)
        items = [show_staff_entry(entry, scale) for entry in page.entries]
        items += [show_leg(leg, scale) for leg in page.legs]
        return StaffEntriesAnswer(asset=show_asset(page.asset), items=items, next_cursor=page.next_cursor)

    @router.get("/books/{book_id}/balances")
    async def list_balances_at(
        book_id: UUID,
        staff: Reader,
        at: PastMoment,
        by: By = Moment.BUSINESS,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> PastAccountsAnswer:
        """Return what stood on the accounts of a book at a moment, by business or by recorded time."""
        staff.require_department(book_id)
        page = await reading.list_balances_at(staff.tenant_id, book_id, at, by, limit, cursor)
        items = [show_past_standing(each, page.assets) for each in page.standings]
        return PastAccountsAnswer(book_id=book_id, at=at, items=items, next_cursor=page.next_cursor)


def _add_events(router: APIRouter, reading: LedgerReading) -> None:
    @router.get("/movements/{movement_id}")
    async def get_movement(movement_id: UUID, staff: Reader) -> MovementAnswer:
        """Return all that one business event posted: transfers, postings, sources, what reversed them."""
        transfers, assets = await reading.get_movement(staff.tenant_id, movement_id)
        for book_id in {transfer.book_id for transfer in transfers}:
            staff.require_department(book_id)
        return MovementAnswer(
            movement_id=movement_id, transfers=[show_transfer(transfer, assets) for transfer in transfers]
        )

    @router.get("/deals/{deal_id}")
    async def get_deal(
        deal_id: UUID,
        staff: Reader,
        at: Annotated[
            AwareDatetime | None,
            Query(description="As it was known at this moment, such as 2026-11-20T14:05:00Z."),
        ] = None,
    ) -> DealAnswer:
        """Return what a deal looks like, or looked like at a moment, and who changed it."""
        deal = await reading.get_deal(staff.tenant_id, deal_id, at)
        for book_id in deal.books:
            staff.require_department(book_id)
        assets = await reading.list_assets(staff.tenant_id, assets_of(deal.items))
        return show_deal(deal, assets, at)


def _add_corrections(router: APIRouter, reading: LedgerReading, corrections: CorrectionsService) -> None:
    async def show(item: Item) -> VersionAnswer:
        return show_version(item, await reading.list_assets(item.tenant_id, assets_of((item,))))

    @router.get("/corrections")
    async def list_corrections(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> VersionsAnswer:
        """Return corrections that wait for a second person, newest first."""
        found = await corrections.list_corrections(_clerk(staff).tenant_id, read_id_cursor(cursor), limit + 1)
        page = found[:limit]
        return VersionsAnswer(
            items=[await show(item) for item in page],
            next_cursor=str(page[-1].id) if len(found) > limit else None,
        )

    @router.post("/deals/{deal_id}/corrections", status_code=201)
    async def propose(deal_id: UUID, body: CorrectionBody, staff: Corrector) -> VersionAnswer:
        """Propose a new version of a deal; nothing is posted until another person approves it."""
        clerk = _clerk(staff)
        deal = await reading.get_deal(staff.tenant_id, deal_id)
        assets = await reading.list_assets(staff.tenant_id, assets_of(deal.items))
        standing = deal.standing()
        give, get, fee = (standing.give, standing.get, standing.fee) if standing else (None, None, None)

        def minor(text: str | None, amount: Amount | None) -> int | None:
            if text is None:
                return None
            return to_minor(Decimal(text), scale_of(assets, amount.asset) if amount else RATE_SCALE)

        changes = Changes(
            give=minor(body.give, give),
            get=minor(body.get, get),
            fee=minor(body.fee, fee),
            rate_e8=None if body.rate is None else to_minor(Decimal(body.rate), RATE_SCALE),
            reference=body.reference,
        )
        return await show(await corrections.propose_correction(clerk, deal_id, changes))

    @router.post("/corrections/{item_id}/approval")
    async def approve(item_id: UUID, staff: Approver) -> VersionAnswer:
        """Approve another person's correction: the old transfers are reversed, the new ones posted."""
        return await show(await corrections.approve_correction(_clerk(staff), item_id))

    @router.post("/corrections/{item_id}/rejection")
    async def reject(item_id: UUID, staff: Approver) -> VersionAnswer:
        """Reject a correction; the deal stays as it is."""
        return await show(await corrections.reject_correction(_clerk(staff), item_id))


def _add_reversals(router: APIRouter, corrections: CorrectionsService) -> None:
    @router.get("/reversals")
    async def list_reversals(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> ReversalsAnswer:
        """Return proposed and decided reversals, newest first."""
        found = await corrections.list_reversals(_clerk(staff).tenant_id, read_id_cursor(cursor), limit + 1)
        page = found[:limit]
        return ReversalsAnswer(
            items=[show_reversal(reversal) for reversal in page],
            next_cursor=str(page[-1].id) if len(found) > limit else None,
        )

    @router.post("/movements/{movement_id}/reversals", status_code=201)
    async def propose(movement_id: UUID, body: ReversalBody, staff: Corrector) -> ReversalAnswer:
        """Propose to reverse all that a movement posted; another person has to approve it."""
        return show_reversal(await corrections.propose_reversal(_clerk(staff), movement_id, body.reason))

    @router.post("/reversals/{reversal_id}/approval")
    async def approve(reversal_id: UUID, staff: Approver) -> ReversalAnswer:
        """Approve another person's reversal: the exact mirror of the movement is posted at once."""
        return show_reversal(await corrections.approve_reversal(_clerk(staff), reversal_id))

    @router.post("/reversals/{reversal_id}/rejection")
    async def reject(reversal_id: UUID, staff: Approver) -> ReversalAnswer:
        """Reject a reversal; the movement stands."""
        return show_reversal(await corrections.reject_reversal(_clerk(staff), reversal_id))


def _clerk(staff: StaffPrincipal) -> Clerk:
    """Return who acts. Deals and movements reach over departments. Raises DepartmentOutOfReach."""
    if staff.department_id is not None:
        raise DepartmentOutOfReach("Corrections reach over departments. Ask somebody of the whole tenant.")
    return Clerk(staff.tenant_id, staff.staff_id)
