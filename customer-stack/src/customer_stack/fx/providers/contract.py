"""What a source of rates promises."""

from typing import Protocol
from uuid import UUID

from customer_stack.fx.domain.rates import Mid


class RateSource(Protocol):
    """The market's mid rate, LKR per USD, with the source's name and the moment it is from.

    Answers from memory or from our own database, never from a vendor: a quote waits for nobody.
    """

    async def latest(self, tenant_id: UUID) -> Mid:
        """Return the newest mid for a tenant, however old. Raise RateUnavailable when there is none."""
        ...
