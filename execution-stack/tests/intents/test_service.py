import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from execution_stack.books import service as books
from execution_stack.exchange.domain import Action, Side
from execution_stack.intents import service as intents
from execution_stack.intents.domain import CancelOutcome, Intent, State
from execution_stack.intents.service import IntentService
from execution_stack.reports.domain import NotPooled, Reason
from shared.boundary.errors import Replayed
from shared.ids import HOUSE_TENANT


@pytest.fixture
def service(world):
    return IntentService(world.database, world.clock)


def buy(world, name="A", quantity=100, limit=5600):
    account = world.accounts[name]
    return Intent(uuid4(), account, world.market, Side.YES, Action.BUY, quantity, limit, 10**9)


async def state_of(world, intent):
    return State(await world.value("SELECT state FROM intent WHERE id = $1", intent.intent_id))


async def test_a_batch_is_answered_in_order_and_arrives_in_order(world, service):
    batch = [buy(world, name, quantity) for name in "ABCD" for quantity in (1, 2, 3)]
    batch[4] = replace(batch[4], account=uuid4())
    verdicts = await service.submit(world.call(), batch)
    assert [verdict.refused for verdict in verdicts] == [
        Reason.UNKNOWN_ACCOUNT if place == 4 else None for place in range(12)
    ]
    rows = await world.fetch("SELECT id FROM intent ORDER BY arrival")
    assert [row["id"] for row in rows] == [intent.intent_id for intent in batch if intent is not batch[4]]


async def test_the_same_intent_twice_is_one_and_keeps_its_answer(world, service):
    intent = buy(world)
    assert (await service.submit(world.call(), [intent]))[0].is_new
    [again] = await service.submit(world.call(), [intent])
    assert (again.refused, again.is_new) == (None, False)
    [other] = await service.submit(world.call(), [replace(intent, quantity=7)])
    assert other.refused is Reason.CONFLICTING_INTENT
    refused = replace(buy(world), max_total=1)
    for _ in range(2):
        [verdict] = await service.submit(world.call(), [refused])
        assert verdict.refused is Reason.MAX_TOTAL_TOO_SMALL
    assert await world.value("SELECT count(*) FROM intent") == 2


async def test_new_intents_beside_known_ones_are_told_apart(world, service):
    known, changed, new = buy(world), buy(world), buy(world, "C")
    refused = replace(buy(world), max_total=1)
    await service.submit(world.call(), [known, changed, refused])
    batch = [new, known, replace(changed, quantity=7), refused, new]
    verdicts = await service.submit(world.call(), batch)
    assert [(verdict.refused, verdict.is_new) for verdict in verdicts] == [
        (None, True),
        (None, False),
        (Reason.CONFLICTING_INTENT, False),
        (Reason.MAX_TOTAL_TOO_SMALL, False),
        (None, False),
    ]
    assert await world.value("SELECT count(*) FROM intent") == 4
    recorded = await world.fetch("SELECT body FROM audit_record WHERE kind = 'intents.submitted' ORDER BY id")
    assert [body.count(str(new.intent_id).encode()) for (body,) in recorded] == [0, 1]


async def test_the_same_intent_at_the_same_time_is_one(world, service):
    batches = [[buy(world) for _ in range(20)]] * 6
    answers = await asyncio.gather(*(service.submit(world.call(), batch) for batch in batches))
    assert sum(verdict.is_new for answer in answers for verdict in answer) == 20
    assert all(verdict.refused is None for answer in answers for verdict in answer)


async def test_a_call_is_carried_out_once(world, service):
    call = world.call()
    await service.submit(call, [buy(world)])
    with pytest.raises(Replayed):
        await service.submit(call, [buy(world)])
    assert await world.value("SELECT count(*) FROM intent") == 1


async def test_a_stranger_cannot_act_for_another_stacks_accounts(world, service):
    stranger = replace(world.call(), sender="other.sandbox")
    [verdict] = await service.submit(stranger, [buy(world)])
    assert verdict.refused is Reason.UNKNOWN_ACCOUNT
    intent = buy(world)
    await service.submit(world.call(), [intent])
    [outcome] = await service.cancel(replace(world.call(), sender="other.sandbox"), [intent.intent_id])
    assert outcome is CancelOutcome.UNKNOWN
    assert await state_of(world, intent) is State.RECEIVED


