"""Compare the exchange's account with ours, all the time, a bounded piece after another.

Orders and fills by the time they were made, up to a cursor in the database; positions and balance as they
stand. The complete checks read everything (`reconciliation.service`) and are made once a day.

The exchange is asked between transactions. What it says about now may lag, and its lists are not read at
one moment, so a difference counts only when it is found twice in the same way.

Guaranteed:
- what is made, answered or shared out while the lists are read is no break;
- the cursor moves over nothing that was found once and not looked at again;
- an order that stays in flight keeps only itself from being compared, and is compared once it has ended.
"""

import contextlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from prometheus_client import Gauge

from execution_stack.accounts import service as accounts
from execution_stack.aggregation import late_fills
from execution_stack.aggregation import service as aggregation
from execution_stack.books import service as books
from execution_stack.books.domain import Places
from execution_stack.breaks import service as breaks
from execution_stack.breaks.domain import Break, Evidence, Kind, Reference
from execution_stack.control import service as control
from execution_stack.control.domain import Cause
from execution_stack.exchange.domain import MarketStatus, Order, Ticker
from execution_stack.exchange.errors import NotThere
from execution_stack.exchange.providers.contract import Exchange
from execution_stack.markets import service as markets
from execution_stack.markets.domain import market_id_of
from execution_stack.reconciliation import store
from execution_stack.reconciliation.store import ListName, Reading
from execution_stack.reconciliation.trading import Ours, Span, Theirs, compare, list_nameless
from execution_stack.resolution import service as resolution
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import Refusal
from shared.ids import HOUSE_TENANT, SystemIds

LOOK_UPS_PER_SPAN: Final = 100

_log = structlog.get_logger(__name__)
_behind = Gauge("bulkhead_execution_reconciled_seconds_ago", "How far back orders and fills are compared")
_reached = Gauge(
    "bulkhead_execution_reconciled_timestamp_seconds", "Up to when orders and fills are compared"
)
_skew = Gauge("bulkhead_execution_exchange_clock_skew_seconds", "How far the exchange's clock is ahead")


@dataclass(frozen=True, slots=True)
class Pieces:
    """How much is compared at once, and what is too much difference."""

    span: timedelta = timedelta(hours=1)
    spans_per_run: int = 4
    overlap: timedelta = timedelta(minutes=2)
    """How much of what was compared is compared again: what shows late has an older time."""
    daily_overlap: timedelta = timedelta(days=2)
    settle: timedelta = timedelta(seconds=15)
    """How old an order must be before it is compared."""
    slack: timedelta = timedelta(minutes=1)
    """How much the exchange's list may reach beyond the span, for the two clocks are not the same."""
    most_skew: timedelta = timedelta(seconds=5)
    reading_every: timedelta = timedelta(hours=1)
    """How often a balance that has not moved is kept."""


