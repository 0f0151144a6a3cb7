"""What becomes of orders: conditions, amendments, groups, pauses; nothing is lost whatever happens."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.exchange.book import SelfTradePrevention, Side
from sandbox.exchange.errors import (
    AlreadyResolved,
    GroupIsTriggered,
    InvalidParameters,
    MarketInactive,
    NotFound,
    NotResolved,
    OrderAlreadyExists,
    Refused,
    TradingPaused,
)
from sandbox.exchange.facts import FACT_KINDS
from sandbox.exchange.fees import FeeSchedule, FeeType
from sandbox.exchange.market import MarketStatus, VoidForm
from sandbox.exchange.orders import OrderRequest, OrderStatus, TimeInForce
from sandbox.exchange.units import CENT, DOLLAR, ONE
from sandbox.journal import Journal

from .test_engine import (
    DRY,
    FOOTBALL,
    GTC,
    IOC,
    NOW,
    RAIN,
    TAKER,
    funded,
    open_exchange,
    play_the_story,
    quote,
)

DAY_MS = 86_400_000


def ask_for(side, count, price, *, tif=IOC, ticker=RAIN, client_id="", **more) -> OrderRequest:
    return OrderRequest(ticker, client_id, side, count, price, tif, TAKER, **more)


def rest(exchange, count, price, *, side=Side.BID, now=NOW, **more):
    return exchange.place_order(ask_for(side, count, price, tif=GTC, **more), now)


def quiet():
    """An exchange with asks at 0.50 only."""
    exchange = funded()
    quote(exchange, RAIN, Side.ASK, (1000, 5000))
    return exchange


def status(exchange, order):
    return exchange.state.order(order.order_id).status


def test_a_post_only_order_rests_or_goes_and_never_takes():
    exchange = quiet()
    assert rest(exchange, 100, 4900, post_only=True).status is OrderStatus.RESTING
    gone = rest(exchange, 100, 5000, post_only=True)
    assert (gone.status, gone.filled) == (OrderStatus.CANCELED, 0)


def test_a_reduce_only_order_closes_and_never_opens():
    exchange = quiet()
    nothing = exchange.place_order(ask_for(Side.BID, 300, 5000, reduce_only=True), NOW)
    assert (nothing.status, nothing.filled) == (OrderStatus.CANCELED, 0)
    exchange.place_order(ask_for(Side.BID, 200, 5000), NOW)
    quote(exchange, RAIN, Side.BID, (1000, 4000))
    closed = exchange.place_order(ask_for(Side.ASK, 500, 4000, reduce_only=True), NOW)
    assert closed.filled == 200
    assert exchange.state.position(RAIN).net == 0


def test_an_order_expires_at_its_time_and_not_before():
    exchange = quiet()
    order = rest(exchange, 100, 1000, expires_ms=NOW + 5000)
    exchange.advance(NOW + 4999)
    assert status(exchange, order) is OrderStatus.RESTING
    exchange.advance(NOW + 5000)
    assert status(exchange, order) is OrderStatus.CANCELED
    assert exchange.state.expiring == {}


@pytest.mark.parametrize(
    "conditions",
    [
        {"tif": IOC, "expires_ms": NOW + 1000},
        {"tif": GTC, "expires_ms": NOW},
        {"tif": IOC, "post_only": True},
        {"tif": GTC, "reduce_only": True},
    ],
)
def test_conditions_that_do_not_go_together_are_refused(conditions):
    with pytest.raises(InvalidParameters):
        quiet().place_order(ask_for(Side.BID, 100, 1000, **conditions), NOW)


def test_an_amended_order_keeps_its_place_only_when_it_becomes_smaller():
    exchange = quiet()
    first, second = rest(exchange, 400, 3000), rest(exchange, 400, 3000)
    book = exchange.state.books[RAIN]
    smaller = exchange.amend_order(first.order_id, ask_for(Side.BID, 300, 3000, tif=GTC), NOW)
    assert (smaller.remaining, book.ahead_of(first.order_id), book.ahead_of(second.order_id)) == (300, 0, 300)
    exchange.amend_order(first.order_id, ask_for(Side.BID, 500, 3000, tif=GTC), NOW)
    assert (book.ahead_of(second.order_id), book.ahead_of(first.order_id)) == (0, 400)
    exchange.amend_order(second.order_id, ask_for(Side.BID, 400, 2900, tif=GTC), NOW)
    assert book.depth(Side.BID) == [(3000, 500), (2900, 400)]


def test_an_amendment_may_trade_and_counts_what_was_filled():
    exchange = quiet()
    order = rest(exchange, 300, 3000)
    quote(exchange, RAIN, Side.ASK, (100, 3000), (1000, 5000))
    assert exchange.state.order(order.order_id).filled == 100
    amended = exchange.amend_order(order.order_id, ask_for(Side.BID, 600, 5000, tif=GTC), NOW)
    assert (amended.filled, amended.status) == (600, OrderStatus.EXECUTED)
    assert exchange.state.position(RAIN).net == 600
    with pytest.raises(NotFound):
        exchange.amend_order(order.order_id, ask_for(Side.BID, 700, 5000, tif=GTC), NOW)


def test_an_amendment_is_refused_when_it_is_another_order_or_takes_a_known_id():
    exchange = quiet()
    order = rest(exchange, 300, 3000, client_id="a")
    rest(exchange, 100, 3000, client_id="b")
    with pytest.raises(InvalidParameters):
        exchange.amend_order(order.order_id, ask_for(Side.ASK, 300, 3000, tif=GTC, client_id="a"), NOW)
    with pytest.raises(OrderAlreadyExists):
        exchange.amend_order(order.order_id, ask_for(Side.BID, 300, 3000, tif=GTC, client_id="b"), NOW)
    asked = ask_for(Side.BID, 300, 3000, tif=GTC, client_id="a")
    with pytest.raises(InvalidParameters):
        exchange.amend_order(order.order_id, asked, NOW, was_client_order_id="x")


def test_a_decrease_leaves_less_and_to_nothing_is_a_cancel():
    exchange = quiet()
    order = rest(exchange, 500, 3000)
    assert exchange.decrease_order(order.order_id, by=200, to=None, now_ms=NOW).remaining == 300
    assert exchange.decrease_order(order.order_id, by=None, to=100, now_ms=NOW).remaining == 100
    for by, to in ((None, None), (1, 1), (101, None), (None, 100)):
        with pytest.raises(InvalidParameters):
            exchange.decrease_order(order.order_id, by=by, to=to, now_ms=NOW)
    gone = exchange.decrease_order(order.order_id, by=None, to=0, now_ms=NOW)
    assert gone.status is OrderStatus.CANCELED
    assert exchange.state.books[RAIN].depth(Side.BID) == []


def test_cancel_all_takes_what_rests_and_for_a_minute_what_comes_to_rest():
    exchange = quiet()
    before = rest(exchange, 100, 1000)
    exchange.cancel_all_orders(NOW)
    assert status(exchange, before) is OrderStatus.CANCELED
    soon = rest(exchange, 100, 1000)
    exchange.advance(NOW + 60_000)
    assert status(exchange, soon) is OrderStatus.CANCELED
    later = rest(exchange, 100, 1000, now=NOW + 60_001)
    exchange.advance(NOW + 60_001)
    assert status(exchange, later) is OrderStatus.RESTING


def test_a_client_order_id_may_be_used_again_a_day_after_its_order_ended():
    exchange = quiet()
    exchange.place_order(ask_for(Side.BID, 100, 1000, client_id="x"), NOW)
    live = rest(exchange, 100, 1000, client_id="y")
    with pytest.raises(OrderAlreadyExists):
        exchange.place_order(ask_for(Side.BID, 100, 1000, client_id="x"), NOW + DAY_MS)
    exchange.place_order(ask_for(Side.BID, 100, 1000, client_id="x"), NOW + DAY_MS + 1)
    with pytest.raises(OrderAlreadyExists):
        exchange.place_order(ask_for(Side.BID, 100, 1000, client_id="y"), NOW + 9 * DAY_MS)
    assert status(exchange, live) is OrderStatus.RESTING


def test_a_group_stops_at_its_limit_until_it_is_reset_or_fifteen_seconds_passed():
    exchange = quiet()
    group = exchange.create_group(300, NOW).group_id
    waiting = rest(exchange, 100, 1000, group_id=group)
    assert exchange.place_order(ask_for(Side.BID, 200, 5000, group_id=group), NOW).filled == 200
    later = NOW + 15_000
    assert exchange.place_order(ask_for(Side.BID, 250, 5000, group_id=group), later).filled == 250
    assert status(exchange, waiting) is OrderStatus.RESTING
    assert exchange.place_order(ask_for(Side.BID, 400, 5000, group_id=group), later + 1).filled == 50
    assert status(exchange, waiting) is OrderStatus.CANCELED
    with pytest.raises(GroupIsTriggered):
        exchange.place_order(ask_for(Side.BID, 100, 5000, group_id=group), later + 60_000)
    exchange.reset_group(group, later + 60_000)
    assert exchange.place_order(ask_for(Side.BID, 100, 5000, group_id=group), later + 60_000).filled == 100
    exchange.delete_group(group, later + 60_000)
    with pytest.raises(InvalidParameters):
        exchange.place_order(ask_for(Side.BID, 100, 5000, group_id=group), later + 60_000)


def test_a_pause_stops_trading_in_one_market_or_all_and_takes_who_asked_for_it():
    exchange = quiet()
    stays, goes = rest(exchange, 100, 1000), rest(exchange, 100, 1000, cancel_on_pause=True)
    exchange.pause_market(RAIN, NOW)
    assert [status(exchange, one) for one in (stays, goes)] == [OrderStatus.RESTING, OrderStatus.CANCELED]
    with pytest.raises(MarketInactive):
        exchange.place_order(ask_for(Side.BID, 100, 5000), NOW)
    exchange.resume_market(RAIN, NOW)
    exchange.pause(NOW)
    with pytest.raises(TradingPaused):
        exchange.place_order(ask_for(Side.BID, 100, 5000), NOW)
    exchange.cancel_order(stays.order_id, NOW)
    exchange.resume(NOW)
    assert exchange.place_order(ask_for(Side.BID, 100, 5000), NOW).filled == 100


def test_a_disputed_result_is_not_paid_until_it_is_confirmed_or_amended():
    exchange = open_exchange(timer_ms=1000)
    exchange.deposit(100 * DOLLAR, None, NOW)
    with pytest.raises(NotResolved):
        exchange.dispute(RAIN, NOW)
    exchange.resolve(RAIN, "yes", None, NOW)
    exchange.dispute(RAIN, NOW)
    exchange.advance(NOW + 60_000)
    assert exchange.state.market(RAIN).status is MarketStatus.DISPUTED
    assert exchange.amend(RAIN, "yes", None, NOW + 60_000).status is MarketStatus.DETERMINED
    exchange.dispute(RAIN, NOW + 60_000)
    assert exchange.amend(RAIN, "no", None, NOW + 60_000).status is MarketStatus.AMENDED
    exchange.advance(NOW + 61_000)
    assert exchange.state.market(RAIN).status is MarketStatus.FINALIZED


@pytest.mark.parametrize(("result", "value", "revenue"), [("no", None, 0), ("scalar", 2500, 250)])
def test_a_result_amended_after_it_was_paid_moves_only_the_difference(result, value, revenue):
    exchange = quiet()
    exchange.place_order(ask_for(Side.BID, 1000, 5000), NOW)
    before = exchange.state.cash.balance
    exchange.resolve(RAIN, "yes", None, NOW)
    assert exchange.state.cash.balance == before + 10 * DOLLAR
    exchange.amend(RAIN, result, value, NOW)
    assert exchange.state.market(RAIN).status is MarketStatus.FINALIZED
    assert exchange.state.cash.balance == before + revenue * CENT
    [row] = exchange.state.settlements
    assert (row.net, row.revenue_cents) == (1000, revenue)
    with pytest.raises(InvalidParameters):
        exchange.amend(RAIN, result, value, NOW)
    exchange.amend(RAIN, "yes", None, NOW)
    assert exchange.state.cash.balance == before + 10 * DOLLAR


def test_a_waiver_goes_before_the_fees_of_the_event_and_these_before_those_of_the_series():
    exchange = quiet()

    def fee(now):
        order = exchange.place_order(ask_for(Side.BID, 100, 5000), now)
        return exchange.state.fills_by_order[order.order_id][0].trade_fee

    assert fee(NOW) == 17_500
    exchange.change_event_fees("KXLKARAIN-COL", FeeSchedule(FeeType.FLAT, 3000), NOW)
    assert fee(NOW) == 30_000
    exchange.waive_fees(RAIN, NOW + 1000, NOW)
    assert (fee(NOW + 999), fee(NOW + 1000)) == (0, 30_000)
    exchange.change_event_fees("KXLKARAIN-COL", None, NOW)
    assert fee(NOW + 1000) == 17_500


def test_the_cutoff_moves_forward_only_and_resting_orders_never_leave():
    exchange = quiet()
    ended = exchange.place_order(ask_for(Side.BID, 100, 5000), NOW)
    resting = rest(exchange, 100, 1000)
    exchange.move_cutoff(NOW + 1, NOW + 1)
    assert exchange.state.is_order_archived(ended)
    assert not exchange.state.is_order_archived(resting)
    for cutoff in (NOW, NOW + 100):
        with pytest.raises(InvalidParameters):
            exchange.move_cutoff(cutoff, NOW + 50)


@pytest.mark.parametrize(
    ("form", "fees_returned", "returned"),
    [
        # The fills of the money flows cost 5.5522, 2.35 and 2.28; 10.12 pairs were worth a dollar each.
        (VoidForm.CANCELLED_TRADES, False, 5_552_200 + 2_350_000 + 2_280_000 - 10_120_000),
        (VoidForm.CANCELLED_TRADES, True, None),
        (VoidForm.ORIGINAL_COST, False, 334_400),
    ],
)
def test_a_void_without_a_value_undoes_the_trades_or_gives_back_the_cost(form, fees_returned, returned):
    exchange = play_the_story()
    before = exchange.state.cash
    if fees_returned:
        returned = exchange.state.cash.trades - exchange.state.cash.pairs + exchange.state.cash.fees
    exchange.void(RAIN, form, fees_returned=fees_returned, now_ms=NOW)
    assert exchange.state.cash.voids == returned
    assert exchange.state.cash.balance == before.balance + returned
    if fees_returned:
        assert exchange.state.cash.balance == before.deposits
    assert exchange.state.position(RAIN).net == 0
    assert exchange.state.market(RAIN).status is MarketStatus.CLOSED
    assert exchange.state.latest[RAIN] == f"{RAIN}-R2"
    with pytest.raises(AlreadyResolved):
        exchange.resolve(RAIN, "yes", None, NOW)


sides = st.sampled_from(list(Side))
sizes = st.integers(1, 4000)
prices = st.integers(1, 99)
picks = st.integers(0, 30)
tickers = st.sampled_from([RAIN, DRY, FOOTBALL])
placed = st.tuples(
    st.just("place"), tickers, sides, sizes, prices, st.sampled_from(list(TimeInForce)),
    st.sampled_from(list(SelfTradePrevention)), st.sampled_from(["", "post", "reduce", "group", "late"]),
)  # fmt: skip
actions = st.one_of(
    placed,
    placed,
    placed,
    st.tuples(st.just("amend"), picks, sizes, prices),
    st.tuples(st.just("decrease"), picks, sizes),
    st.tuples(st.just("cancel"), picks),
    st.tuples(st.just("reset")),
    st.tuples(st.just("advance"), st.integers(1, 20)),
    st.tuples(st.just("void"), tickers, st.sampled_from(list(VoidForm)), st.booleans()),
    st.tuples(
        st.just("result"), tickers, st.sampled_from(["yes", "no", "scalar", "void"]), st.integers(0, ONE)
    ),
)


def act(exchange, action, group, now):
    resting = list(exchange.state.resting_ids)
    match action:
        case ("place", ticker, side, size, cents, tif, prevention, condition):
            request = OrderRequest(
                ticker, "", side, size, cents * 100, tif, prevention,
                post_only=condition == "post", reduce_only=condition == "reduce",
                group_id=group if condition == "group" else None,
            )  # fmt: skip
            exchange.place_order(request, now, late_ms=1500 if condition == "late" else None)
        case ("amend", pick, size, cents) if resting:
            order = exchange.state.orders[resting[pick % len(resting)]]
            asked = ask_for(order.request.side, size, cents * 100, tif=GTC, ticker=order.request.ticker)
            exchange.amend_order(order.order_id, asked, now)
        case ("decrease", pick, size) if resting:
            exchange.decrease_order(resting[pick % len(resting)], by=size, to=None, now_ms=now)
        case ("cancel", pick) if resting:
            exchange.cancel_order(resting[pick % len(resting)], now)
        case ("reset",):
            exchange.reset_group(group, now)
        case ("advance", _):
            exchange.advance(now)
        case ("void", ticker, form, fees_returned):
            exchange.void(ticker, form, fees_returned=fees_returned, now_ms=now)
        case ("result", ticker, result, value):
            if exchange.state.market(ticker).status is MarketStatus.FINALIZED:
                exchange.amend(ticker, result, value, now)
            else:
                exchange.resolve(ticker, result, value, now)


@settings(max_examples=60, deadline=None)
@given(st.lists(actions, max_size=30))
def test_the_balance_is_the_sum_of_its_causes_whatever_happens(steps):
    exchange, now = funded(200), NOW
    group = exchange.create_group(2000, now).group_id
    exchange.withdraw(5 * DOLLAR, None, now)
    for action in steps:
        now += 1000 * action[1] if action[0] == "advance" else 1
        try:
            act(exchange, action, group, now)
        except Refused:
            continue
    state = exchange.state
    fills = state.fills
    pairs = sum(
        (gross - abs(net)) // 2 * CENT
        for ticker in state.markets
        for own in [[fill for fill in fills if fill.ticker == ticker]]
        for gross, net in [(sum(f.count for f in own), sum(f.side.sign * f.count for f in own))]
    )
    paid = sum(row.revenue_cents * CENT for row in state.settlements)
    spent = sum(fill.cost + fill.net_fee for fill in fills)
    assert state.cash.balance == 195 * DOLLAR - spent + pairs + paid + state.cash.voids
    for ticker, position in state.positions.items():
        if state.market(ticker).voided_ms is not None:
            assert (position.net, position.cost) == (0, 0)
            continue
        settled = sum(row.net for row in state.settlements if row.ticker == ticker)
        assert position.net + settled == sum(f.side.sign * f.count for f in fills if f.ticker == ticker)
    in_books = {
        order_id: order.remaining
        for order_id in state.resting_ids
        for order in [state.orders[order_id]]
        if order.remaining != state.books[order.request.ticker]._orders[order_id].remaining
    }
    assert in_books == {}
    assert set(state.resting_ids) == {one for ids in state.resting_by_ticker.values() for one in ids}
    for order in state.orders.values():
        own = state.fills_by_order.get(order.order_id, [])
        assert sum(fill.count for fill in own) == order.filled <= order.request.count
        assert order.remaining >= 0
        assert (order.status is OrderStatus.RESTING) is (order.order_id in state.resting_ids)


def test_a_restart_finds_amendments_groups_disputes_and_the_cutoff(journal_path):
    journal = Journal(journal_path, FACT_KINDS)
    before = open_exchange(journal)
    before.deposit(100 * DOLLAR, None, NOW)
    quote(before, RAIN, Side.ASK, (1000, 5000))
    group = before.create_group(250, NOW).group_id
    order = rest(before, 400, 3000, group_id=group, expires_ms=NOW + DAY_MS)
    before.amend_order(order.order_id, ask_for(Side.BID, 300, 3100, tif=GTC, group_id=group), NOW)
    before.place_order(ask_for(Side.BID, 250, 5000, group_id=group), NOW)
    before.place_order(ask_for(Side.BID, 100, 9900, ticker=DRY), NOW)
    before.resolve(DRY, "yes", None, NOW)
    before.amend(DRY, "scalar", 1234, NOW)
    before.change_event_fees("KXLKARAIN-COL", FeeSchedule(FeeType.QUADRATIC, 500), NOW)
    before.waive_fees(RAIN, NOW + DAY_MS, NOW)
    before.move_cutoff(NOW, NOW)
    journal.close()
    again = Journal(journal_path, FACT_KINDS)
    after = open_exchange(again)
    for name in (
        "cash", "orders", "fills", "positions", "settlements", "markets", "groups", "event_fees", "cutoff_ms",
        "resting_ids", "resting_by_ticker", "expiring", "client_order_ids",
    ):  # fmt: skip
        assert getattr(after.state, name) == getattr(before.state, name), name
    again.close()
