"""What becomes of markets: paused, closed, determined, disputed, amended, finalized, listed again; and time.

Guaranteed:
- after `advance` every listing has exactly one market that was never paid nor voided: the last of its rounds;
- a result that is amended after it was paid moves only the difference.
"""

from collections.abc import Sequence

from sandbox.exchange.catalogue import close_time_ms
from sandbox.exchange.errors import AlreadyResolved, InvalidParameters, MarketInactive, NotFound, NotResolved
from sandbox.exchange.facts import (
    CutoffMoved,
    EventFeesChanged,
    Fact,
    FeesWaived,
    MarketAmended,
    MarketClosed,
    MarketDetermined,
    MarketDisputed,
    MarketFinalized,
    MarketListed,
    MarketPaused,
    MarketResumed,
    MarketVoided,
    OrderCanceled,
)
from sandbox.exchange.fees import FeeSchedule
from sandbox.exchange.house import House
from sandbox.exchange.market import Market, MarketStatus, VoidForm, read_outcome

OPEN = (MarketStatus.ACTIVE, MarketStatus.INACTIVE)
UNRESOLVED = (*OPEN, MarketStatus.CLOSED)


class Lifecycle(House):
    """Commands on markets."""

    def resolve(self, ticker: str, result: str, value: int | None, now_ms: int) -> Market:
        """Close a market and say what it came to: yes, no, scalar at a value, or void at a value (0.50).

        Raises NotFound, AlreadyResolved, InvalidParameters.
        """
        market = self.state.market(ticker)
        if market.status not in UNRESOLVED or market.voided_ms is not None:
            raise AlreadyResolved(f"{ticker} came to its end already")
        outcome, worth = read_outcome(result, value)
        self._commit([*self._closing(market, now_ms), MarketDetermined(ticker, outcome, worth, now_ms)])
        self.advance(now_ms)
        return self.state.market(ticker)

    def void(self, ticker: str, form: VoidForm, *, fees_returned: bool, now_ms: int) -> Market:
        """End a market without a result: undo its trades, or give back what its net position cost.

        Raises NotFound, AlreadyResolved.
        """
        market = self.state.market(ticker)
        if market.status not in UNRESOLVED or market.voided_ms is not None:
            raise AlreadyResolved(f"{ticker} is {market.status} and was settled or voided")
        self._commit([*self._closing(market, now_ms), MarketVoided(ticker, form, fees_returned, now_ms)])
        self.advance(now_ms)
        return self.state.market(ticker)

    def dispute(self, ticker: str, now_ms: int) -> Market:
        """Put a determined result in doubt: nothing is paid meanwhile. Raises NotFound, NotResolved."""
        market = self.state.market(ticker)
        if market.status not in (MarketStatus.DETERMINED, MarketStatus.AMENDED):
            raise NotResolved(f"{ticker} is {market.status}; only a result that is not paid yet is disputed")
        self._commit([MarketDisputed(ticker, now_ms)])
        return self.state.market(ticker)

    def amend(self, ticker: str, result: str, value: int | None, now_ms: int) -> Market:
        """Replace a result, also one that was paid: then the difference moves when the timer has run again.

        The same result ends a dispute. Raises NotFound, NotResolved, InvalidParameters.
        """
        market = self.state.market(ticker)
        if market.status in UNRESOLVED:
            raise NotResolved(f"{ticker} is {market.status}; it has no result to amend")
        outcome, worth = read_outcome(result, value)
        if (outcome, worth) == (market.result, market.value):
            if market.status is not MarketStatus.DISPUTED:
                raise InvalidParameters("this is the result that stands")
            self._commit([MarketDetermined(ticker, outcome, worth, now_ms)])
        else:
            self._commit([MarketAmended(ticker, outcome, worth, now_ms)])
        self.advance(now_ms)
        return self.state.market(ticker)

    def pause_market(self, ticker: str, now_ms: int) -> Market:
        """Stop trading in one market; orders that asked for it go. Raises NotFound, MarketInactive."""
        market = self.state.market(ticker)
        if market.status is not MarketStatus.ACTIVE:
            raise MarketInactive(f"{ticker} is {market.status}")
        goes = [one for one in self.state.resting_in(ticker) if one.request.cancel_on_pause]
        cancels = [OrderCanceled(order.order_id, "halt", now_ms) for order in goes]
        self._commit([*cancels, MarketPaused(ticker, now_ms)])
        return self.state.market(ticker)

    def resume_market(self, ticker: str, now_ms: int) -> Market:
        """Let a paused market trade again. Raises NotFound, MarketInactive."""
        market = self.state.market(ticker)
        if market.status is not MarketStatus.INACTIVE:
            raise MarketInactive(f"{ticker} is {market.status}, not paused")
        self._commit([MarketResumed(ticker, now_ms)])
        return self.state.market(ticker)

    def pause(self, now_ms: int) -> None:
        """Stop all trading; resting orders that asked for it are canceled."""
        self.is_paused = True
        resting = [self.state.orders[order_id] for order_id in self.state.resting_ids]
        goes = [order for order in resting if order.request.cancel_on_pause]
        self._commit([OrderCanceled(order.order_id, "halt", now_ms) for order in goes])

    def resume(self, now_ms: int) -> None:
        """Trade again."""
        if self.is_paused:
            self.is_paused = False
            self._step = None
            self.advance(now_ms)

    def change_event_fees(self, event_ticker: str, fees: FeeSchedule | None, now_ms: int) -> None:
        """Give an event fees of its own, or none of its own (None). Raises NotFound."""
        if event_ticker not in self.state.events:
            raise NotFound("event not found")
        self._commit([EventFeesChanged(str(self._new_id()), event_ticker, fees, now_ms)])

    def waive_fees(self, ticker: str, until_ms: int, now_ms: int) -> Market:
        """Take no trade fee in a market until a time. Raises NotFound."""
        self._commit([FeesWaived(self.state.market(ticker).listing.ticker, until_ms, now_ms)])
        return self.state.market(ticker)

    def move_cutoff(self, cutoff_ms: int, now_ms: int) -> None:
        """Send what is older to the historical endpoints. Raises InvalidParameters: it never comes back."""
        if not self.state.cutoff_ms <= cutoff_ms <= now_ms:
            raise InvalidParameters("the cutoff only moves forward, and not into the future")
        self._commit([CutoffMoved(cutoff_ms, now_ms)])

    def advance(self, now_ms: int) -> None:
        """Do what time asks for: orders end, markets close and are paid and come again, quotes move."""
        self._fill_late(now_ms)
        self._cancel_by_time(now_ms)
        for ticker in list(self.state.latest.values()):
            market = self.state.markets[ticker]
            if market.status in OPEN and market.close_ms <= now_ms:
                self._commit(self._closing(market, now_ms))
        for ticker in list(self.state.unsettled):
            determined_ms = self.state.markets[ticker].determined_ms or 0
            if determined_ms + self.settlement_timer_ms <= now_ms:
                self._commit([MarketFinalized(ticker, now_ms)])
        # Asked of the state, not of what just happened: so a journal that ends here is carried on too.
        for ticker in list(self.state.latest.values()):
            market = self.state.markets[ticker]
            if market.status is MarketStatus.FINALIZED or market.voided_ms is not None:
                self._list_next_round(market, now_ms)
                self._requote(self.state.latest[market.listing.first_ticker], self._step_at(now_ms), now_ms)
        self._move_quotes(now_ms)

    def _list_next_round(self, market: Market, now_ms: int) -> None:
        listing = market.listing
        close_ms = close_time_ms(now_ms, listing.close_after_days)
        self._commit([MarketListed(listing.first_ticker, listing.round_number + 1, close_ms, now_ms)])
        self._moving.pop(listing.ticker, None)

    def _closing(self, market: Market, now_ms: int) -> Sequence[Fact]:
        if market.status not in OPEN:
            return []
        ticker = market.listing.ticker
        resting = self.state.resting_in(ticker)
        return [
            *(OrderCanceled(order.order_id, "market_closed", now_ms) for order in resting),
            MarketClosed(ticker, now_ms),
        ]
