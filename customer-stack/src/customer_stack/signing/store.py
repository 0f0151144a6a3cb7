"""Every query of signing, on the transaction it is given."""

from datetime import datetime
from uuid import UUID

from customer_stack.signing.domain import Challenge, Passkey, Shown, Signature
from shared.database import Transaction


async def lock_staff(tx: Transaction, staff_id: UUID) -> None:
    """Let one decision about a person's factors follow the other."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 51))", staff_id)


async def count_attempts(tx: Transaction, staff_id: UUID, since: datetime) -> int:
    """Return how many attempts since a moment went wrong after the last that showed a factor."""
    found: int = await tx.fetch_value(
        "SELECT count(*) FROM signing_attempt a WHERE staff_id = $1 AND at > $2 AND NOT has_passed "
        "AND number > coalesce((SELECT max(number) FROM signing_attempt "
        "  WHERE staff_id = $1 AND has_passed AND of_number IS NULL), 0) "
        "AND NOT EXISTS (SELECT FROM signing_attempt p "
        "  WHERE p.staff_id = $1 AND p.has_passed AND p.of_number = a.number)",
        staff_id,
        since,
    )
    return found


async def insert_attempt(tx: Transaction, tenant_id: UUID, staff_id: UUID, at: datetime) -> int:
    """Write an attempt down; return its number."""
    found: int = await tx.fetch_value(
        "INSERT INTO signing_attempt (tenant_id, staff_id, has_passed, at) VALUES ($1, $2, false, $3) "
        "RETURNING number",
        tenant_id,
        staff_id,
        at,
    )
    return found


async def insert_pass(
    tx: Transaction, owner: tuple[UUID, UUID], at: datetime, of_number: int | None = None
) -> None:
    """Write down that an attempt of an owner, (tenant, staff), passed.

    With its number it alone no longer counts; without one a factor was shown, and none before it counts.
    """
    await tx.execute(
        "INSERT INTO signing_attempt (tenant_id, staff_id, has_passed, at, of_number) "
        "VALUES ($1, $2, true, $3, $4)",
        *owner,
        at,
        of_number,
    )


async def load_passkeys(tx: Transaction, staff_id: UUID) -> tuple[Passkey, ...]:
    """Return the passkeys of a person that stand, oldest first, with their newest counters."""
    rows = await tx.fetch(
        "SELECT p.id, p.tenant_id, p.staff_id, p.credential_id, p.credential, "
        "greatest(p.counter, (SELECT max(s.counter) FROM signing_signature s WHERE s.passkey_id = p.id)) "
        "  AS counter, p.enrolled_at "
        "FROM signing_passkey p WHERE p.staff_id = $1 "
        "AND NOT EXISTS (SELECT FROM signing_passkey_end e WHERE e.passkey_id = p.id) "
        "ORDER BY p.id LIMIT 50",
        staff_id,
    )
    return tuple(Passkey(*row) for row in rows)


async def insert_passkey(tx: Transaction, passkey: Passkey) -> bool:
    """Keep a passkey; False when its credential is known."""
    found = await tx.fetch_value(
        "INSERT INTO signing_passkey (tenant_id, id, staff_id, credential_id, credential, counter, "
        "enrolled_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING true",
        passkey.tenant_id,
        passkey.id,
        passkey.staff_id,
        passkey.credential_id,
        passkey.credential,
        passkey.counter,
        passkey.enrolled_at,
    )
    return bool(found)


async def insert_passkey_end(tx: Transaction, tenant_id: UUID, passkey_id: UUID, at: datetime) -> None:
    """End a passkey."""
    await tx.execute(
        "INSERT INTO signing_passkey_end (tenant_id, passkey_id, ended_at) VALUES ($1, $2, $3)",
        tenant_id,
        passkey_id,
        at,
    )


async def insert_challenge(tx: Transaction, tenant_id: UUID, challenge: Challenge) -> None:
    """Keep what a browser is asked to sign."""
    await tx.execute(
        "INSERT INTO signing_challenge (tenant_id, id, staff_id, challenge, made_at, word_id, "
        "shown_secret_id) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        tenant_id,
        challenge.id,
        challenge.staff_id,
        challenge.challenge,
        challenge.made_at,
        challenge.shown.word_id,
        challenge.shown.secret_id,
    )


async def use_challenge(tx: Transaction, challenge_id: UUID, at: datetime) -> Challenge | None:
    """Return a challenge and use it up; None when there is none or it was used."""
    row = await tx.fetch_row(
        "WITH used AS (INSERT INTO signing_challenge_use (tenant_id, challenge_id, used_at) "
        "  SELECT tenant_id, id, $2 FROM signing_challenge WHERE id = $1 "
        "  ON CONFLICT DO NOTHING RETURNING challenge_id) "
        "SELECT c.id, c.staff_id, c.challenge, c.made_at, c.word_id, c.shown_secret_id "
        "FROM signing_challenge c JOIN used ON used.challenge_id = c.id",
        challenge_id,
        at,
    )
    if row is None:
        return None
    shown = Shown(row["word_id"], row["shown_secret_id"])
    return Challenge(row["id"], row["staff_id"], row["challenge"], row["made_at"], shown)


async def load_code_secret(tx: Transaction, staff_id: UUID) -> tuple[UUID, bytes, int] | None:
    """Return the newest secret of a person of which a code was shown: id, sealed secret, last step."""
    row = await tx.fetch_row(
        "SELECT s.id, s.secret_encrypted, u.step FROM signing_code_secret s "
        "CROSS JOIN LATERAL (SELECT max(step) AS step FROM signing_code_use WHERE secret_id = s.id) u "
        "WHERE s.staff_id = $1 AND u.step IS NOT NULL ORDER BY s.id DESC LIMIT 1",
        staff_id,
    )
    return None if row is None else (row["id"], row["secret_encrypted"], row["step"])


async def load_new_secret(
    tx: Transaction, staff_id: UUID, secret_id: UUID
) -> tuple[bytes, datetime, Shown] | None:
    """Return a sealed secret of a person of which no code was shown yet, when it was made, what was shown."""
    row = await tx.fetch_row(
        "SELECT secret_encrypted, made_at, word_id, shown_secret_id FROM signing_code_secret s "
        "WHERE id = $1 AND staff_id = $2 "
        "AND NOT EXISTS (SELECT FROM signing_code_use WHERE secret_id = s.id)",
        secret_id,
        staff_id,
    )
    if row is None:
        return None
    return row["secret_encrypted"], row["made_at"], Shown(row["word_id"], row["shown_secret_id"])


async def insert_code_secret(
    tx: Transaction, owner: tuple[UUID, UUID], secret: tuple[UUID, bytes], shown: Shown, at: datetime
) -> None:
    """Keep a secret of one-time codes, (id, sealed), of an owner, (tenant, staff)."""
    await tx.execute(
        "INSERT INTO signing_code_secret (tenant_id, staff_id, id, secret_encrypted, made_at, word_id, "
        "shown_secret_id) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        *owner,
        *secret,
        at,
        shown.word_id,
        shown.secret_id,
    )


async def insert_code_use(tx: Transaction, tenant_id: UUID, secret_id: UUID, step: int, at: datetime) -> bool:
    """Use a code up; False when it was used."""
    found = await tx.fetch_value(
        "INSERT INTO signing_code_use (tenant_id, secret_id, step, used_at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT DO NOTHING RETURNING true",
        tenant_id,
        secret_id,
        step,
        at,
    )
    return bool(found)


async def insert_signature(tx: Transaction, signature: Signature) -> None:
    """Keep a signature with its proof."""
    assertion, code = signature.assertion, signature.code
    await tx.execute(
        "INSERT INTO signing_signature (tenant_id, id, staff_id, digest, method, passkey_id, client_data, "
        "authenticator_data, signature, counter, secret_id, signed_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        signature.tenant_id,
        signature.id,
        signature.staff_id,
        signature.digest,
        signature.method,
        assertion and assertion.passkey_id,
        assertion and assertion.client_data,
        assertion and assertion.authenticator_data,
        assertion and assertion.signature,
        assertion and assertion.counter,
        code and code.secret_id,
        signature.signed_at,
    )


async def load_method(tx: Transaction, signature_id: UUID) -> str | None:
    """Return how a signature was proven."""
    found: str | None = await tx.fetch_value(
        "SELECT method FROM signing_signature WHERE id = $1", signature_id
    )
    return found