class AccountReconciliation:
    """Watches one account at one exchange."""

    def __init__(
        self, database: Database, exchange: Exchange, clock: Clock, pieces: Pieces | None = None
    ) -> None:
        """Compare `exchange` with `database`."""
        self._database = database
        self._exchange = exchange
        self._clock = clock
        self._pieces = pieces or Pieces()
        self._apart: frozenset[Break] = frozenset()
        self._drifts: frozenset[Break] = frozenset()
        self._delta: Break | None = None
        self._unlike: dict[Break, Ticker] = {}
        self._was_skewed = False
        self._deep_after: datetime | None = None

    async def watch(self) -> None:
        """Compare clocks, trading, settlements, positions and balance once, and count what is open.

        What the exchange does not answer is compared the next time; it keeps nothing else waiting.
        """
        for part in (
            self.compare_clock,
            self.compare_trading,
            self.compare_settlements,
            self.compare_positions,
            self.compare_balance,
        ):
            try:
                await part()
            except Refusal as refusal:
                _log.warning("reconciliation.postponed", part=part.__name__, code=refusal.code)
        async with self._database.transaction(HOUSE_TENANT) as tx:
            await breaks.count_open(tx, self._clock.now())

    async def compare_clock(self) -> None:
        """Halt everything when the exchange's clock is twice too far from ours."""
        skew = await self._exchange.clock_skew()
        _skew.set(skew.total_seconds())
        is_skewed = abs(skew) > self._pieces.most_skew
        if is_skewed:
            _log.warning("reconciliation.clock_skew", seconds=skew.total_seconds())
        if is_skewed and self._was_skewed:
            async with self._database.transaction(HOUSE_TENANT) as tx:
                await control.halt(tx, None, Cause.CLOCK_SKEW, self._clock.now())
        self._was_skewed = is_skewed

    async def compare_trading(self) -> None:
        """Compare the orders and fills that were made since the cursor, and move it. Once a day, two days.

        An order that stays in flight holds the cursor, for it is compared once it has ended. What was made
        after it is compared meanwhile, up to a cursor of its own, and then once more.
        """
        now, as_of = self._clock.now(), await self._exchange.as_of()
        async with self._database.transaction() as tx:
            cursor = await store.load_cursor(tx, ListName.TRADING)
            ahead = await store.load_cursor(tx, ListName.TRADING_AHEAD)
            first, in_flight = await aggregation.load_bounds(tx)
        end = _whole(min(now, as_of) - self._pieces.settle)
        held = min(end, _whole((in_flight or now) - self._pieces.settle))
        earliest = _whole((first or held) - self._pieces.slack)
        is_deep = self._deep_after is None or now >= self._deep_after
        overlap = self._pieces.daily_overlap if is_deep else self._pieces.overlap
        most = self._pieces.spans_per_run + (overlap // self._pieces.span)
        before, self._apart = self._apart, frozenset()
        begin = max((cursor or first or held) - overlap, earliest)
        reached = await self._compare_up_to(ListName.TRADING, begin, held, most, before)
        if held <= reached and held < end - self._pieces.overlap:
            begin = max((ahead or held) - overlap, held)
            reached = await self._compare_up_to(ListName.TRADING_AHEAD, begin, end, most, before)
            held = end
        if is_deep and held <= reached:
            self._deep_after = now + timedelta(days=1)
        _behind.set(max((now - reached).total_seconds(), 0))
        _reached.set(reached.timestamp())

    async def _compare_up_to(
        self, name: ListName, begin: datetime, end: datetime, most: int, before: frozenset[Break]
    ) -> datetime:
        """Compare span after span, up to one with a difference that is not in `before`; return how far."""
        for _ in range(most):
            if begin >= end:
                break
            span = Span(begin, min(begin + self._pieces.span, end))
            if not await self._compare_span(name, span, before):
                break
            begin = span.until
        return begin

    async def _compare_span(self, name: ListName, span: Span, before: frozenset[Break]) -> bool:
        """Record what differs as it did before, and tell whether that was everything: only then move on."""
        ours, theirs = await self._read_both(span)
        at = self._clock.now()
        found = compare(span, ours, theirs)
        market_of = {order.order_id: order.market_id for order in ours[0]}
        for order_id, late in found.late.items():
            async with self._database.transaction(HOUSE_TENANT) as tx:
                await late_fills.book_late(tx, order_id, market_of[order_id], late, at)
        standing = [each for each in found.breaks if each in before]
        self._apart |= frozenset(found.breaks)
        is_all = len(standing) == len(found.breaks)
        async with self._database.transaction(HOUSE_TENANT) as tx:
            await breaks.record(tx, standing, at)
            if is_all:
                await store.save_cursor(tx, name, span.until)
        return is_all

    async def _read_both(self, span: Span) -> tuple[Ours, Theirs]:
        """Read the exchange's lists of a time, then ours of the same. Whose a fill is, its order tells."""
        slack = self._pieces.slack
        orders = await self._exchange.orders_between(span.since - slack, span.until + slack)
        fills = await self._exchange.fills_between(span.since, span.until + slack)
        async with self._database.transaction() as tx:
            ours = await aggregation.list_recorded(tx, span.since, span.until, orders, fills)
        nameless = list_nameless(ours[0], (orders, fills))[:LOOK_UPS_PER_SPAN]
        if not nameless:
            return ours, (orders, fills)
        found: list[Order] = []
        for order_id in nameless:
            with contextlib.suppress(NotThere):
                found.append(await self._exchange.order(order_id))
        orders = (*orders, *found)
        async with self._database.transaction() as tx:
            return await aggregation.list_recorded(tx, span.since, span.until, orders, fills), (orders, fills)

    async def compare_settlements(self) -> None:
        """Compare what the exchange paid for markets that we have paid, when it listed something new."""
        until = _whole(self._clock.now() - self._pieces.settle)
        async with self._database.transaction() as tx:
            begin = (await store.load_cursor(tx, ListName.SETTLEMENTS) or until) - self._pieces.overlap
        until = max(begin, min(until, begin + self._pieces.daily_overlap))
        new = await self._exchange.settlements_between(begin, until + self._pieces.slack)
        tickers = sorted({each.ticker for each in new} | set(self._unlike.values()))
        listed = {ticker: await self._exchange.settlements(ticker) for ticker in tickers}
        at, unlike = self._clock.now(), dict[Break, Ticker]()
        async with self._database.transaction(HOUSE_TENANT) as tx:
            paid = {each.market_id: each for each in await resolution.list_resolved(tx)} if tickers else {}
            for ticker, rows in listed.items():
                ours = paid.get(market_id_of(ticker))
                theirs = sum(row.revenue for row in rows), sum(row.fee for row in rows)
                if ours is not None and (ours.exchange_cash, ours.fees) != theirs:
                    sums = ours.exchange_cash - ours.fees, theirs[0] - theirs[1]
                    about = (Evidence(Reference.MARKET, ours.market_id),)
                    unlike[Break(Kind.SETTLEMENT_DIFFERS, ours.market_id, *sums, about)] = ticker
            await breaks.record(tx, [each for each in unlike if each in self._unlike], at)
            await store.save_cursor(tx, ListName.SETTLEMENTS, until)
        self._unlike = unlike

    async def compare_positions(self) -> None:
        """Compare the net position of every market, and halt a market that drifts.

        Left alone are markets with an order in flight, and final ones: the exchange has settled those, and
        we pay them by an identity of their own (X6).
        """
        async with self._database.transaction() as tx:
            busy = set(await aggregation.list_busy_markets(tx))
        listed = await self._exchange.positions()
        theirs = {market_id_of(ticker): net for ticker, net in listed.items()}
        at = self._clock.now()
        async with self._database.transaction(HOUSE_TENANT) as tx:
            busy |= set(await aggregation.list_busy_markets(tx))
            ours = await books.load_nets(tx)
            apart = {each for each in ours.keys() | theirs.keys() if ours.get(each, 0) != theirs.get(each, 0)}
            final = await _filter_final(tx, apart)
            drifts = frozenset(
                Break(Kind.POSITION_DRIFT, each, ours.get(each, 0), theirs.get(each, 0))
                for each in apart - busy - final
            )
            for standing in sorted(drifts & self._drifts, key=lambda each: each.subject):
                if await breaks.record(tx, [standing], at):
                    await control.halt(tx, standing.subject, Cause.POSITION_DRIFT, at)
        self._drifts = drifts

    async def compare_balance(self) -> None:
        """X7: between two quiet moments the balance has moved as our places there have."""
        tenants = await accounts.list_tenants(self._database)
        before = await self._load_quiet(tenants)
        if before is None:
            return
        balance = await self._exchange.balance()
        at = self._clock.now()
        if await self._load_quiet(tenants) != before:
            return
        async with self._database.transaction(HOUSE_TENANT) as tx:
            last = await store.load_newest(tx)
            reading = Reading(SystemIds().new(), at, balance, before)
            if last is None:
                await store.insert_reading(tx, reading)
                return
            expected, found = before.total - last.places.total, balance - last.balance
            if expected == found:
                self._delta = None
                if found or at - last.read_at >= self._pieces.reading_every:
                    await store.insert_reading(tx, reading)
                return
            about = (Evidence(Reference.READING, last.reading_id),)
            delta = Break(Kind.BALANCE_DELTA, last.reading_id, expected, found, about)
            if delta == self._delta:
                await breaks.record(tx, [delta], at)
                await store.insert_reading(tx, reading)  # what comes next is judged from here
            self._delta = delta

    async def _load_quiet(self, tenants: Sequence[UUID]) -> Places | None:
        """Return our places at the exchange, or None while an order is in flight or a payment is due."""
        async with self._database.transaction(HOUSE_TENANT, *tenants) as tx:
            if await aggregation.count_open(tx) or await _filter_final(tx, await books.list_held(tx)):
                return None
            return await books.load_places(tx, tenants)


async def _filter_final(tx: Transaction, market_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the markets that the exchange has settled for good."""
    known = await markets.load_many(tx, market_ids)
    return {market_id for market_id, market in known.items() if market.status is MarketStatus.RESOLVED}


def _whole(at: datetime) -> datetime:
    """Cut a time to its second: the exchange's lists know no smaller part."""
    return at.replace(microsecond=0)
