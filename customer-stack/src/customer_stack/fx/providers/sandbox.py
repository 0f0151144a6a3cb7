"""The sandbox's feed: one configured rate, always fresh. For machines without a market data contract."""

from decimal import Decimal
from uuid import UUID

from customer_stack.fx.domain.rates import Mid
from shared.clock import Clock
from shared.money import RATE_SCALE, to_minor


class SandboxRates:
    """States the configured mid as of now."""

    name = "sandbox"

    def __init__(self, mid: Decimal, clock: Clock) -> None:
        """State `mid` LKR per USD."""
        self._rate_e8 = to_minor(mid, RATE_SCALE)
        self._clock = clock

    async def latest(self, tenant_id: UUID) -> Mid:
        """Return the configured mid as of now, the same for all tenants."""
        return Mid(self._rate_e8, self.name, self._clock.now())
