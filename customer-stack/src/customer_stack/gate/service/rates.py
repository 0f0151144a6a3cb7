"""The last mid of each tenant, held in memory: a wager in a lane asks no table for it."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from customer_stack.gate.domain.asking import Rate
from customer_stack.gate.domain.rates import DEFAULT_RATE

LoadLast = Callable[[], Awaitable[Mapping[UUID, Rate]]]
"""Every tenant's newest reading of the market."""


class Rates:
    """A snapshot that each process refreshes; a decision records which reading it used."""

    def __init__(self, load_last: LoadLast) -> None:
        """Begin with nothing read."""
        self._load_last = load_last
        self._held: Mapping[UUID, Rate] = {}

    async def refresh(self) -> None:
        """Read every tenant's newest reading."""
        self._held = await self._load_last()

    def get(self, tenant_id: UUID) -> Rate:
        """Return a tenant's rate; before its first reading, the reviewed default."""
        return self._held.get(tenant_id, DEFAULT_RATE)
