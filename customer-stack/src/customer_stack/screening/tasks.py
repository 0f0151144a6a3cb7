"""When screening happens: at registration."""

from uuid import UUID

from customer_stack.screening.service import ScreeningService
from shared.database import Transaction
from shared.events.port import Event
from shared.events.worker import Listener


def build_listeners(screening: ScreeningService) -> list[Listener]:
    """Return the listeners."""

    async def on_registered(tx: Transaction, event: Event) -> None:
        await screening.screen_customer(tx, event.tenant_id, UUID(event.payload["customer_id"]))

    return [Listener("customers.registered", "screening", on_registered)]
