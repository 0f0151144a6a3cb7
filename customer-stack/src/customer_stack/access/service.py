"""Use cases of access: signing in and out, who a token belongs to, making staff."""

import dataclasses
import os
from datetime import timedelta
from uuid import UUID

from customer_stack.access import store
from customer_stack.access.catalogue import load_roles
from customer_stack.access.domain import StaffMember, StaffSession, permissions_of
from customer_stack.access.errors import StaffSignInFailed, StaffUnknown
from customer_stack.credentials.passwords import Passwords
from customer_stack.credentials.tokens import SECRET_BYTES, Holder, hash_token, read_token, write_token
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.tenancy.domain import Tenant
from customer_stack.tenancy.errors import TenantNotFound
from customer_stack.tenancy.service import TenancyService
from shared import audit
from shared.audit import AuditRecord
from shared.clock import Clock, SystemClock
from shared.database import Database, Transaction
from shared.errors import invariant
from shared.ids import Ids, SystemIds


async def require_staff(database: Database, staff_id: UUID) -> UUID:
    """Return the id of a member of staff of any tenant, for commands. Raises StaffUnknown."""
    tenancy = TenancyService(database, SystemClock(), SystemIds())
    async with database.transaction(*await tenancy.list_tenant_ids()) as tx:
        staff = await store.load_staff(tx, staff_id)
    if staff is None or staff.is_disabled:
        raise StaffUnknown("No member of staff has this id, or it is disabled. Name who it is that says so.")
    return staff.id


async def load_permissions(tx: Transaction, staff_id: UUID) -> frozenset[str]:
    """Return what a staff member may do; nothing for somebody who is disabled or not of a tenant of `tx`."""
    return permissions_of(await store.load_active_role_names(tx, staff_id), load_roles())


class AccessService:
    """Staff and their sessions."""

    def __init__(
        self,
        database: Database,
        tenancy: TenancyService,
        passwords: Passwords,
        clock: Clock,
        ids: Ids,
        *,
        session_hours: int,
    ) -> None:
        """Start sessions that end after `session_hours`."""
        self._database = database
        self._tenancy = tenancy
        self._passwords = passwords
        self._clock = clock
        self._ids = ids
        self._session_time = timedelta(hours=session_hours)

    async def sign_in(self, tenant_slug: str, username: str, password: str) -> StaffSession:
        """Start a session. Raises StaffSignInFailed."""
        try:
            tenant: Tenant | None = await self._tenancy.find_tenant(tenant_slug)
        except TenantNotFound:
            tenant = None
        staff: StaffMember | None = None
        if tenant is not None:
            async with self._database.transaction(tenant.id) as tx:
                staff = await store.find_staff(tx, tenant.id, username)
        usable = staff if staff is not None and not staff.is_disabled else None
        is_right = await self._passwords.verify(usable.password_hash if usable else None, password)
        if usable is None or not is_right:
            raise StaffSignInFailed("Tenant, name or password is wrong. Check them and try again.")
        now, session_id = self._clock.now(), self._ids.new()
        token = write_token(Holder.STAFF, usable.tenant_id, os.urandom(SECRET_BYTES))
        async with self._database.transaction(usable.tenant_id) as tx:
            await store.insert_session(
                tx,
                tenant_id=usable.tenant_id,
                session_id=session_id,
                staff_id=usable.id,
                token_hash=hash_token(token),
                started_at=now,
                expires_at=now + self._session_time,
            )
            roles = await store.load_role_names(tx, usable.id)
            await audit.append(
                tx,
                [
                    AuditRecord(
                        usable.tenant_id,
                        "access.signed_in",
                        {"session_id": session_id},
                        now,
                        f"staff:{usable.id}",
                    )
                ],
            )
        return StaffSession(session_id, usable.id, token, permissions_of(roles, load_roles()))

    async def sign_out(self, principal: StaffPrincipal) -> None:
        """End the session."""
        now = self._clock.now()
        async with self._database.transaction(principal.tenant_id) as tx:
            await store.end_session(tx, principal.session_id, now)
            body = {"session_id": principal.session_id}
            await audit.append(
                tx, [AuditRecord(principal.tenant_id, "access.signed_out", body, now, principal.actor)]
            )

    async def authenticate(self, token: str) -> StaffPrincipal | None:
        """Return the staff member of a live session with the permissions of this moment."""
        read = read_token(Holder.STAFF, token)
        if read is None:
            return None
        async with self._database.transaction(read.tenant_id) as tx:
            found = await store.find_session(tx, read.hash, self._clock.now())
        if found is None:
            return None
        principal, roles = found
        return dataclasses.replace(principal, permissions=permissions_of(roles, load_roles()))

    async def has_password(self, tenant_id: UUID, staff_id: UUID, password: str) -> bool:
        """Tell whether this is the password of a staff member who is not disabled."""
        async with self._database.transaction(tenant_id) as tx:
            staff = await store.load_staff(tx, staff_id)
        usable = staff if staff is not None and not staff.is_disabled else None
        return await self._passwords.verify(usable.password_hash if usable else None, password)

    async def load_permissions(self, tx: Transaction, staff_id: UUID) -> frozenset[str]:
        """Return what a staff member may do; nothing for one who is disabled or not of a tenant of `tx`."""
        return await load_permissions(tx, staff_id)

    async def ensure_staff(self, tenant_id: UUID, username: str, role: str, password: str) -> UUID:
        """Return the staff member of this name; give it this role and password if it lacks them."""
        invariant(role in load_roles(), "a role to assign has a file in access/roles")
        async with self._database.transaction(tenant_id) as tx:
            known = await store.find_staff(tx, tenant_id, username)
        is_right = known is not None and await self._passwords.verify(known.password_hash, password)
        password_hash = known.password_hash if known and is_right else await self._passwords.hash(password)
        now = self._clock.now()
        staff_id = known.id if known else self._ids.new()
        records: list[tuple[str, dict[str, object]]] = []
        async with self._database.transaction(tenant_id) as tx:
            if known is None:
                staff = StaffMember(staff_id, tenant_id, None, username, password_hash, is_disabled=False)
                await store.insert_staff(tx, staff, now)
                records.append(("access.staff_created", {"staff_id": staff_id}))
            elif not is_right:
                await store.update_password(tx, staff_id, password_hash)
                records.append(("access.password_changed", {"staff_id": staff_id}))
            if role not in await store.load_role_names(tx, staff_id):
                await store.insert_assignment(tx, tenant_id, staff_id, role, now)
                records.append(("access.role_assigned", {"staff_id": staff_id, "role": role}))
            await audit.append(
                tx, [AuditRecord(tenant_id, kind, body, now, "system") for kind, body in records]
            )
        return staff_id
