"""Kills programs and servers at seeded moments and starts them again, as a supervisor would.

The plan is made before anything runs, from a seed alone; moments are seconds after a phase began.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from bulkhead_local.installation import Installation
from bulkhead_local.layout import Stack

SERVERS: Final[dict[str, Stack]] = {
    "customer-postgresql": "customer",
    "execution-postgresql": "execution",
}
VICTIMS: Final = (
    "customer-api",
    "customer-worker",
    "execution-boundary",
    "execution-worker",
    "exchange",
    "bank",
    "identity",
    *SERVERS,
)


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the journey, how long it takes when nothing breaks, and who must be killed in it once."""

    name: str
    seconds: float
    always: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kill:
    """One process to be killed: `after_seconds` from the start of its phase, for `down_seconds`."""

    phase: str
    victim: str
    after_seconds: float
    down_seconds: float


def plan_kills(
    phases: Sequence[Phase], seed: int, rounds: int = 1, victims: Sequence[str] = VICTIMS
) -> list[Kill]:
    """Kill every victim once a round, with at least one kill in every phase."""
    source = random.Random(seed)  # noqa: S311 - a plan that can be repeated, not a secret
    kills = []
    for number in range(rounds):
        fixed = {} if number else {victim: phase for phase in phases for victim in phase.always}
        free = [victim for victim in victims if victim not in fixed]
        source.shuffle(free)
        empty = [phase for phase in phases if phase not in fixed.values()]
        others = source.sample(list(phases), k=len(phases))
        chosen = [*fixed.items(), *zip(free, [*empty, *others, *others], strict=False)]
        for victim, phase in chosen:
            after = source.uniform(0.05, phase.seconds)
            kills.append(Kill(phase.name, victim, after, source.uniform(0.1, 1.0)))
    order = [phase.name for phase in phases]
    return sorted(kills, key=lambda kill: (order.index(kill.phase), kill.after_seconds))


class Programs(Protocol):
    """What can be killed: processes, or containers with theirs."""

    def strike(self, victim: str) -> None:
        """SIGKILL."""

    def bring_back(self, victim: str) -> None:
        """Have what was killed run again, and wait until it is ready."""

    def restart_ended(self) -> list[str]:
        """Start again what gave up while others were down; return its names."""


@dataclass(frozen=True, slots=True)
class Processes:
    """Processes and servers of an installation, which nobody else starts again."""

    platform: Installation

    def strike(self, victim: str) -> None:
        """End it at once; a server with all its backends."""
        if victim in SERVERS:
            self.platform.servers[SERVERS[victim]].kill()
        else:
            self.platform.supervisor.kill(victim)

    def bring_back(self, victim: str) -> None:
        """Start it as a supervisor would."""
        if victim in SERVERS:
            stack = SERVERS[victim]
            self.platform.servers[stack].start([stack])
        else:
            self.platform.supervisor.restart(victim)

    def restart_ended(self) -> list[str]:
        """Start what has ended."""
        ended = self.platform.supervisor.ended()
        for name in ended:
            self.platform.supervisor.restart(name)
        return ended


@dataclass
class Chaos:
    """Carries a plan out, and remembers what it did."""

    programs: Programs
    kills: Sequence[Kill]
    history: list[tuple[float, str]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    async def during(self, phase: str, work: Awaitable[None]) -> None:
        """Do the work of a phase under fire; return when both have ended and everything is up."""
        killing = asyncio.create_task(self._carry_out(phase))
        try:
            await work
            self.note(time.monotonic(), f"{phase}: done")
        finally:
            await killing

    async def _carry_out(self, phase: str) -> None:
        began = time.monotonic()
        for kill in (each for each in self.kills if each.phase == phase):
            await asyncio.sleep(max(0.0, began + kill.after_seconds - time.monotonic()))
            await self.kill(kill.victim, kill.down_seconds, phase)

    async def kill(self, victim: str, down_seconds: float, phase: str) -> None:
        """Kill -9 one process (or server with all its backends), wait, start it, wait until it is ready."""
        moment = time.monotonic()
        await asyncio.to_thread(self.programs.strike, victim)
        await asyncio.sleep(down_seconds)
        await asyncio.to_thread(self.programs.bring_back, victim)
        up = time.monotonic() - moment
        self.note(moment, f"{phase}: killed {victim}, ready again after {up:.1f} s")
        for name in await asyncio.to_thread(self.programs.restart_ended):
            self.note(time.monotonic(), f"{phase}: {name} had ended by itself, started again")

    def note(self, moment: float, text: str) -> None:
        """Remember what was done at a moment of time.monotonic()."""
        self.history.append((moment - self.began, text))
