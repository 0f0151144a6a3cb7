"""Every query of the gross holdings per market, and of sums over many books for the checks."""

from collections.abc import Sequence
from uuid import UUID

from execution_stack.books.domain import Gross, HeldPosition
from execution_stack.exchange.domain import Side
from shared.database import Transaction


async def load_gross(tx: Transaction, market_id: UUID) -> Gross:
    """Return what the references hold of a market. Call it under the market book's lock."""
    row = await tx.fetch_row("SELECT yes_gross, no_gross FROM book_market WHERE market_id = $1", market_id)
    return Gross() if row is None else Gross(row["yes_gross"], row["no_gross"])


async def save_gross(tx: Transaction, market_id: UUID, gross: Gross) -> None:
    """Set what the references hold of a market."""
    await tx.execute(
        "INSERT INTO book_market (market_id, yes_gross, no_gross) VALUES ($1, $2, $3) "
        "ON CONFLICT (market_id) DO UPDATE SET yes_gross = EXCLUDED.yes_gross, no_gross = EXCLUDED.no_gross",
        market_id,
        gross.yes,
        gross.no,
    )


async def load_all_gross(tx: Transaction) -> dict[UUID, Gross]:
    """Return what the references hold, by market."""
    rows = await tx.fetch("SELECT market_id, yes_gross, no_gross FROM book_market ORDER BY market_id")
    return {row["market_id"]: Gross(row["yes_gross"], row["no_gross"]) for row in rows}


async def sum_by_asset(tx: Transaction, accounts: Sequence[str]) -> dict[tuple[str, int], int]:
    """Return (account, asset) -> balance over all books of the visible tenants; zeros are left out."""
    rows = await tx.fetch(
        "SELECT account, asset_id, sum(amount)::bigint AS balance FROM ledger_leg "
        "WHERE account = ANY($1::ledger_account[]) GROUP BY 1, 2 HAVING sum(amount) <> 0",
        accounts,
    )
    return {(row["account"], row["asset_id"]): row["balance"] for row in rows}


async def load_contracts(tx: Transaction) -> dict[int, tuple[UUID, Side]]:
    """Return asset -> (market, side) of all contracts."""
    rows = await tx.fetch("SELECT id, market_id, side FROM ledger_asset WHERE market_id IS NOT NULL")
    return {row["id"]: (row["market_id"], Side(row["side"])) for row in rows}


async def list_holders(tx: Transaction, assets: Sequence[int]) -> list[UUID]:
    """Return the books that hold any of the contracts."""
    rows = await tx.fetch(
        "SELECT DISTINCT book_id FROM ledger_balance WHERE asset_id = ANY($1::integer[]) "
        "AND account = 'position' AND posted <> 0 ORDER BY 1",
        assets,
    )
    return [row["book_id"] for row in rows]


async def load_positions(tx: Transaction, assets: dict[int, Side]) -> list[HeldPosition]:
    """Return all holdings of the contracts, in account and side order."""
    rows = await tx.fetch(
        "SELECT book_id, tenant_id, asset_id, posted FROM ledger_balance WHERE asset_id = ANY($1::integer[]) "
        "AND account = 'position' AND posted <> 0 ORDER BY book_id, asset_id",
        list(assets),
    )
    return [
        HeldPosition(row["book_id"], row["tenant_id"], assets[row["asset_id"]], row["posted"]) for row in rows
    ]
