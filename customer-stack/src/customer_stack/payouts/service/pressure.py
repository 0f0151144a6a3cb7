"""What operations sees of payouts: how many wait for what, and for how long."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from uuid import UUID

from prometheus_client import Gauge

from customer_stack.payouts.store import orders as store
from shared.clock import Clock
from shared.database import Database

COUNTED: Final = 10_000
"""More than so many are shown as so many: counting must not be a load of its own."""
STATES: Final = ("to_send", "sent", "held")

OPEN: Final = Gauge(
    "payouts_open", "Payouts to be sent, sent without a final answer, or held for a person.", ("state",)
)
OLDEST: Final = Gauge("payouts_oldest_seconds", "Since the oldest of them was asked for.", ("state",))


async def measure_payouts(
    database: Database, tenant_ids: Callable[[], Awaitable[Sequence[UUID]]], clock: Clock
) -> None:
    """Show what is open. Counts 10000 payouts at most."""
    async with database.transaction(*await tenant_ids(), probes_only=True) as tx:
        found = await store.measure_tasks(tx, COUNTED)
    now = clock.now()
    for state in STATES:
        count, since = found.get(state, (0, now))
        OPEN.labels(state).set(count)
        OLDEST.labels(state).set(max(0.0, (now - since).total_seconds()))
