"""Placing and lifting restrictions for other modules, in their transactions.

Each waits for the customer's book; who changes several customers in one transaction goes in the order of
their ids.

    await place(tx, customer_id, Kind.DEBIT_ONLY, cause=Cause(CauseKind.CASE, case_id), reason="aml.hold",
                actor="system", at=now)
    await lift_of_case(tx, case_id, actor="staff:...", at=now)
    await lift_by_two(tx, screening_id, proposed_by="staff:...", approved_by="staff:...", at=now)
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.customers.domain import CustomerAccount
from customer_stack.customers.service import change_status, lock_customer
from customer_stack.facts import service as facts
from customer_stack.facts.domain import Changes
from customer_stack.facts.domain import Restriction as RestrictionFact
from customer_stack.restrictions import store
from customer_stack.restrictions.domain import (
    Cause,
    Kind,
    Restriction,
    State,
    Step,
    Taken,
    first_step,
    follow,
    require_named,
    strictest,
    take,
)
from shared.audit import AuditRecord, append
from shared.database import Transaction
from shared.errors import invariant
from shared.ids import SystemIds

_IDS: Final = SystemIds()
_PAST: Final = {
    Step.PLACE: "placed",
    Step.LIFT: "lifted",
    Step.CLOSE_CASE: "lifted",
    Step.PROPOSE_LIFT: "lift_proposed",
    Step.REJECT_LIFT: "lift_rejected",
    Step.APPROVE_LIFT: "lifted",
}


async def place(
    tx: Transaction,
    customer_id: UUID,
    kind: Kind,
    *,
    cause: Cause,
    reason: str,
    actor: str,
    at: datetime,
) -> Restriction:
    """Restrict a customer, whatever their status. `reason` is a code such as `screening.confirmed`.

    What the same case, screening or order placed and still stands is returned as it is. Raises
    CustomerNotFound.
    """
    account = await lock_customer(tx, customer_id)
    standing = await store.load_standing(tx, customer_id)
    same = [each for each in standing if each.kind is kind and each.cause == cause]
    if cause.id is not None and same:
        return same[0]
    return await place_locked(tx, account, build(account, kind, cause, reason, first_step(actor, at)), None)


async def lift_of_case(tx: Transaction, case_id: UUID, *, actor: str, at: datetime) -> int:
    """Lift what a case placed, now that it is closed; return how many restrictions that were."""
    return await _lift(tx, case_id, [(Step.CLOSE_CASE, actor)], at)


async def lift_by_two(
    tx: Transaction, cause_id: UUID, *, proposed_by: str, approved_by: str, at: datetime
) -> int:
    """Lift what a screening placed, now that two people cleared it; return how many restrictions that were.

    Raises SamePerson.
    """
    return await _lift(tx, cause_id, [(Step.PROPOSE_LIFT, proposed_by), (Step.APPROVE_LIFT, approved_by)], at)


async def load_strictest(tx: Transaction, customer_id: UUID) -> Kind | None:
    """Return what counts of a customer's restrictions; None: nothing stands."""
    return strictest(await store.load_standing(tx, customer_id))


def build(account: CustomerAccount, kind: Kind, cause: Cause, reason: str, first: Taken) -> Restriction:
    """Return a new restriction."""
    require_named(cause)
    return Restriction(
        _IDS.new(),
        account.tenant_id,
        account.id,
        account.department_id,
        kind,
        cause,
        reason,
        first.taken_by,
        first.taken_at,
        first,
    )


async def place_locked(
    tx: Transaction, account: CustomerAccount, restriction: Restriction, sealed: bytes | None
) -> Restriction:
    """Keep a restriction of a customer who is locked, and what follows from it."""
    await store.insert(tx, restriction, sealed)
    await append(tx, [_record(restriction)])
    await _settle(tx, account, restriction.last)
    return restriction


async def step_locked(
    tx: Transaction, account: CustomerAccount, restriction: Restriction, sealed: bytes | None
) -> Restriction:
    """Keep the last step of a restriction of a customer who is locked, and what follows from it."""
    await store.update(tx, restriction, sealed)
    await append(tx, [_record(restriction)])
    if not restriction.stands:
        await _settle(tx, account, restriction.last)
    return restriction


async def _lift(tx: Transaction, cause_id: UUID, steps: Sequence[tuple[Step, str]], at: datetime) -> int:
    found = await store.load_by_cause(tx, cause_id)
    lifted = 0
    for customer_id in dict.fromkeys(each.customer_id for each in found):
        account = await lock_customer(tx, customer_id)
        for restriction in await store.load_standing(tx, customer_id):
            if restriction.cause.id != cause_id:
                continue
            lifted += 1
            for step, actor in _from_standing(restriction, steps):
                restriction = take(restriction, step, actor, at)  # noqa: PLW2901 - one step after another
                await step_locked(tx, account, restriction, None)
    return lifted


def _from_standing(restriction: Restriction, steps: Sequence[tuple[Step, str]]) -> Sequence[tuple[Step, str]]:
    """Return steps that begin where a restriction stands: an open proposal of staff gives way to theirs."""
    if restriction.last.state is State.LIFT_PROPOSED:
        return [(Step.REJECT_LIFT, steps[0][1]), *steps]
    return steps


async def _settle(tx: Transaction, account: CustomerAccount, taken: Taken) -> None:
    """Let facts and status follow what stands now."""
    counts = strictest(await store.load_standing(tx, account.id))
    known = (await facts.load(tx, [account.id]))[account.id].restriction
    says = RestrictionFact.NONE if counts is None else RestrictionFact(counts.value)
    if says is not known:
        await facts.change(tx, account.id, taken.taken_at, Changes(restriction=says))
    to = follow(account.status, counts)
    if to is not None:
        await change_status(tx, account, to, actor=taken.taken_by, now=taken.taken_at, event_id=_IDS.new())


def _record(restriction: Restriction) -> AuditRecord:
    taken, cause = restriction.last, restriction.cause
    body = {
        "restriction": restriction.id,
        "customer_id": restriction.customer_id,
        "kind": restriction.kind.value,
        "cause": cause.kind.value,
        "reason": restriction.reason,
    }
    if cause.id is not None:
        body["cause_id"] = cause.id
    invariant(taken.step in _PAST, "every step has its word")
    return AuditRecord(
        restriction.tenant_id, f"restrictions.{_PAST[taken.step]}", body, taken.taken_at, taken.taken_by
    )
