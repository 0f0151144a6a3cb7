"""Every query of markets, set-based, on the transaction it is given."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from customer_stack.boundary_client.domain import Basis, MarketListing, MarketStatus, Resolution
from customer_stack.markets.domain import Market, MarketOutcome
from shared.database import Transaction

_SELECT: Final = (
    "SELECT m.*, y.id AS yes_asset, n.id AS no_asset FROM market m "
    "JOIN ledger_asset y ON y.market_id = m.id AND y.side = 'yes' "
    "JOIN ledger_asset n ON n.market_id = m.id AND n.side = 'no' "
)

_REFRESH: Final = """
INSERT INTO market AS m (id, ticker, title, rules, status, tick, yes_bid, yes_ask, close_time,
                         fee_multiplier_e4, yes_value, changed_at)
SELECT *, $12::timestamptz FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::market_status[],
    $6::integer[], $7::integer[], $8::integer[], $9::timestamptz[], $10::integer[], $11::integer[])
ON CONFLICT (id) DO UPDATE SET
    ticker = excluded.ticker, title = excluded.title, rules = excluded.rules, status = excluded.status,
    tick = excluded.tick, yes_bid = excluded.yes_bid, yes_ask = excluded.yes_ask,
    close_time = excluded.close_time, fee_multiplier_e4 = excluded.fee_multiplier_e4,
    yes_value = excluded.yes_value, changed_at = excluded.changed_at
WHERE (m.ticker, m.title, m.rules, m.status, m.tick, m.yes_bid, m.yes_ask, m.close_time,
       m.fee_multiplier_e4, m.yes_value)
   IS DISTINCT FROM (excluded.ticker, excluded.title, excluded.rules, excluded.status, excluded.tick,
       excluded.yes_bid, excluded.yes_ask, excluded.close_time, excluded.fee_multiplier_e4,
       excluded.yes_value)
RETURNING 1
"""


async def refresh(tx: Transaction, listings: Sequence[MarketListing], at: datetime) -> int:
    """Bring the mirror to `listings`; rows that say the same stay untouched. Returns how many changed."""
    ordered = sorted(listings, key=lambda listing: listing.market_id)
    rows = await tx.fetch(
        _REFRESH,
        [listing.market_id for listing in ordered],
        [listing.ticker for listing in ordered],
        [listing.title for listing in ordered],
        [listing.rules for listing in ordered],
        [listing.status for listing in ordered],
        [listing.tick for listing in ordered],
        [listing.yes_bid for listing in ordered],
        [listing.yes_ask for listing in ordered],
        [listing.close_time for listing in ordered],
        [listing.fee_multiplier_e4 for listing in ordered],
        [listing.yes_value for listing in ordered],
        at,
    )
    return len(rows)


async def load_all(tx: Transaction) -> list[Market]:
    """Return every market."""
    return [_to_market(row) for row in await tx.fetch(_SELECT)]


async def load_page(
    tx: Transaction, after: UUID | None, limit: int, status: MarketStatus | None
) -> list[Market]:
    """Return up to `limit` markets after an id, in id order; with a `status`, those only."""
    rows = await tx.fetch(
        _SELECT + "WHERE ($1::uuid IS NULL OR m.id > $1) AND ($3::market_status IS NULL OR m.status = $3) "
        "ORDER BY m.id LIMIT $2",
        after,
        limit,
        status,
    )
    return [_to_market(row) for row in rows]


async def load_one(tx: Transaction, market_id: UUID) -> Market | None:
    """Return a market, or None."""
    row = await tx.fetch_row(_SELECT + "WHERE m.id = $1", market_id)
    return None if row is None else _to_market(row)


async def insert_resolutions(tx: Transaction, resolutions: Sequence[Resolution]) -> None:
    """Keep how markets ended. The same revision of the same market again changes nothing."""
    await tx.execute(
        "INSERT INTO market_resolution (market_id, yes_value, report_sequence, resolved_at, revision, basis) "
        "SELECT * FROM unnest($1::uuid[], $2::integer[], $3::bigint[], $4::timestamptz[], $5::integer[], "
        "$6::market_basis[]) ON CONFLICT (market_id, revision) DO NOTHING",
        [resolution.market_id for resolution in resolutions],
        [resolution.yes_value for resolution in resolutions],
        [resolution.sequence for resolution in resolutions],
        [resolution.recorded_at for resolution in resolutions],
        [resolution.revision for resolution in resolutions],
        [resolution.basis for resolution in resolutions],
    )


async def load_resolutions(tx: Transaction, market_ids: Iterable[UUID]) -> dict[UUID, MarketOutcome]:
    """Return the outcome that stands of those markets that have one."""
    rows = await tx.fetch(
        "SELECT DISTINCT ON (market_id) market_id, yes_value, basis, revision FROM market_resolution "
        "WHERE market_id = ANY($1::uuid[]) ORDER BY market_id, revision DESC",
        list(set(market_ids)),
    )
    return {
        row["market_id"]: MarketOutcome(row["yes_value"], Basis(row["basis"]), row["revision"])
        for row in rows
    }


def _to_market(row: asyncpg.Record) -> Market:
    listing = MarketListing(
        market_id=row["id"],
        ticker=row["ticker"],
        title=row["title"],
        rules=row["rules"],
        status=MarketStatus(row["status"]),
        tick=row["tick"],
        yes_bid=row["yes_bid"],
        yes_ask=row["yes_ask"],
        close_time=row["close_time"],
        fee_multiplier_e4=row["fee_multiplier_e4"],
        yes_value=row["yes_value"],
    )
    return Market(listing, row["yes_asset"], row["no_asset"])
