"""The state of the exchange, and the questions that can be asked of it; fold.py moves it.

Whatever is asked for with every request has an index: orders and fills by market, resting orders, client
order ids. The house's moving quotes are in the books but in no fact: they are a function of time
(liquidity.py).
"""

from collections import deque
from dataclasses import dataclass, field

from sandbox.exchange.account import Cash, Position
from sandbox.exchange.book import Book, Side
from sandbox.exchange.catalogue import Catalogue, Event
from sandbox.exchange.errors import NotFound
from sandbox.exchange.facts import Deposited, EventFeesChanged, Withdrawn
from sandbox.exchange.fees import FeeSchedule, FeeType
from sandbox.exchange.market import Market, MarketStatus, Result
from sandbox.exchange.orders import Fill, Order, OrderStatus

GROUP_WINDOW_MS = 15_000
RECENT_MS = 24 * 3_600_000
NO_FEES = FeeSchedule(FeeType.QUADRATIC, 0)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What one net position received when its market was finalized."""

    ticker: str
    event_ticker: str
    result: Result
    value: int
    net: int
    cost: int
    revenue_cents: int
    fee: int
    at_ms: int


@dataclass(slots=True)
class Group:
    """A group of orders; `matched` has time and count of its fills since the last reset."""

    group_id: str
    limit: int | None
    is_triggered: bool = False
    matched: deque[tuple[int, int]] = field(default_factory=deque)

    def matched_count(self, now_ms: int) -> int:
        """Return what matched in the last fifteen seconds."""
        while self.matched and self.matched[0][0] <= now_ms - GROUP_WINDOW_MS:
            self.matched.popleft()
        return sum(count for _, count in self.matched)

    def allowance(self, now_ms: int) -> int | None:
        """Return what may still match now; None without a limit."""
        return None if self.limit is None else max(0, self.limit - self.matched_count(now_ms))


class State:
    """Everything that is remembered. Lists are in the order of happening.

    `latest` has the ticker of the last round of every listing, by the ticker of its first; `unsettled` those
    markets whose result waits for its payment.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.opened_ms: int | None = None
        self.cutoff_ms = 0
        self.cash = Cash()
        self.deposits: list[Deposited] = []
        self.deposit_references: set[str] = set()
        self.withdrawals: dict[str, Withdrawn] = {}
        self.events: dict[str, Event] = {}
        self.event_fees: dict[str, FeeSchedule] = {}
        self.event_fee_changes: list[EventFeesChanged] = []
        self.markets: dict[str, Market] = {}
        self.tickers_by_event: dict[str, list[str]] = {}
        self.latest: dict[str, str] = {}
        self.unsettled: dict[str, None] = {}
        self.books: dict[str, Book] = {}
        self.frozen: set[str] = set()
        self.orders: dict[str, Order] = {}
        self.order_ids: list[str] = []
        self.order_ids_by_ticker: dict[str, list[str]] = {}
        self.client_order_ids: dict[str, str] = {}
        self.resting_ids: dict[str, None] = {}
        self.resting_by_ticker: dict[str, dict[str, None]] = {}
        self.expiring: dict[str, int] = {}
        self.cancel_all_ms: int | None = None
        self.groups: dict[str, Group] = {}
        self.fills: list[Fill] = []
        self.fills_by_order: dict[str, list[Fill]] = {}
        self.fills_by_ticker: dict[str, list[Fill]] = {}
        self.positions: dict[str, Position] = {}
        self.position_changes: deque[tuple[int, str, Position]] = deque()
        self.settlements: list[Settlement] = []
        self.settled_at: dict[str, int] = {}

    def market(self, ticker: str) -> Market:
        """Return a market. Raises NotFound."""
        market = self.markets.get(ticker)
        if market is None:
            raise NotFound("market not found")
        return market

    def order(self, order_id: str) -> Order:
        """Return an order of the member. Raises NotFound."""
        order = self.orders.get(order_id)
        if order is None:
            raise NotFound("order not found")
        return order

    def group(self, group_id: str) -> Group:
        """Return a group of orders. Raises NotFound."""
        group = self.groups.get(group_id)
        if group is None:
            raise NotFound("order group not found")
        return group

    def fees_of(self, market: Market, now_ms: int) -> FeeSchedule:
        """Return what a trade costs now: a waiver goes before the event's fees, these before the series'."""
        if market.fee_waiver_ms is not None and now_ms < market.fee_waiver_ms:
            return NO_FEES
        return self.event_fees.get(market.listing.event_ticker, market.listing.fees)

    def knows_client_order(self, client_order_id: str, now_ms: int) -> bool:
        """Say whether a live or recent order has this id; after a day it may be used again."""
        order_id = self.client_order_ids.get(client_order_id)
        if order_id is None:
            return False
        order = self.orders[order_id]
        return order.status is OrderStatus.RESTING or now_ms - order.updated_ms <= RECENT_MS

    def is_archived(self, market: Market) -> bool:
        """Say whether a market left the live endpoints."""
        is_paid = market.status is MarketStatus.FINALIZED and market.settled_ms is not None
        return is_paid and (market.settled_ms or 0) < self.cutoff_ms

    def is_order_archived(self, order: Order) -> bool:
        """Say whether an order left the live endpoints; resting ones never do."""
        return order.status is not OrderStatus.RESTING and order.updated_ms < self.cutoff_ms

    def is_position_archived(self, ticker: str) -> bool:
        """Say whether a position left the live endpoints; an event goes as a whole."""
        event_ticker = self.markets[ticker].listing.event_ticker
        return all(self.is_archived(self.markets[one]) for one in self.tickers_by_event[event_ticker])

    def position(self, ticker: str) -> Position:
        """Return the member's position, also where it never traded."""
        return self.positions.get(ticker, Position())

    def positions_at(self, time_ms: int) -> dict[str, Position]:
        """Return the positions as they stood at a time of the last ten minutes."""
        positions = dict(self.positions)
        for at_ms, ticker, before in reversed(self.position_changes):
            if at_ms <= time_ms:
                break
            positions[ticker] = before
        return positions

    def resting_in(self, ticker: str) -> list[Order]:
        """Return the member's resting orders of a market, oldest first."""
        orders = [self.orders[order_id] for order_id in self.resting_by_ticker.get(ticker, ())]
        return sorted(orders, key=lambda one: one.sequence)

    def resting_in_group(self, group_id: str) -> list[Order]:
        """Return the resting orders of a group."""
        orders = [self.orders[order_id] for order_id in self.resting_ids]
        return [one for one in orders if one.request.group_id == group_id]

    def reserved(self, *, without: str | None = None) -> int:
        """Return the micro-dollars that resting orders may still need, all or `without` one.

        Contracts that would close the net position need none; the rest counts at the dearest price of its
        side.
        """
        needed = 0
        for ticker in self.resting_by_ticker:
            orders = [order for order in self.resting_in(ticker) if order.order_id != without]
            for side in Side:
                same = [order for order in orders if order.request.side is side]
                uncovered = sum(order.remaining for order in same) - self.position(ticker).held(side.opposite)
                if uncovered > 0:
                    needed += uncovered * max(side.own_price(order.request.price) for order in same)
        return needed
