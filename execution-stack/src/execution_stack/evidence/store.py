"""Every query of packs of windows: what they are made of, and which were made."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from execution_stack.books.domain import PostedKey
from execution_stack.evidence import domain
from execution_stack.evidence.domain import MadePack, Rows
from shared.database import Transaction
from shared.ids import HOUSE_TENANT

_OF_WINDOW: Final = {
    domain.WINDOW.name: (
        "SELECT w.id AS window_id, w.market_id, m.ticker, w.side::text AS side, w.action::text AS action, "
        "w.limit_price, w.quantity, w.digest AS manifest_sha256, w.closed_at "
        "FROM aggregation_window w JOIN market m ON m.id = w.market_id WHERE w.id = $1"
    ),
    domain.INTENTS.name: (
        "SELECT id AS intent_id, tenant_id, account, quantity, limit_price, max_total, arrival, "
        "state::text AS state, filled, received_at, ended_at FROM intent "
        "WHERE window_id = $1 ORDER BY arrival"
    ),
    domain.ORDERS.name: (
        "SELECT id AS order_id, window_id, exchange_order_id, quantity, attempts, state::text AS state, "
        "filled, cost, fees, excess, submitted_at, sent_at, unknown_at, ended_at "
        "FROM aggregation_order WHERE window_id = $1"
    ),
    domain.FILLS.name: (
        "SELECT f.fill_id, f.order_id, f.quantity, f.yes_price, f.fee, f.is_taker, f.is_late, f.traded_at, "
        "f.recorded_at FROM aggregation_fill f JOIN aggregation_order o ON o.id = f.order_id "
        "WHERE o.window_id = $1 ORDER BY f.recorded_at, f.fill_id"
    ),
    domain.REPORTS.name: (
        "WITH told AS (SELECT r.* FROM report r JOIN intent i ON i.id = r.intent_id WHERE i.window_id = $1) "
        "SELECT r.sequence, r.recipient_id, r.tenant_id, r.kind::text AS kind, r.intent_id, r.account, "
        "r.side::text AS side, r.action::text AS action, r.quantity, r.amount, r.fee, "
        "r.reason::text AS reason, r.manifest AS manifest_sha256, r.reverses, r.recorded_at FROM ("
        "  SELECT * FROM told UNION ALL SELECT b.* FROM told t "
        "  JOIN report b ON b.recipient_id = t.recipient_id AND b.reverses = t.sequence"
        ") r ORDER BY r.recipient_id, r.sequence"
    ),
}
_POSTINGS: Final = (
    "SELECT t.id AS transfer_id, t.movement_id, t.tenant_id, t.book_id, p.number, t.kind::text AS kind, "
    "p.action::text AS action, p.source::text AS source, p.target::text AS target, "
    "a.currency::text AS currency, a.market_id, a.side::text AS side, p.amount, t.reverses, t.effective_at, "
    "t.recorded_at FROM unnest($1::uuid[], $2::uuid[]) AS w (book_id, transfer_id) "
    "JOIN ledger_transfer t ON t.id = w.transfer_id AND t.book_id = w.book_id "
    "JOIN ledger_posting p ON p.transfer_id = t.id AND p.book_id = t.book_id "
    "JOIN ledger_asset a ON a.id = p.asset_id ORDER BY t.recorded_at, p.number"
)
_BREAKS: Final = (
    "SELECT id AS break_id, kind::text AS kind, subject, expected, found, occurrence, found_at "
    "FROM break_found WHERE subject = ANY($1::uuid[]) ORDER BY found_at, id"
)
_MADE: Final = (
    "id, window_id, operator, signed_with, signature, size_bytes, sha256, manifest_sha256, row_count, "
    "record_count, checkpoint_size, is_witnessed, made_at"
)


async def read_window(tx: Transaction, window_id: UUID) -> dict[str, Rows]:
    """Return the rows of a window that are found by its id; none of them when there is no such window."""
    return {name: await _fetch(tx, statement, window_id) for name, statement in _OF_WINDOW.items()}


async def read_postings(tx: Transaction, keys: Sequence[PostedKey]) -> Rows:
    """Return the postings of those of the transfers that there are, each once."""
    distinct = sorted(set(keys))
    return await _fetch(tx, _POSTINGS, [book for book, _ in distinct], [each for _, each in distinct])


async def read_breaks(tx: Transaction, subjects: Sequence[UUID]) -> Rows:
    """Return what was found different in orders or fills."""
    return await _fetch(tx, _BREAKS, subjects)


async def insert_made(tx: Transaction, made: MadePack) -> None:
    """Register a pack."""
    await tx.execute(
        f"INSERT INTO evidence_pack (tenant_id, {_MADE}) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        HOUSE_TENANT,
        made.id,
        made.window_id,
        made.operator,
        made.signed_with,
        made.signature,
        made.size_bytes,
        made.sha256,
        made.manifest_sha256,
        made.row_count,
        made.record_count,
        made.checkpoint_size,
        made.is_witnessed,
        made.made_at,
    )


async def list_made(
    tx: Transaction, window_id: UUID | None, sha256: bytes | None, before: UUID | None, limit: int
) -> list[MadePack]:
    """Return packs, of one window or file or all, below an id, newest first."""
    rows = await tx.fetch(
        f"SELECT {_MADE} FROM evidence_pack WHERE ($1::uuid IS NULL OR window_id = $1) "
        "AND ($2::bytea IS NULL OR sha256 = $2) AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4",
        window_id,
        sha256,
        before,
        limit,
    )
    return [_made(row) for row in rows]


async def _fetch(tx: Transaction, statement: str, *arguments: object) -> Rows:
    return [dict(row) for row in await tx.fetch(statement, *arguments)]


def _made(row: Any) -> MadePack:
    return MadePack(**dict(row))
