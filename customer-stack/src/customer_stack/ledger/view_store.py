"""Every query with which the ledger is only looked at, on the transaction it is given."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from customer_stack.ledger.domain import DealState, SixRates, TransferSource, WalletEntry
from customer_stack.ledger.views import (
    AccountStanding,
    Asset,
    DealMark,
    LegView,
    LifecycleMark,
    Moment,
    PostingView,
    TransferView,
)
from shared.database import Transaction

_SOURCE = (
    "s.provider, s.reference, s.charge_id, s.quote_id, s.mid_e8, s.buy_e8, s.sell_e8, s.cost_e8, "
    "s.agreed_e8, s.settlement_e8"
)
_RATES = ("mid_e8", "buy_e8", "sell_e8", "cost_e8", "agreed_e8", "settlement_e8")
_NAMED = ("provider", "reference", "charge_id", "quote_id")


def _take_source(
    fields: dict[str, Any], tenant_id: UUID, book_id: UUID, transfer_id: UUID
) -> TransferSource | None:
    """Take the columns of a transfer's source out of a row."""
    rates = {name: fields.pop(name) for name in _RATES}
    named = {name: fields.pop(name) for name in _NAMED}
    if all(value is None for value in (*named.values(), rates["mid_e8"])):
        return None
    six = None if rates["mid_e8"] is None else SixRates(**rates)
    return TransferSource(tenant_id, book_id, transfer_id, **named, rates=six)


async def has_book(tx: Transaction, book_id: UUID) -> bool:
    """Tell whether the tenant has a book."""
    return bool(await tx.fetch_value("SELECT true FROM ledger_book WHERE id = $1", book_id))


async def load_assets(tx: Transaction, asset_ids: Sequence[int]) -> dict[int, Asset]:
    """Return assets by id."""
    rows = await tx.fetch(
        "SELECT id, currency, market_id, side FROM ledger_asset WHERE id = ANY($1::integer[])",
        list(asset_ids),
    )
    return {row["id"]: Asset(**dict(row)) for row in rows}


async def load_entries(
    tx: Transaction, book_id: UUID, asset: int, account: str, *, before_version: int, limit: int
) -> tuple[WalletEntry, ...]:
    """Return numbered entries of a checked account below a version, newest first."""
    rows = await tx.fetch(
        "SELECT e.tenant_id, e.version, e.amount, e.balance_after, e.action, e.cost, e.profit, t.kind, "
        "e.transfer_id, t.movement_id, t.effective_at, t.recorded_at, t.reverses, t.corrects, "
        + _SOURCE
        + " "
        "FROM ledger_entry e JOIN ledger_transfer t ON t.book_id = e.book_id AND t.id = e.transfer_id "
        "LEFT JOIN ledger_transfer_source s ON s.book_id = e.book_id AND s.transfer_id = e.transfer_id "
        "WHERE e.book_id = $1 AND e.asset_id = $2 AND e.account = $3 AND e.version < $4 "
        "ORDER BY e.version DESC LIMIT $5",
        book_id,
        asset,
        account,
        before_version,
        limit,
    )
    return tuple(_read_entry(row, book_id) for row in rows)


def _read_entry(row: asyncpg.Record, book_id: UUID) -> WalletEntry:
    fields = dict(row)
    source = _take_source(fields, fields.pop("tenant_id"), book_id, fields["transfer_id"])
    return WalletEntry(**fields, source=source)


async def load_legs(
    tx: Transaction, book_id: UUID, asset: int, account: str, before: UUID | None, limit: int
) -> tuple[LegView, ...]:
    """Return legs of an account without numbered entries, below a transfer id, newest first."""
    rows = await tx.fetch(
        "SELECT p.transfer_id, t.movement_id, t.kind, p.action, t.effective_at, t.recorded_at, "
        "p.cost, p.profit, "
        "CASE WHEN p.target = $3 THEN p.amount ELSE -p.amount END AS amount "
        "FROM ledger_posting p JOIN ledger_transfer t ON t.book_id = p.book_id AND t.id = p.transfer_id "
        "WHERE p.book_id = $1 AND p.asset_id = $2 AND (p.source = $3 OR p.target = $3) "
        "AND ($4::uuid IS NULL OR p.transfer_id < $4) ORDER BY p.transfer_id DESC LIMIT $5",
        book_id,
        asset,
        account,
        before,
        limit,
    )
    return tuple(LegView(**dict(row)) for row in rows)


async def load_standings(
    tx: Transaction, book_id: UUID, after: tuple[str, int] | None, limit: int
) -> tuple[AccountStanding, ...]:
    """Return what stands on accounts of a book that were ever moved, after an (account, asset)."""
    account, asset = after or (None, None)
    rows = await tx.fetch(
        "SELECT * FROM (SELECT b.account, b.asset_id, b.posted, b.held, b.version FROM ledger_balance b "
        "WHERE b.book_id = $1 "
        "UNION ALL SELECT l.account, l.asset_id, sum(l.amount)::bigint, 0, NULL FROM ledger_leg l "
        "WHERE l.book_id = $1 AND l.account IN (SELECT account FROM ledger_chart WHERE class = 'unchecked') "
        "GROUP BY 1, 2) s WHERE $2::ledger_account IS NULL OR (s.account, s.asset_id) > ($2, $3::integer) "
        "ORDER BY s.account, s.asset_id LIMIT $4",
        book_id,
        account,
        asset,
        limit,
    )
    return tuple(AccountStanding(**dict(row)) for row in rows)


