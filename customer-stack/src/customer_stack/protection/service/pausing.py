"""Use cases of pauses: cooling off, excluding oneself, coming back.

A pause, the facts that the gate reads, and the end of what is open are one transaction, under the locks of
all books that it concerns. An exclusion reaches the same person's accounts at the other tenants of the
operator's group in that transaction; accounts that only share a device or an instrument become cases, because
a household shares them too.

Guaranteed: when the answer is given, nothing that is asked for later passes the gate; every act has a record
in the audit; what began is never made shorter, whoever asks.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from customer_stack.customers.domain import CustomerAccount
from customer_stack.customers.errors import CustomerNotFound
from customer_stack.customers.service import load_accounts
from customer_stack.disclosures.service import record
from customer_stack.facts import service as facts
from customer_stack.facts.domain import FOREVER, Changes
from customer_stack.protection.domain import pauses as domain
from customer_stack.protection.domain.pauses import Pause, PauseCause, Paused, PauseKind
from customer_stack.protection.service.limits import Officer, require_reach
from customer_stack.protection.service.linking import open_cases_of_linked
from customer_stack.protection.service.policies import load_policy
from customer_stack.protection.store import pauses as store
from customer_stack.protection.store.pauses import Outcome
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.events.port import publish
from shared.ids import Ids
from shared.ledger import store as ledger


class OpenBusiness(Protocol):
    """What somebody has open elsewhere when a pause begins."""

    async def end(
        self, tx: Transaction, accounts: Sequence[CustomerAccount], at: datetime, *, ends_sales: bool
    ) -> None:
        """End deposit quotes and what was not sent of wagers; the books of all of them are locked."""
        ...


FindSamePerson = Callable[[Transaction, UUID, Sequence[UUID]], Awaitable[Sequence[UUID]]]
"""A customer and tenants -> the accounts of the same person there, the customer's own among them."""
GroupOf = Callable[[UUID], Awaitable[Sequence[UUID]]]
"""A tenant -> the tenants among which an exclusion holds, itself among them."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """How the other accounts of a person are found."""

    group_of: GroupOf
    find_same_person: FindSamePerson


class Pausing:
    """Pauses as customers and staff work with them."""

    def __init__(
        self, database: Database, business: OpenBusiness, neighbours: Neighbours, clock: Clock, ids: Ids
    ) -> None:
        """Work on `database`; `business` ends what is open, `neighbours` finds a person's other accounts."""
        self._database = database
        self._business = business
        self._neighbours = neighbours
        self._clock = clock
        self._ids = ids

    async def read_own(self, tenant_id: UUID, customer_id: UUID) -> Paused:
        """Return how a customer pauses."""
        async with self._database.transaction(tenant_id) as tx:
            return await self._load(tx, customer_id)

    async def cool_off(self, tenant_id: UUID, customer_id: UUID, days: int) -> Paused:
        """Begin to cool off, or cool off longer; less than what stands changes nothing."""
        async with self._database.transaction(tenant_id) as tx:
            accounts = await self._lock(tx, [customer_id])
            now = self._clock.now()
            pause = self._pause(accounts[0], PauseKind.COOLING, PauseCause.OWN, now)
            pause = replace(pause, ends_at=domain.end_of_cooling(days, now))
            await self._begin(tx, accounts, [pause], f"customer:{customer_id}")
            return await self._load(tx, customer_id)

    async def exclude(self, tenant_id: UUID, customer_id: UUID, months: int | None) -> Paused:
        """Exclude a customer at their own wish, for months or for good (None)."""
        return await self._exclude(tenant_id, customer_id, months, PauseCause.OWN, None)

    async def exclude_by_staff(self, officer: Officer, customer_id: UUID, months: int | None) -> Paused:
        """Exclude a customer who asked for it in another way. Raises CustomerNotFound."""
        return await self._exclude(officer.tenant_id, customer_id, months, PauseCause.STAFF, officer)

    async def spread(self, tenant_id: UUID, customer_id: UUID) -> int:
        """Bring an exclusion to accounts that became known after it; returns how many it reached.

        Of two of the same person, whichever is excluded: so it is right to call it for a new account too.
        """
        group = await self._neighbours.group_of(tenant_id)
        async with self._database.transaction(*group) as tx:
            accounts = await self._lock(tx, await self._same_person(tx, customer_id, group))
            return await self._spread(tx, accounts)

    async def open_cases(self, tx: Transaction, tenant_id: UUID, customer_id: UUID) -> int:
        """Open a case for each account that shares a device or an instrument with an excluded one."""
        return await open_cases_of_linked(tx, tenant_id, customer_id, self._clock.now())

    async def ask_return(self, tenant_id: UUID, customer_id: UUID) -> Paused:
        """Ask to play again after the term. Raises NotExcluded, TermNotOver."""
        async with self._database.transaction(tenant_id) as tx:
            await self._lock(tx, [customer_id])
            now = self._clock.now()
            paused = await self._load(tx, customer_id)
            asked = domain.ask_return(paused, self._ids.new(), now)
            if asked != paused.asked:
                await store.insert_return(tx, tenant_id, customer_id, asked)
                await append(tx, [_returned("asked", tenant_id, customer_id, now)])
            return await self._load(tx, customer_id)

    async def confirm_return(self, tenant_id: UUID, customer_id: UUID) -> Paused:
        """Play again, a day after it was asked for. Raises NothingAsked, TooEarly."""
        async with self._database.transaction(tenant_id) as tx:
            await self._lock(tx, [customer_id])
            now = self._clock.now()
            domain.confirm_return(await self._load(tx, customer_id), now)
            await store.end_return(tx, customer_id, Outcome.CONFIRMED, now)
            await facts.change(tx, customer_id, now, Changes(excluded_until=None))
            await append(tx, [_returned("confirmed", tenant_id, customer_id, now)])
            return await self._load(tx, customer_id)

    async def withdraw_return(self, tenant_id: UUID, customer_id: UUID) -> Paused:
        """Stay excluded after all. Raises NothingAsked."""
        async with self._database.transaction(tenant_id) as tx:
            await self._lock(tx, [customer_id])
            now = self._clock.now()
            domain.require_asked(await self._load(tx, customer_id))
            await store.end_return(tx, customer_id, Outcome.WITHDRAWN, now)
            await append(tx, [_returned("withdrawn", tenant_id, customer_id, now)])
            return await self._load(tx, customer_id)

    async def read_as_staff(self, officer: Officer, customer_id: UUID) -> tuple[Paused, list[Pause]]:
        """Return how a customer within reach pauses, and every act of it. Raises CustomerNotFound."""
        async with self._database.transaction(officer.tenant_id) as tx:
            require_reach(officer, (await load_accounts(tx, [customer_id])).get(customer_id))
            await record(tx, officer.look(customer_id, "protection.pauses", self._clock.now()))
            return await self._load(tx, customer_id), await store.list_pauses(tx, customer_id)

    async def _exclude(
        self,
        tenant_id: UUID,
        customer_id: UUID,
        months: int | None,
        cause: PauseCause,
        officer: Officer | None,
    ) -> Paused:
        group = await self._neighbours.group_of(tenant_id)
        async with self._database.transaction(*group) as tx:
            others = await self._same_person(tx, customer_id, group)
            accounts = await self._lock(tx, others)
            own = next(each for each in accounts if each.id == customer_id)
            if officer is not None:
                require_reach(officer, own)
            now = self._clock.now()
            pause = replace(
                self._pause(own, PauseKind.EXCLUSION, cause, now),
                ends_at=domain.end_of_exclusion(months, now),
            )
            actor = f"customer:{customer_id}" if officer is None else officer.actor
            await self._begin(tx, accounts, [pause], actor)
            await self._spread(tx, accounts)
            payload = {"customer_id": str(customer_id)}
            await publish(tx, "protection.excluded", payload, self._ids.new(), tenant_id=tenant_id)
            return await self._load(tx, customer_id)

    async def _same_person(self, tx: Transaction, customer_id: UUID, group: Sequence[UUID]) -> list[UUID]:
        """Return the accounts of a person, the customer's own in any case."""
        found = await self._neighbours.find_same_person(tx, customer_id, group)
        return sorted({customer_id, *found})

    async def _spread(self, tx: Transaction, accounts: Sequence[CustomerAccount]) -> int:
        """Give every account of a person the longest exclusion that one of them has."""
        now = self._clock.now()
        paused = await store.load_paused(tx, [each.id for each in accounts], now)
        excluded = [
            (each.id, found.exclusion)
            for each in accounts
            if (found := paused[each.id]).exclusion is not None and _counts(found, now)
        ]
        if not excluded:
            return 0
        source, longest = max(excluded, key=lambda pair: (_end(pair[1].until), pair[0]))
        reached = [
            replace(
                self._pause(each, PauseKind.EXCLUSION, PauseCause.SAME_PERSON, now),
                ends_at=longest.until,
                caused_by=source,
            )
            for each in accounts
            if each.id != source and domain.lengthens(paused[each.id], PauseKind.EXCLUSION, longest.until)
        ]
        return await self._begin(tx, accounts, reached, "system")

    async def _begin(
        self, tx: Transaction, accounts: Sequence[CustomerAccount], pauses: Sequence[Pause], actor: str
    ) -> int:
        """Keep those pauses that make something longer, with everything that follows from them."""
        now = self._clock.now()
        paused = await store.load_paused(tx, [each.customer_id for each in pauses], now)
        kept = [
            each for each in pauses if domain.lengthens(paused[each.customer_id], each.kind, each.ends_at)
        ]
        if not kept:
            return 0
        await store.insert_pauses(tx, kept)
        reached = {each.customer_id: each for each in kept}
        after = await store.load_paused(tx, list(reached), now)
        for customer_id, each in reached.items():
            if each.kind is PauseKind.EXCLUSION and paused[customer_id].asked is not None:
                await store.end_return(tx, customer_id, Outcome.WITHDRAWN, now)
            await facts.change(tx, customer_id, now, _facts(after[customer_id]))
        await append(tx, [_record(each, actor) for each in kept])
        await self._end_business(tx, [each for each in accounts if each.id in reached], reached, now)
        return len(kept)

    async def _end_business(
        self,
        tx: Transaction,
        accounts: Sequence[CustomerAccount],
        reached: Mapping[UUID, Pause],
        now: datetime,
    ) -> None:
        """End what is open, tenant by tenant: each rules whether sales of the excluded stay."""
        for tenant_id in sorted({each.tenant_id for each in accounts}):
            policy = await load_policy(tx, tenant_id)
            for kind in PauseKind:
                mine = [
                    each for each in accounts if each.tenant_id == tenant_id and reached[each.id].kind is kind
                ]
                ends_sales = kind is PauseKind.EXCLUSION and not policy.sells_when_excluded
                if mine:
                    await self._business.end(tx, mine, now, ends_sales=ends_sales)

    async def _lock(self, tx: Transaction, customer_ids: Iterable[UUID]) -> list[CustomerAccount]:
        """Lock customers' books and their departments', in one call. Raises CustomerNotFound."""
        wanted = sorted(set(customer_ids))
        accounts = await load_accounts(tx, wanted)
        if len(accounts) != len(wanted):
            raise CustomerNotFound("There is no such customer. Check the id.")
        await ledger.lock_books(tx, {*accounts, *(each.department_id for each in accounts.values())})
        return [accounts[each] for each in wanted]

    async def _load(self, tx: Transaction, customer_id: UUID) -> Paused:
        return (await store.load_paused(tx, [customer_id], self._clock.now()))[customer_id]

    def _pause(self, account: CustomerAccount, kind: PauseKind, cause: PauseCause, now: datetime) -> Pause:
        return Pause(self._ids.new(), account.tenant_id, account.id, kind, cause, now, None)


