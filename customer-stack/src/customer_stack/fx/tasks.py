"""What the worker does for FX: end quotes that are over."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from customer_stack.fx.service import FxService
from customer_stack.timers import Runner, repeat

EXPIRY_SECONDS = 2.0


def build_runners(
    service: FxService, all_tenants: Callable[[], Awaitable[tuple[UUID, ...]]]
) -> dict[str, Runner]:
    """Return the timers of FX."""

    async def expire() -> int:
        return await service.expire_quotes(frozenset(await all_tenants()))

    return {"fx.expire_quotes": repeat("fx.expire_quotes", EXPIRY_SECONDS, expire)}
