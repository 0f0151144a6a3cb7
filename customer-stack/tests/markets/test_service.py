"""The mirror of the catalogue and its snapshot, on a real database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from customer_stack.boundary_client.domain import (
    Level,
    MarketListing,
    MarketStatus,
    OrderBook,
    Resolution,
    Side,
)
from customer_stack.markets.domain import MarketOutcome, value_of_side
from customer_stack.markets.errors import MarketUnknown
from customer_stack.markets.service import (
    MarketService,
    MarketSnapshot,
    load_resolutions,
    record_resolutions,
)
from shared.boundary.errors import Code, OutcomeUnknown, SignedRefusal
from shared.clock import FixedClock

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def listing(number, **changes):
    made = MarketListing(
        UUID(int=number),
        f"RAIN-{number}",
        "Rain?",
        "It rains.",
        MarketStatus.OPEN,
        100,
        5500,
        5700,
        NOW + timedelta(days=1),
        10_000,
        None,
    )
    return replace(made, **changes)


class Catalogue:
    """Execution's catalogue, in pages of two."""

    def __init__(self, *listings):
        self.listings = list(listings)
        self.book = OrderBook((Level(5500, 100),), (), NOW)

    async def list_markets(self, *, after=None, limit=200):
        rest = [one for one in self.listings if after is None or one.market_id > after]
        return tuple(rest[:2]), len(rest) > 2

    async def get_order_book(self, market_id, *, depth=20):
        if isinstance(self.book, Exception):
            raise self.book
        return self.book


@pytest.fixture
def catalogue():
    return Catalogue(*(listing(number) for number in range(1, 6)))


@pytest.fixture
def service(customer_database, catalogue):
    return MarketService(customer_database.app, catalogue, FixedClock(NOW))


async def test_the_whole_catalogue_is_mirrored_page_by_page(service):
    await service.refresh()
    markets = await service.list_markets(None, 10)
    assert [market.listing.ticker for market in markets] == [f"RAIN-{number}" for number in range(1, 6)]
    assert [market.id.int for market in await service.list_markets(UUID(int=2), 2)] == [3, 4]
    assert await service.list_markets(None, 10, markets[0].listing.status) == markets
    assert await service.list_markets(None, 10, MarketStatus.HALTED) == []
    market = markets[0]
    assert market.asset_of(Side.YES) != market.asset_of(Side.NO)
    assert market.asset_of(Side.YES) >= 1000


@pytest.mark.parametrize("page", [(), (1,), (2, 1)])
async def test_a_catalogue_that_does_not_advance_is_no_answer(service, catalogue, page):
    asked = []

    async def list_markets(*, after=None, limit=200):
        asked.append(after)
        assert len(asked) <= 2
        return tuple(listing(number) for number in page), True

    catalogue.list_markets = list_markets
    with pytest.raises(OutcomeUnknown):
        await service.refresh()
    assert await service.list_markets(None, 10) == []


async def test_a_refresh_writes_only_what_changed(service, catalogue, customer_database):
    await service.refresh()
    service._clock.advance(timedelta(seconds=1))
    catalogue.listings[2] = listing(3, status=MarketStatus.RESOLVED, yes_value=0, yes_bid=None)
    await service.refresh()
    async with customer_database.app.transaction() as tx:
        changed = await tx.fetch("SELECT id FROM market WHERE changed_at > $1", NOW)
    assert [row["id"].int for row in changed] == [3]
    market = await service.get_market(UUID(int=3))
    assert (market.listing.status, market.listing.yes_value) == (MarketStatus.RESOLVED, 0)


async def test_the_snapshot_knows_what_its_last_refresh_saw(service, customer_database):
    snapshot = MarketSnapshot(customer_database.app)
    assert snapshot.get(UUID(int=1)) is None
    await service.refresh()
    await snapshot.refresh()
    assert snapshot.get(UUID(int=1)).listing == listing(1)
    assert snapshot.get(UUID(int=9)) is None


async def test_order_books_come_from_execution_and_unknown_markets_from_nobody(service, catalogue):
    await service.refresh()
    assert (await service.get_order_book(UUID(int=1))).yes_bids == (Level(5500, 100),)
    with pytest.raises(MarketUnknown):
        await service.get_order_book(UUID(int=9))
    catalogue.book = SignedRefusal(Code.NOT_FOUND)
    with pytest.raises(MarketUnknown):
        await service.get_order_book(UUID(int=1))
    catalogue.book = OutcomeUnknown("no_answer")
    with pytest.raises(OutcomeUnknown):
        await service.get_order_book(UUID(int=1))


async def test_a_market_keeps_its_first_resolution(customer_database):
    async with customer_database.app.transaction() as tx:
        await record_resolutions(tx, [Resolution(1, NOW, UUID(int=1), 3_700)])
        await record_resolutions(tx, [Resolution(2, NOW, UUID(int=1), 9_900)])
        assert await load_resolutions(tx, [UUID(int=1), UUID(int=2)]) == {UUID(int=1): MarketOutcome(3_700)}


def test_both_sides_share_a_dollar():
    assert value_of_side(3_700, Side.YES) + value_of_side(3_700, Side.NO) == 10_000
