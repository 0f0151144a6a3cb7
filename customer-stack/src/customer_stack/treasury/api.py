"""Staff routes of the treasury."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter

from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, IdempotencyKey, Limit, read_uuid_cursor
from customer_stack.ledger.domain import Account
from customer_stack.treasury.domain import Relocation
from customer_stack.treasury.errors import AmountMissing
from customer_stack.treasury.schemas import (
    BillBody,
    ContributionBody,
    MovementAnswer,
    MovementsAnswer,
    PrefundBody,
    RelocationBody,
    StockPurchaseBody,
    StockSaleBody,
    show_recorded,
)
from customer_stack.treasury.service import Request, TreasuryService
from shared.idempotency import Claim, digest_of, key_of
from shared.money import Currency, to_minor

Reader = Annotated[StaffPrincipal, require("tenant.treasury.read")]
Treasurer = Annotated[StaffPrincipal, require("tenant.treasury.post")]

TreasuryBody = ContributionBody | StockPurchaseBody | StockSaleBody | PrefundBody | RelocationBody | BillBody


def build_router(service: TreasuryService) -> APIRouter:
    """Return the staff routes of the treasury."""
    router = APIRouter(prefix="/staff/treasury", tags=["treasury"])

    @router.post("/contributions", status_code=201)
    async def contribute(
        body: ContributionBody, staff: Treasurer, key: IdempotencyKey = None
    ) -> MovementAnswer:
        """Record LKR that the house brought to the bank."""
        request = _request("contribute", staff, body, key)
        return MovementAnswer(
            movement_id=await service.contribute(request, lkr=_minor(body.lkr, Currency.LKR))
        )

    @router.post("/stock-purchases", status_code=201)
    async def purchase_stock(
        body: StockPurchaseBody, staff: Treasurer, key: IdempotencyKey = None
    ) -> MovementAnswer:
        """Record a bank deal that turned LKR of the till into USD for sale."""
        request = _request("purchase_stock", staff, body, key)
        usd, lkr = _minor(body.usd, Currency.USD), _minor(body.lkr, Currency.LKR)
        return MovementAnswer(movement_id=await service.purchase_stock(request, usd=usd, lkr=lkr))

    @router.post("/prefunds", status_code=201)
    async def prefund(body: PrefundBody, staff: Treasurer, key: IdempotencyKey = None) -> MovementAnswer:
        """Record USD of the stock that was sent to execution."""
        request = _request("prefund", staff, body, key)
        return MovementAnswer(movement_id=await service.prefund(request, usd=_minor(body.usd, Currency.USD)))

    _add_daily_work(router, service)
    return router


def _add_daily_work(router: APIRouter, service: TreasuryService) -> None:
    @router.get("/movements")
    async def list_movements(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> MovementsAnswer:
        """Return what the house did with its own money, newest first."""
        found = await service.list_movements(staff.tenant_id, read_uuid_cursor(cursor), limit + 1)
        page = found[:limit]
        next_cursor = str(page[-1].movement_id) if len(found) > limit else None
        return MovementsAnswer(items=[show_recorded(each) for each in page], next_cursor=next_cursor)

    @router.post("/stock-sales", status_code=201)
    async def sell_stock(body: StockSaleBody, staff: Treasurer, key: IdempotencyKey = None) -> MovementAnswer:
        """Record a bank deal that turned USD of the stock into LKR of the till."""
        request = _request("sell_stock", staff, body, key)
        usd, lkr = _minor(body.usd, Currency.USD), _minor(body.lkr, Currency.LKR)
        return MovementAnswer(movement_id=await service.sell_stock(request, usd=usd, lkr=lkr))

    @router.post("/relocations", status_code=201)
    async def relocate(body: RelocationBody, staff: Treasurer, key: IdempotencyKey = None) -> MovementAnswer:
        """Record money of the house that went from one place to another."""
        request = _request("relocate", staff, body, key)
        relocation = Relocation(
            body.currency, Account(body.source), Account(body.target), _minor(body.amount, body.currency)
        )
        return MovementAnswer(movement_id=await service.relocate(request, relocation))

    @router.post("/bills", status_code=201)
    async def record_bill(body: BillBody, staff: Treasurer, key: IdempotencyKey = None) -> MovementAnswer:
        """Record a supplier's bill; recognised income must cover it."""
        request = _request("record_bill", staff, body, key)
        lkr = _minor(body.lkr, Currency.LKR)
        return MovementAnswer(movement_id=await service.record_bill(request, lkr=lkr))

    @router.post("/bill-payments", status_code=201)
    async def pay_bill(body: BillBody, staff: Treasurer, key: IdempotencyKey = None) -> MovementAnswer:
        """Record LKR that the bank paid to suppliers."""
        request = _request("pay_bill", staff, body, key)
        return MovementAnswer(movement_id=await service.pay_bill(request, lkr=_minor(body.lkr, Currency.LKR)))


def _request(
    operation: str,
    staff: StaffPrincipal,
    body: TreasuryBody,
    key: str | None,
) -> Request:
    """Return the request of a member of staff. Raises DepartmentOutOfReach, IdempotencyKeyMissing."""
    staff.require_department(body.department_id)
    digest = digest_of(f"treasury.{operation}", body.model_dump_json().encode())
    claim = Claim(body.department_id, key_of(key), digest)
    return Request(staff.tenant_id, staff.actor, claim, body.bank_reference)


def _minor(text: str, currency: Currency) -> int:
    amount = to_minor(Decimal(text), currency.scale)
    if amount == 0:
        raise AmountMissing("The amount is zero. Send an amount above zero.")
    return amount
