"""Quotes: one rate, locked for some minutes, for one amount of one customer. Pure.

The desk *sells* USD when LKR is fixed: the fee comes off and the rest is divided by the selling rate,
floored to a micro-dollar. It *buys* USD when a withdrawal fixes USD: times the buying rate, floored to a
cent, without a fee (the payout has one). The quote reserves what the desk will give, USD in the stock or
LKR in the till, and only for as long as it lives.

Guaranteed: what the division leaves over is below the smallest unit that the desk gives, and the desk's;
a quote is used at most once, before its expiry by our clock, for exactly its amount.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.fx.domain.rates import BASIS, Mid, Rates, Terms, decide_fee, decide_rates
from customer_stack.fx.errors import (
    AmountOutOfBounds,
    QuoteClosed,
    QuoteExpired,
    StockTooLow,
    TillTooLow,
)
from customer_stack.ledger.domain import Account
from shared.errors import invariant
from shared.ledger.domain import LKR, USD
from shared.money import LKR_SCALE, format_minor

RESIDUE_ONE: Final = 10**12
"""LKR cents in the residue's unit, 1e-14 LKR: a micro-dollar times a rate scaled 1e-8."""

_REFERENCE_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_REFERENCE_LENGTH: Final = 12


class Direction(StrEnum):
    """What the desk does with USD. The members of the database type fx_direction."""

    SELL = "sell"
    BUY = "buy"


class QuotePurpose(StrEnum):
    """What a quote is for: money to come from the bank, LKR that waits in the wallet, or a withdrawal."""

    DEPOSIT = "deposit"
    CONVERSION = "conversion"
    WITHDRAWAL = "withdrawal"

    @property
    def direction(self) -> Direction:
        """Return what the desk does with USD."""
        return Direction.BUY if self is QuotePurpose.WITHDRAWAL else Direction.SELL


class QuoteOutcome(StrEnum):
    """How a quote ended. Withdrawn: its customer may not pay in any more."""

    USED = "used"
    EXPIRED = "expired"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Quote:
    """A locked rate. LKR in cents, USD in micro-dollars, rates LKR per USD scaled 1e-8."""

    id: UUID
    tenant_id: UUID
    department_id: UUID
    customer_id: UUID
    purpose: QuotePurpose
    pay_reference: str
    amount: int
    fee: int
    usd: int
    mid_e8: int
    buy_e8: int
    sell_e8: int
    agreed_e8: int
    mid_source: str
    mid_as_of: datetime
    terms_version: int
    created_at: datetime
    expires_at: datetime
    hold_id: UUID
    mid_id: UUID | None = None
    posted_rate_id: UUID | None = None

    @property
    def direction(self) -> Direction:
        """Return what the desk does with USD."""
        return self.purpose.direction

    @property
    def net(self) -> int:
        """Return the LKR cents that are converted."""
        return self.amount - self.fee

    @property
    def residue_e14(self) -> int:
        """Return what the division leaves over for the desk, exactly, in 1e-14 LKR."""
        if self.direction is Direction.BUY:
            return residue_of_purchase(self.net, self.usd, self.agreed_e8)
        return residue_of(self.net, self.usd, self.agreed_e8)

    @property
    def reservation(self) -> "Reservation":
        """Return what the quote reserves in the department's book."""
        if self.direction is Direction.BUY:
            return Reservation(LKR, Account.TILL, self.amount)
        return Reservation(USD, Account.STOCK, self.usd)

    @property
    def payment(self) -> "Reservation":
        """Return what the customer's wallet gives."""
        if self.direction is Direction.BUY:
            return Reservation(USD, Account.WALLET, self.usd)
        return Reservation(LKR, Account.WALLET, self.amount)


@dataclass(frozen=True, slots=True)
class Reservation:
    """An amount of an asset on an account, in minor units."""

    asset: int
    account: Account
    amount: int


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """What a customer asks to be quoted.

    `amount` is the side that is fixed: LKR in cents, or for a withdrawal USD in micro-dollars. `country` is
    where the request comes from, as far as that is known.
    """

    tenant_id: UUID
    department_id: UUID
    customer_id: UUID
    purpose: QuotePurpose
    amount: int
    country: str | None = None


@dataclass(frozen=True, slots=True)
class StockStanding:
    """What the desk gives from, USD in stock or LKR in the till: what is there, what live holds reserve."""

    posted: int
    held: int


def convert(net: int, agreed_e8: int) -> int:
    """Return the micro-dollars for `net` LKR cents, floored."""
    invariant(agreed_e8 > 0, "a rate is positive")
    return net * RESIDUE_ONE // agreed_e8


def convert_to_lkr(usd: int, agreed_e8: int) -> int:
    """Return the LKR cents for `usd` micro-dollars, floored."""
    invariant(agreed_e8 > 0, "a rate is positive")
    return usd * agreed_e8 // RESIDUE_ONE


def residue_of(net: int, usd: int, agreed_e8: int) -> int:
    """Return net - usd x agreed in 1e-14 LKR, which is below one micro-dollar's worth. The desk sells."""
    residue = net * RESIDUE_ONE - usd * agreed_e8
    invariant(0 <= residue < agreed_e8, "a residue is below the smallest unit at the agreed rate")
    return residue


