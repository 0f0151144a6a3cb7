"""Quotes: one rate, locked for some minutes, for one amount of one customer. Pure.

A deposit fixes the LKR that the customer sends; the fee comes off and the rest is divided by the agreed
rate, floored to a micro-dollar. The quote reserves that USD in stock, and only for as long as it lives.

Guaranteed: `0 <= residue < one micro-dollar at the agreed rate`; a quote is used at most once, before
its expiry by our clock, for exactly its amount.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.fx.domain.rates import BASIS, Mid, Rates, Terms, decide_fee, decide_rates
from customer_stack.fx.errors import AmountOutOfBounds, QuoteClosed, QuoteExpired, StockTooLow
from shared.errors import invariant
from shared.money import LKR_SCALE, format_minor

RESIDUE_ONE: Final = 10**12
"""LKR cents in the residue's unit, 1e-14 LKR: a micro-dollar times a rate scaled 1e-8."""

_REFERENCE_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_REFERENCE_LENGTH: Final = 12


class QuotePurpose(StrEnum):
    """What a quote is for: money to come from the bank, or LKR that already waits in the wallet."""

    DEPOSIT = "deposit"
    CONVERSION = "conversion"


class QuoteOutcome(StrEnum):
    """How a quote ended."""

    USED = "used"
    EXPIRED = "expired"
    REPLACED = "replaced"


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

    @property
    def net(self) -> int:
        """Return the LKR cents that are converted."""
        return self.amount - self.fee

    @property
    def residue_e14(self) -> int:
        """Return what the division leaves over, exactly, in 1e-14 LKR."""
        return residue_of(self.net, self.usd, self.agreed_e8)


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """What a customer asks to be quoted: `amount` in LKR cents."""

    tenant_id: UUID
    department_id: UUID
    customer_id: UUID
    purpose: QuotePurpose
    amount: int


@dataclass(frozen=True, slots=True)
class StockStanding:
    """The desk's USD in micro-dollars: what is there and what live holds reserve."""

    posted: int
    held: int


def convert(net: int, agreed_e8: int) -> int:
    """Return the micro-dollars for `net` LKR cents, floored."""
    invariant(agreed_e8 > 0, "a rate is positive")
    return net * RESIDUE_ONE // agreed_e8


def residue_of(net: int, usd: int, agreed_e8: int) -> int:
    """Return net - usd x agreed in 1e-14 LKR, which is below one micro-dollar's worth."""
    residue = net * RESIDUE_ONE - usd * agreed_e8
    invariant(0 <= residue < agreed_e8, "a residue is below the smallest unit at the agreed rate")
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
    """Lock the selling rate for `request`.

    Raises AmountOutOfBounds, RateUnavailable, StockTooLow.
    """
    if not terms.minimum_amount <= request.amount <= terms.maximum_amount:
        raise AmountOutOfBounds(
            f"One conversion is between LKR {format_minor(terms.minimum_amount, LKR_SCALE)} and "
            f"LKR {format_minor(terms.maximum_amount, LKR_SCALE)}. Choose an amount in between."
        )
    rates: Rates = decide_rates(mid, terms, now)
    fee = decide_fee(request.amount, terms)
    usd = convert(request.amount - fee, rates.sell_e8)
    if request.amount <= fee or usd <= 0:
        raise AmountOutOfBounds("The amount does not cover the fee. Choose a larger amount.")
    reservable = stock.posted * terms.stock_share_basis // BASIS
    if stock.held + usd > reservable:
        raise StockTooLow("The desk has not enough USD for this amount now. Try less, or try later.")
    return Quote(
        id=quote_id,
        tenant_id=request.tenant_id,
        department_id=request.department_id,
        customer_id=request.customer_id,
        purpose=request.purpose,
        pay_reference=pay_reference_of(quote_id),
        amount=request.amount,
        fee=fee,
        usd=usd,
        mid_e8=rates.mid_e8,
        buy_e8=rates.buy_e8,
        sell_e8=rates.sell_e8,
        agreed_e8=rates.sell_e8,
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
