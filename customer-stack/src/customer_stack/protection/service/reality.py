"""Use cases of reality checks: told, acknowledged, and how often."""

from customer_stack.customers.service import load_session_began, lock_customer
from customer_stack.edge.principals import CustomerPrincipal
from customer_stack.protection.domain.reality import Reality, day_began, due_at
from customer_stack.protection.service.counting import load_standings
from customer_stack.protection.store import reality as store
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import invariant


class RealityChecks:
    """Reality checks as customers see them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Work on `database`."""
        self._database = database
        self._clock = clock

    async def read(self, customer: CustomerPrincipal) -> Reality:
        """Return for how long a session lasts, with what result, and when the next check is due."""
        async with self._database.transaction(customer.tenant_id) as tx:
            return await self._tell(tx, customer)

    async def acknowledge(self, customer: CustomerPrincipal) -> Reality:
        """Keep that the customer has seen it: the next check is due an interval from now."""
        async with self._database.transaction(customer.tenant_id) as tx:
            await lock_customer(tx, customer.customer_id)
            now = self._clock.now()
            told = await self._tell(tx, customer)
            await store.acknowledge(tx, customer.tenant_id, customer.customer_id, now)
            body: dict[str, object] = {
                "customer_id": customer.customer_id,
                "session_id": customer.session_id,
                "session_net": told.session.net,
                "day_net": told.day.net,
            }
            kind = "protection.reality_acknowledged"
            await append(tx, [AuditRecord(customer.tenant_id, kind, body, now, customer.actor)])
            return await self._tell(tx, customer)

    async def set_interval(self, customer: CustomerPrincipal, minutes: int | None) -> Reality:
        """Keep how often the customer wants a check; None: as the tenant rules."""
        async with self._database.transaction(customer.tenant_id) as tx:
            await lock_customer(tx, customer.customer_id)
            now = self._clock.now()
            await store.set_interval(tx, customer.tenant_id, customer.customer_id, minutes)
            body: dict[str, object] = {"customer_id": customer.customer_id, "minutes": minutes}
            kind = "protection.reality_interval_set"
            await append(tx, [AuditRecord(customer.tenant_id, kind, body, now, customer.actor)])
            return await self._tell(tx, customer)

    async def _tell(self, tx: Transaction, customer: CustomerPrincipal) -> Reality:
        now = self._clock.now()
        began = await load_session_began(tx, customer.session_id)
        invariant(began is not None, "whoever asks has a session")
        began = began or now
        standing = (await load_standings(tx, {customer.customer_id: customer.tenant_id}, now))[
            customer.customer_id
        ]
        session, day = await store.load_results(tx, customer.customer_id, [began, day_began(now)])
        return Reality(
            session_began=began,
            at=now,
            interval=standing.reality_interval,
            is_required=standing.reality_required,
            due_at=due_at(standing, began),
            session=session,
            day=day,
        )
