"""When screening happens: at registration; and when publishers are looked at."""

from uuid import UUID

from customer_stack.screening.service.importing import ListImports
from customer_stack.screening.service.subjects import ScreeningService
from customer_stack.timers import Runner, repeat
from shared.database import Transaction
from shared.events.port import Event
from shared.events.worker import Listener


def build_listeners(screening: ScreeningService) -> list[Listener]:
    """Return the listeners."""

    async def on_registered(tx: Transaction, event: Event) -> None:
        await screening.screen_customer(tx, event.tenant_id, UUID(event.payload["customer_id"]))

    return [Listener("customers.registered", "screening", on_registered)]


def build_runners(imports: ListImports, check_seconds: float) -> dict[str, Runner]:
    """Return the timers."""

    async def look() -> None:
        await imports.take_all()

    return {"screening.lists": repeat("screening.lists", check_seconds, look)}
