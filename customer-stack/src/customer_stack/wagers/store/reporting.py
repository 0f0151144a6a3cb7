"""Reading what a page of reports touches, and writing what it changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.boundary_client.domain import Report, Resolution, Side
from customer_stack.markets.domain import MarketOutcome
from customer_stack.wagers.domain.amounts import PositionCost
from customer_stack.wagers.domain.page import Owner, PositionKey
from customer_stack.wagers.domain.recompute import Moved
from customer_stack.wagers.domain.reports import Fault, Wager
from customer_stack.wagers.domain.reversing import Told
from customer_stack.wagers.store.report_rows import ReportRow, from_row
from customer_stack.wagers.store.rows import STANDS
from shared.database import Transaction
from shared.errors import invariant
from shared.ids import HOUSE_TENANT

_INSERT_REPORTS: Final = """
INSERT INTO wager_report (tenant_id, sequence, recorded_at, kind, account_id, customer_id, wager_id,
                          market_id, window_id, side, action, quantity, cost, fee, amount, yes_value,
                          reason, manifest, reverses, revision, basis, received_at)
SELECT *, $22::timestamptz
FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::wager_report_kind[], $5::uuid[], $6::uuid[],
            $7::uuid[], $8::uuid[], $9::uuid[], $10::ledger_contract_side[], $11::wager_action[],
            $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::integer[],
            $17::wager_refusal[], $18::bytea[], $19::bigint[], $20::integer[], $21::market_basis[])
"""


@dataclass(frozen=True, slots=True)
class BreakRow:
    """A contradiction to keep."""

    id: UUID
    tenant_id: UUID
    sequence: int | None
    account_id: UUID | None
    wager_id: UUID | None
    fault: Fault


async def lock_cursor(tx: Transaction) -> int:
    """Return the sequence of the last report that was read, locked until the end of the transaction."""
    value = await tx.fetch_value("SELECT sequence FROM wager_report_cursor FOR UPDATE")
    return int(value)


async def move_cursor(tx: Transaction, sequence: int, at: datetime) -> None:
    """Remember that all reports up to `sequence` were read."""
    await tx.execute("UPDATE wager_report_cursor SET sequence = $1, moved_at = $2", sequence, at)


async def load_owners(
    tx: Transaction, account_ids: Iterable[UUID], wager_ids: Iterable[UUID]
) -> dict[UUID, Owner]:
    """Return the owners of accounts, and of the accounts of wagers."""
    rows = await tx.fetch(
        "SELECT account_id, tenant_id, customer_id FROM wager_account WHERE account_id = ANY($1::uuid[]) "
        "UNION SELECT a.account_id, a.tenant_id, a.customer_id FROM wager_order o "
        "JOIN wager_account a USING (customer_id) WHERE o.id = ANY($2::uuid[])",
        sorted(set(account_ids)),
        sorted(set(wager_ids)),
    )
    return {row["account_id"]: Owner(row["tenant_id"], row["customer_id"]) for row in rows}


async def load_positions(
    tx: Transaction, customer_ids: Iterable[UUID], market_ids: Iterable[UUID]
) -> dict[PositionKey, PositionCost]:
    """Return the open positions of customers in markets."""
    rows = await tx.fetch(
        "SELECT customer_id, market_id, side, quantity, cost FROM wager_position "
        "WHERE customer_id = ANY($1::uuid[]) AND market_id = ANY($2::uuid[]) AND quantity > 0",
        sorted(set(customer_ids)),
        sorted(set(market_ids)),
    )
    return {
        (row["customer_id"], row["market_id"], Side(row["side"])): PositionCost(row["quantity"], row["cost"])
        for row in rows
    }


async def load_paid(tx: Transaction, places: Iterable[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], int]:
    """Return (customer, market) -> payouts less settlement fees of (account, market), as far as applied."""
    wanted = sorted(set(places))
    rows = await tx.fetch(
        "SELECT r.customer_id, r.market_id, "
        "sum(CASE r.kind WHEN 'reversal' THEN r.fee - r.amount ELSE r.amount - r.fee END)::bigint AS paid "
        "FROM unnest($1::uuid[], $2::uuid[]) AS w (account_id, market_id) "
        "JOIN wager_report r ON r.account_id = w.account_id AND r.market_id = w.market_id "
        "JOIN wager_report_applied d USING (sequence) "
        "WHERE r.kind IN ('payout', 'settlement_fee') OR (r.kind = 'reversal' AND r.action IS NULL) "
        "GROUP BY 1, 2",
        [account_id for account_id, _ in wanted],
        [market_id for _, market_id in wanted],
    )
    return {(row["customer_id"], row["market_id"]): row["paid"] for row in rows}


async def load_told(tx: Transaction, sequences: Iterable[int]) -> dict[int, Told]:
    """Return the reports with these numbers, whether they took effect, and whether they were taken back."""
    rows = await tx.fetch(
        "SELECT r.*, "
        "EXISTS (SELECT FROM wager_report_applied d WHERE d.sequence = r.sequence) AS is_applied, "
        "EXISTS (SELECT FROM wager_report v JOIN wager_report_applied d USING (sequence) "
        "        WHERE v.reverses = r.sequence) AS is_reversed "
        "FROM wager_report r WHERE r.sequence = ANY($1::bigint[])",
        sorted(set(sequences)),
    )
    return {row["sequence"]: Told(from_row(row), row["is_applied"], row["is_reversed"]) for row in rows}


async def load_moves(
    tx: Transaction, places: Iterable[tuple[UUID, UUID]]
) -> dict[PositionKey, list[tuple[int, Moved]]]:
    """Return the moves that stand of positions of (account, market), in the order of their reports."""
    wanted = sorted(set(places))
    rows = await tx.fetch(
        "SELECT r.sequence, r.customer_id, r.market_id, r.side, r.quantity, r.cost, "
        "r.kind = 'fill' AND r.action = 'buy' AS comes "
        "FROM unnest($1::uuid[], $2::uuid[]) AS w (account_id, market_id) "
        "JOIN wager_report r ON r.account_id = w.account_id AND r.market_id = w.market_id "
        "JOIN wager_report_applied d USING (sequence) "
        f"WHERE r.kind IN ('fill', 'payout') AND {STANDS} ORDER BY r.sequence",
        [account_id for account_id, _ in wanted],
        [market_id for _, market_id in wanted],
    )
    moves: dict[PositionKey, list[tuple[int, Moved]]] = {}
    for row in rows:
        key = (row["customer_id"], row["market_id"], Side(row["side"]))
        moved = Moved(row["quantity"], row["cost"], comes=row["comes"])
        moves.setdefault(key, []).append((row["sequence"], moved))
    return moves


async def load_stopped(tx: Transaction, account_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of the accounts whose reports are parked."""
    rows = await tx.fetch(
        "SELECT account_id FROM wager_feed_stop WHERE account_id = ANY($1::uuid[])", sorted(set(account_ids))
    )
    return {row["account_id"] for row in rows}


