"""Use cases of limits: what a customer and staff set, and how much of each is used.

Guaranteed: a limit changes under the lock of the customer's book, so nothing passes one that is being
lowered; every change has a record in the audit, in the transaction of the change.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customer_stack.customers.domain import CustomerAccount
from customer_stack.customers.errors import CustomerNotFound
from customer_stack.customers.service import load_accounts, lock_customer
from customer_stack.disclosures.domain import Look
from customer_stack.disclosures.service import record
from customer_stack.protection.domain import changing
from customer_stack.protection.domain.changing import Setting
from customer_stack.protection.domain.counting import LENGTHS, Measure, Window
from customer_stack.protection.domain.limits import Limit, LimitKind, Source, Standing
from customer_stack.protection.service.counting import load_standings
from customer_stack.protection.service.policies import load_policy
from customer_stack.protection.store import limits as store
from customer_stack.protection.store.limits import LimitKey
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction

LoadTierLimits = Callable[[Transaction, UUID], Awaitable[Sequence[Limit]]]
"""A customer -> the limits of the tier."""


@dataclass(frozen=True, slots=True)
class Officer:
    """A member of staff who acts. `department_id`: the only department they reach; None: every one."""

    tenant_id: UUID
    department_id: UUID | None
    staff_id: UUID
    actor: str

    def look(self, customer_id: UUID, kind: str, at: datetime) -> Look:
        """Return that this member of staff looks at a customer."""
        return Look(self.tenant_id, customer_id, customer_id, self.staff_id, kind, at)


@dataclass(frozen=True, slots=True)
class LimitView:
    """A limit as it stands. `limit` None: nothing limits this. `frees_at`: when the first of it rolls off."""

    kind: LimitKind
    window: Window
    limit: Limit | None
    used: int
    frees_at: datetime | None
    own: Setting | None
    staff: Setting | None


class Limits:
    """Limits as customers and staff work with them."""

    def __init__(self, database: Database, load_tier_limits: LoadTierLimits, clock: Clock) -> None:
        """Work on `database`."""
        self._database = database
        self._load_tier_limits = load_tier_limits
        self._clock = clock

    async def read_own(self, tenant_id: UUID, customer_id: UUID) -> list[LimitView]:
        """Return all limits of a customer, and how much of them is used."""
        async with self._database.transaction(tenant_id) as tx:
            return await self._view(tx, tenant_id, customer_id)

    async def change_own(
        self, tenant_id: UUID, customer_id: UUID, key: LimitKey, amount: int | None
    ) -> LimitView:
        """Lower or set a limit at once; raise or remove it after the cooling time and a confirmation."""
        async with self._database.transaction(tenant_id) as tx:
            await lock_customer(tx, customer_id)
            now = self._clock.now()
            policy = await load_policy(tx, tenant_id)
            before = (await store.load_settings(tx, customer_id))[Source.OWN].get(key)
            after = changing.change_own(before, amount, now, policy)
            return await self._keep(tx, _Place(tenant_id, customer_id, Source.OWN, key), before, after)

    async def confirm(self, tenant_id: UUID, customer_id: UUID, key: LimitKey) -> LimitView:
        """Let a raise count whose time is over. Raises NothingPending, TooEarly."""
        return await self._step_own(tenant_id, customer_id, key, changing.confirm)

    async def withdraw(self, tenant_id: UUID, customer_id: UUID, key: LimitKey) -> LimitView:
        """Give up a raise that waits. Raises NothingPending."""
        return await self._step_own(tenant_id, customer_id, key, changing.withdraw)

    async def read_as_staff(self, officer: Officer, customer_id: UUID) -> list[LimitView]:
        """Return all limits of a customer within reach. Raises CustomerNotFound."""
        async with self._database.transaction(officer.tenant_id) as tx:
            require_reach(officer, (await load_accounts(tx, [customer_id])).get(customer_id))
            await record(tx, officer.look(customer_id, "protection.limits", self._clock.now()))
            return await self._view(tx, officer.tenant_id, customer_id)

    async def change_by_staff(
        self, officer: Officer, customer_id: UUID, key: LimitKey, amount: int | None
    ) -> LimitView:
        """Lower or set staff's limit on a customer at once; to raise it is proposed to another person.

        Raises CustomerNotFound.
        """
        return await self._step_by_staff(
            officer,
            customer_id,
            key,
            lambda before, now: changing.change_by_staff(before, amount, now, officer.staff_id),
        )

    async def approve(self, officer: Officer, customer_id: UUID, key: LimitKey) -> LimitView:
        """Raise staff's limit as another person proposed.

        Raises CustomerNotFound, NothingPending, SamePerson.
        """
        return await self._step_by_staff(
            officer, customer_id, key, lambda before, now: changing.approve(before, now, officer.staff_id)
        )

    async def reject(self, officer: Officer, customer_id: UUID, key: LimitKey) -> LimitView:
        """Leave staff's limit as it is. Raises CustomerNotFound, NothingPending."""
        return await self._step_by_staff(officer, customer_id, key, changing.withdraw)

    async def _step_own(
        self,
        tenant_id: UUID,
        customer_id: UUID,
        key: LimitKey,
        step: Callable[[Setting | None, datetime], Setting],
    ) -> LimitView:
        async with self._database.transaction(tenant_id) as tx:
            await lock_customer(tx, customer_id)
            before = (await store.load_settings(tx, customer_id))[Source.OWN].get(key)
            after = step(before, self._clock.now())
            return await self._keep(tx, _Place(tenant_id, customer_id, Source.OWN, key), before, after)

    async def _step_by_staff(
        self,
        officer: Officer,
        customer_id: UUID,
        key: LimitKey,
        step: Callable[[Setting | None, datetime], Setting | None],
    ) -> LimitView:
        async with self._database.transaction(officer.tenant_id) as tx:
            require_reach(officer, await lock_customer(tx, customer_id))
            before = (await store.load_settings(tx, customer_id))[Source.STAFF].get(key)
            after = step(before, self._clock.now())
            place = _Place(officer.tenant_id, customer_id, Source.STAFF, key, officer.actor)
            return await self._keep(tx, place, before, after)

    async def _keep(
        self, tx: Transaction, place: "_Place", before: Setting | None, after: Setting | None
    ) -> LimitView:
        """Write what changed, with its record, and return the limit as it stands now."""
        if after is not None and after != before:
            await store.write_setting(tx, place.tenant_id, place.customer_id, place.setter, place.key, after)
            await append(tx, [_record(place, before, after, self._clock.now())])
        views = await self._view(tx, place.tenant_id, place.customer_id)
        return next(each for each in views if (each.kind, each.window) == place.key)

    async def _view(self, tx: Transaction, tenant_id: UUID, customer_id: UUID) -> list[LimitView]:
        now = self._clock.now()
        tiers = {customer_id: await self._load_tier_limits(tx, customer_id)}
        standing = (await load_standings(tx, {customer_id: tenant_id}, now, tiers))[customer_id]
        settings = {
            source: {key: changing.without_lapsed(each, now) for key, each in found.items()}
            for source, found in (await store.load_settings(tx, customer_id)).items()
        }
        oldest = await store.load_oldest(tx, customer_id, now)
        return [_show(standing, settings, oldest, (kind, window)) for kind in LimitKind for window in Window]


