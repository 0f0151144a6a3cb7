"""What the end of a market moves: payments of net positions, their corrections, and voids.

Part of the fold: nothing is decided here.

Guaranteed:
- a flat account moves no money and gets no settlement row;
- a result that was amended moves the difference to what was paid, and the row says what was paid in the end.
"""

from dataclasses import replace

from sandbox.exchange.account import Position
from sandbox.exchange.facts import MarketVoided
from sandbox.exchange.market import Market, VoidForm
from sandbox.exchange.state import Settlement, State
from sandbox.exchange.units import CENT

REMEMBERED_MS = 600_000


def move_position(state: State, ticker: str, position: Position) -> None:
    """Replace a position, and remember for ten minutes what it was."""
    changes, at_ms = state.position_changes, position.updated_ms
    while changes and changes[0][0] < at_ms - REMEMBERED_MS:
        changes.popleft()
    changes.append((at_ms, ticker, state.position(ticker)))
    state.positions[ticker] = position


def settle(state: State, market: Market, at_ms: int) -> None:
    """Pay the net position of a market."""
    ticker = market.listing.ticker
    position = state.position(ticker)
    if position.net == 0 or market.result is None or market.value is None:
        return
    payout = position.payout(market.value)
    state.settled_at[ticker] = len(state.settlements)
    state.settlements.append(
        Settlement(
            ticker=ticker,
            event_ticker=market.listing.event_ticker,
            result=market.result,
            value=market.value,
            net=position.net,
            cost=position.cost,
            revenue_cents=payout.revenue_cents,
            fee=payout.fee,
            at_ms=at_ms,
        )
    )
    move_position(state, ticker, position.settle(payout, at_ms))
    state.cash = replace(state.cash, settlements=state.cash.settlements + payout.revenue_cents * CENT)


def settle_again(state: State, market: Market, at_ms: int) -> None:
    """Put right what was paid for a market."""
    ticker = market.listing.ticker
    if market.result is None or market.value is None:
        return
    row = state.settlements[state.settled_at[ticker]]
    payout = Position(net=row.net).payout(market.value)
    more = (payout.revenue_cents - row.revenue_cents) * CENT
    state.settlements[state.settled_at[ticker]] = replace(
        row,
        result=market.result,
        value=market.value,
        revenue_cents=payout.revenue_cents,
        fee=payout.fee,
        at_ms=at_ms,
    )
    position = state.position(ticker)
    corrected = replace(
        position,
        realized=position.realized + more,
        fees=position.fees + payout.fee - row.fee,
        updated_ms=at_ms,
    )
    move_position(state, ticker, corrected)
    state.cash = replace(state.cash, settlements=state.cash.settlements + more)


def void(state: State, fact: MarketVoided) -> None:
    """Undo the trades of a market, or give back what its net position cost."""
    position = state.position(fact.ticker)
    returned = position.cost
    if fact.form is VoidForm.CANCELLED_TRADES:
        fills = state.fills_by_ticker.get(fact.ticker, [])
        pairs = (sum(fill.count for fill in fills) - abs(position.net)) // 2 * CENT
        returned = sum(fill.cost for fill in fills) - pairs
        if fact.fees_returned:
            returned += sum(fill.net_fee for fill in fills)
    if fact.ticker in state.positions:
        move_position(state, fact.ticker, position.void(returned, fact.at_ms))
    state.cash = replace(state.cash, voids=state.cash.voids + returned)
