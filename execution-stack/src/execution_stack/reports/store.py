"""Every query of reports."""

import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from execution_stack.exchange.domain import Action, Side
from execution_stack.reports.domain import (
    Basis,
    Body,
    FillShare,
    Final,
    Holding,
    IntentTold,
    NotPooled,
    Payout,
    Reason,
    Report,
    Resolution,
    Reversal,
    SettlementFee,
    StatementLine,
    Told,
    Totals,
)
from shared.database import Transaction
from shared.errors import invariant


@dataclass(frozen=True, slots=True)
class Row:
    """A body as the columns of the table; `amount` is cost, payout or settlement fee."""

    kind: str
    intent_id: UUID | None = None
    account: UUID | None = None
    market_id: UUID | None = None
    window_id: UUID | None = None
    quantity: int | None = None
    amount: int | None = None
    fee: int | None = None
    yes_value: int | None = None
    side: Side | None = None
    action: Action | None = None
    reason: Reason | None = None
    manifest: bytes | None = None
    reverses: int | None = None
    revision: int = 1
    basis: Basis | None = None


def row_of(body: Body) -> Row:
    """Return the columns of a body."""
    match body:
        case FillShare():
            return Row(
                "fill_share",
                intent_id=body.intent_id,
                account=body.account,
                market_id=body.market_id,
                window_id=body.window_id,
                quantity=body.quantity,
                amount=body.cost,
                fee=body.fee,
                side=body.side,
                action=body.action,
                manifest=body.manifest,
            )
        case Final():
            return Row("final", intent_id=body.intent_id, quantity=body.filled)
        case NotPooled():
            return Row("not_pooled", intent_id=body.intent_id, reason=body.reason)
        case _:
            return _row_of_end(body)


def _row_of_end(body: Resolution | Payout | SettlementFee | Reversal) -> Row:
    """Return the columns of what tells of a market's end, or takes something back."""
    match body:
        case Resolution():
            return Row(
                "resolution",
                market_id=body.market_id,
                yes_value=body.yes_value,
                basis=body.basis,
                revision=body.revision,
            )
        case Payout():
            return Row(
                "payout",
                account=body.account,
                market_id=body.market_id,
                quantity=body.quantity,
                amount=body.amount,
                side=body.side,
                revision=body.revision,
            )
        case SettlementFee():
            return Row("settlement_fee", account=body.account, market_id=body.market_id, amount=body.amount)
        case Reversal():
            return Row(
                "reversal",
                account=body.account,
                market_id=body.market_id,
                quantity=body.quantity,
                amount=body.amount,
                fee=body.fee,
                side=body.side,
                action=body.action,
                reverses=body.reverses,
            )


def body_of(row: asyncpg.Record) -> Body:
    """Return the body of a row."""
    match row["kind"]:
        case "fill_share":
            return FillShare(
                intent_id=row["intent_id"],
                account=row["account"],
                market_id=row["market_id"],
                window_id=row["window_id"],
                side=Side(row["side"]),
                action=Action(row["action"]),
                quantity=row["quantity"],
                cost=row["amount"],
                fee=row["fee"],
                manifest=row["manifest"],
            )
        case "final":
            return Final(row["intent_id"], row["quantity"])
        case "not_pooled":
            return NotPooled(row["intent_id"], Reason(row["reason"]))
        case _:
            return _end_of(row)


def _end_of(row: asyncpg.Record) -> Body:
    match row["kind"]:
        case "resolution":
            basis = Basis(row["basis"] or Basis.VALUE)
            return Resolution(row["market_id"], row["yes_value"], basis, row["revision"])
        case "payout":
            return Payout(
                row["account"],
                row["market_id"],
                Side(row["side"]),
                row["quantity"],
                row["amount"],
                row["revision"],
            )
        case "reversal":
            return Reversal(
                reverses=row["reverses"],
                account=row["account"],
                market_id=row["market_id"],
                side=None if row["side"] is None else Side(row["side"]),
                action=None if row["action"] is None else Action(row["action"]),
                quantity=row["quantity"],
                amount=row["amount"],
                fee=row["fee"],
            )
        case kind:
            invariant(kind == "settlement_fee", "a report has a kind that we know")
            return SettlementFee(row["account"], row["market_id"], row["amount"])


