"""Every query of the gross holdings per market, and of sums over many books for the checks."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

from execution_stack.books.chart import Account
from execution_stack.books.domain import (
    Gross,
    HeldPosition,
    MarketTotals,
    OpenItems,
    PostedKey,
    PostedLine,
    ReferenceTotals,
)
from execution_stack.exchange.domain import Side
from shared.database import Transaction
from shared.ledger.domain import USD, Posting, Transfer


async def load_gross(tx: Transaction, market_ids: Sequence[UUID]) -> dict[UUID, Gross]:
    """Return what is held of markets. Call it under the locks of their books."""
    rows = await tx.fetch(
        "SELECT market_id, yes_gross, no_gross FROM book_market WHERE market_id = ANY($1::uuid[])", market_ids
    )
    return dict.fromkeys(market_ids, Gross()) | {
        row["market_id"]: Gross(row["yes_gross"], row["no_gross"]) for row in rows
    }


async def load_gross_and_end(tx: Transaction, market_id: UUID) -> tuple[Gross, bool]:
    """Return the gross of a market and whether it was paid. Call it under the market book's lock."""
    row = await tx.fetch_row(
        "SELECT yes_gross, no_gross, is_cleared FROM book_market WHERE market_id = $1", market_id
    )
    return (Gross(), False) if row is None else (Gross(row["yes_gross"], row["no_gross"]), row["is_cleared"])


async def clear_gross(tx: Transaction, market_id: UUID) -> None:
    """Note that a market was paid: nobody holds anything of it, and nobody will."""
    await tx.execute(
        "INSERT INTO book_market (market_id, yes_gross, no_gross, is_cleared) VALUES ($1, 0, 0, true) "
        "ON CONFLICT (market_id) DO UPDATE SET yes_gross = 0, no_gross = 0, is_cleared = true",
        market_id,
    )


async def load_posted(tx: Transaction, keys: Collection[PostedKey]) -> dict[PostedKey, list[PostedLine]]:
    """Return the postings of transfers."""
    rows = await tx.fetch(
        "SELECT p.book_id, p.transfer_id, p.asset_id, p.source, p.target, p.amount FROM ledger_posting p "
        "JOIN unnest($1::uuid[], $2::uuid[]) AS w (book_id, transfer_id) USING (book_id, transfer_id)",
        [book_id for book_id, _ in keys],
        [transfer_id for _, transfer_id in keys],
    )
    found: dict[PostedKey, list[PostedLine]] = {}
    for row in rows:
        line = (row["asset_id"], row["source"], row["target"], row["amount"])
        found.setdefault((row["book_id"], row["transfer_id"]), []).append(line)
    return found


