"""The timer that keeps the catalogue fresh."""

import asyncio
import contextlib
from typing import Final

import structlog
from prometheus_client import Gauge

from execution_stack.markets.service import MarketService
from shared.errors import Refusal

REFRESH_SECONDS: Final = 2.0

_log = structlog.get_logger(__name__)
_known = Gauge("bulkhead_execution_markets", "Markets that the exchange described at the last refresh")


async def refresh_markets(
    service: MarketService, stop: asyncio.Event, *, every_seconds: float = REFRESH_SECONDS
) -> None:
    """Refresh the catalogue until told to stop. An exchange that does not answer is asked again."""
    while not stop.is_set():
        try:
            _known.set(await service.refresh())
        except Refusal as refusal:
            _log.warning("markets.not_refreshed", code=refusal.code)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), every_seconds)
