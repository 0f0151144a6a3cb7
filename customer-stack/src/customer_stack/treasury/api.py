"""Staff routes of the treasury."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Header

from customer_stack.edge.authentication import StaffPrincipal, require
from customer_stack.edge.schemas import Body
from customer_stack.treasury.errors import AmountMissing
from customer_stack.treasury.schemas import ContributionBody, MovementAnswer, PrefundBody, StockPurchaseBody
from customer_stack.treasury.service import TreasuryService
from shared.idempotency import Claim, digest_of, key_of
from shared.money import Currency, to_minor

Key = Annotated[str | None, Header(alias="Idempotency-Key")]
Contributor = Annotated[StaffPrincipal, require("tenant.treasury.contribute")]
StockBuyer = Annotated[StaffPrincipal, require("tenant.treasury.purchase_stock")]
Prefunder = Annotated[StaffPrincipal, require("tenant.treasury.prefund")]


def build_router(service: TreasuryService) -> APIRouter:
    """Return the staff routes of the treasury."""
    router = APIRouter(prefix="/staff/treasury", tags=["treasury"])

    @router.post("/contributions", status_code=201)
    async def contribute(body: ContributionBody, staff: Contributor, key: Key = None) -> MovementAnswer:
        """Record LKR that the house brought to the bank."""
        staff.require_department(body.department_id)
        movement_id = await service.contribute(
            staff.tenant_id,
            staff.actor,
            Claim(body.department_id, key_of(key), _digest("contribute", body)),
            lkr=_minor(body.lkr, Currency.LKR),
            reference=body.bank_reference,
        )
        return MovementAnswer(movement_id=movement_id)

    @router.post("/stock-purchases", status_code=201)
    async def purchase_stock(body: StockPurchaseBody, staff: StockBuyer, key: Key = None) -> MovementAnswer:
        """Record a bank deal that turned LKR of the till into USD for sale."""
        staff.require_department(body.department_id)
        movement_id = await service.purchase_stock(
            staff.tenant_id,
            staff.actor,
            Claim(body.department_id, key_of(key), _digest("purchase_stock", body)),
            usd=_minor(body.usd, Currency.USD),
            lkr=_minor(body.lkr, Currency.LKR),
            reference=body.bank_reference,
        )
        return MovementAnswer(movement_id=movement_id)

    @router.post("/prefunds", status_code=201)
    async def prefund(body: PrefundBody, staff: Prefunder, key: Key = None) -> MovementAnswer:
        """Record USD of the stock that was sent to execution."""
        staff.require_department(body.department_id)
        movement_id = await service.prefund(
            staff.tenant_id,
            staff.actor,
            Claim(body.department_id, key_of(key), _digest("prefund", body)),
            usd=_minor(body.usd, Currency.USD),
            reference=body.bank_reference,
        )
        return MovementAnswer(movement_id=movement_id)

    return router


def _minor(text: str, currency: Currency) -> int:
    amount = to_minor(Decimal(text), currency.scale)
    if amount == 0:
        raise AmountMissing("The amount is zero. Send an amount above zero.")
    return amount


def _digest(operation: str, body: Body) -> bytes:
    return digest_of(f"treasury.{operation}", body.model_dump_json().encode())
