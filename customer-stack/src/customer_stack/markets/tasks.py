"""Timers of markets: the worker refreshes the mirror, each API process its snapshot."""

from typing import Final

from customer_stack.markets.service import MarketService, MarketSnapshot
from customer_stack.timers import Runner, repeat

REFRESH_SECONDS: Final = 1.0


def refresh_mirror(service: MarketService) -> Runner:
    """Return the worker's task that mirrors the catalogue."""
    return repeat("markets.refresh", REFRESH_SECONDS, service.refresh)


def refresh_snapshot(snapshot: MarketSnapshot) -> Runner:
    """Return the API's task that keeps its snapshot young."""
    return repeat("markets.snapshot", REFRESH_SECONDS, snapshot.refresh)
