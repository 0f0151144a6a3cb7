"""Batches of wagers on a real database."""

from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from customer_stack.boundary_client.domain import Action, MarketStatus, Side
from customer_stack.gate.errors import RealityCheckDue, StakeLimitReached
from customer_stack.protection.domain.counting import Window
from customer_stack.protection.domain.limits import Limit, LimitKind, Source
from customer_stack.protection.domain.policies import DEFAULT_POLICY
from customer_stack.protection.service import set_policy
from customer_stack.protection.store.reality import acknowledge
from customer_stack.wagers.domain import records
from customer_stack.wagers.errors import InsufficientFunds, InsufficientPosition, SessionEnded
from shared.errors import Refusal
from shared.idempotency import IdempotencyMismatch


async def test_a_wager_holds_its_max_total_and_leaves_a_replayable_decision(floor):
    customer = await floor.add_customer()
    (answer,) = await floor.place(floor.want(customer))
    body = orjson.loads(answer)
    assert (body["state"], body["max_total"], body["quantity"]) == ("pending", "5.892480", "10.00")
    assert (await floor.wallet(customer)).held == 5_892_480
    (record,) = await floor.column("SELECT record -> 'product' FROM gate_decision")
    assert records.replay(record)
    kinds = await floor.column("SELECT kind FROM audit_record WHERE kind LIKE 'wagers.%'")
    assert kinds == ["wagers.placed"]
    await floor.check_books()


async def test_the_same_key_gives_the_same_answer_and_holds_once(floor):
    customer = await floor.add_customer()
    first = await floor.place(floor.want(customer))
    again = await floor.place(floor.want(customer))
    assert first == again
    assert (await floor.wallet(customer)).held == 5_892_480


async def test_one_key_twice_in_one_batch_is_one_wager(floor):
    customer = await floor.add_customer()
    one, two, other = await floor.place(
        floor.want(customer), floor.want(customer), floor.want(customer, quantity=999)
    )
    assert one == two
    assert isinstance(other, IdempotencyMismatch)
    assert await floor.value("SELECT count(*) FROM wager_order") == 1


async def test_wagers_of_one_batch_see_each_others_holds(floor):
    customer = await floor.add_customer(funds=12_000_000)
    answers = await floor.place(*(floor.want(customer, f"k{n}") for n in range(3)))
    assert [isinstance(answer, bytes) for answer in answers] == [True, True, False]
    assert isinstance(answers[2], InsufficientFunds)
    assert (await floor.wallet(customer)).available() == 12_000_000 - 2 * 5_892_480
    await floor.check_books()


async def test_a_denial_is_recorded_and_repeated(floor):
    customer = await floor.add_customer(funds=1)
    (first,) = await floor.place(floor.want(customer))
    (again,) = await floor.place(floor.want(customer))
    assert isinstance(first, InsufficientFunds)
    assert isinstance(again, InsufficientFunds)
    assert await floor.column("SELECT reason FROM gate_decision") == ["wagers.insufficient_funds"]
    assert await floor.value("SELECT count(*) FROM wager_order") == 0
    assert await floor.column("SELECT kind FROM audit_record WHERE kind LIKE 'wagers.%'") == ["wagers.denied"]


@pytest.mark.parametrize(
    ("status", "changes", "asked", "code"),
    [
        ("frozen", {}, {}, "wagers.customer_not_active"),
        ("active", {"status": MarketStatus.HALTED}, {}, "wagers.market_not_open"),
        ("active", {}, {"price": 5650}, "wagers.price_off_tick"),
        ("active", {}, {"action": Action.SELL}, "wagers.insufficient_position"),
    ],
)
async def test_each_denial_has_its_code(floor, status, changes, asked, code):
    customer = await floor.add_customer(status=status)
    await floor.refresh(**changes)
    (answer,) = await floor.place(floor.want(customer, **asked))
    assert isinstance(answer, Refusal)
    assert answer.code == code


async def test_an_unknown_market_and_a_capability_that_is_off_are_denied(floor):
    customer = await floor.add_customer()
    (unknown,) = await floor.place(floor.want(customer, market=floor.ids.new()))
    assert unknown.code == "wagers.market_unknown"
    async with floor.database.transaction(floor.tenant_id) as tx:
        await tx.execute(
            "INSERT INTO tenancy_capability_switch VALUES ($1, $2, 'wagers', false, $3)",
            floor.tenant_id,
            floor.ids.new(),
            floor.clock.now(),
        )
    (off,) = await floor.place(floor.want(customer, "k2"))
    assert off.code == "wagers.capability_inactive"


async def test_stakes_of_the_last_day_count_against_the_limit(floor):
    customer = await floor.add_customer()
    limit = Limit(LimitKind.STAKE, Window.DAY, 10_000_000, Source.TENANT)
    policy = replace(DEFAULT_POLICY, limits=(limit,))
    async with floor.database.transaction(floor.tenant_id) as tx:
        await set_policy(tx, floor.tenant_id, policy, at=floor.clock.now(), actor="system")
    first, second = await floor.place(floor.want(customer, "a"), floor.want(customer, "b"))
    assert isinstance(first, bytes)
    assert isinstance(second, StakeLimitReached)
    await floor.check_books()


async def test_a_buy_waits_for_a_reality_check_that_is_due_and_a_sale_does_not(floor):
    customer = await floor.add_customer()
    async with floor.database.transaction(floor.tenant_id) as tx:
        policy = replace(DEFAULT_POLICY, reality_required=True)
        await set_policy(tx, floor.tenant_id, policy, at=floor.clock.now(), actor="system")
    floor.clock.advance(timedelta(minutes=59, seconds=59))
    (early,) = await floor.place(floor.want(customer, "a"))
    assert isinstance(early, bytes)
    floor.clock.advance(timedelta(seconds=1))
    (due,) = await floor.place(floor.want(customer, "b"))
    assert isinstance(due, RealityCheckDue)
    (sale,) = await floor.place(floor.want(customer, "c", action=Action.SELL))
    assert isinstance(sale, InsufficientPosition)
    async with floor.database.transaction(floor.tenant_id) as tx:
        await acknowledge(tx, floor.tenant_id, customer.id, floor.clock.now())
    (after,) = await floor.place(floor.want(customer, "d"))
    assert isinstance(after, bytes)


async def test_an_ended_session_places_nothing_and_stores_no_answer(floor):
    customer = await floor.add_customer()
    async with floor.database.transaction(floor.tenant_id) as tx:
        await tx.execute("UPDATE customer_session SET ended_at = $1", floor.clock.now())
    (answer,) = await floor.place(floor.want(customer))
    assert isinstance(answer, SessionEnded)
    assert await floor.value("SELECT count(*) FROM idempotency_answer") == 0


async def test_customers_of_one_batch_do_not_touch_each_other(floor):
    rich, poor = await floor.add_customer(), await floor.add_customer(funds=1)
    answers = await floor.place(floor.want(rich), floor.want(poor), floor.want(rich, "k2", side=Side.NO))
    assert [isinstance(answer, bytes) for answer in answers] == [True, False, True]
    await floor.check_books()
