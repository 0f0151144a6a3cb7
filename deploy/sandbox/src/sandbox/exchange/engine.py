"""The exchange's decisions: a command looks at the state and becomes facts; these are written, then applied.

Everything runs to its end without `await`, so commands never interleave.

Guaranteed:
- facts are in the journal before the state moves and before anybody is answered;
- a refused command leaves neither facts nor traces;
- after `advance` every listing has exactly one market that is not finalized: the last of its rounds.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from sandbox.exchange.book import BookOrder, Match, Owner, SelfTradePrevention
from sandbox.exchange.catalogue import Catalogue, close_time_ms
from sandbox.exchange.errors import (
    AlreadyResolved,
    InsufficientBalance,
    InvalidParameters,
    InvalidUuid,
    MarketInactive,
    NotEnoughResting,
    NotFound,
    OrderAlreadyExists,
    ReferenceTaken,
    TradingPaused,
)
from sandbox.exchange.facts import (
    Deposited,
    ExchangeOpened,
    Fact,
    HouseQuote,
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
from sandbox.exchange.fees import charge_fill
from sandbox.exchange.liquidity import Quote, check_quotes, quotes_at
from sandbox.exchange.market import Market, MarketStatus, read_outcome
from sandbox.exchange.orders import Fill, Order, OrderRequest, OrderStatus, TimeInForce
from sandbox.exchange.state import State
from sandbox.journal import Journal


class Exchange:
    """One running exchange. `new_id` makes the UUIDs of orders and fills; times are passed in."""

    def __init__(
        self,
        catalogue: Catalogue,
        journal: Journal,
        *,
        seed: int,
        liquidity_interval_ms: int,
        settlement_timer_ms: int,
        new_id: Callable[[], UUID],
    ) -> None:
        self.state = State(catalogue)
        self.settlement_timer_ms = settlement_timer_ms
        self._journal = journal
        self._seed = seed
        self._interval_ms = liquidity_interval_ms
        self._new_id = new_id
        self._step: int | None = None
        self._moving: dict[str, list[str]] = {}
        self._late: list[tuple[int, list[Fill]]] = []
        self.is_paused = False

    def open(self, now_ms: int) -> None:
        """Fold the past and go on, or open for the first time. Call once."""
        for fact in self._journal.replay():
            self.state.apply(fact)
        if self.state.opened_ms is None:
            self._commit([ExchangeOpened(now_ms)])
        self.advance(now_ms)

    def place_order(self, request: OrderRequest, now_ms: int, *, late_ms: int | None = None) -> Order:
        """Accept an order and trade it. Raises one of the refusals of errors.py; then nothing happened.

        With `late_ms` a fault is played: the order shows canceled, and what it trades follows that
        much later.
        """
        if request.client_order_id in self.state.client_order_ids:
            raise OrderAlreadyExists("an order with this client_order_id already exists")
        market = self._trading_market(request.ticker)
        market.listing.check_price(request.price)
        if request.count <= 0:
            raise InvalidParameters("count must be at least 0.01")
        crossing = self.state.books[request.ticker].cross(
            Owner.MEMBER, request.side, request.price, request.count, request.prevention
        )
        if request.time_in_force is TimeInForce.FILL_OR_KILL and crossing.remaining > 0:
            raise NotEnoughResting("fill or kill insufficient resting volume")
        order = Order(str(self._new_id()), request, now_ms, now_ms, sequence=0)
        fills = self._fills(order, market, crossing.matches, is_taker=True, now_ms=now_ms)
        rests = request.time_in_force is TimeInForce.GOOD_TILL_CANCELED and not crossing.stopped_at_self
        self._check_funds(request, fills, crossing.remaining if rests else 0)
        facts: list[Fact] = [OrderAccepted(order.order_id, request, now_ms)]
        if late_ms is not None:
            self._late.append((now_ms + late_ms, fills))
            self._commit([*facts, OrderCanceled(order.order_id, "immediate_or_cancel", now_ms)])
            return self.state.orders[order.order_id]
        facts += [OrderCanceled(order_id, "self_trade", now_ms) for order_id in crossing.self_crossed]
        facts += [OrderFilled(fill) for fill in fills]
        if crossing.remaining > 0:
            reason = "self_trade" if crossing.stopped_at_self else "immediate_or_cancel"
            ends = OrderRested(order.order_id) if rests else OrderCanceled(order.order_id, reason, now_ms)
            facts.append(ends)
        self._commit(facts)
        return self.state.orders[order.order_id]

    def cancel_order(self, order_id: str, now_ms: int) -> tuple[Order, int]:
        """Cancel what rests of an order. Return it and the canceled count. Raises InvalidUuid, NotFound."""
        order = self.find_order(order_id)
        if order.status is not OrderStatus.RESTING:
            raise NotFound("order not found among resting orders")
        self._commit([OrderCanceled(order.order_id, "requested", now_ms)])
        return self.state.orders[order.order_id], order.remaining

    def pause(self, now_ms: int) -> None:
        """Stop all trading; resting orders that asked for it are canceled."""
        self.is_paused = True
        resting = [self.state.orders[order_id] for order_id in self.state.resting_ids]
        self._commit(
            [
                OrderCanceled(order.order_id, "halt", now_ms)
                for order in resting
                if order.request.cancel_on_pause
            ]
        )

    def resume(self, now_ms: int) -> None:
        """Trade again."""
        if self.is_paused:
            self.is_paused = False
            self._step = None
            self.advance(now_ms)

    def find_order(self, order_id: str) -> Order:
        """Return an order by its id. Raises InvalidUuid, NotFound."""
        try:
            return self.state.order(str(UUID(order_id)))
        except ValueError as error:
            raise InvalidUuid("invalid UUID") from error

    def deposit(self, amount: int, reference: str | None, now_ms: int) -> None:
        """Add micro-dollars to the member's balance, once per reference."""
        if reference is not None and reference in self.state.deposit_references:
            return
        self._commit([Deposited(amount, reference or str(self._new_id()), now_ms)])

    def withdraw(self, amount: int, reference: str | None, now_ms: int) -> None:
        """Take micro-dollars from the member's balance, once per reference; what orders reserve stays.

        Raises InvalidParameters, ReferenceTaken, InsufficientBalance.
        """
        if amount <= 0:
            raise InvalidParameters("amount must be more than zero")
        known = None if reference is None else self.state.withdrawals.get(reference)
        if known is not None:
            if known != amount:
                raise ReferenceTaken(f"{reference} stands for a withdrawal of another amount")
            return
        if amount > self.state.cash.balance - self.state.reserved():
            raise InsufficientBalance("insufficient balance")
        self._commit([Withdrawn(amount, reference or str(self._new_id()), now_ms)])

    def resolve(self, ticker: str, result: str, value: int | None, now_ms: int) -> Market:
        """Close a market and say what it came to: yes, no, scalar at a value, or void at a value (0.50).

        Raises NotFound, AlreadyResolved, InvalidParameters.
        """
        market = self.state.market(ticker)
        if market.status in (MarketStatus.DETERMINED, MarketStatus.FINALIZED):
            raise AlreadyResolved(f"{ticker} came to {market.result} already")
        outcome, worth = read_outcome(result, value)
        facts = self._closing(market, now_ms)
        self._commit([*facts, MarketDetermined(ticker, outcome, worth, now_ms)])
        self.advance(now_ms)
        return self.state.market(ticker)

    def quote(self, ticker: str, quotes: Sequence[Quote], *, freeze: bool, now_ms: int) -> None:
        """Replace the house's liquidity in a market; frozen, it stays as given until the next call.

        Quotes that meet resting orders of the member trade with them first.
        """
        market = self._trading_market(ticker)
        check_quotes(market.listing, quotes)
        self._commit([HouseQuoted(ticker, (), freeze)])
        rest: list[HouseQuote] = []
        for quote in quotes:
            remaining = self._trade_with_member(market, quote, now_ms)
            if remaining > 0:
                rest.append(HouseQuote(str(self._new_id()), quote.side, quote.price, remaining))
        self._commit([HouseQuoted(ticker, tuple(rest), freeze)])
        if not freeze:
            self._requote(ticker, self._step_at(now_ms), now_ms)

    def advance(self, now_ms: int) -> None:
        """Do what time asks for: close and finalize markets, list next rounds, move the house's quotes."""
        self._fill_late(now_ms)
        step = self._step_at(now_ms)
        for ticker in list(self.state.latest.values()):
            market = self.state.markets[ticker]
            if market.status is MarketStatus.ACTIVE and market.close_ms <= now_ms:
                self._commit(self._closing(market, now_ms))
            if market.determined_ms is not None and market.status is MarketStatus.DETERMINED:
                due_ms = market.determined_ms + self.settlement_timer_ms
                self._commit([MarketFinalized(ticker, now_ms)] if due_ms <= now_ms else [])
            # Asked of the state, not of what just happened: so a journal that ends here is carried on too.
            if self.state.markets[ticker].status is MarketStatus.FINALIZED:
                self._list_next_round(market, now_ms)
                self._requote(self.state.latest[market.listing.first_ticker], step, now_ms)
        if step == self._step or self.is_paused:
            return
        self._step = step
        for ticker in self.state.latest.values():
            if self.state.markets[ticker].status is MarketStatus.ACTIVE and ticker not in self.state.frozen:
                self._requote(ticker, step, now_ms)

    def _fill_late(self, now_ms: int) -> None:
        due = [fills for due_ms, fills in self._late if due_ms <= now_ms]
        if not due:
            return
        self._late = [(due_ms, fills) for due_ms, fills in self._late if due_ms > now_ms]
        for fill in (fill for fills in due for fill in fills):
            if self.state.markets[fill.ticker].status is not MarketStatus.FINALIZED:
                self._commit([OrderFilled(replace(fill, at_ms=now_ms))])

    def _list_next_round(self, market: Market, now_ms: int) -> None:
        listing = market.listing
        close_ms = close_time_ms(now_ms, listing.close_after_days)
        self._commit([MarketListed(listing.first_ticker, listing.round_number + 1, close_ms, now_ms)])
        self._moving.pop(listing.ticker, None)

    def _commit(self, facts: Sequence[Fact]) -> None:
        self._journal.append(facts)
        for fact in facts:
            self.state.apply(fact)

    def _trading_market(self, ticker: str) -> Market:
        market = self.state.market(ticker)
        if self.is_paused:
            raise TradingPaused("trading is paused")
        if market.status is not MarketStatus.ACTIVE:
            raise MarketInactive(f"{ticker} is {market.status}")
        return market

    def _fills(
        self, order: Order, market: Market, matches: Sequence[Match], *, is_taker: bool, now_ms: int
    ) -> list[Fill]:
        fills: list[Fill] = []
        gathered = order.gathered
        side = order.request.side
        for match in matches:
            trade_fee = market.listing.fees.trade_fee(match.count, match.price, is_taker=is_taker)
            charge, gathered = charge_fill(match.count * side.own_price(match.price), trade_fee, gathered)
            fill = Fill(
                fill_id=str(self._new_id()),
                order_id=order.order_id,
                ticker=market.listing.ticker,
                side=side,
                price=match.price,
                count=match.count,
                is_taker=is_taker,
                maker_id=match.maker_id,
                trade_fee=charge.trade_fee,
                rounding_fee=charge.rounding_fee,
                rebate=charge.rebate,
                at_ms=now_ms,
            )
            fills.append(fill)
        return fills

    def _check_funds(self, request: OrderRequest, fills: Sequence[Fill], resting: int) -> None:
        """Refuse what the balance cannot carry, judged by the trades that will really happen."""
        position = self.state.position(request.ticker)
        change = 0
        for fill in fills:
            position, pairs = position.buy(fill.side, fill.count, fill.price, fill.net_fee, fill.at_ms)
            change += pairs - fill.cost - fill.net_fee
        uncovered = max(0, resting - position.held(request.side.opposite))
        change -= uncovered * request.side.own_price(request.price)
        if change < 0 and self.state.cash.balance - self.state.reserved() + change < 0:
            raise InsufficientBalance("insufficient balance")

    def _closing(self, market: Market, now_ms: int) -> list[Fact]:
        if market.status is not MarketStatus.ACTIVE:
            return []
        ticker = market.listing.ticker
        resting = self.state.resting_in(ticker)
        return [
            *(OrderCanceled(order.order_id, "market_closed", now_ms) for order in resting),
            MarketClosed(ticker, now_ms),
        ]

    def _step_at(self, now_ms: int) -> int:
        return max(0, now_ms - (self.state.opened_ms or now_ms)) // self._interval_ms

    def _requote(self, ticker: str, step: int, now_ms: int) -> None:
        market = self.state.markets[ticker]
        book = self.state.books[ticker]
        for order_id in self._moving.get(ticker, ()):
            book.remove(order_id)
        placed: list[str] = []
        for number, quote in enumerate(quotes_at(self._seed, market.listing, step)):
            remaining = self._trade_with_member(market, quote, now_ms)
            if remaining > 0:
                order_id = f"moving:{ticker}:{step}:{number}"
                book.place(BookOrder(order_id, Owner.HOUSE, quote.side, quote.price, remaining))
                placed.append(order_id)
        self._moving[ticker] = placed

    def _trade_with_member(self, market: Market, quote: Quote, now_ms: int) -> int:
        """Fill the member's resting orders that a house quote meets. Return the count that may be placed.

        A quote that would meet an order of the house itself is not placed at all.
        """
        crossing = self.state.books[market.listing.ticker].cross(
            Owner.HOUSE, quote.side, quote.price, quote.count, SelfTradePrevention.TAKER_AT_CROSS
        )
        for match in crossing.matches:
            order = self.state.orders[match.maker_id]
            fills = self._fills(order, market, [match], is_taker=False, now_ms=now_ms)
            self._commit([OrderFilled(fill) for fill in fills])
        return 0 if crossing.stopped_at_self else crossing.remaining
