"""What operations sees of wagers between the stacks: what waits to be sent, how far reports were read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from prometheus_client import Gauge

from customer_stack.boundary_client.domain import Report
from customer_stack.wagers.service.sending import TenantIds
from customer_stack.wagers.store import sending
from shared.clock import Clock
from shared.database import Database

COUNTED: Final = 10_000
"""More than so many are shown as so many: counting must not be a load of its own."""

TO_SEND: Final = Gauge("wagers_to_send", "Wagers that execution has not taken yet, 10000 at most.")
OLDEST_TO_SEND: Final = Gauge(
    "wagers_to_send_oldest_seconds",
    "How long the oldest of them has been pending or sent without an answer.",
)
SEQUENCE: Final = Gauge("wagers_report_sequence", "Number of the last report of execution that was applied.")
LAG: Final = Gauge(
    "wagers_report_lag_seconds",
    "How long ago execution recorded the last report that was applied, 0 when no other was there.",
)
CAUGHT_UP_AT: Final = Gauge(
    "wagers_reports_caught_up_timestamp_seconds", "When execution last had no more reports than were applied."
)


async def measure_sending(database: Database, tenant_ids: TenantIds, clock: Clock) -> None:
    """Show what waits to be sent."""
    async with database.transaction(*await tenant_ids(), probes_only=True) as tx:
        waiting, since = await sending.measure_to_send(tx, COUNTED)
    TO_SEND.set(waiting)
    OLDEST_TO_SEND.set(0.0 if since is None else max(0.0, (clock.now() - since).total_seconds()))


def show_page(page: Sequence[Report], cursor: int, now: datetime, *, is_last: bool) -> None:
    """Show how far reports were read: after `cursor` came `page`, which was applied."""
    SEQUENCE.set(page[-1].sequence if page else cursor)
    if is_last:
        CAUGHT_UP_AT.set(now.timestamp())
        LAG.set(0)
    else:
        LAG.set(max(0.0, (now - page[-1].recorded_at).total_seconds()))
