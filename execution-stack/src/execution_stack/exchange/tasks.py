"""The timer that asks the exchange how fast the account may go."""

import asyncio
import contextlib
from typing import Final

import structlog

from execution_stack.exchange.budget import Budget
from execution_stack.exchange.providers.contract import Exchange
from shared.errors import Refusal

LIMITS_SECONDS: Final = 60.0
FIRST_LIMITS_SECONDS: Final = 1.0

_log = structlog.get_logger(__name__)


async def keep_limits(exchange: Exchange, budget: Budget, stop: asyncio.Event) -> None:
    """Take over the account's limits until told to stop; soon again while the exchange does not answer."""
    while not stop.is_set():
        pause = LIMITS_SECONDS
        try:
            budget.set_limits(await exchange.limits())
        except Refusal as refusal:
            pause = FIRST_LIMITS_SECONDS
            _log.warning("exchange.limits_not_read", code=refusal.code)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
