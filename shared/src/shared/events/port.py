"""Publishing: one statement on the caller's transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.queries import Queries

from shared.database import Transaction
from shared.errors import invariant
from shared.operations.logs import current_correlation

PAYLOAD_LIMIT_BYTES: Final = 8192
Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """One fact. `payload` is JSON: ids as text, money as integers of minor units, no floats."""

    id: UUID
    topic: str
    tenant_id: UUID
    payload: Payload
    correlation_id: UUID | None = None


async def publish(
    tx: Transaction, topic: str, payload: Payload, event_id: UUID, *, tenant_id: UUID | None = None
) -> None:
    """Enqueue one event in `tx`. `tenant_id` may be left out when `tx` is bound to exactly one tenant."""
    if tenant_id is None:
        invariant(len(tx.tenants) == 1, "an event of a transaction of several tenants names its tenant")
        (tenant_id,) = tx.tenants
    await publish_all(tx, [Event(event_id, topic, tenant_id, payload, current_correlation())])


async def publish_all(tx: Transaction, events: Sequence[Event]) -> None:
    """Enqueue several events in `tx`, with one statement."""
    if not events:
        return
    invariant(all(event.tenant_id in tx.tenants for event in events), "an event belongs to a bound tenant")
    await Queries(AsyncpgDriver(tx.connection)).enqueue(
        [event.topic for event in events], [encode(event) for event in events], [0] * len(events)
    )


def encode(event: Event) -> bytes:
    """Return the stored form of an event; its topic is stored beside it."""
    body = {
        "id": str(event.id),
        "tenant": str(event.tenant_id),
        "correlation": str(event.correlation_id) if event.correlation_id else None,
        "payload": event.payload,
    }
    encoded = json.dumps(body, ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode()
    invariant(len(encoded) <= PAYLOAD_LIMIT_BYTES, "an event carries ids, not documents")
    return encoded


def decode(topic: str, stored: bytes) -> Event:
    """Return the event that `encode` stored."""
    body = json.loads(stored)
    return Event(
        id=UUID(body["id"]),
        topic=topic,
        tenant_id=UUID(body["tenant"]),
        payload=body["payload"],
        correlation_id=UUID(body["correlation"]) if body["correlation"] else None,
    )
