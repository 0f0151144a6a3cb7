"""What happens at the exchange, told to every connection that subscribed to it.

The feed watches the engine: facts become messages at once, and a book that changed is compared with what each
subscription knows of it, so that its deltas always add up to the book. Faults of messages happen here.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from sandbox.exchange import facts as happened
from sandbox.exchange import stream_messages as messages
from sandbox.exchange.engine import Exchange
from sandbox.exchange.facts import Fact
from sandbox.exchange.faults import FaultKind, Faults
from sandbox.exchange.orders import Fill
from sandbox.exchange.stream import Session, Subscription
from sandbox.exchange.stream_messages import Message

HELD_SECONDS = 0.5


class Feed:
    """All connections."""

    def __init__(self, exchange: Exchange, faults: Faults, now_ms: Callable[[], int]) -> None:
        self._exchange = exchange
        self._state = exchange.state
        self._faults = faults
        self._now_ms = now_ms
        self._sessions: dict[Session, list[bytes]] = {}
        exchange.watch(self._tell_facts)
        exchange.watch_books(self._tell_book)

    @property
    def connections(self) -> int:
        return len(self._sessions)

    def open(self) -> Session:
        """Begin a connection."""
        session = Session(lambda ticker: ticker in self._state.markets, self._welcome)
        self._sessions[session] = []
        return session

    def close(self, session: Session) -> None:
        """End a connection."""
        self._sessions.pop(session, None)

    def _welcome(self, session: Session, subscription: Subscription, ticker: str) -> None:
        if subscription.channel == "ticker":
            subscription.last_tickers.pop(ticker, None)
            self._tell_ticker(session, subscription, ticker)
            return
        levels = messages.levels_of(self._state.books[ticker])
        if subscription.wants(ticker):
            subscription.books[ticker] = levels
        told = session.tell(subscription, "orderbook_snapshot", messages.snapshot(ticker, levels))
        if told is not None:
            session.put(told)

    def _tell_facts(self, facts: Sequence[Fact]) -> None:
        if not self._sessions:
            return
        fills = [fact.fill for fact in facts if isinstance(fact, happened.OrderFilled)]
        self._tell_orders(facts)
        self._tell_fills(fills)
        for fact in facts:
            for kind, message in messages.lifecycle(fact, self._state):
                self._send("market_lifecycle_v2", "", kind, message)
        ended = (happened.MarketFinalized, happened.MarketVoided)
        settled = {fact.ticker for fact in facts if isinstance(fact, ended)}
        for ticker in settled | {fill.ticker for fill in fills}:
            if ticker in self._state.positions:
                position = messages.market_position(ticker, self._state.positions[ticker])
                self._send("market_positions", ticker, "market_position", position)
        for ticker in _touched(facts, self._exchange):
            self._tell_book(ticker)

    def _tell_orders(self, facts: Sequence[Fact]) -> None:
        """Tell each order that moved once, as it stands after everything that happened in one step."""
        reasons: dict[str, str | None] = {}
        for fact in facts:
            match fact:
                case happened.OrderAccepted():
                    reasons[fact.order_id] = None
                case happened.OrderFilled():
                    reasons[fact.fill.order_id] = "trade"
                case happened.OrderCanceled():
                    reasons[fact.order_id] = fact.reason
                case happened.OrderAmended():
                    reasons[fact.order_id] = "decrease" if fact.keeps_place else "amend"
        for order_id, reason in reasons.items():
            order = self._state.orders[order_id]
            message = messages.user_order(order, reason)
            self._send("user_orders", order.request.ticker, "user_order", message)

    def _tell_fills(self, fills: Sequence[Fill]) -> None:
        # What was held after each fill: counted back from what is held now.
        later: dict[str, int] = {}
        told: list[tuple[Fill, int]] = []
        for fill in reversed(fills):
            after = self._state.position(fill.ticker).net - later.get(fill.ticker, 0)
            told.append((fill, after))
            later[fill.ticker] = later.get(fill.ticker, 0) + fill.side.sign * fill.count
        for fill, after in reversed(told):
            order = self._state.orders[fill.order_id]
            self._send("fill", fill.ticker, "fill", messages.fill(fill, order, after))
            self._send("trade", fill.ticker, "trade", messages.trade(fill))

    def _tell_book(self, ticker: str) -> None:
        for session in list(self._sessions):
            for subscription in list(session.subscriptions.values()):
                if not subscription.wants(ticker):
                    continue
                if subscription.channel == "orderbook_delta" and ticker in subscription.books:
                    self._tell_deltas(session, subscription, ticker)
                elif subscription.channel == "ticker":
                    self._tell_ticker(session, subscription, ticker)

    def _tell_deltas(self, session: Session, subscription: Subscription, ticker: str) -> None:
        known = subscription.books[ticker]
        levels = messages.levels_of(self._state.books[ticker])
        subscription.books[ticker] = levels
        for side, price in sorted(known.keys() | levels.keys()):
            change = levels.get((side, price), 0) - known.get((side, price), 0)
            if change:
                message = messages.delta(ticker, side, price, change, self._now_ms())
                self._deliver(session, subscription, "orderbook_delta", message)

    def _tell_ticker(self, session: Session, subscription: Subscription, ticker: str) -> None:
        state = self._state
        fills = state.fills_by_ticker.get(ticker)
        last_size = fills[-1].count if fills else 0
        message = messages.ticker(
            state.markets[ticker], state.books[ticker], state.position(ticker), last_size
        )
        if subscription.last_tickers.get(ticker) != message:
            subscription.last_tickers[ticker] = message
            self._deliver(session, subscription, "ticker", message | messages.at_time(self._now_ms()))

    def _send(self, channel: str, ticker: str, kind: str, message: Message) -> None:
        for session in list(self._sessions):
            for subscription in list(session.subscriptions.values()):
                if subscription.channel == channel and (not ticker or subscription.wants(ticker)):
                    self._deliver(session, subscription, kind, message)

    def _deliver(self, session: Session, subscription: Subscription, kind: str, message: Message) -> None:
        """Send one message: once, or as a fault says, twice or after the one that follows."""
        content = session.tell(subscription, kind, message)
        if content is None:
            return
        fault = self._faults.take_for_message()
        if fault is not None and fault.kind is FaultKind.OUT_OF_ORDER_WS:
            self._sessions[session].append(content)
            asyncio.get_running_loop().call_later(HELD_SECONDS, self._release, session)
            return
        session.put(content)
        if fault is not None:
            session.put(content)
        self._release(session)

    def _release(self, session: Session) -> None:
        held = self._sessions.get(session)
        while held:
            session.put(held.pop(0))


def _touched(facts: Iterable[Fact], exchange: Exchange) -> list[str]:
    """Return the markets whose book or price these facts moved."""
    orders = exchange.state.orders
    tickers: dict[str, None] = {}
    for fact in facts:
        match fact:
            case happened.OrderFilled():
                tickers[fact.fill.ticker] = None
            case happened.OrderRested() | happened.OrderCanceled() | happened.OrderAmended():
                tickers[orders[fact.order_id].request.ticker] = None
            case happened.HouseQuoted() | happened.MarketClosed():
                tickers[fact.ticker] = None
    return list(tickers)
