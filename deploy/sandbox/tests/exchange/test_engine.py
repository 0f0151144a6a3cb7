from itertools import count as numbers
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.exchange.book import SelfTradePrevention, Side
from sandbox.exchange.catalogue import load_catalogue
from sandbox.exchange.engine import Exchange
from sandbox.exchange.errors import (
    AlreadyResolved,
    InsufficientBalance,
    InvalidParameters,
    InvalidPrice,
    InvalidUuid,
    MarketInactive,
    NotEnoughResting,
    NotFound,
    OrderAlreadyExists,
    ReferenceTaken,
    Refused,
)
from sandbox.exchange.facts import FACT_KINDS
from sandbox.exchange.liquidity import Quote
from sandbox.exchange.market import MarketStatus, Result
from sandbox.exchange.orders import Order, OrderRequest, OrderStatus, TimeInForce
from sandbox.exchange.units import CENT, CONTRACT, DOLLAR, ONE, format_dollars
from sandbox.journal import Journal

CATALOGUE = load_catalogue()
RAIN = "KXLKARAIN-COL-T250"
DRY = "KXLKARAIN-COL-T350"
FOOTBALL = "KXEPLGAME-ARSLIV-ARS"
NOW = 1_795_132_800_000
IOC = TimeInForce.IMMEDIATE_OR_CANCEL
FOK = TimeInForce.FILL_OR_KILL
GTC = TimeInForce.GOOD_TILL_CANCELED
TAKER = SelfTradePrevention.TAKER_AT_CROSS


def open_exchange(journal: Journal | None = None, *, timer_ms: int = 0) -> Exchange:
    ids = numbers(1)
    exchange = Exchange(
        CATALOGUE,
        journal or Journal(None, FACT_KINDS),
        seed=1,
        liquidity_interval_ms=1000,
        settlement_timer_ms=timer_ms,
        new_id=lambda: UUID(int=next(ids)),
    )
    exchange.open(NOW)
    return exchange


def funded(dollars: int = 1000) -> Exchange:
    exchange = open_exchange()
    exchange.deposit(dollars * DOLLAR, None, NOW)
    return exchange


def quote(exchange: Exchange, ticker: str, side: Side, *levels: tuple[int, int]) -> None:
    quotes = [Quote(side, price, size) for size, price in levels]
    exchange.quote(ticker, quotes, freeze=True, now_ms=NOW)


def place(
    exchange: Exchange,
    side: Side,
    size: int,
    price: int,
    *,
    ticker: str = RAIN,
    tif: TimeInForce = IOC,
    client_id: str = "",
    prevention: SelfTradePrevention = TAKER,
) -> Order:
    return exchange.place_order(OrderRequest(ticker, client_id, side, size, price, tif, prevention), NOW)


def balance(exchange: Exchange) -> str:
    return format_dollars(exchange.state.cash.balance)


def play_the_story() -> Exchange:
    """Sections 4, 5, 7 and 8 of the money flows, at the exchange."""
    exchange = funded()
    quote(exchange, RAIN, Side.ASK, (400, 5400), (350, 5500), (262, 5600))
    first = place(exchange, Side.BID, 1400, 5600)
    assert (first.filled, first.status) == (1012, OrderStatus.CANCELED)
    assert [format_dollars(-fill.cost - fill.net_fee) for fill in exchange.state.fills] == [
        "-2.2300",
        "-1.9900",
        "-1.5100",
    ]
    assert balance(exchange) == "994.2700"
    quote(exchange, RAIN, Side.BID, (500, 5300))
    place(exchange, Side.ASK, 500, 5200)
    assert balance(exchange) == "996.8300"  # +2.56: five pairs were paid
    assert exchange.state.position(RAIN).net == 512
    quote(exchange, RAIN, Side.BID, (600, 6200))
    place(exchange, Side.ASK, 600, 6000)
    assert balance(exchange) == "999.5700"  # +2.74, not +3.62
    assert exchange.state.position(RAIN).net == -88
    exchange.deposit(4_550_000, "period-1", NOW)
    exchange.deposit(4_550_000, "period-1", NOW)
    assert balance(exchange) == "1004.1200"
    return exchange


