"""Use cases of FX: lock a rate, accept a rate for LKR that waits, end what is over, set terms.

Whoever decides about a quote holds the locks of the customer's book and of the department's book, taken in
id order. The department's book is where quotes reserve stock, so one lock orders all decisions about it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol
from uuid import UUID

from customer_stack.fx import store
from customer_stack.fx.domain.conversion import Conversion, ConversionIds, decide_conversion
from customer_stack.fx.domain.quotes import (
    Quote,
    QuoteOutcome,
    QuotePurpose,
    QuoteRequest,
    StockStanding,
    decide_quote,
    require_usable,
)
from customer_stack.fx.domain.rates import Terms, require_terms
from customer_stack.fx.domain.stock import Stock
from customer_stack.fx.errors import (
    CustomerNotActive,
    NotEnoughWaiting,
    QuoteNotFound,
    TermsMissing,
)
from customer_stack.fx.providers.contract import RateSource
from customer_stack.ledger.domain import Account, TransferKind
from customer_stack.ledger.service import require_department_book
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import invariant
from shared.idempotency import Claim, NewAnswer, read_answer, store_answers
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD, Balance, Close, Hold, Movement

EXPIRY_BATCH: Final = 200


class Standings(Protocol):
    """Whether a customer may transact. Read inside the deciding transaction."""

    async def is_active(self, tx: Transaction, customer_id: UUID) -> bool:
        """Tell whether the customer is verified and neither closed, frozen nor excluded."""
        ...


RequireDeposits = Callable[[Transaction, UUID], Awaitable[None]]
"""Refuses unless the tenant's capability `deposits` is on."""


@dataclass(frozen=True, slots=True)
class QuoteStanding:
    """A quote and how it ended, None while it lives."""

    quote: Quote
    outcome: QuoteOutcome | None


load_terms: Final = store.load_terms
"""(tx, department id) -> the terms that stand, or None."""


async def load_stock(tx: Transaction, department_id: UUID) -> tuple[Stock, Balance]:
    """Return a department's stock with its cost, and its balance. The book must be locked."""
    key = (department_id, USD, Account.STOCK)
    balance = (await ledger.load_balances(tx, [key]))[key]
    stock, version = await store.load_stock(tx, department_id)
    invariant(
        (stock.quantity, version) == (balance.posted, balance.version),
        "the cost of the stock follows its ledger entries, one by one",
    )
    return stock, balance


async def record_stock(
    tx: Transaction, tenant_id: UUID, department_id: UUID, before: Balance, after: Stock
) -> None:
    """Keep the stock's quantity and cost after the one entry that was just posted."""
    await store.insert_stock(tx, tenant_id, department_id, before.version + 1, after)


async def close_overdue(tx: Transaction, department_id: UUID, clock: Clock) -> int:
    """End quotes that are over and free their stock. The department's book must be locked."""
    quotes = await store.load_overdue_quotes(tx, department_id, clock.now(), EXPIRY_BATCH)
    if quotes:
        await _end_quotes(tx, quotes, QuoteOutcome.EXPIRED, clock)
    return len(quotes)


async def find_by_reference(tx: Transaction, pay_reference: str) -> QuoteStanding | None:
    """Return the quote that a pay reference names, whatever became of it."""
    found = await store.load_quote_by_reference(tx, pay_reference)
    return None if found is None else QuoteStanding(*found)


async def use_quote(tx: Transaction, quote: Quote, clock: Clock, ids: Ids) -> Conversion:
    """Convert at the quote's rate: D2 and D3 of the money flows, conversion, cost, audit.

    Both books are locked, the quote was found usable in this transaction, and its LKR lies in the wallet.
    """
    stock, balance = await load_stock(tx, quote.department_id)
    new_ids = ConversionIds(*(ids.new() for _ in range(6)))
    conversion, movement = decide_conversion(quote, stock, new_ids, clock.now())
    await ledger.post(tx, movement)
    await store.close_quotes(tx, [quote], QuoteOutcome.USED, clock.now())
    await store.insert_conversion(tx, conversion)
    await record_stock(tx, quote.tenant_id, quote.department_id, balance, conversion.stock_after)
    await append(
        tx,
        [
            AuditRecord(
                tenant_id=quote.tenant_id,
                kind="fx.converted",
                body={
                    "conversion": str(conversion.id),
                    "quote": str(quote.id),
                    "customer": str(quote.customer_id),
                    "movement": str(conversion.movement_id),
                    "lkr": quote.amount,
                    "fee": quote.fee,
                    "usd": quote.usd,
                    "agreed_e8": quote.agreed_e8,
                    "cost": conversion.cost,
                    "profit": conversion.profit,
                },
                at=clock.now(),
                actor="system",
            )
        ],
    )
    return conversion


async def _end_quotes(
    tx: Transaction, quotes: tuple[Quote, ...], outcome: QuoteOutcome, clock: Clock
) -> None:
    """Close quotes unused: their holds are free again."""
    reason = "expired" if outcome is QuoteOutcome.EXPIRED else "released"
    closes = tuple(Close(quote.hold_id, quote.tenant_id, quote.department_id, reason) for quote in quotes)
    await ledger.post(tx, Movement(closes=closes))
    await store.close_quotes(tx, quotes, outcome, clock.now())
    await append(
        tx,
        [
            AuditRecord(
                tenant_id=quote.tenant_id,
                kind=f"fx.quote_{outcome.value}",
                body={"quote": str(quote.id), "customer": str(quote.customer_id)},
                at=clock.now(),
                actor="system",
            )
            for quote in quotes
        ],
    )


