"""What a provider of payouts promises; `tests/payouts/conformance.py` checks each provider against it."""

from typing import Protocol
from uuid import UUID

from customer_stack.payouts.domain.answers import PayoutAnswer, PayoutOrder, PayoutState
from customer_stack.payouts.errors import ProviderUnavailable

__all__ = ["PayoutAnswer", "PayoutOrder", "PayoutProvider", "PayoutState", "ProviderUnavailable"]


class PayoutProvider(Protocol):
    """Safe to call twice with the same `payout_id`: it is one payout. `name` is stored and never changes.

    PENDING unless the provider said yes or no.
    """

    name: str

    async def send(self, order: PayoutOrder) -> PayoutAnswer:
        """Ask for a payout. Raises ProviderUnavailable; nothing else."""
        ...

    async def look_up(self, payout_id: UUID) -> PayoutAnswer:
        """Return what became of a payout that was sent. Raises ProviderUnavailable; nothing else."""
        ...
