"""Use cases of tiers: what approvals are worth, what customers expect to turn over, who is due for review.

Others ask here what a customer's verification allows, inside their own transactions.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from customer_stack.customers.errors import CustomerNotFound
from customer_stack.customers.service import load_accounts, lock_customer
from customer_stack.facts import service as facts
from customer_stack.facts.domain import Changes
from customer_stack.kyc.domain.claims import day_of
from customer_stack.kyc.domain.routing import Tier
from customer_stack.kyc.domain.sessions import State
from customer_stack.kyc.domain.tiers import (
    ExpectedTurnover,
    FundsSource,
    Verification,
    add_months,
    require_deposit,
    tier_of,
)
from customer_stack.kyc.errors import SessionNotFound, StateConflict
from customer_stack.kyc.service.drafts import open_renewal
from customer_stack.kyc.service.ground import Ground
from customer_stack.kyc.service.reviewing import Reviewer
from customer_stack.kyc.store import sessions as session_store
from customer_stack.kyc.store import tiers as store
from shared import audit
from shared.audit import AuditRecord
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class IdentityStanding:
    """What is known of a customer's verification. `tier` None: it is gone, and they have to renew."""

    customer_id: UUID
    tier: Tier | None
    verification: Verification | None
    expected: ExpectedTurnover | None


class Tiers:
    """What approvals are worth."""

    def __init__(self, ground: Ground) -> None:
        """Work on `ground`."""
        self._ground = ground

    async def require_deposit(self, tx: Transaction, customer_id: UUID, amount_cents: int) -> None:
        """Refuse a deposit that the tier does not allow. Raises IdentityOutdated, TierLimitExceeded."""
        verification = (await store.load_verifications(tx, [customer_id])).get(customer_id)
        today = day_of(self._ground.clock.now())
        require_deposit(self._ground.routes.current, verification, amount_cents, today)

    def limits_of(self, tier: str | None) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """Return a tier's limits on deposits and on withdrawals, in LKR cents by window; None: the default's.

        What a tier of today allows holds for everybody at once; one that is gone limits nothing over time,
        because it allows no deposit at all.
        """
        routes = self._ground.routes.current
        found = routes.tiers.get(routes.default_tier if tier is None else tier)
        return ({}, {}) if found is None else (found.deposits, found.withdrawals)

    async def load_standings(
        self, tx: Transaction, customer_ids: Collection[UUID]
    ) -> dict[UUID, IdentityStanding]:
        """Return customer id -> tier, dates, expected turnover, in the caller's transaction; two queries."""
        verified = await store.load_verifications(tx, customer_ids)
        expected = await store.load_turnovers(tx, customer_ids)
        configuration = self._ground.routes.current
        return {
            each: IdentityStanding(
                each, tier_of(configuration, verified.get(each)), verified.get(each), expected.get(each)
            )
            for each in customer_ids
        }

    async def load_high_routes(self, tx: Transaction, customer_ids: Collection[UUID]) -> set[UUID]:
        """Return who was last approved on a route of high risk; one query."""
        return await store.load_high_routes(tx, customer_ids)

    async def set_review(
        self, tx: Transaction, customer_id: UUID, months: int, cause: str, actor: str
    ) -> None:
        """Have a verified customer looked at again in some months, never later than their tier says.

        `cause` is a code. The book is locked. Who was never verified has nothing to look at again.
        """
        verification = (await store.load_verifications(tx, [customer_id])).get(customer_id)
        if verification is None:
            return
        now = self._ground.clock.now()
        due_on = add_months(day_of(now), months)
        await store.insert_review(tx, self._ground.ids.new(), verification, due_on, cause, now)
        body = {"customer_id": customer_id, "due_on": due_on.isoformat(), "cause": cause}
        await audit.append(tx, [AuditRecord(verification.tenant_id, "kyc.review_set", body, now, actor)])

    async def read_own(self, tenant_id: UUID, customer_id: UUID) -> IdentityStanding:
        """Return what a customer's verification is worth."""
        async with self._ground.database.transaction(tenant_id) as tx:
            return (await self.load_standings(tx, [customer_id]))[customer_id]

    async def declare_turnover(
        self, tenant_id: UUID, customer_id: UUID, monthly_cents: int, source: FundsSource
    ) -> IdentityStanding:
        """Keep what a customer expects to turn over in a month; the same again changes nothing."""
        async with self._ground.database.transaction(tenant_id) as tx:
            await lock_customer(tx, customer_id)
            now = self._ground.clock.now()
            before = (await store.load_turnovers(tx, [customer_id])).get(customer_id)
            if before is None or (before.monthly_cents, before.source) != (monthly_cents, source):
                expected = ExpectedTurnover(monthly_cents, source, now)
                await store.insert_turnover(tx, tenant_id, self._ground.ids.new(), customer_id, expected)
                await facts.change(tx, customer_id, now, Changes(expected_turnover=monthly_cents))
                body = {"customer_id": customer_id, "monthly_cents": monthly_cents, "source": source.value}
                actor = f"customer:{customer_id}"
                await audit.append(tx, [AuditRecord(tenant_id, "kyc.turnover_declared", body, now, actor)])
            return (await self.load_standings(tx, [customer_id]))[customer_id]

    async def read_as_staff(self, reviewer: Reviewer, customer_id: UUID) -> IdentityStanding:
        """Return the same of a customer within reach. Raises CustomerNotFound."""
        async with self._ground.database.transaction(reviewer.tenant_id) as tx:
            await self._require_reach(tx, reviewer, customer_id)
            return (await self.load_standings(tx, [customer_id]))[customer_id]

    async def list_due(
        self, reviewer: Reviewer, *, until: date, after: UUID | None, limit: int
    ) -> list[Verification]:
        """Return customers within reach whose review or document ends by a day."""
        async with self._ground.database.transaction(reviewer.tenant_id) as tx:
            return await store.list_due(
                tx,
                reviewer.tenant_id,
                department_id=reviewer.department_id,
                until=until,
                after=after,
                limit=limit,
            )

    async def renew(self, reviewer: Reviewer, customer_id: UUID) -> None:
        """Open a session in which a verified customer has to show again who they are; an open one stays.

        Raises CustomerNotFound, SessionNotFound, StateConflict.
        """
        async with self._ground.database.transaction(reviewer.tenant_id) as tx:
            await self._require_reach(tx, reviewer, customer_id)
            account = await lock_customer(tx, customer_id)
            last = await session_store.load_latest(tx, customer_id)
            if last is None:
                raise SessionNotFound("This customer has no session. Look at their status.")
            if not last.state.is_open:
                await open_renewal(self._ground, tx, account, last, reviewer.actor)
            elif last.state is not State.DRAFT:
                raise StateConflict("This customer's session is being looked at. Wait for its end.")

    async def _require_reach(self, tx: Transaction, reviewer: Reviewer, customer_id: UUID) -> None:
        account = (await load_accounts(tx, [customer_id])).get(customer_id)
        if account is None or reviewer.department_id not in (None, account.department_id):
            raise CustomerNotFound("There is no such customer. Check the id.")
