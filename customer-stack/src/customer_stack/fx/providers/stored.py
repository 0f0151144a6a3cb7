"""The newest reading in our own database: of a feed that the worker reads, or of what staff approved."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from customer_stack.fx.domain.rates import Mid
from customer_stack.fx.errors import RateUnavailable

LoadMid = Callable[[UUID, str], Awaitable[Mid | None]]
"""(tenant id, name of the source) -> the newest reading, or None."""


class StoredRates:
    """Answers with what was read or approved last; how old it may be is for the terms to say."""

    def __init__(self, name: str, load: LoadMid) -> None:
        """Answer with readings of the source called `name`."""
        self.name = name
        self._load = load

    async def latest(self, tenant_id: UUID) -> Mid:
        """Return the newest reading. Raises RateUnavailable."""
        mid = await self._load(tenant_id, self.name)
        if mid is None:
            raise RateUnavailable("There is no exchange rate yet. Try again later.")
        return mid
