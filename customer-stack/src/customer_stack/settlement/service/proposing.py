"""Propose a settlement: read the cut, let execution agree, keep it.

The ledger and the reports are read in one snapshot, execution is asked outside any transaction, and the
draft is kept only if execution agreed and nothing that it rests on has moved since.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol
from uuid import UUID

from customer_stack.access.domain import Officer
from customer_stack.boundary_client import domain as boundary
from customer_stack.settlement import store
from customer_stack.settlement.domain.instruction import (
    Cut,
    Instruction,
    Line,
    Previous,
    Proposal,
    Totals,
    decide_instruction,
    sort_lines,
)
from customer_stack.settlement.domain.states import PENDING, Settlement, state_at
from customer_stack.settlement.errors import (
    NothingToSettle,
    RouteMissing,
    SettlementDifferent,
    SettlementPending,
)
from customer_stack.settlement.service.desk import Desk
from shared import outflow
from shared.database import Transaction
from shared.idempotency import Claim, NewAnswer, read_answer, store_answers
from shared.ledger import store as ledger

LIFETIME: Final = timedelta(hours=24)
LONG_MS: Final = 60_000
"""How long the sum of what is owed may take: it is over the whole ledger, and holds no lock."""
_SNAPSHOT: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


class SettlementConfirmation(Protocol):
    """The execution side's word on a period's totals. Called outside any transaction."""

    async def confirm_settlement(self, proposal: boundary.SettlementProposal) -> boundary.SettlementAnswer:
        """Say whether execution has the same totals. Safe to repeat. Raises OutcomeUnknown, CallRefused."""
        ...


class Reports(Protocol):
    """What the reports of execution say, read inside the caller's snapshot."""

    async def applied_through(self, tx: Transaction) -> int:
        """Return the sequence up to which every report took effect."""
        ...

    async def sum_reports(
        self, tx: Transaction, tenant_id: UUID, after_sequence: int, to_sequence: int
    ) -> Mapping[UUID, boundary.Totals]:
        """Return each customer's sums above one sequence and up to another."""
        ...


@dataclass(frozen=True, slots=True)
class _Draft:
    instruction: Instruction
    lines: tuple[Line, ...]
    previous: Previous
    claim: Claim


