"""Both stacks in memory: their ledgers, the exchange account, the banks, and what stands beside the ledgers.

Everything that is posted comes out of the stacks' own pure builders; the files of this folder only do what
the services do around them: load what a builder asks for, post what it returns, carry reports across.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from uuid import UUID

from customer_stack.boundary_client import domain as wire
from customer_stack.fx.domain.conversion import Conversion
from customer_stack.fx.domain.stock import Stock
from customer_stack.markets.domain import MarketOutcome
from customer_stack.settlement.domain.instruction import Instruction, Previous, Totals
from customer_stack.wagers.domain.amounts import PositionCost
from customer_stack.wagers.domain.page import Applied, Changes, Owner, PositionKey, World, fold
from customer_stack.wagers.domain.recompute import Moved
from customer_stack.wagers.domain.reports import Wager
from customer_stack.wagers.domain.reversing import History, Told, transfer_ids
from execution_stack.allocation.domain import Allocation, Manifest
from execution_stack.books.domain import ContractAssets, Gross
from execution_stack.books.late_fills import LateFill
from execution_stack.exchange.domain import Action, Fill, Side
from execution_stack.intents.domain import Intent, OpenIntent
from execution_stack.reports import domain as told
from execution_stack.settlement.domain import Proposal
from flows.crossing import carry, sum_of
from flows.model import CUSTOMER_CHART, EXECUTION_CHART, Bank, ExchangeAccount, Ledger
from flows.units import show
from shared.clock import FixedClock
from shared.ids import HOUSE_TENANT, CountingIds
from shared.ledger.domain import LKR, USD, Transfer

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

WindowKey = tuple[UUID, Side, Action, int]
"""What intents of one window share: market, side, action, limit."""


class ReportRefused(Exception):
    """The customer stack found that a report contradicts its books."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant with one department."""

    id: UUID
    department: UUID


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer's book, and the reference that stands for it in the execution stack."""

    id: UUID
    account: UUID
    tenant: Tenant


@dataclass(frozen=True, slots=True)
class Market:
    """A market as both stacks know it."""

    id: UUID
    assets: ContractAssets
    tick: int = 100
    fee_multiplier_e4: int = 10_000


@dataclass(frozen=True, slots=True)
class Order:
    """An omnibus order that has left."""

    id: UUID
    manifest: Manifest
    pooled: tuple[OpenIntent, ...]


@dataclass(frozen=True, slots=True)
class Executed:
    """An order's end, for X5: what the exchange filled, and by what our books changed."""

    order: Order
    fills: tuple[Fill, ...]
    allocation: Allocation
    quantity: int
    cost: int
    charged: int
    excess: int


@dataclass(frozen=True, slots=True)
class Resolved:
    """A market's end, for X6: what the exchange paid, and by what our books changed."""

    market: Market
    payouts: int
    fees: int
    pair_cash: int
    exchange_cash: int


@dataclass(slots=True)
class Period:
    """Where a tenant's settlements stand on both sides."""

    previous: Previous = field(default_factory=Previous)
    agreed: list[Proposal] = field(default_factory=list)
    on_its_way: int = 0
    """Signed: plus while the customer side's payment has not arrived."""


def _moved(applied: Applied) -> tuple[PositionKey, Moved] | None:
    """Return the position that an applied report moved, and how."""
    report, owner, wager = applied.report, applied.owner, applied.wager
    if owner is None:
        return None
    if isinstance(report, wire.FillShare) and wager is not None:
        key = (owner.customer_id, report.market_id, wager.side)
        return key, Moved(report.quantity, report.cost, comes=wager.action is wire.Action.BUY)
    if isinstance(report, wire.Payout):
        return (owner.customer_id, report.market_id, report.side), Moved(report.quantity, 0, comes=False)
    return None


