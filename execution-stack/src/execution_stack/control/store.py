"""Every query of halts and position limits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from execution_stack.control.domain import Cause, EndedHalt, Halt
from shared.database import Transaction

_HALTS: Final = 0x68616C7473
"""Names the lock over all halts among the database's advisory locks."""
HOLD: Final = f"SELECT pg_advisory_xact_lock_shared({_HALTS})"
_STANDS: Final = "NOT EXISTS (SELECT FROM control_lift l WHERE l.halt_id = h.id)"


def _halt(row: asyncpg.Record) -> Halt:
    return Halt(row["id"], row["market_id"], Cause(row["cause"]), row["operator"], row["since"])


async def lock(tx: Transaction) -> None:
    """Wait until nobody closes or sends, and keep it so until the transaction ends."""
    await tx.execute("SELECT pg_advisory_xact_lock($1)", _HALTS)


async def lock_shared(tx: Transaction) -> None:
    """Let nobody halt or lift until the transaction ends."""
    await tx.execute(HOLD)


async def load_standing(tx: Transaction) -> list[Halt]:
    """Return the halts that nobody has lifted, oldest first."""
    rows = await tx.fetch(
        f"SELECT id, market_id, cause, operator, since FROM control_halt h WHERE {_STANDS} ORDER BY since, id"
    )
    return [_halt(row) for row in rows]


async def insert_halt(tx: Transaction, halt: Halt) -> bool:
    """Add a halt; False when one of the same market and cause stands. Call it under the lock."""
    row = await tx.fetch_row(
        "INSERT INTO control_halt (id, market_id, cause, operator, since) "
        "SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (SELECT FROM control_halt h "
        f"WHERE h.market_id IS NOT DISTINCT FROM $2 AND h.cause = $3 AND {_STANDS}) RETURNING id",
        halt.halt_id,
        halt.market_id,
        halt.cause,
        halt.operator,
        halt.since,
    )
    return row is not None


async def insert_lifts(tx: Transaction, halts: Sequence[UUID], operator: UUID, at: datetime) -> None:
    """End halts."""
    await tx.execute(
        "INSERT INTO control_lift (halt_id, operator, lifted_at) SELECT h.id, $2, $3 "
        "FROM unnest($1::uuid[]) AS h (id)",
        halts,
        operator,
        at,
    )


async def list_newest(tx: Transaction, limit: int, *, only_standing: bool) -> list[EndedHalt]:
    """Return the newest halts, with their ends."""
    rows = await tx.fetch(
        "SELECT h.id, h.market_id, h.cause, h.operator, h.since, l.operator AS lifted_by, l.lifted_at "
        "FROM control_halt h LEFT JOIN control_lift l ON l.halt_id = h.id "
        "WHERE NOT $2 OR l.halt_id IS NULL ORDER BY h.since DESC, h.id DESC LIMIT $1",
        limit,
        only_standing,
    )
    return [EndedHalt(_halt(row), row["lifted_by"], row["lifted_at"]) for row in rows]


async def last_lift(tx: Transaction, market_id: UUID | None) -> datetime | None:
    """Return when a market was last set free; a global lift sets every market free."""
    at: datetime | None = await tx.fetch_value(
        "SELECT max(l.lifted_at) FROM control_lift l JOIN control_halt h ON h.id = l.halt_id "
        "WHERE h.market_id IS NULL OR h.market_id = $1",
        market_id,
    )
    return at


async def insert_limit(
    tx: Transaction, limit_id: UUID, market_id: UUID, contracts: int, operator: UUID, at: datetime
) -> None:
    """Add the limit of a market that counts from now on."""
    await tx.execute(
        "INSERT INTO control_position_limit (id, market_id, contracts, operator, set_at) "
        "VALUES ($1, $2, $3, $4, $5)",
        limit_id,
        market_id,
        contracts,
        operator,
        at,
    )


async def load_limits(tx: Transaction, market_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the limits of those markets that have one of their own."""
    rows = await tx.fetch(
        "SELECT DISTINCT ON (market_id) market_id, contracts FROM control_position_limit "
        "WHERE market_id = ANY($1::uuid[]) ORDER BY market_id, number DESC",
        market_ids,
    )
    return {row["market_id"]: row["contracts"] for row in rows}
