"""Approve or reject a proposal. An approval is a signature of the digest of exactly this instruction."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from customer_stack.access.domain import Officer
from customer_stack.settlement import store
from customer_stack.settlement.domain.states import (
    Settlement,
    State,
    Step,
    next_state,
    require_approval,
    state_at,
)
from customer_stack.settlement.errors import InstructionExpired
from customer_stack.settlement.service.desk import Desk
from customer_stack.signing.service import Evidence, SigningService
from shared import outflow


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """What is to be signed, and what a browser needs for it; `options` None: password and code sign."""

    settlement: Settlement
    options: dict[str, Any] | None


class Deciding:
    """Decisions about proposals."""

    def __init__(self, desk: Desk, signing: SigningService) -> None:
        """Take signatures of `signing`."""
        self._desk = desk
        self._signing = signing

    async def prepare(self, officer: Officer, settlement_id: UUID) -> ApprovalRequest:
        """Return what `officer` would sign to approve. Raises SettlementNotFound, PasskeysOff."""
        async with self._desk.database.transaction(officer.tenant_id) as tx:
            settlement = await self._desk.load(tx, settlement_id)
        return ApprovalRequest(settlement, await self._signing.request_options(officer, settlement.digest))

    async def approve(
        self, officer: Officer, settlement_id: UUID, digest: bytes, evidence: Evidence
    ) -> Settlement:
        """Approve exactly the instruction with this digest, as another person than the proposer.

        Raises SettlementNotFound, ProposerCannotDecide, InstructionChanged, InstructionExpired,
        NotInThisState, and the refusals of signing.
        """
        desk = self._desk
        if await self._has_expired(officer, settlement_id):
            raise InstructionExpired("The proposal has expired. Propose the settlement again.")
        async with desk.database.transaction(officer.tenant_id) as tx:
            settlement = await desk.load(tx, settlement_id)
            require_approval(settlement, officer.staff_id, digest, desk.clock.now())
        signature = await self._signing.verify(officer, settlement.instruction.digest, evidence)
        async with desk.database.transaction(officer.tenant_id) as tx:
            settlement = await desk.lock(tx, settlement_id)
            now = desk.clock.now()
            require_approval(settlement, officer.staff_id, digest, now)
            await self._signing.keep(tx, signature)
            await store.insert_approval(tx, settlement.instruction, officer.staff_id, signature.id, now)
            body = {"signature": str(signature.id), "proof": signature.method.value}
            await desk.record(tx, settlement.instruction, "settlement.approved", officer.actor, body, now)
            return await desk.load(tx, settlement_id)

    async def reject(self, officer: Officer, settlement_id: UUID, reason: str) -> Settlement:
        """Reject what is not released, with a reason. The proposer may take it back this way too.

        What a restore may have forgotten to be paid is not rejected before a person has compared. Raises
        OutflowHeld, SettlementNotFound, NotInThisState.
        """
        desk = self._desk
        async with desk.database.transaction(officer.tenant_id) as tx:
            settlement = await desk.lock(tx, settlement_id)
            now = desk.clock.now()
            next_state(state_at(settlement, now), Step.REJECT)
            await outflow.require_unsent(tx, settlement.instruction.proposed_at)
            await store.insert_end(tx, settlement, State.REJECTED, officer.staff_id, reason, now)
            await desk.record(tx, settlement.instruction, "settlement.rejected", officer.actor, {}, now)
            return await desk.load(tx, settlement_id)

    async def _has_expired(self, officer: Officer, settlement_id: UUID) -> bool:
        """Write down that its time is over, in a transaction of its own, so that it stands."""
        async with self._desk.database.transaction(officer.tenant_id) as tx:
            return await self._desk.expire(tx, await self._desk.lock(tx, settlement_id))
