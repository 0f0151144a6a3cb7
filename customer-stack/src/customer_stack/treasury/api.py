"""Staff routes of the treasury."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter

from customer_stack.edge.authentication import StaffPrincipal, require
from customer_stack.edge.schemas import IdempotencyKey
from customer_stack.treasury.errors import AmountMissing
from customer_stack.treasury.schemas import ContributionBody, MovementAnswer, PrefundBody, StockPurchaseBody
from customer_stack.treasury.service import Request, TreasuryService
from shared.idempotency import Claim, digest_of, key_of
from shared.money import Currency, to_minor

Treasurer = Annotated[StaffPrincipal, require("tenant.treasury.post")]


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

    return router


def _request(
    operation: str,
    staff: StaffPrincipal,
    body: ContributionBody | StockPurchaseBody | PrefundBody,
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