@pytest.mark.parametrize(
    ("result", "value", "revenue", "fee", "after"),
    [
        ("yes", None, 0, "0.0000", "1004.1200"),
        ("no", None, 88, "0.0000", "1005.0000"),
        ("scalar", 3700, 55, "0.0044", "1004.6700"),
        ("void", None, 44, "0.0000", "1004.5600"),
    ],
)
def test_the_story_of_the_money_flows_ends_as_it_says(result, value, revenue, fee, after):
    exchange = play_the_story()
    market = exchange.resolve(RAIN, result, value, NOW)
    assert market.status is MarketStatus.FINALIZED
    [settlement] = exchange.state.settlements
    assert (settlement.net, settlement.revenue_cents) == (-88, revenue)
    assert format_dollars(settlement.fee) == fee
    assert settlement.result is (Result.SCALAR if result == "void" else Result(result))
    assert balance(exchange) == after
    assert exchange.state.position(RAIN).net == 0


def test_a_flat_account_gets_no_settlement_row():
    exchange = funded()
    exchange.resolve(RAIN, "yes", None, NOW)
    assert exchange.state.settlements == []


def test_a_market_is_determined_first_and_paid_after_its_timer():
    exchange = open_exchange(timer_ms=1000)
    assert exchange.resolve(RAIN, "yes", None, NOW).status is MarketStatus.DETERMINED
    exchange.advance(NOW + 999)
    assert exchange.state.market(RAIN).status is MarketStatus.DETERMINED
    exchange.advance(NOW + 1000)
    assert exchange.state.market(RAIN).status is MarketStatus.FINALIZED
    with pytest.raises(AlreadyResolved):
        exchange.resolve(RAIN, "no", None, NOW)


def test_a_market_closes_at_its_time_and_cancels_what_rests():
    exchange = funded()
    quote(exchange, RAIN, Side.ASK)
    resting = place(exchange, Side.BID, 100, 100, tif=GTC)
    exchange.advance(exchange.state.market(RAIN).close_ms)
    assert exchange.state.market(RAIN).status is MarketStatus.CLOSED
    assert exchange.state.order(resting.order_id).status is OrderStatus.CANCELED
    assert exchange.state.resting_ids == {}
    with pytest.raises(MarketInactive):
        place(exchange, Side.BID, 100, 100)


def test_a_client_order_id_counts_once():
    exchange = funded()
    place(exchange, Side.BID, 100, 100, client_id="one")
    with pytest.raises(OrderAlreadyExists):
        place(exchange, Side.BID, 100, 100, client_id="one")
    assert len(exchange.state.orders) == 1


def test_fill_or_kill_fills_everything_or_leaves_no_order():
    exchange = funded()
    quote(exchange, RAIN, Side.ASK, (100, 5000))
    with pytest.raises(NotEnoughResting):
        place(exchange, Side.BID, 101, 5000, tif=FOK, client_id="one")
    assert exchange.state.orders == {}
    assert place(exchange, Side.BID, 100, 5000, tif=FOK, client_id="one").status is OrderStatus.EXECUTED


def test_a_resting_order_is_filled_by_the_house_and_makers_pay_a_quarter_where_the_series_says_so():
    exchange = funded()
    quote(exchange, FOOTBALL, Side.ASK)
    order = place(exchange, Side.BID, 10_000, 5000, ticker=FOOTBALL, tif=GTC)
    assert order.status is OrderStatus.RESTING
    assert format_dollars(exchange.state.reserved()) == "50.0000"
    quote(exchange, FOOTBALL, Side.ASK, (4000, 4900), (7000, 5000))
    filled = exchange.state.order(order.order_id)
    assert filled.status is OrderStatus.EXECUTED
    assert format_dollars(filled.maker_cost) == "50.0000"
    assert format_dollars(filled.maker_fees) == "0.4400"
    assert exchange.state.books[FOOTBALL].depth(Side.ASK) == [(5000, 1000)]


