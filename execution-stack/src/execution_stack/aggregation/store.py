"""Every query of windows, omnibus orders and fills."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from execution_stack.aggregation.domain import OmnibusOrder, OrderState, RecordedFill, RecordedOrder
from execution_stack.allocation.domain import Allocation, Manifest, read_manifest
from execution_stack.exchange.domain import Fill
from shared.database import Transaction
from shared.errors import invariant

_IN_FLIGHT: Final = "state IN ('submitted', 'unknown', 'acked')"


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """An omnibus order as it lies in the database, with its window's manifest."""

    order_id: UUID
    window_id: UUID
    market_id: UUID
    state: OrderState
    submitted_at: datetime
    sent_at: datetime
    attempts: int
    exchange_order_id: UUID | None
    manifest: Manifest


def _stored(row: asyncpg.Record) -> StoredOrder:
    return StoredOrder(
        order_id=row["id"],
        window_id=row["window_id"],
        market_id=row["market_id"],
        state=OrderState(row["state"]),
        submitted_at=row["submitted_at"],
        sent_at=row["sent_at"],
        attempts=row["attempts"],
        exchange_order_id=row["exchange_order_id"],
        manifest=read_manifest(row["manifest"]),
    )


async def list_blocked_markets(tx: Transaction) -> list[UUID]:
    """Return the markets that have an order in flight."""
    rows = await tx.fetch(f"SELECT market_id FROM aggregation_order WHERE {_IN_FLIGHT}")
    return [row["market_id"] for row in rows]


async def insert_windows(tx: Transaction, manifests: Sequence[Manifest], at: datetime) -> None:
    """Store windows with what they commit themselves to."""
    await tx.execute(
        "INSERT INTO aggregation_window (id, market_id, closed_at, quantity, limit_price, side, action, "
        "manifest, digest) "
        "SELECT w.id, w.market_id, $1, w.quantity, w.limit_price, w.side, w.action, w.manifest, w.digest "
        "FROM unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::integer[], $6::ledger_contract_side[], "
        "$7::intent_action[], $8::bytea[], $9::bytea[]) "
        "AS w (id, market_id, quantity, limit_price, side, action, manifest, digest)",
        at,
        [each.window_id for each in manifests],
        [each.market_id for each in manifests],
        [each.quantity for each in manifests],
        [each.limit_price for each in manifests],
        [each.side for each in manifests],
        [each.action for each in manifests],
        [each.canonical() for each in manifests],
        [each.digest() for each in manifests],
    )


async def insert_orders(tx: Transaction, orders: Sequence[OmnibusOrder], lease_until: datetime) -> None:
    """Store orders that are about to be sent, in the order of their markets.

    A market has one order in flight, and a second one waits for the first one's transaction: two workers that
    close windows of the same markets must not wait for each other in a ring.
    """
    await tx.execute(
        "INSERT INTO aggregation_order (id, window_id, market_id, quantity, submitted_at, sent_at, "
        "lease_until, attempts, state) "
        "SELECT o.id, o.window_id, o.market_id, o.quantity, o.at, o.at, $1, 1, 'submitted' "
        "FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::timestamptz[]) "
        "AS o (id, window_id, market_id, quantity, at) ORDER BY o.market_id",
        lease_until,
        [each.order_id for each in orders],
        [each.window_id for each in orders],
        [each.market_id for each in orders],
        [each.manifest.quantity for each in orders],
        [each.submitted_at for each in orders],
    )


async def renew_due(
    tx: Transaction, order_ids: Sequence[UUID], due_until: datetime, lease_until: datetime
) -> None:
    """Keep looking after those of the orders whose lease ends soon. Rows in use are left alone."""
    await tx.execute(
        "UPDATE aggregation_order SET lease_until = $3 WHERE id IN (SELECT id FROM aggregation_order "
        f"  WHERE id = ANY($1::uuid[]) AND lease_until <= $2 AND {_IN_FLIGHT} "
        "  FOR NO KEY UPDATE SKIP LOCKED)",
        order_ids,
        due_until,
        lease_until,
    )


async def take_over(tx: Transaction, now: datetime, lease_until: datetime, limit: int) -> list[StoredOrder]:
    """Take orders in flight that nobody looks after any more."""
    rows = await tx.fetch(
        "WITH left_alone AS (SELECT id FROM aggregation_order "
        f"  WHERE {_IN_FLIGHT} AND lease_until <= $1 ORDER BY submitted_at LIMIT $3 "
        "  FOR NO KEY UPDATE SKIP LOCKED) "
        "UPDATE aggregation_order o SET lease_until = $2 FROM left_alone l, aggregation_window w "
        "WHERE o.id = l.id AND w.id = o.window_id RETURNING o.*, w.manifest",
        now,
        lease_until,
        limit,
    )
    return [_stored(row) for row in rows]


