"""Rules and their versions: written, tried in shadow, proposed, approved by a second person, retired.

Every change of a tenant's rules holds the lock of its ruleset, so that one version of a rule counts and
the revision rises with every change of what is evaluated.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.lifecycle import (
    COUNTING,
    IN_SHADOW,
    State,
    Step,
    Taken,
    Version,
    VersionFilter,
    changes_evaluation,
    take,
    write,
)
from customer_stack.aml.domain.rules import Rule, read_rule
from customer_stack.aml.domain.verdicts import RuleSet
from customer_stack.aml.errors import RuleNotFound, StepNotPossible, VersionStands
from customer_stack.aml.starter import load_starter_rules
from customer_stack.aml.store import rules as store
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids

LIVE_LIMIT: Final = 200
"""Versions of one tenant that are evaluated with each event, shadow included."""
_GONE: Final = "There is no such version. Look at the list of versions."
_RACED: Final = "Somebody else has just changed this version. Look at it again."


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff who acts."""

    tenant_id: UUID
    staff_id: UUID
    actor: str


@dataclass(frozen=True, slots=True)
class VersionPage:
    """Versions, newest first, and where the next page begins."""

    versions: tuple[Version, ...]
    next_cursor: str | None


class RulesService:
    """The rules of tenants. What is published counts from the next event on."""

    def __init__(self, database: Database, clock: Clock, ids: Ids) -> None:
        """Keep rules in `database`."""
        self._database = database
        self._clock = clock
        self._ids = ids

    async def write(self, person: Person, document: object) -> Version:
        """Keep a new version of a rule as a draft. Raises RuleInvalid, VersionStands."""
        rule = read_rule(document)
        async with self._database.transaction(person.tenant_id) as tx:
            version = await self._insert(tx, person, rule)
        if version is None:
            raise VersionStands("This rule has a version with exactly this content. Look at its versions.")
        return version

    async def propose_starter_set(self, person: Person) -> tuple[Version, ...]:
        """Write and propose every rule of the starter set that has no such version yet."""
        proposed = []
        async with self._database.transaction(person.tenant_id) as tx:
            await store.lock_ruleset(tx, person.tenant_id)
            for rule in load_starter_rules():
                version = await self._insert(tx, person, rule)
                if version is not None:
                    proposed.append(await self._take(tx, person, version, Step.PROPOSE))
        return tuple(proposed)

    async def step(self, person: Person, version_id: UUID, step: Step) -> Version:
        """Take a step with a version; an approval lets it count, or retires it.

        Raises RuleNotFound, StepNotPossible, OwnVersion.
        """
        async with self._database.transaction(person.tenant_id) as tx:
            await store.lock_ruleset(tx, person.tenant_id)
            version = await store.load_version(tx, version_id)
            if version is None:
                raise RuleNotFound(_GONE)
            return await self._take(tx, person, version, step)

    async def list_versions(
        self, tenant_id: UUID, wanted: VersionFilter, before: UUID | None, limit: int
    ) -> VersionPage:
        """Return one page of a tenant's versions."""
        async with self._database.transaction(tenant_id) as tx:
            found = await store.load_versions(tx, wanted, before, limit + 1)
        page = found[:limit]
        return VersionPage(page, str(page[-1].id) if len(found) > limit else None)

    async def get_version(self, tenant_id: UUID, version_id: UUID) -> tuple[Version, tuple[Taken, ...]]:
        """Return a version with all its steps. Raises RuleNotFound."""
        async with self._database.transaction(tenant_id) as tx:
            version = await store.load_version(tx, version_id)
            if version is None:
                raise RuleNotFound(_GONE)
            return version, await store.load_steps(tx, version_id)

    async def _insert(self, tx: Transaction, person: Person, rule: Rule) -> Version | None:
        """Keep a draft; None when the rule has this version."""
        now = self._clock.now()
        taken = write(person.staff_id, now)
        version = Version(self._ids.new(), person.tenant_id, rule, person.staff_id, now, taken)
        if not await store.insert_version(tx, version):
            return None
        await store.insert_step(tx, version, taken)
        await append(tx, [_record(version, taken, person.actor, now)])
        return version

    async def _take(self, tx: Transaction, person: Person, version: Version, step: Step) -> Version:
        """Take one step under the ruleset's lock."""
        now = self._clock.now()
        taken = take(version, step, person.staff_id, now)
        await self._require_room(tx, version, taken)
        if taken.state is State.PUBLISHED and step is Step.APPROVE:
            await self._replace(tx, person, version)
        if not await store.insert_step(tx, version, taken):
            raise StepNotPossible(_RACED)
        if taken.state is State.PUBLISHED and step is Step.APPROVE:
            await store.publish(tx, version, taken)
        if taken.state is State.RETIRED:
            await store.withdraw(tx, version)
        if changes_evaluation(version.state, taken.state):
            await store.raise_revision(tx, version.tenant_id)
        await append(tx, [_record(version, taken, person.actor, now)])
        return replace(version, last=taken)

    async def _replace(self, tx: Transaction, person: Person, version: Version) -> None:
        """Retire the version of the same rule that counts now."""
        standing = await store.load_published(tx, version.tenant_id, version.rule.key)
        if standing is None:
            return
        now = self._clock.now()
        taken = take(standing, Step.REPLACE, person.staff_id, now)
        await store.insert_step(tx, standing, taken)
        await append(tx, [_record(standing, taken, person.actor, now)])

    async def _require_room(self, tx: Transaction, version: Version, taken: Taken) -> None:
        live = COUNTING | IN_SHADOW
        if version.state in live or taken.state not in live:
            return
        if await store.count_live(tx, version.tenant_id) >= LIVE_LIMIT:
            raise StepNotPossible(f"{LIVE_LIMIT} versions are evaluated already. Retire one first.")


