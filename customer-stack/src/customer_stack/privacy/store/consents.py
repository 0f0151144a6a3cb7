"""Queries on consents."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from customer_stack.privacy.domain.consents import Channel, Consent, Language, Purpose
from shared.database import Transaction


async def insert(
    tx: Transaction, tenant_id: UUID, customer_id: UUID, consents: Iterable[tuple[Consent, bytes]]
) -> None:
    """Keep consents, each with the digest of the text that was shown. The customer is locked or new."""
    kept = list(consents)
    await tx.execute(
        "INSERT INTO privacy_consent (tenant_id, customer_id, number, purpose, version, digest, is_given, "
        "channel, language, at) SELECT $1, $2, c.* FROM unnest($3::integer[], $4::privacy_purpose[], "
        "$5::integer[], $6::bytea[], $7::boolean[], $8::privacy_channel[], $9::privacy_language[], "
        "$10::timestamptz[]) AS c",
        tenant_id,
        customer_id,
        [each.number for each, _ in kept],
        [each.purpose.value for each, _ in kept],
        [each.version for each, _ in kept],
        [digest for _, digest in kept],
        [each.is_given for each, _ in kept],
        [each.channel.value for each, _ in kept],
        [each.language.value for each, _ in kept],
        [each.at for each, _ in kept],
    )


async def load_last(tx: Transaction, customer_id: UUID) -> list[Consent]:
    """Return a customer's last word on every purpose."""
    rows = await tx.fetch(
        "SELECT DISTINCT ON (purpose) number, purpose, version, is_given, channel, language, at "
        "FROM privacy_consent WHERE customer_id = $1 ORDER BY purpose, number DESC",
        customer_id,
    )
    return [_consent(row) for row in rows]


async def list_all(tx: Transaction, customer_id: UUID, after: int | None, limit: int) -> list[Consent]:
    """Return a customer's words in order, after a number."""
    rows = await tx.fetch(
        "SELECT number, purpose, version, is_given, channel, language, at FROM privacy_consent "
        "WHERE customer_id = $1 AND number > $2 ORDER BY number LIMIT $3",
        customer_id,
        after or 0,
        limit,
    )
    return [_consent(row) for row in rows]


def _consent(row: Any) -> Consent:
    return Consent(row[0], Purpose(row[1]), row[2], row[3], Channel(row[4]), Language(row[5]), row[6])
