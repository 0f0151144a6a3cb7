"""Every query of the customer's ledger that writes or decides, on the transaction it is given."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from customer_stack.ledger.domain import (
    Amount,
    BookKind,
    DealState,
    Item,
    ItemState,
    NumberedStep,
    TransferSource,
)
from customer_stack.ledger.revising import Outcome, Reversal, ReversalReason
from shared.database import Transaction
from shared.ledger.domain import Posting, Transfer


async def has_book(tx: Transaction, book_id: UUID, kind: BookKind) -> bool:
    """Tell whether the tenant has this book."""
    found = await tx.fetch_value("SELECT true FROM ledger_book WHERE id = $1 AND kind = $2", book_id, kind)
    return bool(found)


async def insert_sources(tx: Transaction, sources: Sequence[TransferSource]) -> None:
    """Keep where transfers of this transaction came from."""
    rates = [source.rates for source in sources]
    await tx.execute(
        "INSERT INTO ledger_transfer_source (tenant_id, book_id, transfer_id, provider, reference, "
        "charge_id, quote_id, mid_e8, buy_e8, sell_e8, cost_e8, agreed_e8, settlement_e8) "
        "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], "
        "$7::uuid[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[])",
        [source.tenant_id for source in sources],
        [source.book_id for source in sources],
        [source.transfer_id for source in sources],
        [source.provider for source in sources],
        [source.reference for source in sources],
        [source.charge_id for source in sources],
        [source.quote_id for source in sources],
        [each and each.mid_e8 for each in rates],
        [each and each.buy_e8 for each in rates],
        [each and each.sell_e8 for each in rates],
        [each and each.cost_e8 for each in rates],
        [each and each.agreed_e8 for each in rates],
        [each and each.settlement_e8 for each in rates],
    )


async def load_latest_steps(
    tx: Transaction, deals: Iterable[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], tuple[int, DealState]]:
    """Return the newest step of each deal (book, deal): its number and state."""
    wanted = sorted(set(deals))
    rows = await tx.fetch(
        "SELECT w.book_id, w.deal_id, s.step, s.state "
        "FROM unnest($1::uuid[], $2::uuid[]) AS w (book_id, deal_id) CROSS JOIN LATERAL "
        "(SELECT d.step, d.state FROM ledger_deal_state d WHERE d.book_id = w.book_id "
        " AND d.deal_id = w.deal_id ORDER BY d.step DESC LIMIT 1) s",
        [book for book, _ in wanted],
        [deal for _, deal in wanted],
    )
    return {(row["book_id"], row["deal_id"]): (row["step"], DealState(row["state"])) for row in rows}


async def insert_steps(tx: Transaction, steps: Sequence[NumberedStep]) -> None:
    """Append steps of deals."""
    await tx.execute(
        "INSERT INTO ledger_deal_state (tenant_id, book_id, deal_id, step, state, at, actor, movement_id) "
        "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::ledger_deal_word[], "
        "$6::timestamptz[], $7::text[], $8::uuid[])",
        [each.step.tenant_id for each in steps],
        [each.step.book_id for each in steps],
        [each.step.deal_id for each in steps],
        [each.number for each in steps],
        [each.step.state for each in steps],
        [each.step.at for each in steps],
        [each.step.actor for each in steps],
        [each.step.movement_id for each in steps],
    )


async def insert_items(tx: Transaction, items: Sequence[Item]) -> None:
    """Keep new versions, as drafts or active."""
    gives, gets, fees = ([getattr(item, side) for item in items] for side in ("give", "get", "fee"))
    await tx.execute(
        "INSERT INTO ledger_item (id, tenant_id, book_id, deal_id, version, state, kind, give_asset, "
        "give_amount, get_asset, get_amount, rate_e8, fee_asset, fee_amount, reference, movement_id, "
        "effective_at, made_by, made_at, activated_by, activated_at) "
        "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::smallint[], "
        "$6::ledger_item_state[], $7::ledger_transfer_kind[], $8::integer[], $9::bigint[], $10::integer[], "
        "$11::bigint[], $12::bigint[], $13::integer[], $14::bigint[], $15::text[], $16::uuid[], "
        "$17::timestamptz[], $18::text[], $19::timestamptz[], $20::text[], $21::timestamptz[])",
        [item.id for item in items],
        [item.tenant_id for item in items],
        [item.book_id for item in items],
        [item.deal_id for item in items],
        [item.version for item in items],
        [item.state for item in items],
        [item.kind for item in items],
        [each and each.asset for each in gives],
        [each and each.minor for each in gives],
        [each and each.asset for each in gets],
        [each and each.minor for each in gets],
        [item.rate_e8 for item in items],
        [each and each.asset for each in fees],
        [each and each.minor for each in fees],
        [item.reference for item in items],
        [item.movement_id for item in items],
        [item.effective_at for item in items],
        [item.made_by for item in items],
        [item.made_at for item in items],
        [item.made_by if item.state is ItemState.ACTIVE else None for item in items],
        [item.made_at if item.state is ItemState.ACTIVE else None for item in items],
    )


async def end_item(
    tx: Transaction, item_id: UUID, *, actor: str, at: datetime, replaced_by: UUID | None = None
) -> None:
    """Supersede a version by another, or cancel it when no other replaces it."""
    await tx.execute(
        "UPDATE ledger_item SET state = $2, replaced_by = $3, replaced_at = $4, replaced_actor = $5 "
        "WHERE id = $1",
        item_id,
        ItemState.CANCELLED if replaced_by is None else ItemState.SUPERSEDED,
        replaced_by,
        at,
        actor,
    )


async def activate_item(
    tx: Transaction, item_id: UUID, *, actor: str, at: datetime, movement_id: UUID | None
) -> None:
    """Make a draft the active version of its deal."""
    await tx.execute(
        "UPDATE ledger_item SET state = 'active', activated_by = $2, activated_at = $3, movement_id = $4 "
        "WHERE id = $1",
        item_id,
        actor,
        at,
        movement_id,
    )


async def load_items(tx: Transaction, deal_id: UUID) -> tuple[Item, ...]:
    """Return all versions of a deal, oldest first."""
    rows = await tx.fetch("SELECT * FROM ledger_item WHERE deal_id = $1 ORDER BY book_id, version", deal_id)
    return tuple(read_item(row) for row in rows)


async def load_item(tx: Transaction, item_id: UUID) -> Item | None:
    """Return one version."""
    row = await tx.fetch_row("SELECT * FROM ledger_item WHERE id = $1", item_id)
    return None if row is None else read_item(row)


def read_item(row: asyncpg.Record) -> Item:
    """Return the version that a row of ledger_item is."""
    fields = dict(row)
    amounts = {
        side: (fields.pop(f"{side}_asset"), fields.pop(f"{side}_amount")) for side in ("give", "get", "fee")
    }
    known = {
        side: None if asset is None else Amount(asset, minor) for side, (asset, minor) in amounts.items()
    }
    return Item(**{**fields, **known, "state": ItemState(fields["state"])})


_TRANSFERS = (
    "SELECT t.id, t.movement_id, t.tenant_id, t.book_id, t.kind, t.effective_at, t.reverses, t.corrects, "
    "p.asset_id, p.source, p.target, p.amount, p.action, p.cost, p.profit "
    "FROM ledger_transfer t JOIN ledger_posting p ON p.book_id = t.book_id AND p.transfer_id = t.id"
)


async def load_movement(
    tx: Transaction, movement_id: UUID, book_ids: Sequence[UUID] | None = None
) -> tuple[Transfer, ...]:
    """Return a movement's transfers with their postings, in the order in which they were posted."""
    rows = await tx.fetch(
        f"{_TRANSFERS} WHERE t.movement_id = $1 AND ($2::uuid[] IS NULL OR t.book_id = ANY($2::uuid[])) "
        "ORDER BY p.number",
        movement_id,
        None if book_ids is None else list(book_ids),
    )
    return _read_transfers(rows)