def test_moving_quotes_fill_resting_orders_and_never_cross_them():
    exchange = funded()
    order = place(exchange, Side.BID, 100, 9000, tif=GTC)
    assert order.status is OrderStatus.EXECUTED
    low = place(exchange, Side.BID, 100, 200, tif=GTC)
    for second in range(1, 30):
        exchange.advance(NOW + 1000 * second)
        book = exchange.state.books[RAIN]
        assert (book.best(Side.BID) or 0) < (book.best(Side.ASK) or ONE)
    assert exchange.state.order(low.order_id).status is OrderStatus.RESTING


def test_an_unfrozen_market_moves_again():
    exchange = funded()
    quote(exchange, RAIN, Side.ASK, (100, 9900))
    exchange.advance(NOW + 5000)
    assert exchange.state.books[RAIN].depth(Side.ASK) == [(9900, 100)]
    exchange.quote(RAIN, [], freeze=False, now_ms=NOW + 5000)
    assert len(exchange.state.books[RAIN].depth(Side.ASK)) > 1


def test_a_cancel_takes_what_rests_and_says_so_once():
    exchange = funded()
    quote(exchange, RAIN, Side.ASK, (30, 5000))
    order = place(exchange, Side.BID, 100, 5000, tif=GTC)
    canceled, reduced = exchange.cancel_order(order.order_id, NOW)
    assert (canceled.status, canceled.filled, reduced) == (OrderStatus.CANCELED, 30, 70)
    with pytest.raises(NotFound):
        exchange.cancel_order(order.order_id, NOW)
    with pytest.raises(InvalidUuid):
        exchange.cancel_order("not-a-uuid", NOW)


def test_an_order_beyond_the_balance_is_refused_whole():
    exchange = funded(1)
    quote(exchange, RAIN, Side.ASK, (1000, 5000))
    with pytest.raises(InsufficientBalance):
        place(exchange, Side.BID, 200, 5000)  # the contracts alone would fit; the fee does not
    assert exchange.state.orders == {}
    place(exchange, Side.BID, 100, 5000)


def test_resting_orders_reserve_what_they_may_need():
    exchange = funded(10)
    quote(exchange, RAIN, Side.ASK)
    place(exchange, Side.BID, 1000, 9000, tif=GTC)
    with pytest.raises(InsufficientBalance):
        place(exchange, Side.BID, 200, 9000, tif=GTC)


def test_a_price_off_the_ticks_is_refused():
    exchange = funded()
    with pytest.raises(InvalidPrice):
        place(exchange, Side.BID, 100, 5550)
    with pytest.raises(InvalidPrice):
        place(exchange, Side.BID, 100, 0)


def test_a_member_that_would_meet_itself_gives_way_as_it_asked():
    exchange = funded()
    quote(exchange, RAIN, Side.BID)
    own = place(exchange, Side.ASK, 100, 5000, tif=GTC)
    stopped = place(exchange, Side.BID, 100, 5000)
    assert (stopped.filled, stopped.status) == (0, OrderStatus.CANCELED)
    assert exchange.state.order(own.order_id).status is OrderStatus.RESTING
    place(exchange, Side.BID, 100, 5000, prevention=SelfTradePrevention.MAKER)
    assert exchange.state.order(own.order_id).status is OrderStatus.CANCELED
    assert exchange.state.fills == []


def test_a_restart_finds_everything_that_was_answered(journal_path):
    journal = Journal(journal_path, FACT_KINDS)
    before = open_exchange(journal)
    before.deposit(1000 * DOLLAR, "seed", NOW)
    quote(before, RAIN, Side.ASK, (400, 5400), (350, 5500))
    place(before, Side.BID, 500, 5600, client_id="one")
    place(before, Side.BID, 100, 1000, tif=GTC)
    place(before, Side.BID, 500, 9000, ticker=DRY)
    before.resolve(DRY, "scalar", 3333, NOW)
    journal.close()
    again = Journal(journal_path, FACT_KINDS)
    after = open_exchange(again)
    for name in ("cash", "orders", "order_ids", "fills", "positions", "settlements", "markets", "frozen"):
        assert getattr(after.state, name) == getattr(before.state, name), name
    assert after.state.books[RAIN].depth(Side.ASK) == [(5500, 250)]
    assert after.state.books[RAIN].depth(Side.BID) == [(1000, 100)]
    with pytest.raises(OrderAlreadyExists):
        place(after, Side.BID, 100, 1000, client_id="one")
    again.close()


