"""Every query of runs, on the transaction it is given: what is compared, and what was found.

What it reads of other modules it reads from the ledger, which belongs to all of them.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from customer_stack.ledger.domain import Account, BookKind, TransferKind
from customer_stack.reconciliation.domain.breaks import BreakType, Unit
from customer_stack.reconciliation.domain.checks import (
    Check,
    CheckName,
    Finding,
    Result,
    Run,
    Subject,
    Values,
)
from customer_stack.reconciliation.domain.sides import StockFacts
from shared.database import Transaction
from shared.ledger.domain import LKR, USD

_FINDING: Final = "SELECT id, name, type, unit, ours, theirs, book_id, market_id, side, reference"


async def load_contracts(tx: Transaction, tenant_id: UUID) -> dict[tuple[UUID, UUID, str], int]:
    """Return (customer, market, side) -> contracts of every open position of a tenant's ledger."""
    rows = await tx.fetch(
        "SELECT b.book_id, a.market_id, a.side, b.posted FROM ledger_balance b "
        "JOIN ledger_asset a ON a.id = b.asset_id "
        "WHERE b.tenant_id = $1 AND b.account = $2 AND b.posted <> 0",
        tenant_id,
        Account.POSITION,
    )
    return {(row["book_id"], row["market_id"], row["side"]): row["posted"] for row in rows}


async def count_snapshots(tx: Transaction) -> int:
    """Return how many balances and open holds of the bound tenants are derived from facts."""
    return int(
        await tx.fetch_value(
            "SELECT (SELECT count(*) FROM ledger_balance) + (SELECT count(*) FROM ledger_hold_open)"
        )
    )


async def sum_by_customer(tx: Transaction, tenant_id: UUID, account: Account) -> dict[UUID, int]:
    """Return customer -> USD on an unchecked account of a tenant's ledger."""
    rows = await tx.fetch(
        "SELECT book_id, sum(amount)::bigint AS total FROM ledger_leg "
        "WHERE tenant_id = $1 AND asset_id = $2 AND account = $3 GROUP BY 1 HAVING sum(amount) <> 0",
        tenant_id,
        USD,
        account,
    )
    return {row["book_id"]: row["total"] for row in rows}


async def sum_payouts(tx: Transaction, tenant_id: UUID) -> int:
    """Return the USD that resolutions paid into a tenant's wallets."""
    return int(
        await tx.fetch_value(
            "SELECT coalesce(sum(p.amount), 0)::bigint FROM ledger_posting p "
            "JOIN ledger_transfer t ON t.book_id = p.book_id AND t.id = p.transfer_id "
            "WHERE p.tenant_id = $1 AND p.asset_id = $2 AND t.kind = $3 AND p.target = $4",
            tenant_id,
            USD,
            TransferKind.RESOLUTION_PAYOUT,
            Account.WALLET,
        )
    )


async def sum_collection(tx: Transaction) -> int:
    """Return the LKR that lies at the bank by the books of all bound tenants."""
    return int(
        await tx.fetch_value(
            "SELECT coalesce(-sum(amount), 0)::bigint FROM ledger_leg WHERE asset_id = $1 AND account = $2",
            LKR,
            Account.COLLECTION,
        )
    )


async def load_stock_facts(tx: Transaction, tenant_id: UUID) -> tuple[StockFacts, ...]:
    """Return the sums of identity B5 for each department of a tenant, from the ledger alone."""
    rows = await tx.fetch(
        "SELECT b.id, "
        "coalesce(sum(CASE WHEN p.target = 'till' THEN p.amount WHEN p.source = 'till' THEN -p.amount END) "
        "  FILTER (WHERE p.asset_id = $2), 0)::bigint AS till, "
        "coalesce(sum(p.cost) FILTER (WHERE 'stock' IN (p.source, p.target)), 0)::bigint AS stock_cost, "
        "coalesce(-sum(p.cost) FILTER (WHERE 'treasury' IN (p.source, p.target)), 0)::bigint "
        "  AS treasury_cost, "
        "(coalesce(sum(p.amount) FILTER (WHERE t.kind = $3), 0) "
        "  - coalesce(sum(p.amount) FILTER (WHERE r.kind = $3), 0))::bigint AS contributions, "
        "coalesce(sum(p.profit), 0)::bigint AS profit, "
        "coalesce(sum(p.amount) FILTER (WHERE t.kind = $4), 0)::bigint AS recognised "
        "FROM ledger_book b LEFT JOIN ledger_posting p ON p.book_id = b.id "
        "LEFT JOIN ledger_transfer t ON t.book_id = p.book_id AND t.id = p.transfer_id "
        "LEFT JOIN ledger_transfer r ON r.book_id = t.book_id AND r.id = t.reverses "
        "WHERE b.tenant_id = $1 AND b.kind = $5 GROUP BY 1 ORDER BY 1",
        tenant_id,
        LKR,
        TransferKind.CONTRIBUTION,
        TransferKind.REVENUE_RECOGNITION,
        BookKind.DEPARTMENT,
    )
    return tuple(
        StockFacts(
            department_id=row["id"],
            till=row["till"],
            stock_cost=row["stock_cost"],
            treasury_cost=row["treasury_cost"],
            contributions=row["contributions"],
            profit=row["profit"],
            recognised=row["recognised"],
        )
        for row in rows
    )


