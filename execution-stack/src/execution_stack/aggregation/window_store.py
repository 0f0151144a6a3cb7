"""Queries of windows and orders for those who look at them: operators, and whoever replays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from execution_stack.aggregation.domain import OrderState
from execution_stack.exchange.domain import Action, Fill, Side, Ticker, book_side_of
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class WindowEnd:
    """What became of a window's order, with the fills that were shared out."""

    order_id: UUID
    ended_at: datetime
    state: OrderState
    filled: int
    cost: int
    fees: int
    excess: int
    fills: tuple[Fill, ...]


@dataclass(frozen=True, slots=True)
class WindowRow:
    """A window as it was committed, unread, and its end, if it has one."""

    window_id: UUID
    manifest: bytes
    digest: bytes
    end: WindowEnd | None


async def list_windows(tx: Transaction, after: UUID | None, limit: int, only: UUID | None) -> list[WindowRow]:
    """Return windows in id order, or one, with what became of their orders."""
    rows = await tx.fetch(
        "SELECT w.id, w.manifest, w.digest, o.id AS order_id, o.state, o.filled, o.cost, o.fees, o.excess, "
        "o.ended_at FROM aggregation_window w JOIN aggregation_order o ON o.window_id = w.id "
        "WHERE ($1::uuid IS NULL OR w.id > $1) AND ($3::uuid IS NULL OR w.id = $3) ORDER BY w.id LIMIT $2",
        after,
        limit,
        only,
    )
    fills = await _load_shared_fills(tx, [row["order_id"] for row in rows])
    return [
        WindowRow(
            row["id"],
            row["manifest"],
            row["digest"],
            None
            if row["ended_at"] is None
            else WindowEnd(
                order_id=row["order_id"],
                ended_at=row["ended_at"],
                state=OrderState(row["state"]),
                filled=row["filled"],
                cost=row["cost"],
                fees=row["fees"],
                excess=row["excess"],
                fills=tuple(fills.get(row["order_id"], ())),
            ),
        )
        for row in rows
    ]


async def _load_shared_fills(tx: Transaction, order_ids: Sequence[UUID]) -> dict[UUID, list[Fill]]:
    """Return the fills of orders that were shared out: all but late ones."""
    rows = await tx.fetch(
        "SELECT f.*, m.ticker, w.side, w.action FROM aggregation_fill f "
        "JOIN aggregation_order o ON o.id = f.order_id JOIN aggregation_window w ON w.id = o.window_id "
        "JOIN market m ON m.id = o.market_id WHERE f.order_id = ANY($1::uuid[]) AND NOT f.is_late",
        order_ids,
    )
    found: dict[UUID, list[Fill]] = {}
    for row in rows:
        fill = Fill(
            fill_id=row["fill_id"],
            order_id=row["order_id"],
            ticker=Ticker(row["ticker"]),
            book_side=book_side_of(Side(row["side"]), Action(row["action"])),
            yes_price=row["yes_price"],
            quantity=row["quantity"],
            fee=row["fee"],
            is_taker=row["is_taker"],
            created_at=row["traded_at"],
        )
        found.setdefault(row["order_id"], []).append(fill)
    return found


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """An order as operators see it."""

    order_id: UUID
    window_id: UUID
    market_id: UUID
    exchange_order_id: UUID | None
    state: OrderState
    quantity: int
    attempts: int
    submitted_at: datetime
    sent_at: datetime
    unknown_at: datetime | None
    ended_at: datetime | None


async def list_orders(tx: Transaction, states: Sequence[OrderState], limit: int) -> list[ListedOrder]:
    """Return orders in some states, the oldest first."""
    rows = await tx.fetch(
        "SELECT id, window_id, market_id, exchange_order_id, state, quantity, attempts, submitted_at, "
        "sent_at, unknown_at, ended_at FROM aggregation_order WHERE state = ANY($1::order_state[]) "
        "ORDER BY submitted_at, id LIMIT $2",
        states,
        limit,
    )
    return [
        ListedOrder(
            order_id=row["id"],
            window_id=row["window_id"],
            market_id=row["market_id"],
            exchange_order_id=row["exchange_order_id"],
            state=OrderState(row["state"]),
            quantity=row["quantity"],
            attempts=row["attempts"],
            submitted_at=row["submitted_at"],
            sent_at=row["sent_at"],
            unknown_at=row["unknown_at"],
            ended_at=row["ended_at"],
        )
        for row in rows
    ]
