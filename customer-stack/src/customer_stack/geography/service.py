"""Use cases of policies: propose, approve, reject, read; and what the gate loads."""

from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from customer_stack.geography import store
from customer_stack.geography.domain.policies import (
    Mode,
    Policy,
    PolicyRecord,
    State,
    require_decidable,
    require_sensible,
)
from customer_stack.geography.errors import PolicyDecided, PolicyNotFound
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database
from shared.ids import Ids

load_policies: Final = store.load_policies
"""(tx, tenant ids) -> {tenant id: the Policy that counts}; one query. Judge with `domain.policies.judge`."""

load_policy_versions: Final = store.load_versions
"""(tx, (tenant id, version) pairs) -> {pair: Policy}; one query. For the replay of decisions."""

_RACED: Final = "Somebody else was faster. Look at the list of policies, then try again."


@dataclass(frozen=True, slots=True)
class Wish:
    """A policy that somebody wants."""

    mode: Mode
    countries: frozenset[str]
    allows_unknown: bool


class PolicyDesk:
    """Policies of geography as staff works with them."""

    def __init__(self, database: Database, clock: Clock, ids: Ids) -> None:
        """Work on `database`."""
        self._database = database
        self._clock = clock
        self._ids = ids

    async def propose(self, tenant_id: UUID, wish: Wish, actor: str) -> PolicyRecord:
        """Propose the next policy of a tenant. Raises PolicyInvalid, PolicyDecided."""
        async with self._database.transaction(tenant_id) as tx:
            version = await store.load_last_version(tx, tenant_id) + 1
            policy = Policy(version, wish.mode, wish.countries, wish.allows_unknown)
            require_sensible(policy)
            record = PolicyRecord(self._ids.new(), tenant_id, policy, actor, self._clock.now())
            if not await store.insert_policy(tx, record):
                raise PolicyDecided(_RACED)
            await append(tx, [_audit(record, actor)])
        return record

    async def decide(self, tenant_id: UUID, policy_id: UUID, to: State, actor: str) -> PolicyRecord:
        """Approve or reject what somebody else proposed. Raises PolicyNotFound, PolicyDecided, SamePerson."""
        async with self._database.transaction(tenant_id) as tx:
            record = await store.load_record(tx, policy_id)
            if record is None:
                raise PolicyNotFound("There is no such policy. Look at the list of policies.")
            counting = (await store.load_policies(tx, [tenant_id])).get(tenant_id)
            require_decidable(record, 0 if counting is None else counting.version, actor)
            decided = replace(record, state=to, decided_by=actor, decided_at=self._clock.now())
            if not await store.insert_decision(tx, decided):
                raise PolicyDecided(_RACED)
            await append(tx, [_audit(decided, actor)])
        return decided

    async def list_policies(self, tenant_id: UUID, *, before: int | None, limit: int) -> list[PolicyRecord]:
        """Return a tenant's policies, newest first."""
        async with self._database.transaction(tenant_id) as tx:
            return await store.list_records(tx, tenant_id, before=before, limit=limit)


def _audit(record: PolicyRecord, actor: str) -> AuditRecord:
    body = {
        "policy": record.id,
        "version": record.policy.version,
        "mode": record.policy.mode.value,
        "countries": sorted(record.policy.countries),
        "allows_unknown": record.policy.allows_unknown,
    }
    at = record.proposed_at if record.decided_at is None else record.decided_at
    return AuditRecord(record.tenant_id, f"geography.policy_{record.state.value}", body, at, actor)
