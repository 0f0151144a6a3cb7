"""Queries on sessions, the results of their steps, and kept configurations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from customer_stack.customers.domain import DocumentType
from customer_stack.kyc.domain.checks import Outcome
from customer_stack.kyc.domain.claims import Reason
from customer_stack.kyc.domain.progress import Result
from customer_stack.kyc.domain.routing import Channel, Configuration, Risk
from customer_stack.kyc.domain.sessions import Rejection, Session, State
from shared.database import Transaction

_COLUMNS: Final = (
    "id, tenant_id, customer_id, department_id, attempt, state, channel, document_type, opened_at, risk, "
    "configuration, route, submitted_at, screening_at, decided_at, rejection, reason, waits_for, taken_by, "
    "taken_at, due_at, tries, vendor_check_id, asked_at, first_attempt"
)


@dataclass(frozen=True, slots=True)
class SealedTexts:
    """What a person wrote about a step, sealed: for the customer, and for other reviewers."""

    public: bytes | None = field(repr=False)
    private: bytes | None = field(repr=False)


NO_TEXTS: Final = SealedTexts(None, None)


def _session(row: Any) -> Session:
    values = dict(row)
    for name, kind in (
        ("state", State),
        ("channel", Channel),
        ("document_type", DocumentType),
        ("risk", Risk),
        ("rejection", Rejection),
        ("reason", Reason),
    ):
        if values[name] is not None:
            values[name] = kind(values[name])
    return Session(**values)


async def insert_session(tx: Transaction, session: Session, claim_sealed: bytes) -> bool:
    """Keep a new draft. False when the customer has this attempt already."""
    row = await tx.fetch_row(
        "INSERT INTO kyc_session (tenant_id, id, customer_id, department_id, attempt, state, channel, "
        "document_type, opened_at, claim_sealed, first_attempt) VALUES ($1, $2, $3, $4, $5, "
        "$6::kyc_session_state, $7::kyc_channel, $8::customer_document_type, $9, $10, $11) "
        "ON CONFLICT ON CONSTRAINT kyc_session_attempt_once DO NOTHING RETURNING 1",
        session.tenant_id,
        session.id,
        session.customer_id,
        session.department_id,
        session.attempt,
        session.state.value,
        session.channel.value,
        session.document_type.value,
        session.opened_at,
        claim_sealed,
        session.first_attempt,
    )
    return row is not None


async def update_session(tx: Transaction, session: Session) -> None:
    """Write what can change of a session."""
    await tx.execute(
        "UPDATE kyc_session SET state = $2::kyc_session_state, channel = $3::kyc_channel, "
        "risk = $4::kyc_risk, configuration = $5, route = $6, submitted_at = $7, screening_at = $8, "
        "decided_at = $9, "
        "rejection = $10::kyc_rejection, reason = $11, waits_for = $12, taken_by = $13, taken_at = $14, "
        "due_at = $15, tries = $16, vendor_check_id = $17, asked_at = $18 WHERE id = $1",
        session.id,
        session.state.value,
        session.channel.value,
        session.risk,
        session.configuration,
        session.route,
        session.submitted_at,
        session.screening_at,
        session.decided_at,
        session.rejection,
        session.reason,
        session.waits_for,
        session.taken_by,
        session.taken_at,
        session.due_at,
        session.tries,
        session.vendor_check_id,
        session.asked_at,
    )


async def update_claim(tx: Transaction, session_id: UUID, kind: DocumentType, claim_sealed: bytes) -> None:
    """Write a draft's claim."""
    await tx.execute(
        "UPDATE kyc_session SET claim_sealed = $2, document_type = $3::customer_document_type WHERE id = $1",
        session_id,
        claim_sealed,
        kind.value,
    )


async def load_session(tx: Transaction, session_id: UUID) -> Session | None:
    """Return a session."""
    row = await tx.fetch_row(f"SELECT {_COLUMNS} FROM kyc_session WHERE id = $1", session_id)
    return None if row is None else _session(row)


async def load_latest(tx: Transaction, customer_id: UUID) -> Session | None:
    """Return a customer's last attempt."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS} FROM kyc_session WHERE customer_id = $1 ORDER BY attempt DESC LIMIT 1",
        customer_id,
    )
    return None if row is None else _session(row)


async def list_attempts(
    tx: Transaction, customer_id: UUID, *, before: int | None, limit: int
) -> list[Session]:
    """Return a customer's attempts, newest first, below an attempt."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM kyc_session WHERE customer_id = $1 "
        "AND ($2::integer IS NULL OR attempt < $2) ORDER BY attempt DESC LIMIT $3",
        customer_id,
        before,
        limit,
    )
    return [_session(row) for row in rows]


async def load_claim(tx: Transaction, session_id: UUID) -> bytes | None:
    """Return a session's sealed claim; None: it is still the customer's profile."""
    sealed: bytes | None = await tx.fetch_value(
        "SELECT claim_sealed FROM kyc_session WHERE id = $1", session_id
    )
    return sealed


async def load_known_claim(tx: Transaction, session: Session) -> tuple[UUID, bytes | None]:
    """Return id and sealed claim of the last approved attempt before this one, else of the first attempt."""
    row = await tx.fetch_row(
        "SELECT id, claim_sealed FROM kyc_session WHERE customer_id = $1 "
        "AND (attempt = 1 OR (attempt < $2 AND state = 'approved')) ORDER BY attempt DESC LIMIT 1",
        session.customer_id,
        session.attempt,
    )
    return row["id"], row["claim_sealed"]  # type: ignore[index]  # every session has a first attempt


