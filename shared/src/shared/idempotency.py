"""One answer per money request, however often it is sent.

A client names each request by `Idempotency-Key`. The key, a digest of the request and the answer are
stored in the transaction of the effect and kept forever (IETF draft-ietf-httpapi-idempotency-key-header).

Guaranteed:
- same key and same request: the same answer, and no second effect;
- same key and another request: refused;
- the key itself is stored as a digest, so nothing that a client puts into it is kept.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final
from uuid import UUID

from shared.database import Transaction
from shared.errors import Kind, Refusal

KEY_LIMIT: Final = 128


class IdempotencyKeyMissing(Refusal):
    """A money request came without a usable key."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "idempotency.key_missing"


class IdempotencyMismatch(Refusal):
    """A key came again with another request."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "idempotency.mismatch"


@dataclass(frozen=True, slots=True)
class Claim:
    """A request's claim to be the first of its key in a book. Digests of 32 bytes."""

    book_id: UUID
    key: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What was answered to the request with this digest."""

    digest: bytes
    answer: bytes


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer to be stored with its claim."""

    tenant_id: UUID
    claim: Claim
    answer: bytes


def key_of(header: str | None) -> bytes:
    """Return the stored form of an `Idempotency-Key`. Raises IdempotencyKeyMissing."""
    if header is None or not 0 < len(header) <= KEY_LIMIT or not header.isascii() or not header.isprintable():
        raise IdempotencyKeyMissing(
            f"Send an Idempotency-Key header of 1 to {KEY_LIMIT} printable characters, "
            "new for every new request."
        )
    return hashlib.sha256(header.encode()).digest()


def digest_of(operation: str, body: bytes) -> bytes:
    """Return the digest of a request: what it does and its raw body."""
    return hashlib.sha256(operation.encode() + b"\x00" + body).digest()


def mismatch() -> IdempotencyMismatch:
    """Return the refusal of a key that came with another request."""
    return IdempotencyMismatch("This Idempotency-Key was used for another request. Use a new key.")


async def read_answers(tx: Transaction, claims: Iterable[Claim]) -> dict[tuple[UUID, bytes], StoredAnswer]:
    """Return the answers already given, by (book, key). Call it under the books' locks."""
    wanted = list(claims)
    rows = await tx.fetch(
        # LIMIT keeps the planner from joining the whole table: one probe of the key per claim.
        "SELECT w.book_id, w.key, a.digest, a.answer "
        "FROM unnest($1::uuid[], $2::bytea[]) AS w (book_id, key) CROSS JOIN LATERAL "
        "(SELECT d.digest, d.answer FROM idempotency_answer d "
        " WHERE d.book_id = w.book_id AND d.key = w.key LIMIT 1) a",
        [claim.book_id for claim in wanted],
        [claim.key for claim in wanted],
    )
    return {(row["book_id"], row["key"]): StoredAnswer(row["digest"], row["answer"]) for row in rows}


async def store_answers(tx: Transaction, answers: Sequence[NewAnswer]) -> None:
    """Keep answers beside their effects. A second answer to one key is a unique violation."""
    await tx.execute(
        "INSERT INTO idempotency_answer (tenant_id, book_id, key, digest, answer) "
        "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::bytea[], $5::bytea[])",
        [answer.tenant_id for answer in answers],
        [answer.claim.book_id for answer in answers],
        [answer.claim.key for answer in answers],
        [answer.claim.digest for answer in answers],
        [answer.answer for answer in answers],
    )


async def read_answer(tx: Transaction, claim: Claim) -> bytes | None:
    """Return the answer already given to this request, or None. Raises IdempotencyMismatch."""
    stored = (await read_answers(tx, [claim])).get((claim.book_id, claim.key))
    if stored is None:
        return None
    if stored.digest != claim.digest:
        raise mismatch()
    return stored.answer
