"""The conversion: what is posted when a quote is used, and where its margin comes from. Pure.

Two books move: the customer's and the department's. They meet in `desk`. Nothing is posted for the
rounding of the converted amount: one side is fixed, the other floored, and both assets balance.

The desk's profit arises when it *sells* USD: proceeds minus cost. When it *buys*, what it pays is the cost
of what it got; the difference to mid explains later profit and is none yet (money flows, section 11).

Guaranteed: a sale's proceeds = cost + profit, and profit = spread + holding + rounding; a purchase has no
profit, and spread + rounding = value at mid - what was paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from customer_stack.fx.domain.quotes import RESIDUE_ONE, Direction, Quote
from customer_stack.fx.domain.stock import BankDeal, Stock
from customer_stack.ledger.domain import Account, Action, TransferKind
from shared.errors import invariant
from shared.ledger.domain import LKR, USD, Capture, Close, Movement, Posting, Transfer
from shared.money import divide_half_even


@dataclass(frozen=True, slots=True)
class Margin:
    """Where a sale's profit comes from, in 1e-6 LKR; `rounding` is what the exact lines leave.

    Of a purchase: what the desk paid less than mid. `holding` is zero then, and nothing is profit yet.
    """

    spread_e6: int
    holding_e6: int
    rounding_e6: int


@dataclass(frozen=True, slots=True)
class Conversion:
    """A quote that was used. LKR in cents, USD in micro-dollars.

    `cost` left the stock with a sale, or entered it with a purchase. `deal` is the newest bank deal that
    the stock knew then: its rate is the settlement rate.
    """

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
    deal: BankDeal | None = None


@dataclass(frozen=True, slots=True)
class ConversionRecord:
    """A conversion as it was stored: amounts, all six rates, the reading behind them, residue and margin."""

    id: UUID
    tenant_id: UUID
    department_id: UUID
    customer_id: UUID
    quote_id: UUID
    movement_id: UUID
    direction: Direction
    amount: int
    fee: int
    usd: int
    cost: int
    profit: int
    mid_e8: int
    buy_e8: int
    sell_e8: int
    cost_rate_e8: int
    agreed_e8: int
    settlement_e8: int | None
    settlement_movement_id: UUID | None
    mid_source: str
    mid_as_of: datetime
    terms_version: int
    residue_e14: int
    margin: Margin
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
    """Split a sale's proceeds - cost into spread against mid, holding gain and rounding.

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


def explain_purchase(quote: Quote) -> Margin:
    """Split what a purchase paid less than mid into spread and rounding. No profit yet."""
    spread = Fraction((quote.mid_e8 - quote.agreed_e8) * quote.usd, RESIDUE_ONE)
    below_mid = Fraction(quote.mid_e8 * quote.usd, RESIDUE_ONE) - quote.net
    rounding = Fraction(quote.residue_e14, RESIDUE_ONE)
    invariant(spread + rounding == below_mid, "the lines of a purchase sum to value at mid - paid")
    spread_e6 = _cents_to_e6(spread)
    return Margin(spread_e6, 0, _cents_to_e6(below_mid) - spread_e6)


def _cents_to_e6(cents: Fraction) -> int:
    return divide_half_even(cents.numerator * 10_000, cents.denominator)


def decide_conversion(
    quote: Quote, stock: Stock, ids: ConversionIds, now: datetime, *, deal: BankDeal | None = None
) -> tuple[Conversion, Movement]:
    """Use `quote` against `stock`, capturing its hold: D2 and D3 of the money flows, or W1."""
    buys = quote.direction is Direction.BUY
    cost = quote.net if buys else stock.cost_of(quote.usd)
    conversion = Conversion(
        id=ids.conversion,
        quote=quote,
        movement_id=ids.movement,
        cost=cost,
        profit=quote.net - cost,
        cost_rate_e8=stock.rate_e8,
        residue_e14=quote.residue_e14,
        margin=explain_purchase(quote) if buys else explain_profit(quote, stock, cost),
        stock_after=stock.inflow(quote.usd, cost) if buys else stock.outflow(quote.usd),
        converted_at=now,
        deal=deal,
    )
    fee = _fee_transfers(quote, ids, now) if quote.fee else ()
    halves = _purchase_transfers(conversion, ids) if buys else _sale_transfers(conversion, ids)
    reserved = quote.reservation.amount
    movement = Movement(
        transfers=(*fee, *halves),
        captures=(
            Capture(quote.hold_id, quote.tenant_id, quote.department_id, ids.department_half, reserved),
        ),
        closes=(Close(quote.hold_id, quote.tenant_id, quote.department_id, "exhausted"),),
    )
    return conversion, movement


