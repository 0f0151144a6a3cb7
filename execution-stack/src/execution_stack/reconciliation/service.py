"""Read everything at one moment, ask the exchange, compare, and write down what stays different."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from prometheus_client import Gauge

from execution_stack.accounts import service as accounts
from execution_stack.aggregation import service as aggregation
from execution_stack.books import service as books
from execution_stack.books.chart import Account
from execution_stack.books.domain import OpenItems, ReferenceTotals
from execution_stack.breaks import service as breaks
from execution_stack.breaks.domain import Break, Kind
from execution_stack.exchange.domain import Ticker
from execution_stack.exchange.providers.contract import Exchange
from execution_stack.intents import service as intents
from execution_stack.markets import service as markets
from execution_stack.markets.domain import market_id_of
from execution_stack.reconciliation import store
from execution_stack.reconciliation.domain import (
    CLEARED_BY_PEOPLE,
    Check,
    Facts,
    Moves,
    ResolutionFacts,
    Result,
    WindowFacts,
    check_all,
    differs_from_told,
    is_told_wrong,
)
from execution_stack.reports import service as reports
from execution_stack.reports.domain import Basis, IntentTold
from execution_stack.resolution import service as resolution
from execution_stack.resolution.domain.plans import Resolved
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import Refusal
from shared.ids import HOUSE_TENANT, uuid_from_name
from shared.ledger.rebuild import rebuild_differences
from shared.ledger.store import count_below_floor, sum_account, trial_balance

PAGE: Final = 2_000
NOTHING: Final = (0, 0, 0)
HELD: Final = Gauge("bulkhead_execution_check_held", "1 while a reconciliation check holds", ["check"])
OPEN_AGE: Final = Gauge(
    "bulkhead_execution_clearing_age_seconds",
    "How long the oldest item of the house's suspense or excess has waited for a person",
    ["account"],
)

_log = structlog.get_logger(__name__)


class ReconciliationService:
    """Compares our books with themselves and with the exchange."""

    def __init__(self, database: Database, exchange: Exchange, clock: Clock) -> None:
        """Read from `database` and `exchange`."""
        self._database = database
        self._exchange = exchange
        self._clock = clock
        self._failed_before: frozenset[tuple[str, str]] = frozenset()

    async def run(self) -> list[Check]:
        """Make every check once."""
        return check_all(await self._read())

    async def _read(self) -> Facts:
        tenants = await accounts.list_tenants(self._database)
        async with self._database.transaction() as tx:
            paid = await resolution.list_resolved(tx)
            known = await markets.load_many(tx, [each.market_id for each in paid])
        listed = [await self._ask_settlement(each, known[each.market_id].ticker) for each in paid]
        positions, balance = await self._ask_exchange()
        async with self._database.transaction(HOUSE_TENANT, *tenants) as tx:
            # Every statement that follows sees one moment.
            await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            references, wrong_references = await _compare_references(tx)
            received, wrong_intents = await _compare_intents(tx)
            checked, below_floor = await count_below_floor(tx)
            in_flight = await aggregation.count_open(tx)
            return Facts(
                trial_balance=dict(await trial_balance(tx)),
                between=await sum_account(tx, Account.BETWEEN),
                below_floor=below_floor,
                checked_accounts=checked,
                rebuild_differences=len(await rebuild_differences(tx)),
                markets=await books.load_market_totals(tx),
                paid_markets=frozenset(each.market_id for each in await resolution.list_resolved(tx)),
                money=await books.sum_money(tx),
                windows=await _load_windows(tx),
                resolutions=listed,
                accounts=references,
                statement_differences=wrong_references,
                intents=received,
                intent_differences=wrong_intents,
                in_flight=in_flight,
                exchange_positions=positions,
                exchange_balance=balance,
                moves=None if in_flight or balance is None else await _read_moves(tx, tenants, balance),
                open_items=await _load_open(tx),
                read_at=self._clock.now(),
            )

    async def watch(self) -> None:
        """Make every check; one that differs twice in the same way becomes a break.

        What could not be compared is no break: it shows as a check that does not hold.
        """
        facts = await self._read()
        ages = {each.account: each.age(facts.read_at) for each in facts.open_items}
        for account in CLEARED_BY_PEOPLE:
            OPEN_AGE.labels(account.value).set(ages.get(account, timedelta(0)).total_seconds())
        checks = check_all(facts)
        for check in checks:
            HELD.labels(check.name).set(int(check.held))
        failed = frozenset((check.name, check.detail) for check in checks if check.result is Result.DIFFERS)
        standing = sorted(failed & self._failed_before)
        self._failed_before = failed
        for name, _ in sorted(failed):
            _log.warning("reconciliation.differs", check=name)
        if standing:
            found = [
                Break(Kind.CHECK, uuid_from_name(HOUSE_TENANT, f"check:{name}"), expected=1, found=0)
                for name, _ in standing
            ]
            async with self._database.transaction(HOUSE_TENANT) as tx:
                await breaks.record(tx, found, self._clock.now())

    async def _ask_exchange(self) -> tuple[dict[UUID, int] | None, int | None]:
        """Return the net positions by market and the balance, or None twice when there is no answer."""
        try:
            positions = await self._exchange.positions()
            balance = await self._exchange.balance()
        except Refusal as refusal:
            _log.warning("reconciliation.exchange_silent", code=refusal.code)
            return None, None
        return {market_id_of(ticker): net for ticker, net in positions.items() if net}, balance

    async def _ask_settlement(self, paid: Resolved, ticker: Ticker) -> ResolutionFacts:
        """Put beside a paid market what the exchange lists; None when it does not answer."""
        cash: int | None = None
        fee: int | None = None
        is_declared = paid.basis is not Basis.VALUE
        try:
            listed = await self._exchange.settlements(ticker)
            cash, fee = sum(one.revenue for one in listed), sum(one.fee for one in listed)
        except Refusal as refusal:
            _log.warning("reconciliation.exchange_silent", code=refusal.code)
        return ResolutionFacts(
            market_id=paid.market_id,
            payouts=paid.payouts,
            fees=paid.fees,
            exchange_cash=paid.exchange_cash,
            pair_cash=paid.pair_cash,
            listed_cash=cash,
            listed_fee=fee,
            is_declared=is_declared,
        )


async def _read_moves(tx: Transaction, tenants: Sequence[UUID], balance: int) -> Moves | None:
    """Return how far the balance and our places moved since the last quiet reading, if there is one."""
    last = await store.load_newest(tx)
    if last is None:
        return None
    places = await books.load_places(tx, tenants)
    return Moves(balance - last.balance, places.total - last.places.total)


async def _load_open(tx: Transaction) -> list[OpenItems]:
    """Return what waits for a person: by its balance in suspense, and as breaks of fees above the caps.

    Such fees stay the house's: they leave `excess` for nowhere, so its balance says nothing of them.
    """
    excess = await breaks.load_oldest_open(tx, Kind.FEE_EXCESS)
    found = [await books.load_suspended(tx)]
    if excess is not None:
        items, amount, since = excess
        found.append(OpenItems(Account.EXCESS, -amount, items, since))
    return [each for each in found if each is not None]


async def _compare_references(tx: Transaction) -> tuple[int, int]:
    """Return how many references were compared with their reports, and how many differ."""
    compared, different, after = 0, 0, None
    while page := await accounts.list_accounts(tx, after, PAGE):
        booked = await books.load_reference_totals(tx, page)
        told = await reports.load_lines(tx, page)
        compared += len(page)
        for account in page:
            different += differs_from_told(booked.get(account, ReferenceTotals()), told.get(account))
        after = page[-1]
    return compared, different


async def _compare_intents(tx: Transaction) -> tuple[int, int]:
    """Return how many received intents were compared with their reports, and how many differ."""
    compared, different, after = 0, 0, None
    while page := await intents.list_received(tx, after, PAGE):
        told = await reports.sum_intents(tx, [intent.intent_id for intent in page])
        compared += len(page)
        for intent in page:
            different += is_told_wrong(intent, told.get(intent.intent_id, IntentTold()))
        after = page[-1].intent_id
    return compared, different


async def _load_windows(tx: Transaction) -> list[WindowFacts]:
    """Return every order that ended: its fills, its own totals and the shares that were reported."""
    fills = await aggregation.sum_fills(tx)
    shares = await reports.sum_shares(tx)
    found: list[WindowFacts] = []
    after = None
    while page := await aggregation.list_ended(tx, after, PAGE):
        found += [
            WindowFacts(
                window_id=order.window_id,
                fills=fills.get(order.window_id, NOTHING),
                order=(order.filled, order.cost, order.fees),
                shares=shares.get(order.window_id, NOTHING),
                excess=order.excess,
            )
            for order in page
        ]
        after = page[-1].order_id
    return found
