"""The one place where what a screening found is kept, in one transaction with all that follows from it.

The customer is locked, and nothing else happens to them meanwhile: alerts are opened, go or lapse; whoever is
proven or confirmed is frozen; a case is opened for a person; the standing, the gate's facts and the check of
onboarding follow from all alerts together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import orjson

from customer_stack.cases.domain.opening import PRIORITY_LIMIT, Link, NewCase
from customer_stack.cases.service.opening import open_cases
from customer_stack.customers.domain import ClearanceKind, CustomerAccount, Status
from customer_stack.customers.sealing import PersonCipher
from customer_stack.customers.service import DECLINED, record_clearance
from customer_stack.facts import service as facts
from customer_stack.facts.domain import Changes
from customer_stack.facts.domain import Screening as ScreeningFact
from customer_stack.restrictions.domain import Cause, CauseKind, Kind
from customer_stack.restrictions.service import place
from customer_stack.screening.domain.alerts import (
    Alert,
    Sighting,
    State,
    Subject,
    Verdict,
    decide_verdict,
    follow,
    see,
)
from customer_stack.screening.domain.alerts import Taken as TakenStep
from customer_stack.screening.matching.party import MATCHER_VERSION
from customer_stack.screening.store import alerts as store
from customer_stack.screening.store import tasks as task_store
from customer_stack.screening.store.alerts import Kept, Standing
from shared.audit import AuditRecord, append
from shared.database import Transaction
from shared.ids import Ids

FAMILY: Final = "screening"
CONFIRMED: Final = "screening.confirmed"
SYSTEM: Final = "system"
_PRIORITY_STEP: Final = 15
"""Priorities of alerts reach some 15,000, those of cases a thousand."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a screening saw. `whole`: beside all lists, so that what it did not see is gone.

    Else beside what changed of them, of somebody who was screened before.
    """

    number: int
    lists_version: bytes
    party_print: bytes
    sightings: Sequence[Sighting]
    reasons: Mapping[tuple[str, str], object] = field(repr=False)
    whole: bool


async def record(
    tx: Transaction,
    account: CustomerAccount,
    subject: Subject,
    cipher: PersonCipher,
    found: Found,
    at: datetime,
    ids: Ids,
) -> Verdict:
    """Keep what was found of a subject whose customer is locked, and what follows from it."""
    alerts = {alert.seen.key: alert for alert in await store.load_of_subject(tx, subject.id)}
    seen = {sighting.key: sighting for sighting in found.sightings}
    moved: list[Alert] = []
    for key in sorted(seen.keys() | alerts.keys()):
        before, sighting = alerts.get(key), seen.get(key)
        if sighting is None and not found.whole:
            continue
        after, steps = _move(before, sighting, subject, account, at, ids)
        if after is None or not steps:
            continue
        reasons = None
        if sighting is not None:
            raw = orjson.dumps(found.reasons[key])
            reasons = cipher.seal_bytes((store.TABLE, "reasons_sealed", after.id), raw)
        await store.keep(tx, Kept(after, steps, before is None, found.number, MATCHER_VERSION, reasons))
        alerts[key] = after
        moved.append(after)
    await append(tx, [record_of(alert, at) for alert in moved])
    verdict = decide_verdict(alerts.values())
    if found.whole:
        standing = Standing(
            subject, verdict, found.number, found.lists_version, MATCHER_VERSION, found.party_print, at
        )
    else:
        standing = replace(await store.require_standing(tx, subject.id), verdict=verdict)
    await settle(tx, account, standing, moved, at, ids)
    return verdict


async def settle(
    tx: Transaction,
    account: CustomerAccount,
    standing: Standing,
    moved: Sequence[Alert],
    at: datetime,
    ids: Ids,
) -> None:
    """Let everything follow from where a subject stands now; `moved`: the alerts that have just moved."""
    for alert in moved:
        if alert.freezes:
            cause = Cause(CauseKind.SCREENING, alert.id)
            await place(tx, account.id, Kind.FULL, cause=cause, reason=CONFIRMED, actor=_actor(alert), at=at)
    await open_cases(
        tx, [_case(alert, at) for alert in moved if alert.last.taken_by is None and _waits(alert)]
    )
    await store.keep_standing(tx, standing)
    if standing.subject.business_id is not None:
        return
    waits = await task_store.is_waiting(tx, account.id)
    is_onboarding = account.status in (Status.REGISTERED, Status.VERIFYING)
    is_clear = standing.verdict is Verdict.CLEAR and not waits
    if is_onboarding and (is_clear or standing.verdict is Verdict.CONFIRMED):
        await record_clearance(
            tx,
            account.id,
            ClearanceKind.SCREENING,
            refusal=DECLINED if standing.verdict is Verdict.CONFIRMED else None,
            now=at,
            event_id=ids.new(),
        )
    await _tell_gate(tx, standing, waits=waits)


async def _tell_gate(tx: Transaction, standing: Standing, *, waits: bool) -> None:
    """Write the verdict where the gate reads it. Who waits anew stays pending, unless confirmed."""
    pending = waits and standing.verdict is not Verdict.CONFIRMED
    says = ScreeningFact.PENDING if pending else ScreeningFact(standing.verdict.value)
    changes = Changes(
        screening=says, screening_version=standing.lists_version, screened_at=standing.screened_at
    )
    await facts.change(tx, standing.subject.customer_id, standing.screened_at, changes)


def _move(
    before: Alert | None,
    sighting: Sighting | None,
    subject: Subject,
    account: CustomerAccount,
    at: datetime,
    ids: Ids,
) -> tuple[Alert | None, list[TakenStep]]:
    after, steps = before, list[TakenStep]()
    for step, state in see(before, sighting):
        if after is None:
            if sighting is None:
                continue
            first = TakenStep(1, step, state, sighting.score, None, at)
            after = Alert(ids.new(), subject, account.department_id, sighting, at, first)
        else:
            after = follow(after, sighting, step, state, at)
        steps.append(after.last)
    return after, steps


def _waits(alert: Alert) -> bool:
    return alert.state in (State.OPEN, State.CONFIRMED)


def _case(alert: Alert, at: datetime) -> NewCase:
    reason = "possible_match" if alert.state is State.OPEN else "proven_match"
    kind = "sanctioned" if alert.seen.is_sanctioned else "exposed"
    return NewCase(
        tenant_id=alert.subject.tenant_id,
        customer_id=alert.subject.customer_id,
        family=FAMILY,
        priority=max(0, min(PRIORITY_LIMIT, alert.seen.priority // _PRIORITY_STEP)),
        at=at,
        links=[Link("alert", alert.id)],
        reasons=[f"screening.{reason}", f"screening.{kind}"],
    )


def _actor(alert: Alert) -> str:
    return SYSTEM if alert.last.taken_by is None else f"staff:{alert.last.taken_by}"


def record_of(alert: Alert, at: datetime) -> AuditRecord:
    """Return what the audit says of the last step of an alert."""
    body = {
        "alert_id": alert.id,
        "customer_id": alert.subject.customer_id,
        "business_id": alert.subject.business_id,
        "entry": alert.seen.entry_id,
        "step": alert.last.step.value,
        "state": alert.state.value,
        "score": alert.seen.score,
    }
    return AuditRecord(alert.subject.tenant_id, "screening.alert_moved", body, at, _actor(alert))
