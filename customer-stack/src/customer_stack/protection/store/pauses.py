"""Pauses and returns: pauses are appended and stay, a return ends once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any, Final
from uuid import UUID

from customer_stack.protection.domain.pauses import (
    Asked,
    Exclusion,
    Pause,
    PauseCause,
    Paused,
    PauseKind,
)
from shared.database import Transaction
from shared.errors import invariant

_KINDS: Final = {PauseKind.COOLING: 1, PauseKind.EXCLUSION: 2}
_CAUSES: Final = {PauseCause.OWN: 1, PauseCause.STAFF: 2, PauseCause.SAME_PERSON: 3}
_OF_KINDS: Final = {code: kind for kind, code in _KINDS.items()}
_OF_CAUSES: Final = {code: cause for cause, code in _CAUSES.items()}


class Outcome(IntEnum):
    """How a return that was asked for ended."""

    CONFIRMED = 1
    WITHDRAWN = 2
    LAPSED = 3


async def insert_pauses(tx: Transaction, pauses: Sequence[Pause]) -> None:
    """Keep pauses."""
    await tx.execute(
        "INSERT INTO protection_pause "
        "(tenant_id, id, customer_id, kind, cause, begins_at, ends_at, caused_by) "
        "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::smallint[], "
        "$6::timestamptz[], $7::timestamptz[], $8::uuid[])",
        [each.tenant_id for each in pauses],
        [each.id for each in pauses],
        [each.customer_id for each in pauses],
        [_KINDS[each.kind] for each in pauses],
        [_CAUSES[each.cause] for each in pauses],
        [each.begins_at for each in pauses],
        [each.ends_at for each in pauses],
        [each.caused_by for each in pauses],
    )


async def load_paused(tx: Transaction, customer_ids: Sequence[UUID], now: datetime) -> Mapping[UUID, Paused]:
    """Return how each customer pauses. Exclusions from before the last confirmed return are over."""
    rows = await tx.fetch(
        "SELECT c.id, p.cooling_until, p.excluded_since, p.excluded_until, p.is_for_good, "
        "       a.id AS asked_id, a.asked_at, a.ready_at, a.lapses_at "
        "FROM unnest($1::uuid[]) AS c (id) "
        "CROSS JOIN LATERAL (SELECT max(r.ended_at) AS at FROM protection_return r "
        "  WHERE r.customer_id = c.id AND r.outcome = 1) back "
        "CROSS JOIN LATERAL (SELECT "
        "  max(k.ends_at) FILTER (WHERE k.kind = 1 AND k.ends_at > $2) AS cooling_until, "
        "  min(k.begins_at) FILTER (WHERE k.kind = 2) AS excluded_since, "
        "  max(k.ends_at) FILTER (WHERE k.kind = 2) AS excluded_until, "
        "  bool_or(k.ends_at IS NULL) AS is_for_good "
        "  FROM protection_pause k WHERE k.customer_id = c.id "
        "  AND (k.kind = 1 OR back.at IS NULL OR k.begins_at > back.at)) p "
        "LEFT JOIN protection_return a ON a.customer_id = c.id AND a.outcome IS NULL AND a.lapses_at > $2",
        list(customer_ids),
        now,
    )
    return {row["id"]: _paused(row) for row in rows}


async def list_pauses(tx: Transaction, customer_id: UUID) -> list[Pause]:
    """Return every pause of a customer, oldest first; there are few, and each made something longer."""
    rows = await tx.fetch(
        "SELECT * FROM protection_pause WHERE customer_id = $1 ORDER BY begins_at, id LIMIT 200", customer_id
    )
    return [
        Pause(
            row["id"],
            row["tenant_id"],
            row["customer_id"],
            _OF_KINDS[row["kind"]],
            _OF_CAUSES[row["cause"]],
            row["begins_at"],
            row["ends_at"],
            row["caused_by"],
        )
        for row in rows
    ]


async def insert_return(tx: Transaction, tenant_id: UUID, customer_id: UUID, asked: Asked) -> None:
    """Keep a return that was asked for; one before it that lapsed is ended by the way."""
    await end_return(tx, customer_id, Outcome.LAPSED, asked.asked_at)
    await tx.execute(
        "INSERT INTO protection_return (tenant_id, id, customer_id, asked_at, ready_at, lapses_at) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        tenant_id,
        asked.id,
        customer_id,
        asked.asked_at,
        asked.ready_at,
        asked.lapses_at,
    )


async def end_return(tx: Transaction, customer_id: UUID, outcome: Outcome, at: datetime) -> None:
    """End the return that waits, if there is one."""
    rows = await tx.fetch(
        "UPDATE protection_return SET outcome = $2, ended_at = $3 "
        "WHERE customer_id = $1 AND outcome IS NULL RETURNING 1",
        customer_id,
        int(outcome),
        at,
    )
    invariant(len(rows) <= 1, "one return waits at most")


def _paused(row: Any) -> Paused:
    exclusion = None
    if row["excluded_since"] is not None:
        exclusion = Exclusion(row["excluded_since"], None if row["is_for_good"] else row["excluded_until"])
    asked = None
    if exclusion is not None and row["asked_id"] is not None:
        asked = Asked(row["asked_id"], row["asked_at"], row["ready_at"], row["lapses_at"])
    return Paused(row["cooling_until"], exclusion, asked)