class FxService:
    """Quotes, conversions of waiting LKR, terms."""

    def __init__(
        self,
        database: Database,
        rates: RateSource,
        standings: Standings,
        require_deposits: RequireDeposits,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Use `rates` for the mid; `standings` and `require_deposits` say who may ask."""
        self._database = database
        self._rates = rates
        self._standings = standings
        self._require_deposits = require_deposits
        self._clock = clock
        self._ids = ids

    async def lock_rate(self, request: QuoteRequest, claim: Claim) -> Quote:
        """Fix the rate for one deposit or conversion until the quote expires; a live quote is replaced.

        Raises RateUnavailable, CapabilityOff, TermsMissing, AmountOutOfBounds, StockTooLow,
        CustomerNotActive, NotEnoughWaiting, IdempotencyMismatch.
        """
        mid = await self._rates.latest()
        async with self._database.transaction(request.tenant_id) as tx:
            await ledger.lock_books(tx, [request.customer_id, request.department_id])
            answered = await read_answer(tx, claim)
            if answered is not None:
                return (await self._load(tx, UUID(bytes=answered), request.customer_id)).quote
            await self._require_deposits(tx, request.tenant_id)
            if not await self._standings.is_active(tx, request.customer_id):
                raise CustomerNotActive("The account cannot transact now. Look at its status first.")
            terms = await store.load_terms(tx, request.department_id)
            if terms is None:
                raise TermsMissing("Currency exchange is not set up yet. Try again later.")
            await close_overdue(tx, request.department_id, self._clock)
            live = await store.load_live_quote(tx, request.customer_id, request.purpose)
            if live is not None:
                await _end_quotes(tx, (live,), QuoteOutcome.REPLACED, self._clock)
            if request.purpose is QuotePurpose.CONVERSION:
                await self._require_waiting(tx, request.customer_id, request.amount)
            _, balance = await load_stock(tx, request.department_id)
            quote = decide_quote(
                request,
                mid,
                terms,
                StockStanding(balance.posted, balance.held),
                now=self._clock.now(),
                quote_id=self._ids.new(),
                hold_id=self._ids.new(),
            )
            await self._keep(tx, quote, claim)
            return quote

    async def accept_quote(
        self, tenant_id: UUID, department_id: UUID, customer_id: UUID, quote_id: UUID, claim: Claim
    ) -> UUID:
        """Convert LKR that waits in the wallet at a quote's rate, with consent. Returns the conversion's id.

        Raises QuoteNotFound, QuoteExpired, QuoteClosed, NotEnoughWaiting, CustomerNotActive.
        """
        async with self._database.transaction(tenant_id) as tx:
            await ledger.lock_books(tx, [customer_id, department_id])
            answered = await read_answer(tx, claim)
            if answered is not None:
                return UUID(bytes=answered)
            standing = await self._load(tx, quote_id, customer_id)
            if standing.quote.purpose is not QuotePurpose.CONVERSION:
                raise QuoteNotFound("This quote waits for money from the bank. Ask for a conversion quote.")
            require_usable(standing.quote, standing.outcome, self._clock.now())
            if not await self._standings.is_active(tx, customer_id):
                raise CustomerNotActive("The account cannot transact now. Look at its status first.")
            await self._require_waiting(tx, customer_id, standing.quote.amount)
            conversion = await use_quote(tx, standing.quote, self._clock, self._ids)
            await store_answers(tx, [NewAnswer(tenant_id, claim, conversion.id.bytes)])
            return conversion.id

    async def get_quote(self, tenant_id: UUID, customer_id: UUID, quote_id: UUID) -> QuoteStanding:
        """Return a customer's quote and how it ended. Raises QuoteNotFound."""
        async with self._database.transaction(tenant_id) as tx:
            return await self._load(tx, quote_id, customer_id)

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
            before = await store.load_terms(tx, department_id)
            kept = replace(terms, version=1 if before is None else before.version + 1)
            await store.insert_terms(tx, tenant_id, department_id, kept)
            await append(tx, [_terms_record(tenant_id, department_id, kept, actor, self._clock)])
            return kept

    async def _keep(self, tx: Transaction, quote: Quote, claim: Claim) -> None:
        hold = Hold(
            id=quote.hold_id,
            tenant_id=quote.tenant_id,
            book_id=quote.department_id,
            asset=USD,
            account=Account.STOCK,
            amount=quote.usd,
            purpose=TransferKind.FX_CONVERSION,
            expires_at=quote.expires_at,
        )
        await ledger.post(tx, Movement(holds=(hold,)))
        await store.insert_quote(tx, quote)
        await append(tx, [_quote_record(quote, self._clock)])
        await store_answers(tx, [NewAnswer(quote.tenant_id, claim, quote.id.bytes)])

    async def _load(self, tx: Transaction, quote_id: UUID, customer_id: UUID) -> QuoteStanding:
        found = await store.load_quote(tx, quote_id)
        if found is None or found[0].customer_id != customer_id:
            raise QuoteNotFound("There is no such quote. Ask for a new one.")
        return QuoteStanding(*found)

    async def _require_waiting(self, tx: Transaction, customer_id: UUID, amount: int) -> None:
        key = (customer_id, LKR, Account.WALLET)
        if (await ledger.load_balances(tx, [key]))[key].available() < amount:
            raise NotEnoughWaiting("Less LKR waits in your wallet than that. Choose a smaller amount.")


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
        },
        at=clock.now(),
        actor=actor,
    )
