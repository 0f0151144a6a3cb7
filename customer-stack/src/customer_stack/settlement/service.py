"""Use cases of settlement: propose, approve, reject, expire, release, record the payment, export.

A proposal reads the ledger and the reports in one snapshot, asks execution outside any transaction, and is
kept only if execution agreed. Everything that decides holds the lock of the department's book.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from customer_stack.boundary_client import domain as boundary
from customer_stack.exports import service as exports
from customer_stack.exports.domain import Export, Format, Scope
from customer_stack.settlement import store
from customer_stack.settlement.domain import (
    PENDING,
    Cut,
    Instruction,
    Line,
    Proposal,
    Settlement,
    State,
    Step,
    Totals,
    build_confirmation,
    build_release,
    decide_instruction,
    export_lines,
    next_state,
    require_approval,
    sort_lines,
    state_at,
)
from customer_stack.settlement.errors import (
    InstructionExpired,
    NothingToSettle,
    PaymentDifferent,
    ProposerCannotDecide,
    SettlementDifferent,
    SettlementNotFound,
    SettlementPending,
)
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.idempotency import Claim, NewAnswer, read_answer, store_answers
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import Movement

LIFETIME: Final = timedelta(hours=24)
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


RootDepartment = Callable[[Transaction, UUID], Awaitable[UUID]]
"""The department whose book settles for the whole tenant."""

RequireRelease = Callable[[Transaction, UUID], Awaitable[None]]
"""Refuses unless the tenant's capability `settlement_finalisation` is on."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff who acts."""

    tenant_id: UUID
    staff_id: UUID

    @property
    def actor(self) -> str:
        """Return who acts, as the audit says it."""
        return f"staff:{self.staff_id}"


