"""From the state to the shapes of the portfolio: formatting only."""

from collections.abc import Iterable
from typing import Any

from sandbox.exchange import order_wire, wire
from sandbox.exchange.account import Position
from sandbox.exchange.book import Side
from sandbox.exchange.errors import Refused
from sandbox.exchange.orders import Fill, Order
from sandbox.exchange.state import Settlement, State
from sandbox.exchange.units import (
    CENT,
    MONEY_DECIMALS,
    ONE,
    format_count,
    format_dollars,
    format_price,
    format_time,
)
from sandbox.fixed_point import format_fixed

MEMBER_ID = "5d1b1c39-6c0e-4b3e-9f4e-0e6a3a2f7b10"


def created_order(order: Order) -> order_wire.CreatedOrder:
    """Answer a new order. Averages are per contract and only for people: sums are in the fills."""
    return order_wire.CreatedOrder(
        remaining_count=format_count(order.request.count - order.filled), **_filled(order)
    )


def amended_order(order: Order) -> order_wire.AmendedOrder:
    """Answer an amendment."""
    return order_wire.AmendedOrder(remaining_count=format_count(order.remaining), **_filled(order))


def item_error(refused: Refused) -> order_wire.ItemError:
    """Say why an item of a batch was refused."""
    return order_wire.ItemError(code=refused.code, message=refused.message, details=refused.details)


def order(order: Order) -> wire.OrderView:
    """Show an order."""
    asked = order.request
    return wire.OrderView(
        order_id=order.order_id,
        user_id=MEMBER_ID,
        client_order_id=asked.client_order_id,
        ticker=asked.ticker,
        outcome_side=asked.side.outcome,
        book_side=asked.side,
        type="limit",
        status=order.status,
        yes_price_dollars=format_price(asked.price),
        no_price_dollars=format_price(ONE - asked.price),
        fill_count_fp=format_count(order.filled),
        remaining_count_fp=format_count(order.remaining),
        initial_count_fp=format_count(asked.count),
        taker_fill_cost_dollars=format_dollars(order.taker_cost),
        maker_fill_cost_dollars=format_dollars(order.maker_cost),
        taker_fees_dollars=format_dollars(order.taker_fees),
        maker_fees_dollars=format_dollars(order.maker_fees),
        self_trade_prevention_type=asked.prevention,
        created_time=format_time(order.created_ms),
        last_update_time=format_time(order.updated_ms),
        expiration_time=None if asked.expires_ms is None else format_time(asked.expires_ms),
        order_group_id=asked.group_id,
        cancel_order_on_pause=asked.cancel_on_pause,
    )


def fill(fill: Fill) -> wire.FillView:
    """Show a fill. A fill is its trade: one id for both."""
    return wire.FillView(
        fill_id=fill.fill_id,
        trade_id=fill.fill_id,
        order_id=fill.order_id,
        ticker=fill.ticker,
        market_ticker=fill.ticker,
        outcome_side=fill.side.outcome,
        book_side=fill.side,
        count_fp=format_count(fill.count),
        yes_price_dollars=format_price(fill.price),
        no_price_dollars=format_price(ONE - fill.price),
        is_taker=fill.is_taker,
        fee_cost=format_dollars(fill.net_fee),
        created_time=format_time(fill.at_ms),
        ts=fill.at_ms // 1000,
    )


def balance(state: State, now_ms: int) -> wire.BalanceView:
    """Show the cash. Positions are valued at the last price of their market."""
    cash = state.cash.balance
    value = sum(
        abs(position.net) * (last if position.net > 0 else ONE - last)
        for ticker, position in state.positions.items()
        for last in [state.markets[ticker].last_price]
    )
    return wire.BalanceView(
        balance=cash // CENT,
        balance_dollars=format_dollars(cash),
        portfolio_value=value // CENT,
        updated_ts=now_ms // 1000,
        balance_breakdown=[wire.IndexedBalance(exchange_index=0, balance=format_dollars(cash))],
    )


def market_position(ticker: str, position: Position) -> wire.MarketPositionView:
    """Show a net position."""
    return wire.MarketPositionView(
        ticker=ticker,
        exchange_index=0,
        total_traded_dollars=format_dollars(position.traded),
        position_fp=format_count(position.net),
        market_exposure_dollars=format_dollars(position.cost),
        realized_pnl_dollars=format_dollars(position.realized),
        fees_paid_dollars=format_dollars(position.fees),
        last_updated_ts=format_time(position.updated_ms),
    )


def event_position(event_ticker: str, positions: Iterable[Position]) -> wire.EventPositionView:
    """Show the positions of one event together."""
    held = list(positions)
    return wire.EventPositionView(
        event_ticker=event_ticker,
        total_cost_dollars=format_dollars(sum(position.cost for position in held)),
        total_cost_shares_fp=format_count(sum(abs(position.net) for position in held)),
        event_exposure_dollars=format_dollars(sum(position.cost for position in held)),
        realized_pnl_dollars=format_dollars(sum(position.realized for position in held)),
        fees_paid_dollars=format_dollars(sum(position.fees for position in held)),
    )


def settlement(settled: Settlement) -> wire.SettlementView:
    """Show a settlement of a net position."""
    yes, no = max(settled.net, 0), max(-settled.net, 0)
    whole_cents = settled.value % (ONE // 100) == 0
    return wire.SettlementView(
        ticker=settled.ticker,
        exchange_index=0,
        event_ticker=settled.event_ticker,
        market_result=settled.result,
        yes_count_fp=format_count(yes),
        yes_total_cost_dollars=format_dollars(settled.cost if yes else 0),
        no_count_fp=format_count(no),
        no_total_cost_dollars=format_dollars(settled.cost if no else 0),
        revenue=settled.revenue_cents,
        settled_time=format_time(settled.at_ms),
        fee_cost=format_dollars(settled.fee),
        value=settled.value // (ONE // 100) if whole_cents else None,
    )


def _filled(order: Order) -> dict[str, Any]:
    filled, cost = order.filled, order.taker_cost + order.maker_cost
    if order.request.side is Side.ASK:
        cost = filled * ONE - cost
    return {
        "order_id": order.order_id,
        "client_order_id": order.request.client_order_id,
        "fill_count": format_count(filled),
        "ts_ms": order.updated_ms,
        "average_fill_price": _per_contract(cost, filled),
        "average_fee_paid": _per_contract(order.taker_fees + order.maker_fees, filled),
    }


def _per_contract(money: int, count: int) -> str | None:
    """Return money per contract, cut to a micro-dollar; None when nothing was filled."""
    if count == 0:
        return None
    return format_fixed(money * 100 // count, MONEY_DECIMALS)
