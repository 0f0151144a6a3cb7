"""Every query of the ledger kernel, set-based, on the transaction it is given.

The database refuses what would break a rule; callers decide beforehand, under the books' locks, so that
a refusal from here is a bug and not an answer.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from shared.database import Transaction
from shared.errors import invariant
from shared.ledger.domain import (
    AccountKey,
    Balance,
    Capture,
    Close,
    Hold,
    Movement,
    OpenHold,
    Transfer,
)


async def lock_books(tx: Transaction, book_ids: Iterable[UUID]) -> None:
    """Lock books until the end of the transaction, in id order, so that no two lockers wait in a ring."""
    wanted = sorted(set(book_ids))
    rows = await tx.fetch(
        "SELECT id FROM ledger_book WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE", wanted
    )
    invariant(len(rows) == len(wanted), "a book to lock is not open, or belongs to another tenant")


async def open_books(tx: Transaction, books: Sequence[tuple[UUID, UUID, str]]) -> None:
    """Open books (id, tenant, kind) that are not open yet."""
    await tx.execute(
        "INSERT INTO ledger_book (id, tenant_id, kind) "
        "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::ledger_book_kind[]) ON CONFLICT DO NOTHING",
        [book[0] for book in books],
        [book[1] for book in books],
        [book[2] for book in books],
    )


async def get_contract_assets(
    tx: Transaction, contracts: Iterable[tuple[UUID, str]]
) -> dict[tuple[UUID, str], int]:
    """Return the asset of each contract (market, "yes" or "no"), making those that are new."""
    wanted = sorted(set(contracts))
    markets, sides = [market for market, _ in wanted], [side for _, side in wanted]
    find = (
        "SELECT a.market_id, a.side, a.id FROM ledger_asset a "
        "JOIN unnest($1::uuid[], $2::ledger_contract_side[]) AS w (market_id, side) "
        "ON a.market_id = w.market_id AND a.side = w.side"
    )
    rows = await tx.fetch(find, markets, sides)
    if len(rows) < len(wanted):
        await tx.execute(
            "INSERT INTO ledger_asset (market_id, side) "
            "SELECT * FROM unnest($1::uuid[], $2::ledger_contract_side[]) AS w (market_id, side) "
            "WHERE NOT EXISTS (SELECT FROM ledger_asset a "
            "                  WHERE a.market_id = w.market_id AND a.side = w.side) "
            "ORDER BY 1, 2 ON CONFLICT DO NOTHING",
            markets,
            sides,
        )
        rows = await tx.fetch(find, markets, sides)
    return {(row["market_id"], row["side"]): row["id"] for row in rows}


async def load_balances(tx: Transaction, keys: Iterable[AccountKey]) -> dict[AccountKey, Balance]:
    """Return the standing of checked accounts; an account without any entry stands at zero."""
    wanted = list(dict.fromkeys(keys))
    rows = await tx.fetch(
        "SELECT b.book_id, b.asset_id, b.account, b.posted, b.held, b.version FROM ledger_balance b "
        "JOIN unnest($1::uuid[], $2::integer[], $3::ledger_account[]) AS w (book_id, asset_id, account) "
        "USING (book_id, asset_id, account)",
        [key[0] for key in wanted],
        [key[1] for key in wanted],
        [key[2] for key in wanted],
    )
    found = {
        (row["book_id"], row["asset_id"], row["account"]): Balance(row["posted"], row["held"], row["version"])
        for row in rows
    }
    return {key: found.get(key, Balance()) for key in wanted}


async def sum_unchecked(
    tx: Transaction, book_ids: Iterable[UUID], accounts: Iterable[str]
) -> dict[AccountKey, int]:
    """Return the balances of accounts without a snapshot, summed from their legs; zeros are left out."""
    rows = await tx.fetch(
        "SELECT book_id, asset_id, account, sum(amount)::bigint AS balance FROM ledger_leg "
        "WHERE book_id = ANY($1::uuid[]) AND account = ANY($2::ledger_account[]) "
        "GROUP BY 1, 2, 3 HAVING sum(amount) <> 0",
        sorted(set(book_ids)),
        sorted(set(accounts)),
    )
    return {(row["book_id"], row["asset_id"], row["account"]): row["balance"] for row in rows}


async def load_open_holds(tx: Transaction, holds: Iterable[tuple[UUID, UUID]]) -> dict[UUID, OpenHold]:
    """Return those of the holds (book, hold) that are still open, by hold, with what is left of each."""
    wanted = list(dict.fromkeys(holds))
    rows = await tx.fetch(
        "SELECT h.*, o.remaining FROM unnest($1::uuid[], $2::uuid[]) AS w (book_id, hold_id) "
        "JOIN ledger_hold_open o ON o.book_id = w.book_id AND o.hold_id = w.hold_id "
        "JOIN ledger_hold h ON h.book_id = w.book_id AND h.id = w.hold_id",
        [book for book, _ in wanted],
        [hold for _, hold in wanted],
    )
    return {
        row["id"]: OpenHold(
            Hold(
                id=row["id"],
                tenant_id=row["tenant_id"],
                book_id=row["book_id"],
                asset=row["asset_id"],
                account=row["account"],
                amount=row["amount"],
                purpose=row["purpose"],
                expires_at=row["expires_at"],
            ),
            row["remaining"],
        )
        for row in rows
    }


async def post(tx: Transaction, movement: Movement) -> None:
    """Write a movement: one statement each for captures, closes, transfers, postings and holds.

    Captures and closes come first, since what they free is what the transfers take.
    """
    if movement.captures:
        await _insert_captures(tx, movement.captures)
    if movement.closes:
        await _insert_closes(tx, movement.closes)
    if movement.transfers:
        await _insert_transfers(tx, movement.transfers)
    if movement.holds:
        await _insert_holds(tx, movement.holds)


async def _insert_captures(tx: Transaction, captures: Sequence[Capture]) -> None:
    await tx.execute(
        "INSERT INTO ledger_hold_capture (tenant_id, book_id, hold_id, capture_id, amount) "
        "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[])",
        [capture.tenant_id for capture in captures],
        [capture.book_id for capture in captures],
        [capture.hold_id for capture in captures],
        [capture.capture_id for capture in captures],
        [capture.amount for capture in captures],
    )


async def _insert_closes(tx: Transaction, closes: Sequence[Close]) -> None:
    await tx.execute(
        "INSERT INTO ledger_hold_close (tenant_id, book_id, hold_id, reason) "
        "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::ledger_close_reason[])",
        [close.tenant_id for close in closes],
        [close.book_id for close in closes],
        [close.hold_id for close in closes],
        [close.reason for close in closes],
    )


async def _insert_transfers(tx: Transaction, transfers: Sequence[Transfer]) -> None:
    await tx.execute(
        "INSERT INTO ledger_transfer "
        "(tenant_id, book_id, id, movement_id, reverses, corrects, effective_at, kind) "
        "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], "
        "$7::timestamptz[], $8::ledger_transfer_kind[])",
        [transfer.tenant_id for transfer in transfers],
        [transfer.book_id for transfer in transfers],
        [transfer.id for transfer in transfers],
        [transfer.movement_id for transfer in transfers],
        [transfer.reverses for transfer in transfers],
        [transfer.corrects for transfer in transfers],
        [transfer.effective_at for transfer in transfers],
        [transfer.kind for transfer in transfers],
    )
    legs = [(transfer, posting) for transfer in transfers for posting in transfer.postings]
    await tx.execute(
        "INSERT INTO ledger_posting "
        "(tenant_id, book_id, transfer_id, asset_id, source, target, amount, action, cost, profit) "
        "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::ledger_account[], "
        "$6::ledger_account[], $7::bigint[], $8::ledger_action[], $9::bigint[], $10::bigint[])",
        [transfer.tenant_id for transfer, _ in legs],
        [transfer.book_id for transfer, _ in legs],
        [transfer.id for transfer, _ in legs],
        [posting.asset for _, posting in legs],
        [posting.source for _, posting in legs],
        [posting.target for _, posting in legs],
        [posting.amount for _, posting in legs],
        [posting.action for _, posting in legs],
        [posting.cost for _, posting in legs],
        [posting.profit for _, posting in legs],
    )


async def _insert_holds(tx: Transaction, holds: Sequence[Hold]) -> None:
    await tx.execute(
        "INSERT INTO ledger_hold (tenant_id, book_id, id, asset_id, account, amount, purpose, expires_at) "
        "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::ledger_account[], "
        "$6::bigint[], $7::ledger_transfer_kind[], $8::timestamptz[])",
        [hold.tenant_id for hold in holds],
        [hold.book_id for hold in holds],
        [hold.id for hold in holds],
        [hold.asset for hold in holds],
        [hold.account for hold in holds],
        [hold.amount for hold in holds],
        [hold.purpose for hold in holds],
        [hold.expires_at for hold in holds],
    )


async def trial_balance(tx: Transaction) -> list[tuple[int, int]]:
    """Return (asset, sum) of the visible tenants: snapshots of checked accounts plus legs of the others.

    Zero each: what is owned is what is somewhere. A snapshot that does not follow its postings shows here.
    """
    rows = await tx.fetch(
        "SELECT asset_id, sum(amount)::bigint AS total FROM ("
        "  SELECT asset_id, posted AS amount FROM ledger_balance"
        "  UNION ALL SELECT l.asset_id, l.amount FROM ledger_leg l JOIN ledger_chart c USING (account)"
        "  WHERE c.class = 'unchecked') every GROUP BY 1 ORDER BY 1"
    )
    return [(row["asset_id"], row["total"]) for row in rows]


async def count_below_floor(tx: Transaction) -> tuple[int, int]:
    """Return how many checked accounts the visible tenants have, and how many lie below zero, holds counted.

    The floor is asked for once more, from postings and holds alone: a database that lost its rule shows here.
    """
    row = await tx.fetch_row(
        "WITH posted AS ("
        "  SELECT l.book_id, l.asset_id, l.account, c.side * sum(l.amount) AS amount FROM ledger_leg l "
        "  JOIN ledger_chart c USING (account) WHERE c.class = 'checked' GROUP BY 1, 2, 3, c.side"
        "), held AS ("
        "  SELECT book_id, asset_id, account, sum(remaining) AS amount FROM ledger_hold_open GROUP BY 1, 2, 3"
        ") "
        "SELECT count(*) AS checked, "
        "count(*) FILTER (WHERE coalesce(p.amount, 0) < coalesce(h.amount, 0)) AS below "
        "FROM posted p FULL JOIN held h USING (book_id, asset_id, account)"
    )
    return (row["checked"], row["below"]) if row else (0, 0)


async def sum_account(tx: Transaction, account: str) -> dict[int, int]:
    """Return asset -> balance of one account over all books of the visible tenants; zeros are left out."""
    rows = await tx.fetch(
        "SELECT asset_id, sum(amount)::bigint AS total FROM ledger_leg WHERE account = $1::ledger_account "
        "GROUP BY 1 HAVING sum(amount) <> 0 ORDER BY 1",
        account,
    )
    return {row["asset_id"]: row["total"] for row in rows}
