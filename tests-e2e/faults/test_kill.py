"""kill -9 of every process in turn, during a whole journey: nothing is lost, nothing is repeated."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from bulkhead_local.installation import Installation
from faults.chaos import VICTIMS, Chaos, Processes, plan_kills
from faults.fire import PHASES, SMALL, Acknowledged, await_execution_of, drive_under_fire, show_kills
from faults.load import Load, small_wagers
from journeys.journey import Journey, Size, wait_until
from journeys.money import deposit, onboard, open_house
from journeys.wagering import choose_markets
from platform_under_test import broken_checks, journey_on, superuser_of

pytestmark = pytest.mark.system


async def stored_wagers(platform: Installation, journey: Journey) -> Counter[str]:
    """Return how often each wager of the journey's people stands in the customer database."""
    async with superuser_of(platform, "customer") as connection:
        ids = [(await each.door.call("GET", "/v1/me"))["customer_id"] for each in journey.people]
        rows = await connection.fetch(
            "SELECT id FROM wager_order WHERE customer_id = ANY ($1::uuid[])",
            ids,
        )
    return Counter(str(row["id"]) for row in rows)


async def survive(platform: Installation, seed: int, rounds: int, show: pytest.CaptureFixture[str]) -> None:
    acknowledged = Acknowledged()
    chaos = Chaos(Processes(platform), plan_kills(PHASES, seed, rounds))
    async with journey_on(platform, SMALL) as journey:
        journey.client.event_hooks["response"].append(acknowledged.watch)
        try:
            await drive_under_fire(journey, chaos)
        finally:
            show_kills(chaos, f"kills of seed {seed}", show)
        stored = await stored_wagers(platform, journey)
    repeated = {key: ids for key, ids in acknowledged.wagers.items() if len(ids) > 1}
    assert not repeated, "one request became two wagers"
    assert set(stored) == acknowledged.ids, "acknowledged wagers are exactly the stored ones"
    assert max(stored.values()) == 1
    assert broken_checks(platform) == []


def test_every_victim_is_killed_and_every_phase_is_hit() -> None:
    for seed in range(50):
        kills = plan_kills(PHASES, seed)
        assert sorted(kill.victim for kill in kills) == sorted(VICTIMS)
        assert {kill.phase for kill in kills} == {phase.name for phase in PHASES}


async def test_a_journey_survives_the_death_of_every_process(
    platform: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    await survive(platform, seed=1, rounds=1, show=capsys)


@pytest.mark.long
@pytest.mark.parametrize("seed", [2, 3, 5, 8])
async def test_a_journey_survives_three_deaths_of_every_process(
    platform: Installation, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    await survive(platform, seed=seed, rounds=3, show=capsys)


def taken_beyond(load: Load, count: int) -> Callable[[], Awaitable[bool]]:
    """Tell, each time it is asked, whether more than `count` wagers were acknowledged."""

    async def taken() -> bool:
        return len(load.acknowledged) > count

    return taken


async def test_acknowledged_wagers_are_stored_exactly_once_after_a_crash_under_load(
    platform: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    processes = Processes(platform)
    async with journey_on(platform, Size(people=8, markets=3)) as journey:
        for work in (open_house, onboard, deposit, choose_markets):
            await work(journey)
        load, stop = Load(journey, small_wagers(journey)), asyncio.Event()
        running = asyncio.create_task(load.run(8, stop))
        await wait_until("wagers before the crash", taken_beyond(load, 0), 30)
        await asyncio.sleep(1.0)
        began, before = time.monotonic(), len(load.acknowledged)
        await asyncio.to_thread(processes.strike, "customer-postgresql")
        await asyncio.sleep(0.5)
        await asyncio.to_thread(processes.strike, "customer-api")
        await asyncio.to_thread(processes.bring_back, "customer-postgresql")
        await asyncio.to_thread(processes.bring_back, "customer-api")
        down = time.monotonic() - began
        await wait_until("wagers after the crash", taken_beyond(load, len(load.acknowledged)), 30)
        await asyncio.to_thread(processes.strike, "customer-api")
        await asyncio.to_thread(processes.bring_back, "customer-api")
        await asyncio.sleep(1.0)
        stop.set()
        await running
        with capsys.disabled():
            print(
                f"\n  {before} wagers acknowledged, then customer-postgresql and customer-api killed "
                f"(ready again after {down:.1f} s), then customer-api once more; "
                f"{len(load.acknowledged)} acknowledged in the end, {len(load.unknown)} without an answer"
            )
        assert not load.wrong, "a crash behind the API is answered 503, and nothing else"
        assert 0 < before < len(load.acknowledged), "wagers were taken before and after the crash"
        assert load.unknown, "nobody was interrupted: the crash came at the wrong moment"
        stored = await stored_wagers(platform, journey)
        assert set(load.acknowledged.values()) <= set(stored), "an acknowledged wager was lost"
        # Everybody asks again with the same key: the same answer, or the first effect.
        again = await load.ask_again()
        assert all(again[key] == wager_id for key, wager_id in load.acknowledged.items())
        assert len(set(again.values())) == len(again), "two requests share one wager"
        stored = await stored_wagers(platform, journey)
        assert set(stored) == set(again.values())
        await await_execution_of(journey)
    assert broken_checks(platform) == []
