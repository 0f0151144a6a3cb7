"""How many events wait, and for how long: what operations sees of the queue."""

from typing import Final

from prometheus_client import Gauge

from shared.database import Database

COUNTED: Final = 10_000
"""More than so many are shown as so many: counting must not be a load of its own."""

OPEN: Final = Gauge(
    "bulkhead_events_open", "Events that wait to be delivered, or for a person; 10000 at most.", ("state",)
)
OLDEST: Final = Gauge("bulkhead_events_oldest_seconds", "How long the oldest waiting event has waited.")

_OLDEST: Final = """
SELECT count(*) FILTER (WHERE status IN ('queued', 'picked')) AS waiting,
       count(*) FILTER (WHERE status = 'failed') AS held,
       extract(epoch FROM now() - min(created) FILTER (WHERE status IN ('queued', 'picked'))) AS seconds
FROM (SELECT status, created FROM pgqueuer ORDER BY id LIMIT $1) AS oldest
"""


async def measure(database: Database) -> None:
    """Set the metrics by the oldest events of the queue."""
    async with database.transaction() as tx:
        found = await tx.fetch_row(_OLDEST, COUNTED)
    if found is not None:
        for state in ("waiting", "held"):
            OPEN.labels(state).set(found[state])
        OLDEST.set(max(0.0, float(found["seconds"] or 0)))