async def load_standings_at(
    tx: Transaction, book_id: UUID, at: datetime, by: Moment, after: tuple[str, int] | None, limit: int
) -> tuple[AccountStanding, ...]:
    """Return what stood on accounts of a book at a moment, summed from their legs, after one of them."""
    account, asset = after or (None, None)
    when = "t.effective_at" if by is Moment.BUSINESS else "t.recorded_at"
    rows = await tx.fetch(
        "SELECT l.account, l.asset_id, sum(l.amount)::bigint AS posted FROM ledger_leg l "
        "JOIN ledger_transfer t ON t.book_id = l.book_id AND t.id = l.transfer_id "
        f"WHERE l.book_id = $1 AND {when} <= $2 "
        "AND ($3::ledger_account IS NULL OR (l.account, l.asset_id) > ($3, $4::integer)) "
        "GROUP BY 1, 2 ORDER BY 1, 2 LIMIT $5",
        book_id,
        at,
        account,
        asset,
        limit,
    )
    return tuple(AccountStanding(row["account"], row["asset_id"], row["posted"], 0, None) for row in rows)


async def sum_account_at(
    tx: Transaction, book_id: UUID, at: datetime, by: Moment, account: str
) -> dict[int, int]:
    """Return asset -> what stood on one account of a book at a moment."""
    when = "t.effective_at" if by is Moment.BUSINESS else "t.recorded_at"
    rows = await tx.fetch(
        "SELECT l.asset_id, sum(l.amount)::bigint AS posted FROM ledger_leg l "
        "JOIN ledger_transfer t ON t.book_id = l.book_id AND t.id = l.transfer_id "
        f"WHERE l.book_id = $1 AND {when} <= $2 AND l.account = $3 GROUP BY 1",
        book_id,
        at,
        account,
    )
    return {row["asset_id"]: row["posted"] for row in rows}


async def load_marks(tx: Transaction, deal_id: UUID) -> tuple[DealMark, ...]:
    """Return the states that a deal went through, oldest first."""
    rows = await tx.fetch(
        "SELECT book_id, step, state, at, recorded_at, actor, movement_id FROM ledger_deal_state "
        "WHERE deal_id = $1 ORDER BY book_id, step",
        deal_id,
    )
    return tuple(DealMark(**{**dict(row), "state": DealState(row["state"])}) for row in rows)


async def load_movements(tx: Transaction, movement_ids: Sequence[UUID]) -> tuple[TransferView, ...]:
    """Return movements' transfers, oldest first, with postings, sources, lifecycle and what reversed them."""
    heads = await tx.fetch(
        "SELECT t.tenant_id, t.book_id, t.id, t.kind, t.effective_at, t.recorded_at, t.reverses, t.corrects, "
        "(SELECT r.id FROM ledger_transfer r WHERE r.book_id = t.book_id AND r.reverses = t.id) "
        "AS reversed_by, " + _SOURCE + " FROM ledger_transfer t LEFT JOIN ledger_transfer_source s "
        "ON s.book_id = t.book_id AND s.transfer_id = t.id WHERE t.movement_id = ANY ($1) "
        "ORDER BY t.recorded_at, t.id",
        movement_ids,
    )
    books, transfers = [row["book_id"] for row in heads], [row["id"] for row in heads]
    wanted = (
        "JOIN unnest($1::uuid[], $2::uuid[]) AS w (book_id, id) "
        "ON w.book_id = x.book_id AND w.id = x.transfer_id"
    )
    postings = await tx.fetch(
        "SELECT x.transfer_id, x.asset_id, x.source, x.target, x.amount, x.action, x.cost, x.profit "
        f"FROM ledger_posting x {wanted} ORDER BY x.number",
        books,
        transfers,
    )
    marks = await tx.fetch(
        f"SELECT x.transfer_id, x.state, x.at, x.actor FROM ledger_lifecycle x {wanted} "
        "ORDER BY x.at, x.state",
        books,
        transfers,
    )
    return tuple(_read_transfer(row, postings, marks) for row in heads)


def _read_transfer(
    head: asyncpg.Record, postings: Sequence[asyncpg.Record], marks: Sequence[asyncpg.Record]
) -> TransferView:
    fields = dict(head)
    tenant_id = fields.pop("tenant_id")
    source = _take_source(fields, tenant_id, fields["book_id"], fields["id"])
    return TransferView(
        **fields,
        source=source,
        postings=tuple(
            PostingView(*(row[name] for name in PostingView.__slots__))
            for row in postings
            if row["transfer_id"] == head["id"]
        ),
        lifecycle=tuple(
            LifecycleMark(DealState(row["state"]), row["at"], row["actor"])
            for row in marks
            if row["transfer_id"] == head["id"]
        ),
    )