class Stacks:
    """The whole platform without its services."""

    def __init__(self) -> None:
        self.clock = FixedClock(NOON)
        self.ids = CountingIds()
        self.customer = Ledger(CUSTOMER_CHART)
        self.execution = Ledger(EXECUTION_CHART)
        self.execution.open_book(HOUSE_TENANT, HOUSE_TENANT)
        self.exchange = ExchangeAccount()
        self.tenants: list[Tenant] = []
        self.customers: dict[UUID, Customer] = {}
        self.markets: dict[UUID, Market] = {}
        # Beside the customer stack's ledger.
        self.banks: dict[UUID, Bank] = {}
        self.stock: dict[UUID, Stock] = {}
        self.conversions: list[Conversion] = []
        self.contributions: Counter[UUID] = Counter()
        self.wagers: dict[UUID, Wager] = {}
        self.positions: dict[PositionKey, PositionCost] = {}
        self.outcomes: dict[UUID, MarketOutcome] = {}
        self.applied: list[Applied] = []
        self.instructions: list[Instruction] = []
        # Beside the execution stack's ledger.
        self.gross: defaultdict[UUID, Gross] = defaultdict(Gross)
        self.intents: dict[UUID, Intent] = {}
        self.waiting: dict[WindowKey, list[OpenIntent]] = {}
        self.in_flight: dict[UUID, Order] = {}
        self.executed: list[Executed] = []
        self.resolved: list[Resolved] = []
        self.late: list[LateFill] = []
        # Between them.
        self.sequence = 0
        self.pending: list[wire.Report] = []
        self.told: list[tuple[UUID, told.Body]] = []
        self.periods: dict[UUID, Period] = {}
        self.seen: Counter[str] = Counter()

    def add_tenant(self) -> Tenant:
        """Open the books of a tenant and its department."""
        tenant = Tenant(self.ids.new(), self.ids.new())
        self.customer.open_book(tenant.department, tenant.id)
        self.execution.open_book(tenant.id, tenant.id)
        self.tenants.append(tenant)
        self.banks[tenant.id] = Bank()
        self.stock[tenant.id] = Stock()
        self.periods[tenant.id] = Period()
        return tenant

    def add_customer(self, tenant: Tenant) -> Customer:
        """Open the books of a customer and of its reference."""
        customer = Customer(self.ids.new(), self.ids.new(), tenant)
        self.customer.open_book(customer.id, tenant.id)
        self.execution.open_book(customer.account, tenant.id)
        self.customers[customer.id] = customer
        return customer

    def add_market(self, tick: int = 100, fee_multiplier_e4: int = 10_000) -> Market:
        """Open the book of a market and give its contracts their assets."""
        first = 1000 + 2 * len(self.markets)
        assets = ContractAssets(first, first + 1)
        market = Market(self.ids.new(), assets, tick, fee_multiplier_e4)
        self.execution.open_book(market.id, HOUSE_TENANT)
        self.markets[market.id] = market
        return market

    def tell(self, tenant_id: UUID, body: told.Body) -> None:
        """Number a report of the execution stack and put it on its way."""
        self.sequence += 1
        self.told.append((tenant_id, body))
        self.pending.append(carry(body, self.sequence, self.clock.now()))

    def apply_reports(self, limit: int | None = None) -> None:
        """Let the customer stack apply what is on its way, or the first `limit` of it."""
        page = tuple(self.pending[:limit])
        del self.pending[: len(page)]
        changes = fold(page, self._world(page))
        if changes.breaks or changes.parked:
            raise ReportRefused([found.fault for found in changes.breaks])
        self._keep(changes)

    def _world(self, page: Sequence[wire.Report]) -> World:
        return World(
            wagers=dict(self.wagers),
            owners={each.account: Owner(each.tenant.id, each.id) for each in self.customers.values()},
            assets={
                (market.id, wire.Side(side)): market.assets.of(side)
                for market in self.markets.values()
                for side in Side
            },
            positions=dict(self.positions),
            wallets={each: self.customer.available(each, "wallet") for each in self.customers},
            outcomes=dict(self.outcomes),
            stopped=set(),
            paid=self._paid(),
            debts={each: -self.customer.posted(each, "debt") for each in self.customers},
            history=self._history(page),
        )

    def _paid(self) -> dict[tuple[UUID, UUID], int]:
        """Return (customer, market) -> payouts less settlement fees, as far as applied and not taken back."""
        paid: Counter[tuple[UUID, UUID]] = Counter()
        for each in self.applied:
            report, owner = each.report, each.owner
            if owner is None:
                continue
            match report:
                case wire.Payout():
                    paid[owner.customer_id, report.market_id] += report.amount
                case wire.SettlementFee():
                    paid[owner.customer_id, report.market_id] -= report.amount
                case wire.Reversal() if each.wager is None:
                    paid[owner.customer_id, report.market_id] += report.fee - report.amount
                case _:
                    pass
        return dict(paid)

    def _history(self, page: Sequence[wire.Report]) -> History:
        """Load what reversals name, as the customer stack's service does."""
        names = {each.reverses: each for each in page if isinstance(each, wire.Reversal)}
        undone = {each.report.reverses for each in self.applied if isinstance(each.report, wire.Reversal)}
        told = {each.sequence: Told(each) for each in page if each.sequence in names}
        moves: dict[PositionKey, list[tuple[int, Moved]]] = {}
        for each in self.applied:
            report, owner = each.report, each.owner
            if owner is None:
                continue
            if report.sequence in names:
                ids = transfer_ids(owner.customer_id, report.sequence)
                posted = [self.customer.transfers.get((owner.customer_id, number)) for number in ids]
                parts = tuple(transfer for transfer in posted if transfer is not None)
                told[report.sequence] = Told(report, True, report.sequence in undone, parts)
            if report.sequence not in undone and (found := _moved(each)):
                moves.setdefault(found[0], []).append((report.sequence, found[1]))
        touched = {
            (customer.id, each.market_id, each.side)
            for each in names.values()
            for customer in self.customers.values()
            if customer.account == each.account_id and each.side is not None
        }
        return History(told, {key: moves.get(key, []) for key in touched})

    def _keep(self, changes: Changes) -> None:
        self.customer.post(changes.movement)
        self.wagers |= changes.wagers
        self.positions |= changes.positions
        self.applied += changes.applied
        self.outcomes |= {
            each.market_id: MarketOutcome(each.yes_value, each.basis, each.revision)
            for each in changes.resolutions
        }

    def sum_reports(self, tenant_id: UUID, after: int, to: int) -> dict[UUID, Totals]:
        """Return each customer's sums of the applied reports above one sequence and up to another."""
        sums: defaultdict[UUID, Totals] = defaultdict(Totals)
        for each in self.applied:
            if each.owner and each.owner.tenant_id == tenant_id and after < each.report.sequence <= to:
                sums[each.owner.customer_id] += sum_of(each)
        return dict(sums)

    def set_wager(self, wager: Wager, **changes: object) -> Wager:
        """Keep a wager, with changes."""
        kept: Wager = replace(wager, **changes)  # type: ignore[arg-type] # field names of a dataclass
        self.wagers[kept.id] = kept
        return kept

    def legs(self, transfer: Transfer) -> dict[str, str]:
        """Return a transfer's entries as the tables write them: {"wallet USD": "-3.966641", ...}."""
        names = self._asset_names()
        found = {}
        for posting in transfer.postings:
            found[f"{posting.source} {names[posting.asset]}"] = show(posting.asset, -posting.amount)
            found[f"{posting.target} {names[posting.asset]}"] = show(posting.asset, posting.amount)
        return found

    def _asset_names(self) -> Mapping[int, str]:
        names = {int(LKR): "LKR", int(USD): "USD"}
        for number, market in enumerate(self.markets.values()):
            suffix = str(number or "")
            names[market.assets.yes], names[market.assets.no] = f"YES{suffix}", f"NO{suffix}"
        return MappingProxyType(names)

    def entries(self, ledger: Ledger, since: int, book_id: UUID) -> list[dict[str, str]]:
        """Return the entries of a book's transfers that were posted after movement `since`, in order."""
        return [
            self.legs(transfer)
            for movement in ledger.journal[since:]
            for transfer in movement.transfers
            if transfer.book_id == book_id
        ]

    def net_entries(self, since: int, books: Sequence[UUID]) -> dict[str, str]:
        """Return the net change of execution books after movement `since`, without `between` and zeros."""
        sums: Counter[tuple[str, int]] = Counter()
        for movement in self.execution.journal[since:]:
            for transfer in movement.transfers:
                if transfer.book_id not in books:
                    continue
                for posting in transfer.postings:
                    sums[posting.source, posting.asset] -= posting.amount
                    sums[posting.target, posting.asset] += posting.amount
        names = self._asset_names()
        return {
            f"{account} {names[asset]}": show(asset, amount)
            for (account, asset), amount in sums.items()
            if amount and account != self.execution.chart.meeting
        }
