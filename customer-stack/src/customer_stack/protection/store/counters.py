"""Counters: standings read in one statement, moments and hours moved together.

A LATERAL part that aggregates stays a probe by key for each customer, and an array behind a SELECT has no
length that the planner sees: so one plan serves every batch.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from customer_stack.protection.domain.counting import Edge, Measure, Window, edge_of
from customer_stack.protection.domain.limits import Limit, LimitKind, Source
from shared.columns import folded
from shared.database import Transaction
from shared.errors import invariant

KIND_CODES: Final = {LimitKind.DEPOSIT: 1, LimitKind.WITHDRAWAL: 2, LimitKind.STAKE: 3, LimitKind.LOSS: 4}
WINDOW_CODES: Final = {Window.DAY: 1, Window.WEEK: 2, Window.MONTH: 3}
SETTER_CODES: Final = {Source.OWN: 1, Source.STAFF: 2}
"""How the tables call kinds, windows and setters."""

CODES: Final = {
    (kind, window): 10 * kind_code + window_code
    for kind, kind_code in KIND_CODES.items()
    for window, window_code in WINDOW_CODES.items()
}
_OF_CODES: Final = {code: key for key, code in CODES.items()}
_OF_SETTERS: Final = {code: source for source, code in SETTER_CODES.items()}

COLUMNS: Final = {
    Measure.DEPOSIT: "deposited",
    Measure.WITHDRAWAL: "withdrawn",
    Measure.STAKE: "staked",
    Measure.RETURN: "returned",
}
"""Where the tables keep measures."""

Moment = tuple[UUID, datetime]
"""Customer and moment."""
Amounts = Mapping[Measure, int]


class Counted(NamedTuple):
    """What one customer's statement row says: sums by measure and window, and the customer's own limits."""

    sums: tuple[int, ...]
    limits: tuple[Limit, ...]
    policy: asyncpg.Record | None
    interval_minutes: int | None
    acknowledged_at: datetime | None


_NAMES: Final = ", ".join(COLUMNS.values())
_FLAGS: Final = ("in_day", "in_week", "in_month")
_SUMS: Final = ", ".join(
    f"coalesce(sum(x.{column}) FILTER (WHERE x.{flag}), 0)::bigint"
    for column in COLUMNS.values()
    for flag in _FLAGS
)


def _tail(after: int, flag: str) -> str:
    flags = ", ".join(f"{each == flag} AS {each}" for each in _FLAGS)
    return (
        f"SELECT {flags}, {_NAMES} FROM protection_moment m "
        f"WHERE m.customer_id = c.customer_id AND m.at > ${after} AND m.at < ${after + 1}"
    )


# $3..$8: the edge of each window, after and whole.
_STANDINGS: Final = f"""
    SELECT c.customer_id, s.sums, l.codes, l.setters, l.amounts, y.interval_minutes, y.acknowledged_at, p.*
    FROM unnest((SELECT $1::uuid[]), $2::uuid[]) AS c (customer_id, tenant_id)
    CROSS JOIN LATERAL (
        SELECT ARRAY[{_SUMS}] AS sums FROM (
            SELECT h.hour >= $4 AS in_day, h.hour >= $6 AS in_week, true AS in_month, {_NAMES}
            FROM protection_hour h WHERE h.customer_id = c.customer_id AND h.hour >= $8
            UNION ALL {_tail(3, "in_day")}
            UNION ALL {_tail(5, "in_week")}
            UNION ALL {_tail(7, "in_month")}) x) s
    CROSS JOIN LATERAL (
        SELECT array_agg(k.code) AS codes, array_agg(k.setter) AS setters, array_agg(k.amount) AS amounts
        FROM protection_limit k WHERE k.customer_id = c.customer_id AND k.amount IS NOT NULL) l
    LEFT JOIN LATERAL (
        SELECT r.version, r.limit_codes, r.limit_amounts, r.cooling_hours, r.confirm_hours,
               r.sells_when_excluded, r.reality_minutes, r.reality_required
        FROM protection_policy r WHERE r.tenant_id = c.tenant_id ORDER BY r.version DESC LIMIT 1) p ON true
    LEFT JOIN protection_reality y ON y.customer_id = c.customer_id
