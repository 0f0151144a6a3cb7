"""The one place where results are kept and a session moves on, in one transaction with what follows from it.

The caller has locked the customer, so nothing else happens to the person meanwhile.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from customer_stack.customers.domain import ClearanceKind, Profile
from customer_stack.customers.service import record_clearance
from customer_stack.facts import service as facts
from customer_stack.facts.domain import Changes
from customer_stack.kyc.domain.checks import Finding
from customer_stack.kyc.domain.claims import Claim
from customer_stack.kyc.domain.progress import Ended, Progress, Result, fold
from customer_stack.kyc.domain.routing import Route
from customer_stack.kyc.domain.sessions import Rejection, Session, State, begin, end, go_on, next_attempt
from customer_stack.kyc.domain.tiers import verify
from customer_stack.kyc.service.ground import Ground, claim_of, open_claim, open_known_claim, seal_claim
from customer_stack.kyc.store import files as file_store
from customer_stack.kyc.store import sessions as store
from customer_stack.kyc.store import tiers as tier_store
from customer_stack.kyc.store.sessions import NO_TEXTS, SealedTexts
from shared import audit
from shared.audit import AuditRecord
from shared.database import Transaction

SYSTEM = "system"


def record_of(session: Session, kind: str, at: datetime, actor: str, **more: Any) -> AuditRecord:
    """Return what the audit says about a session."""
    body = {
        "session_id": session.id,
        "customer_id": session.customer_id,
        "attempt": session.attempt,
        **more,
    }
    return AuditRecord(session.tenant_id, f"kyc.{kind}", body, at, actor)


async def record(
    ground: Ground,
    tx: Transaction,
    session: Session,
    route: Route,
    results: Sequence[Result],
    *,
    added: int,
    actor: str,
    texts: SealedTexts = NO_TEXTS,
) -> Progress:
    """Keep the last `added` of `results`, and let the session go on or end."""
    now = ground.clock.now()
    if session.state is State.PENDING:
        session = begin(session, now)
        await store.update_session(tx, session)
    fresh = results[len(results) - added :]
    await store.insert_results(tx, session, fresh, texts)
    progress = fold(route, results)
    records = [
        record_of(
            session,
            "step_decided",
            now,
            actor,
            number=result.number,
            step=result.step,
            outcome=result.outcome.value,
            reason=None if result.reason is None else result.reason.value,
        )
        for result in fresh
    ]
    if isinstance(progress, Ended):
        ended = end(session, progress, route.attempts, now)
        await store.update_session(tx, ended)
        records.append(
            record_of(
                ended,
                "session_decided",
                now,
                SYSTEM,
                state=ended.state.value,
                rejection=None if ended.rejection is None else ended.rejection.value,
                reason=None if ended.reason is None else ended.reason.value,
            )
        )
        await audit.append(tx, records)
        await _follow(ground, tx, ended, route)
    else:
        await store.update_session(tx, go_on(session, progress, len(results), now))
        await audit.append(tx, records)
    return progress


async def _follow(ground: Ground, tx: Transaction, ended: Session, route: Route) -> None:
    """Do what an end means: what it is worth, the customer's clearance, or the next attempt."""
    if ended.rejection is Rejection.RETRY:
        await _open_next(ground, tx, ended)
        return
    if ended.state is State.APPROVED:
        claim = await open_claim(ground, tx, ended)
        expiry = await _known_expiry(ground, tx, ended, claim)
        verification = verify(ended, route.tier, claim, ground.clock.now(), expiry)
        await tier_store.insert_verification(tx, verification)
        # A tier that does not need a valid document has none whose end would stop anything.
        expires = verification.document_expires_on if route.tier.needs_valid_document else None
        said = Changes(tier=verification.tier, document_expires_on=expires)
        await facts.change(tx, ended.customer_id, ground.clock.now(), said)
        if ended.is_renewal:
            await let_profile_say(ground, tx, ended, claim)
            return
    elif ended.is_renewal:
        return  # who was verified stays so: whether to freeze them is a person's decision
    await record_clearance(
        tx,
        ended.customer_id,
        ClearanceKind.IDENTITY,
        refusal=None if ended.reason is None else ended.reason.public_code,
        now=ground.clock.now(),
        event_id=ground.ids.new(),
    )


async def _known_expiry(ground: Ground, tx: Transaction, ended: Session, claim: Claim) -> date | None:
    """Return when the claimed document ends, as far as it said so when it was approved before."""
    before = (await tier_store.load_verifications(tx, [ended.customer_id])).get(ended.customer_id)
    if before is None:
        return None
    known = await open_known_claim(ground, tx, ended)
    same = (known.document_type, known.document_country, known.document_number) == (
        claim.document_type,
        claim.document_country,
        claim.document_number,
    )
    return before.document_expires_on if same else None


async def _open_next(ground: Ground, tx: Transaction, ended: Session) -> None:
    """Open the next attempt with the claim and the files of the last."""
    now = ground.clock.now()
    session = next_attempt(ended, ground.ids.new(), now)
    claim = await open_claim(ground, tx, ended)
    cipher = await ground.customers.cipher_of(tx, ended.customer_id)
    await store.insert_session(tx, session, seal_claim(cipher, session.id, claim))
    await file_store.carry_over(tx, ended.id, session.id)
    await audit.append(tx, [record_of(session, "session_opened", now, SYSTEM)])


async def let_profile_say(ground: Ground, tx: Transaction, session: Session, claim: Claim) -> None:
    """Correct a customer's profile where it says something else than a claim. The customer is locked.

    Raises AlreadyRegistered when the document belongs to another account.
    """
    profile = await ground.customers.open_profile(tx, session.customer_id)
    if claim_of(profile) != replace(claim, sex=None, mrz=None):
        now = ground.clock.now()
        await ground.customers.correct_profile(tx, session.customer_id, profile_with(profile, claim), now)


def profile_with(profile: Profile, claim: Claim) -> Profile:
    """Return a profile that says what somebody claims."""
    return replace(
        profile,
        full_name=claim.full_name,
        date_of_birth=claim.date_of_birth,
        residency=claim.residency,
        document_type=claim.document_type,
        document_country=claim.document_country,
        document_number=claim.document_number,
    )


def new_result(
    results: Sequence[Result], step: str, found: Finding, at: datetime, staff_id: UUID | None = None
) -> Result:
    """Return the next result: what was found at a step."""
    return Result(len(results) + 1, step, found.outcome, found.reason, staff_id, at, found.notes)
