"""A compliance desk over a fresh database: a tenant, customers, and people who work on cases."""

import asyncio
from datetime import UTC, datetime

from customer_stack.cases.configuration import load_terms
from customer_stack.cases.contract import HoldEnd
from customer_stack.cases.domain.opening import Link, NewCase
from customer_stack.cases.service import open_cases
from customer_stack.cases.service.ground import Ground, Person
from customer_stack.customers.sealing import FieldKeys, Sealing
from customer_stack.customers.service import CustomersService
from customer_stack.facts import service as facts
from customer_stack.tenancy import store as tenancy
from customer_stack.tenancy.domain import Department, Tenant
from shared.clock import FixedClock
from shared.ids import SystemIds
from shared.ledger import store as ledger

IDS = SystemIds()
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
"""A Friday."""


_ACCOUNT = (
    "INSERT INTO customer_account (tenant_id, id, department_id, status, registered_at, changed_at) "
    "VALUES ($1, $2, $1, 'active', $3, $3)"
)
_KEY = (
    "INSERT INTO customer_data_key (tenant_id, customer_id, version, wrapping_key, wrapped) "
    "VALUES ($1, $2, $3, $4, $5)"
)


class Desk:
    def __init__(self, fresh):
        self.fresh = fresh
        self.database = fresh.app
        self.clock = FixedClock(NOW)
        self.sealing = Sealing(FieldKeys(1, {1: bytes(range(32))}, bytes(32)))
        self.customers = CustomersService(self.database, None, None, self.sealing, None, self.clock, IDS)
        self.tenant = IDS.new()
        self.known = set()

    async def customer(self, tenant_id=None):
        tenant_id, customer_id = tenant_id or self.tenant, IDS.new()
        key, _ = self.sealing.create_key(customer_id)
        async with self.database.transaction(tenant_id) as tx:
            if tenant_id not in self.known:
                await tenancy.insert_tenant(tx, Tenant(tenant_id, f"t{tenant_id.hex[:20]}", "Lanka"), NOW)
                root = Department(tenant_id, tenant_id, None, tenant_id, "Lanka")
                await tenancy.insert_department(tx, root, NOW)
                self.known.add(tenant_id)
            await tx.execute(_ACCOUNT, tenant_id, customer_id, NOW)
            await tx.execute(_KEY, tenant_id, customer_id, key.version, key.wrapping_key, key.wrapped)
            await ledger.open_books(tx, [(customer_id, tenant_id, "customer")])
            await facts.create(tx, tenant_id, customer_id, country="LK", at=NOW)
        return customer_id

    def wish(self, customer_id, family="structuring", **changes):
        values = {
            "tenant_id": self.tenant,
            "customer_id": customer_id,
            "family": family,
            "priority": 50,
            "at": self.clock.now(),
            "links": [Link("decision", IDS.new())],
            "reasons": ["aml.deposits_below_threshold"],
        }
        return NewCase(**(values | changes))

    async def open(self, *wishes):
        tenants = {wish.tenant_id for wish in wishes}
        async with self.database.transaction(*tenants) as tx:
            return await open_cases(tx, wishes)

    async def fetch(self, sql, *arguments):
        async with self.database.transaction(self.tenant) as tx:
            return [tuple(row) for row in await tx.fetch(sql, *arguments)]

    def ground(self, *after_closing, terms=None):
        return Ground(self.database, self.customers, after_closing, terms or load_terms(), self.clock, IDS)

    def person(self, *permissions, tenant_id=None):
        return Person(tenant_id or self.tenant, IDS.new(), frozenset(permissions))

    async def opened(self, *, held=(), family="structuring", customer_id=None):
        """Return a new case's id."""
        customer_id = customer_id or await self.customer()
        (opened,) = await self.open(self.wish(customer_id, family, held=held))
        return opened.case_id

    async def audited(self):
        return [kind for (kind,) in await self.fetch("SELECT kind FROM audit_record ORDER BY id")]


class Drawer:
    """Commands of a made-up module, which wait under the lock of a book as those of a lane do."""

    kind = "wager"

    def __init__(self, book_id):
        self.book_id = book_id
        self.ended = {}
        self.impossible = set()
        self.calls = []
        self.pause_seconds = 0

    async def release(self, tx, ids, actor, at):
        return await self._end(tx, ids, HoldEnd.RELEASED)

    async def deny(self, tx, ids, actor, at):
        return await self._end(tx, ids, HoldEnd.DENIED)

    async def _end(self, tx, ids, wanted):
        await ledger.lock_books(tx, [self.book_id])
        await asyncio.sleep(self.pause_seconds)
        for one in ids:
            if one not in self.ended:
                self.calls.append((one, wanted))
                self.ended[one] = HoldEnd.DENIED if one in self.impossible else wanted
        return {one: self.ended[one] for one in ids}
