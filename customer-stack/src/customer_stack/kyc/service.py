"""Use cases of identity checks: begin one, and work off those that are due.

Each check passes two short transactions around every call to the vendor: one takes it (with a lease, so
that a worker that dies gives it back), one records what came of it.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from customer_stack.customers.domain import ClearanceKind
from customer_stack.customers.service import CustomersService, begin_verification, record_clearance
from customer_stack.kyc import store
from customer_stack.kyc.domain import Check, Claim, Decision, Pending, day_of, decide, pause_after
from customer_stack.kyc.providers.contract import IdentityVendor, VendorUnavailable
from customer_stack.tenancy.service import TenancyService
from shared import audit
from shared.audit import AuditRecord
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids

LEASE: Final = timedelta(seconds=30)
BATCH_LIMIT: Final = 32

_log = structlog.get_logger(__name__)


class KycService:
    """Identity checks of all tenants."""

    def __init__(
        self,
        database: Database,
        tenancy: TenancyService,
        customers: CustomersService,
        vendor: IdentityVendor,
        clock: Clock,
        ids: Ids,
        *,
        residencies: frozenset[str],
    ) -> None:
        """Accept residents of `residencies` (ISO country codes) only."""
        self._database = database
        self._tenancy = tenancy
        self._customers = customers
        self._vendor = vendor
        self._clock = clock
        self._ids = ids
        self._residencies = residencies

    async def begin(self, tx: Transaction, tenant_id: UUID, customer_id: UUID) -> None:
        """Begin a customer's check, in the caller's transaction."""
        now, check_id = self._clock.now(), self._ids.new()
        await begin_verification(tx, customer_id, now, self._ids.new())
        if await store.insert_check(tx, tenant_id, check_id, customer_id, now):
            body = {"check_id": check_id, "customer_id": customer_id}
            await audit.append(tx, [AuditRecord(tenant_id, "kyc.check_requested", body, now, "system")])

    async def work(self) -> int:
        """Take the checks that are due, ask or poll the vendor for each, and return how many there were."""
        tenant_ids = await self._tenancy.list_tenant_ids()
        now = self._clock.now()
        async with self._database.transaction(*tenant_ids) as tx:
            checks = await store.take_due(tx, now, now + LEASE, BATCH_LIMIT)
        results = await asyncio.gather(*(self._advance(check) for check in checks), return_exceptions=True)
        for check, result in zip(checks, results, strict=True):
            if isinstance(result, Exception):  # its lease ends and it is tried again; the others went on
                _log.error("kyc.check_failed", check_id=str(check.id), exc_info=result)
        return len(checks)

    async def _advance(self, check: Check) -> None:
        """Ask the vendor once, and record what came of it. Silence postpones."""
        profile = await self._customers.read_profile(check.tenant_id, check.customer_id)
        claim = Claim(
            profile.full_name,
            profile.date_of_birth,
            profile.residency,
            profile.document_type.value,
            profile.document_country,
            profile.document_number,
        )
        try:
            if not check.is_submitted:
                await self._vendor.submit(check.id, claim)
            verdict = await self._vendor.fetch(check.id) if check.is_submitted else Pending()
        except VendorUnavailable:
            _log.warning("kyc.vendor_unavailable", check_id=str(check.id), attempts=check.attempts)
            await self._postpone(check, submitted=False)
            return
        now = self._clock.now()
        decision = decide(claim, verdict, today=day_of(now), residencies=self._residencies)
        if decision is None:
            await self._postpone(check, submitted=not check.is_submitted)
        else:
            await self._end(check, decision, now)

    async def _postpone(self, check: Check, *, submitted: bool) -> None:
        now = self._clock.now()
        async with self._database.transaction(check.tenant_id) as tx:
            if submitted:
                await store.mark_submitted(tx, check.id, now)
            await store.postpone(tx, check.id, now + pause_after(check.attempts))

    async def _end(self, check: Check, decision: Decision, now: datetime) -> None:
        async with self._database.transaction(check.tenant_id) as tx:
            if not await store.insert_decision(tx, check, decision, now):
                return
            body = {
                "check_id": check.id,
                "customer_id": check.customer_id,
                "outcome": decision.outcome.value,
                "reason": decision.reason.value,
            }
            await audit.append(tx, [AuditRecord(check.tenant_id, "kyc.check_decided", body, now, "system")])
            await record_clearance(
                tx,
                check.customer_id,
                ClearanceKind.IDENTITY,
                refusal=decision.reason.public_code,
                now=now,
                event_id=self._ids.new(),
            )