def residue_of_purchase(gross: int, usd: int, agreed_e8: int) -> int:
    """Return usd x agreed - gross in 1e-14 LKR, which is below one cent. The desk buys."""
    residue = usd * agreed_e8 - gross * RESIDUE_ONE
    invariant(0 <= residue < RESIDUE_ONE, "a residue is below one cent")
    return residue


def pay_reference_of(quote_id: UUID) -> str:
    """Return what the payer writes on the bank transfer: 12 characters of the id and a check character."""
    value = quote_id.int & ((1 << (5 * _REFERENCE_LENGTH)) - 1)
    digits = [(value >> (5 * place)) & 31 for place in reversed(range(_REFERENCE_LENGTH))]
    check = sum((place + 1) * digit for place, digit in enumerate(digits)) % 31
    return "BH" + "".join(_REFERENCE_ALPHABET[digit] for digit in [*digits, check])


def tidy_pay_reference(text: str) -> str:
    """Return what a payer typed in the form of a pay reference: capitals, no blanks, not yet checked."""
    return "".join(text.split()).upper()


def is_pay_reference(text: str) -> bool:
    """Tell whether `text` has the form and the check character of a pay reference."""
    if len(text) != _REFERENCE_LENGTH + 3 or not text.startswith("BH"):
        return False
    digits = [_REFERENCE_ALPHABET.find(character) for character in text[2:]]
    if min(digits) < 0:
        return False
    return sum((place + 1) * digit for place, digit in enumerate(digits[:-1])) % 31 == digits[-1]


@dataclass(frozen=True, slots=True)
class _Sides:
    amount: int
    fee: int
    usd: int
    agreed_e8: int


def _decide_sale(amount: int, rates: Rates, terms: Terms, stock: StockStanding) -> _Sides:
    """Fix `amount` LKR cents: how much USD the desk gives."""
    _require_bounds(amount, terms)
    fee = decide_fee(amount, terms)
    usd = convert(amount - fee, rates.sell_e8)
    if amount <= fee or usd <= 0:
        raise AmountOutOfBounds("The amount does not cover the fee. Choose a larger amount.")
    if stock.held + usd > stock.posted * terms.stock_share_basis // BASIS:
        raise StockTooLow("The desk has not enough USD for this amount now. Try less, or try later.")
    return _Sides(amount, fee, usd, rates.sell_e8)


def _decide_purchase(usd: int, rates: Rates, terms: Terms, till: StockStanding) -> _Sides:
    """Fix `usd` micro-dollars: how much LKR the desk gives, before the fee of the payout."""
    gross = convert_to_lkr(usd, rates.buy_e8)
    _require_bounds(gross, terms)
    if till.held + gross > till.posted * terms.till_share_basis // BASIS:
        raise TillTooLow("The desk has not enough LKR for this amount now. Try less, or try later.")
    return _Sides(gross, 0, usd, rates.buy_e8)


def _require_bounds(amount: int, terms: Terms) -> None:
    if not terms.minimum_amount <= amount <= terms.maximum_amount:
        raise AmountOutOfBounds(
            f"One conversion is between LKR {format_minor(terms.minimum_amount, LKR_SCALE)} and "
            f"LKR {format_minor(terms.maximum_amount, LKR_SCALE)}. Choose an amount in between."
        )


def decide_quote(
    request: QuoteRequest,
    mid: Mid,
    terms: Terms,
    stock: StockStanding,
    *,
    now: datetime,
    quote_id: UUID,
    hold_id: UUID,
) -> Quote:
    """Lock the selling or the buying rate for `request`; `stock` is what the desk would give from.

    Raises AmountOutOfBounds, RateUnavailable, StockTooLow, TillTooLow.
    """
    rates: Rates = decide_rates(mid, terms, now)
    if request.purpose.direction is Direction.BUY:
        sides = _decide_purchase(request.amount, rates, terms, stock)
    else:
        sides = _decide_sale(request.amount, rates, terms, stock)
    return Quote(
        id=quote_id,
        tenant_id=request.tenant_id,
        department_id=request.department_id,
        customer_id=request.customer_id,
        purpose=request.purpose,
        pay_reference=pay_reference_of(quote_id),
        amount=sides.amount,
        fee=sides.fee,
        usd=sides.usd,
        mid_e8=rates.mid_e8,
        buy_e8=rates.buy_e8,
        sell_e8=rates.sell_e8,
        agreed_e8=sides.agreed_e8,
        mid_source=mid.source,
        mid_as_of=mid.as_of,
        terms_version=terms.version,
        created_at=now,
        expires_at=now + terms.quote_lifetime,
        hold_id=hold_id,
    )


def require_usable(quote: Quote, outcome: QuoteOutcome | None, now: datetime) -> None:
    """Refuse a quote that ended or whose time is over. Raises QuoteClosed, QuoteExpired."""
    if outcome is QuoteOutcome.EXPIRED or (outcome is None and now >= quote.expires_at):
        raise QuoteExpired("The quote has expired. Ask for a new one and accept its rate.")
    if outcome is not None:
        raise QuoteClosed("The quote was used or replaced. Ask for a new one.")
