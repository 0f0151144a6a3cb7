"""Lock a rate, accept a rate for LKR that waits, end what is over, set terms."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol, TypeVar
from uuid import UUID

from customer_stack.aml.domain.events import Event
from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.fx.domain.quotes import (
    Quote,
    QuoteOutcome,
    QuotePurpose,
    QuoteRequest,
    StockStanding,
    decide_quote,
    require_usable,
)
from customer_stack.fx.domain.rates import Mid, Terms, require_terms
from customer_stack.fx.errors import CustomerNotActive, QuoteNotFound, TermsMissing
from customer_stack.fx.providers.contract import RateSource
from customer_stack.fx.service.conversions import (
    QuoteStanding,
    close_overdue,
    end_quotes,
    load_quote_standing,
    require_funds,
    use_quote,
)
from customer_stack.fx.service.rates import Maker, post_rates
from customer_stack.fx.store import quotes as store
from customer_stack.fx.store import rates as rate_store
from customer_stack.gate.domain.asking import Ask
from customer_stack.gate.errors import public_code, refusal
from customer_stack.gate.service.sitting import Gate
from customer_stack.ledger.domain import Account, TransferKind
from customer_stack.ledger.service import require_department_book
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import Refusal
from shared.idempotency import Claim, NewAnswer, read_answer, store_answers
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD, Hold, Movement

LANE: Final = "quote"
_Done = TypeVar("_Done", Quote, UUID)


class Standings(Protocol):
    """Whether a customer may transact. Read inside the deciding transaction."""

    async def is_active(self, tx: Transaction, customer_id: UUID) -> bool:
        """Tell whether the customer is verified and neither closed, frozen nor excluded."""
        ...


RequirePurpose = Callable[[Transaction, UUID, QuotePurpose], Awaitable[None]]
"""Refuses unless the tenant has switched on what a quote is for: deposits, or withdrawals."""


RequireDeposit = Callable[[Transaction, UUID, int], Awaitable[None]]
"""Refuses a deposit of so many LKR cents that the customer's verification does not allow."""


@dataclass(frozen=True, slots=True)
class QuoteGate:
    """Who may ask for a quote, for what, and for how much; and who may convert with it."""

    standings: Standings
    require_purpose: RequirePurpose
    require_deposit: RequireDeposit
    gate: Gate

    async def admit(self, tx: Transaction, request: QuoteRequest) -> None:
        """Let a request in. Raises CapabilityOff, CustomerNotActive, and what `require_deposit` refuses."""
        await self.require_purpose(tx, request.tenant_id, request.purpose)
        if not await self.standings.is_active(tx, request.customer_id):
            raise CustomerNotActive("The account cannot transact now. Look at its status first.")
        if request.purpose is QuotePurpose.DEPOSIT:
            await self.require_deposit(tx, request.customer_id, request.amount)

    async def ask(
        self, tx: Transaction, request: QuoteRequest, quote_id: UUID, decision_id: UUID, now: datetime
    ) -> Refusal | None:
        """Ask the gate about money that shall come in, or that waits and shall be converted.

        Returns what it refuses, for the caller to raise once the record is committed. Nothing is counted:
        money is counted when it comes. A withdrawal is asked about when it is asked for, not its quote.
        """
        if request.purpose is QuotePurpose.WITHDRAWAL:
            return None
        event = Event(
            id=quote_id,
            tenant_id=request.tenant_id,
            customer_id=request.customer_id,
            kind=EventKind.DEPOSIT,
            product=Product.BANK if request.purpose is QuotePurpose.DEPOSIT else Product.WALLET,
            amount=request.amount,
            at=now,
        )
        ask = Ask(
            decision_id,
            event,
            LANE,
            country=request.country,
            counts=False,
            uses_rules=False,
            uses_limits=request.purpose is QuotePurpose.DEPOSIT,
        )
        sitting = await self.gate.open(tx, [ask], now)
        ruling = sitting.decide(ask)
        await sitting.write(tx)
        return refusal(public_code(ruling.reasons)) if ruling.is_denied else None