async def renew(tx: Transaction, order_id: UUID, lease_until: datetime) -> None:
    """Say until when somebody looks after an order."""
    await tx.execute("UPDATE aggregation_order SET lease_until = $2 WHERE id = $1", order_id, lease_until)


async def mark_sending(
    tx: Transaction, attempts: Sequence[tuple[UUID, int]], at: datetime, lease_until: datetime
) -> set[UUID]:
    """Note that sendings begin now; return the orders that nobody else looks after meanwhile.

    Rows are taken in id order.
    """
    rows = await tx.fetch(
        "WITH sent AS (SELECT o.id FROM aggregation_order o "
        "  JOIN unnest($1::uuid[], $2::integer[]) AS a (id, attempts) ON a.id = o.id "
        "  WHERE o.attempts = a.attempts AND o.state = 'submitted' ORDER BY o.id FOR NO KEY UPDATE OF o) "
        "UPDATE aggregation_order o SET sent_at = $3, lease_until = $4 FROM sent WHERE o.id = sent.id "
        "RETURNING o.id",
        [order_id for order_id, _ in attempts],
        [attempt for _, attempt in attempts],
        at,
        lease_until,
    )
    return {row["id"] for row in rows}


async def mark_unknown(tx: Transaction, order_id: UUID, became_at: datetime | None) -> bool:
    """Note that a send got neither yes nor no, if known when; False when the order is past that."""
    row = await tx.fetch_row(
        "UPDATE aggregation_order SET state = 'unknown', unknown_at = coalesce($2, unknown_at) "
        "WHERE id = $1 AND state = 'submitted' RETURNING id",
        order_id,
        became_at,
    )
    return row is not None


async def count_unknown(tx: Transaction, since: datetime, market_id: UUID | None = None) -> int:
    """Return how many orders, of a market or of all, became UNKNOWN since then."""
    count: int = await tx.fetch_value(
        "SELECT count(*) FROM aggregation_order WHERE unknown_at > $1 "
        "AND ($2::uuid IS NULL OR market_id = $2)",
        since,
        market_id,
    )
    return count


async def load_paused(tx: Transaction) -> dict[UUID, datetime]:
    """Return the tenants whose float is too low, and since when."""
    rows = await tx.fetch("SELECT tenant_id, paused_at FROM aggregation_pause WHERE resumed_at IS NULL")
    return {row["tenant_id"]: row["paused_at"] for row in rows}


async def insert_pauses(tx: Transaction, tenants: Sequence[UUID], at: datetime) -> None:
    """Note tenants whose float is too low from now on."""
    await tx.execute(
        "INSERT INTO aggregation_pause (tenant_id, paused_at) "
        "SELECT t.id, $2 FROM unnest($1::uuid[]) AS t (id) ON CONFLICT DO NOTHING",
        tenants,
        at,
    )


async def end_pauses(tx: Transaction, tenants: Sequence[UUID], at: datetime) -> None:
    """Note that tenants' floats carry all that waits again."""
    await tx.execute(
        "UPDATE aggregation_pause SET resumed_at = $2 "
        "WHERE tenant_id = ANY($1::uuid[]) AND resumed_at IS NULL",
        tenants,
        at,
    )


async def mark_sent_again(tx: Transaction, order_id: UUID, at: datetime) -> bool:
    """Note that an order is about to be sent again; False when somebody else was faster."""
    row = await tx.fetch_row(
        "UPDATE aggregation_order SET state = 'submitted', sent_at = $2, attempts = attempts + 1 "
        "WHERE id = $1 AND state = 'unknown' RETURNING id",
        order_id,
        at,
    )
    return row is not None


async def mark_acked(tx: Transaction, acknowledged: Sequence[tuple[UUID, UUID]]) -> None:
    """Note the ids under which the exchange has orders (order, there). Rows are taken in id order."""
    await tx.execute(
        "WITH acked AS (SELECT o.id, a.there FROM aggregation_order o "
        "  JOIN unnest($1::uuid[], $2::uuid[]) AS a (id, there) ON a.id = o.id "
        "  WHERE o.state IN ('submitted', 'unknown') ORDER BY o.id FOR NO KEY UPDATE OF o) "
        "UPDATE aggregation_order o SET state = 'acked', exchange_order_id = a.there FROM acked a "
        "WHERE o.id = a.id",
        [order_id for order_id, _ in acknowledged],
        [there for _, there in acknowledged],
    )


async def lock_in_flight(tx: Transaction, order_ids: Sequence[UUID]) -> dict[UUID, tuple[OrderState, int]]:
    """Lock those of the orders that are in flight; return their states and how often each was sent."""
    rows = await tx.fetch(
        "SELECT id, state, attempts FROM aggregation_order "
        f"WHERE id = ANY($1::uuid[]) AND {_IN_FLIGHT} ORDER BY id FOR NO KEY UPDATE",
        order_ids,
    )
    return {row["id"]: (OrderState(row["state"]), row["attempts"]) for row in rows}


