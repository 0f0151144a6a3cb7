"""Conversions and the stock on the wire."""

from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.edge.schemas import Answer
from customer_stack.fx.domain.conversion import ConversionRecord
from customer_stack.fx.domain.quotes import Direction
from customer_stack.fx.domain.stock import StockFlow
from customer_stack.fx.schemas.rates import show_rate
from customer_stack.fx.service import ConversionPage, StockReport
from shared.money import LKR_SCALE, USD_SCALE, format_minor

_MICRO_LKR: Final = 6
_RESIDUE_SCALE: Final = 14

_RESIDUE: Final = {
    Direction.SELL: "Less than one micro-dollar at the agreed rate is left over. It stays with us; it is "
    "stored exactly and posted nowhere, since no currency has so small a unit.",
    Direction.BUY: "Less than one cent is left over. It stays with us; it is stored exactly and posted "
    "nowhere, since no currency has so small a unit.",
}


class ConversionView(Answer):
    """A conversion: `amount` LKR and `usd`, at the agreed rate. `direction` is what we did with USD.

    `residue` is LKR with fourteen digits: what the division left over, explained in `residue_note`.
    """

    id: UUID
    quote_id: UUID
    movement_id: UUID
    direction: Direction
    amount: str
    fee: str
    usd: str
    mid: str
    buy: str
    sell: str
    agreed: str
    mid_source: str
    mid_as_of: datetime
    residue: str
    residue_note: str
    converted_at: datetime


class MarginLines(Answer):
    """Where the profit of a sale comes from, LKR with six digits: spread + holding + rounding.

    Of a purchase the lines say what was paid less than mid; that is profit only when the USD is sold.
    """

    spread: str
    holding: str
    rounding: str
    is_profit: bool


class StaffConversionView(ConversionView):
    """A conversion with what it cost: the stock's cost and rate before it, profit, margin line by line.

    `settlement` is the rate of the newest bank deal that the stock knew then, `settlement_movement_id` that
    deal; empty when there was none.
    """

    customer_id: UUID
    department_id: UUID
    terms_version: int
    cost: str
    cost_rate: str
    profit: str
    settlement: str | None
    settlement_movement_id: UUID | None
    margin: MarginLines


class StaffConversionsAnswer(Answer):
    """A page of conversions, newest first."""

    items: list[StaffConversionView]
    next_cursor: str | None


class StockFlowView(Answer):
    """One change of the stock: signed USD, signed cost in LKR; profit where USD was sold."""

    version: int
    kind: str
    movement_id: UUID
    usd: str
    cost: str
    profit: str | None
    effective_at: datetime


class StockAnswer(Answer):
    """A department's USD for sale, and its flows, newest first.

    `average` is derived from `cost` and `quantity` and stored nowhere. `reserved_by_quotes` is the
    anticipated outflow, `anticipated_inflow` what quotes for withdrawals would bring. `held` is all that
    is reserved. `profit_recognised` is what closed periods took as revenue.
    """

    department_id: UUID
    quantity: str
    cost: str
    average: str | None
    held: str
    reserved_by_quotes: str
    anticipated_inflow: str
    available: str
    profit_to_date: str
    profit_recognised: str
    settlement: str | None
    settlement_movement_id: UUID | None
    items: list[StockFlowView]
    next_cursor: str | None


def show_conversion(found: ConversionRecord) -> ConversionView:
    """Return a conversion as its customer sees it."""
    return ConversionView(
        id=found.id,
        quote_id=found.quote_id,
        movement_id=found.movement_id,
        direction=found.direction,
        amount=format_minor(found.amount, LKR_SCALE),
        fee=format_minor(found.fee, LKR_SCALE),
        usd=format_minor(found.usd, USD_SCALE),
        mid=show_rate(found.mid_e8),
        buy=show_rate(found.buy_e8),
        sell=show_rate(found.sell_e8),
        agreed=show_rate(found.agreed_e8),
        mid_source=found.mid_source,
        mid_as_of=found.mid_as_of,
        residue=format_minor(found.residue_e14, _RESIDUE_SCALE),
        residue_note=_RESIDUE[found.direction],
        converted_at=found.converted_at,
    )


def show_staff_conversion(found: ConversionRecord) -> StaffConversionView:
    """Return a conversion as staff see it."""
    margin = found.margin
    return StaffConversionView(
        **show_conversion(found).model_dump(),
        customer_id=found.customer_id,
        department_id=found.department_id,
        terms_version=found.terms_version,
        cost=format_minor(found.cost, LKR_SCALE),
        cost_rate=show_rate(found.cost_rate_e8),
        profit=format_minor(found.profit, LKR_SCALE),
        settlement=show_rate(found.settlement_e8) if found.settlement_e8 else None,
        settlement_movement_id=found.settlement_movement_id,
        margin=MarginLines(
            spread=format_minor(margin.spread_e6, _MICRO_LKR),
            holding=format_minor(margin.holding_e6, _MICRO_LKR),
            rounding=format_minor(margin.rounding_e6, _MICRO_LKR),
            is_profit=found.direction is Direction.SELL,
        ),
    )


def show_staff_conversions(page: ConversionPage) -> StaffConversionsAnswer:
    """Return a page of conversions."""
    items = [show_staff_conversion(found) for found in page.conversions]
    return StaffConversionsAnswer(items=items, next_cursor=page.next_cursor)


def show_stock(report: StockReport) -> StockAnswer:
    """Return a department's stock."""
    account, deal = report.account, report.account.deal
    return StockAnswer(
        department_id=report.department_id,
        quantity=format_minor(account.stock.quantity, USD_SCALE),
        cost=format_minor(account.stock.cost, LKR_SCALE),
        average=show_rate(account.stock.rate_e8) if account.stock.quantity else None,
        held=format_minor(report.balance.held, USD_SCALE),
        reserved_by_quotes=format_minor(report.reserved, USD_SCALE),
        anticipated_inflow=format_minor(report.anticipated, USD_SCALE),
        available=format_minor(report.balance.available(), USD_SCALE),
        profit_to_date=format_minor(account.profit_to_date, LKR_SCALE),
        profit_recognised=format_minor(report.recognised, LKR_SCALE),
        settlement=show_rate(deal.rate_e8) if deal else None,
        settlement_movement_id=deal.movement_id if deal else None,
        items=[_show_flow(flow) for flow in report.flows],
        next_cursor=report.next_cursor,
    )


def _show_flow(flow: StockFlow) -> StockFlowView:
    return StockFlowView(
        version=flow.version,
        kind=flow.kind.value,
        movement_id=flow.movement_id,
        usd=format_minor(flow.quantity, USD_SCALE),
        cost=format_minor(flow.cost, LKR_SCALE),
        profit=None if flow.profit is None else format_minor(flow.profit, LKR_SCALE),
        effective_at=flow.effective_at,
    )