async def load_transfers(tx: Transaction, ids: Sequence[UUID]) -> tuple[Transfer, ...]:
    """Return transfers with their postings, in the order in which they were posted."""
    return _read_transfers(
        await tx.fetch(f"{_TRANSFERS} WHERE t.id = ANY($1::uuid[]) ORDER BY p.number", ids)
    )


def _read_transfers(rows: Sequence[asyncpg.Record]) -> tuple[Transfer, ...]:
    postings: dict[tuple[UUID, UUID], list[Posting]] = {}
    for row in rows:
        made = Posting(*(row[name] for name in _POSTING))
        postings.setdefault((row["book_id"], row["id"]), []).append(made)
    heads = {(row["book_id"], row["id"]): {name: row[name] for name in _TRANSFER} for row in rows}
    return tuple(Transfer(**head, postings=tuple(postings[key])) for key, head in heads.items())


_POSTING = ("asset_id", "source", "target", "amount", "action", "cost", "profit")
_TRANSFER = ("id", "movement_id", "tenant_id", "book_id", "kind", "effective_at", "reverses", "corrects")


async def has_reversal(tx: Transaction, transfers: Iterable[Transfer]) -> bool:
    """Tell whether one of the transfers was reversed."""
    wanted = list(transfers)
    found = await tx.fetch_value(
        "SELECT true FROM unnest($1::uuid[], $2::uuid[]) AS w (book_id, id) "
        "JOIN ledger_transfer t ON t.book_id = w.book_id AND t.reverses = w.id LIMIT 1",
        [transfer.book_id for transfer in wanted],
        [transfer.id for transfer in wanted],
    )
    return bool(found)


