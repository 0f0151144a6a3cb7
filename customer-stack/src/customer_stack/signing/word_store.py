"""Every query of enrolment words, on the transaction it is given."""

from datetime import datetime
from uuid import UUID

from customer_stack.signing.domain import EnrolmentWord
from shared.database import Transaction


async def insert_word(tx: Transaction, word: EnrolmentWord, word_hash: bytes) -> None:
    """Keep a word that was given, by its hash."""
    await tx.execute(
        "INSERT INTO signing_enrolment_word (tenant_id, id, staff_id, word_hash, given_by, given_at, "
        "expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        word.tenant_id,
        word.id,
        word.staff_id,
        word_hash,
        word.given_by,
        word.given_at,
        word.expires_at,
    )


async def find_word(tx: Transaction, staff_id: UUID, word_hash: bytes, now: datetime) -> UUID | None:
    """Return the id of a person's word that was not used and has not expired."""
    found: UUID | None = await tx.fetch_value(
        "SELECT id FROM signing_enrolment_word w WHERE word_hash = $2 AND staff_id = $1 AND expires_at > $3 "
        "AND NOT EXISTS (SELECT FROM signing_enrolment_word_use u WHERE u.word_id = w.id)",
        staff_id,
        word_hash,
        now,
    )
    return found


async def use_word(tx: Transaction, tenant_id: UUID, word_id: UUID, now: datetime) -> bool:
    """Use a word up; False when it was used, or has expired."""
    found = await tx.fetch_value(
        "INSERT INTO signing_enrolment_word_use (tenant_id, word_id, used_at) "
        "SELECT $1, id, $3 FROM signing_enrolment_word WHERE id = $2 AND expires_at > $3 "
        "ON CONFLICT DO NOTHING RETURNING true",
        tenant_id,
        word_id,
        now,
    )
    return bool(found)