async def insert_reports(tx: Transaction, reports: Sequence[ReportRow], received_at: datetime) -> None:
    """Keep reports as they were reported."""
    await tx.execute(
        _INSERT_REPORTS,
        [report.tenant_id for report in reports],
        [report.sequence for report in reports],
        [report.recorded_at for report in reports],
        [report.kind for report in reports],
        [report.account_id for report in reports],
        [report.customer_id for report in reports],
        [report.wager_id for report in reports],
        [report.market_id for report in reports],
        [report.window_id for report in reports],
        [report.side for report in reports],
        [report.action for report in reports],
        [report.quantity for report in reports],
        [report.cost for report in reports],
        [report.fee for report in reports],
        [report.amount for report in reports],
        [report.yes_value for report in reports],
        [report.reason for report in reports],
        [report.manifest for report in reports],
        [report.reverses for report in reports],
        [report.revision for report in reports],
        [report.basis for report in reports],
        received_at,
    )


async def insert_applied(tx: Transaction, applied: Sequence[tuple[UUID, int]], at: datetime) -> None:
    """Note which reports (tenant, sequence) took effect. A second time is a unique violation."""
    await tx.execute(
        "INSERT INTO wager_report_applied (tenant_id, sequence, applied_at) "
        "SELECT *, $3 FROM unnest($1::uuid[], $2::bigint[])",
        [tenant_id for tenant_id, _ in applied],
        [sequence for _, sequence in applied],
        at,
    )


async def insert_breaks(tx: Transaction, breaks: Sequence[BreakRow], at: datetime) -> None:
    """Keep contradictions."""
    if not breaks:
        return
    await tx.execute(
        "INSERT INTO wager_break (id, tenant_id, sequence, account_id, wager_id, fault, found_at) "
        "SELECT *, $7 FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::uuid[], "
        "$6::wager_fault[]) "
        "ON CONFLICT DO NOTHING",
        [found.id for found in breaks],
        [found.tenant_id for found in breaks],
        [found.sequence for found in breaks],
        [found.account_id for found in breaks],
        [found.wager_id for found in breaks],
        [found.fault for found in breaks],
        at,
    )


async def insert_stops(tx: Transaction, breaks: Sequence[BreakRow]) -> None:
    """Park the later reports of the accounts of breaks."""
    await tx.execute(
        "INSERT INTO wager_feed_stop (tenant_id, account_id, since_sequence, break_id) "
        "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[])",
        [found.tenant_id for found in breaks],
        [found.account_id for found in breaks],
        [found.sequence for found in breaks],
        [found.id for found in breaks],
    )


