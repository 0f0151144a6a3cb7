"""What must hold on a platform in containers once every one of them was killed and is back."""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from bulkhead_local.containers import NOTES, Containers
from bulkhead_local.layout import STACKS
from journeys.journey import Journey, each_at_once, wait_until
from journeys.wagering import SETTLED_WAGERS
from platform_under_test import broken_checks

END_SECONDS: Final = 150.0


async def placed_wagers(journey: Journey) -> list[dict[str, Any]]:
    """Return every wager of the journey's people, as they see them."""
    lists = await each_at_once(journey.active, lambda each: each.door.every("/v1/wagers"))
    return [wager for wagers in lists for wager in wagers]


@dataclass
class Operator:
    """Who sets free what the machine has halted: orders had no answer while the exchange was away."""

    platform: Containers
    lifted: list[str] = field(default_factory=list)

    async def lift_halts(self) -> None:
        """Lift every halt that stands, once."""
        status = json.loads(await asyncio.to_thread(self.platform.command, "execution", "status", "--json"))
        halted = [None] if status["halted"] == "all" else status["halted"]
        for market in halted:
            words = ("lift", "--operator", str(uuid4()), *(("--market", market) if market else ()))
            await asyncio.to_thread(self.platform.command, "execution", *words)
            self.lifted += status["halts"] or ["unknown"]


async def wait_for_the_end(journey: Journey, operator: Operator) -> list[dict[str, Any]]:
    """Wait until every wager has ended, and return them all."""
    found: list[dict[str, Any]] = []

    async def ended() -> bool:
        found[:] = await placed_wagers(journey)
        if all(wager["state"] in SETTLED_WAGERS for wager in found):
            return True
        await operator.lift_halts()
        return False

    await wait_until("the end of every wager", ended, END_SECONDS)
    return found


def open_breaks(platform: Containers) -> Counter[str]:
    """Return how many breaks the execution stack has found that nobody has closed, by kind."""
    words = ("breaks", "--open", "--limit", "1000", "--json")
    return Counter(each["kind"] for each in json.loads(platform.command("execution", *words)))


def broken_books(platform: Containers) -> list[str]:
    """Return what does not hold: checks, audits with their witness, rebuilds of both ledgers, allocations."""
    broken = broken_checks(platform)
    for stack in STACKS:
        rebuilt = _ask(platform, stack, "ledger", "rebuild", "--check")
        if not rebuilt["good"]:
            broken.append(f"{stack}: the ledger does not follow from its facts: {rebuilt['findings'][:3]}")
        verified = _ask(platform, stack, "audit", "verify", "--witness", NOTES)
        if not (verified["good"] and verified["cosigned"]):
            broken.append(f"{stack}: the audit does not verify with its witness: {verified}")
    replayed = _ask(platform, "execution", "replay", "--all")
    if replayed["difference"] is not None:
        broken.append(f"execution: allocations do not follow again: {replayed}")
    return broken


def _ask(platform: Containers, stack: Any, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(platform.command(stack, *words, "--json", check=False))
    return found