async def mark_ended(
    tx: Transaction,
    ended: Sequence[tuple[UUID, OrderState, Allocation]],
    at: datetime,
    recheck_at: datetime,
) -> None:
    """Record what became of orders; the fills of those that the exchange has are read again."""
    await tx.execute(
        "UPDATE aggregation_order o SET state = e.state, filled = e.filled, cost = e.cost, fees = e.fees, "
        "excess = e.excess, ended_at = $1, "
        "recheck_at = CASE WHEN e.state <> 'refused' THEN $2::timestamptz END "
        "FROM unnest($3::uuid[], $4::order_state[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[]) "
        "AS e (id, state, filled, cost, fees, excess) WHERE o.id = e.id",
        at,
        recheck_at,
        [order_id for order_id, _, _ in ended],
        [state for _, state, _ in ended],
        [allocation.quantity for _, _, allocation in ended],
        [allocation.cost for _, _, allocation in ended],
        [allocation.fee + allocation.excess for _, _, allocation in ended],
        [allocation.excess for _, _, allocation in ended],
    )


async def insert_fills(
    tx: Transaction, fills: Sequence[tuple[UUID, Fill]], at: datetime, *, is_late: bool
) -> None:
    """Record fills of orders. A fill that is there already is a unique violation."""
    await tx.execute(
        "INSERT INTO aggregation_fill (order_id, fill_id, quantity, fee, traded_at, recorded_at, "
        "yes_price, is_taker, is_late) "
        "SELECT f.order_id, f.fill_id, f.quantity, f.fee, f.traded_at, $1, f.yes_price, f.is_taker, $2 FROM "
        "unnest($3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[], $7::timestamptz[], $8::integer[], "
        "$9::boolean[]) AS f (order_id, fill_id, quantity, fee, traded_at, yes_price, is_taker)",
        at,
        is_late,
        [order_id for order_id, _ in fills],
        [fill.fill_id for _, fill in fills],
        [fill.quantity for _, fill in fills],
        [fill.fee for _, fill in fills],
        [fill.created_at for _, fill in fills],
        [fill.yes_price for _, fill in fills],
        [fill.is_taker for _, fill in fills],
    )


async def load_fill_ids(tx: Transaction, order_id: UUID) -> set[UUID]:
    """Return the ids of all recorded fills of an order."""
    rows = await tx.fetch("SELECT fill_id FROM aggregation_fill WHERE order_id = $1", order_id)
    return {row["fill_id"] for row in rows}


@dataclass(frozen=True, slots=True)
class Recheck:
    """An ended order whose fills are to be read once more."""

    order_id: UUID
    market_id: UUID
    exchange_order_id: UUID
    ended_at: datetime
    rechecks: int


async def list_rechecks(tx: Transaction, now: datetime, limit: int) -> list[Recheck]:
    """Return ended orders whose fills are due to be read again."""
    rows = await tx.fetch(
        "SELECT id, market_id, exchange_order_id, ended_at, rechecks FROM aggregation_order "
        "WHERE recheck_at <= $1 ORDER BY recheck_at LIMIT $2",
        now,
        limit,
    )
    return [Recheck(*row) for row in rows]


async def take_recheck(tx: Transaction, recheck: Recheck, following: datetime | None) -> bool:
    """Note that an order's fills were read again; False when somebody else was faster."""
    row = await tx.fetch_row(
        "UPDATE aggregation_order SET rechecks = rechecks + 1, recheck_at = $3 "
        "WHERE id = $1 AND rechecks = $2 RETURNING id",
        recheck.order_id,
        recheck.rechecks,
        following,
    )
    return row is not None


@dataclass(frozen=True, slots=True)
class EndedOrder:
    """What a window's order came to, for those who compare it with the exchange."""

    order_id: UUID
    window_id: UUID
    market_id: UUID
    exchange_order_id: UUID | None
    state: OrderState
    filled: int
    cost: int
    fees: int
    excess: int


async def list_ended(tx: Transaction, after: UUID | None, limit: int) -> list[EndedOrder]:
    """Return orders whose outcome is known, in id order."""
    rows = await tx.fetch(
        "SELECT id, window_id, market_id, exchange_order_id, state, filled, cost, fees, excess "
        "FROM aggregation_order WHERE ended_at IS NOT NULL AND ($1::uuid IS NULL OR id > $1) "
        "ORDER BY id LIMIT $2",
        after,
        limit,
    )
    return [
        EndedOrder(
            order_id=row["id"],
            window_id=row["window_id"],
            market_id=row["market_id"],
            exchange_order_id=row["exchange_order_id"],
            state=OrderState(row["state"]),
            filled=row["filled"],
            cost=row["cost"],
            fees=row["fees"],
            excess=row["excess"],
        )
        for row in rows
    ]