async def sum_debts(tx: Transaction, book_ids: Sequence[UUID]) -> dict[tuple[UUID, int], int]:
    """Return what is owed, above zero, by (book, asset). The partial index of debts answers."""
    rows = await tx.fetch(
        "SELECT book_id, asset_id, sum(CASE source WHEN 'debt' THEN amount ELSE -amount END)::bigint AS owed "
        "FROM ledger_posting WHERE book_id = ANY($1::uuid[]) AND (source = 'debt' OR target = 'debt') "
        "GROUP BY 1, 2 HAVING sum(CASE source WHEN 'debt' THEN amount ELSE -amount END) <> 0",
        list(book_ids),
    )
    return {(row["book_id"], row["asset_id"]): row["owed"] for row in rows}


async def find_deal_book(tx: Transaction, deal_id: UUID) -> UUID | None:
    """Return the book of a deal that has items."""
    found: UUID | None = await tx.fetch_value(
        "SELECT book_id FROM ledger_item WHERE deal_id = $1 ORDER BY version LIMIT 1", deal_id
    )
    return found


async def load_active_item(tx: Transaction, deal_id: UUID) -> Item | None:
    """Return the version of a deal that stands."""
    row = await tx.fetch_row("SELECT * FROM ledger_item WHERE deal_id = $1 AND state = 'active'", deal_id)
    return None if row is None else read_item(row)


async def load_items_of_movement(tx: Transaction, movement_id: UUID) -> tuple[Item, ...]:
    """Return the standing versions that posted a movement."""
    rows = await tx.fetch(
        "SELECT * FROM ledger_item WHERE movement_id = $1 AND state = 'active' ORDER BY id", movement_id
    )
    return tuple(read_item(row) for row in rows)


async def load_drafts(tx: Transaction, before: UUID | None, limit: int) -> tuple[Item, ...]:
    """Return proposed corrections below an id, newest first."""
    rows = await tx.fetch(
        "SELECT * FROM ledger_item WHERE state = 'draft' AND version > 1 AND ($1::uuid IS NULL OR id < $1) "
        "ORDER BY id DESC LIMIT $2",
        before,
        limit,
    )
    return tuple(read_item(row) for row in rows)


async def insert_reversal(tx: Transaction, reversal: Reversal) -> None:
    """Keep a proposed reversal."""
    await tx.execute(
        "INSERT INTO ledger_reversal (tenant_id, id, movement_id, reason, proposed_by, proposed_at) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        reversal.tenant_id,
        reversal.id,
        reversal.movement_id,
        reversal.reason,
        reversal.proposed_by,
        reversal.proposed_at,
    )


async def insert_decision(
    tx: Transaction,
    tenant_id: UUID,
    reversal_id: UUID,
    *,
    outcome: Outcome,
    movement_id: UUID | None,
    decided_by: UUID,
    decided_at: datetime,
) -> bool:
    """Keep the decision about a reversal; false when there is one already."""
    made = await tx.fetch_value(
        "INSERT INTO ledger_reversal_decision (tenant_id, reversal_id, outcome, movement_id, decided_by, "
        "decided_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING true",
        tenant_id,
        reversal_id,
        outcome,
        movement_id,
        decided_by,
        decided_at,
    )
    return bool(made)


_REVERSAL = (
    "SELECT r.id, r.tenant_id, r.movement_id, r.reason, r.proposed_by, r.proposed_at, d.outcome, "
    "d.movement_id AS reversed_by, d.decided_by, d.decided_at "
    "FROM ledger_reversal r LEFT JOIN ledger_reversal_decision d ON d.reversal_id = r.id "
)


def _read_reversal(row: asyncpg.Record) -> Reversal:
    fields = dict(row)
    outcome = None if row["outcome"] is None else Outcome(row["outcome"])
    return Reversal(**{**fields, "reason": ReversalReason(row["reason"]), "outcome": outcome})


async def load_reversal(tx: Transaction, reversal_id: UUID) -> Reversal | None:
    """Return a reversal with its decision."""
    row = await tx.fetch_row(_REVERSAL + "WHERE r.id = $1", reversal_id)
    return None if row is None else _read_reversal(row)


async def load_reversals(tx: Transaction, before: UUID | None, limit: int) -> tuple[Reversal, ...]:
    """Return reversals below an id, newest first."""
    rows = await tx.fetch(
        _REVERSAL + "WHERE $1::uuid IS NULL OR r.id < $1 ORDER BY r.id DESC LIMIT $2", before, limit
    )
    return tuple(_read_reversal(row) for row in rows)
