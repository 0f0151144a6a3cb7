"""Answer authorisations of cards of ours, keep their clearings and ends, show the shadow report.

An authorisation is answered in one transaction, without any call to somebody else. While issuing is not
live the network always hears no, whatever was decided.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson
import structlog

from customer_stack.cards.domain.issuing import (
    LIFETIME,
    Authorisation,
    AuthorisationStanding,
    Card,
    Clearing,
    Decision,
    DecisionReason,
    Ending,
    Purchase,
    build_hold,
    build_purchase,
    build_release,
    decide,
    describe,
)
from customer_stack.cards.errors import (
    AuthorisationAltered,
    AuthorisationUnknown,
    CardTokenUsed,
    CardUnknown,
    CustomerUnknown,
    ReportContradicts,
)
from customer_stack.cards.providers.issuer import ISSUER, Presented, Reversed, read_notice, read_purchase
from customer_stack.cards.service.gate import AllTenants, CardGate
from customer_stack.cards.store import issuing as store
from customer_stack.cards.store.issuing import Tally
from customer_stack.ledger.domain import Account
from customer_stack.ledger.service import read_id_cursor
from customer_stack.webhooks.domain import Envelope, Verifier
from customer_stack.webhooks.errors import SignatureInvalid
from shared import outflow
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import USD, Movement

EXPIRY_BATCH: Final = 100
UNKNOWN_CARD: Final = ("decline", "unknown_card")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ShadowPage:
    """Shadow decisions, newest first, what they add up to, and where the next page begins."""

    decisions: tuple[AuthorisationStanding, ...]
    tallies: tuple[Tally, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class BreakPage:
    """Clearings above what was authorised, newest first, and where the next page begins."""

    clearings: tuple[Clearing, ...]
    next_cursor: str | None


class IssuingService:
    """Cards of ours."""

    def __init__(
        self,
        database: Database,
        verifier: Verifier | None,
        gate: CardGate,
        all_tenants: AllTenants,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Take messages that `verifier` lets pass; None: there is no issuer."""
        self._database = database
        self._verifier = verifier
        self._gate = gate
        self._all_tenants = all_tenants
        self._clock = clock
        self._ids = ids

    async def register_card(self, tenant_id: UUID, customer_id: UUID, token: str, actor: str) -> Card:
        """Keep which customer a card of ours belongs to. Raises CustomerUnknown, CardTokenUsed."""
        now, card = self._clock.now(), Card(self._ids.new(), tenant_id, customer_id, ISSUER, token)
        async with self._database.transaction(tenant_id) as tx:
            if not await self._gate.is_known(tx, customer_id):
                raise CustomerUnknown("There is no such customer. Check the id.")
            if not await store.insert_card(tx, card, actor, now):
                raise CardTokenUsed("A card with this token stands already. Check the token.")
            body = {"card": str(card.id), "customer": str(customer_id)}
            await append(tx, [AuditRecord(tenant_id, "cards.card_registered", body, now, actor)])
        return card

    async def authorise(self, raw: bytes, headers: Mapping[str, str]) -> tuple[str, str]:
        """Answer whether a card may pay: decision and reason. A repeat hears the first answer.

        Raises SignatureInvalid, MessageInvalid, AuthorisationAltered.
        """
        if self._verifier is None:
            raise SignatureInvalid("The signature does not belong to this message and our secret.")
        asked = read_purchase(self._verifier.open(raw, headers, self._clock.now()))
        async with self._database.transaction(*await self._all_tenants()) as tx:
            card = await store.find_card(tx, asked.provider, asked.token)
            if card is None:
                _log.warning("cards.unknown_card", authorisation=asked.reference)
                return UNKNOWN_CARD
            await ledger.lock_books(tx, [card.customer_id])
            before = await store.find_standing(tx, asked.provider, asked.reference)
            digest = hashlib.sha256(raw).digest()
            if before is not None:
                if before.authorisation.body_digest != digest:
                    raise AuthorisationAltered(
                        "This authorisation_id was asked about before with another content. Use a new one."
                    )
                return before.authorisation.answer
            return (await self._decide(tx, card, asked, digest)).answer

    async def _decide(self, tx: Transaction, card: Card, asked: Purchase, digest: bytes) -> Authorisation:
        """Decide under the lock of the customer's book, and reserve when it is live.

        While money is held after a restore it is not: the network hears no, whatever was decided.
        """
        is_live = await self._gate.is_issuing(tx, card.tenant_id) and await outflow.find_hold(tx) is None
        now = self._clock.now()
        key = (card.customer_id, USD, Account.WALLET)
        available = (await ledger.load_balances(tx, [key]))[key].available()
        if not is_live:
            available -= await store.sum_shadow(tx, card.customer_id)
        is_active = await self._gate.is_active(tx, card.customer_id)
        reason = decide(asked.amount, available, is_active=is_active)
        approved = reason is DecisionReason.APPROVED
        hold_id, expires_at = self._ids.new(), now + LIFETIME
        movement = build_hold(card, hold_id, asked.amount, expires_at) if approved else Movement()
        made = Authorisation(
            id=self._ids.new(),
            tenant_id=card.tenant_id,
            customer_id=card.customer_id,
            card_id=card.id,
            provider=asked.provider,
            reference=asked.reference,
            amount=asked.amount,
            merchant_category=asked.merchant_category,
            is_live=is_live,
            decision=Decision.APPROVE if approved else Decision.DECLINE,
            reason=reason,
            hold_id=hold_id if is_live and approved else None,
            would_post=_document(movement) if approved and not is_live else None,
            body_digest=digest,
            decided_at=now,
            expires_at=expires_at,
        )
        if is_live:
            await ledger.post(tx, movement)
        await store.insert_authorisation(tx, made)
        facts = {"amount": made.amount, "decision": made.decision.value, "reason": made.reason.value}
        await self._record(tx, made, "authorisation_decided", now, facts)
        return made

    async def handle(self, envelope: Envelope) -> None:
        """Keep what the network tells: a clearing, or that an authorisation is over. A webhook's handler.

        Raises MessageInvalid, CardUnknown, AuthorisationUnknown, ReportContradicts.
        """
        told = read_notice(envelope)
        if told is None:
            return
        async with self._database.transaction(*await self._all_tenants()) as tx:
            card = await store.find_card(tx, envelope.provider, told.card_token)
            if card is None:
                raise CardUnknown(
                    "There is no card with this token. Compare the network's records with ours."
                )
            await ledger.lock_books(tx, [card.customer_id])
            standing = await store.find_standing(tx, envelope.provider, told.authorisation_id)
            if standing is None or standing.authorisation.card_id != card.id:
                raise AuthorisationUnknown("Nobody asked us about this authorisation. A person looks at it.")
            match told:
                case Presented():
                    await self._clear(tx, standing, told)
                case Reversed():
                    await self._end(tx, standing, Ending.REVERSED)

    async def _clear(self, tx: Transaction, standing: AuthorisationStanding, told: Presented) -> None:
        """Capture what is left of the authorisation; the excess is kept as a break. A repeat does nothing."""
        one, amount = standing.authorisation, told.minor
        before = await store.load_clearing_amount(tx, one.provider, told.clearing_id)
        if before is not None:
            if before != amount:
                raise ReportContradicts("This clearing_id was presented before with another amount.")
            return
        now, captured = self._clock.now(), min(amount, standing.remaining)
        movement_id = self._ids.new()
        movement = (
            build_purchase(standing, captured, movement_id, self._ids.new(), now) if captured else Movement()
        )
        live = one.hold_id is not None
        if live:
            await ledger.post(tx, movement)
        made = Clearing(
            id=self._ids.new(),
            authorisation_id=one.id,
            provider=one.provider,
            reference=told.clearing_id,
            amount=amount,
            captured=captured,
            movement_id=movement_id if captured and live else None,
            would_post=_document(movement) if captured and not live else None,
            at=now,
        )
        await store.insert_clearing(tx, one.tenant_id, made)
        facts = {"amount": amount, "captured": captured, "excess": made.excess}
        await self._record(tx, one, "clearing_presented", now, facts)
        if captured and captured == standing.remaining:
            await store.insert_end(tx, one, Ending.CLEARED, now)
        elif told.is_final:
            after = AuthorisationStanding(one, standing.captured + captured, standing.ending)
            await self._end(tx, after, Ending.CLEARED)

    async def _end(self, tx: Transaction, standing: AuthorisationStanding, ending: Ending) -> None:
        """Free what is left of an authorisation, once."""
        if standing.remaining == 0:
            return
        one, now = standing.authorisation, self._clock.now()
        await ledger.post(tx, build_release(one, ending))
        await store.insert_end(tx, one, ending, now)
        await self._record(tx, one, f"authorisation_{ending.value}", now, {"released": standing.remaining})

    async def expire(self) -> int:
        """Free approvals that nobody ended in time, each in its own transaction. Returns how many."""
        now, tenants = self._clock.now(), await self._all_tenants()
        async with self._database.transaction(*tenants) as tx:
            overdue = await store.list_overdue(tx, now, EXPIRY_BATCH)
        for found in overdue:
            one = found.authorisation
            async with self._database.transaction(one.tenant_id) as tx:
                await ledger.lock_books(tx, [one.customer_id])
                standing = await store.find_standing(tx, one.provider, one.reference)
                await self._end(tx, standing or found, Ending.EXPIRED)
        return len(overdue)

    async def report_shadow(self, tenant_id: UUID, limit: int, cursor: str | None) -> ShadowPage:
        """Return one page of shadow decisions and what all of them add up to. Raises CursorUnknown."""
        before = read_id_cursor(cursor)
        async with self._database.transaction(tenant_id) as tx:
            found = await store.load_authorisations(tx, is_live=False, before=before, limit=limit + 1)
            tallies = await store.tally_shadow(tx)
        page = found[:limit]
        return ShadowPage(page, tallies, str(page[-1].authorisation.id) if len(found) > limit else None)

    async def list_breaks(self, tenant_id: UUID, limit: int, cursor: str | None) -> BreakPage:
        """Return one page of clearings above what was authorised. Raises CursorUnknown."""
        before = read_id_cursor(cursor)
        async with self._database.transaction(tenant_id) as tx:
            found = await store.load_breaks(tx, before, limit + 1)
        page = found[:limit]
        return BreakPage(page, str(page[-1].id) if len(found) > limit else None)

    async def _record(
        self, tx: Transaction, one: Authorisation, kind: str, at: datetime, facts: Mapping[str, int | str]
    ) -> None:
        body = {
            "authorisation": str(one.id),
            "customer": str(one.customer_id),
            "live": one.is_live,
            **facts,
        }
        actor = f"provider:{one.provider}"
        await append(tx, [AuditRecord(one.tenant_id, f"cards.{kind}", body, at, actor)])


def _document(movement: Movement) -> str:
    return orjson.dumps(describe(movement)).decode()
