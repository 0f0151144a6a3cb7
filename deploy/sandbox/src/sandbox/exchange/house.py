"""The house market maker at work: quotes by hand, and quotes that move with time (liquidity.py).

Its moving quotes stand in the books and in no fact: a restart computes them anew.
"""

from collections.abc import Callable, Sequence

from sandbox.exchange.book import BookOrder, Owner, SelfTradePrevention
from sandbox.exchange.facts import HouseQuote, HouseQuoted, OrderFilled
from sandbox.exchange.liquidity import Quote, check_quotes, quotes_at
from sandbox.exchange.market import Market, MarketStatus
from sandbox.exchange.trading import Trading


class House(Trading):
    """Commands on liquidity."""

    _step: int | None
    _moving: dict[str, list[str]]
    _book_watchers: list[Callable[[str], None]]

    def watch_books(self, watcher: Callable[[str], None]) -> None:
        """Tell `watcher` in which market the house moved its quotes."""
        self._book_watchers.append(watcher)

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

    def _move_quotes(self, now_ms: int) -> None:
        """Move the house's quotes in every market that trades, once in each step of time."""
        step = self._step_at(now_ms)
        if step == self._step or self.is_paused:
            return
        self._step = step
        for ticker in self.state.latest.values():
            if self.state.markets[ticker].status is MarketStatus.ACTIVE and ticker not in self.state.frozen:
                self._requote(ticker, step, now_ms)

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
        for watcher in self._book_watchers:
            watcher(ticker)

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
            self._trigger_if_hit(order.request.group_id, now_ms)
        return 0 if crossing.stopped_at_self else crossing.remaining