async def find_published(tx: Transaction, tenant_id: UUID, key: str) -> Rule | None:
    """Return the version of a rule that counts now, if one does."""
    version = await store.load_published(tx, tenant_id, key)
    return None if version is None else version.rule


class Rulebook:
    """The compiled rules of each tenant, loaded again when their revision has changed."""

    def __init__(self) -> None:
        """Begin with nothing loaded."""
        self._loaded: dict[UUID, tuple[int, RuleSet]] = {}

    async def load(self, tx: Transaction, tenants: frozenset[UUID]) -> dict[UUID, RuleSet]:
        """Return the rules of tenants that have any, as they stand in `tx`."""
        found = {}
        for tenant_id, revision in (await store.load_revisions(tx, sorted(tenants))).items():
            held = self._loaded.get(tenant_id)
            if held is None or held[0] != revision:
                held = (revision, RuleSet(*await store.load_live(tx, tenant_id)))
                self._loaded[tenant_id] = held
            found[tenant_id] = held[1]
        return found


async def load_rules_by_digest(tx: Transaction, digests: Iterable[bytes]) -> dict[bytes, Rule]:
    """Return versions of rules by digest, as decisions name them years later."""
    return await store.load_by_digest(tx, sorted(set(digests)))


def _record(version: Version, taken: Taken, actor: str, at: datetime) -> AuditRecord:
    body = {
        "version": version.id,
        "rule": version.rule.key,
        "digest": version.rule.digest.hex(),
        "state": taken.state.value,
    }
    return AuditRecord(version.tenant_id, f"aml.rule_{_PAST[taken.step]}", body, at, actor)


_PAST: Final = {
    Step.WRITE: "written",
    Step.SHADOW: "shadowed",
    Step.PROPOSE: "proposed",
    Step.APPROVE: "approved",
    Step.REJECT: "rejected",
    Step.DROP: "dropped",
    Step.REPLACE: "replaced",
}