def _counts(paused: Paused, now: datetime) -> bool:
    """Tell whether an exclusion reaches other accounts: after its term it only waits for its customer."""
    exclusion = paused.exclusion
    return exclusion is not None and (exclusion.until is None or exclusion.until > now)


def _end(until: datetime | None) -> datetime:
    return FOREVER if until is None else until


def _facts(paused: Paused) -> Changes:
    return Changes(cooling_until=paused.cooling_until, excluded_until=domain.excluded_until(paused))


def _record(pause: Pause, actor: str) -> AuditRecord:
    body = {
        "pause": pause.id,
        "customer_id": pause.customer_id,
        "cause": pause.cause.value,
        "ends_at": None if pause.ends_at is None else pause.ends_at.isoformat(),
    }
    if pause.caused_by is not None:
        body["caused_by"] = pause.caused_by
    kind = "protection.cooling_begun" if pause.kind is PauseKind.COOLING else "protection.excluded"
    return AuditRecord(pause.tenant_id, kind, body, pause.begins_at, actor)


def _returned(what: str, tenant_id: UUID, customer_id: UUID, now: datetime) -> AuditRecord:
    body = {"customer_id": customer_id}
    return AuditRecord(tenant_id, f"protection.return_{what}", body, now, f"customer:{customer_id}")