async def take_sequences(tx: Transaction, counts: Mapping[UUID, int]) -> dict[UUID, int]:
    """Reserve sequence numbers per recipient; return the first of each. Held locked to the commit."""
    recipients = sorted(counts)
    await tx.execute(
        "INSERT INTO report_cursor (recipient_id) SELECT r.id FROM unnest($1::uuid[]) AS r (id) "
        "WHERE NOT EXISTS (SELECT FROM report_cursor c WHERE c.recipient_id = r.id) ORDER BY 1 "
        "ON CONFLICT DO NOTHING",
        recipients,
    )
    rows = await tx.fetch(
        "WITH locked AS (SELECT recipient_id FROM report_cursor WHERE recipient_id = ANY($1::uuid[]) "
        "  ORDER BY 1 FOR NO KEY UPDATE) "
        "UPDATE report_cursor c SET last_sequence = c.last_sequence + t.taken "
        "FROM locked l JOIN unnest($1::uuid[], $2::bigint[]) AS t (recipient_id, taken) USING (recipient_id) "
        "WHERE c.recipient_id = l.recipient_id RETURNING c.recipient_id, c.last_sequence - t.taken + 1 AS "
        "first",
        recipients,
        [counts[recipient] for recipient in recipients],
    )
    return {row["recipient_id"]: row["first"] for row in rows}


async def insert(
    tx: Transaction, numbered: Sequence[tuple[UUID, UUID, int, Row]], recorded_at: datetime
) -> None:
    """Append reports: (recipient, tenant, sequence, row)."""
    rows = [row for _, _, _, row in numbered]
    await tx.execute(
        "INSERT INTO report (recipient_id, tenant_id, sequence, recorded_at, kind, intent_id, account, "
        "market_id, window_id, quantity, amount, fee, yes_value, side, action, reason, manifest, reverses, "
        "revision, basis) "
        "SELECT n.recipient_id, n.tenant_id, n.sequence, $1, n.kind, n.intent_id, n.account, n.market_id, "
        "n.window_id, n.quantity, n.amount, n.fee, n.yes_value, n.side, n.action, n.reason, n.manifest, "
        "n.reverses, n.revision, n.basis "
        "FROM unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::report_kind[], $6::uuid[], $7::uuid[], "
        "$8::uuid[], "
        "$9::uuid[], $10::bigint[], $11::bigint[], $12::bigint[], $13::integer[], "
        "$14::ledger_contract_side[], "
        "$15::intent_action[], $16::intent_reason[], $17::bytea[], $18::bigint[], $19::smallint[], "
        "$20::resolution_basis[]) AS n (recipient_id, tenant_id, sequence, kind, intent_id, account, "
        "market_id, window_id, quantity, amount, fee, yes_value, side, action, reason, manifest, reverses, "
        "revision, basis)",
        recorded_at,
        [recipient for recipient, _, _, _ in numbered],
        [tenant for _, tenant, _, _ in numbered],
        [sequence for _, _, sequence, _ in numbered],
        [row.kind for row in rows],
        [row.intent_id for row in rows],
        [row.account for row in rows],
        [row.market_id for row in rows],
        [row.window_id for row in rows],
        [row.quantity for row in rows],
        [row.amount for row in rows],
        [row.fee for row in rows],
        [row.yes_value for row in rows],
        [row.side for row in rows],
        [row.action for row in rows],
        [row.reason for row in rows],
        [row.manifest for row in rows],
        [row.reverses for row in rows],
        [row.revision for row in rows],
        [row.basis for row in rows],
    )


async def last_sequence(tx: Transaction, recipient_id: UUID) -> int:
    """Return the newest committed sequence number of a recipient, 0 when there is none."""
    value: int | None = await tx.fetch_value(
        "SELECT last_sequence FROM report_cursor WHERE recipient_id = $1", recipient_id
    )
    return value or 0


async def load_heads(tx: Transaction, limit: int) -> dict[UUID, int]:
    """Return the newest number of each recipient, of `limit` at most."""
    rows = await tx.fetch(
        "SELECT recipient_id, last_sequence FROM report_cursor ORDER BY recipient_id LIMIT $1", limit
    )
    return {row["recipient_id"]: row["last_sequence"] for row in rows}


async def skip_to(tx: Transaction, recipient_id: UUID, sequence: int) -> None:
    """Let the next report of a recipient have a number above `sequence`."""
    await tx.execute(
        "INSERT INTO report_cursor (recipient_id, last_sequence) VALUES ($1, $2) ON CONFLICT (recipient_id) "
        "DO UPDATE SET last_sequence = greatest(report_cursor.last_sequence, excluded.last_sequence)",
        recipient_id,
        sequence,
    )


NOTHING_AFTER: typing.Final = "SELECT 0"