@dataclass(frozen=True, slots=True)
class _Place:
    """Which limit of whom, and who changes it."""

    tenant_id: UUID
    customer_id: UUID
    setter: Source
    key: LimitKey
    staff_actor: str | None = None

    @property
    def actor(self) -> str:
        return self.staff_actor or f"customer:{self.customer_id}"


def require_reach(officer: Officer, account: CustomerAccount | None) -> None:
    """Refuse a customer of another department. Raises CustomerNotFound."""
    if account is None or officer.department_id not in (None, account.department_id):
        raise CustomerNotFound("There is no such customer. Check the id.")


def _show(
    standing: Standing,
    settings: Mapping[Source, Mapping[LimitKey, Setting]],
    oldest: Mapping[tuple[Measure, Window], datetime],
    key: LimitKey,
) -> LimitView:
    kind, window = key
    measure = Measure.STAKE if kind is LimitKind.LOSS else Measure(kind.value)
    used, first = standing.used(kind, window), oldest.get((measure, window))
    return LimitView(
        kind=kind,
        window=window,
        limit=standing.limit_on(kind, window),
        used=used,
        frees_at=None if first is None or used == 0 else first + LENGTHS[window],
        own=settings[Source.OWN].get(key),
        staff=settings[Source.STAFF].get(key),
    )


def _record(place: _Place, before: Setting | None, after: Setting, now: datetime) -> AuditRecord:
    kind, window = place.key
    pending = after.pending
    body: dict[str, object] = {
        "customer_id": place.customer_id,
        "setter": place.setter.value,
        "kind": kind.value,
        "window": window.value,
        "version": after.version,
        "before": None if before is None else before.amount,
        "amount": after.amount,
        "waits": pending is not None,
    }
    if pending is not None:
        body |= {
            "asked": pending.amount,
            "ready_at": pending.ready_at.isoformat(),
            "lapses_at": pending.lapses_at.isoformat(),
        }
    return AuditRecord(place.tenant_id, "protection.limit_changed", body, now, place.actor)
