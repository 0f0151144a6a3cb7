"""What the worker does for FX: end quotes that are over, read the feed of rates, post rates."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from customer_stack.fx.service import FxService, RateDesk
from customer_stack.timers import Runner, repeat

EXPIRY_SECONDS = 2.0
POSTING_SECONDS = 5.0


def build_runners(
    service: FxService,
    desk: RateDesk,
    all_tenants: Callable[[], Awaitable[tuple[UUID, ...]]],
) -> dict[str, Runner]:
    """Return the timers of FX; the feed is read where there is one."""

    async def expire() -> int:
        return await service.expire_quotes(frozenset(await all_tenants()))

    runners = {
        "fx.expire_quotes": repeat("fx.expire_quotes", EXPIRY_SECONDS, expire),
        "fx.post_rates": repeat("fx.post_rates", POSTING_SECONDS, desk.post_all),
    }
    if desk.poll_seconds is not None:
        runners["fx.read_rates"] = repeat("fx.read_rates", desk.poll_seconds, desk.read_feed)
    return runners