def probe_after(recipient_id: UUID, after: int) -> str:
    """Return a statement without parameters that selects a row unless a number is a recipient's newest.

    Of a recipient that has no reports the newest is 0: a larger one was read from another database.
    """
    return (
        "SELECT FROM (SELECT) AS here LEFT JOIN report_cursor c "
        f"ON c.recipient_id = '{recipient_id}' WHERE coalesce(c.last_sequence, 0) <> {after:d}"
    )


async def load_after(tx: Transaction, recipient_id: UUID, after: int, limit: int) -> list[Report]:
    """Return the next reports of a recipient, oldest first, without a gap."""
    rows = await tx.fetch(
        "SELECT * FROM report WHERE recipient_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
        recipient_id,
        after,
        limit,
    )
    reports = []
    for place, row in enumerate(rows, start=after + 1):
        if row["sequence"] != place:
            break  # a tenant registered a moment ago: not among this transaction's tenants yet
        reports.append(Report(row["sequence"], row["recorded_at"], body_of(row)))
    return reports


_SUMS = (
    "coalesce(sum(amount) FILTER (WHERE kind = 'fill_share' AND action = 'buy'), 0)::bigint AS cost_of_buys, "
    "coalesce(sum(amount) FILTER (WHERE kind = 'fill_share' AND action = 'sell'), 0)::bigint AS proceeds, "
    "coalesce(sum(CASE kind WHEN 'fill_share' THEN fee WHEN 'settlement_fee' THEN amount END), 0)::bigint AS "
    "fees, "
    "coalesce(sum(amount) FILTER (WHERE kind = 'payout'), 0)::bigint AS payouts, "
    "coalesce(sum(amount) FILTER (WHERE kind = 'reversal' AND action = 'buy'), 0)::bigint "
    "  AS reversed_costs, "
    "coalesce(sum(amount) FILTER (WHERE kind = 'reversal' AND action = 'sell'), 0)::bigint "
    "  AS reversed_proceeds, "
    "coalesce(sum(fee) FILTER (WHERE kind = 'reversal'), 0)::bigint AS reversed_fees, "
    "coalesce(sum(amount) FILTER (WHERE kind = 'reversal' AND action IS NULL), 0)::bigint "
    "  AS reversed_payouts"
)


async def sum_period(tx: Transaction, tenant_id: UUID, after: int, to: int) -> Totals:
    """Return what a tenant's reports after one cut and up to another add up to."""
    (row,) = await tx.fetch(
        f"SELECT {_SUMS} FROM report WHERE tenant_id = $1 AND account IS NOT NULL "
        "AND sequence > $2 AND sequence <= $3",
        tenant_id,
        after,
        to,
    )
    return _totals(row)


async def load_lines(
    tx: Transaction, tenant_id: UUID, to: int, after: UUID | None, limit: int
) -> list[StatementLine]:
    """Return accounts of a tenant at a cut, in id order."""
    rows = await tx.fetch(
        f"SELECT account, {_SUMS} FROM report WHERE tenant_id = $1 AND account IS NOT NULL AND sequence <= "
        f"$2 "
        "AND ($3::uuid IS NULL OR account > $3) GROUP BY account ORDER BY account LIMIT $4",
        tenant_id,
        to,
        after,
        limit,
    )
    holdings = await _load_holdings(tx, to, [row["account"] for row in rows])
    return [_line(row, holdings) for row in rows]


async def load_lines_of(tx: Transaction, accounts: Sequence[UUID]) -> dict[UUID, StatementLine]:
    """Return what all reports of the accounts add up to."""
    rows = await tx.fetch(
        f"SELECT account, {_SUMS} FROM report WHERE account = ANY($1::uuid[]) GROUP BY account", accounts
    )
    holdings = await _load_holdings(tx, None, accounts)
    return {row["account"]: _line(row, holdings) for row in rows}


def _line(row: asyncpg.Record, holdings: Mapping[UUID, Sequence[Holding]]) -> StatementLine:
    totals = _totals(row)
    held = tuple(holdings.get(row["account"], ()))
    return StatementLine(row["account"], totals.cash, -totals.net_fees, held)


