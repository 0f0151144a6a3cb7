"""Nonces: every signed call takes effect at most once, across restarts and replicas.

A nonce is consumed by inserting it in the transaction of the effect: effect and nonce stand or fall
together, and the database decides which of two copies came first. The memory of one process could not.

Guaranteed:
- of any number of copies of a call, at most one commits;
- a nonce is forgotten only long after its call has become too old to be accepted.
"""

import contextlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.boundary.calls import VerifiedCall
from shared.boundary.errors import Replayed
from shared.boundary.signing import FUTURE_TOLERANCE, WINDOW
from shared.database import Database, Transaction

KEPT_FOR: Final = 2 * (WINDOW + FUTURE_TOLERANCE)
"""A call is accepted until WINDOW after its time; twice that leaves room for clocks of replicas."""


async def consume(tx: Transaction, call: VerifiedCall) -> None:
    """Use up the call's nonce in the transaction of its effect. Raises Replayed.

    A second copy waits here until the first one commits or rolls back.
    """
    inserted = await tx.fetch_value(
        "INSERT INTO boundary_nonce (key_id, nonce, sent_at) VALUES ($1, $2, $3) "
        "ON CONFLICT DO NOTHING RETURNING true",
        call.key_id,
        call.nonce,
        call.at,
    )
    if inserted is None:
        raise Replayed("This call was delivered before. Send a new one with the same idempotency key.")
    call.nonce_state.is_consumed = True


@contextlib.asynccontextmanager
async def consuming(database: Database, call: VerifiedCall, *tenants: UUID) -> AsyncIterator[Transaction]:
    """Open the transaction of the effect, its nonce used up in the same round trip. Raises Replayed."""
    # Ids, digits and times have no character that could end a literal.
    insert = (
        "INSERT INTO boundary_nonce (key_id, nonce, sent_at) "
        f"VALUES ('{call.key_id}', '\\x{call.nonce.hex()}', '{call.at.isoformat()}') ON CONFLICT DO NOTHING"
    )
    async with database.transaction(*tenants, first=insert) as tx:
        if tx.first_outcome != "INSERT 0 1":
            raise Replayed("This call was delivered before. Send a new one with the same idempotency key.")
        call.nonce_state.is_consumed = True
        yield tx


async def consume_alone(database: Database, call: VerifiedCall) -> None:
    """Use up the nonce in a transaction of its own: for reads, before a long poll. Raises Replayed."""
    async with consuming(database, call):
        pass
    call.nonce_state.is_committed = True


async def forget_old(tx: Transaction, now: datetime) -> None:
    """Delete the nonces of calls that are too old to be accepted again."""
    await tx.execute("DELETE FROM boundary_nonce WHERE sent_at < $1", now - KEPT_FOR)
