"""Every query on customers, their credentials, profiles and clearances."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from customer_stack.customers.domain import ClearanceKind, CustomerAccount, DocumentType, Standing, Status
from customer_stack.customers.profiles import SealedProfile
from customer_stack.customers.sealing import WrappedKey
from shared.database import Transaction

_ACCOUNT = "a.id, a.tenant_id, a.department_id, a.status, a.refusal, a.registered_at"


def _account(row: Any) -> CustomerAccount:
    return CustomerAccount(row[0], row[1], row[2], Status(row[3]), row[4], row[5])


async def insert_account(tx: Transaction, account: CustomerAccount) -> None:
    """Keep a new customer."""
    await tx.execute(
        "INSERT INTO customer_account (id, tenant_id, department_id, status, registered_at, changed_at) "
        "VALUES ($1, $2, $3, $4::customer_status, $5, $5)",
        account.id,
        account.tenant_id,
        account.department_id,
        account.status.value,
        account.registered_at,
    )


async def insert_registration(tx: Transaction, account: CustomerAccount, key: bytes, digest: bytes) -> None:
    """Keep the request that registered a customer."""
    await tx.execute(
        "INSERT INTO customer_registration (tenant_id, customer_id, key, digest) VALUES ($1, $2, $3, $4)",
        account.tenant_id,
        account.id,
        key,
        digest,
    )


async def find_registration(tx: Transaction, tenant_id: UUID, key: bytes) -> tuple[UUID, bytes] | None:
    """Return the customer and the digest of a request."""
    row = await tx.fetch_row(
        "SELECT customer_id, digest FROM customer_registration WHERE tenant_id = $1 AND key = $2",
        tenant_id,
        key,
    )
    return None if row is None else (row["customer_id"], row["digest"])


async def insert_credential(
    tx: Transaction, account: CustomerAccount, email_index: bytes, password_hash: str
) -> None:
    """Keep what a customer signs in with."""
    await tx.execute(
        "INSERT INTO customer_credential (tenant_id, customer_id, email_index, password_hash, changed_at) "
        "VALUES ($1, $2, $3, $4, $5)",
        account.tenant_id,
        account.id,
        email_index,
        password_hash,
        account.registered_at,
    )


async def find_credential(
    tx: Transaction, tenant_id: UUID, email_index: bytes
) -> tuple[CustomerAccount, str] | None:
    """Return the customer of an e-mail and the password's hash."""
    row = await tx.fetch_row(
        f"SELECT {_ACCOUNT}, c.password_hash FROM customer_credential c "
        "JOIN customer_account a ON a.id = c.customer_id WHERE c.tenant_id = $1 AND c.email_index = $2",
        tenant_id,
        email_index,
    )
    return None if row is None else (_account(row), row[6])


async def insert_profile(
    tx: Transaction, account: CustomerAccount, key: WrappedKey, profile: SealedProfile
) -> None:
    """Keep a person's data key and sealed profile."""
    await tx.execute(
        "INSERT INTO customer_data_key (tenant_id, customer_id, version, wrapping_key, wrapped, subject) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        account.tenant_id,
        account.id,
        key.version,
        key.wrapping_key,
        key.wrapped,
        key.subject,
    )
    await tx.execute(
        "INSERT INTO customer_profile (tenant_id, customer_id, document_type, document_index, email, "
        "full_name, date_of_birth, residency, document_number, phone) "
        "VALUES ($1, $2, $3::customer_document_type, $4, $5, $6, $7, $8, $9, $10)",
        account.tenant_id,
        account.id,
        profile.document_type.value,
        profile.document_index,
        profile.email,
        profile.full_name,
        profile.date_of_birth,
        profile.residency,
        profile.document_number,
        profile.phone,
    )


