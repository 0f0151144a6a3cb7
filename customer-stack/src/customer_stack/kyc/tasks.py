"""When identity checks happen: they begin with a registration and are worked off by a timer."""

from uuid import UUID

from customer_stack.kyc.service.drafts import Drafts
from customer_stack.kyc.service.working import Working
from customer_stack.timers import Runner, repeat
from shared.database import Transaction
from shared.events.port import Event
from shared.events.worker import Listener


def build_listeners(drafts: Drafts) -> list[Listener]:
    """Return the listeners."""

    async def on_registered(tx: Transaction, event: Event) -> None:
        await drafts.begin(tx, event.tenant_id, UUID(event.payload["customer_id"]))

    return [Listener("customers.registered", "kyc", on_registered)]


def build_runners(working: Working, *, poll_seconds: float) -> dict[str, Runner]:
    """Return the timers."""
    return {"kyc": repeat("kyc", poll_seconds, working.work)}
