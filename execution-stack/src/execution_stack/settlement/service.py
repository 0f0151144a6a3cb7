"""Confirm periods, record receipts."""

from uuid import UUID

from execution_stack.accounts import service as accounts
from execution_stack.books import service as books
from execution_stack.reports import service as reports
from execution_stack.reports.domain import Totals
from execution_stack.settlement import store
from execution_stack.settlement.domain import Outcome, Proposal, find_settled, judge
from execution_stack.settlement.errors import SettlementConflict, SettlementNotAgreed, UnknownTenant
from execution_stack.settlement.store import Confirmation
from shared.audit import AuditRecord, append
from shared.boundary.calls import VerifiedCall
from shared.boundary.nonces import consume
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ledger.store import lock_books


class SettlementService:
    """What the customer stack proposes, and what an operator records."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Work on `database`."""
        self._database = database
        self._clock = clock

    async def confirm(self, call: VerifiedCall, proposal: Proposal) -> tuple[Outcome, Totals]:
        """Say whether our reports give the same totals and payment; return our totals of the period.

        Raises UnknownTenant, SettlementConflict.
        """
        tenants = await accounts.tenants_of(self._database, call.sender)
        if proposal.tenant_id not in tenants:
            raise UnknownTenant("The tenant is not registered by this stack. Check its id.")
        async with self._database.transaction(proposal.tenant_id) as tx:
            await consume(tx, call)
            # Proposals of one tenant are judged one after the other: each sees the chain before it.
            await lock_books(tx, [proposal.tenant_id])
            period = await reports.sum_period(
                tx, proposal.tenant_id, proposal.after_sequence, proposal.to_sequence
            )
            before = await store.load(tx, proposal.settlement_id)
            if before is not None:
                if before.proposal != proposal:
                    raise SettlementConflict("The id was used for another period. Take a new one.")
                return before.outcome, period
            outcome = await self._judge(tx, call, proposal, period)
            await self._write(tx, Confirmation(proposal, outcome))
        return outcome, period

    async def _judge(
        self, tx: Transaction, call: VerifiedCall, proposal: Proposal, period: Totals
    ) -> Outcome:
        newest = await reports.last_sequence(tx, call.sender)
        earlier = await reports.sum_period(tx, proposal.tenant_id, 0, proposal.after_sequence)
        agreed = await store.list_agreed(tx, proposal.tenant_id)
        settled = find_settled(agreed, proposal.after_sequence)
        return judge(proposal, period, earlier, settled, newest)

    async def _write(self, tx: Transaction, confirmation: Confirmation) -> None:
        at, proposal = self._clock.now(), confirmation.proposal
        if not await store.insert(tx, confirmation, at):
            raise SettlementConflict("The settlement's id belongs to another tenant. Take a new one.")
        body = {
            "settlement": proposal.settlement_id,
            "after": proposal.after_sequence,
            "to": proposal.to_sequence,
            "direction": proposal.direction,
            "amount": proposal.amount,
            "digest": proposal.digest.hex(),
            "outcome": confirmation.outcome,
        }
        await append(tx, [AuditRecord(proposal.tenant_id, "settlement.confirmed", body, at, "system")])

    async def receive(self, settlement_id: UUID) -> bool:
        """Record that an agreed settlement's money moved; return False when that is recorded already.

        Raises SettlementNotAgreed, FloatTooLow.
        """
        at = self._clock.now()
        tenants = await accounts.list_tenants(self._database)
        async with self._database.transaction(*tenants) as tx:
            confirmation = await store.load(tx, settlement_id)
            if confirmation is None or confirmation.outcome is not Outcome.AGREED:
                raise SettlementNotAgreed("No agreed settlement has this id. Ask the customer side.")
            proposal = confirmation.proposal
            if not await store.insert_receipt(tx, proposal.tenant_id, settlement_id, at):
                return False
            await books.receive_settlement(
                tx, settlement_id, proposal.tenant_id, proposal.direction, proposal.amount, at
            )
            body = {"settlement": settlement_id, "amount": proposal.amount, "direction": proposal.direction}
            await append(tx, [AuditRecord(proposal.tenant_id, "settlement.received", body, at, "system")])
        return True
