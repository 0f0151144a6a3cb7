"""Keep the catalogue fresh, and answer what markets are.

The functions on a transaction are for the modules that judge intents, pool and resolve; `MarketService` is
what the boundary and the worker call.
"""

from collections.abc import Iterable
from uuid import UUID

from execution_stack.exchange.domain import OrderBook
from execution_stack.exchange.providers.contract import Exchange
from execution_stack.markets import store
from execution_stack.markets.domain import Market, MarketTerms
from execution_stack.markets.errors import MarketNotFound
from shared.clock import Clock
from shared.database import Database, Transaction


async def load_many(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, Market]:
    """Return those of the markets that we know."""
    return await store.load(tx, ids)


async def load_terms(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, MarketTerms]:
    """Return what those of the markets that we know ask of an intent."""
    return {market_id: market.terms for market_id, market in (await store.load(tx, ids)).items()}


async def filter_known(tx: Transaction, ids: Iterable[UUID]) -> set[UUID]:
    """Return those of the markets that we know."""
    return set(await store.load(tx, ids))


class MarketService:
    """The catalogue for those who are outside a transaction."""

    def __init__(self, database: Database, exchange: Exchange, clock: Clock) -> None:
        """Keep what `exchange` describes in `database`."""
        self._database = database
        self._exchange = exchange
        self._clock = clock

    async def refresh(self) -> int:
        """Take over what the exchange describes now; return how many markets. Raises ExchangeUnavailable."""
        snapshots = await self._exchange.list_markets()
        if snapshots:
            async with self._database.transaction() as tx:
                await store.save(tx, snapshots, self._clock.now())
        return len(snapshots)

    async def list(self, after: UUID | None, limit: int) -> tuple[list[Market], bool]:
        """Return markets in id order, and whether there are more."""
        async with self._database.transaction() as tx:
            found = await store.list_after(tx, after, limit + 1)
        return found[:limit], len(found) > limit

    async def order_book(self, market_id: UUID, depth: int) -> OrderBook:
        """Return the best levels of both sides, as the exchange has them now. Raises MarketNotFound."""
        async with self._database.transaction() as tx:
            market = (await store.load(tx, [market_id])).get(market_id)
        if market is None:
            raise MarketNotFound("No market has this id. List the markets again.")
        return await self._exchange.order_book(market.ticker, depth)