def rounds_of(exchange: Exchange, ticker: str) -> list[str]:
    return [one for one in exchange.state.markets if one == ticker or one.startswith(f"{ticker}-R")]


def test_a_finalized_market_comes_again_as_the_next_round_of_its_listing():
    exchange = open_exchange(timer_ms=1000)
    later = NOW + 40 * 24 * 3_600_000
    exchange.resolve(RAIN, "yes", None, later)
    assert rounds_of(exchange, RAIN) == [RAIN]  # determined only
    exchange.advance(later + 1000)
    exchange.advance(later + 1000)
    assert rounds_of(exchange, RAIN) == [RAIN, f"{RAIN}-R2"]
    state = exchange.state
    second = state.market(f"{RAIN}-R2")
    assert second.status is MarketStatus.ACTIVE
    assert second.close_ms > later
    assert second.listing.event_ticker == "KXLKARAIN-COL-R2"
    assert second.listing.series_ticker == "KXLKARAIN"
    assert second.listing.title == "Rain in Colombo in {month} (round 2)"
    assert state.tickers_by_event["KXLKARAIN-COL-R2"] == [second.listing.ticker]
    assert state.books[second.listing.ticker].best(Side.BID) is not None  # at once, not with the next step
    exchange.resolve(second.listing.ticker, "no", None, later + 2000)
    exchange.advance(later + 3000)
    assert rounds_of(exchange, RAIN) == [RAIN, f"{RAIN}-R2", f"{RAIN}-R3"]
    assert state.latest[RAIN] == f"{RAIN}-R3"
    assert state.events["KXLKARAIN-COL-R3"].title == "Rain in Colombo in {month} (round 3)"


def test_markets_of_one_event_meet_again_in_the_event_of_their_round():
    exchange = open_exchange()
    for ticker in (DRY, RAIN):
        exchange.resolve(ticker, "yes", None, NOW)
    assert exchange.state.tickers_by_event["KXLKARAIN-COL-R2"] == [f"{DRY}-R2", f"{RAIN}-R2"]
    assert exchange.state.tickers_by_event["KXLKARAIN-COL"] == [RAIN, DRY]


def test_a_journal_from_before_next_rounds_gets_them_at_the_start(journal_path):
    journal = Journal(journal_path, FACT_KINDS)
    open_exchange(journal).resolve(RAIN, "yes", None, NOW)
    journal.close()
    lines = journal_path.read_bytes().splitlines(keepends=True)
    assert b"MarketListed" in lines.pop()
    journal_path.write_bytes(b"".join(lines))
    for _ in range(2):
        journal = Journal(journal_path, FACT_KINDS)
        assert rounds_of(open_exchange(journal), RAIN) == [RAIN, f"{RAIN}-R2"]
        journal.close()
    assert journal_path.read_bytes().count(b"MarketListed") == 1


def test_the_next_round_is_traded_and_found_again_after_a_restart(journal_path):
    journal = Journal(journal_path, FACT_KINDS)
    before = open_exchange(journal)
    before.deposit(100 * DOLLAR, None, NOW)
    before.resolve(RAIN, "yes", None, NOW)
    order = place(before, Side.BID, 500, 9900, ticker=f"{RAIN}-R2")
    assert order.status is OrderStatus.EXECUTED
    journal.close()
    again = Journal(journal_path, FACT_KINDS)
    after = open_exchange(again)
    for name in ("markets", "events", "latest", "tickers_by_event", "positions"):
        assert getattr(after.state, name) == getattr(before.state, name), name
    again.close()


def test_an_order_beyond_the_house_is_filled_in_part_and_the_house_comes_back():
    exchange = funded()
    bought = place(exchange, Side.BID, 301 * CONTRACT, 9900)
    assert bought.status is OrderStatus.CANCELED
    assert 150 * CONTRACT <= bought.filled <= 300 * CONTRACT
    assert exchange.state.books[RAIN].depth(Side.ASK) == []
    exchange.advance(NOW + 1000)
    assert sum(count for _, count in exchange.state.books[RAIN].depth(Side.ASK)) >= 150 * CONTRACT