class SettlementService:
    """Netted settlement with maker and checker."""

    def __init__(
        self,
        database: Database,
        confirmation: SettlementConfirmation,
        reports: Reports,
        root_department: RootDepartment,
        require_release: RequireRelease,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Agree through `confirmation`; release only where `require_release` lets."""
        self._database = database
        self._confirmation = confirmation
        self._reports = reports
        self._root_department = root_department
        self._require_release = require_release
        self._clock = clock
        self._ids = ids

    async def propose(
        self, person: Person, purpose_code: str, key: bytes, request_digest: bytes
    ) -> Settlement:
        """Propose to settle everything reported so far. `key` and `request_digest` as of idempotency.

        Raises SettlementPending, NothingToSettle, LedgerDiffers, SettlementDifferent, OutcomeUnknown.
        """
        now = self._clock.now()
        async with self._database.transaction(person.tenant_id) as tx:
            await tx.execute(_SNAPSHOT)
            department_id = await self._root_department(tx, person.tenant_id)
            claim = Claim(department_id, key, request_digest)
            answered = await read_answer(tx, claim)
            if answered is not None:
                return await _load(tx, UUID(bytes=answered))
            await self._require_none_pending(tx)
            proposal = Proposal(
                id=self._ids.new(),
                tenant_id=person.tenant_id,
                department_id=department_id,
                purpose_code=purpose_code,
                proposed_by=person.staff_id,
                proposed_at=now,
                valid_until=now + LIFETIME,
            )
            instruction, lines = await self._draft(tx, proposal)
        answer = await self._confirmation.confirm_settlement(_to_boundary(instruction))
        if not answer.agreed:
            await self._record_disagreement(person, instruction, answer)
            raise SettlementDifferent(
                "Execution has other totals for this period. Reconcile, then propose again."
            )
        async with self._database.transaction(person.tenant_id) as tx:
            await ledger.lock_books(tx, [instruction.department_id])
            answered = await read_answer(tx, claim)
            if answered is not None:
                return await _load(tx, UUID(bytes=answered))
            await self._expire_overdue(tx)
            await self._require_none_pending(tx)
            await self._require_latest(tx, instruction)
            await store.insert_proposal(tx, instruction, lines)
            body = {
                "amount": instruction.amount,
                "direction": instruction.direction.value,
                "after_sequence": instruction.after_sequence,
                "to_sequence": instruction.to_sequence,
            }
            await self._record(tx, instruction, "settlement.proposed", person.actor, body)
            await store_answers(tx, [NewAnswer(person.tenant_id, claim, instruction.id.bytes)])
            return await _load(tx, instruction.id)

    async def approve(self, person: Person, settlement_id: UUID, digest: bytes) -> Settlement:
        """Approve exactly the instruction with this digest, as another person than the proposer.

        Raises SettlementNotFound, ProposerCannotDecide, InstructionChanged, InstructionExpired,
        NotInThisState.
        """
        async with self._database.transaction(person.tenant_id) as tx:
            settlement = await self._lock(tx, settlement_id)
            expired = await self._expire_if_overdue(tx, settlement)
            if not expired:
                require_approval(
                    settlement.instruction,
                    settlement.state,
                    person.staff_id,
                    digest,
                    settlement.digest,
                    self._clock.now(),
                )
                await store.insert_decision(
                    tx,
                    settlement.instruction,
                    State.APPROVED,
                    self._clock.now(),
                    decided_by=person.staff_id,
                    digest=digest,
                )
                await self._record(tx, settlement.instruction, "settlement.approved", person.actor, {})
            found = await _load(tx, settlement_id)
        if expired:  # raised after the commit, so that the expiry stands
            raise InstructionExpired("The proposal has expired. Propose the settlement again.")
        return found

    async def reject(self, person: Person, settlement_id: UUID, reason: str) -> Settlement:
        """Reject a proposal with a reason. The proposer may take back the proposal this way too.

        Raises SettlementNotFound, NotInThisState.
        """
        async with self._database.transaction(person.tenant_id) as tx:
            settlement = await self._lock(tx, settlement_id)
            now = self._clock.now()
            next_state(state_at(settlement.state, settlement.instruction, now), Step.REJECT)
            await store.insert_decision(
                tx,
                settlement.instruction,
                State.REJECTED,
                now,
                decided_by=person.staff_id,
                reason=reason,
            )
            await self._record(tx, settlement.instruction, "settlement.rejected", person.actor, {})
            return await _load(tx, settlement_id)

    async def release(self, person: Person, settlement_id: UUID) -> Settlement:
        """Post the release of an approved settlement: the money is on its way.

        Raises CapabilityOff, SettlementNotFound, ProposerCannotDecide, NotInThisState.
        """
        async with self._database.transaction(person.tenant_id) as tx:
            await self._require_release(tx, person.tenant_id)
            settlement = await self._lock(tx, settlement_id)
            instruction = settlement.instruction
            if person.staff_id == instruction.proposed_by:
                raise ProposerCannotDecide("You proposed this settlement. Another person has to release it.")
            next_state(settlement.state, Step.RELEASE)
            transfer = build_release(instruction, self._ids.new(), self._clock.now())
            await ledger.post(tx, Movement(transfers=(transfer,)))
            await store.insert_release(tx, instruction, person.staff_id, transfer.id, self._clock.now())
            body = {"transfer": str(transfer.id), "amount": instruction.amount}
            await self._record(tx, instruction, "settlement.released", person.actor, body)
            return await _load(tx, settlement_id)

    async def record_payment(
        self, person: Person, settlement_id: UUID, amount: int, bank_reference: str
    ) -> Settlement:
        """Post the bank's word that a released settlement was paid; a repeat changes nothing.

        Raises SettlementNotFound, NotInThisState, PaymentDifferent.
        """
        async with self._database.transaction(person.tenant_id) as tx:
            settlement = await self._lock(tx, settlement_id)
            if settlement.bank_reference == bank_reference:
                return settlement
            instruction = settlement.instruction
            if settlement.state is not State.RELEASED or settlement.bank_reference is not None:
                raise PaymentDifferent("This settlement expects no payment. Check the id and the reference.")
            if amount != instruction.amount:
                raise PaymentDifferent("The bank moved another amount than was released. Clear that first.")
            transfer = build_confirmation(instruction, self._ids.new(), self._clock.now())
            await ledger.post(tx, Movement(transfers=(transfer,)))
            await store.insert_payment(
                tx, instruction, bank_reference, person.staff_id, transfer.id, self._clock.now()
            )
            body = {"transfer": str(transfer.id), "bank_reference": bank_reference}
            await self._record(tx, instruction, "settlement.paid", person.actor, body)
            return await _load(tx, settlement_id)

    async def get(self, tenant_id: UUID, settlement_id: UUID) -> Settlement:
        """Return a settlement. Raises SettlementNotFound."""
        async with self._database.transaction(tenant_id) as tx:
            return await _load(tx, settlement_id)

    async def list_settlements(
        self, tenant_id: UUID, before: UUID | None, limit: int
    ) -> tuple[Settlement, ...]:
        """Return a tenant's settlements, newest first, below an id."""
        async with self._database.transaction(tenant_id) as tx:
            return await store.load_settlements(tx, before, limit)

    async def export(self, tenant_id: UUID, settlement_id: UUID) -> tuple[Settlement, bytes, int]:
        """Return a settlement, its period as CSV, and how many customers that lists."""
        async with self._database.transaction(tenant_id) as tx:
            return await _load_schedule(tx, settlement_id)

    async def hand_out(self, person: Person, settlement_id: UUID) -> tuple[Export, bytes]:
        """Return the period as CSV, with its line in the register of exports. Raises SettlementNotFound."""
        async with self._database.transaction(person.tenant_id) as tx:
            _, content, rows = await _load_schedule(tx, settlement_id)
            export = Export(
                id=self._ids.new(),
                tenant_id=person.tenant_id,
                kind="settlement.schedule",
                scope=Scope("settlement", settlement_id),
                row_count=rows,
                sha256=hashlib.sha256(content).digest(),
                first_at=None,  # a period is of sequences, not of times
                last_at=None,
                operator=person.actor,
                format=Format.CSV,
                at=self._clock.now(),
            )
            await exports.register(tx, export)
        return export, content

    async def _draft(self, tx: Transaction, proposal: Proposal) -> tuple[Instruction, tuple[Line, ...]]:
        """Read the cut in one snapshot and decide the instruction."""
        previous = await store.load_previous(tx)
        sequence = await self._reports.applied_through(tx)
        if sequence <= previous.sequence:
            raise NothingToSettle("Nothing was reported since the last settlement. Propose one later.")
        sums = await self._reports.sum_reports(tx, proposal.tenant_id, previous.sequence, sequence)
        lines = sort_lines(Line(customer_id, _totals(totals)) for customer_id, totals in sums.items())
        cut = Cut(sequence, lines, await store.sum_owed(tx))
        return decide_instruction(proposal, cut, previous), lines

    async def _lock(self, tx: Transaction, settlement_id: UUID) -> Settlement:
        """Lock the settlement's department, then read the settlement. Raises SettlementNotFound."""
        found = await _load(tx, settlement_id)
        await ledger.lock_books(tx, [found.instruction.department_id])
        return await _load(tx, settlement_id)

    async def _require_none_pending(self, tx: Transaction) -> None:
        now = self._clock.now()
        for settlement in await store.load_pending(tx):
            if state_at(settlement.state, settlement.instruction, now) in PENDING:
                raise SettlementPending("Another settlement is under way. Decide or release that one first.")

    async def _require_latest(self, tx: Transaction, instruction: Instruction) -> None:
        """Refuse a draft whose period was released while execution was asked: it would be paid twice."""
        if (await store.load_previous(tx)).sequence != instruction.after_sequence:
            raise SettlementPending("This period was settled a moment ago. Propose what came after it.")

    async def _expire_overdue(self, tx: Transaction) -> None:
        for settlement in await store.load_pending(tx):
            await self._expire_if_overdue(tx, settlement)

    async def _expire_if_overdue(self, tx: Transaction, settlement: Settlement) -> bool:
        now = self._clock.now()
        state = state_at(settlement.state, settlement.instruction, now)
        if state is settlement.state:
            return False
        await store.insert_decision(tx, settlement.instruction, State.EXPIRED, now)
        await self._record(tx, settlement.instruction, "settlement.expired", "system", {})
        return True

    async def _record_disagreement(
        self, person: Person, instruction: Instruction, answer: boundary.SettlementAnswer
    ) -> None:
        body = {"ours": instruction.totals.net, "theirs": _totals(answer.totals).net}
        async with self._database.transaction(person.tenant_id) as tx:
            await self._record(tx, instruction, "settlement.disagreed", person.actor, body)

    async def _record(
        self, tx: Transaction, instruction: Instruction, kind: str, actor: str, body: Mapping[str, Any]
    ) -> None:
        record = AuditRecord(
            tenant_id=instruction.tenant_id,
            kind=kind,
            body={"settlement": str(instruction.id), "digest": instruction.digest.hex(), **body},
            at=self._clock.now(),
            actor=actor,
        )
        await append(tx, [record])


async def _load_schedule(tx: Transaction, settlement_id: UUID) -> tuple[Settlement, bytes, int]:
    settlement = await _load(tx, settlement_id)
    lines = await store.load_lines(tx, settlement_id)
    return settlement, export_lines(lines), len(lines)


async def _load(tx: Transaction, settlement_id: UUID) -> Settlement:
    found = await store.load_settlement(tx, settlement_id)
    if found is None:
        raise SettlementNotFound("There is no such settlement. Check the id.")
    return found


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
