"""Markets: refresh the mirror, read it, and keep the snapshot that the gate judges by."""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol
from uuid import UUID

from customer_stack.boundary_client.domain import MarketListing, MarketStatus, OrderBook, Resolution, Side
from customer_stack.boundary_client.paging import next_cursor
from customer_stack.markets import store
from customer_stack.markets.domain import Market, MarketOutcome
from customer_stack.markets.errors import MarketUnknown
from shared.boundary.errors import Code, SignedRefusal
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ledger.store import get_contract_assets

PAGE: Final = 200
ORDER_BOOK_DEPTH: Final = 20


class Catalogue(Protocol):
    """What markets ask of the execution stack."""

    async def list_markets(
        self, *, after: UUID | None = None, limit: int = 200
    ) -> tuple[tuple[MarketListing, ...], bool]:
        """Return one page of the catalogue, and whether more follows."""
        ...

    async def get_order_book(self, market_id: UUID, *, depth: int = 20) -> OrderBook:
        """Return a market's bids."""
        ...


class MarketService:
    """Reading and refreshing the mirror."""

    def __init__(self, database: Database, catalogue: Catalogue, clock: Clock) -> None:
        """Mirror `catalogue` in `database`."""
        self._database = database
        self._catalogue = catalogue
        self._clock = clock

    async def refresh(self) -> None:
        """Read the whole catalogue, then write what changed in one transaction. Raises OutcomeUnknown."""
        page, more = await self._catalogue.list_markets(after=None, limit=PAGE)
        listings, after, pages = list(page), None, 1
        while more:
            after = next_cursor(after, [listing.market_id for listing in page], pages)
            page, more = await self._catalogue.list_markets(after=after, limit=PAGE)
            listings += page
            pages += 1
        if not listings:
            return
        async with self._database.transaction() as tx:
            contracts = [(listing.market_id, side.value) for listing in listings for side in Side]
            await get_contract_assets(tx, contracts)
            await store.refresh(tx, listings, self._clock.now())

    async def list_markets(
        self, after: UUID | None, limit: int, status: MarketStatus | None = None
    ) -> list[Market]:
        """Return up to `limit` markets after an id; with a `status`, those only."""
        async with self._database.transaction() as tx:
            return await store.load_page(tx, after, limit, status)

    async def get_market(self, market_id: UUID) -> Market:
        """Return one market. Raises MarketUnknown."""
        async with self._database.transaction() as tx:
            market = await store.load_one(tx, market_id)
        if market is None:
            raise MarketUnknown
        return market

    async def get_order_book(self, market_id: UUID) -> OrderBook:
        """Return a market's bids as they stand at the exchange. Raises MarketUnknown, OutcomeUnknown."""
        await self.get_market(market_id)
        try:
            return await self._catalogue.get_order_book(market_id, depth=ORDER_BOOK_DEPTH)
        except SignedRefusal as refusal:
            if refusal.answered is Code.NOT_FOUND:
                raise MarketUnknown from None
            raise


class MarketSnapshot:
    """All markets in memory, for the hot path. At most as old as the pause between two refreshes.

    It spares each wager a query; execution checks status and tick again before anything is ordered.
    """

    def __init__(self, database: Database) -> None:
        """Start empty: a market that is not in the snapshot is not open."""
        self._database = database
        self._markets: dict[UUID, Market] = {}

    def get(self, market_id: UUID) -> Market | None:
        """Return a market, or None."""
        return self._markets.get(market_id)

    async def refresh(self) -> None:
        """Load all markets again."""
        async with self._database.transaction() as tx:
            self._markets = {market.id: market for market in await store.load_all(tx)}


async def record_resolutions(tx: Transaction, resolutions: Sequence[Resolution]) -> None:
    """Keep what markets pay, in the transaction that applies the reports."""
    if resolutions:
        await store.insert_resolutions(tx, resolutions)


async def load_resolutions(tx: Transaction, market_ids: Iterable[UUID]) -> dict[UUID, MarketOutcome]:
    """Return the outcome that stands of those markets that have one."""
    return await store.load_resolutions(tx, market_ids)
