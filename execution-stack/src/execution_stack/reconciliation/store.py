"""Every query of how far the exchange's lists were compared, and of readings of its account."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from execution_stack.books.domain import Places
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class Reading:
    """The account's cash at one quiet moment, beside our places there."""

    reading_id: UUID
    read_at: datetime
    balance: int
    places: Places


class ListName(StrEnum):
    """Which lists of the exchange have a cursor."""

    TRADING = "trading"
    TRADING_AHEAD = "trading_ahead"
    """Past an order that stays in flight and holds `TRADING`."""
    SETTLEMENTS = "settlements"


async def load_cursor(tx: Transaction, name: ListName) -> datetime | None:
    """Return up to when a list was compared."""
    at: datetime | None = await tx.fetch_value(
        "SELECT reconciled_to FROM reconciliation_cursor WHERE list = $1", name
    )
    return at


async def save_cursor(tx: Transaction, name: ListName, at: datetime) -> None:
    """Note up to when a list was compared; it never goes back."""
    await tx.execute(
        "INSERT INTO reconciliation_cursor (list, reconciled_to) VALUES ($1, $2) "
        "ON CONFLICT (list) DO UPDATE SET reconciled_to = "
        "greatest(reconciliation_cursor.reconciled_to, EXCLUDED.reconciled_to)",
        name,
        at,
    )


async def load_newest(tx: Transaction) -> Reading | None:
    """Return the newest reading."""
    row = await tx.fetch_row("SELECT * FROM reconciliation_reading ORDER BY read_at DESC, id DESC LIMIT 1")
    if row is None:
        return None
    places = Places(row["float_cash"], row["pair_cash"], row["own_cash"])
    return Reading(row["id"], row["read_at"], row["balance"], places)


async def insert_reading(tx: Transaction, reading: Reading) -> None:
    """Keep a reading."""
    await tx.execute(
        "INSERT INTO reconciliation_reading (id, read_at, balance, float_cash, pair_cash, own_cash) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        reading.reading_id,
        reading.read_at,
        reading.balance,
        reading.places.float_cash,
        reading.places.pair_cash,
        reading.places.own_cash,
    )
