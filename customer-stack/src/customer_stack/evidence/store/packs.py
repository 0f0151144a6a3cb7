"""Queries on packs, their parts and deliveries."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from customer_stack.evidence.domain.packs import Channel, Delivery, Made, Pack, Scope, State, Wish
from shared.database import Transaction

_MADE: Final = (
    "size_bytes",
    "sha256",
    "manifest_sha256",
    "row_count",
    "record_count",
    "checkpoint_size",
    "is_witnessed",
    "made_at",
)
_PACKS: Final = (
    "SELECT p.id, p.tenant_id, p.scope_kind, p.scope_id, p.first_at, p.last_at, p.is_personal, "
    "p.customer_id, p.permissions, p.asked_by, p.asked_at, p.state, p.attempts, p.expires_at, "
    f"{', '.join(_MADE)} "
    "FROM evidence_pack p LEFT JOIN evidence_made m ON m.pack_id = p.id"
)


def _pack(row: Any) -> Pack:
    wish = Wish(
        Scope(row["scope_kind"]), row["scope_id"], row["first_at"], row["last_at"], row["is_personal"]
    )
    made = None if row["sha256"] is None else Made(*(row[name] for name in _MADE))
    return Pack(
        id=row["id"],
        tenant_id=row["tenant_id"],
        wish=wish,
        customer_id=row["customer_id"],
        permissions=tuple(row["permissions"]),
        asked_by=row["asked_by"],
        asked_at=row["asked_at"],
        state=State(row["state"]),
        attempts=row["attempts"],
        expires_at=row["expires_at"],
        made=made,
    )


async def insert(tx: Transaction, pack: Pack) -> None:
    """Keep the wish for a pack."""
    wish = pack.wish
    await tx.execute(
        "INSERT INTO evidence_pack (tenant_id, id, scope_kind, scope_id, first_at, last_at, customer_id, "
        "is_personal, permissions, asked_by, asked_at, state, next_attempt_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11)",
        pack.tenant_id,
        pack.id,
        wish.scope,
        wish.scope_id,
        wish.first_at,
        wish.last_at,
        pack.customer_id,
        wish.is_personal,
        list(pack.permissions),
        pack.asked_by,
        pack.asked_at,
        pack.state,
    )


async def load(tx: Transaction, pack_id: UUID) -> Pack | None:
    """Return a pack."""
    row = await tx.fetch_row(f"{_PACKS} WHERE p.id = $1", pack_id)
    return None if row is None else _pack(row)


async def lock(tx: Transaction, pack_id: UUID) -> Pack | None:
    """Lock a pack and return it."""
    await tx.execute("SELECT 1 FROM evidence_pack WHERE id = $1 FOR UPDATE", pack_id)
    return await load(tx, pack_id)


async def list_packs(
    tx: Transaction, scope_id: UUID | None, permissions: Sequence[str], before: UUID | None, limit: int
) -> list[Pack]:
    """Return packs of the bound tenant that need no other permissions, newest first, below an id."""
    rows = await tx.fetch(
        f"{_PACKS} WHERE p.permissions <@ $1::text[] AND ($2::uuid IS NULL OR p.scope_id = $2) "
        "AND ($3::uuid IS NULL OR p.id < $3) ORDER BY p.id DESC LIMIT $4",
        list(permissions),
        scope_id,
        before,
        limit,
    )
    return [_pack(row) for row in rows]


async def count_waiting(tx: Transaction) -> int:
    """Return how many packs of the bound tenant wait to be made."""
    return int(await tx.fetch_value("SELECT count(*) FROM evidence_pack WHERE state = 'asked'"))


async def take_due(tx: Transaction, tenant_id: UUID, now: datetime, leased_until: datetime) -> Pack | None:
    """Return one pack that is due, leased so that no other worker takes it meanwhile."""
    found = await tx.fetch_value(
        "UPDATE evidence_pack SET attempts = attempts + 1, next_attempt_at = $3 WHERE id = ("
        "SELECT id FROM evidence_pack WHERE tenant_id = $1 AND state = 'asked' AND next_attempt_at <= $2 "
        "ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id",
        tenant_id,
        now,
        leased_until,
    )
    return None if found is None else await load(tx, found)


async def is_asked(tx: Transaction, pack_id: UUID, attempt: int) -> bool:
    """Tell whether a pack is still to be made, and by the attempt that asks."""
    return bool(
        await tx.fetch_value(
            "SELECT true FROM evidence_pack WHERE id = $1 AND state = 'asked' AND attempts = $2",
            pack_id,
            attempt,
        )
    )


async def set_state(tx: Transaction, pack_id: UUID, state: State, expires_at: datetime | None) -> None:
    """Move a pack to another state."""
    await tx.execute(
        "UPDATE evidence_pack SET state = $2, expires_at = coalesce($3, expires_at) WHERE id = $1",
        pack_id,
        state,
        expires_at,
    )


async def insert_made(tx: Transaction, pack: Pack, made: Made) -> None:
    """Register what was made."""
    await tx.execute(
        f"INSERT INTO evidence_made (tenant_id, pack_id, {', '.join(_MADE)}) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        pack.tenant_id,
        pack.id,
        *(getattr(made, name) for name in _MADE),
    )


async def insert_parts(tx: Transaction, pack: Pack, first: int, parts: Sequence[bytes]) -> None:
    """Keep sealed parts, numbered from `first`."""
    await tx.execute(
        "INSERT INTO evidence_part (tenant_id, pack_id, number, sealed) "
        "SELECT $1, $2, $3 + number - 1, sealed "
        "FROM unnest($4::bytea[]) WITH ORDINALITY AS part (sealed, number)",
        pack.tenant_id,
        pack.id,
        first,
        list(parts),
    )


async def load_part(tx: Transaction, pack_id: UUID, number: int) -> bytes | None:
    """Return one sealed part, or None after the last."""
    sealed: bytes | None = await tx.fetch_value(
        "SELECT sealed FROM evidence_part WHERE pack_id = $1 AND number = $2", pack_id, number
    )
    return sealed


async def delete_parts(tx: Transaction, pack_ids: Sequence[UUID]) -> None:
    """Remove what packs are made of."""
    await tx.execute("DELETE FROM evidence_part WHERE pack_id = ANY ($1::uuid[])", list(pack_ids))


async def drop_over(tx: Transaction, tenant_id: UUID, now: datetime, limit: int) -> int:
    """Remove the parts of packs whose time is over. Return how many packs."""
    rows = await tx.fetch(
        "UPDATE evidence_pack SET state = 'gone' WHERE id IN (SELECT id FROM evidence_pack "
        "WHERE tenant_id = $1 AND state = 'ready' AND expires_at <= $2 ORDER BY expires_at LIMIT $3 "
        "FOR UPDATE SKIP LOCKED) RETURNING id",
        tenant_id,
        now,
        limit,
    )
    gone = [row["id"] for row in rows]
    await delete_parts(tx, gone)
    return len(gone)


async def insert_delivery(tx: Transaction, tenant_id: UUID, delivery: Delivery) -> None:
    """Keep that a pack was given to somebody."""
    await tx.execute(
        "INSERT INTO evidence_delivery (tenant_id, id, pack_id, recipient, channel, reference, delivered_at, "
        "recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        tenant_id,
        delivery.id,
        delivery.pack_id,
        delivery.recipient,
        delivery.channel,
        delivery.reference,
        delivery.delivered_at,
        delivery.recorded_by,
        delivery.recorded_at,
    )


async def load_deliveries(tx: Transaction, pack_id: UUID, before: UUID | None, limit: int) -> list[Delivery]:
    """Return to whom a pack was given, newest first, below an id."""
    rows = await tx.fetch(
        "SELECT id, pack_id, recipient, channel, reference, delivered_at, recorded_by, recorded_at "
        "FROM evidence_delivery WHERE pack_id = $1 AND ($2::uuid IS NULL OR id < $2) "
        "ORDER BY id DESC LIMIT $3",
        pack_id,
        before,
        limit,
    )
    return [Delivery(**{**dict(row), "channel": Channel(row["channel"])}) for row in rows]
