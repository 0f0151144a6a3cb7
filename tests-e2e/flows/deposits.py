"""The house's openings and the customers' deposits: sections 2 and 3 of the money flows."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

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
from customer_stack.fx.domain.rates import Mid, Terms
from customer_stack.ledger.domain import Account, TransferKind
from customer_stack.payments.domain import OUTCOME_OF, PayIn, PayInOutcome, build_receipt, decide_pay_in
from customer_stack.treasury.domain import (
    Opening,
    build_contribution,
    decide_prefund,
    decide_stock_purchase,
)
from execution_stack.books.domain import book_float_deposit
from flows.stacks import Customer, Stacks, Tenant
from shared.ledger.domain import LKR, USD, Close, Hold, Movement

RATE = 10**8

TERMS = Terms(
    version=1,
    sell_spread_basis=100,
    buy_spread_basis=100,
    fee_basis=50,
    fee_fixed=0,
    minimum_amount=100_00,
    maximum_amount=100_000_000_00,
    quote_lifetime=timedelta(minutes=5),
    mid_lifetime=timedelta(seconds=60),
    stock_share_basis=10_000,
)
"""One per cent to both sides of the mid and half a per cent of fee: 303, 297 and LKR 150 on 30,000."""


def _opening(stacks: Stacks, tenant: Tenant) -> Opening:
    ids = stacks.ids
    return Opening(tenant.id, tenant.department, ids.new(), (ids.new(), ids.new()), stacks.clock.now())


def contribute(stacks: Stacks, tenant: Tenant, amount: int) -> None:
    """O1: the house brings LKR to the bank."""
    stacks.banks[tenant.id].lkr += amount
    stacks.contributions[tenant.id] += amount
    stacks.customer.post(build_contribution(_opening(stacks, tenant), amount))


def buy_stock(stacks: Stacks, tenant: Tenant, usd: int, lkr: int) -> None:
    """O2: a deal with the bank."""
    till = stacks.customer.balance(tenant.department, Account.TILL, LKR)
    after, movement = decide_stock_purchase(_opening(stacks, tenant), usd, lkr, till, stacks.stock[tenant.id])
    stacks.banks[tenant.id].lkr -= lkr
    stacks.banks[tenant.id].usd += usd
    stacks.stock[tenant.id] = after
    stacks.customer.post(movement)


def prefund(stacks: Stacks, tenant: Tenant, usd: int) -> None:
    """O3: USD goes from the stock to the exchange account."""
    stock = stacks.customer.balance(tenant.department, Account.STOCK)
    after, movement = decide_prefund(_opening(stacks, tenant), usd, stock, stacks.stock[tenant.id])
    stacks.banks[tenant.id].usd -= usd
    stacks.stock[tenant.id] = after
    stacks.customer.post(movement)
    stacks.exchange.pay_in(usd)
    deposit = book_float_deposit(stacks.ids.new(), tenant.id, usd, stacks.clock.now())
    stacks.execution.post(deposit)


@dataclass(slots=True)
class GivenQuote:
    """A quote that lives in the customer stack, and how it ended."""

    quote: Quote
    outcome: QuoteOutcome | None = None


def give_quote(
    stacks: Stacks,
    customer: Customer,
    amount: int,
    *,
    mid_e8: int = 300 * RATE,
    purpose: QuotePurpose = QuotePurpose.DEPOSIT,
) -> GivenQuote:
    """Lock a rate and reserve the stock for it."""
    tenant, now = customer.tenant, stacks.clock.now()
    stock = stacks.customer.balance(tenant.department, Account.STOCK)
    quote = decide_quote(
        QuoteRequest(tenant.id, tenant.department, customer.id, purpose, amount),
        Mid(mid_e8, "sandbox", now),
        TERMS,
        StockStanding(stock.posted, stock.held),
        now=now,
        quote_id=stacks.ids.new(),
        hold_id=stacks.ids.new(),
    )
    hold = Hold(
        id=quote.hold_id,
        tenant_id=tenant.id,
        book_id=tenant.department,
        asset=USD,
        account=Account.STOCK,
        amount=quote.usd,
        purpose=TransferKind.FX_CONVERSION,
        expires_at=quote.expires_at,
    )
    stacks.customer.post(Movement(holds=(hold,)))
    return GivenQuote(quote)


def end_quote(stacks: Stacks, given: GivenQuote) -> None:
    """End a quote whose time is over: its stock is free again."""
    quote = given.quote
    close = Close(quote.hold_id, quote.tenant_id, quote.department_id, "expired")
    stacks.customer.post(Movement(closes=(close,)))
    given.outcome = QuoteOutcome.EXPIRED


def pay_in(
    stacks: Stacks, tenant: Tenant, amount: int, given: GivenQuote | None, *, is_active: bool = True
) -> PayIn:
    """LKR arrives at the bank: D1 always, D2 and D3 when it is exactly as quoted."""
    now, quote = stacks.clock.now(), given.quote if given else None
    if given and given.outcome is None and now >= given.quote.expires_at:
        end_quote(stacks, given)
    outcome = given.outcome if given else None
    reason = decide_pay_in(amount, quote, outcome, is_active=is_active, now=now)
    arrived = PayIn(
        id=stacks.ids.new(),
        tenant_id=tenant.id,
        department_id=tenant.department,
        customer_id=quote.customer_id if quote else None,
        provider="bank",
        event_id="event",
        bank_reference="reference",
        amount=amount,
        outcome=OUTCOME_OF[reason],
        reason=reason,
        quote_id=quote.id if quote else None,
        conversion_id=None,
        movement_id=stacks.ids.new(),
        booked_at=now,
        decided_at=now,
    )
    stacks.banks[tenant.id].lkr += amount
    stacks.customer.post(build_receipt(arrived, stacks.ids.new()))
    if arrived.outcome is PayInOutcome.CONVERTED and given:
        convert(stacks, given)
    return arrived


def convert(stacks: Stacks, given: GivenQuote) -> Conversion:
    """D2 and D3: use a quote for LKR that lies in the wallet."""
    quote, now = given.quote, stacks.clock.now()
    require_usable(quote, given.outcome, now)
    new: tuple[UUID, ...] = tuple(stacks.ids.new() for _ in range(6))
    conversion, movement = decide_conversion(quote, stacks.stock[quote.tenant_id], ConversionIds(*new), now)
    stacks.customer.post(movement)
    stacks.stock[quote.tenant_id] = conversion.stock_after
    stacks.conversions.append(conversion)
    given.outcome = QuoteOutcome.USED
    return conversion


def deposit(stacks: Stacks, customer: Customer, amount: int) -> Conversion:
    """Quote, pay in and convert, in time and to the cent."""
    pay_in(stacks, customer.tenant, amount, give_quote(stacks, customer, amount))
    return stacks.conversions[-1]
