"""What cards ask of others, inside their own transactions: who may, and how tokens are kept."""

from collections.abc import Awaitable, Callable
from typing import Protocol
from uuid import UUID

from shared.database import Transaction

AllTenants = Callable[[], Awaitable[tuple[UUID, ...]]]
"""The ids of all tenants."""


class CardGate(Protocol):
    """Whether a tenant and a customer may use cards."""

    async def require_funding(self, tx: Transaction, tenant_id: UUID) -> None:
        """Go on only where the capability card_funding is on. Raises CapabilityOff."""
        ...

    async def is_issuing(self, tx: Transaction, tenant_id: UUID) -> bool:
        """Tell whether the capability card_issuing is on."""
        ...

    async def is_known(self, tx: Transaction, customer_id: UUID) -> bool:
        """Tell whether the tenant has this customer."""
        ...

    async def is_active(self, tx: Transaction, customer_id: UUID) -> bool:
        """Tell whether the customer is verified and neither closed, frozen nor excluded."""
        ...

    async def is_frozen(self, tx: Transaction, customer_id: UUID) -> bool:
        """Tell whether the customer's money must not move."""
        ...


class CardTokens(Protocol):
    """Encrypts the tokens of customers' cards."""

    def seal(self, charge_id: UUID, token: str) -> bytes:
        """Return a token encrypted and bound to its charge."""
        ...

    def open(self, charge_id: UUID, sealed: bytes) -> str:
        """Return the token that was sealed for this charge."""
        ...
