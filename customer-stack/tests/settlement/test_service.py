"""Settlement on a real database: the money flows, section 8, with two people and two sides."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from customer_stack.boundary_client import domain as boundary
from customer_stack.ledger.domain import Account, Action, TransferKind
from customer_stack.settlement.domain import Settlement, State
from customer_stack.settlement.errors import (
    InstructionChanged,
    InstructionExpired,
    LedgerDiffers,
    NothingToSettle,
    NotInThisState,
    PaymentDifferent,
    ProposerCannotDecide,
    SettlementDifferent,
    SettlementNotFound,
    SettlementPending,
)
from customer_stack.settlement.service import Person, SettlementService
from shared.clock import FixedClock
from shared.database import Transaction
from shared.errors import Kind, Refusal
from shared.idempotency import key_of
from shared.ids import SystemIds
from shared.ledger import store as ledger
from shared.ledger.domain import USD, Movement, Posting, Transfer

IDS = SystemIds()


class CapabilityOff(Refusal):
    kind, code = Kind.FORBIDDEN, "tenancy.capability_off"


class Execution:
    """The other side: it has the same sums, unless told otherwise."""

    def __init__(self) -> None:
        self.asked: list[boundary.SettlementProposal] = []
        self.agrees = True

    async def confirm_settlement(self, proposal: boundary.SettlementProposal) -> boundary.SettlementAnswer:
        self.asked.append(proposal)
        return boundary.SettlementAnswer(self.agrees, proposal.totals)


class Office:
    """A tenant with three customers, a proposer and an approver."""

    def __init__(self, database: Any) -> None:
        self.database = database.app
        self.clock = FixedClock(datetime(2026, 11, 20, 12, tzinfo=UTC))
        self.execution = Execution()
        self.tenant, self.department, self.a, self.b, self.c = (IDS.new() for _ in range(5))
        self.maker, self.checker = (Person(self.tenant, IDS.new()) for _ in range(2))
        self.reports: list[tuple[int, UUID, boundary.Totals]] = []
        self.switched_on = True
        self.service = SettlementService(
            self.database, self.execution, self, self.root, self.require, self.clock, IDS
        )

    async def applied_through(self, tx: Transaction) -> int:
        return max((sequence for sequence, _, _ in self.reports), default=0)

    async def sum_reports(
        self, tx: Transaction, tenant_id: UUID, after_sequence: int, to_sequence: int
    ) -> Mapping[UUID, boundary.Totals]:
        sums: dict[UUID, list[int]] = {}
        for sequence, customer, one in self.reports:
            if after_sequence < sequence <= to_sequence:
                kept = sums.setdefault(customer, [0, 0, 0, 0])
                for place, amount in enumerate((one.cost_of_buys, one.proceeds, one.fees, one.payouts)):
                    kept[place] += amount
        return {customer: boundary.Totals(*amounts) for customer, amounts in sums.items()}

    async def root(self, tx: Transaction, tenant_id: UUID) -> UUID:
        return self.department

    async def require(self, tx: Transaction, tenant_id: UUID) -> None:
        if not self.switched_on:
            raise CapabilityOff("off")

    async def open(self) -> None:
        books = [(customer, self.tenant, "customer") for customer in (self.a, self.b, self.c)]
        async with self.database.transaction(self.tenant) as tx:
            await ledger.open_books(tx, [(self.department, self.tenant, "department"), *books])
        for customer, amount in ((self.a, 98_514851), (self.b, 49_257425), (self.c, 49_257425)):
            await self.post(customer, TransferKind.FX_CONVERSION, Account.DESK, Account.WALLET, amount)
            await self.post(self.department, TransferKind.FX_CONVERSION, Account.NOSTRO, Account.DESK, amount)

    async def post(self, book: UUID, kind: str, source: str, target: str, amount: int) -> None:
        posting = Posting(USD, source, target, amount, Action.FILL)
        transfer = Transfer(IDS.new(), IDS.new(), self.tenant, book, kind, self.clock.now(), (posting,))
        async with self.database.transaction(self.tenant) as tx:
            await ledger.post(tx, Movement(transfers=(transfer,)))

    def report(self, customer: UUID, **amounts: int) -> None:
        names = {name: amounts.get(name, 0) for name in ("cost_of_buys", "proceeds", "fees", "payouts")}
        self.reports.append((len(self.reports) + 1, customer, boundary.Totals(**names)))

    async def buy(self, customer: UUID, cost: int, fee: int) -> None:
        await self.post(customer, TransferKind.WAGER_BUY, Account.WALLET, Account.EXECUTION, cost)
        await self.post(customer, TransferKind.WAGER_FEE, Account.WALLET, Account.EXCHANGE_FEES, fee)
        self.report(customer, cost_of_buys=cost, fees=fee)

    async def sell(self, customer: UUID, proceeds: int, fee: int) -> None:
        await self.post(customer, TransferKind.WAGER_SALE, Account.EXECUTION, Account.WALLET, proceeds)
        await self.post(customer, TransferKind.WAGER_FEE, Account.WALLET, Account.EXCHANGE_FEES, fee)
        self.report(customer, proceeds=proceeds, fees=fee)

    async def pay_out(self, customer: UUID, amount: int) -> None:
        await self.post(customer, TransferKind.RESOLUTION_PAYOUT, Account.EXECUTION, Account.WALLET, amount)
        self.report(customer, payouts=amount)

    async def period_1(self) -> None:
        await self.buy(self.a, 3_966641, 127025)
        await self.buy(self.c, 1_585559, 50775)
        await self.buy(self.b, 2_350000, 90000)
        await self.sell(self.a, 3_720000, 100000)

    async def propose(self, key: str = "") -> Settlement:
        return await self.service.propose(self.maker, "SETTLE", key_of(key or str(IDS.new())), bytes(32))

    async def sums(self) -> dict[str, int]:
        async with self.database.transaction(self.tenant) as tx:
            found = await ledger.sum_unchecked(tx, [self.department], ["settled", "in_transit", "nostro"])
            assert await ledger.trial_balance(tx) == [(USD, 0)]
        return {key[2]: amount for key, amount in found.items()}

    async def kinds(self) -> list[str]:
        async with self.database.transaction(self.tenant) as tx:
            rows = await tx.fetch("SELECT kind FROM audit_record ORDER BY id")
        return [row["kind"] for row in rows]


@pytest.fixture
async def office(customer_database: Any) -> Office:
    made = Office(customer_database)
    await made.open()
    return made


NOSTRO = 98_514851 + 2 * 49_257425


async def test_two_periods_of_the_money_flows_are_proposed_approved_released_and_paid(office: Office):
    await office.period_1()
    first = await office.propose()
    assert (first.state, first.instruction.amount) == (State.PROPOSED, 4_550000)
    assert office.execution.asked[0].digest == first.digest
    approved = await office.service.approve(office.checker, first.instruction.id, first.digest)
    assert approved.state is State.APPROVED
    await office.service.release(office.checker, first.instruction.id)
    assert await office.sums() == {"settled": -4_550000, "in_transit": 4_550000, "nostro": -NOSTRO}
    await office.service.record_payment(office.checker, first.instruction.id, 4_550000, "WIRE-1")
    assert await office.sums() == {"settled": -4_550000, "nostro": -NOSTRO + 4_550000}

    await office.pay_out(office.a, 1_230000)
    await office.pay_out(office.c, 2_890000)
    second = await office.propose()
    assert (second.instruction.direction, second.instruction.amount) == ("receive", 4_120000)
    assert (second.instruction.after_sequence, second.instruction.to_sequence) == (4, 6)
    await office.service.approve(office.checker, second.instruction.id, second.digest)
    await office.service.release(office.checker, second.instruction.id)
    await office.service.record_payment(office.checker, second.instruction.id, 4_120000, "WIRE-2")
    assert await office.sums() == {"settled": -430000, "nostro": -NOSTRO + 430000}
    steps = ["proposed", "approved", "released", "paid"]
    assert await office.kinds() == [f"settlement.{step}" for step in steps * 2]


async def test_a_repeated_proposal_is_the_same_and_another_one_waits(office: Office):
    await office.period_1()
    first = await office.propose("key")
    assert (await office.propose("key")).instruction.id == first.instruction.id
    with pytest.raises(SettlementPending):
        await office.propose()


async def test_a_period_that_was_released_while_execution_was_asked_is_not_settled_twice(office: Office):
    await office.period_1()
    ask = office.execution.confirm_settlement

    async def slowly(proposal: boundary.SettlementProposal) -> boundary.SettlementAnswer:
        office.execution.confirm_settlement = ask  # type: ignore[method-assign]
        first = await office.propose()
        await office.service.approve(office.checker, first.instruction.id, first.digest)
        await office.service.release(office.checker, first.instruction.id)
        return await ask(proposal)

    office.execution.confirm_settlement = slowly  # type: ignore[method-assign]
    with pytest.raises(SettlementPending):
        await office.propose()
    assert len(await office.service.list_settlements(office.tenant, None, 10)) == 1


async def test_the_proposer_neither_approves_nor_releases(office: Office):
    await office.period_1()
    settlement = await office.propose()
    with pytest.raises(ProposerCannotDecide):
        await office.service.approve(office.maker, settlement.instruction.id, settlement.digest)
    await office.service.approve(office.checker, settlement.instruction.id, settlement.digest)
    with pytest.raises(ProposerCannotDecide):
        await office.service.release(office.maker, settlement.instruction.id)


async def test_an_approval_names_exactly_this_instruction(office: Office):
    await office.period_1()
    settlement = await office.propose()
    with pytest.raises(InstructionChanged):
        await office.service.approve(office.checker, settlement.instruction.id, bytes(32))


async def test_an_expired_proposal_is_void_and_a_new_one_can_follow(office: Office):
    await office.period_1()
    settlement = await office.propose()
    office.clock.advance(timedelta(hours=24))
    with pytest.raises(InstructionExpired):
        await office.service.approve(office.checker, settlement.instruction.id, settlement.digest)
    expired = await office.service.get(office.tenant, settlement.instruction.id)
    assert expired.state is State.EXPIRED
    assert (await office.propose()).instruction.amount == 4_550000


async def test_a_rejected_proposal_is_over_and_a_new_one_can_follow(office: Office):
    await office.period_1()
    settlement = await office.propose()
    rejected = await office.service.reject(office.checker, settlement.instruction.id, "wait for the bank")
    assert (rejected.state, rejected.reason) == (State.REJECTED, "wait for the bank")
    with pytest.raises(NotInThisState):
        await office.service.approve(office.checker, settlement.instruction.id, settlement.digest)
    assert (await office.propose()).state is State.PROPOSED


async def test_nothing_is_proposed_when_execution_disagrees(office: Office):
    await office.period_1()
    office.execution.agrees = False
    with pytest.raises(SettlementDifferent):
        await office.propose()
    assert await office.service.list_settlements(office.tenant, None, 10) == ()
    assert await office.kinds() == ["settlement.disagreed"]


async def test_a_ledger_that_differs_from_the_reports_is_not_settled(office: Office):
    await office.period_1()
    await office.post(office.a, TransferKind.WAGER_FEE, Account.WALLET, Account.EXCHANGE_FEES, 1)
    with pytest.raises(LedgerDiffers):
        await office.propose()
    assert office.execution.asked == []


async def test_a_period_without_reports_is_nothing_to_settle(office: Office):
    with pytest.raises(NothingToSettle):
        await office.propose()


async def test_nothing_is_released_where_it_is_switched_off_or_not_approved(office: Office):
    await office.period_1()
    settlement = await office.propose()
    with pytest.raises(NotInThisState):
        await office.service.release(office.checker, settlement.instruction.id)
    await office.service.approve(office.checker, settlement.instruction.id, settlement.digest)
    office.switched_on = False
    with pytest.raises(CapabilityOff):
        await office.service.release(office.checker, settlement.instruction.id)
    assert await office.sums() == {"nostro": -NOSTRO}


async def test_another_amount_at_the_bank_is_not_booked(office: Office):
    await office.period_1()
    settlement = await office.propose()
    await office.service.approve(office.checker, settlement.instruction.id, settlement.digest)
    await office.service.release(office.checker, settlement.instruction.id)
    with pytest.raises(PaymentDifferent):
        await office.service.record_payment(office.checker, settlement.instruction.id, 4_540000, "WIRE-1")


async def test_another_tenants_settlement_is_not_found(office: Office):
    await office.period_1()
    settlement = await office.propose()
    with pytest.raises(SettlementNotFound):
        await office.service.get(IDS.new(), settlement.instruction.id)


async def test_the_export_has_the_hash_that_was_approved(office: Office):
    await office.period_1()
    settlement = await office.propose()
    _, csv, rows = await office.service.export(office.tenant, settlement.instruction.id)
    assert rows == 3
    assert hashlib.sha256(csv).hexdigest() == settlement.instruction.lines_digest
    assert f"{office.a},3966641,3720000,227025,0,473666".encode() in csv.splitlines()
    line, content = await office.service.hand_out(office.checker, settlement.instruction.id)
    assert (content, line.sha256, line.row_count) == (csv, hashlib.sha256(csv).digest(), 3)


@pytest.mark.parametrize("role", ["app", "owner"])
async def test_the_database_refuses_an_approval_by_the_proposer(
    office: Office, customer_database: Any, role: str
):
    await office.period_1()
    settlement = await office.propose()
    connection = await customer_database.connect(role)
    await connection.execute(f"SET app.tenants = '{{{office.tenant}}}'")
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute(
            "INSERT INTO settlement_decision (tenant_id, settlement_id, proposed_by, outcome, decided_by, "
            "digest, decided_at) VALUES ($1, $2, $3, 'approved', $3, $4, now())",
            office.tenant,
            settlement.instruction.id,
            office.maker.staff_id,
            settlement.digest,
        )
