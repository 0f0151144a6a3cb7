from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from execution_stack.exchange.domain import Level, MarketSnapshot, MarketStatus, OrderBook, Ticker
from execution_stack.markets import service as markets
from execution_stack.markets.domain import market_id_of
from execution_stack.markets.errors import MarketNotFound
from execution_stack.markets.service import MarketService
from shared.clock import FixedClock

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
BOOK = OrderBook((Level(4300, 150),), ())


def snapshot(ticker: str, **changes: object) -> MarketSnapshot:
    market = MarketSnapshot(
        ticker=Ticker(ticker), title="Rain in Galle?", rules="If it rains, yes.", status=MarketStatus.OPEN,
        tick=100, yes_bid=5300, yes_ask=5500, close_time=NOW + timedelta(days=3), fee_multiplier_e4=10_000,
        yes_value=None,
    )  # fmt: skip
    return replace(market, **changes)


class Catalogue:
    """An exchange of which only the catalogue is asked."""

    def __init__(self, *snapshots: MarketSnapshot) -> None:
        self.snapshots = snapshots

    async def list_markets(self):
        return self.snapshots

    async def order_book(self, ticker, depth):
        return BOOK if ticker == "KX-1" else OrderBook((), ())


def test_a_market_has_the_same_id_everywhere():
    assert market_id_of(Ticker("KX-1")) == UUID("c2e83053-d75b-555f-ae08-1cb0fb6fbabf")


async def test_a_refresh_adds_updates_and_never_loses_a_market(execution_database):
    clock, exchange = FixedClock(NOW), Catalogue(snapshot("KX-1"), snapshot("KX-2"))
    service = MarketService(execution_database.app, exchange, clock)
    assert await service.refresh() == 2

    clock.advance(timedelta(seconds=2))
    exchange.snapshots = (snapshot("KX-2", status=MarketStatus.RESOLVED, yes_value=10_000), snapshot("KX-3"))
    await service.refresh()

    found, more = await service.list(None, 10)
    by_ticker = {market.ticker: market for market in found}
    assert not more
    assert sorted(by_ticker) == ["KX-1", "KX-2", "KX-3"]
    assert (by_ticker["KX-2"].status, by_ticker["KX-2"].yes_value) == (MarketStatus.RESOLVED, 10_000)
    assert by_ticker["KX-1"].refreshed_at == NOW
    async with execution_database.app.transaction() as tx:
        terms = await markets.load_terms(tx, [market_id_of(Ticker("KX-1")), market_id_of(Ticker("KX-2"))])
        assert [t.is_open for t in terms.values()].count(True) == 1
        assert await markets.filter_known(tx, [market_id_of(Ticker("no"))]) == set()


async def test_what_did_not_change_is_not_written_again(execution_database):
    clock, exchange = FixedClock(NOW), Catalogue(snapshot("KX-1"), snapshot("KX-2"))
    service = MarketService(execution_database.app, exchange, clock)
    await service.refresh()
    clock.advance(timedelta(seconds=2))
    exchange.snapshots = (snapshot("KX-1"), snapshot("KX-2", title="Another title"))
    assert await service.refresh() == 2
    seconds = {
        each.ticker: (each.refreshed_at - NOW).total_seconds() for each in (await service.list(None, 9))[0]
    }
    assert seconds == {"KX-1": 0, "KX-2": 2}


async def test_the_list_is_paged_in_id_order(execution_database):
    service = MarketService(
        execution_database.app, Catalogue(*(snapshot(f"KX-{n}") for n in range(5))), FixedClock(NOW)
    )
    await service.refresh()
    first, more = await service.list(None, 3)
    rest, end = await service.list(first[-1].market_id, 3)
    assert (len(first), more, len(rest), end) == (3, True, 2, False)
    ids = [market.market_id for market in (*first, *rest)]
    assert ids == sorted(ids)


async def test_an_order_book_is_asked_by_the_markets_id(execution_database):
    service = MarketService(execution_database.app, Catalogue(snapshot("KX-1")), FixedClock(NOW))
    await service.refresh()
    assert await service.order_book(market_id_of(Ticker("KX-1")), 5) == BOOK
    with pytest.raises(MarketNotFound):
        await service.order_book(UUID(int=1), 5)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"title": "x" * 201}, "market_title_size"),
        ({"rules": "x" * 501}, "market_rules_size"),
        ({"fee_multiplier_e4": 142_858}, "market_fee_multiplier_covered"),
        ({"yes_value": 5_000}, "market_value_when_resolved"),
        ({"status": MarketStatus.RESOLVED}, "market_value_when_resolved"),
    ],
)
async def test_the_database_refuses_what_no_market_is(execution_database, change, constraint):
    service = MarketService(execution_database.app, Catalogue(snapshot("KX-1", **change)), FixedClock(NOW))
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await service.refresh()
    assert refused.value.constraint_name == constraint


async def test_the_application_cannot_delete_a_market(execution_database):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with execution_database.app.transaction() as tx:
            await tx.execute("DELETE FROM market")
