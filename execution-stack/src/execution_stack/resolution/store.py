"""Every query of resolved markets and of declared voids."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from execution_stack.reports.domain import Basis
from execution_stack.resolution.domain.plans import Outcome, Resolved
from execution_stack.resolution.domain.revisions import Identity
from execution_stack.resolution.domain.voids import Void, VoidOutcome
from shared.database import Transaction

_CURRENT: Final = (
    "SELECT DISTINCT ON (market_id) market_id, yes_value, payouts, fees, exchange_cash, pair_cash, basis, "
    "revision FROM resolution_market"
)
_VOID: Final = (
    "SELECT v.*, d.outcome, d.decided_by FROM resolution_void v "
    "LEFT JOIN resolution_void_decision d ON d.void_id = v.id"
)
_OPEN: Final = (
    "(d.outcome IS NULL OR d.outcome = 'approved') "
    "AND NOT EXISTS (SELECT FROM resolution_market m WHERE m.void_id = v.id)"
)


async def insert(tx: Transaction, outcome: Outcome, identity: Identity, void_id: UUID | None) -> None:
    """Write what was posted for a market. The same revision a second time is a unique violation."""
    await tx.execute(
        "INSERT INTO resolution_market (market_id, yes_value, yes_gross, no_gross, payouts, fees, "
        "exchange_cash, pair_cash, resolved_at, revision, basis, void_id) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        outcome.market_id,
        outcome.yes_value,
        identity.gross.yes,
        identity.gross.no,
        identity.payouts,
        identity.fees,
        outcome.exchange_cash,
        identity.payouts - identity.fees - outcome.exchange_cash,
        outcome.at,
        outcome.revision,
        outcome.basis,
        void_id,
    )


async def list_current(tx: Transaction) -> list[Resolved]:
    """Return the outcome that stands of every paid market."""
    return [_resolved(row) for row in await tx.fetch(f"{_CURRENT} ORDER BY market_id, revision DESC")]


async def load_standing(tx: Transaction, market_ids: Sequence[UUID]) -> dict[UUID, Resolved]:
    """Return the outcome that stands of those of the markets that were paid."""
    rows = await tx.fetch(
        f"{_CURRENT} WHERE market_id = ANY($1::uuid[]) ORDER BY market_id, revision DESC", market_ids
    )
    return {row["market_id"]: _resolved(row) for row in rows}


async def list_due(tx: Transaction) -> list[tuple[UUID, Resolved | None]]:
    """Return final markets that are not paid by their value and had an intent ever, with what stands of each.

    What people ended stays ended. One statement: what stands is what the market was found due by.
    """
    rows = await tx.fetch(
        f"WITH standing AS ({_CURRENT} ORDER BY market_id, revision DESC) "
        "SELECT m.id, s.* FROM market m LEFT JOIN standing s ON s.market_id = m.id "
        "WHERE m.yes_value IS NOT NULL "
        "AND (s.market_id IS NULL OR (s.basis = 'value' AND s.yes_value <> m.yes_value)) "
        "AND EXISTS (SELECT FROM intent i WHERE i.market_id = m.id) ORDER BY m.id"
    )
    return [(row["id"], None if row["market_id"] is None else _resolved(row)) for row in rows]


async def list_amended(tx: Transaction) -> list[tuple[UUID, int, int | None]]:
    """Return paid markets whose value is another now: (market, value paid, value now, if there is one)."""
    rows = await tx.fetch(
        f"WITH standing AS ({_CURRENT} ORDER BY market_id, revision DESC) "
        "SELECT s.market_id, s.yes_value, m.yes_value FROM standing s "
        "LEFT JOIN market m ON m.id = s.market_id "
        "WHERE s.basis = 'value' AND m.yes_value IS DISTINCT FROM s.yes_value ORDER BY 1"
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def load_current(tx: Transaction, market_id: UUID) -> Resolved | None:
    """Return the outcome that stands of a market, if it was paid."""
    row = await tx.fetch_row(f"{_CURRENT} WHERE market_id = $1 ORDER BY market_id, revision DESC", market_id)
    return None if row is None else _resolved(row)


def _resolved(row: asyncpg.Record) -> Resolved:
    return Resolved(
        market_id=row["market_id"],
        yes_value=row["yes_value"],
        payouts=row["payouts"],
        fees=row["fees"],
        exchange_cash=row["exchange_cash"],
        pair_cash=row["pair_cash"],
        basis=Basis(row["basis"]),
        revision=row["revision"],
    )


async def insert_void(tx: Transaction, void: Void) -> None:
    """Keep a declared void."""
    await tx.execute(
        "INSERT INTO resolution_void (id, market_id, returned, proposed_by, proposed_at, form, "
        "fees_returned) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        void.id,
        void.market_id,
        void.returned,
        void.proposed_by,
        void.proposed_at,
        void.form,
        void.fees_returned,
    )


async def insert_void_decision(
    tx: Transaction, void_id: UUID, outcome: VoidOutcome, operator: UUID, at: datetime
) -> bool:
    """Keep how a void was decided; return False when it was decided before."""
    row = await tx.fetch_row(
        "INSERT INTO resolution_void_decision (void_id, decided_by, decided_at, outcome) "
        "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING void_id",
        void_id,
        operator,
        at,
        outcome,
    )
    return row is not None


async def load_void(tx: Transaction, void_id: UUID) -> Void | None:
    """Return a declared void and its decision."""
    row = await tx.fetch_row(f"{_VOID} WHERE v.id = $1", void_id)
    return None if row is None else _void(row)


async def list_open_voids(tx: Transaction, market_ids: Sequence[UUID] | None = None) -> list[Void]:
    """Return voids that are not rejected and not carried out, of some markets or of all."""
    rows = await tx.fetch(
        f"{_VOID} WHERE {_OPEN} AND ($1::uuid[] IS NULL OR v.market_id = ANY($1)) ORDER BY v.id", market_ids
    )
    return [_void(row) for row in rows]


def _void(row: asyncpg.Record) -> Void:
    return Void(
        id=row["id"],
        market_id=row["market_id"],
        form=Basis(row["form"]),
        fees_returned=row["fees_returned"],
        returned=row["returned"],
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        outcome=None if row["outcome"] is None else VoidOutcome(row["outcome"]),
        decided_by=row["decided_by"],
    )