async def delete_stop(tx: Transaction, tenant_id: UUID, account_id: UUID) -> int | None:
    """Lift the stop of a tenant's account; returns the sequence it began at, or None without a stop."""
    row = await tx.fetch_row(
        "DELETE FROM wager_feed_stop WHERE account_id = $1 AND tenant_id = $2 RETURNING since_sequence",
        account_id,
        tenant_id,
    )
    return None if row is None else int(row["since_sequence"])


async def load_parked(tx: Transaction, account_id: UUID, since_sequence: int, limit: int) -> list[Report]:
    """Return an account's reports that took no effect yet, in order."""
    rows = await tx.fetch(
        "SELECT r.* FROM wager_report r WHERE r.account_id = $1 AND r.sequence >= $2 AND NOT EXISTS "
        "(SELECT FROM wager_report_applied d WHERE d.sequence = r.sequence) ORDER BY r.sequence LIMIT $3",
        account_id,
        since_sequence,
        limit,
    )
    return [from_row(row) for row in rows]


async def load_ends(tx: Transaction, market_ids: Iterable[UUID]) -> list[tuple[int, UUID, MarketOutcome]]:
    """Return (sequence, market, outcome) of every resolution of the markets that took effect, in order.

    Resolutions belong to no customer, so they stand under the house's tenant, among few other reports.
    """
    rows = await tx.fetch(
        "SELECT r.* FROM wager_report r JOIN wager_report_applied d USING (sequence) "
        "WHERE r.tenant_id = $2 AND r.kind = 'resolution' AND r.market_id = ANY($1::uuid[]) "
        "ORDER BY r.sequence",
        sorted(set(market_ids)),
        HOUSE_TENANT,
    )
    told = [from_row(row) for row in rows]
    return [
        (each.sequence, each.market_id, MarketOutcome(each.yes_value, each.basis, each.revision))
        for each in told
        if isinstance(each, Resolution)
    ]


async def update_wagers(tx: Transaction, wagers: Sequence[Wager], at: datetime) -> None:
    """Write how wagers stand now. Their rows are locked.

    The transaction probes by key (`probes_only`). A list of all ids beside the join, which would ask for one
    scan of the index, is sorted anew for every row once the plan is kept: four times the cost at 150 wagers.
    """
    rows = await tx.fetch(
        "UPDATE wager_order o SET state = w.state, refusal = w.refusal, filled_quantity = w.filled_quantity, "
        "filled_cost = w.filled_cost, filled_fee = w.filled_fee, shortfall = w.shortfall, changed_at = $8, "
        "reversed_quantity = w.reversed_quantity, reversed_cost = w.reversed_cost, "
        "reversed_fee = w.reversed_fee "
        "FROM unnest($1::uuid[], $2::wager_state[], $3::wager_refusal[], $4::bigint[], $5::bigint[], "
        "$6::bigint[], $7::bigint[], $9::bigint[], $10::bigint[], $11::bigint[]) AS w (id, state, refusal, "
        "filled_quantity, filled_cost, filled_fee, shortfall, reversed_quantity, reversed_cost, "
        "reversed_fee) WHERE o.id = w.id RETURNING 1",
        [wager.id for wager in wagers],
        [wager.state for wager in wagers],
        [wager.refusal for wager in wagers],
        [wager.filled_quantity for wager in wagers],
        [wager.filled_cost for wager in wagers],
        [wager.filled_fee for wager in wagers],
        [wager.shortfall for wager in wagers],
        at,
        [wager.reversed_quantity for wager in wagers],
        [wager.reversed_cost for wager in wagers],
        [wager.reversed_fee for wager in wagers],
    )
    invariant(len(rows) == len(wagers), "a wager that a report changed is there")


async def upsert_positions(
    tx: Transaction, positions: Mapping[PositionKey, PositionCost], tenant_of: Mapping[UUID, UUID]
) -> None:
    """Write how positions stand now. Their customers' books are locked."""
    keys = sorted(positions)
    await tx.execute(
        "INSERT INTO wager_position (tenant_id, customer_id, market_id, side, quantity, cost) "
        "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::ledger_contract_side[], $5::bigint[], "
        "$6::bigint[]) ON CONFLICT (customer_id, market_id, side) DO UPDATE "
        "SET quantity = excluded.quantity, cost = excluded.cost",
        [tenant_of[key[0]] for key in keys],
        [key[0] for key in keys],
        [key[1] for key in keys],
        [key[2] for key in keys],
        [positions[key].quantity for key in keys],
        [positions[key].cost for key in keys],
    )
