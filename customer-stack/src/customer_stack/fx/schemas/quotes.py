"""Quotes on the wire."""

from decimal import Decimal
from typing import Self
from uuid import UUID

from pydantic import model_validator

from customer_stack.edge.schemas import AmountText, Answer, Body, advise, show
from customer_stack.fx.domain.quotes import Direction, Quote, QuoteOutcome, QuotePurpose
from customer_stack.fx.schemas.rates import show_rate
from shared.money import LKR_SCALE, USD_SCALE, format_minor, to_minor


class QuoteBody(Body):
    """Ask for a locked rate. A deposit pays `amount` LKR in, a conversion takes it from the wallet.

    A withdrawal has `usd` instead: so much USD of the wallet becomes LKR to be paid out.
    """

    model_config = show({"purpose": "deposit", "amount": "30000.00"})

    purpose: QuotePurpose
    amount: AmountText | None = None
    usd: AmountText | None = None

    @model_validator(mode="after")
    def check_side(self) -> Self:
        """Ask for exactly the side that the purpose fixes."""
        if self.purpose is QuotePurpose.WITHDRAWAL:
            if self.usd is None or self.amount is not None:
                raise advise("quote_side", 'a withdrawal has usd, such as "50.00", and no amount')
        elif self.amount is None or self.usd is not None:
            raise advise("quote_side", "a deposit or conversion has amount, in LKR, and no usd")
        return self

    def fixed(self) -> int:
        """Return the side that is fixed, in minor units. Raises InexactAmount."""
        if self.usd is not None:
            return to_minor(Decimal(self.usd), USD_SCALE)
        return to_minor(Decimal(self.amount or "0"), LKR_SCALE)


class AcceptBody(Body):
    """Accept a conversion quote."""

    quote_id: UUID


class QuoteAnswer(Answer):
    """A quote. `state` is live, used, expired or replaced; `direction` is what we do with USD.

    `amount` is LKR: what you send before the fee, or what a withdrawal gives before the payout's fee.
    """

    id: UUID
    purpose: QuotePurpose
    direction: Direction
    state: str
    amount: str
    fee: str
    usd: str
    mid: str
    buy: str
    sell: str
    agreed: str
    mid_source: str
    mid_as_of: str
    pay_reference: str | None
    created_at: str
    expires_at: str


class ConversionAnswer(Answer):
    """A conversion that happened."""

    id: UUID


def show_quote(quote: Quote, outcome: QuoteOutcome | None) -> QuoteAnswer:
    """Return a quote as the customer sees it: money and rates as strings."""
    deposit = quote.purpose is QuotePurpose.DEPOSIT
    return QuoteAnswer(
        id=quote.id,
        purpose=quote.purpose,
        direction=quote.direction,
        state="live" if outcome is None else outcome.value,
        amount=format_minor(quote.amount, LKR_SCALE),
        fee=format_minor(quote.fee, LKR_SCALE),
        usd=format_minor(quote.usd, USD_SCALE),
        mid=show_rate(quote.mid_e8),
        buy=show_rate(quote.buy_e8),
        sell=show_rate(quote.sell_e8),
        agreed=show_rate(quote.agreed_e8),
        mid_source=quote.mid_source,
        mid_as_of=quote.mid_as_of.isoformat(),
        pay_reference=quote.pay_reference if deposit else None,
        created_at=quote.created_at.isoformat(),
        expires_at=quote.expires_at.isoformat(),
    )