async def update_profile(tx: Transaction, account: CustomerAccount, profile: SealedProfile) -> None:
    """Replace a person's sealed profile."""
    await tx.execute(
        "UPDATE customer_profile SET document_type = $2::customer_document_type, document_index = $3, "
        "email = $4, full_name = $5, date_of_birth = $6, residency = $7, document_number = $8, phone = $9 "
        "WHERE customer_id = $1",
        account.id,
        profile.document_type.value,
        profile.document_index,
        profile.email,
        profile.full_name,
        profile.date_of_birth,
        profile.residency,
        profile.document_number,
        profile.phone,
    )


async def find_document_owner(tx: Transaction, tenant_id: UUID, document_index: bytes) -> UUID | None:
    """Return whose document this is, by its blind index."""
    owner: UUID | None = await tx.fetch_value(
        "SELECT customer_id FROM customer_profile WHERE tenant_id = $1 AND document_index = $2",
        tenant_id,
        document_index,
    )
    return owner


async def find_document_owners(tx: Transaction, indexes: Sequence[tuple[UUID, bytes]]) -> list[UUID]:
    """Return whose documents these are, by tenant and blind index."""
    rows = await tx.fetch(
        "SELECT p.customer_id FROM unnest($1::uuid[], $2::bytea[]) AS w (tenant_id, document_index) "
        "JOIN customer_profile p USING (tenant_id, document_index) ORDER BY 1",
        [tenant_id for tenant_id, _ in indexes],
        [index for _, index in indexes],
    )
    return [row["customer_id"] for row in rows]


async def next_subject(tx: Transaction) -> int:
    """Return the next place in the file of persons' secrets. After a restore places come again."""
    return int(await tx.fetch_value("SELECT nextval('customer_subject_number')"))


async def find_key(tx: Transaction, customer_id: UUID) -> WrappedKey | None:
    """Return a person's data key; None when there is none, or it was erased."""
    row = await tx.fetch_row(
        "SELECT version, wrapping_key, wrapped, subject FROM customer_data_key WHERE customer_id = $1",
        customer_id,
    )
    return None if row is None else WrappedKey(*row)


async def find_profile(tx: Transaction, customer_id: UUID) -> tuple[WrappedKey, SealedProfile] | None:
    """Return a person's data key and sealed profile; None when there is none, or the key was erased."""
    row = await tx.fetch_row(
        "SELECT k.version, k.wrapping_key, k.wrapped, k.subject, p.document_type, "
        "p.document_index, p.email, p.full_name, p.date_of_birth, p.residency, p.document_number, p.phone "
        "FROM customer_profile p JOIN customer_data_key k USING (customer_id) WHERE p.customer_id = $1",
        customer_id,
    )
    if row is None:
        return None
    fields = list(row)
    return WrappedKey(*fields[:4]), SealedProfile(DocumentType(fields[4]), *fields[5:])


async def find_profiles(
    tx: Transaction, customer_ids: Iterable[UUID]
) -> dict[UUID, tuple[WrappedKey, SealedProfile]]:
    """Return data key and sealed profile by customer; who was erased is left out."""
    rows = await tx.fetch(
        "SELECT p.customer_id, k.version, k.wrapping_key, k.wrapped, k.subject, p.document_type, "
        "p.document_index, p.email, p.full_name, p.date_of_birth, p.residency, p.document_number, p.phone "
        "FROM customer_profile p JOIN customer_data_key k USING (customer_id) "
        "WHERE p.customer_id = ANY($1::uuid[])",
        list(customer_ids),
    )
    return {
        row[0]: (WrappedKey(*list(row)[1:5]), SealedProfile(DocumentType(row[5]), *list(row)[6:]))
        for row in rows
    }