def test_a_withdrawal_leaves_once_per_reference():
    exchange = funded(10)
    exchange.withdraw(4_120_000, "period-1", NOW)
    exchange.withdraw(4_120_000, "period-1", NOW)
    assert balance(exchange) == "5.8800"
    assert exchange.state.cash.withdrawals == 4_120_000
    with pytest.raises(ReferenceTaken):
        exchange.withdraw(4_130_000, "period-1", NOW)
    exchange.withdraw(880_000, None, NOW)
    exchange.withdraw(880_000, None, NOW)
    assert balance(exchange) == "4.1200"
    with pytest.raises(InvalidParameters):
        exchange.withdraw(0, None, NOW)


def test_a_withdrawal_takes_no_more_than_the_balance_and_nothing_that_orders_need():
    exchange = funded(10)
    with pytest.raises(InsufficientBalance):
        exchange.withdraw(10 * DOLLAR + 1, "big", NOW)
    quote(exchange, RAIN, Side.ASK)
    place(exchange, Side.BID, 1000, 4000, tif=GTC)
    with pytest.raises(InsufficientBalance):
        exchange.withdraw(6 * DOLLAR + 1, "big", NOW)
    exchange.withdraw(6 * DOLLAR, "big", NOW)
    assert balance(exchange) == "4.0000"


def test_a_restart_remembers_withdrawals(journal_path):
    for _ in range(2):
        journal = Journal(journal_path, FACT_KINDS)
        exchange = open_exchange(journal)
        exchange.deposit(10 * DOLLAR, "in", NOW)
        exchange.withdraw(DOLLAR, "out", NOW)
        assert balance(exchange) == "9.0000"
        journal.close()


orders = st.tuples(
    st.just("order"),
    st.sampled_from([RAIN, DRY, FOOTBALL]),
    st.sampled_from(list(Side)),
    st.integers(1, 6000),
    st.integers(1, 99),
    st.sampled_from(list(TimeInForce)),
    st.sampled_from(list(SelfTradePrevention)),
)
steps = st.tuples(st.just("advance"), st.integers(1, 20))
resolutions = st.tuples(
    st.just("resolve"),
    st.sampled_from([RAIN, DRY]),
    st.sampled_from(["yes", "no", "scalar", "void"]),
    st.integers(0, ONE),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(orders, orders, orders, steps, resolutions), max_size=25))
def test_cash_is_conserved_and_positions_are_net_whatever_happens(actions):
    exchange = funded(200)
    now = NOW
    for action in actions:
        try:
            match action:
                case ("order", ticker, side, size, cents, tif, prevention):
                    request = OrderRequest(ticker, "", side, size, cents * 100, tif, prevention)
                    exchange.place_order(request, now)
                case ("advance", seconds):
                    now += 1000 * seconds
                    exchange.advance(now)
                case ("resolve", ticker, result, value):
                    exchange.resolve(ticker, result, value, now)
        except Refused:
            continue
    state = exchange.state
    fills_cost = sum(fill.cost + fill.net_fee for fill in state.fills)
    revenue = sum(settled.revenue_cents * CENT for settled in state.settlements)
    pairs = 0
    for ticker, market in state.markets.items():
        fills = [fill for fill in state.fills if fill.ticker == ticker]
        net = sum(fill.side.sign * fill.count for fill in fills)
        settled_net = sum(one.net for one in state.settlements if one.ticker == ticker)
        assert state.position(ticker).net == net - settled_net
        assert settled_net in (0, net)
        gross = sum(fill.count for fill in fills)
        pairs += (gross - abs(net)) // 2 * CENT
        assert market.volume == gross
    assert state.cash.balance == 200 * DOLLAR - fills_cost + pairs + revenue
    assert state.cash.balance % CENT == 0
    for first, latest in state.latest.items():
        unpaid = [one for one in rounds_of(exchange, first) if state.market(one).settled_ms is None]
        assert unpaid == [latest]
    for order in state.orders.values():
        own = [fill for fill in state.fills if fill.order_id == order.order_id]
        assert sum(fill.count for fill in own) == order.filled
        assert sum(fill.net_fee for fill in own) == order.taker_fees + order.maker_fees
        assert all((fill.price - order.request.price) * fill.side.sign <= 0 for fill in own)
