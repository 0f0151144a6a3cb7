"""Record what the acquirer paid to the bank.

The source of the transfer is the bank's reference, which settles once: money that the bank announced as a
pay-in is not posted again as a settlement, nor the other way round.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

from customer_stack.cards.domain.settlements import Settlement, build_settlement
from customer_stack.cards.errors import SettlementReferenceUsed
from customer_stack.cards.store import returns as store
from customer_stack.ledger.domain import TransferSource
from customer_stack.ledger.service import read_id_cursor, record_sources, require_department_book
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database
from shared.idempotency import Claim, NewAnswer, read_answer, store_answers
from shared.ids import Ids
from shared.ledger import store as ledger

_ONE_SETTLEMENT: Final = "ledger_transfer_source_one_settlement"

load_bookings: Final = store.load_bookings
"""(tx) -> bank reference -> LKR cents, signed, that the bound tenants' settlements moved at the bank."""


@dataclass(frozen=True, slots=True)
class SettlementRequest:
    """What a statement of the acquirer says: LKR cents. The claim's book is the department's."""

    tenant_id: UUID
    actor: str
    claim: Claim
    bank_reference: str
    gross: int
    fee: int


@dataclass(frozen=True, slots=True)
class SettlementPage:
    """Settlements, newest first, and where the next page begins."""

    settlements: tuple[Settlement, ...]
    next_cursor: str | None


class SettlementsService:
    """What the acquirer paid."""

    def __init__(self, database: Database, provider: str, bank: str, clock: Clock, ids: Ids) -> None:
        """Post payments of the acquirer `provider` to our account at `bank`."""
        self._database = database
        self._provider = provider
        self._bank = bank
        self._clock = clock
        self._ids = ids

    async def settle(self, request: SettlementRequest) -> UUID:
        """Post what came to the bank and what the acquirer kept. Returns the movement's id.

        Raises DepartmentNotFound, SettlementReferenceUsed, SettlementEmpty, IdempotencyMismatch.
        """
        try:
            return await self._post(request)
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name != _ONE_SETTLEMENT:
                raise
            # The bank announced the money as a pay-in, which lies in suspense or is somebody's.
            raise SettlementReferenceUsed(
                "The bank announced money with this reference, and it was posted as a pay-in. "
                "Look for it in suspense."
            ) from None

    async def _post(self, request: SettlementRequest) -> UUID:
        claim, tenant_id = request.claim, request.tenant_id
        async with self._database.transaction(tenant_id) as tx:
            await require_department_book(tx, claim.book_id)
            await ledger.lock_books(tx, [claim.book_id])
            answered = await read_answer(tx, claim)
            if answered is not None:
                return UUID(bytes=answered)
            if await store.has_settlement(tx, request.bank_reference):
                raise SettlementReferenceUsed("This bank reference was posted before. Check the reference.")
            made = Settlement(
                id=self._ids.new(),
                tenant_id=tenant_id,
                department_id=claim.book_id,
                provider=self._provider,
                bank_reference=request.bank_reference,
                gross=request.gross,
                fee=request.fee,
                movement_id=self._ids.new(),
                made_by=request.actor,
                at=self._clock.now(),
            )
            movement = build_settlement(made, self._ids)
            await ledger.post(tx, movement)
            place = (tenant_id, claim.book_id, movement.transfers[0].id)
            await record_sources(tx, [TransferSource(*place, self._bank, made.bank_reference)])
            await store.insert_settlement(tx, made)
            await append(tx, [_record(made)])
            await store_answers(tx, [NewAnswer(tenant_id, claim, made.movement_id.bytes)])
            return made.movement_id

    async def list(self, tenant_id: UUID, limit: int, cursor: str | None) -> SettlementPage:
        """Return one page of settlements. Raises CursorUnknown."""
        before = read_id_cursor(cursor)
        async with self._database.transaction(tenant_id) as tx:
            found = await store.load_settlements(tx, before, limit + 1)
        page = found[:limit]
        return SettlementPage(page, str(page[-1].id) if len(found) > limit else None)


def _record(made: Settlement) -> AuditRecord:
    return AuditRecord(
        tenant_id=made.tenant_id,
        kind="cards.settled",
        body={
            "settlement": str(made.id),
            "department": str(made.department_id),
            "bank_reference": made.bank_reference,
            "gross": made.gross,
            "fee": made.fee,
            "movement": str(made.movement_id),
        },
        at=made.at,
        actor=made.made_by,
    )
