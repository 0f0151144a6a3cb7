"""Use cases of payments: take a bank's notice, settle the pay-in it announces, show pay-ins."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol
from uuid import UUID

import structlog

from customer_stack.fx.domain.quotes import is_pay_reference, tidy_pay_reference
from customer_stack.fx.service import QuoteStanding, Standings, close_overdue, find_by_reference, use_quote
from customer_stack.ledger.service import read_id_cursor
from customer_stack.payments import store
from customer_stack.payments.domain import (
    OUTCOME_OF,
    Notice,
    PayIn,
    PayInOutcome,
    build_receipt,
    decide_pay_in,
)
from customer_stack.payments.errors import CollectionMissing, EventAltered
from customer_stack.payments.providers.contract import Bank
from customer_stack.payments.store import BankEvent, Collection, NewEvent
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import invariant
from shared.events.port import Event, publish
from shared.ids import Ids
from shared.ledger import store as ledger

_log = structlog.get_logger(__name__)

PAY_IN_ANNOUNCED: Final = "payments.pay_in_announced"

AllTenants = Callable[[], Awaitable[tuple[UUID, ...]]]
"""The ids of all tenants."""


find_collection: Final = store.load_collection
"""(tx, provider) -> the tenant and department whose book stands for the collection account, or None."""

load_bookings: Final = store.load_bookings
"""(tx, provider) -> bank reference -> LKR cents of every pay-in of the bound tenants."""


class PayerAccounts(Protocol):
    """Encrypts what a notice tells of a person: only a refund, or whoever clears suspense, needs it."""

    def seal(self, event_id: UUID, account: str) -> bytes:
        """Return the payer's account number encrypted and bound to the stored event."""
        ...

    def seal_text(self, event_id: UUID, text: str) -> bytes:
        """Return what the payer typed as a reference, encrypted and bound to the stored event."""
        ...


@dataclass(frozen=True, slots=True)
class PayInPage:
    """Pay-ins, newest first, and where the next page begins."""

    pay_ins: tuple[PayIn, ...]
    next_cursor: str | None


