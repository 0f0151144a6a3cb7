"""The hand behind the sandbox: results, liquidity, money, state. Unsigned: see SANDBOX_HOST."""

from typing import Annotated, Literal, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator

from sandbox.exchange import wire
from sandbox.exchange.book import Side
from sandbox.exchange.errors import InvalidParameters
from sandbox.exchange.fees import FeeSchedule, FeeType
from sandbox.exchange.liquidity import Quote
from sandbox.exchange.market import VoidForm
from sandbox.exchange.service import Anyone, Service
from sandbox.exchange.units import (
    COUNT_DECIMALS,
    MONEY_DECIMALS,
    ONE,
    PRICE_DECIMALS,
    format_count,
    format_dollars,
    format_price,
)
from sandbox.fixed_point import parse_fixed

router = APIRouter(prefix="/sandbox")


class Resolution(wire.Wire):
    """What a market came to; a scalar needs the value of one YES, a void is worth 0.50 unless told.

    A void may have another form: its trades are cancelled, with or without their fees, or the cost of the
    net position is given back. Such a market gets no result.
    """

    result: Literal["yes", "no", "scalar", "void"]
    value: wire.PriceText | None = None
    form: VoidForm | None = None
    fees_returned: bool = False

    @model_validator(mode="after")
    def check_form(self) -> Self:
        if self.form is not None and (self.result != "void" or self.value is not None):
            raise ValueError("form belongs to a void without a value")
        return self


class QuoteBody(wire.Wire):
    """One order of the house; the price is of YES."""

    side: Side
    price: wire.PriceText
    count: wire.CountText


class Quotes(wire.Wire):
    """The whole liquidity of the house in a market. Frozen, nothing else is quoted until the next call."""

    quotes: Annotated[list[QuoteBody], Field(max_length=200)]
    freeze: bool = True


class Deposit(wire.Wire):
    """Money that the member brings; with a reference it arrives once."""

    amount: wire.MoneyText
    reference: str | None = Field(default=None, max_length=100)


class Withdrawal(wire.Wire):
    """Money that the member takes out; with a reference it leaves once."""

    amount: wire.MoneyText
    reference: str | None = Field(default=None, max_length=100)


class FeesBody(wire.Wire):
    """An event's own fees; null gives it back those of its series."""

    fee_type: FeeType | None
    fee_multiplier: wire.PriceText = "1"


class Waiver(wire.Wire):
    """Until when a market takes no trade fee, in seconds since 1970."""

    until_ts: int = Field(ge=0, le=99_999_999_999)


class CutoffBody(wire.Wire):
    """Before what the archive begins, in milliseconds since 1970."""

    cutoff_ms: int = Field(ge=0)


class MarketState(BaseModel):
    """One market in short."""

    ticker: str
    status: str
    result: str | None
    value: str | None
    frozen: bool
    net_position: str
    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]


class CashState(BaseModel):
    """The balance and its causes, which account.py adds up."""

    balance: str
    deposits: str
    withdrawals: str
    trades: str
    fees: str
    pairs: str
    settlements: str
    voids: str
    reserved: str


class SandboxState(BaseModel):
    """Everything in short."""

    cash: CashState
    orders: int
    fills: int
    resting_orders: int
    settlements: int
    waiting_faults: int
    markets: list[MarketState]


@router.post("/markets/{ticker}/resolve")
async def resolve(ticker: str, body: Resolution, service: Anyone) -> MarketState:
    """Close the market if it trades, and determine its result.

    After the settlement timer it is finalized, and the next round of the same listing opens.
    """
    if body.form is None:
        service.exchange.resolve(ticker, body.result, _value(body), service.now_ms())
    else:
        service.exchange.void(ticker, body.form, fees_returned=body.fees_returned, now_ms=service.now_ms())
    return _market_state(service, ticker)


@router.post("/markets/{ticker}/dispute")
async def dispute(ticker: str, service: Anyone) -> MarketState:
    """Put a determined result in doubt: it is not paid until it is amended (also to what it was)."""
    service.exchange.dispute(ticker, service.now_ms())
    return _market_state(service, ticker)


@router.post("/markets/{ticker}/amend")
async def amend(ticker: str, body: Resolution, service: Anyone) -> MarketState:
    """Replace a result; one that was paid moves the difference, after the settlement timer."""
    if body.form is not None:
        raise InvalidParameters("a result is amended to a value")
    service.exchange.amend(ticker, body.result, _value(body), service.now_ms())
    return _market_state(service, ticker)