async def load_sealed_profiles(
    tx: Transaction, tenant_id: UUID, after: UUID | None, limit: int
) -> list[tuple[UUID, WrappedKey, SealedProfile]]:
    """Return customers who were neither refused nor closed, by id after one, as they are stored."""
    rows = await tx.fetch(
        "SELECT a.id, k.version, k.wrapping_key, k.wrapped, k.subject, p.document_type, "
        "p.document_index, p.email, p.full_name, p.date_of_birth, p.residency, p.document_number, p.phone "
        "FROM customer_account a JOIN customer_data_key k ON k.customer_id = a.id "
        "JOIN customer_profile p ON p.customer_id = a.id "
        "WHERE a.tenant_id = $1 AND ($2::uuid IS NULL OR a.id > $2) "
        "AND a.status IN ('registered', 'verifying', 'active', 'frozen') ORDER BY a.id LIMIT $3",
        tenant_id,
        after,
        limit,
    )
    return [(row[0], WrappedKey(*row[1:5]), SealedProfile(DocumentType(row[5]), *row[6:])) for row in rows]


async def insert_pseudonym(tx: Transaction, account: CustomerAccount, reference: UUID) -> None:
    """Keep the account reference of a customer."""
    await tx.execute(
        "INSERT INTO customer_pseudonym (tenant_id, customer_id, account_reference) VALUES ($1, $2, $3)",
        account.tenant_id,
        account.id,
        reference,
    )


