"""When an exclusion reaches further accounts: after it began, and when somebody registers."""

from uuid import UUID

from customer_stack.protection.service.pausing import Pausing
from shared.database import Transaction
from shared.events.port import Event
from shared.events.worker import Listener


def build_listeners(pausing: Pausing) -> list[Listener]:
    """Return the listeners.

    An exclusion and a registration at the same moment may not see each other; the event of either is
    delivered after both are there. What they do is the same when it is done twice.
    """

    async def spread(event: Event) -> None:
        await pausing.spread(event.tenant_id, UUID(event.payload["customer_id"]))

    async def on_excluded(tx: Transaction, event: Event) -> None:
        await pausing.open_cases(tx, event.tenant_id, UUID(event.payload["customer_id"]))

    async def on_registered(_tx: Transaction, _event: Event) -> None:
        """Do nothing more: what an exclusion of the same person means was done before."""

    return [
        Listener("protection.excluded", "protection", on_excluded, before=spread),
        Listener("customers.registered", "protection", on_registered, before=spread),
    ]