async def load_net_positions(tx: Transaction, market_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the net position of each market; a market that nobody ever held has none."""
    rows = await tx.fetch(
        "SELECT market_id, yes_gross - no_gross AS net FROM book_market WHERE market_id = ANY($1::uuid[])",
        market_ids,
    )
    return dict.fromkeys(market_ids, 0) | {row["market_id"]: row["net"] for row in rows}


async def save_gross(tx: Transaction, gross: Mapping[UUID, Gross]) -> None:
    """Set what is held of markets."""
    await tx.execute(
        "INSERT INTO book_market (market_id, yes_gross, no_gross) "
        "SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) "
        "ON CONFLICT (market_id) DO UPDATE SET yes_gross = EXCLUDED.yes_gross, no_gross = EXCLUDED.no_gross",
        list(gross),
        [each.yes for each in gross.values()],
        [each.no for each in gross.values()],
    )


async def count_references(tx: Transaction, accounts: Sequence[UUID]) -> int:
    """Return how many of the accounts have a book of their own, of the right kind."""
    count: int = await tx.fetch_value(
        "SELECT count(*) FROM ledger_book WHERE id = ANY($1::uuid[]) AND kind = 'reference'", accounts
    )
    return count


async def is_posted(tx: Transaction, book_id: UUID, transfer_id: UUID) -> bool:
    """Tell whether a book has a transfer."""
    found = await tx.fetch_value(
        "SELECT true FROM ledger_transfer WHERE book_id = $1 AND id = $2", book_id, transfer_id
    )
    return found is not None


async def load_transfers(tx: Transaction, ids: Sequence[UUID]) -> list[Transfer]:
    """Return the transfers of all visible books with one of the ids, in the order they were posted in."""
    rows = await tx.fetch(
        "SELECT t.id, t.movement_id, t.tenant_id, t.book_id, t.kind, t.effective_at, t.reverses, t.corrects, "
        "p.asset_id, p.source, p.target, p.amount, p.action FROM ledger_transfer t "
        "JOIN ledger_posting p ON p.transfer_id = t.id AND p.book_id = t.book_id "
        "WHERE t.id = ANY($1::uuid[]) ORDER BY p.number",
        ids,
    )
    postings: dict[tuple[UUID, UUID], list[Posting]] = {}
    for row in rows:
        made = Posting(row["asset_id"], row["source"], row["target"], row["amount"], row["action"])
        postings.setdefault((row["book_id"], row["id"]), []).append(made)
    heads = {(row["book_id"], row["id"]): {name: row[name] for name in _HEAD} for row in rows}
    return [Transfer(**head, postings=tuple(postings[key])) for key, head in heads.items()]


_HEAD: Final = ("id", "movement_id", "tenant_id", "book_id", "kind", "effective_at", "reverses", "corrects")


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


async def sum_money(tx: Transaction) -> dict[str, int]:
    """Return the USD balance of each account over all books of the visible tenants."""
    rows = await tx.fetch(
        "SELECT account, sum(amount)::bigint AS balance FROM ledger_leg WHERE asset_id = $1 GROUP BY 1", USD
    )
    return {row["account"]: row["balance"] for row in rows}


# What came first is cleared first, so what is open is the newest that makes up the balance.
_OPEN: Final = """
WITH legs AS (
    SELECT l.amount, l.number, t.effective_at, sum(l.amount) OVER () AS balance FROM ledger_leg l
    JOIN ledger_transfer t ON t.book_id = l.book_id AND t.id = l.transfer_id
    WHERE l.book_id = $1 AND l.account = $2::ledger_account AND l.asset_id = $3
), items AS (
    SELECT amount, effective_at, balance, sum(amount) OVER (ORDER BY number DESC) AS covered FROM legs
    WHERE sign(amount) = sign(balance)
)
SELECT min(balance)::bigint AS amount, count(*) AS items, min(effective_at) AS oldest_at FROM items
WHERE abs(covered - amount) < abs(balance)
"""


async def load_open(tx: Transaction, book_id: UUID, account: Account) -> OpenItems | None:
    """Return what is open in USD on an account of a book, or None when its balance is zero."""
    row = await tx.fetch_row(_OPEN, book_id, account, USD)
    if row is None or not row["items"]:
        return None
    return OpenItems(account, row["amount"], row["items"], row["oldest_at"])


async def load_nets(tx: Transaction) -> dict[UUID, int]:
    """Return the net position of each market that has one."""
    rows = await tx.fetch(
        "SELECT market_id, yes_gross - no_gross AS net FROM book_market WHERE yes_gross <> no_gross"
    )
    return {row["market_id"]: row["net"] for row in rows}


async def list_held(tx: Transaction) -> list[UUID]:
    """Return the markets of which anybody holds anything."""
    rows = await tx.fetch(
        "SELECT market_id FROM book_market WHERE NOT is_cleared AND (yes_gross > 0 OR no_gross > 0)"
    )
    return [row["market_id"] for row in rows]


async def sum_pairs(tx: Transaction) -> int:
    """Return how many pairs all markets hold, by their gross."""
    count: int = await tx.fetch_value(
        "SELECT coalesce(sum(least(yes_gross, no_gross)), 0)::bigint FROM book_market WHERE NOT is_cleared"
    )
    return count


async def load_market_totals(tx: Transaction) -> list[MarketTotals]:
    """Return what the books hold of every market that ever had a posting."""
    return [MarketTotals(**dict(row)) for row in await tx.fetch(_MARKET_TOTALS, USD)]


_MARKET_TOTALS: Final = """
WITH contracts AS (
    SELECT a.market_id, l.account, a.side, sum(l.amount)::bigint AS balance
    FROM ledger_leg l JOIN ledger_asset a ON a.id = l.asset_id
    WHERE a.market_id IS NOT NULL GROUP BY 1, 2, 3
), held AS (
    SELECT market_id,
        sum(balance) FILTER (WHERE account = 'position' AND side = 'yes') AS yes,
        sum(balance) FILTER (WHERE account = 'position' AND side = 'no') AS no,
        sum(balance) FILTER (WHERE account = 'omnibus' AND side = 'yes') AS omnibus_yes,
        sum(balance) FILTER (WHERE account = 'omnibus' AND side = 'no') AS omnibus_no,
        sum(balance) FILTER (WHERE account = 'pairs' AND side = 'yes') AS pairs_yes,
        sum(balance) FILTER (WHERE account = 'pairs' AND side = 'no') AS pairs_no,
        sum(abs(balance)) FILTER (WHERE account = 'resolution') AS uncleared
    FROM contracts GROUP BY 1
), money AS (
    SELECT book_id AS market_id,
        sum(amount) FILTER (WHERE account = 'pair_payable') AS pair_payable,
        sum(amount) FILTER (WHERE account = 'pair_cash') AS pair_cash,
        abs(sum(amount) FILTER (WHERE account = 'resolution')) AS uncleared
    FROM ledger_leg WHERE account IN ('pair_payable', 'pair_cash', 'resolution') AND asset_id = $1 GROUP BY 1
)
SELECT h.market_id,
    coalesce(h.yes, 0)::bigint AS yes, coalesce(h.no, 0)::bigint AS no,
    coalesce(h.omnibus_yes, 0)::bigint AS omnibus_yes, coalesce(h.omnibus_no, 0)::bigint AS omnibus_no,
    coalesce(h.pairs_yes, 0)::bigint AS pairs_yes, coalesce(h.pairs_no, 0)::bigint AS pairs_no,
    coalesce(m.pair_payable, 0)::bigint AS pair_payable, coalesce(m.pair_cash, 0)::bigint AS pair_cash,
    (coalesce(h.uncleared, 0) + coalesce(m.uncleared, 0))::bigint AS resolution,
    coalesce(g.yes_gross, 0)::bigint AS recorded_yes, coalesce(g.no_gross, 0)::bigint AS recorded_no
FROM held h LEFT JOIN money m ON m.market_id = h.market_id
LEFT JOIN book_market g ON g.market_id = h.market_id
ORDER BY h.market_id
"""


async def load_reference_totals(tx: Transaction, accounts: Sequence[UUID]) -> dict[UUID, ReferenceTotals]:
    """Return cash, fees and holdings of references that have any."""
    money = await tx.fetch(
        "SELECT book_id, coalesce(sum(amount) FILTER (WHERE account = 'cash'), 0)::bigint AS cash, "
        "coalesce(sum(amount) FILTER (WHERE account = 'fees'), 0)::bigint AS fees FROM ledger_leg "
        "WHERE account IN ('cash', 'fees') AND book_id = ANY($1::uuid[]) GROUP BY 1",
        accounts,
    )
    held = await tx.fetch(
        "SELECT b.book_id, a.market_id, a.side, b.posted FROM ledger_balance b "
        "JOIN ledger_asset a ON a.id = b.asset_id "
        "WHERE b.account = 'position' AND b.posted <> 0 AND b.book_id = ANY($1::uuid[])",
        accounts,
    )
    holdings: dict[UUID, dict[tuple[UUID, str], int]] = {}
    for row in held:
        holdings.setdefault(row["book_id"], {})[row["market_id"], row["side"]] = row["posted"]
    totals = {account: ReferenceTotals(holdings=positions) for account, positions in holdings.items()}
    for row in money:
        positions = holdings.get(row["book_id"], {})
        totals[row["book_id"]] = ReferenceTotals(row["cash"], row["fees"], positions)
    return totals
