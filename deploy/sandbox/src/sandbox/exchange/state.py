"""The state of the exchange: the fold of its facts, and the questions that can be asked of it.

`apply` never decides and never fails for a fact that was decided on this state; it is the only way in which
anything that the journal knows changes. The house's moving quotes are not facts: they are a function of time
(liquidity.py).
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sandbox.exchange.account import Cash, Position
from sandbox.exchange.book import Book, BookOrder, Owner, Side
from sandbox.exchange.catalogue import (
    Catalogue,
    Event,
    close_time_ms,
    event_of_round,
    listing_of_round,
)
from sandbox.exchange.errors import NotFound
from sandbox.exchange.facts import (
    Deposited,
    ExchangeOpened,
    Fact,
    HouseQuoted,
    MarketClosed,
    MarketDetermined,
    MarketFinalized,
    MarketListed,
    OrderAccepted,
    OrderCanceled,
    OrderFilled,
    OrderRested,
    Withdrawn,
)
from sandbox.exchange.market import Listing, Market, MarketStatus, Result
from sandbox.exchange.orders import Fill, Order, OrderStatus
from sandbox.exchange.units import CENT

REMEMBERED_MS = 600_000


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


class State:
    """Everything that is remembered. Lists are in the order of happening.

    `latest` has the ticker of the last round of every listing, by the ticker of its first; only a last round
    can be anything but finalized.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.opened_ms: int | None = None
        self.cash = Cash()
        self.deposit_references: set[str] = set()
        self.withdrawals: dict[str, int] = {}
        self.events: dict[str, Event] = {}
        self.markets: dict[str, Market] = {}
        self.tickers_by_event: dict[str, list[str]] = {}
        self.latest: dict[str, str] = {}
        self.books: dict[str, Book] = {}
        self.frozen: set[str] = set()
        self.orders: dict[str, Order] = {}
        self.order_ids: list[str] = []
        self.client_order_ids: set[str] = set()
        self.resting_ids: set[str] = set()
        self.fills: list[Fill] = []
        self.fills_by_order: dict[str, list[Fill]] = {}
        self.positions: dict[str, Position] = {}
        self.position_changes: deque[tuple[int, str, Position]] = deque()
        self.settlements: list[Settlement] = []
        self._appliers: dict[type, Callable[[Any], None]] = {
            ExchangeOpened: self._open,
            Deposited: self._deposit,
            Withdrawn: self._withdraw,
            OrderAccepted: self._accept,
            OrderFilled: self._fill,
            OrderRested: self._rest,
            OrderCanceled: self._cancel,
            HouseQuoted: self._quote,
            MarketClosed: self._close,
            MarketDetermined: self._determine,
            MarketFinalized: self._finalize,
            MarketListed: self._list_again,
        }

    def apply(self, fact: Fact) -> None:
        """Move the state by one fact."""
        self._appliers[type(fact)](fact)

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
        orders = [self.orders[order_id] for order_id in self.resting_ids]
        return sorted((one for one in orders if one.request.ticker == ticker), key=lambda one: one.sequence)

    def reserved(self) -> int:
        """Return the micro-dollars that resting orders may still need.

        Contracts that would close the net position need none; the rest counts at the dearest price of its
        side.
        """
        needed = 0
        for ticker in {self.orders[order_id].request.ticker for order_id in self.resting_ids}:
            orders = self.resting_in(ticker)
            for side in Side:
                same = [order for order in orders if order.request.side is side]
                uncovered = sum(order.remaining for order in same) - self.position(ticker).held(side.opposite)
                if uncovered > 0:
                    needed += uncovered * max(side.own_price(order.request.price) for order in same)
        return needed

    def _open(self, fact: ExchangeOpened) -> None:
        self.opened_ms = fact.at_ms
        for listing in self.catalogue.listings.values():
            event = self.catalogue.events[listing.event_ticker]
            self._list(listing, event, close_time_ms(fact.at_ms, listing.close_after_days), fact.at_ms)

    def _list_again(self, fact: MarketListed) -> None:
        first = self.catalogue.listings[fact.first_ticker]
        event = event_of_round(self.catalogue.events[first.event_ticker], fact.round_number)
        self._list(listing_of_round(first, fact.round_number), event, fact.close_ms, fact.at_ms)

    def _list(self, listing: Listing, event: Event, close_ms: int, at_ms: int) -> None:
        self.events[event.ticker] = event
        self.markets[listing.ticker] = Market(listing, at_ms, close_ms, updated_ms=at_ms)
        self.books[listing.ticker] = Book()
        self.tickers_by_event.setdefault(event.ticker, []).append(listing.ticker)
        self.latest[listing.first_ticker] = listing.ticker

    def _deposit(self, fact: Deposited) -> None:
        self.deposit_references.add(fact.reference)
        self.cash = replace(self.cash, deposits=self.cash.deposits + fact.amount)

    def _withdraw(self, fact: Withdrawn) -> None:
        self.withdrawals[fact.reference] = fact.amount
        self.cash = replace(self.cash, withdrawals=self.cash.withdrawals + fact.amount)

    def _accept(self, fact: OrderAccepted) -> None:
        sequence = len(self.order_ids)
        self.orders[fact.order_id] = Order(fact.order_id, fact.request, fact.at_ms, fact.at_ms, sequence)
        self.order_ids.append(fact.order_id)
        if fact.request.client_order_id:
            self.client_order_ids.add(fact.request.client_order_id)

    def _fill(self, fact: OrderFilled) -> None:
        fill = fact.fill
        self.fills.append(fill)
        self.fills_by_order.setdefault(fill.order_id, []).append(fill)
        order = self.orders[fill.order_id].with_fill(fill)
        self.orders[fill.order_id] = order
        if order.status is not OrderStatus.RESTING:
            self.resting_ids.discard(fill.order_id)
        self.books[fill.ticker].reduce(fill.maker_id, fill.count)
        self.markets[fill.ticker] = self.markets[fill.ticker].with_trade(fill.price, fill.count, fill.at_ms)
        position, pairs = self.position(fill.ticker).buy(
            fill.side, fill.count, fill.price, fill.net_fee, fill.at_ms
        )
        self._move_position(fill.ticker, position)
        self.cash = replace(
            self.cash,
            trades=self.cash.trades + fill.cost,
            fees=self.cash.fees + fill.net_fee,
            pairs=self.cash.pairs + pairs,
        )

    def _rest(self, fact: OrderRested) -> None:
        order = self.orders[fact.order_id]
        asked = order.request
        self.resting_ids.add(order.order_id)
        self.books[asked.ticker].place(
            BookOrder(order.order_id, Owner.MEMBER, asked.side, asked.price, order.remaining)
        )

    def _cancel(self, fact: OrderCanceled) -> None:
        order = self.orders[fact.order_id]
        self.orders[fact.order_id] = order.without_rest(fact.at_ms)
        self.resting_ids.discard(fact.order_id)
        self.books[order.request.ticker].remove(fact.order_id)

    def _quote(self, fact: HouseQuoted) -> None:
        book = self.books[fact.ticker]
        book.remove_house()
        for quote in fact.quotes:
            book.place(BookOrder(quote.order_id, Owner.HOUSE, quote.side, quote.price, quote.count))
        if fact.frozen:
            self.frozen.add(fact.ticker)
        else:
            self.frozen.discard(fact.ticker)

    def _close(self, fact: MarketClosed) -> None:
        self.books[fact.ticker].clear()
        market = self.markets[fact.ticker]
        close_ms = min(market.close_ms, fact.at_ms)
        self.markets[fact.ticker] = replace(
            market, status=MarketStatus.CLOSED, close_ms=close_ms, updated_ms=fact.at_ms
        )

    def _determine(self, fact: MarketDetermined) -> None:
        self.markets[fact.ticker] = replace(
            self.markets[fact.ticker],
            status=MarketStatus.DETERMINED,
            result=fact.result,
            value=fact.value,
            determined_ms=fact.at_ms,
            updated_ms=fact.at_ms,
        )

    def _finalize(self, fact: MarketFinalized) -> None:
        market = replace(
            self.markets[fact.ticker],
            status=MarketStatus.FINALIZED,
            settled_ms=fact.at_ms,
            updated_ms=fact.at_ms,
        )
        self.markets[fact.ticker] = market
        position = self.position(fact.ticker)
        if position.net == 0 or market.result is None or market.value is None:
            return  # A flat account moves no money and gets no settlement row.
        payout = position.payout(market.value)
        self.settlements.append(
            Settlement(
                ticker=fact.ticker,
                event_ticker=market.listing.event_ticker,
                result=market.result,
                value=market.value,
                net=position.net,
                cost=position.cost,
                revenue_cents=payout.revenue_cents,
                fee=payout.fee,
                at_ms=fact.at_ms,
            )
        )
        self._move_position(fact.ticker, position.settle(payout, fact.at_ms))
        self.cash = replace(self.cash, settlements=self.cash.settlements + payout.revenue_cents * CENT)

    def _move_position(self, ticker: str, position: Position) -> None:
        changes, at_ms = self.position_changes, position.updated_ms
        while changes and changes[0][0] < at_ms - REMEMBERED_MS:
            changes.popleft()
        changes.append((at_ms, ticker, self.position(ticker)))
        self.positions[ticker] = position
