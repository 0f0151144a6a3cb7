"""The conversion: what is posted when a quote is used, and where its profit comes from. Pure.

Two books move: the customer's and the department's. They meet in `desk`. Nothing is posted for the
rounding of the converted amount: one side is fixed, the other floored, and both assets balance.

Guaranteed: proceeds = cost + profit, and profit = spread + holding + rounding.
"""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from customer_stack.fx.domain.quotes import RESIDUE_ONE, Quote
from customer_stack.fx.domain.stock import Stock
from customer_stack.ledger.domain import Account, Action, TransferKind
from shared.errors import invariant
from shared.ledger.domain import LKR, USD, Capture, Close, Movement, Posting, Transfer
from shared.money import divide_half_even


@dataclass(frozen=True, slots=True)
class Margin:
    """Where the profit of a sale comes from, in 1e-6 LKR; `rounding` is what the exact lines leave."""

    spread_e6: int
    holding_e6: int
    rounding_e6: int


@dataclass(frozen=True, slots=True)
class Conversion:
    """A quote that was used. LKR in cents, USD in micro-dollars."""

    id: UUID
    quote: Quote
    movement_id: UUID
    cost: int
    profit: int
    cost_rate_e8: int
    residue_e14: int
    margin: Margin
    stock_after: Stock
    converted_at: datetime


@dataclass(frozen=True, slots=True)
class ConversionIds:
    """Ids of one conversion: itself, its movement, and its transfers in both books."""

    conversion: UUID
    movement: UUID
    customer_fee: UUID
    department_fee: UUID
    customer_half: UUID
    department_half: UUID


def explain_profit(quote: Quote, stock: Stock, cost: int) -> Margin:
    """Split proceeds - cost into spread against mid, holding gain and rounding.

    The exact lines are fractions and sum to the profit; rounding takes what 1e-6 LKR cannot show.
    """
    exact_cost = stock.exact_cost_of(quote.usd)
    spread = Fraction((quote.agreed_e8 - quote.mid_e8) * quote.usd, RESIDUE_ONE)
    holding = Fraction(quote.mid_e8 * quote.usd, RESIDUE_ONE) - exact_cost
    rounding = Fraction(quote.residue_e14, RESIDUE_ONE) + exact_cost - cost
    profit = quote.net - cost
    invariant(spread + holding + rounding == profit, "the lines of a margin sum to the profit")
    spread_e6, rounding_e6 = _cents_to_e6(spread), _cents_to_e6(rounding)
    return Margin(spread_e6, profit * 10_000 - spread_e6 - rounding_e6, rounding_e6)


def _cents_to_e6(cents: Fraction) -> int:
    return divide_half_even(cents.numerator * 10_000, cents.denominator)


def decide_conversion(
    quote: Quote, stock: Stock, ids: ConversionIds, now: datetime
) -> tuple[Conversion, Movement]:
    """Use `quote` against `stock`: D2 and D3 of the money flows, capturing the quote's hold."""
    cost = stock.cost_of(quote.usd)
    conversion = Conversion(
        id=ids.conversion,
        quote=quote,
        movement_id=ids.movement,
        cost=cost,
        profit=quote.net - cost,
        cost_rate_e8=stock.rate_e8,
        residue_e14=quote.residue_e14,
        margin=explain_profit(quote, stock, cost),
        stock_after=stock.outflow(quote.usd),
        converted_at=now,
    )
    fee = _fee_transfers(quote, ids, now) if quote.fee else ()
    movement = Movement(
        transfers=(*fee, *_conversion_transfers(conversion, ids, now)),
        captures=(
            Capture(quote.hold_id, quote.tenant_id, quote.department_id, ids.department_half, quote.usd),
        ),
        closes=(Close(quote.hold_id, quote.tenant_id, quote.department_id, "exhausted"),),
    )
    return conversion, movement


def _fee_transfers(quote: Quote, ids: ConversionIds, now: datetime) -> tuple[Transfer, ...]:
    """Return D2: the fee leaves the wallet for the department's fee revenue."""
    return (
        Transfer(
            id=ids.customer_fee,
            movement_id=ids.movement,
            tenant_id=quote.tenant_id,
            book_id=quote.customer_id,
            kind=TransferKind.FX_FEE,
            effective_at=now,
            postings=(Posting(LKR, Account.WALLET, Account.DESK, quote.fee, Action.FEE),),
        ),
        Transfer(
            id=ids.department_fee,
            movement_id=ids.movement,
            tenant_id=quote.tenant_id,
            book_id=quote.department_id,
            kind=TransferKind.FX_FEE,
            effective_at=now,
            postings=(Posting(LKR, Account.DESK, Account.FX_FEE_REVENUE, quote.fee, Action.FEE),),
        ),
    )


def _conversion_transfers(
    conversion: Conversion, ids: ConversionIds, now: datetime
) -> tuple[Transfer, Transfer]:
    """Return D3: LKR to the till, USD out of stock with its cost and profit."""
    quote = conversion.quote
    customer = (
        Posting(LKR, Account.WALLET, Account.DESK, quote.net, Action.CONVERSION),
        Posting(USD, Account.DESK, Account.WALLET, quote.usd, Action.CONVERSION),
    )
    department = (
        Posting(LKR, Account.DESK, Account.TILL, quote.net, Action.CONVERSION),
        Posting(
            USD,
            Account.STOCK,
            Account.DESK,
            quote.usd,
            Action.STOCK_OUT,
            cost=-conversion.cost,
            profit=conversion.profit,
        ),
    )
    return (
        Transfer(
            id=ids.customer_half,
            movement_id=ids.movement,
            tenant_id=quote.tenant_id,
            book_id=quote.customer_id,
            kind=TransferKind.FX_CONVERSION,
            effective_at=now,
            postings=customer,
        ),
        Transfer(
            id=ids.department_half,
            movement_id=ids.movement,
            tenant_id=quote.tenant_id,
            book_id=quote.department_id,
            kind=TransferKind.FX_CONVERSION,
            effective_at=now,
            postings=department,
        ),
    )
