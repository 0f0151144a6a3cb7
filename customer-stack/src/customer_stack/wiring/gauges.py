"""What the worker reads for operations from time to time: each is one small, bounded query."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from uuid import UUID

from pydantic import SecretStr

from customer_stack.payouts.service.pressure import measure_payouts
from customer_stack.timers import Runner, repeat
from customer_stack.wagers.service.pressure import measure_sending
from shared.clock import Clock
from shared.database import Database
from shared.events import pressure as events
from shared.operations.gauges import read_gauges
from shared.operations.server_state import read_server
from shared.outflow import show_hold

SECONDS: Final = 10.0

AllTenants = Callable[[], Awaitable[Sequence[UUID]]]


def build_gauge_runners(
    database: Database, tenants: AllTenants, clock: Clock, monitor_url: SecretStr | None
) -> dict[str, Runner]:
    """Return the timers, by name; what the server says of standbys needs the monitor's address."""

    async def read_queues() -> None:
        await measure_sending(database, tenants, clock)
        await measure_payouts(database, tenants, clock)
        await events.measure(database)
        await show_hold(database, clock)

    runners = {"gauges.queues": repeat("gauges.queues", SECONDS, read_gauges("queues", read_queues))}
    if monitor_url is not None:
        read = read_gauges("server", read_server(monitor_url.get_secret_value()))
        runners["gauges.server"] = repeat("gauges.server", SECONDS, read)
    return runners
