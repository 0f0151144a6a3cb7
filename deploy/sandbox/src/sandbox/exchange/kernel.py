"""The ground of the engine: a command looks at the state and becomes facts; these are written, then applied.

The engine is built in layers, a file for the commands of one subject: kernel, groups, trading, house,
lifecycle, engine. Everything runs to its end without `await`, so commands never interleave.

Guaranteed:
- facts are in the journal before the state moves and before anybody is answered;
- a refused command leaves neither facts nor traces.
"""

from collections.abc import Callable, Sequence
from uuid import UUID

from sandbox.exchange.catalogue import Catalogue
from sandbox.exchange.errors import InvalidUuid, MarketInactive, TradingPaused
from sandbox.exchange.facts import Fact
from sandbox.exchange.fold import Fold
from sandbox.exchange.market import Market, MarketStatus
from sandbox.exchange.orders import Order
from sandbox.exchange.state import State
from sandbox.journal import Journal


class Kernel:
    """State, journal and identities. `new_id` makes the UUIDs of orders and fills; times are passed in."""

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
        self.is_paused = False
        self._fold = Fold(self.state)
        self._journal = journal
        self._seed = seed
        self._interval_ms = liquidity_interval_ms
        self._new_id = new_id
        self._watchers: list[Callable[[Sequence[Fact]], None]] = []

    def watch(self, watcher: Callable[[Sequence[Fact]], None]) -> None:
        """Tell `watcher` what happened, after every step. It may not fail and may not command."""
        self._watchers.append(watcher)

    def find_order(self, order_id: str) -> Order:
        """Return an order by its id. Raises InvalidUuid, NotFound."""
        try:
            return self.state.order(str(UUID(order_id)))
        except ValueError as error:
            raise InvalidUuid("invalid UUID") from error

    def _replay(self) -> None:
        for fact in self._journal.replay():
            self._fold.apply(fact)

    def _commit(self, facts: Sequence[Fact]) -> None:
        if not facts:
            return
        self._journal.append(facts)
        for fact in facts:
            self._fold.apply(fact)
        for watcher in self._watchers:
            watcher(facts)

    def _trading_market(self, ticker: str) -> Market:
        market = self.state.market(ticker)
        if self.is_paused:
            raise TradingPaused("trading is paused")
        if market.status is not MarketStatus.ACTIVE:
            raise MarketInactive(f"{ticker} is {market.status}")
        return market