async def test_a_sale_holds_what_it_offers_until_it_is_cancelled(world, service, give):
    await give("A", 300)
    sale = replace(buy(world, quantity=200), action=Action.SELL, max_total=0)
    second = replace(sale, intent_id=uuid4(), quantity=101)
    verdicts = await service.submit(world.call(), [sale, second])
    assert [verdict.refused for verdict in verdicts] == [None, Reason.POSITION_TOO_SMALL]
    assert await world.value("SELECT held FROM ledger_balance WHERE account = 'position'") == 200
    assert await service.cancel(world.call(), [sale.intent_id]) == [CancelOutcome.NOT_POOLED]
    assert await world.value("SELECT held FROM ledger_balance WHERE account = 'position'") == 0
    assert NotPooled(sale.intent_id, Reason.CANCELLED) in await world.reports()


async def test_sales_at_the_same_time_cannot_offer_the_same_contracts(world, service, give):
    await give("A", 300)
    sales = [replace(buy(world, quantity=200), action=Action.SELL, max_total=0) for _ in range(5)]
    answers = await asyncio.gather(*(service.submit(world.call(), [sale]) for sale in sales))
    assert sum(answer[0].refused is None for answer in answers) == 1


async def test_a_window_and_a_cancel_never_both_get_an_intent(world, service):
    pooled_first, cancelled_first = buy(world), buy(world)
    await service.submit(world.call(), [pooled_first, cancelled_first])
    await service.cancel(world.call(), [cancelled_first.intent_id])
    world.clock.advance(timedelta(seconds=2))
    async with world.database.transaction(HOUSE_TENANT, *world.tenants) as tx:
        [group] = await intents.claim_due(tx, now=world.clock.now(), window_seconds=1, max_size=10)
        assert [each.intent_id for each in group.intents] == [pooled_first.intent_id]
        cancelling = asyncio.create_task(service.cancel(world.call(), [pooled_first.intent_id]))
        await asyncio.sleep(0.1)
        assert not cancelling.done()
        await intents.mark_pooled(tx, uuid4(), [pooled_first.intent_id])
    assert await cancelling == [CancelOutcome.POOLED]
    assert await state_of(world, cancelled_first) is State.CANCELLED


async def test_two_workers_never_claim_the_same_intent(world, service):
    await service.submit(world.call(), [buy(world) for _ in range(10)])
    world.clock.advance(timedelta(seconds=2))
    now = world.clock.now()
    async with (
        world.database.transaction(HOUSE_TENANT, *world.tenants) as one,
        world.database.transaction(HOUSE_TENANT, *world.tenants) as two,
    ):
        [first] = await intents.claim_due(one, now=now, window_seconds=1, max_size=6)
        [second] = await intents.claim_due(two, now=now, window_seconds=1, max_size=6)
    taken = [each.intent_id for group in (first, second) for each in group.intents]
    assert (len(first.intents), len(set(taken))) == (6, 10)


async def test_a_group_is_due_by_time_or_by_size_and_not_in_a_blocked_market(world, service):
    await service.submit(world.call(), [buy(world) for _ in range(3)])

    async def claim(seconds, size, *blocked):
        async with world.database.transaction(HOUSE_TENANT, *world.tenants) as tx:
            groups = await intents.claim_due(
                tx,
                now=world.clock.now() + timedelta(seconds=seconds),
                window_seconds=1,
                max_size=size,
                blocked_markets=blocked,
            )
            return [len(group.intents) for group in groups]

    assert await claim(0.5, 4) == []
    assert await claim(0.5, 3) == [3]
    assert await claim(1, 4) == [3]
    assert await claim(1, 4, world.market) == []


async def test_what_was_asked_never_changes_and_no_state_goes_back(world, service, execution_database):
    intent = buy(world)
    await service.submit(world.call(), [intent])
    await service.cancel(world.call(), [intent.intent_id])
    for role in ("app", "owner"):
        connection = await execution_database.connect(role)
        await connection.execute(f"SET app.tenants = '{{{world.tenants[0]}}}'")
        for change in ("quantity = 1", "state = 'received', reason = NULL, ended_at = NULL"):
            with pytest.raises(asyncpg.IntegrityConstraintViolationError):
                await connection.execute(f"UPDATE intent SET {change}")
    connection = await execution_database.connect("app")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("DELETE FROM intent")


async def test_a_float_deposit_is_recorded_once(world):
    deposit = uuid4()
    tenant = world.tenants[0]
    for expected in (True, False):
        async with world.database.transaction(tenant) as tx:
            assert await books.deposit_float(tx, deposit, tenant, 5, world.clock.now()) is expected
