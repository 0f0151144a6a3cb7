"""What happens to a quote inside somebody's transaction: it is used, or it ends.

Whoever calls these holds the locks of the customer's book and of the department's book, taken in one call.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from customer_stack.fx.domain.conversion import Conversion, ConversionIds, decide_conversion
from customer_stack.fx.domain.quotes import Direction, Quote, QuoteOutcome, QuotePurpose
from customer_stack.fx.errors import NotEnoughUsd, NotEnoughWaiting, QuoteNotFound
from customer_stack.fx.service.stock import load_stock_account, record_stock
from customer_stack.fx.store import conversions as conversion_store
from customer_stack.fx.store import quotes as store
from customer_stack.ledger.domain import SixRates, TransferSource
from customer_stack.ledger.service import record_sources
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Transaction
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import Close, Movement

EXPIRY_BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class QuoteStanding:
    """A quote and how it ended, None while it lives."""

    quote: Quote
    outcome: QuoteOutcome | None


async def load_quote_standing(tx: Transaction, customer_id: UUID, quote_id: UUID) -> QuoteStanding:
    """Return a customer's quote and how it ended. Raises QuoteNotFound."""
    found = await store.load_quote(tx, quote_id)
    if found is None or found[0].customer_id != customer_id:
        raise QuoteNotFound("There is no such quote. Ask for a new one.")
    return QuoteStanding(*found)


async def find_by_reference(tx: Transaction, pay_reference: str) -> QuoteStanding | None:
    """Return the quote that a pay reference names, whatever became of it."""
    found = await store.load_quote_by_reference(tx, pay_reference)
    return None if found is None else QuoteStanding(*found)


async def require_funds(tx: Transaction, quote: Quote) -> None:
    """Refuse a quote that the customer's wallet cannot pay; what holds reserve does not count.

    Raises NotEnoughWaiting, NotEnoughUsd.
    """
    wanted = quote.payment
    key = (quote.customer_id, wanted.asset, wanted.account)
    if (await ledger.load_balances(tx, [key]))[key].available() >= wanted.amount:
        return
    if quote.direction is Direction.BUY:
        raise NotEnoughUsd("Less USD is free in your wallet than that. Choose a smaller amount.")
    raise NotEnoughWaiting("Less LKR waits in your wallet than that. Choose a smaller amount.")


async def use_quote(tx: Transaction, quote: Quote, clock: Clock, ids: Ids) -> Conversion:
    """Convert at the quote's rate: D2 and D3 of the money flows, or W1; conversion, cost, rates, audit.

    Both books are locked, the quote was found usable in this transaction, and the wallet has what it takes.
    """
    account, balance = await load_stock_account(tx, quote.department_id)
    new_ids = ConversionIds(*(ids.new() for _ in range(6)))
    now = clock.now()
    conversion, movement = decide_conversion(quote, account.stock, new_ids, now, deal=account.deal)
    await ledger.post(tx, movement)
    await store.close_quotes(tx, [quote], QuoteOutcome.USED, now)
    await conversion_store.insert_conversion(tx, conversion)
    await record_stock(tx, quote.tenant_id, quote.department_id, balance, conversion.stock_after)
    await record_sources(tx, _sources(conversion, movement))
    await append(tx, [_record(conversion)])
    return conversion


async def close_overdue(tx: Transaction, department_id: UUID, clock: Clock) -> int:
    """End quotes that are over and free what they reserve. The department's book must be locked."""
    quotes = await store.load_overdue_quotes(tx, department_id, clock.now(), EXPIRY_BATCH)
    if quotes:
        await end_quotes(tx, quotes, QuoteOutcome.EXPIRED, clock)
    return len(quotes)


async def end_quotes(tx: Transaction, quotes: tuple[Quote, ...], outcome: QuoteOutcome, clock: Clock) -> None:
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


async def withdraw_quotes(tx: Transaction, customer_ids: Sequence[UUID], clock: Clock) -> int:
    """End the deposit quotes of customers who may not pay in any more; returns how many.

    Their books and their departments' are locked.
    """
    quotes = await store.load_live_quotes(tx, customer_ids, QuotePurpose.DEPOSIT)
    if quotes:
        await end_quotes(tx, quotes, QuoteOutcome.WITHDRAWN, clock)
    return len(quotes)


def _sources(conversion: Conversion, movement: Movement) -> list[TransferSource]:
    """Say on every transfer which quote it follows, and all rates that applied."""
    quote, deal = conversion.quote, conversion.deal
    rates = SixRates(
        mid_e8=quote.mid_e8,
        buy_e8=quote.buy_e8,
        sell_e8=quote.sell_e8,
        cost_e8=conversion.cost_rate_e8 or None,
        agreed_e8=quote.agreed_e8,
        settlement_e8=deal.rate_e8 if deal else None,
    )
    return [
        TransferSource(quote.tenant_id, transfer.book_id, transfer.id, quote_id=quote.id, rates=rates)
        for transfer in movement.transfers
    ]


def _record(conversion: Conversion) -> AuditRecord:
    quote = conversion.quote
    return AuditRecord(
        tenant_id=quote.tenant_id,
        kind="fx.converted",
        body={
            "conversion": str(conversion.id),
            "quote": str(quote.id),
            "customer": str(quote.customer_id),
            "movement": str(conversion.movement_id),
            "direction": quote.direction.value,
            "lkr": quote.amount,
            "fee": quote.fee,
            "usd": quote.usd,
            "agreed_e8": quote.agreed_e8,
            "cost": conversion.cost,
            "profit": conversion.profit,
        },
        at=conversion.converted_at,
        actor="system",
    )
