"""Counting: in the transaction that posts, exact at every edge of every window.

Callers hold the lock of every customer's book that they name, so what is read stands until they commit:
two deposits, or two wagers, cannot pass one limit together.

Guaranteed: a batch's standings are one statement, and its changes two at most, however many customers.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from customer_stack.protection.domain.counting import Change, Measure, hour_of
from customer_stack.protection.domain.limits import Limit, Standing, lowest
from customer_stack.protection.domain.policies import DEFAULT_POLICY, Policy
from customer_stack.protection.store import counters, policies
from customer_stack.protection.store.counters import Moment
from shared.database import Transaction

Counts = Mapping[Moment, Mapping[Measure, int]]
"""What was counted, by customer and moment; what is nothing is left out."""


async def load_standings(
    tx: Transaction,
    tenant_of: Mapping[UUID, UUID],
    now: datetime,
    tier_limits: Mapping[UUID, Sequence[Limit]] | None = None,
) -> dict[UUID, Standing]:
    """Return each customer's standing at `now`. Customer -> tenant, and customer -> limits of the tier."""
    if not tenant_of:
        return {}
    tiers = tier_limits or {}
    standings = {}
    held: dict[UUID, Policy] = {}
    for customer_id, found in (await counters.load_standings(tx, tenant_of, now)).items():
        policy = held.get(tenant_of[customer_id])
        if policy is None:
            policy = DEFAULT_POLICY if found.policy is None else policies.read_policy(found.policy)
            held[tenant_of[customer_id]] = policy = replace(policy, limits=lowest(policy.limits))
        own = [*found.limits, *tiers.get(customer_id, ())]
        limits = lowest([*own, *policy.limits]) if own else policy.limits
        standings[customer_id] = Standing(
            found.sums,
            limits,
            policy.version,
            policy.sells_when_excluded,
            found.interval_minutes or policy.reality_minutes,
            policy.reality_required,
            found.acknowledged_at,
        )
    return standings


async def change(tx: Transaction, changes: Sequence[Change]) -> None:
    """Count what happened (positive), and take back what did not after all (negative)."""
    tenant_of = {each.customer_id: each.tenant_id for each in changes}
    added = _by_moment(each for each in changes if not _is_taken_back(each))
    taken = _by_moment(each for each in changes if _is_taken_back(each))
    if added:
        await counters.add(tx, added, tenant_of)
    if taken:
        await counters.take_back(tx, taken, tenant_of)


async def load_counts(tx: Transaction, tenant_id: UUID) -> tuple[Counts, Counts]:
    """Return what is counted of a tenant by moment, and by hour. For the rebuild."""
    return await counters.load_moments(tx, tenant_id), await counters.load_hours(tx, tenant_id)


def by_hour(counts: Counts) -> dict[Moment, dict[Measure, int]]:
    """Return what the hours hold when these are the moments."""
    hours: dict[Moment, dict[Measure, int]] = defaultdict(lambda: defaultdict(int))
    for (customer_id, at), amounts in counts.items():
        for measure, amount in amounts.items():
            hours[customer_id, hour_of(at)][measure] += amount
    return {
        key: {measure: amount for measure, amount in amounts.items() if amount}
        for key, amounts in hours.items()
    }


async def rewrite_counts(tx: Transaction, tenant_id: UUID, moments: Counts, hours: Counts) -> None:
    """Write moments and hours anew, as they were recomputed. For the rebuild's repair."""
    await counters.set_all(tx, tenant_id, moments, hours)


def _is_taken_back(change: Change) -> bool:
    """Tell whether something was counted before; what comes back can be a fee, below zero by itself."""
    return change.amount < 0 and change.measure is not Measure.RETURN


def _by_moment(changes: Iterable[Change]) -> dict[Moment, dict[Measure, int]]:
    sums: dict[Moment, dict[Measure, int]] = {}
    for each in changes:
        amounts = sums.setdefault((each.customer_id, each.counted_at), {})
        amounts[each.measure] = amounts.get(each.measure, 0) + each.amount
    return sums
