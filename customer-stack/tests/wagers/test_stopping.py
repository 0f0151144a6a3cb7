"""Who may not wager any more: what was not sent is cancelled, of what was sent the cancel is asked for."""

from uuid import UUID

import orjson
import pytest

from customer_stack.boundary_client.domain import Action, FillShare, Final
from customer_stack.wagers.service.stopping import stop_wagers
from shared.ledger import store as ledger


async def send(floor, customer, key, **asked):
    (answer,) = await floor.place(floor.want(customer, key, **asked))
    return UUID(orjson.loads(answer)["wager_id"])


async def stop(floor, customer, *, with_sales=False):
    async with floor.database.transaction(floor.tenant_id) as tx:
        await ledger.lock_books(tx, [customer.id])
        return await stop_wagers(tx, [customer.id], floor.clock.now(), with_sales=with_sales)


async def test_buys_that_were_not_sent_are_cancelled_and_their_stakes_taken_back(floor):
    customer, other = await floor.add_customer(), await floor.add_customer()
    first, second = await send(floor, customer, "a"), await send(floor, customer, "b")
    kept = await send(floor, other, "c")
    assert await stop(floor, customer) == 2
    assert [await floor.state(each) for each in (first, second, kept)] == [
        "cancelled",
        "cancelled",
        "pending",
    ]
    assert (await floor.wallet(customer)).held == 0
    await floor.check_books()
    assert await stop(floor, customer) == 0


async def test_of_what_was_sent_the_cancel_is_asked_for_once(floor):
    customer = await floor.add_customer()
    wager_id = await send(floor, customer, "a")
    await floor.sending.register_accounts()
    await floor.sending.dispatch()
    assert await stop(floor, customer) == 0
    assert await stop(floor, customer) == 0
    asked = "SELECT count(*) FROM audit_record WHERE kind = 'wagers.cancel_requested'"
    assert await floor.value(asked) == 1
    assert (
        await floor.value("SELECT cancel_requested_at FROM wager_order WHERE id = $1", wager_id) is not None
    )
    assert await floor.sending.ask_cancels() == 0
    assert await floor.state(wager_id) == "submitted"


@pytest.mark.parametrize(("with_sales", "state"), [(False, "pending"), (True, "cancelled")])
async def test_sales_stay_unless_they_are_to_end_too(floor, with_sales, state):
    customer = await floor.add_customer()
    bought = await send(floor, customer, "a")
    await floor.sending.register_accounts()
    await floor.sending.dispatch()
    now = floor.clock.now()
    fill = (
        bought,
        customer.account_id,
        floor.market_id,
        floor.ids.new(),
        1000,
        5_600_000,
        100_000,
        bytes(32),
    )
    floor.execution.reports += [FillShare(1, now, *fill), Final(2, now, bought, 1000)]
    await floor.reports.fetch()
    sale = await send(floor, customer, "b", action=Action.SELL, quantity=400, price=6000)
    await stop(floor, customer, with_sales=with_sales)
    assert await floor.state(sale) == state
    assert await floor.state(bought) == "filled"
    await floor.check_books()