"""


async def load_standings(
    tx: Transaction, tenant_of: Mapping[UUID, UUID], now: datetime
) -> dict[UUID, Counted]:
    """Return what the windows of each customer hold at `now`, and the limits. Customer -> tenant given."""
    edges: list[Edge] = [edge_of(window, now) for window in Window]
    rows = await tx.fetch(
        _STANDINGS,
        list(tenant_of.keys()),
        list(tenant_of.values()),
        *(moment for edge in edges for moment in edge),
    )
    return {
        row["customer_id"]: Counted(
            tuple(row["sums"]),
            _limits(row),
            None if row["version"] is None else row,
            row["interval_minutes"],
            row["acknowledged_at"],
        )
        for row in rows
    }


def read_limits(codes: Sequence[int], amounts: Sequence[int], source: Source) -> tuple[Limit, ...]:
    """Return limits of one source from how the tables keep them."""
    return tuple(Limit(*_OF_CODES[code], amount, source) for code, amount in zip(codes, amounts, strict=True))


def _limits(row: asyncpg.Record) -> tuple[Limit, ...]:
    if row["codes"] is None:
        return ()
    found = zip(row["codes"], row["setters"], row["amounts"], strict=True)
    return tuple(Limit(*_OF_CODES[code], amount, _OF_SETTERS[setter]) for code, setter, amount in found)


_TYPES: Final = {"tenant_id": "uuid", "customer_id": "uuid", "at": "timestamptz"} | dict.fromkeys(
    COLUMNS.values(), "bigint"
)
_ROWS: Final = "(SELECT {chosen} FROM unnest({arrays}) AS u ({names})) AS w".format(
    chosen=", ".join(
        f"coalesce(u.{name}, (${number}::{kind}[])[1]) AS {name}"
        for number, (name, kind) in enumerate(_TYPES.items(), start=1)
    ),
    arrays=", ".join(f"${number}::{kind}[]" for number, kind in enumerate(_TYPES.values(), start=1)),
    names=", ".join(_TYPES),
)
_HOURS: Final = (
    "SELECT tenant_id, customer_id, date_trunc('hour', at, 'UTC') AS hour, "
    + ", ".join(f"sum({column})::bigint AS {column}" for column in COLUMNS.values())
    + " FROM w GROUP BY 1, 2, 3"
)


def _adding(table: str) -> str:
    return ", ".join(f"{column} = {table}.{column} + excluded.{column}" for column in COLUMNS.values())


_TAKING: Final = ", ".join(f"{column} = k.{column} + v.{column}" for column in COLUMNS.values())

_ADD: Final = f"""
    WITH w AS MATERIALIZED (SELECT * FROM {_ROWS}), moments AS (
        INSERT INTO protection_moment (tenant_id, customer_id, at, {_NAMES}) SELECT * FROM w
        ON CONFLICT ON CONSTRAINT protection_moment_pk DO UPDATE SET {_adding("protection_moment")})
    INSERT INTO protection_hour (tenant_id, customer_id, hour, {_NAMES}) {_HOURS}
    ON CONFLICT ON CONSTRAINT protection_hour_pk DO UPDATE SET {_adding("protection_hour")}
"""
_TAKE_BACK: Final = f"""
    WITH w AS MATERIALIZED (SELECT * FROM {_ROWS}), hours AS (
        UPDATE protection_hour k SET {_TAKING} FROM ({_HOURS}) v
        WHERE k.customer_id = v.customer_id AND k.hour = v.hour)
    UPDATE protection_moment k SET {_TAKING} FROM w v
    WHERE k.customer_id = v.customer_id AND k.at = v.at RETURNING 1
"""


async def add(tx: Transaction, amounts: Mapping[Moment, Amounts], tenant_of: Mapping[UUID, UUID]) -> None:
    """Add to moments and their hours."""
    await tx.execute(_ADD, *_columns(amounts, tenant_of))


async def take_back(
    tx: Transaction, amounts: Mapping[Moment, Amounts], tenant_of: Mapping[UUID, UUID]
) -> None:
    """Take amounts (below zero) out of the moments that they entered, and out of their hours."""
    rows = await tx.fetch(_TAKE_BACK, *_columns(amounts, tenant_of))
    invariant(len(rows) == len(amounts), "what is taken back is taken out of the moment that it entered")


async def load_moments(tx: Transaction, tenant_id: UUID) -> dict[Moment, dict[Measure, int]]:
    """Return all that was counted of a tenant, by customer and moment."""
    rows = await tx.fetch(
        f"SELECT customer_id, at, {_NAMES} FROM protection_moment WHERE tenant_id = $1", tenant_id
    )
    return {(row["customer_id"], row["at"]): _amounts(row) for row in rows}


async def load_hours(tx: Transaction, tenant_id: UUID) -> dict[Moment, dict[Measure, int]]:
    """Return all sums of hours of a tenant, by customer and hour."""
    rows = await tx.fetch(
        f"SELECT customer_id, hour, {_NAMES} FROM protection_hour WHERE tenant_id = $1", tenant_id
    )
    return {(row["customer_id"], row["hour"]): _amounts(row) for row in rows}


async def set_all(
    tx: Transaction, tenant_id: UUID, moments: Mapping[Moment, Amounts], hours: Mapping[Moment, Amounts]
) -> None:
    """Write moments and hours anew, as they were recomputed."""
    for table, column, amounts in (
        ("protection_moment", "at", moments),
        ("protection_hour", "hour", hours),
    ):
        values = ", ".join(f"{each} = excluded.{each}" for each in COLUMNS.values())
        await tx.execute(
            f"INSERT INTO {table} (tenant_id, customer_id, {column}, {_NAMES}) SELECT * FROM {_ROWS} "
            f"ON CONFLICT ON CONSTRAINT {table}_pk DO UPDATE SET {values}",
            *_columns(amounts, dict.fromkeys((customer for customer, _ in amounts), tenant_id)),
        )


def _amounts(row: asyncpg.Record) -> dict[Measure, int]:
    return {measure: row[column] for measure, column in COLUMNS.items() if row[column]}


def _columns(amounts: Mapping[Moment, Amounts], tenant_of: Mapping[UUID, UUID]) -> list[Sequence[object]]:
    keys = sorted(amounts)
    return [
        folded([tenant_of[customer_id] for customer_id, _ in keys]),
        [customer_id for customer_id, _ in keys],
        folded([at for _, at in keys]),
        *(folded([amounts[key].get(measure, 0) for key in keys]) for measure in COLUMNS),
    ]
