"""Use cases of customers' sessions, and the memory that spares the hot path a query.

What `route` remembers is a hint where a request belongs. Who acts on it must check the session again:
the posting lane does so by `customers.service.load_standings`, in its transaction.
"""

import os
import time
from datetime import timedelta
from typing import Final
from uuid import UUID

from customer_stack.credentials.passwords import Passwords
from customer_stack.credentials.tokens import SECRET_BYTES, Holder, hash_token, read_token, write_token
from customer_stack.customers import session_store, store
from customer_stack.customers.devices import device_id_of
from customer_stack.customers.domain import CustomerSession, Status, normalise_email
from customer_stack.customers.errors import SignInFailed
from customer_stack.customers.sealing import Sealing
from customer_stack.edge.principals import CustomerPrincipal
from customer_stack.tenancy.errors import TenantNotFound
from customer_stack.tenancy.service import TenancyService
from shared import audit
from shared.audit import AuditRecord
from shared.clock import Clock
from shared.database import Database
from shared.ids import Ids

REMEMBERED_LIMIT: Final = 50_000


class SessionService:
    """Starts, finds and ends sessions."""

    def __init__(
        self,
        database: Database,
        tenancy: TenancyService,
        passwords: Passwords,
        sealing: Sealing,
        clock: Clock,
        ids: Ids,
        *,
        session_hours: int,
        remember_seconds: int,
    ) -> None:
        """Remember where a token belongs for at most `remember_seconds`."""
        self._database = database
        self._tenancy = tenancy
        self._passwords = passwords
        self._sealing = sealing
        self._clock = clock
        self._ids = ids
        self._session_time = timedelta(hours=session_hours)
        self._remember_seconds = remember_seconds
        self._remembered: dict[bytes, tuple[CustomerPrincipal, float]] = {}

    async def sign_in(
        self, tenant_slug: str, email: str, password: str, device: str | None = None
    ) -> CustomerSession:
        """Start a session on a device, which its cookie names. Raises SignInFailed."""
        found = None
        try:
            tenant_id: UUID | None = (await self._tenancy.find_tenant(tenant_slug)).id
        except TenantNotFound:
            tenant_id = None
        if tenant_id is not None:
            email_index = self._sealing.index("email", tenant_id, normalise_email(email))
            async with self._database.transaction(tenant_id) as tx:
                found = await store.find_credential(tx, tenant_id, email_index)
        is_right = await self._passwords.verify(found[1] if found else None, password)
        if found is None or not is_right or found[0].status is Status.CLOSED:
            raise SignInFailed("Tenant, e-mail or password is wrong. Check them and try again.")
        account, now, session_id = found[0], self._clock.now(), self._ids.new()
        token = write_token(Holder.CUSTOMER, account.tenant_id, os.urandom(SECRET_BYTES))
        expires_at = now + self._session_time
        async with self._database.transaction(account.tenant_id) as tx:
            device_id = None if device is None else device_id_of(self._sealing, account.tenant_id, device)
            await session_store.insert_session(
                tx, account, session_id, hash_token(token), now, expires_at, device_id
            )
            body = {"session_id": session_id}
            await audit.append(
                tx,
                [AuditRecord(account.tenant_id, "customers.signed_in", body, now, f"customer:{account.id}")],
            )
        return CustomerSession(session_id, account.id, token, expires_at)

    async def sign_out(self, principal: CustomerPrincipal) -> None:
        """End the session."""
        now = self._clock.now()
        async with self._database.transaction(principal.tenant_id) as tx:
            await session_store.end_session(tx, principal.session_id, now)
            body = {"session_id": principal.session_id}
            await audit.append(
                tx, [AuditRecord(principal.tenant_id, "customers.signed_out", body, now, principal.actor)]
            )
        self._remembered = {
            key: kept for key, kept in self._remembered.items() if kept[0].session_id != principal.session_id
        }

    async def authenticate(self, token: str) -> CustomerPrincipal | None:
        """Return the customer of a live session, from the database."""
        read = read_token(Holder.CUSTOMER, token)
        if read is None:
            return None
        async with self._database.transaction(read.tenant_id) as tx:
            return await session_store.find_session(tx, read.hash, self._clock.now())

    async def route(self, token: str) -> CustomerPrincipal | None:
        """Return the customer of a session that was live a moment ago; from memory when it is there."""
        key, now = hash_token(token), time.monotonic()
        kept = self._remembered.get(key)
        if kept is not None and kept[1] > now:
            return kept[0]
        principal = await self.authenticate(token)
        self._remembered.pop(key, None)
        if principal is not None:
            while len(self._remembered) >= REMEMBERED_LIMIT:
                del self._remembered[next(iter(self._remembered))]
            self._remembered[key] = (principal, now + self._remember_seconds)
        return principal
