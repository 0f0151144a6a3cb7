"""Read windows page by page, replay each, and stop at the first difference."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from execution_stack.accounts import service as accounts
from execution_stack.aggregation import service as aggregation
from execution_stack.allocation.domain import Manifest
from execution_stack.books import service as books
from execution_stack.intents import service as intents
from execution_stack.replay.domain import (
    Difference,
    RawWindow,
    StoredWindow,
    compare_posted,
    compare_told,
    posted_keys,
    read_window,
    replay,
)
from execution_stack.replay.errors import WindowNotFound
from execution_stack.reports import service as reports
from shared.database import Database, Transaction
from shared.ids import HOUSE_TENANT

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """How many windows were replayed, how many are still in flight, and the first difference, if any."""

    replayed: int
    in_flight: int
    difference: Difference | None


class ReplayService:
    """Replays windows for those who do not want to trust what was posted."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def replay(self, window_id: UUID | None = None) -> ReplayReport:
        """Replay one window, or all in id order; stop at the first difference. Raises WindowNotFound."""
        tenants = await accounts.list_tenants(self._database)
        replayed = in_flight = 0
        after: UUID | None = None
        while True:
            async with self._database.transaction(HOUSE_TENANT, *tenants) as tx:
                page = await aggregation.list_windows(tx, after, PAGE, only=window_id)
                done, difference = await replay_page(tx, page)
            if window_id is not None and not page:
                raise WindowNotFound("No window has this id. The reports of its intents name it.")
            replayed += done
            in_flight += sum(row.end is None for row in page)
            if difference is not None or len(page) < PAGE:
                return ReplayReport(replayed, in_flight, difference)
            after = page[-1].window_id


def as_stored(row: aggregation.WindowRow, manifest: Manifest) -> StoredWindow | None:
    """Return a window as it is replayed, or None while its order is in flight."""
    if row.end is None:
        return None
    return StoredWindow(
        order_id=row.end.order_id,
        manifest=manifest,
        ended_at=row.end.ended_at,
        state=row.end.state,
        filled=row.end.filled,
        cost=row.end.cost,
        fees=row.end.fees,
        excess=row.end.excess,
        fills=row.end.fills,
    )


async def replay_page(
    tx: Transaction, page: Sequence[aggregation.WindowRow]
) -> tuple[int, Difference | None]:
    """Return how many windows of the page are as replayed, up to the first that is not."""
    windows: list[StoredWindow] = []
    for row in page:
        manifest = read_window(RawWindow(row.window_id, row.manifest, row.digest))
        if isinstance(manifest, Difference):
            return 0, manifest
        stored = as_stored(row, manifest)
        if stored is not None:
            windows.append(stored)
    if not windows:
        return 0, None
    pooled = await intents.load_windows(tx, [window.manifest.window_id for window in windows])
    told = await reports.load_told(tx, [intent_id for each in pooled.values() for intent_id in each.ids])
    assets = await books.load_assets(tx, [window.manifest.market_id for window in windows if window.filled])
    keys = [key for window in windows for key in posted_keys(window, pooled[window.manifest.window_id])]
    posted = await books.load_posted(tx, keys)
    for done, window in enumerate(windows):
        mine = pooled[window.manifest.window_id]
        replayed = replay(window)
        if isinstance(replayed, Difference):
            return done, replayed
        difference = compare_posted(window, replayed, mine, assets.get(window.manifest.market_id), posted)
        difference = difference or compare_told(replayed, mine, told)
        if difference is not None:
            return done, difference
    return len(windows), None