class FxService:
    """Quotes, conversions of waiting LKR, terms."""

    def __init__(
        self, database: Database, rates: RateSource, gate: QuoteGate, clock: Clock, ids: Ids
    ) -> None:
        """Use `rates` for the mid; `gate` says who may ask."""
        self._database = database
        self._rates = rates
        self._gate = gate
        self._clock = clock
        self._ids = ids

    async def lock_rate(self, request: QuoteRequest, claim: Claim) -> Quote:
        """Fix the rate for one purpose until the quote expires; a live quote for it is replaced.

        Raises RateUnavailable, CapabilityOff, TermsMissing, AmountOutOfBounds, StockTooLow, TillTooLow,
        CustomerNotActive, NotEnoughWaiting, NotEnoughUsd, IdempotencyMismatch, and what the gate refuses, of
        which a record stays.
        """
        mid = await self._rates.latest(request.tenant_id)
        async with self._database.transaction(request.tenant_id) as tx:
            await ledger.lock_books(tx, [request.customer_id, request.department_id])
            answered = await read_answer(tx, claim)
            if answered is not None:
                return (await load_quote_standing(tx, request.customer_id, UUID(bytes=answered))).quote
            answer = await self._lock(tx, request, mid, claim)
        return _require_done(answer)

    async def _lock(self, tx: Transaction, request: QuoteRequest, mid: Mid, claim: Claim) -> Quote | Refusal:
        await self._gate.admit(tx, request)
        quote_id = self._ids.new()
        denied = await self._gate.ask(tx, request, quote_id, self._ids.new(), self._clock.now())
        if denied is not None:
            return denied
        terms = await rate_store.load_terms(tx, request.department_id)
        if terms is None:
            raise TermsMissing("Currency exchange is not set up yet. Try again later.")
        await close_overdue(tx, request.department_id, self._clock)
        live = await store.load_live_quote(tx, request.customer_id, request.purpose)
        if live is not None:
            await end_quotes(tx, (live,), QuoteOutcome.REPLACED, self._clock)
        quote = await self._decide(tx, request, mid, terms, quote_id)
        if request.purpose is not QuotePurpose.DEPOSIT:
            await require_funds(tx, quote)
        await self._keep(tx, quote, claim)
        return quote

    async def accept_quote(
        self,
        tenant_id: UUID,
        department_id: UUID,
        customer_id: UUID,
        quote_id: UUID,
        claim: Claim,
        country: str | None = None,
    ) -> UUID:
        """Convert LKR that waits in the wallet at a quote's rate, with consent. Returns the conversion's id.

        Raises QuoteNotFound, QuoteExpired, QuoteClosed, CapabilityOff, NotEnoughWaiting, CustomerNotActive,
        and what the gate refuses.
        """
        async with self._database.transaction(tenant_id) as tx:
            await ledger.lock_books(tx, [customer_id, department_id])
            answered = await read_answer(tx, claim)
            if answered is not None:
                return UUID(bytes=answered)
            answer = await self._accept(tx, customer_id, quote_id, claim, country)
        return _require_done(answer)

    async def _accept(
        self, tx: Transaction, customer_id: UUID, quote_id: UUID, claim: Claim, country: str | None
    ) -> UUID | Refusal:
        standing = await load_quote_standing(tx, customer_id, quote_id)
        quote, now = standing.quote, self._clock.now()
        if quote.purpose is QuotePurpose.WITHDRAWAL:
            raise QuoteNotFound("This quote is for a withdrawal. Ask for the withdrawal with it.")
        if quote.purpose is not QuotePurpose.CONVERSION:
            raise QuoteNotFound("This quote waits for money from the bank. Ask for a conversion quote.")
        require_usable(quote, standing.outcome, now)
        request = QuoteRequest(
            quote.tenant_id, quote.department_id, customer_id, quote.purpose, quote.amount, country
        )
        await self._gate.admit(tx, request)
        await require_funds(tx, quote)
        denied = await self._gate.ask(tx, request, quote_id, self._ids.new(), now)
        if denied is not None:
            return denied
        conversion = await use_quote(tx, quote, self._clock, self._ids)
        await store_answers(tx, [NewAnswer(quote.tenant_id, claim, conversion.id.bytes)])
        return conversion.id

    async def get_quote(self, tenant_id: UUID, customer_id: UUID, quote_id: UUID) -> QuoteStanding:
        """Return a customer's quote and how it ended. Raises QuoteNotFound."""
        async with self._database.transaction(tenant_id) as tx:
            return await load_quote_standing(tx, customer_id, quote_id)

    async def expire_quotes(self, tenant_ids: frozenset[UUID]) -> int:
        """End overdue quotes of all departments, each department in its own transaction."""
        async with self._database.transaction(*tenant_ids) as tx:
            overdue = await store.list_overdue_departments(tx, self._clock.now())
        ended = 0
        for tenant_id, department_id in overdue:
            async with self._database.transaction(tenant_id) as tx:
                await ledger.lock_books(tx, [department_id])
                ended += await close_overdue(tx, department_id, self._clock)
        return ended

    async def set_terms(self, tenant_id: UUID, department_id: UUID, terms: Terms, actor: str) -> Terms:
        """Keep new terms of a department; quotes given before keep theirs. `terms.version` is ignored.

        Raises TermsInvalid, DepartmentNotFound.
        """
        require_terms(terms)
        async with self._database.transaction(tenant_id) as tx:
            await require_department_book(tx, department_id)
            await ledger.lock_books(tx, [department_id])
            before = await rate_store.load_terms(tx, department_id)
            kept = replace(terms, version=1 if before is None else before.version + 1)
            await rate_store.insert_terms(tx, tenant_id, department_id, kept)
            await append(tx, [_terms_record(tenant_id, department_id, kept, actor, self._clock)])
            return kept

    async def _decide(
        self, tx: Transaction, request: QuoteRequest, mid: Mid, terms: Terms, quote_id: UUID
    ) -> Quote:
        """Decide over what the department has, and say from which reading and posted rates."""
        department_id = request.department_id
        withdraws = request.purpose is QuotePurpose.WITHDRAWAL
        key = (department_id, LKR, Account.TILL) if withdraws else (department_id, USD, Account.STOCK)
        gives = (await ledger.load_balances(tx, [key]))[key]
        quote = decide_quote(
            request,
            mid,
            terms,
            StockStanding(gives.posted, gives.held),
            now=self._clock.now(),
            quote_id=quote_id,
            hold_id=self._ids.new(),
        )
        maker = Maker(self._clock, self._ids)
        posted = await post_rates(tx, request.tenant_id, department_id, mid, terms, maker)
        return replace(quote, mid_id=posted.mid_id, posted_rate_id=posted.id)

    async def _keep(self, tx: Transaction, quote: Quote, claim: Claim) -> None:
        reserved = quote.reservation
        hold = Hold(
            id=quote.hold_id,
            tenant_id=quote.tenant_id,
            book_id=quote.department_id,
            asset=reserved.asset,
            account=reserved.account,
            amount=reserved.amount,
            purpose=TransferKind.FX_CONVERSION,
            expires_at=quote.expires_at,
        )
        await ledger.post(tx, Movement(holds=(hold,)))
        await store.insert_quote(tx, quote)
        await append(tx, [_quote_record(quote, self._clock)])
        await store_answers(tx, [NewAnswer(quote.tenant_id, claim, quote.id.bytes)])


