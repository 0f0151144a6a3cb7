"""Use cases of payments: settle what a provider says arrived or was taken back, show pay-ins.

Whoever brings the news, a bank's message or a file, calls `announce` and `take_back` with the same words.
Both may be called again, in any order.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, Protocol
from uuid import UUID

import structlog

from customer_stack.fx.domain.quotes import is_pay_reference, tidy_pay_reference
from customer_stack.fx.service import QuoteStanding, Standings, close_overdue, find_by_reference, use_quote
from customer_stack.ledger.domain import Account
from customer_stack.ledger.service import advance_deals, read_id_cursor, record_sources
from customer_stack.payments import store
from customer_stack.payments.counting import DepositCounting
from customer_stack.payments.debts import clear_debts, load_owed
from customer_stack.payments.domain import (
    OUTCOME_OF,
    Notice,
    PayIn,
    PayInOutcome,
    PayInReason,
    PayInStanding,
    TakeBack,
    build_receipt,
    build_take_back,
    decide_pay_in,
    decide_take_back,
)
from customer_stack.payments.errors import CollectionMissing, EventAltered, TakeBackDiffers
from customer_stack.payments.records import (
    record_of_pay_in,
    record_of_refund_proposal,
    record_of_take_back,
    source_of_receipt,
    source_of_take_back,
    step_of_take_back,
    steps_of_receipt,
)
from customer_stack.payments.store import BankEvent, Collection, NewEvent
from shared.audit import append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import invariant
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, Balance

REVIEW_BATCH: Final = 50

_log = structlog.get_logger(__name__)

AllTenants = Callable[[], Awaitable[tuple[UUID, ...]]]
"""The ids of all tenants."""

find_collection: Final = store.load_collection
"""(tx, provider) -> the tenant and department whose book stands for the collection account, or None."""

load_bookings: Final = store.load_bookings
"""(tx, provider) -> bank reference -> LKR cents, signed: pay-ins, and pay-ins that were taken back."""

load_standing: Final = store.load_standing
"""(tx, pay-in id) -> the pay-in of the bound tenants and what happened to it since, or None."""


class PayerAccounts(Protocol):
    """Encrypts what a notice tells of a person: only a refund, or whoever clears suspense, needs it."""

    def seal(self, event_id: UUID, account: str) -> bytes:
        """Return the payer's account number encrypted and bound to the stored event."""
        ...

    def seal_text(self, event_id: UUID, text: str) -> bytes:
        """Return what the payer typed as a reference, encrypted and bound to the stored event."""
        ...

    def open(self, event_id: UUID, sealed: bytes) -> str:
        """Return the account number that was sealed for this event."""
        ...

    def open_text(self, event_id: UUID, sealed: bytes) -> str:
        """Return what the payer typed, that was sealed for this event."""
        ...


@dataclass(frozen=True, slots=True)
class Payer:
    """Who paid in, as far as the provider said. `text`: what stood in place of a reference of ours."""

    account: str = field(repr=False)
    text: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class PayInPage:
    """Pay-ins, newest first, and where the next page begins."""

    pay_ins: tuple[PayInStanding, ...]
    next_cursor: str | None


