"""kill -9 of every process in turn, during a whole journey: nothing is lost, nothing is repeated."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import httpx
import pytest

from bulkhead_local.installation import Installation
from faults.chaos import VICTIMS, Chaos, Phase, plan_kills
from faults.load import Load, small_wagers
from journeys.journey import Journey, Size, each_at_once, wait_until
from journeys.money import deposit, onboard, open_house
from journeys.settling import reconcile, verify
from journeys.wager_journey import STEPS
from journeys.wagering import SETTLED_WAGERS, choose_markets, show_allocation
from platform_under_test import broken_checks, journey_on, superuser_of

pytestmark = pytest.mark.system

SMALL: Final = Size(people=14, markets=3, rounds=9, wagers_at_least=60, ends=())
PHASES: Final = (
    Phase("Onboard", 2.0, always=("identity",)),
    Phase("Deposit at a locked rate", 0.5, always=("bank",)),
    Phase("Place wagers", 0.7),
    Phase("Aggregate and execute", 0.8),
    Phase("Allocate", 0.8),
    Phase("Resolve and pay", 1.2),
    Phase("Spend and withdraw", 0.8),
    Phase("Settle and report", 0.4),
)
CALM: Final = {open_house, show_allocation, verify}
"""Opening and verifying run operators' commands, which are not repeated by anybody."""
UNANSWERED: Final = "the other side did not answer"


@dataclass
class Acknowledged:
    """What the platform said yes to: wager ids by Idempotency-Key, as clients saw them."""

    wagers: dict[str, set[str]] = field(default_factory=dict)

    async def watch(self, answer: httpx.Response) -> None:
        """Note an answer. A hook of the journey's HTTP client."""
        request = answer.request
        if request.method == "POST" and request.url.path == "/v1/wagers" and answer.status_code == 201:
            await answer.aread()
            key = request.headers["Idempotency-Key"]
            self.wagers.setdefault(key, set()).add(answer.json()["wager_id"])

    @property
    def ids(self) -> set[str]:
        """Return every acknowledged wager."""
        return {each for ids in self.wagers.values() for each in ids}


async def stored_wagers(platform: Installation, journey: Journey) -> Counter[str]:
    """Return how often each wager of the journey's people stands in the customer database."""
    async with superuser_of(platform, "customer") as connection:
        ids = [(await each.door.call("GET", "/v1/me"))["customer_id"] for each in journey.people]
        rows = await connection.fetch(
            "SELECT id FROM wager_order WHERE customer_id = ANY ($1::uuid[])",
            ids,
        )
    return Counter(str(row["id"]) for row in rows)


async def drive_under_fire(journey: Journey, chaos: Chaos) -> None:
    """Drive every step of the journey while the plan is carried out."""
    assert [title for title, _ in STEPS] == [phase.name for phase in PHASES]
    await open_house(journey)
    for title, works in STEPS:
        await chaos.during(title, in_turn(journey, [work for work in works if work not in CALM]))
    # A reconciliation under fire may have found nobody at home, and says so. Now everybody is.
    journey.checks = [check for check in journey.checks if check["detail"] != UNANSWERED]
    for tenant in journey.address.tenants:
        await reconcile(journey, tenant, "after the fire")
    await verify(journey)


async def in_turn(journey: Journey, works: list[Callable[[Journey], Awaitable[None]]]) -> None:
    for work in works:
        await work(journey)


async def survive(platform: Installation, seed: int, rounds: int, show: pytest.CaptureFixture[str]) -> None:
    acknowledged = Acknowledged()
    chaos = Chaos(platform, plan_kills(PHASES, seed, rounds))
    async with journey_on(platform, SMALL) as journey:
        journey.client.event_hooks["response"].append(acknowledged.watch)
        try:
            await drive_under_fire(journey, chaos)
        finally:
            with show.disabled():
                print(f"\n  kills of seed {seed}:")
                for moment, text in sorted(chaos.history):
                    print(f"    {moment:6.1f} s  {text}")
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


async def await_execution_of(journey: Journey) -> None:
    """Wait until every wager has ended, so that the checks see no work in progress."""

    async def ended() -> bool:
        lists = await each_at_once(journey.active, lambda each: each.door.every("/v1/wagers"))
        return all(wager["state"] in SETTLED_WAGERS for wagers in lists for wager in wagers)

    await wait_until("execution", ended, 60)


def taken_beyond(load: Load, count: int) -> Callable[[], Awaitable[bool]]:
    """Tell, each time it is asked, whether more than `count` wagers were acknowledged."""

    async def taken() -> bool:
        return len(load.acknowledged) > count

    return taken


async def test_acknowledged_wagers_are_stored_exactly_once_after_a_crash_under_load(
    platform: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    chaos = Chaos(platform, [])
    async with journey_on(platform, Size(people=8, markets=3)) as journey:
        for work in (open_house, onboard, deposit, choose_markets):
            await work(journey)
        load, stop = Load(journey, small_wagers(journey)), asyncio.Event()
        running = asyncio.create_task(load.run(8, stop))
        await wait_until("wagers before the crash", taken_beyond(load, 0), 30)
        await asyncio.sleep(1.0)
        began, before = time.monotonic(), len(load.acknowledged)
        await asyncio.to_thread(chaos.strike, "customer-postgresql")
        await asyncio.sleep(0.5)
        await asyncio.to_thread(chaos.strike, "customer-api")
        await asyncio.to_thread(chaos.bring_back, "customer-postgresql")
        await asyncio.to_thread(chaos.bring_back, "customer-api")
        down = time.monotonic() - began
        await wait_until("wagers after the crash", taken_beyond(load, len(load.acknowledged)), 30)
        await asyncio.to_thread(chaos.strike, "customer-api")
        await asyncio.to_thread(chaos.bring_back, "customer-api")
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
