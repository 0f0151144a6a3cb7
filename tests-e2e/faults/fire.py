"""A whole journey under fire: which parts of it are hit, who is driven, and what clients were told.

Processes are killed in it by `test_kill.py`, containers by `tests-e2e/containers/test_kill.py`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import httpx
import pytest

from faults.chaos import Chaos, Phase
from journeys.journey import Journey, Size, each_at_once, wait_until
from journeys.money import open_house
from journeys.settling import reconcile, verify
from journeys.wager_journey import STEPS
from journeys.wagering import SETTLED_WAGERS, show_allocation

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


async def await_execution_of(journey: Journey) -> None:
    """Wait until every wager has ended, so that the checks see no work in progress."""

    async def ended() -> bool:
        lists = await each_at_once(journey.active, lambda each: each.door.every("/v1/wagers"))
        return all(wager["state"] in SETTLED_WAGERS for wagers in lists for wager in wagers)

    await wait_until("execution", ended, 60)


def show_kills(chaos: Chaos, title: str, show: pytest.CaptureFixture[str]) -> None:
    """Print who was killed when, and how long it took to come back."""
    with show.disabled():
        print(f"\n  {title}:")
        for moment, text in sorted(chaos.history):
            print(f"    {moment:6.1f} s  {text}")
