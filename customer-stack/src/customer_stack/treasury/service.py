"""Use cases of the treasury: bring LKR, buy and sell stock, prefund execution, move money, pay bills."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from customer_stack.fx.service import load_stock, record_stock
from customer_stack.ledger.domain import Account, Amount, DealState, DealStep
from customer_stack.ledger.service import (
    ASSET_OF,
    advance_deals,
    insert_items,
    require_department_book,
)
from customer_stack.treasury import store
from customer_stack.treasury.domain import (
    INCOME,
    MovementKind,
    Opening,
    Recorded,
    Relocation,
    Terms,
    build_contribution,
    build_item,
    decide_bill,
    decide_bill_payment,
    decide_prefund,
    decide_relocation,
    decide_stock_purchase,
    decide_stock_sale,
)
from customer_stack.treasury.errors import ReferenceUsed
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.idempotency import Claim, NewAnswer, read_answer, store_answers
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD

load_bookings: Final = store.load_bookings
"""(tx) -> bank reference -> LKR cents, signed, of the bound tenants' movements at the collection account."""


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for which movement: the claim's book is the department's."""

    tenant_id: UUID
    actor: str
    claim: Claim
    bank_reference: str


class TreasuryService:
    """The house's own money. Every method returns the movement's id."""

    def __init__(self, database: Database, clock: Clock, ids: Ids) -> None:
        """Post to `database`."""
        self._database = database
        self._clock = clock
        self._ids = ids

    async def contribute(self, request: Request, *, lkr: int) -> UUID:
        """Post LKR (cents) that the house brought to the bank. Raises DepartmentNotFound, ReferenceUsed."""

        async def post(tx: Transaction, opening: Opening) -> None:
            await ledger.post(tx, build_contribution(opening, lkr))

        return await self._open(
            request, Terms(MovementKind.CONTRIBUTION, get=Amount(LKR, lkr), lkr=lkr), post
        )

    async def purchase_stock(self, request: Request, *, usd: int, lkr: int) -> UUID:
        """Post a bank deal: `lkr` cents out of the till, `usd` micro-dollars into stock.

        Raises DepartmentNotFound, ReferenceUsed, TillTooLow.
        """

        async def post(tx: Transaction, opening: Opening) -> None:
            key = (opening.department_id, LKR, Account.TILL)
            till = (await ledger.load_balances(tx, [key]))[key]
            stock, balance = await load_stock(tx, opening.department_id)
            after, movement = decide_stock_purchase(opening, usd, lkr, till, stock)
            await ledger.post(tx, movement)
            await record_stock(tx, opening.tenant_id, opening.department_id, balance, after)

        terms = Terms(MovementKind.STOCK_PURCHASE, Amount(LKR, lkr), Amount(USD, usd), lkr=-lkr)
        return await self._open(request, terms, post)

    async def prefund(self, request: Request, *, usd: int) -> UUID:
        """Post USD (micro-dollars) out of stock that was sent to execution.

        Raises DepartmentNotFound, ReferenceUsed, StockTooLow.
        """

        async def post(tx: Transaction, opening: Opening) -> None:
            stock, balance = await load_stock(tx, opening.department_id)
            after, movement = decide_prefund(opening, usd, balance, stock)
            await ledger.post(tx, movement)
            await record_stock(tx, opening.tenant_id, opening.department_id, balance, after)

        return await self._open(request, Terms(MovementKind.PREFUND, give=Amount(USD, usd)), post)

    async def sell_stock(self, request: Request, *, usd: int, lkr: int) -> UUID:
        """Post a bank deal: `usd` micro-dollars out of stock, `lkr` cents into the till.

        Raises DepartmentNotFound, ReferenceUsed, StockTooLow.
        """

        async def post(tx: Transaction, opening: Opening) -> None:
            stock, balance = await load_stock(tx, opening.department_id)
            after, movement = decide_stock_sale(opening, usd, lkr, balance, stock)
            await ledger.post(tx, movement)
            await record_stock(tx, opening.tenant_id, opening.department_id, balance, after)

        terms = Terms(MovementKind.STOCK_SALE, Amount(USD, usd), Amount(LKR, lkr), lkr=lkr)
        return await self._open(request, terms, post)

    async def relocate(self, request: Request, relocation: Relocation) -> UUID:
        """Post money that went from one place to another.

        Raises DepartmentNotFound, ReferenceUsed, PlacesInvalid, PlaceTooLow.
        """

        async def post(tx: Transaction, opening: Opening) -> None:
            # What lies at the bank is spread over all books: the bank refuses what it has not, not we.
            asset, lies = ASSET_OF[relocation.currency], relocation.amount
            if relocation.source is not Account.COLLECTION:
                lies = -await _sum(tx, opening, [relocation.source], asset)
            await ledger.post(tx, decide_relocation(opening, relocation, lies))

        moved = Amount(ASSET_OF[relocation.currency], relocation.amount)
        terms = Terms(MovementKind.RELOCATION, moved, moved, lkr=relocation.at_collection)
        return await self._open(request, terms, post)

    async def record_bill(self, request: Request, *, lkr: int) -> UUID:
        """Post a supplier's bill of `lkr` cents. Raises DepartmentNotFound, ReferenceUsed, IncomeTooLow."""

        async def post(tx: Transaction, opening: Opening) -> None:
            income = await _sum(tx, opening, INCOME, LKR)
            await ledger.post(tx, decide_bill(opening, lkr, income))

        return await self._open(request, Terms(MovementKind.BILL, give=Amount(LKR, lkr)), post)

    async def pay_bill(self, request: Request, *, lkr: int) -> UUID:
        """Post `lkr` cents that the bank paid to suppliers.

        Raises DepartmentNotFound, ReferenceUsed, BillTooLarge.
        """

        async def post(tx: Transaction, opening: Opening) -> None:
            payable = await _sum(tx, opening, [Account.PAYABLE], LKR)
            await ledger.post(tx, decide_bill_payment(opening, lkr, payable))

        terms = Terms(MovementKind.BILL_PAYMENT, give=Amount(LKR, lkr), lkr=-lkr)
        return await self._open(request, terms, post)

    async def list_movements(self, tenant_id: UUID, before: UUID | None, limit: int) -> tuple[Recorded, ...]:
        """Return what the house did, newest first."""
        async with self._database.transaction(tenant_id) as tx:
            return await store.load_movements(tx, before, limit)

    async def _open(
        self,
        request: Request,
        terms: Terms,
        post: Callable[[Transaction, Opening], Awaitable[None]],
    ) -> UUID:
        """Run one movement once, under the lock of the department's book."""
        tenant_id, claim, department_id = request.tenant_id, request.claim, request.claim.book_id
        async with self._database.transaction(tenant_id) as tx:
            await require_department_book(tx, department_id)
            await ledger.lock_books(tx, [department_id])
            answered = await read_answer(tx, claim)
            if answered is not None:
                return UUID(bytes=answered)
            if await store.has_reference(tx, request.bank_reference):
                raise ReferenceUsed("This bank reference was posted before. Check the reference.")
            now, movement_id = self._clock.now(), self._ids.new()
            opening = Opening(tenant_id, department_id, movement_id, (self._ids.new(), self._ids.new()), now)
            await post(tx, opening)
            await store.insert_movement(tx, opening, terms, request.bank_reference)
            await self._open_deal(tx, request, opening, terms)
            body = {
                "department": str(department_id),
                "movement": str(movement_id),
                "bank_reference": request.bank_reference,
                "lkr": terms.lkr,
                "usd": terms.usd,
            }
            await append(
                tx, [AuditRecord(tenant_id, f"treasury.{terms.kind.value}", body, now, request.actor)]
            )
            await store_answers(tx, [NewAnswer(tenant_id, claim, movement_id.bytes)])
            return movement_id

    async def _open_deal(self, tx: Transaction, request: Request, opening: Opening, terms: Terms) -> None:
        """Keep the movement's parameters as version 1, and that it was made and settled in one act."""
        item = build_item(opening, terms, self._ids.new(), request.bank_reference, request.actor)
        await insert_items(tx, [item])
        await advance_deals(
            tx,
            [
                DealStep(
                    opening.tenant_id,
                    opening.department_id,
                    opening.movement_id,
                    state,
                    opening.at,
                    request.actor,
                    opening.movement_id if state is DealState.SETTLED else None,
                )
                for state in (DealState.CREATED, DealState.SETTLED)
            ],
        )


async def _sum(tx: Transaction, opening: Opening, accounts: Sequence[Account], asset: int) -> int:
    """Return what stands on unchecked accounts of the department together, in one asset."""
    found = await ledger.sum_unchecked(tx, [opening.department_id], accounts)
    return sum(amount for (_, held_in, _), amount in found.items() if held_in == asset)
