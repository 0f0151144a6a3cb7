"""Every query of intents, set-based."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from execution_stack.exchange.domain import Action, Side
from execution_stack.intents.domain import Intent, Known, OpenIntents, PooledGroup, Received, State, Verdict
from execution_stack.reports.domain import Reason
from shared.database import Transaction

GROUPS_PER_CLAIM: Final = 200

_COLUMNS: Final = "id, account, market_id, side, action, quantity, limit_price, max_total"

_OPEN_NAMES: Final = ("ids", "accounts", "tenants", "quantities", "max_totals", "arrivals")
_OPEN_COLUMNS: Final = ", ".join(
    f"array_agg(i.{name} ORDER BY i.arrival) AS {names}"
    for name, names in zip(
        ("id", "account", "tenant_id", "quantity", "max_total", "arrival"), _OPEN_NAMES, strict=True
    )
)


@dataclass(frozen=True, slots=True)
class Ended:
    """An intent that ends without an order, or with its last: what its end needs to know."""

    intent_id: UUID
    tenant_id: UUID
    account: UUID
    market_id: UUID
    action: Action


def _intent(row: asyncpg.Record) -> Intent:
    return Intent(
        intent_id=row["id"],
        account=row["account"],
        market_id=row["market_id"],
        side=Side(row["side"]),
        action=Action(row["action"]),
        quantity=row["quantity"],
        limit_price=row["limit_price"],
        max_total=row["max_total"],
    )


async def load_known(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Known]:
    """Return the intents that were handed over before, with the answer each got at its receipt.

    An intent that was received and ended later was received: that is its answer for ever.
    """
    rows = await tx.fetch(
        f"SELECT {_COLUMNS}, CASE WHEN NOT was_received THEN reason END AS refused "
        "FROM intent WHERE id = ANY($1::uuid[])",
        ids,
    )
    return {
        row["id"]: Known(_intent(row), None if row["refused"] is None else Reason(row["refused"]))
        for row in rows
    }


async def insert(
    tx: Transaction, verdicts: Sequence[Verdict], tenants: Sequence[UUID], at: datetime
) -> set[UUID]:
    """Store new intents in their order of arrival; return the ids that were not known to anybody."""
    intents = [verdict.intent for verdict in verdicts]
    ids = [intent.intent_id for intent in intents]
    refused = [verdict.refused for verdict in verdicts]
    stored = await tx.fetch_value(
        "WITH stored AS (INSERT INTO intent (tenant_id, id, account, market_id, side, action, quantity, "
        "limit_price, max_total, received_at, was_received, state, reason, ended_at) "
        "SELECT tenant_id, id, account, market_id, side, action, quantity, limit_price, max_total, "
        "$10::timestamptz, reason IS NULL, "
        "CASE WHEN reason IS NULL THEN 'received'::intent_state ELSE 'refused' END, reason, "
        "CASE WHEN reason IS NOT NULL THEN $10::timestamptz END "
        "FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::ledger_contract_side[], "
        "$6::intent_action[], $7::bigint[], $8::integer[], $9::bigint[], $11::intent_reason[]) "
        "WITH ORDINALITY AS new (tenant_id, id, account, market_id, side, action, quantity, limit_price, "
        "max_total, reason, place) ORDER BY place ON CONFLICT DO NOTHING RETURNING true) "
        "SELECT count(*) FROM stored",
        tenants,
        ids,
        [intent.account for intent in intents],
        [intent.market_id for intent in intents],
        [intent.side for intent in intents],
        [intent.action for intent in intents],
        [intent.quantity for intent in intents],
        [intent.limit_price for intent in intents],
        [intent.max_total for intent in intents],
        at,
        refused,
    )
    if stored == len(ids):
        return set(ids)
    rows = await tx.fetch(
        "SELECT id FROM intent WHERE id = ANY($1::uuid[]) AND xmin = pg_current_xact_id()::xid", ids
    )
    return {row["id"] for row in rows}


async def claim_due(
    tx: Transaction,
    *,
    now: datetime,
    window: timedelta,
    max_size: int,
    blocked_markets: Sequence[UUID],
    short_of: Mapping[UUID, int],
) -> list[PooledGroup]:
    """Take the rows of groups whose oldest intent waited for `window`, or that are `max_size` large.

    Rows that somebody else has in hand (a cancel, another worker) are left to the next window. So are those
    that may cost more than their tenant has free, of the tenants in `short_of`.
    """
    affordable = (
        "AND NOT EXISTS (SELECT FROM unnest($5::uuid[], $6::bigint[]) AS s (tenant_id, free) "
        "WHERE s.tenant_id = i.tenant_id AND i.max_total > s.free)"
        if short_of
        else ""
    )
    short = (list(short_of), list(short_of.values())) if short_of else ()
    rows = await tx.fetch(
        "WITH due AS (SELECT market_id, side, action, limit_price FROM intent i "
        f"  WHERE state = 'received' AND market_id <> ALL($4::uuid[]) {affordable} GROUP BY 1, 2, 3, 4 "
        "  HAVING min(received_at) <= $1 OR count(*) >= $2 ORDER BY min(arrival) LIMIT $3) "
        f"SELECT due.market_id, due.side, due.action, due.limit_price, {_OPEN_COLUMNS} "
        "FROM due CROSS JOIN LATERAL ("
        "  SELECT i.id, i.account, i.tenant_id, i.quantity, i.max_total, i.arrival FROM intent i "
        "  WHERE i.state = 'received' AND i.market_id = due.market_id AND i.side = due.side "
        f"  AND i.action = due.action AND i.limit_price = due.limit_price {affordable} "
        "  ORDER BY i.arrival LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED) AS i GROUP BY 1, 2, 3, 4",
        now - window,
        max_size,
        GROUPS_PER_CLAIM,
        blocked_markets,
        *short,
    )
    return [
        PooledGroup(
            row["market_id"], Side(row["side"]), Action(row["action"]), row["limit_price"], _open_intents(row)
        )
        for row in rows
    ]


def _open_intents(row: asyncpg.Record) -> OpenIntents:
    return OpenIntents(*(tuple(row[name]) for name in _OPEN_NAMES))


async def load_windows(tx: Transaction, window_ids: Sequence[UUID]) -> dict[UUID, OpenIntents]:
    """Return the intents that windows pooled, in their order of arrival."""
    rows = await tx.fetch(
        f"SELECT i.window_id, {_OPEN_COLUMNS} FROM intent i WHERE i.window_id = ANY($1::uuid[]) GROUP BY 1",
        window_ids,
    )
    return dict.fromkeys(window_ids, OpenIntents.of(())) | {
        row["window_id"]: _open_intents(row) for row in rows
    }


async def mark_pooled(tx: Transaction, window_id: UUID, ids: Sequence[UUID]) -> int:
    """Give waiting intents to a window; return how many were waiting."""
    rows = await tx.fetch(
        "UPDATE intent SET state = 'pooled', window_id = $1 "
        "WHERE id = ANY($2::uuid[]) AND state = 'received' RETURNING id",
        window_id,
        ids,
    )
    return len(rows)


async def mark_final(
    tx: Transaction, ids: Sequence[UUID], filled: Sequence[int], at: datetime
) -> list[Ended]:
    """End pooled intents with what was filled of each."""
    rows = await tx.fetch(
        "UPDATE intent i SET state = 'final', filled = f.filled, ended_at = $3 "
        "FROM unnest($1::uuid[], $2::bigint[]) AS f (id, filled) WHERE i.id = f.id AND i.state = 'pooled' "
        "RETURNING i.id, i.tenant_id, i.account, i.market_id, i.action",
        ids,
        filled,
        at,
    )
    return _ended(rows)


async def end_waiting(
    tx: Transaction, ids: Sequence[UUID], reasons: Sequence[Reason], at: datetime
) -> list[Ended]:
    """End those of the intents that still wait; a cancelled one is told apart by its reason.

    Rows are taken in id order. One that a window has in hand is waited for, and then no longer waits.
    """
    rows = await tx.fetch(
        "WITH ending AS (SELECT i.id, e.reason FROM intent i "
        "  JOIN unnest($1::uuid[], $2::intent_reason[]) AS e (id, reason) ON e.id = i.id "
        "  WHERE i.state = 'received' ORDER BY i.id FOR NO KEY UPDATE OF i) "
        "UPDATE intent i SET state = CASE WHEN e.reason = 'cancelled' THEN 'cancelled'::intent_state "
        "ELSE 'refused' END, reason = e.reason, ended_at = $3 "
        "FROM ending e WHERE i.id = e.id RETURNING i.id, i.tenant_id, i.account, i.market_id, i.action",
        ids,
        reasons,
        at,
    )
    return _ended(rows)


async def load_states(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, State]:
    """Return where the known ones of the intents stand."""
    rows = await tx.fetch("SELECT id, state FROM intent WHERE id = ANY($1::uuid[])", ids)
    return {row["id"]: State(row["state"]) for row in rows}


async def list_short(tx: Transaction, free: Mapping[UUID, int]) -> set[UUID]:
    """Return those of the tenants that have a waiting intent which may cost more than they have free."""
    rows = await tx.fetch(
        "SELECT s.tenant_id FROM unnest($1::uuid[], $2::bigint[]) AS s (tenant_id, free) WHERE EXISTS "
        "(SELECT FROM intent i WHERE i.state = 'received' AND i.tenant_id = s.tenant_id "
        "AND i.max_total > s.free)",
        list(free),
        list(free.values()),
    )
    return {row["tenant_id"] for row in rows}


async def claim_overdue(
    tx: Transaction, short_of: Mapping[UUID, int], received_until: datetime, limit: int
) -> list[Ended]:
    """Take waiting intents that came up to a moment and may cost more than their tenant has free."""
    rows = await tx.fetch(
        "SELECT i.id, i.tenant_id, i.account, i.market_id, i.action FROM intent i "
        "JOIN unnest($1::uuid[], $2::bigint[]) AS s (tenant_id, free) USING (tenant_id) "
        "WHERE i.state = 'received' AND i.max_total > s.free AND i.received_at <= $3 "
        "ORDER BY i.id LIMIT $4 FOR NO KEY UPDATE OF i SKIP LOCKED",
        list(short_of),
        list(short_of.values()),
        received_until,
        limit,
    )
    return _ended(rows)


async def count_waiting(tx: Transaction) -> tuple[int, datetime | None]:
    """Return how many windows wait, and since when the oldest of them does."""
    row = await tx.fetch_row(
        "SELECT count(*) AS windows, min(oldest) AS oldest FROM (SELECT min(received_at) AS oldest "
        "FROM intent WHERE state = 'received' GROUP BY market_id, side, action, limit_price) AS w"
    )
    return (0, None) if row is None else (row["windows"], row["oldest"])


async def list_waiting(tx: Transaction, market_id: UUID | None, limit: int) -> list[UUID]:
    """Return intents of a market, or of all, that still wait."""
    rows = await tx.fetch(
        "SELECT id FROM intent WHERE state = 'received' AND ($1::uuid IS NULL OR market_id = $1) "
        "ORDER BY arrival LIMIT $2",
        market_id,
        limit,
    )
    return [row["id"] for row in rows]


async def count_unfinished(tx: Transaction, market_id: UUID) -> int:
    """Return how many intents of a market wait or are in an order that is not final."""
    count: int = await tx.fetch_value(
        "SELECT count(*) FROM intent WHERE market_id = $1 AND state IN ('received', 'pooled')", market_id
    )
    return count


async def list_final(tx: Transaction, market_id: UUID) -> list[UUID]:
    """Return the intents of a market that were part of an order which has ended."""
    rows = await tx.fetch("SELECT id FROM intent WHERE market_id = $1 AND state = 'final'", market_id)
    return [row["id"] for row in rows]


async def list_interested_tenants(tx: Transaction, market_id: UUID) -> list[UUID]:
    """Return the tenants that ever had an intent in a market."""
    rows = await tx.fetch("SELECT DISTINCT tenant_id FROM intent WHERE market_id = $1 ORDER BY 1", market_id)
    return [row["tenant_id"] for row in rows]


async def list_received(tx: Transaction, after: UUID | None, limit: int) -> list[Received]:
    """Return intents that were received, in id order."""
    rows = await tx.fetch(
        "SELECT id, action, state, quantity, max_total, coalesce(filled, 0) AS filled FROM intent "
        "WHERE was_received AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2",
        after,
        limit,
    )
    return [
        Received(
            intent_id=row["id"],
            action=Action(row["action"]),
            state=State(row["state"]),
            quantity=row["quantity"],
            max_total=row["max_total"],
            filled=row["filled"],
        )
        for row in rows
    ]


def _ended(rows: Iterable[asyncpg.Record]) -> list[Ended]:
    return [
        Ended(row["id"], row["tenant_id"], row["account"], row["market_id"], Action(row["action"]))
        for row in rows
    ]
