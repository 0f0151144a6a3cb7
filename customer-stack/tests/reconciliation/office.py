"""A desk whose other sides, execution and the bank, say what the test wants."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from customer_stack.access.domain import Officer
from customer_stack.boundary_client import domain as boundary
from customer_stack.ledger.domain import Account, Action, TransferKind
from customer_stack.payments.domain import Statement
from customer_stack.payments.errors import BankUnavailable
from customer_stack.reconciliation.domain.checks import CheckName, Result
from customer_stack.reconciliation.service.books import Books
from customer_stack.reconciliation.service.breaks import BreakDesk, Filters
from customer_stack.reconciliation.service.running import ReconciliationService
from customer_stack.treasury.service import Request, TreasuryService
from customer_stack.wagers.domain.amounts import PositionCost
from shared.boundary.errors import OutcomeUnknown
from shared.database import Transaction
from shared.idempotency import Claim, key_of
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD, Movement, Posting

from ..payments.counter import IDS, Counter  # noqa: TID252 - test folders are no packages


class Office(Counter):
    """A counter whose other sides say what the test wants."""

    name = "sandbox-bank"

    def __init__(self, database: Any) -> None:
        super().__init__(database)
        self.reference, self.market = IDS.new(), IDS.new()
        self.statement = Statement(0, [])
        self.lines: list[boundary.StatementLine] = []
        self.totals = boundary.Totals(0, 0, 0, 0)
        self.standing = boundary.Standing(prefund=0, settled=0)
        self.kept: dict[tuple[UUID, UUID, boundary.Side], PositionCost] = {}
        self.told: boundary.Totals | None = None
        self.answers = True
        self.is_endless = False
        self.sequence = 3
        self.asked: list[tuple[UUID, int]] = []
        self.desk = BreakDesk(database.app, self.clock)
        self.treasury = TreasuryService(database.app, self.clock, IDS)
        self.reconciliation = ReconciliationService(
            database.app,
            self,
            Books(database.app, self, self.references, self.positions, self.clock),
            self,
            self.tenants,
            self.clock,
            IDS,
        )

    def read_notice(self, envelope: Any) -> Any:
        return self.bank.read_notice(envelope)

    def read_take_back(self, envelope: Any) -> Any:
        return self.bank.read_take_back(envelope)

    async def fetch_statement(self) -> Statement:
        if not self.answers:
            raise BankUnavailable("no answer")
        return self.statement

    async def get_statement(
        self, tenant_id: UUID, to_sequence: int, *, after: UUID | None = None, limit: int = 500
    ) -> boundary.StatementPage:
        if not self.answers:
            raise OutcomeUnknown("no answer")
        self.asked.append((tenant_id, to_sequence))
        if self.is_endless:
            assert len(self.asked) <= 2
            return boundary.StatementPage(self.totals, tuple(self.lines[:1]), more=True)
        number = 0 if after is None else [line.account_id for line in self.lines].index(after) + 1
        page = tuple(self.lines[number : number + 1])
        return boundary.StatementPage(self.totals, page, number + 1 < len(self.lines), self.standing)

    async def read_through(self, tx: Transaction) -> int:
        return self.sequence

    async def sum_reports(
        self, tx: Transaction, tenant_id: UUID, after_sequence: int, to_sequence: int
    ) -> Mapping[UUID, boundary.Totals]:
        return {self.customer: self.told or self.totals}

    async def positions(self, tx: Transaction, tenant_id: UUID) -> Any:
        return self.kept if tenant_id == self.tenant else {}

    async def references(self, tx: Transaction, tenant_id: UUID) -> Mapping[UUID, UUID]:
        return {self.customer: self.reference}

    async def contribute(self, lkr: int) -> None:
        claim = Claim(self.department, key_of(str(IDS.new())), bytes(32))
        await self.treasury.contribute(Request(self.tenant, "staff:x", claim, "HOUSE-1"), lkr=lkr)

    async def contribute_opening(self) -> None:
        """Bring what the opening stock cost, so that the house's own money is explained."""
        cost = 1_194_000_00
        brought = Posting(LKR, Account.COLLECTION, Account.PAYABLE, cost, Action.INFLOW)
        await self.post(self.transfer(self.department, TransferKind.CONTRIBUTION, brought))
        self.statement = replace(self.statement, balance=self.statement.balance + cost)

    async def post_movement(self, movement: Movement) -> None:
        async with self.database.app.transaction(self.tenant) as tx:
            await ledger.post(tx, movement)

    async def buy(self, quantity: int, cost: int, fee: int) -> None:
        async with self.database.app.transaction(self.tenant) as tx:
            contract = (await ledger.get_contract_assets(tx, [(self.market, "yes")]))[(self.market, "yes")]
        await self.post(
            self.transfer(
                self.customer,
                TransferKind.WAGER_BUY,
                Posting(USD, Account.WALLET, Account.EXECUTION, cost, Action.FILL),
                Posting(contract, Account.EXECUTION, Account.POSITION, quantity, Action.FILL),
            ),
            self.transfer(
                self.customer,
                TransferKind.WAGER_FEE,
                Posting(USD, Account.WALLET, Account.EXCHANGE_FEES, fee, Action.FEE),
            ),
        )
        holding = boundary.Holding(self.market, boundary.Side.YES, quantity)
        self.lines = [
            boundary.StatementLine(self.reference, -cost, -fee, (holding,)),
            boundary.StatementLine(IDS.new(), 0, 0, ()),
        ]
        self.totals = boundary.Totals(cost, 0, fee, 0)
        self.kept = {(self.customer, self.market, boundary.Side.YES): PositionCost(quantity, cost)}

    def officer(self) -> Officer:
        return Officer(self.tenant, IDS.new())

    async def open_checks(self) -> list[str]:
        found = await self.desk.list_breaks(self.officer(), Filters(is_open=True), None, 50)
        return [each.check for each in reversed(found)]

    async def results(self) -> dict[CheckName, Result]:
        run = await self.reconciliation.run(self.tenant, "system")
        return {check.name: check.result for check in run.checks}