async def insert_run(tx: Transaction, run: Run) -> None:
    """Keep a run with its checks."""
    await tx.execute(
        "INSERT INTO reconciliation_run (tenant_id, id, sequence, requested_by, read_at, finished_at) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        run.tenant_id,
        run.id,
        run.sequence,
        run.requested_by,
        run.read_at,
        run.finished_at,
    )
    await tx.execute(
        "INSERT INTO reconciliation_check (tenant_id, run_id, name, result, compared, breaks, unit, ours, "
        "theirs) SELECT $1, $2, * FROM unnest($3::reconciliation_check_name[], "
        "$4::reconciliation_result[], $5::integer[], $6::integer[], $7::reconciliation_unit[], $8::bigint[], "
        "$9::bigint[])",
        run.tenant_id,
        run.id,
        [check.name for check in run.checks],
        [check.result for check in run.checks],
        [check.compared for check in run.checks],
        [len(check.findings) for check in run.checks],
        [check.values and check.values.unit for check in run.checks],
        [check.values and check.values.ours for check in run.checks],
        [check.values and check.values.theirs for check in run.checks],
    )


async def insert_findings(
    tx: Transaction,
    run: Run,
    found: Sequence[tuple[UUID, Finding, UUID | None]],
) -> None:
    """Keep what a run found: (id, finding, the break that it is part of)."""
    await tx.execute(
        "INSERT INTO reconciliation_finding (tenant_id, run_id, id, name, type, unit, ours, theirs, book_id, "
        "market_id, side, reference, break_id) SELECT $1, $2, * FROM unnest($3::uuid[], "
        "$4::reconciliation_check_name[], $5::reconciliation_break_type[], $6::reconciliation_unit[], "
        "$7::bigint[], $8::bigint[], $9::uuid[], $10::uuid[], $11::ledger_contract_side[], $12::text[], "
        "$13::uuid[])",
        run.tenant_id,
        run.id,
        [each_id for each_id, _, _ in found],
        [each.name for _, each, _ in found],
        [each.type for _, each, _ in found],
        [each.unit for _, each, _ in found],
        [each.ours for _, each, _ in found],
        [each.theirs for _, each, _ in found],
        [each.subject.book_id for _, each, _ in found],
        [each.subject.market_id for _, each, _ in found],
        [each.subject.side for _, each, _ in found],
        [each.subject.reference for _, each, _ in found],
        [break_id for _, _, break_id in found],
    )


async def load_run(tx: Transaction, run_id: UUID) -> Run | None:
    """Return a run with its checks and what they found."""
    row = await tx.fetch_row("SELECT * FROM reconciliation_run WHERE id = $1", run_id)
    if row is None:
        return None
    findings = await tx.fetch(f"{_FINDING} FROM reconciliation_finding WHERE run_id = $1 ORDER BY id", run_id)
    found: dict[str, list[Finding]] = {}
    for each in findings:
        found.setdefault(each["name"], []).append(_read_finding(each))
    checks = await tx.fetch("SELECT * FROM reconciliation_check WHERE run_id = $1 ORDER BY name", run_id)
    return Run(
        id=row["id"],
        tenant_id=row["tenant_id"],
        sequence=row["sequence"],
        requested_by=row["requested_by"],
        read_at=row["read_at"],
        finished_at=row["finished_at"],
        checks=tuple(
            Check(
                CheckName(check["name"]),
                Result(check["result"]),
                check["compared"],
                tuple(found.get(check["name"], ())),
                read_values(check),
            )
            for check in checks
        ),
    )


async def load_last_findings(
    tx: Transaction, names: Sequence[CheckName]
) -> frozenset[tuple[CheckName, BreakType, Subject]]:
    """Return what the last run of the bound tenant found in these checks."""
    rows = await tx.fetch(
        f"{_FINDING} FROM reconciliation_finding WHERE name = ANY($1::reconciliation_check_name[]) "
        "AND run_id = (SELECT id FROM reconciliation_run ORDER BY id DESC LIMIT 1)",
        list(names),
    )
    return frozenset(_read_finding(row).key for row in rows)


def read_values(row: asyncpg.Record) -> Values | None:
    """Return both sides of a check, where they were kept."""
    return None if row["unit"] is None else Values(Unit(row["unit"]), row["ours"], row["theirs"])


def _read_finding(row: asyncpg.Record) -> Finding:
    return Finding(
        CheckName(row["name"]),
        BreakType(row["type"]),
        Unit(row["unit"]),
        Subject(row["book_id"], row["market_id"], row["side"], row["reference"]),
        row["ours"],
        row["theirs"],
    )
