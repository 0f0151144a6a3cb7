"""Every query of operators' keys. They are the house's own, of no tenant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from execution_stack.operators.domain import Act, Key
from shared.database import Transaction
from shared.ids import HOUSE_TENANT


@dataclass(frozen=True, slots=True)
class Said:
    """What one operator said of a key. `signed_with` and `signature` None: at the machine."""

    act: Act
    key_id: UUID
    operator: UUID
    signed_with: UUID | None
    signature: bytes | None
    at: datetime


async def lock(tx: Transaction) -> None:
    """Let one act about keys follow the other, until the transaction ends."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('operators', 0))")


async def load_keys(tx: Transaction) -> Sequence[Key]:
    """Return all keys, with what was said of them."""
    rows = await tx.fetch(
        "SELECT k.id, k.operator, k.public_key, "
        "array_remove(array_agg(a.operator) FILTER (WHERE a.act = 'register'), NULL) AS registered, "
        "array_remove(array_agg(a.operator) FILTER (WHERE a.act = 'retire'), NULL) AS retired, "
        "coalesce(bool_or(a.act = 'found'), false) AS is_founded "
        "FROM operator_key k LEFT JOIN operator_key_act a ON a.key_id = k.id "
        "GROUP BY k.id ORDER BY k.id LIMIT 1000"
    )
    return [
        Key(
            row["id"],
            row["operator"],
            row["public_key"],
            row["is_founded"],
            frozenset(row["registered"] or ()),
            frozenset(row["retired"] or ()),
        )
        for row in rows
    ]


async def insert_key(tx: Transaction, key: Key, at: datetime) -> None:
    """Keep a key; it does not stand by that."""
    await tx.execute(
        "INSERT INTO operator_key (tenant_id, id, operator, public_key, made_at) VALUES ($1, $2, $3, $4, $5)",
        HOUSE_TENANT,
        key.id,
        key.operator,
        key.public,
        at,
    )


async def insert_act(tx: Transaction, said: Said) -> bool:
    """Keep what an operator said of a key; False when they said it before."""
    found = await tx.fetch_value(
        "INSERT INTO operator_key_act (tenant_id, key_id, act, operator, signed_with, signature, at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING true",
        HOUSE_TENANT,
        said.key_id,
        said.act,
        said.operator,
        said.signed_with,
        said.signature,
        said.at,
    )
    return bool(found)