async def load_references(tx: Transaction, customer_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return customer id -> account reference."""
    rows = await tx.fetch(
        "SELECT customer_id, account_reference FROM customer_pseudonym WHERE customer_id = ANY($1::uuid[])",
        list(customer_ids),
    )
    return {row["customer_id"]: row["account_reference"] for row in rows}


async def load_references_of_tenant(tx: Transaction, tenant_id: UUID) -> dict[UUID, UUID]:
    """Return customer id -> account reference for all customers of a tenant."""
    rows = await tx.fetch(
        "SELECT customer_id, account_reference FROM customer_pseudonym WHERE tenant_id = $1", tenant_id
    )
    return {row["customer_id"]: row["account_reference"] for row in rows}


async def load_by_reference(tx: Transaction, references: Iterable[UUID]) -> dict[UUID, tuple[UUID, UUID]]:
    """Return account reference -> (tenant id, customer id)."""
    rows = await tx.fetch(
        "SELECT account_reference, tenant_id, customer_id FROM customer_pseudonym "
        "WHERE account_reference = ANY($1::uuid[])",
        list(references),
    )
    return {row["account_reference"]: (row["tenant_id"], row["customer_id"]) for row in rows}


async def load_accounts(tx: Transaction, customer_ids: Iterable[UUID]) -> dict[UUID, CustomerAccount]:
    """Return customers by id; unknown ids are left out."""
    rows = await tx.fetch(
        f"SELECT {_ACCOUNT} FROM customer_account a WHERE a.id = ANY($1::uuid[])", list(customer_ids)
    )
    return {row["id"]: _account(row) for row in rows}


async def lock_account(tx: Transaction, customer_id: UUID) -> CustomerAccount | None:
    """Return a customer and keep the row from changing until the end of the transaction."""
    row = await tx.fetch_row(
        f"SELECT {_ACCOUNT} FROM customer_account a WHERE a.id = $1 FOR NO KEY UPDATE", customer_id
    )
    return None if row is None else _account(row)


async def list_accounts(
    tx: Transaction, tenant_id: UUID, *, after: UUID | None, limit: int
) -> list[CustomerAccount]:
    """Return a tenant's customers, oldest first, after a customer id."""
    rows = await tx.fetch(
        f"SELECT {_ACCOUNT} FROM customer_account a WHERE a.tenant_id = $1 "
        "AND ($2::uuid IS NULL OR a.id > $2) ORDER BY a.id LIMIT $3",
        tenant_id,
        after,
        limit,
    )
    return [_account(row) for row in rows]


async def update_status(
    tx: Transaction, customer_id: UUID, status: Status, refusal: str | None, now: datetime
) -> None:
    """Change a status."""
    await tx.execute(
        "UPDATE customer_account SET status = $2::customer_status, refusal = $3, changed_at = $4, "
        "state_version = state_version + 1 WHERE id = $1",
        customer_id,
        status.value,
        refusal,
        now,
    )


async def insert_clearance(
    tx: Transaction, account: CustomerAccount, kind: ClearanceKind, now: datetime, *, is_clear: bool
) -> bool:
    """Keep the end of a check. False when it had ended before."""
    row = await tx.fetch_row(
        "INSERT INTO customer_clearance (tenant_id, customer_id, kind, is_clear, decided_at) "
        "VALUES ($1, $2, $3::customer_clearance_kind, $4, $5) ON CONFLICT DO NOTHING RETURNING 1",
        account.tenant_id,
        account.id,
        kind.value,
        is_clear,
        now,
    )
    return row is not None


async def load_clearances(tx: Transaction, customer_id: UUID) -> dict[ClearanceKind, bool]:
    """Return how the checks of a customer ended."""
    rows = await tx.fetch("SELECT kind, is_clear FROM customer_clearance WHERE customer_id = $1", customer_id)
    return {ClearanceKind(row["kind"]): row["is_clear"] for row in rows}


async def load_standings(
    tx: Transaction, askers: Sequence[tuple[UUID, UUID]], now: datetime
) -> dict[tuple[UUID, UUID], Standing]:
    """Return the standing of each (session id, customer id); unknown customers are left out. One query."""
    rows = await tx.fetch(
        "SELECT w.session_id, a.id, a.tenant_id, a.department_id, p.account_reference, a.status, "
        "s.id IS NOT NULL AND s.ended_at IS NULL AND s.expires_at > $3 AS session_valid, "
        "s.device_id, s.started_at "
        "FROM unnest($1::uuid[], $2::uuid[]) AS w (session_id, customer_id) "
        "JOIN customer_account a ON a.id = w.customer_id "
        "JOIN customer_pseudonym p ON p.customer_id = a.id "
        "LEFT JOIN customer_session s ON s.id = w.session_id AND s.customer_id = a.id",
        [asker[0] for asker in askers],
        [asker[1] for asker in askers],
        now,
    )
    return {
        (row[0], row[1]): Standing(row[1], row[2], row[3], row[4], Status(row[5]), row[6], row[7], row[8])
        for row in rows
    }


async def erase_person(tx: Transaction, customer_id: UUID) -> bool:
    """Destroy a person's key, and remove what it does not cover. False when there was no key any more."""
    gone = await tx.fetch_value(
        "DELETE FROM customer_data_key WHERE customer_id = $1 RETURNING true", customer_id
    )
    for table in ("customer_profile", "customer_credential", "customer_registration"):
        await tx.execute(f"DELETE FROM {table} WHERE customer_id = $1", customer_id)
    return bool(gone)


async def list_ended(
    tx: Transaction, tenant_id: UUID, before: datetime, after: UUID | None, limit: int
) -> list[tuple[UUID, datetime]]:
    """Return (customer, since when) of relationships that ended before `before`, of people not erased."""
    rows = await tx.fetch(
        "SELECT a.id, a.changed_at FROM customer_account a "
        "WHERE a.tenant_id = $1 AND a.status IN ('closed', 'refused') AND a.changed_at <= $2 "
        "AND ($3::uuid IS NULL OR a.id > $3) "
        "AND EXISTS (SELECT FROM customer_data_key k WHERE k.customer_id = a.id) ORDER BY a.id LIMIT $4",
        tenant_id,
        before,
        after,
        limit,
    )
    return [(row["id"], row["changed_at"]) for row in rows]


async def load_ended_at(tx: Transaction, customer_id: UUID) -> datetime | None:
    """Return since when a relationship has ended; None: it has not."""
    ended: datetime | None = await tx.fetch_value(
        "SELECT changed_at FROM customer_account WHERE id = $1 AND status IN ('closed', 'refused')",
        customer_id,
    )
    return ended


async def load_known(tx: Transaction, customer_ids: Iterable[UUID]) -> set[UUID]:
    """Return which customers' keys are there."""
    rows = await tx.fetch(
        "SELECT customer_id FROM customer_data_key WHERE customer_id = ANY($1::uuid[])", list(customer_ids)
    )
    return {row["customer_id"] for row in rows}
