"""Old code under load becomes new code, the receiver first, and nothing that was acknowledged is lost.

UPGRADE_FROM=v1.2    begin with another revision than the newest tag, or the one in from.txt
"""

import asyncio
import json
import shutil
import time
from pathlib import Path
from typing import Final

import pytest

from drill.load import filling_wagers
from faults.soak import quote_still_books
from journeys.journey import Size, wait_until
from journeys.money import deposit, onboard, open_house
from journeys.wagering import choose_markets
from platform_under_test import FOLDERS, broken_checks, clear_platform, journey_on, superuser_of
from upgrade.load import SpreadLoad
from upgrade.rolling import Rolling, old_revision, unpack

pytestmark = [pytest.mark.system, pytest.mark.long]

CLIENTS: Final = 8
CALM_SECONDS: Final = 3.0
END_SECONDS: Final = 120.0
OPEN: Final = "SELECT count(*) FROM wager_order WHERE state IN ('pending', 'dispatched', 'submitted')"


async def all_ended(platform: Rolling) -> bool:
    async with superuser_of(platform, "customer") as connection:
        return not await connection.fetchval(OPEN)


async def upgrade_under_load(platform: Rolling, load: SpreadLoad) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(load.run(CLIENTS, stop))
    try:
        await asyncio.sleep(CALM_SECONDS)
        for stack in ("execution", "customer"):
            await asyncio.to_thread(platform.upgrade, stack)
            await asyncio.sleep(CALM_SECONDS)
    finally:
        stop.set()
        await running


async def test_an_upgrade_under_load_loses_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    revision = old_revision()
    if revision is None:
        pytest.skip("the old revision is not in this repository: fetch its history, or set UPGRADE_FROM")
    folder = FOLDERS / "platform-upgrade"
    clear_platform(folder)
    with Rolling(folder, unpack(revision, tmp_path)) as platform:
        platform.start()
        async with journey_on(platform, Size(people=8, markets=3)) as journey:
            for work in (open_house, onboard, deposit, choose_markets, quote_still_books):
                await work(journey)
            load = SpreadLoad(journey, filling_wagers(journey), bases=platform.bases)
            began = time.monotonic()
            await upgrade_under_load(platform, load)
            took = time.monotonic() - began
            await wait_until("the end of every wager", lambda: all_ended(platform), END_SECONDS)
            async with superuser_of(platform, "customer") as connection:
                rows = await connection.fetch("SELECT id, state::text FROM wager_order")
        states = {str(row["id"]): row["state"] for row in rows}
        acknowledged = set(load.acknowledged.values())
        lost = acknowledged - states.keys()
        with capsys.disabled():
            steps = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in platform.took.items())
            print(f"\n  from {revision[:12]} in {took:.1f} s of load: {steps}")
            print(
                f"  upgrade loss {len(lost)} of {len(acknowledged)} acknowledged; {load.requests} requests, "
                f"{len(load.unknown)} without an answer, the slowest after {load.longest_seconds:.1f} s"
            )
            print(f"  tries turned away {dict(load.turned_away)}; by both processes in a row: {load.twice}")
        assert not load.wrong, load.wrong[:3]
        assert not lost
        assert not load.unknown, "whoever asks both processes for a while is answered"
        assert len(acknowledged) == len(load.acknowledged)
        assert {states[each] for each in acknowledged} == {"filled"}
        assert await asyncio.to_thread(broken_checks, platform) == []
        rebuilt = json.loads(platform.command("customer", "ledger", "rebuild", "--check", "--json"))
        assert rebuilt["good"]
    shutil.rmtree(folder / "postgres", ignore_errors=True)