def _require_done(answer: _Done | Refusal) -> _Done:
    """Raise a refusal, now that its record is committed."""
    if isinstance(answer, Refusal):
        raise answer
    return answer


def _quote_record(quote: Quote, clock: Clock) -> AuditRecord:
    return AuditRecord(
        tenant_id=quote.tenant_id,
        kind="fx.rate_locked",
        body={
            "quote": str(quote.id),
            "customer": str(quote.customer_id),
            "purpose": quote.purpose.value,
            "lkr": quote.amount,
            "fee": quote.fee,
            "usd": quote.usd,
            "mid_e8": quote.mid_e8,
            "agreed_e8": quote.agreed_e8,
            "source": quote.mid_source,
            "terms_version": quote.terms_version,
            "expires_at": quote.expires_at.isoformat(),
        },
        at=clock.now(),
        actor=f"customer:{quote.customer_id}",
    )


def _terms_record(
    tenant_id: UUID, department_id: UUID, terms: Terms, actor: str, clock: Clock
) -> AuditRecord:
    return AuditRecord(
        tenant_id=tenant_id,
        kind="fx.terms_set",
        body={
            "department": str(department_id),
            "version": terms.version,
            "sell_spread_basis": terms.sell_spread_basis,
            "buy_spread_basis": terms.buy_spread_basis,
            "fee_basis": terms.fee_basis,
            "fee_fixed": terms.fee_fixed,
            "quote_lifetime_seconds": int(terms.quote_lifetime.total_seconds()),
            "stock_share_basis": terms.stock_share_basis,
            "till_share_basis": terms.till_share_basis,
        },
        at=clock.now(),
        actor=actor,
    )
