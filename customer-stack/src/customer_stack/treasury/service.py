"""Use cases of the treasury: bring LKR, buy USD for stock, prefund execution."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from customer_stack.fx.service import load_stock, record_stock
from customer_stack.ledger.domain import Account
from customer_stack.ledger.service import require_department_book
from customer_stack.treasury.domain import (
    Opening,
    build_contribution,
    decide_prefund,
    decide_stock_purchase,
)
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.idempotency import Claim, NewAnswer, read_answer, store_answers
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import LKR


class TreasuryService:
    """The house's own money. Every method returns the movement's id."""

    def __init__(self, database: Database, clock: Clock, ids: Ids) -> None:
        """Post to `database`."""
        self._database = database
        self._clock = clock
        self._ids = ids

    async def contribute(
        self, tenant_id: UUID, actor: str, claim: Claim, *, lkr: int, reference: str
    ) -> UUID:
        """Post LKR (cents) that the house brought to the bank. Raises DepartmentNotFound."""

        async def post(tx: Transaction, opening: Opening) -> None:
            await ledger.post(tx, build_contribution(opening, lkr))

        body: dict[str, int | str] = {"lkr": lkr, "bank_reference": reference}
        return await self._open(tenant_id, actor, claim, "treasury.contributed", body, post)

    async def purchase_stock(
        self, tenant_id: UUID, actor: str, claim: Claim, *, usd: int, lkr: int, reference: str
    ) -> UUID:
        """Post a bank deal: `lkr` cents out of the till, `usd` micro-dollars into stock.

        Raises DepartmentNotFound, TillTooLow.
        """

        async def post(tx: Transaction, opening: Opening) -> None:
            key = (opening.department_id, LKR, Account.TILL)
            till = (await ledger.load_balances(tx, [key]))[key]
            stock, balance = await load_stock(tx, opening.department_id)
            after, movement = decide_stock_purchase(opening, usd, lkr, till, stock)
            await ledger.post(tx, movement)
            await record_stock(tx, tenant_id, opening.department_id, balance, after)

        body: dict[str, int | str] = {"usd": usd, "lkr": lkr, "bank_reference": reference}
        return await self._open(tenant_id, actor, claim, "treasury.stock_purchased", body, post)

    async def prefund(self, tenant_id: UUID, actor: str, claim: Claim, *, usd: int, reference: str) -> UUID:
        """Post USD (micro-dollars) out of stock that was sent to execution.

        Raises DepartmentNotFound, StockTooLow.
        """

        async def post(tx: Transaction, opening: Opening) -> None:
            stock, balance = await load_stock(tx, opening.department_id)
            after, movement = decide_prefund(opening, usd, balance, stock)
            await ledger.post(tx, movement)
            await record_stock(tx, tenant_id, opening.department_id, balance, after)

        body: dict[str, int | str] = {"usd": usd, "bank_reference": reference}
        return await self._open(tenant_id, actor, claim, "treasury.prefunded", body, post)

    async def _open(
        self,
        tenant_id: UUID,
        actor: str,
        claim: Claim,
        kind: str,
        body: Mapping[str, int | str],
        post: Callable[[Transaction, Opening], Awaitable[None]],
    ) -> UUID:
        """Run one opening once: the claim's book is the department's."""
        department_id = claim.book_id
        async with self._database.transaction(tenant_id) as tx:
            await require_department_book(tx, department_id)
            await ledger.lock_books(tx, [department_id])
            answered = await read_answer(tx, claim)
            if answered is not None:
                return UUID(bytes=answered)
            now, movement_id = self._clock.now(), self._ids.new()
            transfer_ids = (self._ids.new(), self._ids.new())
            await post(tx, Opening(tenant_id, department_id, movement_id, transfer_ids, now))
            record = AuditRecord(
                tenant_id=tenant_id,
                kind=kind,
                body={"department": str(department_id), "movement": str(movement_id), **body},
                at=now,
                actor=actor,
            )
            await append(tx, [record])
            await store_answers(tx, [NewAnswer(tenant_id, claim, movement_id.bytes)])
            return movement_id
