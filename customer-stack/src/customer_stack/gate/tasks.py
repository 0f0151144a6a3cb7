"""The timers of the gate: rates of the market, where money is judged; every night a replay, in the worker."""

from typing import Final

import structlog

from customer_stack.gate.service.rates import Rates
from customer_stack.gate.service.replaying import Replaying
from customer_stack.timers import Runner, repeat

RATES_SECONDS: Final = 15.0
REPLAY_SECONDS: Final = 86_400.0

_log = structlog.get_logger(__name__)


def build_runners(rates: Rates) -> dict[str, Runner]:
    """Return the timers of every process with a gate, by name."""
    return {"gate.rates": repeat("gate.rates", RATES_SECONDS, rates.refresh)}


def build_replay(replaying: Replaying) -> dict[str, Runner]:
    """Return the worker's nightly replay."""

    async def replay() -> None:
        run = await replaying.replay_night()
        if run.held:
            _log.info("gate.replay_agreed", replayed=run.replayed)
        else:
            first = run.differing[0]
            _log.error(
                "gate.replay_differs", replayed=run.replayed, first=str(first.id), differs=list(first.differs)
            )

    return {"gate.replay": repeat("gate.replay", REPLAY_SECONDS, replay)}