class PaymentsService:
    """Pay-ins."""

    def __init__(
        self,
        database: Database,
        bank: Bank,
        payer_accounts: PayerAccounts,
        standings: Standings,
        all_tenants: AllTenants,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Take notices of `bank`; `standings` says who may receive money."""
        self._database = database
        self._bank = bank
        self._payer_accounts = payer_accounts
        self._standings = standings
        self._all_tenants = all_tenants
        self._clock = clock
        self._ids = ids

    async def take_notice(self, raw: bytes, signature: str | None) -> bool:
        """Verify a bank's message and store it with the wish to settle it; False for a repeat.

        Raises SignatureInvalid, NoticeInvalid, EventAltered, CollectionMissing.
        """
        now = self._clock.now()
        notice = self._bank.read_notice(raw, signature, now)
        if notice is None:
            return False
        event_id = self._ids.new()
        event = self._seal(event_id, notice, hashlib.sha256(raw).digest())
        async with self._database.transaction(*await self._all_tenants()) as tx:
            if not await store.insert_event(tx, event, now):
                await _require_same(tx, event)
                return False
            await publish(
                tx,
                PAY_IN_ANNOUNCED,
                {"provider": notice.provider, "event_id": notice.event_id},
                event_id,
                tenant_id=await self._find_tenant(tx, notice),
            )
            return True

    async def settle(self, tx: Transaction, event: Event) -> None:
        """Apply an announced pay-in: D1, and D2 and D3 when it is exactly as quoted. An event listener."""
        provider, event_id = event.payload["provider"], event.payload["event_id"]
        notice = await store.load_event(tx, provider, event_id)
        invariant(notice is not None, "an announced pay-in was stored before it was announced")
        if notice is None:
            return
        standing = await _find_quote(tx, notice.pay_reference)
        collection = await store.load_collection(tx, provider)
        if standing is not None:
            department_id = standing.quote.department_id
            books = [standing.quote.customer_id, department_id]
        else:
            invariant(collection is not None, "money of nobody known goes to the collection's department")
            department_id = collection.department_id if collection else event.tenant_id
            books = [department_id]
        await ledger.lock_books(tx, books)
        if await store.has_pay_in(tx, provider, notice.bank_reference):
            return
        await close_overdue(tx, department_id, self._clock)
        pay_in = await self._decide(tx, notice, event.tenant_id, department_id)
        await ledger.post(tx, build_receipt(pay_in, self._ids.new()))
        if pay_in.outcome is PayInOutcome.CONVERTED and standing is not None:
            conversion = await use_quote(tx, standing.quote, self._clock, self._ids)
            pay_in = replace(pay_in, conversion_id=conversion.id)
        await store.insert_pay_in(tx, pay_in)
        await append(tx, [_record(pay_in)])

    async def list_pay_ins(
        self, tenant_id: UUID, customer_id: UUID, limit: int, cursor: str | None
    ) -> PayInPage:
        """Return one page of a customer's pay-ins. Raises CursorUnknown."""
        before = read_id_cursor(cursor)
        async with self._database.transaction(tenant_id) as tx:
            return _page(await store.load_pay_ins(tx, customer_id, before, limit + 1), limit)

    async def list_suspense(self, tenant_id: UUID, limit: int, cursor: str | None) -> PayInPage:
        """Return one page of a tenant's pay-ins that a person has to look at. Raises CursorUnknown."""
        before = read_id_cursor(cursor)
        async with self._database.transaction(tenant_id) as tx:
            return _page(await store.load_suspense(tx, before, limit + 1), limit)

    async def assign_collection(self, tenant_id: UUID, department_id: UUID) -> None:
        """Say which department's book stands for the bank's collection account; the first one stays."""
        async with self._database.transaction(tenant_id) as tx:
            await store.insert_collection(tx, self._bank.name, Collection(tenant_id, department_id))

    def _seal(self, event_id: UUID, notice: Notice, digest: bytes) -> NewEvent:
        """Keep a reference of ours in plain, and whatever else the payer typed encrypted."""
        text = tidy_pay_reference(notice.pay_reference)
        ours = is_pay_reference(text)
        return NewEvent(
            id=event_id,
            notice=notice,
            pay_reference=text if ours else None,
            payer_account_sealed=self._payer_accounts.seal(event_id, notice.payer_account),
            payer_text_sealed=None
            if ours
            else self._payer_accounts.seal_text(event_id, notice.pay_reference),
            digest=digest,
        )

    async def _find_tenant(self, tx: Transaction, notice: Notice) -> UUID:
        standing = await _find_quote(tx, tidy_pay_reference(notice.pay_reference))
        if standing is not None:
            return standing.quote.tenant_id
        collection = await store.load_collection(tx, notice.provider)
        if collection is None:
            raise CollectionMissing(
                "No department stands for the collection account. Assign one, then resend."
            )
        return collection.tenant_id

    async def _decide(
        self, tx: Transaction, notice: BankEvent, tenant_id: UUID, department_id: UUID
    ) -> PayIn:
        """Judge the pay-in under the locks, with the quote as it stands now."""
        standing = await _find_quote(tx, notice.pay_reference)
        quote = standing.quote if standing else None
        reason = decide_pay_in(
            notice.amount,
            quote,
            standing.outcome if standing else None,
            is_active=quote is not None and await self._standings.is_active(tx, quote.customer_id),
            now=self._clock.now(),
        )
        return PayIn(
            id=self._ids.new(),
            tenant_id=tenant_id,
            department_id=department_id,
            customer_id=quote.customer_id if quote else None,
            provider=notice.provider,
            event_id=notice.event_id,
            bank_reference=notice.bank_reference,
            amount=notice.amount,
            outcome=OUTCOME_OF[reason],
            reason=reason,
            quote_id=quote.id if quote else None,
            conversion_id=None,
            movement_id=self._ids.new(),
            booked_at=notice.booked_at,
            decided_at=self._clock.now(),
        )


async def _require_same(tx: Transaction, event: NewEvent) -> None:
    """Refuse another message under the name of one that was taken before. Raises EventAltered."""
    notice = event.notice
    if await store.load_digest(tx, notice.provider, notice.event_id) != event.digest:
        _log.warning("payments.event_altered", provider=notice.provider)
        raise EventAltered(
            "An event with this event_id was taken before with another content. "
            "Send news under a new event_id, and a repeat unchanged."
        )


async def _find_quote(tx: Transaction, pay_reference: str | None) -> QuoteStanding | None:
    if pay_reference is None or not is_pay_reference(pay_reference):
        return None
    return await find_by_reference(tx, pay_reference)


def _page(found: tuple[PayIn, ...], limit: int) -> PayInPage:
    page = found[:limit]
    return PayInPage(page, str(page[-1].id) if len(found) > limit else None)


def _record(pay_in: PayIn) -> AuditRecord:
    return AuditRecord(
        tenant_id=pay_in.tenant_id,
        kind=f"payments.pay_in_{pay_in.outcome.value}",
        body={
            "pay_in": str(pay_in.id),
            "customer": str(pay_in.customer_id) if pay_in.customer_id else None,
            "department": str(pay_in.department_id),
            "bank_reference": pay_in.bank_reference,
            "lkr": pay_in.amount,
            "reason": pay_in.reason.value,
            "quote": str(pay_in.quote_id) if pay_in.quote_id else None,
            "conversion": str(pay_in.conversion_id) if pay_in.conversion_id else None,
            "movement": str(pay_in.movement_id),
        },
        at=pay_in.decided_at,
        actor="system",
    )
