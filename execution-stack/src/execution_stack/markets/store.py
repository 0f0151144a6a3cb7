"""Every query of the catalogue."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from execution_stack.exchange.domain import MarketSnapshot, MarketStatus, Ticker
from execution_stack.markets.domain import Market, market_id_of
from shared.database import Transaction

_FACTS: Final = (
    "id, ticker, title, rules, status, tick, yes_bid, yes_ask, close_time, fee_multiplier, yes_value"
)
_UNCHANGED: Final = " AND ".join(
    f"m.{fact} IS NOT DISTINCT FROM new.{fact}" for fact in _FACTS.split(", ") if fact != "id"
)
_COLUMNS: Final = f"{_FACTS}, refreshed_at"


def _market(row: asyncpg.Record) -> Market:
    return Market(
        market_id=row["id"],
        ticker=Ticker(row["ticker"]),
        title=row["title"],
        rules=row["rules"],
        status=MarketStatus(row["status"]),
        tick=row["tick"],
        yes_bid=row["yes_bid"],
        yes_ask=row["yes_ask"],
        close_time=row["close_time"],
        fee_multiplier=row["fee_multiplier"],
        yes_value=row["yes_value"],
        refreshed_at=row["refreshed_at"],
    )


async def save(tx: Transaction, snapshots: Sequence[MarketSnapshot], at: datetime) -> None:
    """Add or update markets, in id order, in one statement. What stands as it is described is not written."""
    rows = sorted(((market_id_of(each.ticker), each) for each in snapshots), key=lambda row: row[0])
    markets = [market for _, market in rows]
    await tx.execute(
        f"INSERT INTO market ({_COLUMNS}) "
        f"SELECT {_FACTS}, $12 "
        "FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::market_status[], $6::integer[], "
        "$7::integer[], $8::integer[], $9::timestamptz[], $10::integer[], $11::integer[]) AS new "
        f"({_FACTS}) "
        f"WHERE NOT EXISTS (SELECT FROM market m WHERE m.id = new.id AND {_UNCHANGED}) ORDER BY id "
        "ON CONFLICT (id) DO UPDATE SET title = EXCLUDED.title, rules = EXCLUDED.rules, "
        "status = EXCLUDED.status, tick = EXCLUDED.tick, yes_bid = EXCLUDED.yes_bid, "
        "yes_ask = EXCLUDED.yes_ask, close_time = EXCLUDED.close_time, "
        "fee_multiplier = EXCLUDED.fee_multiplier, yes_value = EXCLUDED.yes_value, "
        "refreshed_at = EXCLUDED.refreshed_at",
        [market_id for market_id, _ in rows],
        [market.ticker for market in markets],
        [market.title for market in markets],
        [market.rules for market in markets],
        [market.status for market in markets],
        [market.tick for market in markets],
        [market.yes_bid for market in markets],
        [market.yes_ask for market in markets],
        [market.close_time for market in markets],
        [market.fee_multiplier_e4 for market in markets],
        [market.yes_value for market in markets],
        at,
    )


async def load(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, Market]:
    """Return those of the markets that we know."""
    rows = await tx.fetch(f"SELECT {_COLUMNS} FROM market WHERE id = ANY($1::uuid[])", list(ids))
    return {row["id"]: _market(row) for row in rows}


async def list_after(tx: Transaction, after: UUID | None, limit: int) -> list[Market]:
    """Return markets in id order."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM market WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2", after, limit
    )
    return [_market(row) for row in rows]
