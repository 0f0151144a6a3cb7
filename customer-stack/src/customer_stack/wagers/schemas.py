"""Wire shapes of wagers. Quantities, prices and amounts are decimal strings, exact or refused."""

import re
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from customer_stack.boundary_client.domain import Action, Reason, Side
from customer_stack.edge.schemas import Answer, Body
from customer_stack.gate.errors import HELD_NOTICE
from customer_stack.wagers.domain.amounts import QUANTITY_LIMIT
from customer_stack.wagers.domain.states import State
from customer_stack.wagers.domain.views import BreakView, PositionView, WagerView
from shared.money import CONTRACT_SCALE, PRICE_SCALE, USD_SCALE, format_minor

_QUANTITY: Final = re.compile(r"(0|[1-9][0-9]{0,6})(?:\.([0-9]{1,2}))?", re.ASCII)
_PRICE: Final = re.compile(r"0\.([0-9]{1,4})", re.ASCII)


def _read_quantity(value: object) -> int:
    match = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if match is not None:
        quantity = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
        if 0 < quantity <= QUANTITY_LIMIT:
            return quantity
    advice = 'must be contracts in a string, from "0.01" to "1000000", with at most two decimal places'
    raise PydanticCustomError("quantity", "not a quantity", {"advice": advice})


def _read_price(value: object) -> int:
    match = _PRICE.fullmatch(value) if isinstance(value, str) else None
    if match is not None and (price := int(match[1].ljust(4, "0"))):
        return price
    advice = 'must be dollars in a string, from "0.0001" to "0.9999", with at most four decimal places'
    raise PydanticCustomError("price", "not a price", {"advice": advice})


Quantity = Annotated[
    int,
    BeforeValidator(_read_quantity),
    WithJsonSchema({"type": "string", "pattern": _QUANTITY.pattern, "examples": ["10.00"]}),
]
Price = Annotated[
    int,
    BeforeValidator(_read_price),
    WithJsonSchema({"type": "string", "pattern": _PRICE.pattern, "examples": ["0.56"]}),
]


class PlaceWagerBody(Body):
    """What a customer wants: contracts of one side, at a price no worse than the limit."""

    market_id: UUID
    side: Side
    action: Action
    quantity: Quantity
    limit_price: Price


class PlacedAnswer(Answer):
    """A wager that was placed. `max_total` is reserved until it ends; `notice` is there when it is held."""

    wager_id: UUID
    state: State
    market_id: UUID
    side: Side
    action: Action
    quantity: str
    limit_price: str
    max_total: str
    placed_at: datetime
    notice: str | None = None


class WagerAnswer(Answer):
    """A wager as it stands. `filled_cost` is what a buy paid, and a sale received, without fees.

    What the exchange took back of the fills, because it voided the market, stands in `reversed_*`.
    """

    wager_id: UUID
    state: State
    market_id: UUID
    side: Side
    action: Action
    quantity: str
    limit_price: str
    max_total: str
    filled_quantity: str
    filled_cost: str
    filled_fee: str
    reversed_quantity: str
    reversed_cost: str
    reversed_fee: str
    refusal: Reason | None
    cancel_requested_at: datetime | None
    placed_at: datetime
    changed_at: datetime
    notice: str | None


class WagerPage(Answer):
    """One page of wagers, newest first."""

    items: list[WagerAnswer]
    next_cursor: str | None


class CancellationAnswer(Answer):
    """Whether a wager is cancelled, or execution has to be asked; then its state tells later."""

    wager_id: UUID
    is_cancelled: bool


class PositionAnswer(Answer):
    """Open contracts and what they cost without fees: two amounts, never an average."""

    market_id: UUID
    ticker: str | None
    title: str | None
    side: Side
    quantity: str
    total_cost: str


class PositionPage(Answer):
    """One page of positions."""

    items: list[PositionAnswer]
    next_cursor: str | None


class ReportBreakAnswer(Answer):
    """A report that contradicts our books. While `stops_feed`, the account's later reports are parked."""

    id: UUID
    found_at: datetime
    fault: str
    sequence: int | None
    account_id: UUID | None
    wager_id: UUID | None
    stops_feed: bool


class ReportBreakPage(Answer):
    """One page of breaks, oldest first."""

    items: list[ReportBreakAnswer]
    next_cursor: str | None


class ResumptionAnswer(Answer):
    """How many parked reports took effect. Read the breaks to see whether one stopped the account again."""

    account_id: UUID
    applied: int


def report_break_answer(view: BreakView) -> ReportBreakAnswer:
    """Return the wire shape of a break."""
    return ReportBreakAnswer(
        id=view.id,
        found_at=view.found_at,
        fault=view.fault,
        sequence=view.sequence,
        account_id=view.account_id,
        wager_id=view.wager_id,
        stops_feed=view.stops_feed,
    )


def wager_answer(view: WagerView) -> WagerAnswer:
    """Return the wire shape of a wager."""
    wager = view.wager
    return WagerAnswer(
        wager_id=wager.id,
        state=wager.state,
        market_id=wager.market_id,
        side=wager.side,
        action=wager.action,
        quantity=format_minor(wager.quantity, CONTRACT_SCALE),
        limit_price=format_minor(wager.limit_price, PRICE_SCALE),
        max_total=format_minor(wager.max_total, USD_SCALE),
        filled_quantity=format_minor(wager.filled_quantity, CONTRACT_SCALE),
        filled_cost=format_minor(wager.filled_cost, USD_SCALE),
        filled_fee=format_minor(wager.filled_fee, USD_SCALE),
        reversed_quantity=format_minor(wager.reversed_quantity, CONTRACT_SCALE),
        reversed_cost=format_minor(wager.reversed_cost, USD_SCALE),
        reversed_fee=format_minor(wager.reversed_fee, USD_SCALE),
        refusal=wager.refusal,
        cancel_requested_at=view.cancel_requested_at,
        placed_at=wager.placed_at,
        changed_at=view.changed_at,
        notice=HELD_NOTICE if wager.state is State.HELD else None,
    )


def position_answer(view: PositionView) -> PositionAnswer:
    """Return the wire shape of a position."""
    return PositionAnswer(
        market_id=view.market_id,
        ticker=view.ticker,
        title=view.title,
        side=view.side,
        quantity=format_minor(view.holding.quantity, CONTRACT_SCALE),
        total_cost=format_minor(view.holding.cost, USD_SCALE),
    )
