"""From the state to the shapes of the wire: formatting only."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sandbox.exchange import market_wire, wire
from sandbox.exchange.account import Position
from sandbox.exchange.book import Book, Side
from sandbox.exchange.catalogue import Event, Series, fill_in_dates
from sandbox.exchange.market import Market, MarketStatus
from sandbox.exchange.orders import Fill, Order
from sandbox.exchange.state import Settlement, State
from sandbox.exchange.units import (
    CENT,
    MONEY_DECIMALS,
    ONE,
    format_count,
    format_dollars,
    format_price,
)
from sandbox.fixed_point import format_fixed

MEMBER_ID = "5d1b1c39-6c0e-4b3e-9f4e-0e6a3a2f7b10"
NO_PRICE = format_price(0)


def at(time_ms: int) -> str:
    """Write a time as RFC 3339 in UTC, to the millisecond."""
    moment = datetime.fromtimestamp(time_ms // 1000, tz=UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{time_ms % 1000:03d}Z"


def created_order(order: Order) -> wire.CreatedOrder:
    """Answer a new order. Averages are per contract and only for people: sums are in the fills."""
    filled, cost = order.filled, order.taker_cost
    if order.request.side is Side.ASK:
        cost = filled * ONE - cost
    return wire.CreatedOrder(
        order_id=order.order_id,
        client_order_id=order.request.client_order_id,
        fill_count=format_count(filled),
        remaining_count=format_count(order.request.count - filled),
        ts_ms=order.updated_ms,
        average_fill_price=_per_contract(cost, filled),
        average_fee_paid=_per_contract(order.taker_fees, filled),
    )


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
        created_time=at(order.created_ms),
        last_update_time=at(order.updated_ms),
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
        created_time=at(fill.at_ms),
        ts=fill.at_ms // 1000,
    )


def trade(fill: Fill) -> market_wire.TradeView:
    """Show a fill as the public sees it."""
    taker = fill.side if fill.is_taker else fill.side.opposite
    return market_wire.TradeView(
        trade_id=fill.fill_id,
        ticker=fill.ticker,
        count_fp=format_count(fill.count),
        yes_price_dollars=format_price(fill.price),
        no_price_dollars=format_price(ONE - fill.price),
        taker_outcome_side=taker.outcome,
        taker_book_side=taker,
        created_time=at(fill.at_ms),
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
        last_updated_ts=at(position.updated_ms),
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
        settled_time=at(settled.at_ms),
        fee_cost=format_dollars(settled.fee),
        value=settled.value // (ONE // 100) if whole_cents else None,
    )


def orderbook(book: Book, depth: int | None) -> market_wire.OrderbookView:
    """Show the best `depth` levels (all when None) of both outcomes as bids, the best last."""
    bids, asks = (book.depth(side)[:depth] for side in Side)
    yes = [(format_price(price), format_count(count)) for price, count in reversed(bids)]
    no = [(format_price(ONE - price), format_count(count)) for price, count in reversed(asks)]
    return market_wire.OrderbookView(orderbook_fp=market_wire.OrderbookCount(yes_dollars=yes, no_dollars=no))


def market(
    market: Market, book: Book, position: Position, timer_ms: int, now_ms: int
) -> market_wire.MarketView:
    """Show a market with the top of its book."""
    listing = market.listing
    bid, bid_size = next(iter(book.depth(Side.BID)), (0, 0))
    ask, ask_size = next(iter(book.depth(Side.ASK)), (ONE, 0))
    value = None if market.value is None else format_price(market.value)
    return market_wire.MarketView(
        ticker=listing.ticker,
        event_ticker=listing.event_ticker,
        market_type="binary",
        title=f"{fill_in_dates(listing.title, market.close_ms)}: {listing.yes_sub_title}",
        yes_sub_title=listing.yes_sub_title,
        no_sub_title=listing.no_sub_title,
        created_time=at(market.opened_ms),
        updated_time=at(market.updated_ms),
        open_time=at(market.opened_ms),
        close_time=at(market.close_ms),
        expected_expiration_time=at(market.close_ms),
        latest_expiration_time=at(market.close_ms),
        settlement_timer_seconds=timer_ms // 1000,
        status=market.status,
        yes_bid_dollars=format_price(bid),
        yes_bid_size_fp=format_count(bid_size),
        yes_ask_dollars=format_price(ask),
        yes_ask_size_fp=format_count(ask_size),
        no_bid_dollars=format_price(ONE - ask),
        no_ask_dollars=format_price(ONE - bid),
        last_price_dollars=format_price(market.last_price),
        volume_fp=format_count(market.volume),
        volume_24h_fp=format_count(market.volume_of_last_day(now_ms)),
        result=market.result or "",
        can_close_early=True,
        open_interest_fp=format_count(abs(position.net)),
        notional_value_dollars=format_price(ONE),
        previous_yes_bid_dollars=NO_PRICE,
        previous_yes_ask_dollars=NO_PRICE,
        previous_price_dollars=NO_PRICE,
        settlement_bounds_type="default",
        expiration_value=value or "",
        rules_primary=listing.rules,
        rules_secondary="",
        price_level_structure=listing.price_structure,
        price_ranges=[
            market_wire.PriceRangeView(
                start=format_price(tick.start), end=format_price(tick.end), step=format_price(tick.step)
            )
            for tick in listing.price_ranges
        ],
        settlement_value_dollars=value,
        settlement_ts=at(market.settled_ms)
        if market.status is MarketStatus.FINALIZED and market.settled_ms
        else None,
    )


def event(
    event: Event, series: Series, close_ms: int, markets: list[market_wire.MarketView] | None
) -> market_wire.EventView:
    """Show an event."""
    return market_wire.EventView(
        event_ticker=event.ticker,
        series_ticker=event.series_ticker,
        sub_title=fill_in_dates(event.sub_title, close_ms),
        title=fill_in_dates(event.title, close_ms),
        collateral_return_type="",
        mutually_exclusive=event.mutually_exclusive,
        settlement_sources=_sources(series),
        category=series.category,
        markets=markets,
    )


def series(series: Series) -> market_wire.SeriesView:
    """Show a series with its fee rule."""
    return market_wire.SeriesView(
        ticker=series.ticker,
        frequency=series.frequency,
        title=series.title,
        category=series.category,
        categories=[series.category],
        tags=list(series.tags),
        settlement_sources=_sources(series),
        contract_url=series.source_url,
        contract_terms_url=series.source_url,
        fee_type=series.fees.fee_type,
        fee_multiplier=series.fees.multiplier_e3 / 1000,
        additional_prohibitions=[],
    )


def _sources(series: Series) -> list[market_wire.SettlementSource]:
    return [market_wire.SettlementSource(name=series.source_name, url=series.source_url)]


def _per_contract(money: int, count: int) -> str | None:
    """Return money per contract, cut to a micro-dollar; None when nothing was filled."""
    if count == 0:
        return None
    return format_fixed(money * 100 // count, MONEY_DECIMALS)
