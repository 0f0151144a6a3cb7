"""Use cases of the treasury: bring LKR, buy USD for stock, prefund execution."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from customer_stack.fx.service import load_stock, record_stock
from customer_stack.ledger.domain import Account
from customer_stack.ledger.service import require_department_book
from customer_stack.treasury import store
from customer_stack.treasury.domain import (
    MovementKind,
    Opening,
    build_contribution,
    decide_prefund,
    decide_stock_purchase,
)
from customer_stack.treasury.errors import ReferenceUsed
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.idempotency import Claim, NewAnswer, read_answer, store_answers
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import LKR

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

        return await self._open(request, MovementKind.CONTRIBUTION, lkr, 0, post)

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

        return await self._open(request, MovementKind.STOCK_PURCHASE, -lkr, usd, post)

    async def prefund(self, request: Request, *, usd: int) -> UUID:
        """Post USD (micro-dollars) out of stock that was sent to execution.

        Raises DepartmentNotFound, ReferenceUsed, StockTooLow.
        """

        async def post(tx: Transaction, opening: Opening) -> None:
            stock, balance = await load_stock(tx, opening.department_id)
            after, movement = decide_prefund(opening, usd, balance, stock)
            await ledger.post(tx, movement)
            await record_stock(tx, opening.tenant_id, opening.department_id, balance, after)

        return await self._open(request, MovementKind.PREFUND, 0, usd, post)

    async def _open(
        self,
        request: Request,
        kind: MovementKind,
        lkr: int,
        usd: int,
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
            await store.insert_movement(tx, opening, kind, request.bank_reference, lkr=lkr, usd=usd)
            body = {
                "department": str(department_id),
                "movement": str(movement_id),
                "bank_reference": request.bank_reference,
                "lkr": lkr,
                "usd": usd,
            }
            await append(tx, [AuditRecord(tenant_id, f"treasury.{kind.value}", body, now, request.actor)])
            await store_answers(tx, [NewAnswer(tenant_id, claim, movement_id.bytes)])
            return movement_id