@router.post("/markets/{ticker}/pause")
async def pause(ticker: str, service: Anyone) -> MarketState:
    """Stop trading in one market. The whole exchange is paused by a fault."""
    service.exchange.pause_market(ticker, service.now_ms())
    return _market_state(service, ticker)


@router.post("/markets/{ticker}/resume")
async def resume(ticker: str, service: Anyone) -> MarketState:
    """Let a paused market trade again."""
    service.exchange.resume_market(ticker, service.now_ms())
    return _market_state(service, ticker)


@router.post("/markets/{ticker}/fee_waiver")
async def waive_fees(ticker: str, body: Waiver, service: Anyone) -> MarketState:
    """Take no trade fee in a market until a time."""
    service.exchange.waive_fees(ticker, body.until_ts * 1000, service.now_ms())
    return _market_state(service, ticker)


@router.post("/events/{event_ticker}/fees")
async def change_fees(event_ticker: str, body: FeesBody, service: Anyone) -> dict[str, str]:
    """Give an event fees of its own, in the place of those of its series."""
    multiplier_e3 = parse_fixed(body.fee_multiplier, PRICE_DECIMALS) // 10
    fees = None if body.fee_type is None else FeeSchedule(body.fee_type, multiplier_e3)
    service.exchange.change_event_fees(event_ticker, fees, service.now_ms())
    return {"event_ticker": event_ticker}


@router.post("/historical/cutoff")
async def move_cutoff(body: CutoffBody, service: Anyone) -> dict[str, int]:
    """Send everything older to the historical endpoints."""
    service.exchange.move_cutoff(body.cutoff_ms, service.now_ms())
    return {"cutoff_ms": service.state.cutoff_ms}


@router.post("/markets/{ticker}/quotes")
async def quote(ticker: str, body: Quotes, service: Anyone) -> MarketState:
    """Replace the house's liquidity."""
    quotes = [
        Quote(one.side, parse_fixed(one.price, PRICE_DECIMALS), parse_fixed(one.count, COUNT_DECIMALS))
        for one in body.quotes
    ]
    service.exchange.quote(ticker, quotes, freeze=body.freeze, now_ms=service.now_ms())
    return _market_state(service, ticker)


@router.post("/deposit")
async def deposit(body: Deposit, service: Anyone) -> CashState:
    """Add to the member's balance."""
    service.exchange.deposit(parse_fixed(body.amount, MONEY_DECIMALS), body.reference, service.now_ms())
    return _cash_state(service)


@router.post("/withdraw")
async def withdraw(body: Withdrawal, service: Anyone) -> CashState:
    """Take from the member's balance what no resting order needs."""
    service.exchange.withdraw(parse_fixed(body.amount, MONEY_DECIMALS), body.reference, service.now_ms())
    return _cash_state(service)


@router.get("/state")
async def get_state(service: Anyone) -> SandboxState:
    """Show everything in short."""
    state = service.state
    return SandboxState(
        cash=_cash_state(service),
        orders=len(state.orders),
        fills=len(state.fills),
        resting_orders=len(state.resting_ids),
        settlements=len(state.settlements),
        waiting_faults=service.faults.waiting,
        markets=[_market_state(service, ticker) for ticker in state.markets],
    )


def _value(body: Resolution) -> int | None:
    value = None if body.value is None else parse_fixed(body.value, PRICE_DECIMALS)
    if value is not None and value > ONE:
        raise InvalidParameters("value is at most 1.0000")
    return value


def _cash_state(service: Service) -> CashState:
    cash = service.state.cash
    return CashState(
        balance=format_dollars(cash.balance),
        deposits=format_dollars(cash.deposits),
        withdrawals=format_dollars(cash.withdrawals),
        trades=format_dollars(cash.trades),
        fees=format_dollars(cash.fees),
        pairs=format_dollars(cash.pairs),
        settlements=format_dollars(cash.settlements),
        voids=format_dollars(cash.voids),
        reserved=format_dollars(service.state.reserved()),
    )


def _market_state(service: Service, ticker: str) -> MarketState:
    state = service.state
    market, book = state.market(ticker), state.books[ticker]
    bids, asks = (
        [(format_price(price), format_count(count)) for price, count in book.depth(side)] for side in Side
    )
    return MarketState(
        ticker=ticker,
        status=market.status,
        result=market.result,
        value=None if market.value is None else format_price(market.value),
        frozen=ticker in state.frozen,
        net_position=format_count(state.position(ticker).net),
        bids=bids,
        asks=asks,
    )
