"""Use cases of open banking: ask for a consent, look after it until its end, show it.

The bank is called between transactions only: the wish is committed, the bank is asked, its word is written.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from customer_stack.customers.sealing import RecordSealing
from customer_stack.edge.principals import CustomerPrincipal
from customer_stack.fx.domain.quotes import QuotePurpose, require_usable
from customer_stack.fx.errors import CustomerNotActive
from customer_stack.fx.service import Standings, load_quote_standing
from customer_stack.ledger.service import read_id_cursor
from customer_stack.open_banking import store
from customer_stack.open_banking.domain import (
    GIVE_UP,
    LIFETIME,
    Consent,
    Standing,
    State,
    Step,
    after_payment,
    after_word,
    is_end,
    pause_after,
)
from customer_stack.open_banking.errors import ConsentNotFound, QuoteHasConsent, QuoteUnsuitable
from customer_stack.payments.providers.open_banking import ConsentPurpose, ConsentRequest, OpenBank
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import Kind, Refusal
from shared.idempotency import Claim, NewAnswer, read_answer, store_answers
from shared.ids import Ids
from shared.ledger import store as ledger

BATCH: Final = 20
LEASE: Final = timedelta(seconds=60)
SHOWN_AMOUNT: Final = 1_00
"""What a consent says that is only to show an account; nothing is paid under it."""

_log = structlog.get_logger(__name__)

AllTenants = Callable[[], Awaitable[tuple[UUID, ...]]]
"""The ids of all tenants."""

RequireChannel = Callable[[Transaction, UUID, ConsentPurpose], Awaitable[None]]
"""Refuses unless what the tenant needs for this purpose is switched on."""

RegisterAccount = Callable[[Consent, str], Awaitable[None]]
"""Keeps an account that a customer showed as theirs, once, so that a withdrawal can go there."""


has_consent_for: Final = store.has_consent_for
"""(tx, quote id) -> whether its customer chose to pay it at their own bank."""


@dataclass(frozen=True, slots=True)
class House:
    """Who may ask, where the person comes back to, and what is done with an account that was shown."""

    standings: Standings
    require_channel: RequireChannel
    register_account: RegisterAccount
    return_url: str


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """Consents, newest first, and where the next page begins."""

    standings: tuple[Standing, ...]
    next_cursor: str | None


class OpenBankingService:
    """Consents at one bank."""

    def __init__(
        self,
        database: Database,
        bank: OpenBank,
        house: House,
        sealing: RecordSealing,
        all_tenants: AllTenants,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Ask `bank`; accounts are kept with `sealing`."""
        self._database = database
        self._bank = bank
        self._house = house
        self._sealing = sealing
        self._all_tenants = all_tenants
        self._clock = clock
        self._ids = ids

    async def ask(
        self, customer: CustomerPrincipal, quote_id: UUID | None, claim: Claim
    ) -> tuple[Standing, str]:
        """Ask for a consent and return it with the bank's page: for a deposit quote, or to show an account.

        Raises CapabilityOff, CustomerNotActive, QuoteNotFound, QuoteExpired, QuoteClosed, QuoteUnsuitable,
        QuoteHasConsent, IdempotencyMismatch, BankUnavailable.
        """
        async with self._database.transaction(customer.tenant_id) as tx:
            await ledger.lock_books(tx, [customer.customer_id])
            answered = await read_answer(tx, claim)
            if answered is None:
                consent = await self._decide(tx, customer, quote_id)
                await store.insert_consent(tx, consent)
                await append(tx, [self._record(consent, Step(State.ASKED), customer.actor)])
                await store_answers(tx, [NewAnswer(customer.tenant_id, claim, consent.id.bytes)])
                answered = consent.id.bytes
            standing = await self._load(tx, UUID(bytes=answered), customer.customer_id)
        consent = standing.consent
        word = await self._bank.create_consent(
            ConsentRequest(
                consent_id=consent.id,
                purpose=consent.purpose,
                amount=consent.amount,
                pay_reference=consent.pay_reference or "account",
                return_url=self._house.return_url,
            )
        )
        return standing, word.authorise_url or ""

    async def get(self, customer: CustomerPrincipal, consent_id: UUID) -> Standing:
        """Return a customer's consent. Raises ConsentNotFound."""
        async with self._database.transaction(customer.tenant_id) as tx:
            return await self._load(tx, consent_id, customer.customer_id)

    async def list_consents(self, customer: CustomerPrincipal, limit: int, cursor: str | None) -> ConsentPage:
        """Return one page of a customer's consents. Raises CursorUnknown."""
        before = read_id_cursor(cursor)
        async with self._database.transaction(customer.tenant_id) as tx:
            found = await store.load_standings(tx, customer.customer_id, before, limit + 1)
        page = found[:limit]
        return ConsentPage(page, str(page[-1].consent.id) if len(found) > limit else None)

    async def advance_due(self) -> int:
        """Look after consents that are due; return how many. The timer's use case."""
        now, tenants = self._clock.now(), await self._all_tenants()
        async with self._database.transaction(*tenants) as tx:
            taken = await store.take_due(tx, now, now + LEASE, BATCH)
        for tenant_id, consent_id, attempts in taken:
            moved = False
            try:
                moved = await self._advance(tenant_id, consent_id)
            except Refusal as refusal:
                _log.warning("open_banking.waits", consent_id=str(consent_id), code=refusal.code)
            except Exception:  # noqa: BLE001 - whatever broke, the other consents must not suffer
                _log.exception("open_banking.broke", consent_id=str(consent_id))
            due_at = self._clock.now() + (timedelta() if moved else pause_after(attempts))
            async with self._database.transaction(tenant_id) as tx:
                await store.postpone(tx, consent_id, due_at, renew=moved)
        return len(taken)

    async def _decide(self, tx: Transaction, customer: CustomerPrincipal, quote_id: UUID | None) -> Consent:
        """Return the wish of a customer, if they may have it now. The customer's book is locked."""
        purpose = ConsentPurpose.VERIFICATION if quote_id is None else ConsentPurpose.FUNDING
        await self._require_gate(tx, customer.tenant_id, customer.customer_id, purpose)
        amount, reference, now = SHOWN_AMOUNT, None, self._clock.now()
        if quote_id is not None:
            standing = await load_quote_standing(tx, customer.customer_id, quote_id)
            require_usable(standing.quote, standing.outcome, now)
            if standing.quote.purpose is not QuotePurpose.DEPOSIT:
                raise QuoteUnsuitable(
                    "Only a deposit quote is paid from outside. Ask for a quote to deposit."
                )
            if await store.has_open_consent(tx, quote_id):
                raise QuoteHasConsent(
                    "A consent for this quote is under way. Follow that one, or take a new quote."
                )
            amount, reference = standing.quote.amount, standing.quote.pay_reference
        return Consent(
            id=self._ids.new(),
            tenant_id=customer.tenant_id,
            department_id=customer.department_id,
            customer_id=customer.customer_id,
            provider=self._bank.name,
            purpose=purpose,
            amount=amount,
            quote_id=quote_id,
            pay_reference=reference,
            payment_id=self._ids.new(),
            asked_at=now,
            expires_at=now + LIFETIME,
        )

    async def _require_gate(
        self, tx: Transaction, tenant_id: UUID, customer_id: UUID, purpose: ConsentPurpose
    ) -> None:
        await self._house.require_channel(tx, tenant_id, purpose)
        if not await self._house.standings.is_active(tx, customer_id):
            raise CustomerNotActive("The account cannot transact now. Look at its status first.")

    async def _advance(self, tenant_id: UUID, consent_id: UUID) -> bool:
        """Take one consent one step on; False while it waits."""
        async with self._database.transaction(tenant_id) as tx:
            standing = await store.load_standing(tx, consent_id)
            if standing is None or is_end(standing.consent, standing.state):
                await store.remove_task(tx, consent_id)
                return False
        consent, now = standing.consent, self._clock.now()
        match standing.state:
            case State.ASKED:
                word = await self._bank.look_up_consent(consent_id)
                step = await self._register(consent, after_word(consent, word, now))
            case State.AUTHORISED:
                return await self._begin_payment(consent)
            case _ if now >= consent.asked_at + GIVE_UP:
                _log.error("open_banking.payment_unknown", consent_id=str(consent_id))
                async with self._database.transaction(tenant_id) as tx:
                    await store.remove_task(tx, consent_id)
                return False
            case _:
                step = after_payment(await self._bank.pay(consent_id, consent.payment_id))
        if step is None:
            return False
        return await self._write(consent, standing.state, step)

    async def _begin_payment(self, consent: Consent) -> bool:
        """Write the wish to pay, or that it is too late for it: no money is asked for a rate that is gone."""
        async with self._database.transaction(consent.tenant_id) as tx:
            await ledger.lock_books(tx, [consent.customer_id])
            step = Step(State.PAYING)
            try:
                await self._require_gate(tx, consent.tenant_id, consent.customer_id, consent.purpose)
                if consent.quote_id is not None:
                    quote = await load_quote_standing(tx, consent.customer_id, consent.quote_id)
                    require_usable(quote.quote, quote.outcome, self._clock.now())
            except Refusal as refusal:
                step = Step(State.FAILED, reason=refusal.code.replace(".", "_"))
            return await self._write_in(tx, consent, State.AUTHORISED, step)

    async def _write(self, consent: Consent, before: State, step: Step) -> bool:
        async with self._database.transaction(consent.tenant_id) as tx:
            await ledger.lock_books(tx, [consent.customer_id])
            return await self._write_in(tx, consent, before, step)

    async def _write_in(self, tx: Transaction, consent: Consent, before: State, step: Step) -> bool:
        """Append a step, unless somebody else went on meanwhile. The customer's book is locked."""
        standing = await store.load_standing(tx, consent.id)
        if standing is None or standing.state is not before:
            return False
        place = ("open_banking_step", "account_sealed", consent.id)
        sealed = None if step.account is None else self._sealing.seal(place, step.account)
        await store.insert_step(tx, consent, step, sealed, self._clock.now())
        await append(tx, [self._record(consent, step, "system")])
        return True

    async def _register(self, consent: Consent, step: Step | None) -> Step | None:
        """Keep an account that was shown, before the step says so; what stands against it is the step."""
        if step is None or consent.purpose is not ConsentPurpose.VERIFICATION or step.account is None:
            return step
        try:
            await self._house.register_account(consent, step.account)
        except Refusal as refusal:
            if refusal.kind is Kind.UNAVAILABLE:
                raise
            return Step(State.FAILED, reason=refusal.code.replace(".", "_"))
        return step

    async def _load(self, tx: Transaction, consent_id: UUID, customer_id: UUID) -> Standing:
        found = await store.load_standing(tx, consent_id)
        if found is None or found.consent.customer_id != customer_id:
            raise ConsentNotFound("There is no such consent. Look at the list of your consents.")
        return found

    def _record(self, consent: Consent, step: Step, actor: str) -> AuditRecord:
        body = {
            "consent": str(consent.id),
            "customer": str(consent.customer_id),
            "purpose": consent.purpose.value,
            "quote": str(consent.quote_id) if consent.quote_id else None,
            "lkr": consent.amount,
            "bank_reference": step.bank_reference,
            "reason": step.reason,
        }
        return AuditRecord(
            consent.tenant_id, f"open_banking.{step.state.value}", body, self._clock.now(), actor
        )
