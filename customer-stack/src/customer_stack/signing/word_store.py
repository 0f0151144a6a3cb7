"""Every query of enrolment words, on the transaction it is given."""

from datetime import datetime
from uuid import UUID

from customer_stack.signing.domain import EnrolmentWord
from shared.database import Transaction

_WORD = "w.id, w.tenant_id, w.staff_id, w.given_by, w.given_at"
_STANDS = (
    "NOT EXISTS (SELECT FROM signing_enrolment_word_use u WHERE u.word_id = w.id) "
    "AND NOT EXISTS (SELECT FROM signing_enrolment_word_end e WHERE e.word_id = w.id)"
)


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


async def find_word(tx: Transaction, staff_id: UUID, word_hash: bytes, now: datetime) -> EnrolmentWord | None:
    """Return a person's word that was not used, was not ended and has not expired."""
    row = await tx.fetch_row(
        f"SELECT {_WORD} FROM signing_enrolment_word w WHERE word_hash = $2 AND staff_id = $1 "
        f"AND expires_at > $3 AND {_STANDS}",
        staff_id,
        word_hash,
        now,
    )
    return None if row is None else EnrolmentWord(*row)


async def load_word(tx: Transaction, word_id: UUID) -> EnrolmentWord | None:
    """Return a word, whatever became of it."""
    row = await tx.fetch_row(f"SELECT {_WORD} FROM signing_enrolment_word w WHERE id = $1", word_id)
    return None if row is None else EnrolmentWord(*row)


async def use_word(tx: Transaction, word: EnrolmentWord, now: datetime) -> bool:
    """Use a word up, under the lock of its person; False when it was used or ended, or has expired."""
    found = await tx.fetch_value(
        "INSERT INTO signing_enrolment_word_use (tenant_id, word_id, used_at) "
        f"SELECT tenant_id, id, $2 FROM signing_enrolment_word w WHERE id = $1 AND expires_at > $2 "
        f"AND {_STANDS} ON CONFLICT DO NOTHING RETURNING true",
        word.id,
        now,
    )
    return bool(found)


async def end_word(tx: Transaction, word: EnrolmentWord, ended_by: UUID, now: datetime) -> bool:
    """End a word, under the lock of its person; False when it was used or ended, or has expired."""
    found = await tx.fetch_value(
        "INSERT INTO signing_enrolment_word_end (tenant_id, word_id, ended_by, ended_at) "
        f"SELECT tenant_id, id, $3, $2 FROM signing_enrolment_word w WHERE id = $1 AND expires_at > $2 "
        f"AND {_STANDS} ON CONFLICT DO NOTHING RETURNING true",
        word.id,
        now,
        ended_by,
    )
    return bool(found)