async def load_bounds(tx: Transaction) -> tuple[datetime | None, datetime | None]:
    """Return when the first of all orders was sent, and when the oldest in flight was made."""
    first: datetime | None = await tx.fetch_value("SELECT min(sent_at) FROM aggregation_order")
    oldest: datetime | None = await tx.fetch_value(
        f"SELECT min(submitted_at) FROM aggregation_order WHERE {_IN_FLIGHT}"
    )
    return first, oldest


async def list_recorded_orders(
    tx: Transaction, since: datetime, until: datetime, ids: Sequence[UUID], exchange_ids: Sequence[UUID]
) -> list[RecordedOrder]:
    """Return the orders that were sent in a time, and those that are named."""
    rows = await tx.fetch(
        "SELECT o.id, o.exchange_order_id, o.market_id, o.sent_at, "
        "o.filled + coalesce((SELECT sum(f.quantity) FROM aggregation_fill f "
        "WHERE f.order_id = o.id AND f.is_late), 0)::bigint AS filled, "
        "o.attempts = 1 AND o.state <> 'refused' AS was_sent_once FROM aggregation_order o "
        "WHERE (o.sent_at >= $1 AND o.sent_at < $2) OR o.id = ANY($3::uuid[]) "
        "OR o.exchange_order_id = ANY($4::uuid[])",
        since,
        until,
        ids,
        exchange_ids,
    )
    return [RecordedOrder(*row) for row in rows]


async def list_recorded_fills(
    tx: Transaction, since: datetime, until: datetime, ids: Sequence[UUID]
) -> list[RecordedFill]:
    """Return the fills that were traded in a time, and those that are named."""
    rows = await tx.fetch(
        "SELECT fill_id, order_id, quantity, yes_price, fee, traded_at FROM aggregation_fill "
        "WHERE (traded_at >= $1 AND traded_at < $2) OR fill_id = ANY($3::uuid[])",
        since,
        until,
        ids,
    )
    return [RecordedFill(*row) for row in rows]


async def lock_ended(tx: Transaction, order_id: UUID) -> bool:
    """Lock an order that has ended; False when it has not."""
    row = await tx.fetch_row(
        "SELECT id FROM aggregation_order WHERE id = $1 AND ended_at IS NOT NULL FOR NO KEY UPDATE", order_id
    )
    return row is not None


async def load_order(tx: Transaction, order_id: UUID) -> StoredOrder | None:
    """Return an order with its window's manifest."""
    row = await tx.fetch_row(
        "SELECT o.*, w.manifest FROM aggregation_order o JOIN aggregation_window w ON w.id = o.window_id "
        "WHERE o.id = $1",
        order_id,
    )
    return None if row is None else _stored(row)


async def count_in_flight(tx: Transaction) -> dict[OrderState, tuple[int, datetime]]:
    """Return how many orders stand in each state in flight, and since when the oldest does at most.

    A market has one order in flight, so this reads as many rows as there are busy markets.
    """
    rows = await tx.fetch(
        "SELECT state, count(*) AS n, "
        "min(CASE WHEN state = 'unknown' THEN coalesce(unknown_at, sent_at) ELSE submitted_at END) AS since "
        f"FROM aggregation_order WHERE {_IN_FLIGHT} GROUP BY 1"
    )
    counts = {OrderState(row["state"]): (row["n"], row["since"]) for row in rows}
    invariant(all(state.is_in_flight for state in counts), "only orders in flight are counted")
    return counts


async def sum_fills(tx: Transaction) -> dict[UUID, tuple[int, int, int]]:
    """Return window -> (contracts, cost, fees) of its order's fills, without late ones."""
    rows = await tx.fetch(
        "SELECT o.window_id, sum(f.quantity)::bigint AS quantity, sum(f.fee)::bigint AS fees, "
        "sum(f.quantity * CASE w.side WHEN 'yes' THEN f.yes_price ELSE 10000 - f.yes_price END)::bigint "
        "AS cost FROM aggregation_fill f JOIN aggregation_order o ON o.id = f.order_id "
        "JOIN aggregation_window w ON w.id = o.window_id WHERE NOT f.is_late GROUP BY 1"
    )
    return {row["window_id"]: (row["quantity"], row["cost"], row["fees"]) for row in rows}


async def list_late_fills(tx: Transaction, market_id: UUID) -> list[UUID]:
    """Return the fills of a market that showed after their order was shared out."""
    rows = await tx.fetch(
        "SELECT f.fill_id FROM aggregation_order o JOIN aggregation_fill f ON f.order_id = o.id "
        "WHERE o.market_id = $1 AND f.is_late ORDER BY 1",
        market_id,
    )
    return [row["fill_id"] for row in rows]
