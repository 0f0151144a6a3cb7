"""Flags for other modules in their transactions, and the reckoning of scores.

Scores are reckoned in sets, outside any lock. Who has another score than before is then locked alone, and
left for the next round when their facts have changed meanwhile: so no lane waits for a whole set, and no
score is of facts that are gone.

    await set_flag(tx, customer_id, CustomerFlag.PEP, is_set=True, actor="system", at=now)
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from customer_stack.aml.domain.values import CustomerFlag
from customer_stack.aml.service.profiles import load_months
from customer_stack.cases.service.findings import load_findings
from customer_stack.customers.service import lock_customer
from customer_stack.facts import service as facts
from customer_stack.facts.domain import Changes, CustomerFacts
from customer_stack.risk import store
from customer_stack.risk.domain.records import FlagChange, ScoreRecord
from customer_stack.risk.domain.scoring import Inputs, Score, score
from customer_stack.risk.domain.weights import Band, Finding, Weights
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids, SystemIds

HISTORY: Final = timedelta(days=180)
GOOD_FOR: Final = timedelta(hours=24)
BATCH_SIZE: Final = 200
DUE_LIMIT: Final = 1_000
REVIEW_CAUSE: Final = "risk.band_changed"
_IDS: Final = SystemIds()
_ACTOR: Final = "system"


class Identities(Protocol):
    """What identity checks say of customers."""

    async def load_high_routes(self, tx: Transaction, customer_ids: Sequence[UUID]) -> set[UUID]:
        """Return who was last approved on a route of high risk."""
        ...

    async def set_review(
        self, tx: Transaction, customer_id: UUID, months: int, cause: str, actor: str
    ) -> None:
        """Have a verified customer looked at again in some months."""
        ...


LoadDocumentCountries = Callable[[Transaction, Sequence[UUID]], Awaitable[dict[UUID, str]]]
"""Customer id -> the country of their document; who was erased is left out."""


async def set_flag(
    tx: Transaction,
    customer_id: UUID,
    flag: CustomerFlag,
    *,
    is_set: bool,
    actor: str,
    at: datetime,
) -> bool:
    """Say that compliance knows a customer to be something, or no more. False: it was known.

    Raises CustomerNotFound.
    """
    account = await lock_customer(tx, customer_id)
    change = FlagChange(_IDS.new(), flag, is_set, actor, at, None)
    return await put_flag(tx, account.tenant_id, customer_id, change)


async def put_flag(tx: Transaction, tenant_id: UUID, customer_id: UUID, change: FlagChange) -> bool:
    """Keep a change of a flag of a customer who is locked. False: it stands so already."""
    known = (await facts.load(tx, [customer_id]))[customer_id].flags
    flag = change.flag.value
    if (flag in known) is change.is_set:
        return False
    await store.insert_flag(tx, tenant_id, customer_id, change)
    flags = known | {flag} if change.is_set else known - {flag}
    await facts.change(tx, customer_id, change.changed_at, Changes(flags=flags))
    body = {"customer_id": customer_id, "flag": flag, "is_set": change.is_set}
    await append(
        tx, [AuditRecord(tenant_id, "risk.flag_changed", body, change.changed_at, change.changed_by)]
    )
    return True


@dataclass(frozen=True, slots=True)
class _Reckoned:
    """A score of a customer, and the version of the facts that it is of."""

    customer_id: UUID
    facts_version: int
    score: Score
    before: ScoreRecord | None


class RiskScoring:
    """Reckons scores of all customers, a batch at a time."""

    def __init__(
        self,
        database: Database,
        identities: Identities,
        load_document_countries: LoadDocumentCountries,
        weights: Weights,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Reckon by `weights`."""
        self._database = database
        self._identities = identities
        self._load_document_countries = load_document_countries
        self._weights = weights
        self._clock = clock
        self._ids = ids

    async def list_due(self, tenant_id: UUID) -> list[tuple[UUID, ...]]:
        """Return the customers of a tenant who are due, a thousand at most, in batches.

        To find them costs a look at every customer, so that many are found at once.
        """
        before = self._clock.now() - GOOD_FOR
        async with self._database.transaction(tenant_id) as tx:
            due = await store.list_due(tx, tenant_id, before, DUE_LIMIT)
        return [tuple(due[start : start + BATCH_SIZE]) for start in range(0, len(due), BATCH_SIZE)]

    async def reckon(self, tenant_id: UUID, customer_ids: Sequence[UUID]) -> None:
        """Reckon the scores of customers, and keep those that differ."""
        now = self._clock.now()
        async with self._database.transaction(tenant_id) as tx:
            reckoned = await self._score(tx, tenant_id, customer_ids, now)
            same = [each for each in reckoned if each.before is not None and each.before.score == each.score]
            await store.confirm_current(tx, [(each.customer_id, each.facts_version) for each in same], now)
        for each in reckoned:
            if each.before is None or each.before.score != each.score:
                async with self._database.transaction(tenant_id) as tx:
                    await self._keep(tx, tenant_id, each, now)

    async def _score(
        self, tx: Transaction, tenant_id: UUID, customer_ids: Sequence[UUID], now: datetime
    ) -> list[_Reckoned]:
        known = await facts.load(tx, customer_ids)
        months = await load_months(tx, tenant_id, customer_ids, now)
        findings = await load_findings(tx, tenant_id, customer_ids, now - HISTORY)
        high = await self._identities.load_high_routes(tx, customer_ids)
        documents = await self._load_document_countries(tx, customer_ids)
        before = await store.load_current(tx, customer_ids)
        return [
            _Reckoned(
                customer_id,
                found.version,
                score(
                    Inputs(
                        countries=(found.country, documents.get(customer_id, found.country)),
                        tier=found.tier,
                        is_high_route=customer_id in high,
                        flags=_flags(found),
                        products=months[customer_id].products,
                        age_days=max((now - found.registered_at).days, 0),
                        expected=found.expected_turnover,
                        turnover=months[customer_id].turnover,
                        cases={Finding(name): n for name, n in findings[customer_id].items()},
                        linked=months[customer_id].linked,
                    ),
                    self._weights,
                ),
                before.get(customer_id),
            )
            for customer_id, found in known.items()
        ]

    async def _keep(self, tx: Transaction, tenant_id: UUID, reckoned: _Reckoned, now: datetime) -> None:
        """Let another score count, unless its customer's facts changed meanwhile."""
        customer_id, found = reckoned.customer_id, reckoned.score
        await lock_customer(tx, customer_id)
        known = (await facts.load(tx, [customer_id]))[customer_id]
        if known.version != reckoned.facts_version:
            return
        record = ScoreRecord(self._ids.new(), now, found)
        await store.insert_score(tx, tenant_id, customer_id, record)
        version = known.version
        if known.risk != found.total:
            await facts.change(tx, customer_id, now, Changes(risk=found.total))
            version += 1
        await store.put_current(tx, tenant_id, customer_id, record.id, version, now)
        body = {"customer_id": customer_id, "score": found.total, "band": found.band.value}
        body["weights"] = found.weights.hex()
        await append(tx, [AuditRecord(tenant_id, "risk.scored", body, now, _ACTOR)])
        was = Band.LOW if reckoned.before is None else reckoned.before.score.band
        if was is not found.band:
            months = self._weights.review_months[found.band]
            await self._identities.set_review(tx, customer_id, months, REVIEW_CAUSE, _ACTOR)


def _flags(found: CustomerFacts) -> frozenset[CustomerFlag]:
    return frozenset(CustomerFlag(flag) for flag in found.flags)