async def list_sessions(
    tx: Transaction,
    tenant_id: UUID,
    *,
    department_id: UUID | None,
    state: State | None,
    waits_for: Sequence[str] | None,
    after: UUID | None,
    limit: int,
) -> list[Session]:
    """Return a tenant's sessions, oldest first, after an id; `waits_for`: only those that wait for one."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM kyc_session WHERE tenant_id = $1 "
        "AND ($2::uuid IS NULL OR department_id = $2) "
        "AND ($3::kyc_session_state IS NULL OR state = $3::kyc_session_state) "
        "AND ($4::text[] IS NULL OR waits_for = ANY($4::text[])) "
        "AND ($5::uuid IS NULL OR id > $5) ORDER BY id LIMIT $6",
        tenant_id,
        department_id,
        state,
        None if waits_for is None else list(waits_for),
        after,
        limit,
    )
    return [_session(row) for row in rows]


async def take_due(tx: Transaction, now: datetime, lease_until: datetime, limit: int) -> list[Session]:
    """Return sessions that are due, and keep other workers from them until `lease_until`."""
    rows = await tx.fetch(
        "UPDATE kyc_session SET due_at = $2, tries = tries + 1 WHERE id IN ("
        "  SELECT id FROM kyc_session WHERE due_at <= $1 ORDER BY due_at LIMIT $3 "
        f"  FOR NO KEY UPDATE SKIP LOCKED) RETURNING {_COLUMNS}",
        now,
        lease_until,
        limit,
    )
    return [_session(row) for row in rows]


async def postpone(tx: Transaction, check_id: UUID, until: datetime, asked_at: datetime | None) -> None:
    """Let the worker look again at a vendor's check at a moment; `asked_at`: when it was taken."""
    await tx.execute(
        "UPDATE kyc_session SET due_at = $2, asked_at = $3 WHERE vendor_check_id = $1 AND due_at IS NOT NULL",
        check_id,
        until,
        asked_at,
    )


async def rest(tx: Transaction, session_id: UUID) -> None:
    """Let a session be: the worker has nothing to do with it until its customer does something."""
    await tx.execute("UPDATE kyc_session SET due_at = NULL WHERE id = $1", session_id)


async def hasten(tx: Transaction, check_id: UUID, now: datetime) -> bool:
    """Let the worker look at once at the session that waits for a vendor's check; False: none does."""
    row = await tx.fetch_row(
        "UPDATE kyc_session SET due_at = least(due_at, $2), tries = 0 "
        "WHERE vendor_check_id = $1 AND due_at IS NOT NULL RETURNING 1",
        check_id,
        now,
    )
    return row is not None


async def load_results(tx: Transaction, session_id: UUID) -> list[Result]:
    """Return the results of a session's steps in order."""
    rows = await tx.fetch(
        "SELECT number, step, outcome, reason, staff_id, decided_at, notes FROM kyc_step_result "
        "WHERE session_id = $1 ORDER BY number",
        session_id,
    )
    return [
        Result(
            number=row["number"],
            step=row["step"],
            outcome=Outcome(row["outcome"]),
            reason=None if row["reason"] is None else Reason(row["reason"]),
            staff_id=row["staff_id"],
            decided_at=row["decided_at"],
            notes=tuple(row["notes"]),
        )
        for row in rows
    ]


async def insert_results(
    tx: Transaction, session: Session, results: Iterable[Result], texts: SealedTexts = NO_TEXTS
) -> None:
    """Keep results; `texts` belong to the only one."""
    for result in results:
        await tx.execute(
            "INSERT INTO kyc_step_result (tenant_id, session_id, number, step, outcome, reason, staff_id, "
            "decided_at, notes, public_sealed, private_sealed) "
            "VALUES ($1, $2, $3, $4, $5::kyc_step_outcome, $6, $7, $8, $9, $10, $11)",
            session.tenant_id,
            session.id,
            result.number,
            result.step,
            result.outcome.value,
            result.reason,
            result.staff_id,
            result.decided_at,
            list(result.notes),
            texts.public,
            texts.private,
        )


async def load_texts(tx: Transaction, session_id: UUID) -> dict[int, SealedTexts]:
    """Return number of a result -> what was written about it."""
    rows = await tx.fetch(
        "SELECT number, public_sealed, private_sealed FROM kyc_step_result WHERE session_id = $1 "
        "AND (public_sealed IS NOT NULL OR private_sealed IS NOT NULL) ORDER BY number",
        session_id,
    )
    return {row["number"]: SealedTexts(row["public_sealed"], row["private_sealed"]) for row in rows}


async def load_public_text(tx: Transaction, session_id: UUID) -> tuple[int, bytes] | None:
    """Return the last text that was written for the customer, and the number of its result."""
    row = await tx.fetch_row(
        "SELECT number, public_sealed FROM kyc_step_result WHERE session_id = $1 "
        "ORDER BY number DESC LIMIT 1",
        session_id,
    )
    return None if row is None or row["public_sealed"] is None else (row["number"], row["public_sealed"])


async def keep_configuration(tx: Transaction, configuration: Configuration, now: datetime) -> None:
    """Keep a version of the routes; one that is kept stays as it is."""
    await tx.execute(
        "INSERT INTO kyc_configuration (digest, document, first_used_at) VALUES ($1, $2, $3) "
        "ON CONFLICT DO NOTHING",
        configuration.digest,
        configuration.text,
        now,
    )


async def load_configuration(tx: Transaction, digest: bytes) -> bytes | None:
    """Return the text of a version of the routes."""
    text: bytes | None = await tx.fetch_value(
        "SELECT document FROM kyc_configuration WHERE digest = $1", digest
    )
    return text
