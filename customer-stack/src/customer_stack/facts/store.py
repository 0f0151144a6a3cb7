"""Every query on facts_customer."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
import orjson

from customer_stack.facts.domain import Changes, CustomerFacts, Restriction, Screening
from shared.database import Transaction

_CASTS: Final = {
    "restriction": "facts_restriction",
    "cooling_until": "timestamptz",
    "excluded_until": "timestamptz",
    "screening": "facts_screening",
    "screening_version": "bytea",
    "screened_at": "timestamptz",
    "tier": "text",
    "document_expires_on": "date",
    "expected_turnover": "bigint",
    "risk": "smallint",
    "flags": "text[]",
    "country": "text",
    "snoozes": "jsonb",
}
_RESTRICTIONS: Final = {each.value: each for each in Restriction}
_SCREENINGS: Final = {each.value: each for each in Screening}
_NO_SNOOZES: Final = "{}"
_READ: Final = f"SELECT {', '.join(CustomerFacts._fields)} FROM facts_customer"


async def insert(tx: Transaction, tenant_id: UUID, customer_id: UUID, country: str, at: datetime) -> None:
    """Begin with what a registration says."""
    await tx.execute(
        "INSERT INTO facts_customer (tenant_id, customer_id, country, registered_at, changed_at) "
        "VALUES ($1, $2, $3, $4, $4)",
        tenant_id,
        customer_id,
        country,
        at,
    )


async def load(tx: Transaction, customer_ids: Iterable[UUID]) -> dict[UUID, CustomerFacts]:
    """Return what is known, by customer."""
    rows = await tx.fetch(f"{_READ} WHERE customer_id = ANY($1::uuid[])", list(customer_ids))
    return {row["customer_id"]: _read(row) for row in rows}


async def update(tx: Transaction, customer_ids: Sequence[UUID], changes: Changes, at: datetime) -> int:
    """Change the same facts of some customers; return how many there are."""
    named = changes.named()
    sets = "".join(f", {name} = ${place}::{_CASTS[name]}" for place, name in enumerate(named, start=3))
    rows = await tx.fetch(
        f"UPDATE facts_customer SET version = version + 1, changed_at = $2{sets} "
        "WHERE customer_id = ANY($1::uuid[]) RETURNING 1",
        list(customer_ids),
        at,
        *(_write(value) for value in named.values()),
    )
    return len(rows)


def _write(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    return orjson.dumps(value).decode() if isinstance(value, Mapping) else value


def _read(row: asyncpg.Record) -> CustomerFacts:
    facts = CustomerFacts(*row)
    return facts._replace(
        restriction=_RESTRICTIONS[facts.restriction],
        screening=_SCREENINGS[facts.screening],
        flags=frozenset(facts.flags),
        snoozes=_read_snoozes(row["snoozes"]),
    )


def _read_snoozes(text: str) -> dict[str, datetime]:
    if text == _NO_SNOOZES:
        return {}
    return {key: datetime.fromisoformat(until) for key, until in orjson.loads(text).items()}
