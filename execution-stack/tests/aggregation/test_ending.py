"""Orders that end together: one transaction, the same books as one after the other, each its own outcome."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from execution_stack.aggregation.domain import OrderState
from execution_stack.aggregation.ending import Superseded
from execution_stack.exchange.domain import Action, Side
from execution_stack.reports.domain import FillShare, Final

from .exchange_double import Trade


@pytest.fixture
async def acked(world):
    """Two orders of the same two tenants in two markets, both at the exchange, neither shared out yet."""
    world.exchange.trades["KX-1"] = [Trade(1000, 5400, 70_000), Trade(500, 5500, 30_001)]
    world.exchange.trades["KX-2"] = [Trade(700, 5600, 20_000)]
    for name, quantity, market in (
        ("A", 1000, world.market), ("C", 500, world.market),
        ("B", 900, world.other_market), ("D", 100, world.other_market),
    ):  # fmt: skip
        await world.submit(name, quantity, market=market)
    world.clock.advance(timedelta(seconds=2))
    orders = await world.service.close_windows()
    sent = await asyncio.gather(*(world.worker._send(order) for order in orders))
    return world, sorted(sent, key=lambda order: order.ticker)


async def complete(world, *orders):
    fills = [await world.exchange.fills(order.exchange_order_id) for order in orders]
    return await asyncio.gather(
        *(world.service.record_complete(*each) for each in zip(orders, fills, strict=True)),
        return_exceptions=True,
    )


async def transactions(world, table="aggregation_order"):
    return await world.value(f"SELECT count(DISTINCT xmin::text) FROM {table}")


async def check_books(world, *, contracts, gross):
    assert await world.value("SELECT sum(posted) FROM ledger_balance WHERE account = 'position'") == contracts
    assert await world.value("SELECT sum(held) FROM ledger_balance") == 0
    rows = await world.fetch("SELECT market_id, yes_gross, no_gross FROM book_market")
    assert {row["market_id"]: (row["yes_gross"], row["no_gross"]) for row in rows} == gross
    await world.check_ledger()


async def test_orders_that_complete_at_once_are_one_transaction_and_exact(acked):
    world, orders = acked
    assert await transactions(world) == 1
    assert await complete(world, *orders) == [OrderState.FILLED, OrderState.PARTIAL]
    assert await transactions(world) == await transactions(world, "aggregation_fill") == 1
    told = await world.reports()
    shares = {world.names[each.intent_id]: each for each in told if isinstance(each, FillShare)}
    finals = {world.names[each.intent_id]: each.filled for each in told if isinstance(each, Final)}
    assert finals == {"A": 1000, "C": 500, "B": 630, "D": 70}
    assert {name: share.quantity for name, share in shares.items()} == finals
    assert shares["A"].cost + shares["C"].cost == 1000 * 5400 + 500 * 5500
    assert shares["A"].fee + shares["C"].fee == 100_001
    assert (shares["B"].cost, shares["D"].cost) == (630 * 5600, 70 * 5600)
    assert {shares[name].manifest for name in "BD"} == {orders[1].manifest.digest()}
    ended = await world.value("SELECT count(*) FROM aggregation_order WHERE recheck_at IS NOT NULL")
    assert ended == 2
    await check_books(world, contracts=2200, gross={world.market: (1500, 0), world.other_market: (700, 0)})


async def test_an_order_that_breaks_a_rule_stays_in_flight_and_the_others_end(acked):
    world, (first, second) = acked
    good = await world.exchange.fills(first.exchange_order_id)
    [bad] = await world.exchange.fills(second.exchange_order_id)
    outcomes = await asyncio.gather(
        world.service.record_complete(first, good),
        world.service.record_complete(second, [replace(bad, fill_id=good[0].fill_id)]),
        return_exceptions=True,
    )
    assert outcomes[0] is OrderState.FILLED
    assert isinstance(outcomes[1], asyncpg.UniqueViolationError)
    states = await world.fetch("SELECT id, state FROM aggregation_order")
    assert {row["id"]: row["state"] for row in states} == {first.order_id: "filled", second.order_id: "acked"}
    assert await complete(world, second) == [OrderState.PARTIAL]
    await check_books(world, contracts=2200, gross={world.market: (1500, 0), world.other_market: (700, 0)})


async def test_a_refusal_that_came_too_late_is_superseded_beside_an_order_that_ends(acked):
    world, (first, second) = acked
    fills = await world.exchange.fills(first.exchange_order_id)
    outcomes = await asyncio.gather(
        world.service.record_refused(second), world.service.record_complete(first, fills),
        return_exceptions=True,
    )  # fmt: skip
    assert isinstance(outcomes[0], Superseded)
    assert outcomes[1] is OrderState.FILLED
    assert await transactions(world) == 2
    assert await complete(world, first, second) == [OrderState.FILLED, OrderState.PARTIAL]
    await check_books(world, contracts=2200, gross={world.market: (1500, 0), world.other_market: (700, 0)})


async def test_sales_and_purchases_that_end_together_free_what_each_held(acked):
    world, orders = acked
    await complete(world, *orders)
    world.exchange.trades["KX-1"] = [Trade(300, 5700, 9_000)]
    world.exchange.trades["KX-2"] = [Trade(200, 5300, 9_000)]
    await world.submit("A", 600, limit=5600, action=Action.SELL)
    await world.submit("C", 200, market=world.other_market, side=Side.NO)
    world.clock.advance(timedelta(seconds=2))
    later = await world.service.close_windows()
    sent = await asyncio.gather(*(world.worker._send(order) for order in later))
    assert set(await complete(world, *sent)) == {OrderState.PARTIAL, OrderState.FILLED}
    assert await world.value("SELECT posted FROM ledger_balance WHERE account = 'position' AND book_id = $1 "
                             "AND posted > 0", world.accounts["A"]) == 700  # fmt: skip
    await check_books(
        world, contracts=2200 - 300 + 200, gross={world.market: (1200, 0), world.other_market: (700, 200)}
    )