async def _load_holdings(
    tx: Transaction, to: int | None, accounts: Sequence[UUID]
) -> dict[UUID, list[Holding]]:
    """Return what accounts hold at a cut, or now."""
    rows = await tx.fetch(
        "SELECT account, market_id, side, quantity FROM ("
        "  SELECT account, market_id, side, "
        "  sum(CASE WHEN kind = 'reversal' AND action = 'buy' THEN -quantity "
        "           WHEN kind = 'reversal' OR action = 'buy' THEN quantity "
        "           ELSE -quantity END)::bigint AS quantity "
        "  FROM report WHERE ($1::bigint IS NULL OR sequence <= $1) AND account = ANY($2::uuid[]) "
        "  AND (kind IN ('fill_share', 'payout') OR (kind = 'reversal' AND side IS NOT NULL)) "
        "  GROUP BY 1, 2, 3"
        ") held WHERE quantity <> 0 ORDER BY 1, 2, 3",
        to,
        accounts,
    )
    found: dict[UUID, list[Holding]] = {}
    for row in rows:
        holding = Holding(row["market_id"], Side(row["side"]), row["quantity"])
        found.setdefault(row["account"], []).append(holding)
    return found


def _totals(row: asyncpg.Record) -> Totals:
    return Totals(
        row["cost_of_buys"],
        row["proceeds"],
        row["fees"],
        row["payouts"],
        row["reversed_costs"],
        row["reversed_proceeds"],
        row["reversed_fees"],
        row["reversed_payouts"],
    )


async def load_standing_payouts(tx: Transaction, market_id: UUID) -> list[Told]:
    """Return the payouts and settlement fees of a market that no reversal took back, newest first."""
    payouts = await tx.fetch(
        f"SELECT r.* FROM report r WHERE r.market_id = $1 AND r.kind = 'payout' AND {_STANDS}", market_id
    )
    fees = await tx.fetch(
        "SELECT r.* FROM report r WHERE r.account = ANY($2::uuid[]) AND r.market_id = $1 "
        f"AND r.kind = 'settlement_fee' AND {_STANDS}",
        market_id,
        [row["account"] for row in payouts],
    )
    return _newest_first([*payouts, *fees])


async def load_standing_shares(tx: Transaction, intent_ids: Sequence[UUID]) -> list[Told]:
    """Return the fill shares of intents that no reversal took back, newest first."""
    rows = await tx.fetch(
        "SELECT r.* FROM report r WHERE r.intent_id = ANY($1::uuid[]) "
        f"AND r.kind = 'fill_share' AND {_STANDS}",
        intent_ids,
    )
    return _newest_first(rows)


_STANDS = (
    "NOT EXISTS (SELECT FROM report v WHERE v.recipient_id = r.recipient_id AND v.reverses = r.sequence)"
)


def _newest_first(rows: Sequence[asyncpg.Record]) -> list[Told]:
    ordered = sorted(rows, key=lambda row: (row["recipient_id"], -row["sequence"]))
    return [Told(row["tenant_id"], row["recipient_id"], row["sequence"], body_of(row)) for row in ordered]


async def sum_shares(tx: Transaction) -> dict[UUID, tuple[int, int, int]]:
    """Return window -> (contracts, cost, fees) of its fill shares."""
    rows = await tx.fetch(
        "SELECT window_id, sum(quantity)::bigint AS quantity, sum(amount)::bigint AS cost, "
        "sum(fee)::bigint AS fee FROM report WHERE kind = 'fill_share' GROUP BY 1"
    )
    return {row["window_id"]: (row["quantity"], row["cost"], row["fee"]) for row in rows}


async def load_told(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, list[Body]]:
    """Return what was told about each of the intents, in order."""
    rows = await tx.fetch("SELECT * FROM report WHERE intent_id = ANY($1::uuid[]) ORDER BY sequence", ids)
    found: dict[UUID, list[Body]] = {}
    for row in rows:
        found.setdefault(row["intent_id"], []).append(body_of(row))
    return found


async def sum_intents(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, IntentTold]:
    """Return what was told about each of the intents."""
    rows = await tx.fetch(
        "SELECT intent_id, count(*) FILTER (WHERE kind = 'final') AS finals, "
        "count(*) FILTER (WHERE kind = 'not_pooled') AS refusals, "
        "coalesce(max(quantity) FILTER (WHERE kind = 'final'), 0)::bigint AS filled, "
        "coalesce(sum(quantity) FILTER (WHERE kind = 'fill_share'), 0)::bigint AS quantity, "
        "coalesce(sum(amount) FILTER (WHERE kind = 'fill_share'), 0)::bigint AS cost, "
        "coalesce(sum(fee) FILTER (WHERE kind = 'fill_share'), 0)::bigint AS fee "
        "FROM report WHERE intent_id = ANY($1::uuid[]) GROUP BY 1",
        ids,
    )
    return {row["intent_id"]: IntentTold(*list(row)[1:]) for row in rows}
