"""SIGKILL of every container in turn, in a whole journey and under load: nothing is lost.

The engine brings each back by itself, as it would on a server.
"""

import asyncio
import itertools
import time
from collections import Counter
from functools import partial
from typing import Final

import pytest

from bulkhead_local.containers import Containers
from containers.composed import VICTIMS, Killed
from containers.judging import Operator, broken_books, open_breaks, placed_wagers, wait_for_the_end
from drill.load import PayIns, filling_wagers
from faults.chaos import Chaos, plan_kills
from faults.fire import PHASES, SMALL, Acknowledged, drive_under_fire, show_kills
from faults.load import Load
from faults.soak import quote_still_books
from journeys.journey import Size, wait_until
from journeys.money import deposit, onboard, open_house
from journeys.wagering import choose_markets
from platform_under_test import journey_on

pytestmark = [pytest.mark.system, pytest.mark.long]

SEED: Final = 1
CLIENTS: Final = 6
PAUSE_SECONDS: Final = 0.2
CALM_SECONDS: Final = 1.0
DOWN_SECONDS: Final = 0.0
"""Nobody waits for the engine: it starts a container again by itself."""
SAMPLE: Final = 200
"""So many acknowledged requests are asked again."""


def test_every_container_that_stays_is_a_victim(composed: Containers) -> None:
    staying = {name for name, state in composed.standing().items() if "Health" in state}
    assert staying == set(VICTIMS)


async def test_a_journey_survives_the_death_of_every_container(
    composed: Containers, capsys: pytest.CaptureFixture[str]
) -> None:
    acknowledged = Acknowledged()
    chaos = Chaos(Killed(composed), plan_kills(PHASES, SEED, victims=VICTIMS))
    async with journey_on(composed, SMALL) as journey:
        journey.client.event_hooks["response"].append(acknowledged.watch)
        try:
            await drive_under_fire(journey, chaos)
        finally:
            show_kills(chaos, f"containers killed by seed {SEED}", capsys)
        placed = Counter(each["wager_id"] for each in await placed_wagers(journey))
    repeated = {key: ids for key, ids in acknowledged.wagers.items() if len(ids) > 1}
    assert not repeated, "one request became two wagers"
    assert set(placed) == acknowledged.ids, "acknowledged wagers are exactly the stored ones"
    assert max(placed.values()) == 1
    assert await asyncio.to_thread(broken_books, composed) == []


async def test_nothing_acknowledged_is_lost_when_containers_are_killed_under_load(
    composed: Containers, capsys: pytest.CaptureFixture[str]
) -> None:
    killed, operator = Killed(composed), Operator(composed)
    chaos = Chaos(killed, [])
    async with journey_on(composed, Size(people=8, markets=3)) as journey:
        for work in (open_house, onboard, deposit, choose_markets, quote_still_books):
            await work(journey)
        breaks = await asyncio.to_thread(open_breaks, composed)
        load = Load(journey, filling_wagers(journey), name="kill", pause_seconds=PAUSE_SECONDS)
        pay_ins = PayIns(journey)
        began = time.monotonic()
        await kill_under_load(chaos, load, pay_ins, operator)
        took = time.monotonic() - began
        placed = await wait_for_the_end(journey, operator)
        states = {each["wager_id"]: each["state"] for each in placed}
        told = set(load.acknowledged.values())
        new_breaks = await asyncio.to_thread(open_breaks, composed) - breaks
        show_kills(chaos, f"containers killed in {took:.0f} s of load", capsys)
        with capsys.disabled():
            print(
                f"  {len(told)} wagers acknowledged, {len(told - states.keys())} of them lost, "
                f"{len(load.unknown)} requests without an answer; ended {dict(Counter(states.values()))}; "
                f"{len(pay_ins.booked)} pay-ins; halts lifted {dict(Counter(operator.lifted))}; "
                f"new breaks {dict(new_breaks)}"
            )
        assert load.wrong == [], "whoever cannot be served is answered 503, and nothing else"
        assert load.unknown, "nobody was interrupted: the kills came at the wrong moments"
        assert told <= states.keys(), "an acknowledged wager was lost"
        assert len(told) == len(load.acknowledged), "two requests share one wager"
        assert max(Counter(each["wager_id"] for each in placed).values()) == 1
        assert len(states.keys() - told) <= len(load.unknown), "a wager that nobody asked for"
        again = await ask_again(load)
        after = await wait_for_the_end(journey, operator)
        assert Counter(each["wager_id"] for each in after) == Counter(states.keys() | set(again))
        await wait_until("every pay-in", partial(are_known, pay_ins), 60)
        assert not new_breaks
    assert await asyncio.to_thread(broken_books, composed) == []


async def kill_under_load(chaos: Chaos, load: Load, pay_ins: PayIns, operator: Operator) -> None:
    """Kill every container in turn, then all at once as a power cut does; wagers are taken after each."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as everything:
        everything.create_task(load.run(CLIENTS, stop))
        paying = everything.create_task(pay_ins.run(stop))
        for victim in VICTIMS:
            await go_on(load)
            await chaos.kill(victim, DOWN_SECONDS, "load")
        await operator.lift_halts()
        await go_on(load)
        moment = time.monotonic()
        await asyncio.gather(*(asyncio.to_thread(chaos.programs.strike, victim) for victim in VICTIMS))
        for victim in VICTIMS:
            await asyncio.to_thread(chaos.programs.bring_back, victim)
        chaos.note(moment, f"load: killed all at once, ready again after {time.monotonic() - moment:.1f} s")
        await go_on(load)
        stop.set()
        paying.cancel()  # whoever pays in asks for a minute


async def are_known(pay_ins: PayIns) -> bool:
    """Tell whether customers see every pay-in that the bank booked."""
    return set(pay_ins.booked) <= await pay_ins.known()


async def go_on(load: Load) -> None:
    """Wait until wagers are acknowledged again, and a little longer."""
    before = len(load.acknowledged)

    async def taken() -> bool:
        return len(load.acknowledged) > before

    await wait_until("wagers after a kill", taken, 60)
    await asyncio.sleep(CALM_SECONDS)


async def ask_again(load: Load) -> list[str]:
    """Send again what was under way when something was killed, and some of what was answered.

    What was answered is answered in the same way; what was not has one effect. Returns all effects.
    """
    keys = [*filter(partial(was_under_way, load), load.unknown), *itertools.islice(load.acknowledged, SAMPLE)]
    load.asks = {key: load.asks[key] for key in keys}
    again = await load.ask_again()
    assert all(again[key] == load.acknowledged[key] for key in again.keys() & load.acknowledged.keys())
    assert len(set(again.values())) == len(again), "two requests share one wager"
    return list(again.values())


def was_under_way(load: Load, key: str) -> bool:
    """Tell whether a request without an answer followed one of the same client that had one."""
    client, _, number = key.rpartition("-")
    return number == "0" or f"{client}-{int(number) - 1}" in load.acknowledged
