"""What the member has: fills, positions, balance, settlements, deposits, withdrawals, limits. All signed.

What is older than the cutoff is not here: historical_api.py has it.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

from fastapi import APIRouter, Depends

from sandbox.exchange import views, wire
from sandbox.exchange.account import Position
from sandbox.exchange.errors import InvalidParameters
from sandbox.exchange.facts import Deposited, Withdrawn
from sandbox.exchange.faults import FaultKind
from sandbox.exchange.limits import DEFAULT_COST, ENDPOINT_COSTS, Tier
from sandbox.exchange.market import MarketStatus
from sandbox.exchange.orders import Fill
from sandbox.exchange.paging import newest_first, oldest_first
from sandbox.exchange.query import During, Paging, listed, only_primary
from sandbox.exchange.service import Member
from sandbox.exchange.state import Settlement, State
from sandbox.exchange.units import CENT, format_dollars

router = APIRouter(prefix="/trade-api/v2", dependencies=[Depends(only_primary)])

NON_ZERO = frozenset({"position", "total_traded"})


@router.get("/portfolio/fills")
async def list_fills(
    member: Member,
    period: During,
    paging: Paging,
    ticker: str | None = None,
    order_id: str | None = None,
) -> wire.FillsPage:
    """List fills, newest first."""
    state, tickers = member.state, listed(ticker)
    latest_ms = member.now_ms() - member.lag_ms(FaultKind.LAGGING_FILLS)

    def keep(fill: Fill) -> bool:
        return (
            state.cutoff_ms <= fill.at_ms <= latest_ms
            and (tickers is None or fill.ticker in tickers)
            and period.has(fill.at_ms)
        )

    def too_old(fill: Fill) -> bool:
        return fill.at_ms < state.cutoff_ms or period.follows(fill.at_ms)

    page, following = newest_first(
        _fills(state, order_id, tickers), keep, paging.limit, paging.cursor, too_old
    )
    return wire.FillsPage(fills=[views.fill(fill) for fill in page], cursor=member.following(following))


@router.get("/portfolio/positions")
async def list_positions(
    member: Member,
    paging: Paging,
    ticker: str | None = None,
    event_ticker: str | None = None,
    count_filter: str | None = None,
    settlement_status: Literal["all", "unsettled", "settled"] = "unsettled",
) -> wire.PositionsPage:
    """List net positions by ticker, of unsettled markets unless asked otherwise."""
    state = member.state
    lag_ms = member.lag_ms(FaultKind.LAGGING_POSITIONS)
    positions = state.positions_at(member.now_ms() - lag_ms) if lag_ms else state.positions
    tickers, counts = listed(ticker), listed(count_filter) or frozenset()
    if not counts <= NON_ZERO:
        raise InvalidParameters("count_filter takes position and total_traded")
    wanted: list[str] = []
    for name in sorted(positions):
        market, position = state.markets[name], positions[name]
        is_settled = market.status is MarketStatus.FINALIZED
        if settlement_status != "all" and is_settled is not (settlement_status == "settled"):
            continue
        if (
            (tickers is None or name in tickers)
            and event_ticker in (None, market.listing.event_ticker)
            and (not counts or _counts(position, counts))
            and not state.is_position_archived(name)
        ):
            wanted.append(name)
    page, following = oldest_first(wanted, paging.limit, paging.cursor)
    return positions_page(state, positions, page, member.following(following))


@router.get("/portfolio/balance")
async def get_balance(
    member: Member,
) -> wire.BalanceView:
    """Show the cash; money reserved by resting orders is still in it."""
    return views.balance(member.state, member.now_ms())


@router.get("/portfolio/settlements", response_model_exclude_none=True)
async def list_settlements(
    member: Member,
    period: During,
    paging: Paging,
    ticker: str | None = None,
    event_ticker: str | None = None,
) -> wire.SettlementsPage:
    """List settlements of net positions, newest first; one that was put right shows what it is now."""
    tickers = listed(ticker)

    def keep(settled: Settlement) -> bool:
        return (
            (tickers is None or settled.ticker in tickers)
            and event_ticker in (None, settled.event_ticker)
            and period.has(settled.at_ms)
            and settled.at_ms >= member.state.cutoff_ms
        )

    page, following = newest_first(member.state.settlements, keep, paging.limit, paging.cursor)
    settlements = [views.settlement(one) for one in page]
    return wire.SettlementsPage(settlements=settlements, cursor=member.following(following))


@router.get("/portfolio/deposits")
async def list_deposits(member: Member, paging: Paging) -> wire.DepositsPage:
    """List deposits, newest first."""
    page, following = newest_first(member.state.deposits, lambda _: True, paging.limit, paging.cursor)
    return wire.DepositsPage(deposits=_moves(page), cursor=member.following(following))


@router.get("/portfolio/withdrawals")
async def list_withdrawals(member: Member, paging: Paging) -> wire.WithdrawalsPage:
    """List withdrawals, newest first."""
    withdrawals = list(member.state.withdrawals.values())
    page, following = newest_first(withdrawals, lambda _: True, paging.limit, paging.cursor)
    return wire.WithdrawalsPage(withdrawals=_moves(page), cursor=member.following(following))


@router.get("/portfolio/summary/total_resting_order_value")
async def get_resting_value(member: Member) -> wire.RestingValue:
    """Say what all resting orders would cost."""
    resting = [member.state.orders[order_id] for order_id in member.state.resting_ids]
    value = sum(one.remaining * one.request.side.own_price(one.request.price) for one in resting)
    return wire.RestingValue(
        total_resting_order_value=value // CENT,
        resting_order_value_breakdown=[wire.IndexedBalance(exchange_index=0, balance=format_dollars(value))],
    )


@router.get("/account/limits")
async def get_limits(member: Member) -> wire.AccountLimits:
    """Say how fast the member may ask."""
    limiter = member.limiter
    read, write = (
        wire.BucketLimit(refill_rate=bucket.refill_rate, bucket_capacity=bucket.capacity)
        for bucket in (limiter.read, limiter.write)
    )
    grants = [] if limiter.tier is Tier.BASIC else [wire.Grant(level=limiter.tier)]
    return wire.AccountLimits(usage_tier=limiter.tier, read=read, write=write, grants=grants)


@router.get("/account/endpoint_costs")
async def get_endpoint_costs(member: Member) -> wire.EndpointCosts:  # noqa: ARG001 - signed like the rest
    """Say what requests cost."""
    costs = [
        wire.EndpointTokenCost(method=one.method, path=f"/trade-api/v2{one.path}", cost=one.cost)
        for one in ENDPOINT_COSTS
    ]
    return wire.EndpointCosts(default_cost=DEFAULT_COST, endpoint_costs=costs)


def positions_page(
    state: State, positions: Mapping[str, Position], page: Iterable[str], cursor: str
) -> wire.PositionsPage:
    """Show the positions of some markets, and of their events together."""
    by_event: dict[str, list[str]] = {}
    for name in page:
        by_event.setdefault(state.markets[name].listing.event_ticker, []).append(name)
    return wire.PositionsPage(
        market_positions=[views.market_position(name, positions[name]) for name in page],
        event_positions=[
            views.event_position(event, [positions[name] for name in names])
            for event, names in by_event.items()
        ],
        cursor=cursor,
    )


def _fills(state: State, order_id: str | None, tickers: frozenset[str] | None) -> list[Fill]:
    """Return the shortest list that has all the fills that are asked for."""
    if order_id is not None:
        return state.fills_by_order.get(order_id, [])
    if tickers is not None and len(tickers) == 1:
        return state.fills_by_ticker.get(next(iter(tickers)), [])
    return state.fills


def _counts(position: Position, counts: frozenset[str]) -> bool:
    return ("position" in counts and position.net != 0) or ("total_traded" in counts and position.traded != 0)


def _moves(facts: Iterable[Deposited | Withdrawn]) -> list[wire.CashMove]:
    return [
        wire.CashMove(
            id=fact.reference,
            amount_cents=fact.amount // CENT,
            created_ts=fact.at_ms // 1000,
            finalized_ts=fact.at_ms // 1000,
        )
        for fact in facts
    ]