class PaymentsService:
    """Pay-ins."""

    def __init__(
        self,
        database: Database,
        payer_accounts: PayerAccounts,
        standings: Standings,
        all_tenants: AllTenants,
        counting: DepositCounting,
        clock: Clock,
        ids: Ids,
        *,
        refund_days: int = 14,
    ) -> None:
        """`standings` says who may receive money, `counting` is told what came and went.

        LKR that waits `refund_days` is proposed for a refund.
        """
        self._database = database
        self._payer_accounts = payer_accounts
        self._standings = standings
        self._all_tenants = all_tenants
        self._counting = counting
        self._clock = clock
        self._ids = ids
        self._refund_after = timedelta(days=refund_days)

    async def announce(self, notice: Notice) -> bool:
        """Store what a provider says arrived and settle it; False when that was done before.

        D1 of the money flows always; D2 and D3 when it is exactly as quoted and nothing is owed. Raises
        EventAltered, CollectionMissing.
        """
        now, event_id = self._clock.now(), self._ids.new()
        event = self._seal(event_id, notice)
        async with self._database.transaction(*await self._all_tenants()) as tx:
            if not await store.insert_event(tx, event, now):
                await _require_same(tx, event)
            tenant_id = await self._find_tenant(tx, notice)
        async with self._database.transaction(tenant_id) as tx:
            return await self._settle(tx, tenant_id, notice.provider, notice.event_id)

    async def take_back(self, take_back: TakeBack) -> bool:
        """Reverse a pay-in that the provider took back; False when that was done, or the pay-in is not here.

        A take-back that overtakes its pay-in is kept, and applied when the pay-in is settled. Raises
        TakeBackDiffers.
        """
        now = self._clock.now()
        async with self._database.transaction(*await self._all_tenants()) as tx:
            await store.lock_reference(tx, take_back.provider, take_back.bank_reference)
            kept = await store.insert_take_back(tx, take_back, now)
            if (kept.reversal_reference, kept.amount) != (take_back.reversal_reference, take_back.amount):
                raise TakeBackDiffers("This pay-in was taken back before with other values. Ask the bank.")
            pay_in = await store.find_pay_in(tx, take_back.provider, take_back.bank_reference)
        if pay_in is None:
            return False
        owner_id = pay_in.customer_id
        for _ in range(2):
            async with self._database.transaction(pay_in.tenant_id) as tx:
                await ledger.lock_books(tx, {pay_in.department_id, owner_id or pay_in.department_id})
                standing = await store.load_standing(tx, pay_in.id)
                invariant(standing is not None, "a pay-in to reverse is here")
                if standing is None or standing.owner_id in (None, owner_id):
                    return await self._reverse(tx, pay_in.id, take_back)
                # An assignment has given it an owner: from the start, so that books are locked in one order.
                owner_id = standing.owner_id
        invariant(False, "a pay-in out of suspense gets one owner")
        return False

    async def list_pay_ins(
        self, tenant_id: UUID, customer_id: UUID, limit: int, cursor: str | None
    ) -> PayInPage:
        """Return one page of a customer's pay-ins. Raises CursorUnknown."""
        before = read_id_cursor(cursor)
        async with self._database.transaction(tenant_id) as tx:
            return _page(await store.load_standings(tx, customer_id, before, limit + 1), limit)

    async def list_refund_proposals(
        self, tenant_id: UUID, limit: int, cursor: str | None, *, department_id: UUID | None = None
    ) -> PayInPage:
        """Return one page of pay-ins that wait so long that a refund was proposed. Raises CursorUnknown."""
        before = read_id_cursor(cursor)
        async with self._database.transaction(tenant_id) as tx:
            found = await store.load_refund_proposals(tx, department_id, before, limit + 1)
            return _page(found, limit)

    async def propose_refunds(self) -> int:
        """Look once at each pay-in that has waited long, and propose a refund while its LKR is all there.

        No money moves. Returns how many were looked at. The timer's use case.
        """
        now = self._clock.now()
        async with self._database.transaction(*await self._all_tenants()) as tx:
            waiting = await store.load_unreviewed(tx, now - self._refund_after, REVIEW_BATCH)
            keys = {owner: (owner, LKR, Account.WALLET) for each in waiting if (owner := each.owner_id)}
            balances = await ledger.load_balances(tx, keys.values())
            for each in waiting:
                wallet = balances[keys[each.owner_id]] if each.owner_id else Balance()
                waits = each.state == PayInOutcome.WAITING
                is_proposed = waits and wallet.available() >= each.pay_in.amount
                await store.insert_review(tx, each.pay_in, now, is_proposed=is_proposed)
                if is_proposed:
                    await append(tx, [record_of_refund_proposal(each.pay_in, now)])
        return len(waiting)

    async def read_payer(self, tx: Transaction, pay_in: PayIn) -> Payer:
        """Return who paid, in the caller's transaction. Personal data: say in the audit who looked."""
        sealed = await store.load_payer(tx, pay_in.provider, pay_in.event_id)
        invariant(sealed is not None, "a pay-in has the event that brought it")
        if sealed is None:
            return Payer("", None)
        text = sealed.text_sealed
        return Payer(
            self._payer_accounts.open(sealed.event_id, sealed.account_sealed),
            None if text is None else self._payer_accounts.open_text(sealed.event_id, text),
        )

    async def count(self, tx: Transaction, pay_in: PayIn, owner_id: UUID) -> None:
        """Have a pay-in counted as a deposit of whom it now belongs to, whose book is locked."""
        payer = await self.read_payer(tx, pay_in)
        await self._counting.came_in(tx, pay_in, owner_id, payer.account, self._clock.now())

    async def assign_collection(
        self, tenant_id: UUID, department_id: UUID, provider: str = "sandbox-bank"
    ) -> None:
        """Say which department's book stands for a bank's collection account; the first one stays."""
        async with self._database.transaction(tenant_id) as tx:
            await store.insert_collection(tx, provider, Collection(tenant_id, department_id))

    async def _settle(self, tx: Transaction, tenant_id: UUID, provider: str, event_id: str) -> bool:
        """Apply a stored event once; False when its bank reference was settled before."""
        notice = await store.load_event(tx, provider, event_id)
        invariant(notice is not None, "an event is stored before it is settled")
        if notice is None:
            return False
        await store.lock_reference(tx, provider, notice.bank_reference)
        department_id, customer_id = await self._find_books(tx, notice, tenant_id)
        await ledger.lock_books(tx, {department_id, customer_id or department_id})
        if await store.find_pay_in(tx, provider, notice.bank_reference) is not None:
            return False
        await close_overdue(tx, department_id, self._clock)
        taken_back = await store.load_take_back(tx, provider, notice.bank_reference)
        standing = await _find_quote(tx, notice.pay_reference)
        pay_in = await self._decide(tx, notice, standing, tenant_id, department_id, taken_back)
        await self._post(tx, pay_in)
        if pay_in.outcome is PayInOutcome.CONVERTED and standing is not None:
            conversion = await use_quote(tx, standing.quote, self._clock, self._ids)
            pay_in = replace(pay_in, conversion_id=conversion.id)
        await store.insert_pay_in(tx, pay_in)
        await append(tx, [record_of_pay_in(pay_in)])
        if pay_in.customer_id is not None and not pay_in.in_suspense:
            await self.count(tx, pay_in, pay_in.customer_id)
        if taken_back is not None:
            await self._reverse(tx, pay_in.id, taken_back)
        return True

    async def _post(self, tx: Transaction, pay_in: PayIn) -> None:
        """Post D1, and pay what the customer owes out of it."""
        movement = build_receipt(pay_in, self._ids.new())
        (receipt,) = movement.transfers
        await ledger.post(tx, movement)
        await record_sources(tx, [source_of_receipt(pay_in, receipt)])
        await advance_deals(tx, steps_of_receipt(pay_in, receipt))
        if pay_in.customer_id is not None and pay_in.outcome is PayInOutcome.WAITING:
            await clear_debts(
                tx,
                pay_in.tenant_id,
                pay_in.customer_id,
                movement_id=pay_in.movement_id,
                ids=self._ids,
                now=pay_in.decided_at,
            )

    async def _reverse(self, tx: Transaction, pay_in_id: UUID, take_back: TakeBack) -> bool:
        """Post a take-back once. The books of the pay-in's department and owner are locked."""
        standing = await store.load_standing(tx, pay_in_id)
        invariant(standing is not None, "a pay-in to reverse is here")
        if standing is None or standing.is_taken_back:
            return False
        pay_in, owner_id, now = standing.pay_in, standing.owner_id, self._clock.now()
        if pay_in.amount != take_back.amount:
            raise TakeBackDiffers("The bank takes back another amount than it paid in. Ask the bank.")
        key = (owner_id or pay_in.department_id, LKR, Account.WALLET)
        sources = decide_take_back(
            pay_in.amount,
            in_suspense=owner_id is None,
            still_waits=standing.state == PayInOutcome.WAITING,
            wallet=(await ledger.load_balances(tx, [key]))[key],
        )
        movement_id = self._ids.new()
        movement = build_take_back(pay_in, owner_id, sources, movement_id=movement_id, ids=self._ids, now=now)
        await ledger.post(tx, movement)
        await record_sources(tx, [source_of_take_back(movement, take_back)])
        await store.insert_reversal(tx, pay_in, take_back, sources, movement_id, now)
        await advance_deals(tx, [step_of_take_back(pay_in, movement_id, now)])
        await append(tx, [record_of_take_back(pay_in, take_back, sources, movement_id, now)])
        if owner_id is not None:
            await self._counting.went_back(tx, pay_in, owner_id, now)
        return True

    def _seal(self, event_id: UUID, notice: Notice) -> NewEvent:
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
            digest=_digest(notice),
        )

    async def _find_tenant(self, tx: Transaction, notice: Notice) -> UUID:
        standing = await _find_quote(tx, tidy_pay_reference(notice.pay_reference))
        if standing is not None:
            return standing.quote.tenant_id
        collection = await store.load_collection(tx, notice.provider)
        if collection is None:
            raise CollectionMissing(
                "No department stands for the collection account. Assign one, then replay the message."
            )
        return collection.tenant_id

    async def _find_books(
        self, tx: Transaction, notice: BankEvent, tenant_id: UUID
    ) -> tuple[UUID, UUID | None]:
        """Return the department and, where the reference names one, the customer."""
        standing = await _find_quote(tx, notice.pay_reference)
        if standing is not None:
            return standing.quote.department_id, standing.quote.customer_id
        collection = await store.load_collection(tx, notice.provider)
        invariant(collection is not None, "money of nobody known goes to the collection's department")
        return (collection.department_id if collection else tenant_id), None

    async def _decide(
        self,
        tx: Transaction,
        notice: BankEvent,
        standing: QuoteStanding | None,
        tenant_id: UUID,
        department_id: UUID,
        taken_back: TakeBack | None,
    ) -> PayIn:
        """Judge the pay-in under the locks, with the quote as it stands now."""
        quote = standing.quote if standing else None
        reason = decide_pay_in(
            notice.amount,
            quote,
            standing.outcome if standing else None,
            is_active=quote is not None and await self._standings.is_active(tx, quote.customer_id),
            now=self._clock.now(),
            owed=0 if quote is None else await load_owed(tx, quote.customer_id),
            is_taken_back=taken_back is not None,
        )
        knows_owner = quote is not None and reason is not PayInReason.TAKEN_BACK
        return PayIn(
            id=self._ids.new(),
            tenant_id=tenant_id,
            department_id=department_id,
            customer_id=quote.customer_id if quote and knows_owner else None,
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


def _digest(notice: Notice) -> bytes:
    """Return the digest of what a notice says, each value with its length before it."""
    values = (
        notice.bank_reference,
        notice.pay_reference,
        str(notice.amount),
        notice.payer_account,
        notice.booked_at.isoformat(),
    )
    encoded = [value.encode() for value in values]
    return hashlib.sha256(b"".join(len(value).to_bytes(4, "big") + value for value in encoded)).digest()


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


def _page(found: tuple[PayInStanding, ...], limit: int) -> PayInPage:
    page = found[:limit]
    return PayInPage(page, str(page[-1].pay_in.id) if len(found) > limit else None)