def _fee_transfers(quote: Quote, ids: ConversionIds, now: datetime) -> tuple[Transfer, ...]:
    """Return D2: the fee leaves the wallet for the department's fee revenue."""
    paid = Posting(LKR, Account.WALLET, Account.DESK, quote.fee, Action.FEE)
    earned = Posting(LKR, Account.DESK, Account.FX_FEE_REVENUE, quote.fee, Action.FEE)
    return (
        _transfer(quote, ids, ids.customer_fee, TransferKind.FX_FEE, now, (paid,)),
        _transfer(quote, ids, ids.department_fee, TransferKind.FX_FEE, now, (earned,)),
    )


def _sale_transfers(conversion: Conversion, ids: ConversionIds) -> tuple[Transfer, Transfer]:
    """Return D3: LKR to the till, USD out of stock with its cost and profit."""
    quote, cost, profit = conversion.quote, conversion.cost, conversion.profit
    customer = (
        Posting(LKR, Account.WALLET, Account.DESK, quote.net, Action.CONVERSION),
        Posting(USD, Account.DESK, Account.WALLET, quote.usd, Action.CONVERSION),
    )
    department = (
        Posting(LKR, Account.DESK, Account.TILL, quote.net, Action.CONVERSION),
        Posting(USD, Account.STOCK, Account.DESK, quote.usd, Action.STOCK_OUT, cost=-cost, profit=profit),
    )
    return _halves(conversion, ids, customer, department)


def _purchase_transfers(conversion: Conversion, ids: ConversionIds) -> tuple[Transfer, Transfer]:
    """Return W1: USD into stock at what was paid for it, LKR out of the till."""
    quote = conversion.quote
    customer = (
        Posting(USD, Account.WALLET, Account.DESK, quote.usd, Action.CONVERSION),
        Posting(LKR, Account.DESK, Account.WALLET, quote.net, Action.CONVERSION),
    )
    department = (
        Posting(USD, Account.DESK, Account.STOCK, quote.usd, Action.STOCK_IN, cost=conversion.cost),
        Posting(LKR, Account.TILL, Account.DESK, quote.net, Action.CONVERSION),
    )
    return _halves(conversion, ids, customer, department)


def _halves(
    conversion: Conversion, ids: ConversionIds, customer: Sequence[Posting], department: Sequence[Posting]
) -> tuple[Transfer, Transfer]:
    quote, now, kind = conversion.quote, conversion.converted_at, TransferKind.FX_CONVERSION
    return (
        _transfer(quote, ids, ids.customer_half, kind, now, customer),
        _transfer(quote, ids, ids.department_half, kind, now, department),
    )


def _transfer(
    quote: Quote,
    ids: ConversionIds,
    transfer_id: UUID,
    kind: TransferKind,
    now: datetime,
    postings: Sequence[Posting],
) -> Transfer:
    ours = transfer_id in (ids.department_fee, ids.department_half)
    return Transfer(
        id=transfer_id,
        movement_id=ids.movement,
        tenant_id=quote.tenant_id,
        book_id=quote.department_id if ours else quote.customer_id,
        kind=kind,
        effective_at=now,
        postings=tuple(postings),
    )


@dataclass(frozen=True, slots=True)
class Unlike:
    """A conversion that is not its quote, or not what the ledger moved.

    Rates are scaled 1e-8, USD in micro-dollars, LKR in cents without the fee. `booked` is the USD that its
    movement moved in the customer's wallet; `is_late`: the quote had ended.
    """

    id: UUID
    customer_id: UUID
    agreed_e8: int
    locked_e8: int | None
    usd: int
    quoted_usd: int | None
    booked: int
    lkr: int
    quoted_lkr: int | None
    is_late: bool
