"""Replaying decisions: some by id or by time, and every night a sample of each tenant's day.

Guaranteed: a run is bounded, reads page by page, and writes nothing but what it found.
"""

import random
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import orjson

from customer_stack.aml.service.rules import load_rules_by_digest
from customer_stack.gate.domain.basis import read_basis, rebuild
from customer_stack.gate.domain.records import Written
from customer_stack.gate.domain.replaying import (
    FIRST_GATE,
    ProductReplay,
    Replayed,
    Rules,
    Stored,
    replay,
    replay_first,
    written_of,
)
from customer_stack.gate.store import reading as store
from customer_stack.geography.domain.policies import Policy
from customer_stack.geography.service import load_policy_versions
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction

PAGE: Final = 500
SAMPLE: Final = 500
NOT_ALLOWED_LIMIT: Final = 5_000
NIGHT: Final = timedelta(days=1)
_SHOWN: Final = 20

AllTenants = Callable[[], Awaitable[Sequence[UUID]]]
"""The ids of all tenants."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run replayed. `differing`: the first of those that did not come out again."""

    replayed: int
    differing: tuple[Replayed, ...]
    is_complete: bool = True

    @property
    def held(self) -> bool:
        """Tell whether every decision came out again."""
        return not self.differing


class Replaying:
    """Makes recorded decisions again."""

    def __init__(
        self,
        database: Database,
        products: Mapping[str, ProductReplay],
        all_tenants: AllTenants,
        clock: Clock,
    ) -> None:
        """Replay what lanes decided themselves by `products`, by lane."""
        self._database = database
        self._products = products
        self._all_tenants = all_tenants
        self._clock = clock

    async def replay_one(self, decision_id: UUID) -> Run | None:
        """Replay one decision of any tenant; None: there is none."""
        async with self._database.transaction(*await self._all_tenants()) as tx:
            stored = await store.load(tx, decision_id)
            if stored is None:
                return None
            return _run(await self.replay(tx, [stored]))

    async def replay_period(self, since: datetime, until: datetime, limit: int) -> Run:
        """Replay what was decided from a moment up to another, `limit` decisions at most."""
        after, end = first_id_of(since), first_id_of(until)
        replayed = 0
        differing: list[Replayed] = []
        while replayed < limit:
            size = min(PAGE, limit - replayed)
            async with self._database.transaction(*await self._all_tenants()) as tx:
                page = await store.load_range(tx, after, end, size)
                found = await self.replay(tx, page)
            replayed += len(page)
            differing += [each for each in found if not each.agrees]
            if len(page) < size:
                return Run(replayed, tuple(differing[:_SHOWN]))
            after = page[-1].id
        return Run(replayed, tuple(differing[:_SHOWN]), is_complete=False)

    async def replay_night(self) -> Run:
        """Replay a random sample of each tenant's last day, and all that was denied or held in it."""
        until = self._clock.now()
        replayed = 0
        differing: list[Replayed] = []
        for tenant_id in await self._all_tenants():
            run = await self._replay_day(tenant_id, until)
            replayed += run.replayed
            differing += run.differing
        return Run(replayed, tuple(differing[:_SHOWN]))

    async def _replay_day(self, tenant_id: UUID, until: datetime) -> Run:
        begin, end = first_id_of(until - NIGHT), first_id_of(until)
        draw = random.SystemRandom()
        places = [UUID(int=draw.randrange(begin.int, end.int)) for _ in range(SAMPLE)]
        async with self._database.transaction(tenant_id) as tx:
            found = await self.replay(tx, await store.load_sample(tx, tenant_id, [begin, *places], end))
        after, left = begin, NOT_ALLOWED_LIMIT
        while left > 0:
            async with self._database.transaction(tenant_id) as tx:
                page = await store.load_not_allowed(tx, tenant_id, after, end, min(PAGE, left))
                found += await self.replay(tx, page)
            left -= len(page)
            if len(page) < PAGE:
                break
            after = page[-1].id
        run = _run(found)
        body = {"replayed": run.replayed, "differing": len([each for each in found if not each.agrees])}
        async with self._database.transaction(tenant_id) as tx:
            await append(tx, [AuditRecord(tenant_id, "gate.replayed", body, until, "system")])
        return run

    async def replay(self, tx: Transaction, page: Sequence[Stored]) -> list[Replayed]:
        """Make the decisions of a page again."""
        written = {each.id: written_of(each) for each in page if each.gate_version != FIRST_GATE}
        rules = await self.load_rules(tx, page)
        policies = await _load_policies(tx, page, written)
        return [
            replay_first(each, orjson.loads(each.record), self._products)
            if each.gate_version == FIRST_GATE
            else replay(
                each,
                written[each.id],
                None if each.basis is None else rules.get(each.basis),
                policies.get((each.tenant_id, written[each.id].policy)),
                self._products,
            )
            for each in page
        ]

    async def load_rules(self, tx: Transaction, page: Iterable[Stored]) -> dict[bytes, Rules]:
        """Return what decisions stand on, by digest, compiled from the stored versions."""
        digests = {each.basis for each in page if each.basis is not None}
        if not digests:
            return {}
        bases = {
            digest: read_basis(content) for digest, content in (await store.load_bases(tx, digests)).items()
        }
        versions = await load_rules_by_digest(
            tx, {each for basis in bases.values() for each in basis.versions}
        )
        return {
            digest: Rules(basis, rebuild(basis, versions))
            for digest, basis in bases.items()
            if versions.keys() >= basis.versions
        }


def first_id_of(moment: datetime) -> UUID:
    """Return the id below all that are made from a moment on: version 7 begins with milliseconds."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80)


async def _load_policies(
    tx: Transaction, page: Sequence[Stored], written: Mapping[UUID, Written]
) -> dict[tuple[UUID, int | None], Policy]:
    wanted = {
        (each.tenant_id, policy)
        for each in page
        if each.id in written and (policy := written[each.id].policy) is not None
    }
    found = await load_policy_versions(tx, wanted) if wanted else {}
    return {(tenant_id, version): policy for (tenant_id, version), policy in found.items()}


def _run(found: Sequence[Replayed]) -> Run:
    return Run(len(found), tuple(each for each in found if not each.agrees)[:_SHOWN])
