"""The timer that keeps the catalogue fresh."""

import asyncio
from typing import Final

import structlog
from prometheus_client import Gauge

from execution_stack.markets.service import MarketService
from shared.errors import Refusal

REFRESH_SECONDS: Final = 2.0
LEAST_SECONDS: Final = 0.25

_log = structlog.get_logger(__name__)
_known = Gauge("bulkhead_execution_markets", "Markets that the exchange described at the last refresh")


async def refresh_markets(
    service: MarketService,
    stop: asyncio.Event,
    *,
    every_seconds: float = REFRESH_SECONDS,
    hinted: asyncio.Event | None = None,
) -> None:
    """Refresh the catalogue until told to stop. An exchange that does not answer is asked again.

    A hint ends the waiting early, though not at once: many hints are one refresh.
    """
    while not stop.is_set():
        try:
            _known.set(await service.refresh())
        except Refusal as refusal:
            _log.warning("markets.not_refreshed", code=refusal.code)
        least = min(LEAST_SECONDS, every_seconds)
        await _wait(stop, None, least)
        await _wait(stop, hinted, every_seconds - least)
        if hinted is not None:
            hinted.clear()


async def _wait(stop: asyncio.Event, hinted: asyncio.Event | None, seconds: float) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in (stop, hinted) if event is not None]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waits:
            each.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
