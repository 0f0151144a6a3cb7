"""Every query on staff, assignments and staff sessions."""

from datetime import datetime
from uuid import UUID

from customer_stack.access.domain import StaffMember
from customer_stack.edge.principals import StaffPrincipal
from shared.database import Transaction

_STAFF = "id, tenant_id, department_id, username, password_hash, disabled_at IS NOT NULL"


async def find_staff(tx: Transaction, tenant_id: UUID, username: str) -> StaffMember | None:
    """Return the staff member with this name."""
    row = await tx.fetch_row(
        f"SELECT {_STAFF} FROM access_staff WHERE tenant_id = $1 AND username = $2", tenant_id, username
    )
    return None if row is None else StaffMember(*row)


async def load_staff(tx: Transaction, staff_id: UUID) -> StaffMember | None:
    """Return the staff member with this id."""
    row = await tx.fetch_row(f"SELECT {_STAFF} FROM access_staff WHERE id = $1", staff_id)
    return None if row is None else StaffMember(*row)


async def insert_staff(tx: Transaction, staff: StaffMember, now: datetime) -> None:
    """Keep a new staff member."""
    await tx.execute(
        "INSERT INTO access_staff (id, tenant_id, department_id, username, password_hash, created_at) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        staff.id,
        staff.tenant_id,
        staff.department_id,
        staff.username,
        staff.password_hash,
        now,
    )


async def update_password(tx: Transaction, staff_id: UUID, password_hash: str) -> None:
    """Replace a password's hash."""
    await tx.execute("UPDATE access_staff SET password_hash = $2 WHERE id = $1", staff_id, password_hash)


async def load_role_names(tx: Transaction, staff_id: UUID) -> list[str]:
    """Return the roles of a staff member."""
    rows = await tx.fetch("SELECT role FROM access_assignment WHERE staff_id = $1 ORDER BY 1", staff_id)
    return [row["role"] for row in rows]


async def load_active_role_names(tx: Transaction, staff_id: UUID) -> list[str]:
    """Return the roles of a staff member who is not disabled."""
    rows = await tx.fetch(
        "SELECT a.role FROM access_assignment a JOIN access_staff s ON s.id = a.staff_id "
        "WHERE a.staff_id = $1 AND s.disabled_at IS NULL ORDER BY 1",
        staff_id,
    )
    return [row["role"] for row in rows]


async def insert_assignment(
    tx: Transaction, tenant_id: UUID, staff_id: UUID, role: str, now: datetime
) -> None:
    """Give a role to a staff member."""
    await tx.execute(
        "INSERT INTO access_assignment (tenant_id, staff_id, role, assigned_at) VALUES ($1, $2, $3, $4)",
        tenant_id,
        staff_id,
        role,
        now,
    )


async def insert_session(
    tx: Transaction,
    *,
    tenant_id: UUID,
    session_id: UUID,
    staff_id: UUID,
    token_hash: bytes,
    started_at: datetime,
    expires_at: datetime,
) -> None:
    """Keep a new session."""
    await tx.execute(
        "INSERT INTO access_session (tenant_id, id, staff_id, token_hash, started_at, expires_at) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        tenant_id,
        session_id,
        staff_id,
        token_hash,
        started_at,
        expires_at,
    )


async def end_session(tx: Transaction, session_id: UUID, now: datetime) -> None:
    """End a session now."""
    await tx.execute(
        "UPDATE access_session SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", session_id, now
    )


async def find_session(
    tx: Transaction, token_hash: bytes, now: datetime
) -> tuple[StaffPrincipal, list[str]] | None:
    """Return who holds a live session, without permissions, and the names of the roles."""
    row = await tx.fetch_row(
        "SELECT s.id, p.id AS staff_id, p.tenant_id, p.department_id, "
        "ARRAY(SELECT role FROM access_assignment a WHERE a.staff_id = p.id) AS roles "
        "FROM access_session s JOIN access_staff p ON p.id = s.staff_id "
        "WHERE s.token_hash = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND p.disabled_at IS NULL",
        token_hash,
        now,
    )
    if row is None:
        return None
    principal = StaffPrincipal(
        row["id"], row["staff_id"], row["tenant_id"], row["department_id"], frozenset()
    )
    return principal, row["roles"]
