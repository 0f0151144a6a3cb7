"""A new sender at an old receiver, a receiver that is down, and one that is full.

Nothing is lost, nothing is released, and all of it is sent when the other side is ready.
"""

import asyncio
from datetime import timedelta
from uuid import UUID

import orjson
import pytest

from customer_stack.wagers.service.sending import LONGEST_PAUSE, pause
from shared.boundary.errors import OutcomeUnknown
from shared.boundary.server import BoundaryServer

from .receiving import OldServer, Receiving, until_it_answers


async def place(floor, customer, *keys):
    answers = [(await floor.place(floor.want(customer, key)))[0] for key in keys]
    return [UUID(orjson.loads(answer)["wager_id"]) for answer in answers]


async def states(floor, wagers):
    return [await floor.state(wager_id) for wager_id in wagers]


async def test_what_an_old_receiver_does_not_know_waits_until_it_is_upgraded(floor):
    customer = await floor.add_customer()
    wagers = await place(floor, customer, "one", "two")
    held = (await floor.wallet(customer)).held
    receiving = Receiving(floor)
    old, port = await receiving.start(OldServer)
    client, sending = receiving.dial(port)
    async with client:
        with pytest.raises(OutcomeUnknown) as unanswered:
            await sending.register_accounts()
        assert unanswered.value.reason == "no_answer"  # gRPC's own UNIMPLEMENTED, unsigned
        assert await sending.dispatch() == 0  # an account that execution may not know sends nothing
        await floor.sending.register_accounts()
        for _ in range(3):
            assert await sending.dispatch() == 0
            floor.clock.advance(timedelta(seconds=15))
        assert await states(floor, wagers) == ["dispatched"] * 2
        assert (await floor.wallet(customer)).held == held
        assert receiving.received == []

        await old.stop()
        new, _ = await receiving.start(BoundaryServer, port)
        assert await until_it_answers(floor.clock, sending.dispatch) == 2
        await new.stop()
    assert sorted(receiving.received) == sorted(wagers)
    assert await states(floor, wagers) == ["submitted"] * 2
    assert (await floor.wallet(customer)).held == held
    await floor.check_books()


async def test_wagers_wait_in_the_database_while_nobody_receives_and_drain_afterwards(floor):
    customer = await floor.add_customer()
    await floor.sending.register_accounts()
    receiving = Receiving(floor)
    server, port = await receiving.start(BoundaryServer)
    await server.stop()
    client, sending = receiving.dial(port)
    async with client:
        first = await place(floor, customer, "one")
        assert await sending.dispatch() == 0
        second = await place(floor, customer, "two", "three")
        assert await states(floor, [*first, *second]) == ["dispatched", "pending", "pending"]
        held = (await floor.wallet(customer)).held
        again, _ = await receiving.start(BoundaryServer, port)
        answered = 0
        while answered < 3:
            answered += await until_it_answers(floor.clock, sending.dispatch)
        await again.stop()
    assert set(receiving.received) == {*first, *second}
    assert await states(floor, [*first, *second]) == ["submitted"] * 3
    assert (await floor.wallet(customer)).held == held


async def test_a_receiver_that_is_full_says_so_at_once_and_is_asked_again_after_a_pause(floor):
    customer = await floor.add_customer()
    await floor.sending.register_accounts()
    receiving = Receiving(floor)
    server, port = await receiving.start(BoundaryServer)
    client, sending = receiving.dial(port)
    receiving.open.clear()
    async with client:
        (slow,) = await place(floor, customer, "slow")
        in_hand = asyncio.create_task(sending.dispatch())
        await receiving.entered.wait()
        (turned_away,) = await place(floor, customer, "turned away")
        async with asyncio.timeout(2):  # far sooner than the call's deadline
            assert await sending.dispatch() == 0
        assert await sending.dispatch() == 0  # nothing is due before the pause is over
        receiving.open.set()
        assert await in_hand == 1
        assert await states(floor, [slow, turned_away]) == ["submitted", "dispatched"]
        floor.clock.advance(pause(1))
        assert await sending.dispatch() == 1
    await server.stop()
    assert receiving.received == [slow, turned_away]


def test_a_pause_doubles_and_has_an_end():
    pauses = [pause(attempt) for attempt in range(1, 40)]
    assert pauses[:3] == [timedelta(milliseconds=500), timedelta(seconds=1), timedelta(seconds=2)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