class Proposing:
    """Drafts that execution agreed to."""

    def __init__(self, desk: Desk, confirmation: SettlementConfirmation, reports: Reports) -> None:
        """Agree through `confirmation` on what `reports` say."""
        self._desk = desk
        self._confirmation = confirmation
        self._reports = reports

    async def propose(
        self, officer: Officer, purpose_code: str, key: bytes, request_digest: bytes
    ) -> Settlement:
        """Propose to settle everything reported so far. `key` and `request_digest` as of idempotency.

        Nothing is proposed while money is held after a restore: the same period may have been paid. Raises
        OutflowHeld, PurposeUnknown, RouteMissing, SettlementPending, NothingToSettle, LedgerDiffers,
        SettlementDifferent, OutcomeUnknown.
        """
        desk = self._desk
        desk.purposes.require(purpose_code)
        async with desk.database.transaction(officer.tenant_id, statement_timeout_ms=LONG_MS) as tx:
            await tx.execute(_SNAPSHOT)
            department_id = await desk.root_department(tx, officer.tenant_id)
            claim = Claim(department_id, key, request_digest)
            answered = await read_answer(tx, claim)
            if answered is not None:
                return await desk.load(tx, UUID(bytes=answered))
            await outflow.require_free(tx)
            await self._require_none_pending(tx)
            draft = await self._draft(tx, officer, purpose_code, claim)
        desk.purposes.require(purpose_code, draft.instruction.direction)
        answer = await self._confirmation.confirm_settlement(_to_boundary(draft.instruction))
        if not answer.agreed:
            await self._record_disagreement(officer, draft.instruction, answer)
            raise SettlementDifferent(
                "Execution has other totals for this period. Reconcile, then propose again."
            )
        return await self._keep(officer, draft)

    async def _keep(self, officer: Officer, draft: _Draft) -> Settlement:
        desk, instruction = self._desk, draft.instruction
        async with desk.database.transaction(officer.tenant_id) as tx:
            await ledger.lock_books(tx, [instruction.department_id])
            answered = await read_answer(tx, draft.claim)
            if answered is not None:
                return await desk.load(tx, UUID(bytes=answered))
            for pending in await store.load_pending(tx):
                await desk.expire(tx, pending)
            await self._require_none_pending(tx)
            if await store.load_previous(tx) != draft.previous:
                raise SettlementPending(
                    "What was settled before has changed a moment ago. Propose what is owed now."
                )
            await store.insert_proposal(tx, instruction, draft.lines)
            body = {
                "amount": instruction.amount,
                "direction": instruction.direction.value,
                "purpose": instruction.purpose_code,
                "after_sequence": instruction.after_sequence,
                "to_sequence": instruction.to_sequence,
            }
            await desk.record(
                tx, instruction, "settlement.proposed", officer.actor, body, instruction.proposed_at
            )
            answer = NewAnswer(officer.tenant_id, draft.claim, instruction.id.bytes)
            await store_answers(tx, [answer])
            return await desk.load(tx, instruction.id)

    async def _draft(self, tx: Transaction, officer: Officer, purpose_code: str, claim: Claim) -> _Draft:
        """Read the cut in one snapshot and decide the instruction."""
        now = self._desk.clock.now()
        previous = await store.load_previous(tx)
        sequence = await self._reports.applied_through(tx)
        if sequence <= previous.sequence:
            raise NothingToSettle("Nothing was reported since the last settlement. Propose one later.")
        if self._desk.route is None:
            raise RouteMissing("Configure our USD account and execution's first (CUSTOMER_USD_ACCOUNT_...).")
        sums = await self._reports.sum_reports(tx, officer.tenant_id, previous.sequence, sequence)
        lines = sort_lines(Line(customer_id, _totals(totals)) for customer_id, totals in sums.items())
        proposal = Proposal(
            id=self._desk.ids.new(),
            tenant_id=officer.tenant_id,
            department_id=claim.book_id,
            purpose_code=purpose_code,
            proposed_by=officer.staff_id,
            proposed_at=now,
            valid_until=now + LIFETIME,
            route=self._desk.route,
        )
        cut = Cut(sequence, lines, await store.sum_owed(tx))
        return _Draft(decide_instruction(proposal, cut, previous), lines, previous, claim)

    async def _require_none_pending(self, tx: Transaction) -> None:
        now = self._desk.clock.now()
        if any(state_at(one, now) in PENDING for one in await store.load_pending(tx)):
            raise SettlementPending("Another settlement is under way. Decide or release that one first.")

    async def _record_disagreement(
        self, officer: Officer, instruction: Instruction, answer: boundary.SettlementAnswer
    ) -> None:
        body = {"ours": instruction.totals.net, "theirs": _totals(answer.totals).net}
        async with self._desk.database.transaction(officer.tenant_id) as tx:
            now = self._desk.clock.now()
            await self._desk.audit(tx, instruction, "settlement.disagreed", officer.actor, body, now)


def _totals(totals: boundary.Totals) -> Totals:
    return Totals(
        totals.cost_of_buys,
        totals.proceeds,
        totals.fees,
        totals.payouts,
        totals.reversed_costs,
        totals.reversed_proceeds,
        totals.reversed_fees,
        totals.reversed_payouts,
    )


def _to_boundary(instruction: Instruction) -> boundary.SettlementProposal:
    totals = instruction.totals
    return boundary.SettlementProposal(
        settlement_id=instruction.id,
        tenant_id=instruction.tenant_id,
        after_sequence=instruction.after_sequence,
        to_sequence=instruction.to_sequence,
        direction=boundary.Direction(instruction.direction.value),
        amount=instruction.amount,
        totals=boundary.Totals(
            totals.cost_of_buys,
            totals.proceeds,
            totals.fees,
            totals.payouts,
            totals.reversed_costs,
            totals.reversed_proceeds,
            totals.reversed_fees,
            totals.reversed_payouts,
        ),
        digest=instruction.digest,
    )
