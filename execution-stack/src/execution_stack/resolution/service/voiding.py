"""Declare a void, approve it as another person, or reject it. The worker carries out what is approved.

Guaranteed: nobody can approve what our books contradict: the cash that is declared is compared to the
micro-dollar with what the void would change at the exchange, when it is declared and when it is approved;
while a void is open, no value is paid for its market; who declared and who decided is in the audit chain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from execution_stack.accounts import service as accounts
from execution_stack.breaks.domain import Kind
from execution_stack.intents import service as intents
from execution_stack.markets import service as markets
from execution_stack.markets.errors import MarketNotFound
from execution_stack.reports.domain import Basis
from execution_stack.resolution import store
from execution_stack.resolution.domain.plans import Resolved
from execution_stack.resolution.domain.voids import Void, VoidOutcome, decide, require_voidable
from execution_stack.resolution.errors import (
    VoidDecided,
    VoidDiffers,
    VoidNotFound,
    VoidNotPossible,
    VoidPending,
)
from execution_stack.resolution.service.drafting import draft, end_waiting
from execution_stack.resolution.service.paying import REFUSALS_PER_TRANSACTION, outcome_of
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import HOUSE_TENANT, Ids
from shared.money import USD_SCALE, format_minor


@dataclass(frozen=True, slots=True)
class Declaration:
    """What an operator read in the exchange's notice; `returned` in micro-dollars, of both signs."""

    market_id: UUID
    form: Basis
    fees_returned: bool
    returned: int
    operator: UUID


class VoidService:
    """Voids from their declaration to their decision."""

    def __init__(self, database: Database, clock: Clock, ids: Ids) -> None:
        """Keep voids in `database`."""
        self._database = database
        self._clock = clock
        self._ids = ids

    async def declare(self, declaration: Declaration) -> Void:
        """Keep a void for another person to approve.

        Raises MarketNotFound, VoidNotPossible, VoidPending, VoidDiffers.
        """
        void = Void(
            id=self._ids.new(),
            market_id=declaration.market_id,
            form=declaration.form,
            fees_returned=declaration.fees_returned,
            returned=declaration.returned,
            proposed_by=declaration.operator,
            proposed_at=self._clock.now(),
        )
        tenants = await accounts.list_tenants(self._database)
        await self._end_waiting(void.market_id, tenants)
        async with self._database.transaction(HOUSE_TENANT, *tenants) as tx:
            await self._require_true(tx, void)
            if await store.list_open_voids(tx, [void.market_id]):
                raise VoidPending("Another void of this market is open. Decide that one first.")
            await store.insert_void(tx, void)
            await append(tx, [self._record(void, "resolution.void_declared", declaration.operator)])
        return void

    async def approve(self, void_id: UUID, operator: UUID) -> Void:
        """Approve a void as another person than who declared it; the worker posts it.

        Raises VoidNotFound, VoidDecided, VoidNeedsAnother, VoidNotPossible, VoidDiffers.
        """
        return await self._decide(void_id, operator, VoidOutcome.APPROVED)

    async def reject(self, void_id: UUID, operator: UUID) -> Void:
        """Reject a void; who declared it may take it back. Raises VoidNotFound, VoidDecided."""
        return await self._decide(void_id, operator, VoidOutcome.REJECTED)

    async def list_open(self) -> Sequence[Void]:
        """Return voids that are not rejected and not carried out."""
        async with self._database.transaction() as tx:
            return await store.list_open_voids(tx)

    async def _decide(self, void_id: UUID, operator: UUID, outcome: VoidOutcome) -> Void:
        tenants = await accounts.list_tenants(self._database)
        async with self._database.transaction(HOUSE_TENANT, *tenants) as tx:
            found = await store.load_void(tx, void_id)
            if found is None:
                raise VoidNotFound("No void has this id. List the open ones.")
            decide(found, operator, outcome)
            if outcome is VoidOutcome.APPROVED:
                await self._require_true(tx, found)
            if not await store.insert_void_decision(tx, void_id, outcome, operator, self._clock.now()):
                raise VoidDecided("The void was decided a moment ago. Look at it again.")
            await append(tx, [self._record(found, f"resolution.void_{outcome.value}", operator)])
            return await store.load_void(tx, void_id) or found

    async def _end_waiting(self, market_id: UUID, tenants: Sequence[UUID]) -> None:
        """Refuse what still waits in a market that can be voided. Raises MarketNotFound, VoidNotPossible.

        In transactions of their own, because a refusal takes the numbering of reports and the draft that
        follows takes books, which come before it.
        """
        ended = REFUSALS_PER_TRANSACTION
        while ended == REFUSALS_PER_TRANSACTION:
            async with self._database.transaction(HOUSE_TENANT, *tenants) as tx:
                await _require_market(tx, market_id)
                ended, _ = await end_waiting(tx, market_id, self._clock.now(), REFUSALS_PER_TRANSACTION)

    async def _require_true(self, tx: Transaction, void: Void) -> None:
        """Refuse a void that our books contradict. Locks every book that it touches.

        Raises MarketNotFound, VoidNotPossible, VoidDiffers.
        """
        current = await _require_market(tx, void.market_id)
        if await intents.count_unfinished(tx, void.market_id):
            raise VoidNotPossible("Not all intents of this market have ended. Wait for its orders.")
        outcome = outcome_of(void, current.revision + 1 if current else 1, self._clock.now())
        drafted = await draft(tx, outcome, current, fees_returned=void.fees_returned)
        if await store.load_current(tx, void.market_id) != current:
            raise VoidPending("The market was paid a moment ago. Look at it again.")
        for found in drafted.found:
            if found.kind is Kind.RESOLUTION_CASH and void.form is Basis.CANCELLED_TRADES:
                due = format_minor(drafted.due, USD_SCALE)
                raise VoidDiffers(f"By our books the exchange returns {due} USD. Compare its notice.")
            if found.kind is Kind.RESOLUTION_CASH:
                raise VoidDiffers(
                    "Returned is at least nothing and at most a dollar for each contract of the net position."
                )
            if found.kind is Kind.RESOLUTION_CLEARING:
                raise VoidNotPossible("Contracts of the market would be left in our books. See the checks.")

    def _record(self, void: Void, kind: str, operator: UUID) -> AuditRecord:
        return AuditRecord(
            tenant_id=HOUSE_TENANT,
            kind=kind,
            body={
                "void": void.id,
                "market": void.market_id,
                "form": void.form,
                "fees_returned": void.fees_returned,
                "returned": str(void.returned),
                "operator": operator,
            },
            at=self._clock.now(),
            actor=f"staff:{operator}",
        )


async def _require_market(tx: Transaction, market_id: UUID) -> Resolved | None:
    """Return the outcome that stands of a market that can be voided.

    Raises MarketNotFound, VoidNotPossible.
    """
    market = (await markets.load_many(tx, [market_id])).get(market_id)
    if market is None:
        raise MarketNotFound("No market has this id. List the markets.")
    current = await store.load_current(tx, market_id)
    require_voidable(market.status, current)
    return current
