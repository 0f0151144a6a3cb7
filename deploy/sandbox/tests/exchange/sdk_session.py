"""One session of the exchange's official client library, unmodified, against a running sandbox exchange.

Run by test_official_client.py in an interpreter that sees nothing but the library: `python -I -S`, then the
folder of the library, the address, and twice a key id with its PEM file. It prints, as JSON, which calls it
made. Every answer was validated by the library's own models, or it would have raised.
"""

import json
import sys
import time
import urllib.request
import uuid
from pathlib import Path

FOLDER, ADDRESS, KEY_ID, PEM, OTHER_KEY_ID, OTHER_PEM = sys.argv[1:]
sys.path.insert(0, FOLDER)

import kalshi_python_sync as kalshi  # noqa: E402
from kalshi_python_sync import exceptions  # noqa: E402

MARKET = "KXEPLGAME-ARSLIV-ARS"
OTHER = "KXEPLGAME-ARSLIV-LIV"
EVENT = "KXEPLGAME-ARSLIV"


def connect(key_id, pem):
    """Return a client of the library, as its documentation shows."""
    configuration = kalshi.Configuration(host=f"{ADDRESS}/trade-api/v2")
    configuration.api_key_id = key_id
    configuration.private_key_pem = Path(pem).read_text(encoding="utf-8")
    return kalshi.KalshiClient(configuration)


client = connect(KEY_ID, PEM)
calls: set[str] = set()


def call(name, *arguments, **options):
    """Call the library and remember the call."""
    calls.add(name)
    return getattr(client, name)(*arguments, **options)


def hand(path, body, method="POST"):
    """Use the hand behind the sandbox."""
    request = urllib.request.Request(
        f"{ADDRESS}/sandbox/{path}",
        json.dumps(body).encode(),
        {"content-type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def quote(ticker, *quotes):
    """Set the whole liquidity of a market."""
    listed = [{"side": side, "price": price, "count": count} for side, price, count in quotes]
    hand(f"markets/{ticker}/quotes", {"quotes": listed})


def order(ticker=MARKET, side="bid", count="2", price="0.56", **more):
    """Place an order; immediate or cancel unless told otherwise."""
    body = {
        "ticker": ticker,
        "client_order_id": str(uuid.uuid4()),
        "side": side,
        "count": count,
        "price": price,
        "time_in_force": "immediate_or_cancel",
        "self_trade_prevention_type": "taker_at_cross",
        **more,
    }
    return call("create_order_v2", **body)


def rest(**more):
    """Place an order that rests."""
    return order(time_in_force="good_till_canceled", price=more.pop("price", "0.30"), **more)


def refusal_of(kind, ask):
    """Return status and body of a refusal; it must be of this kind."""
    try:
        ask()
    except kind as refusal:
        return refusal.status, json.loads(refusal.body)
    raise AssertionError("nothing was refused")


def expect(kind, name, *arguments, **options):
    """Return status and body of the refusal of a call."""
    return refusal_of(kind, lambda: call(name, *arguments, **options))


def public_data():
    """Ask for everything that is public."""
    assert call("get_exchange_status").trading_active
    schedule = call("get_exchange_schedule").schedule
    assert len(schedule.standard_hours[0].monday) == 1
    assert abs(call("get_user_data_timestamp").as_of_time.timestamp() - time.time()) < 30
    page = call("get_markets", limit=3, status="open")
    assert len(page.markets) == 3
    assert page.cursor
    following = call("get_markets", limit=3, status="open", cursor=page.cursor)
    assert following.markets[0].ticker not in {one.ticker for one in page.markets}
    market = call("get_market", MARKET).market
    assert (market.status, market.market_type, market.event_ticker) == ("active", "binary", EVENT)
    assert [one.step for one in market.price_ranges] == ["0.0100"]
    book = call("get_market_orderbook", MARKET, depth=2).orderbook_fp
    assert book.yes_dollars == [["0.4000", "9.00"]]
    assert book.no_dollars == [["0.4400", "4.00"], ["0.4500", "3.00"]]
    books = call("get_market_orderbooks", tickers=[MARKET, OTHER]).orderbooks
    assert [one.ticker for one in books] == [MARKET, OTHER]
    events = call("get_events", with_nested_markets=True, with_milestones=True, limit=200)
    assert {len(one.markets) > 0 for one in events.events} == {True}
    event = call("get_event", EVENT)
    assert event.event.mutually_exclusive
    assert len(event.markets) == 3
    assert len(call("get_event", EVENT, with_nested_markets=True).event.markets) == 3
    assert {one.fee_type.value for one in call("get_series_list").series} >= {"quadratic"}
    series = call("get_series", "KXEPLGAME", include_volume=True).series
    assert (series.fee_type.value, series.volume_fp) == ("quadratic_with_maker_fees", "0.00")
    assert call("get_series_fee_changes").series_fee_change_arr == []
    hand(f"events/{EVENT}/fees", {"fee_type": "quadratic", "fee_multiplier": "0.5"})
    [change] = call("get_event_fee_changes", event_ticker=EVENT).event_fee_changes
    assert (change.fee_type_override.value, change.fee_multiplier_override) == ("quadratic", 0.5)
    assert call("get_event", EVENT).event.fee_multiplier_override == 0.5
    hand(f"events/{EVENT}/fees", {"fee_type": None})


def account():
    """Ask how fast the member may ask."""
    limits = call("get_account_api_limits")
    assert limits.read.refill_rate == 2 * limits.write.refill_rate
    costs = call("get_account_endpoint_costs")
    assert costs.default_cost == 10
    assert {one.cost for one in costs.endpoint_costs} == {2}
    deposits = call("get_deposits", limit=5).deposits
    assert [(one.amount_cents, one.status) for one in deposits] == [(100_000, "applied")]
    hand("withdraw", {"amount": "1.50", "reference": "out"})
    assert [one.amount_cents for one in call("get_withdrawals").withdrawals] == [150]


def trading():
    """Trade, and read what became of it."""
    taken = order(count="5", price="0.56")
    assert (taken.fill_count, taken.remaining_count) == ("5.00", "0.00")
    assert taken.average_fill_price == "0.554000"
    shown = call("get_order", taken.order_id).order
    assert (shown.status.value, shown.fill_count_fp, shown.book_side.value) == ("executed", "5.00", "bid")
    page = call("get_orders", ticker=MARKET, min_ts=int(time.time()) - 60, status="executed")
    assert [one.order_id for one in page.orders] == [taken.order_id]
    assert page.cursor == ""
    fills = call("get_fills", order_id=taken.order_id).fills
    assert [(one.count_fp, one.yes_price_dollars) for one in fills] == [
        ("2.00", "0.5600"),
        ("3.00", "0.5500"),
    ]
    assert [one.trade_id for one in call("get_trades", ticker=MARKET).trades] == [
        one.fill_id for one in fills
    ]
    positions = call("get_positions", count_filter="position,total_traded", settlement_status="all")
    assert [one.position_fp for one in positions.market_positions] == ["5.00"]
    assert [one.event_ticker for one in positions.event_positions] == [EVENT]
    balance = call("get_balance")
    assert balance.balance_breakdown[0].balance == balance.balance_dollars
    status, body = expect(
        exceptions.ConflictException,
        "create_order_v2",
        ticker=MARKET,
        client_order_id=shown.client_order_id,
        side="bid",
        count="1",
        price="0.01",
        time_in_force="immediate_or_cancel",
        self_trade_prevention_type="maker",
    )
    assert (status, body["error"]["code"]) == (409, "order_already_exists")


def resting():
    """Amend, decrease, queue and cancel."""
    one = rest(count="4", expiration_time=int(time.time()) + 3600, cancel_order_on_pause=True)
    assert call("get_order_queue_position", one.order_id).queue_position_fp == "9.00"
    amended = call(
        "amend_order_v2", one.order_id, ticker=MARKET, side="bid", price="0.41", count="6",
        updated_client_order_id=str(uuid.uuid4()),
    )  # fmt: skip
    assert (amended.remaining_count, amended.fill_count) == ("6.00", "0.00")
    decreased = call("decrease_order_v2", one.order_id, reduce_to="2.50")
    assert decreased.remaining_count == "2.50"
    positions = call("get_order_queue_positions", market_tickers=MARKET).queue_positions
    assert [(p.order_id, p.queue_position_fp) for p in positions] == [(one.order_id, "0.00")]
    value = call("get_portfolio_resting_order_total_value")
    assert value.total_resting_order_value == 102
    assert call("cancel_order_v2", one.order_id, market_ticker=MARKET).reduced_by == "2.50"
    expect(exceptions.NotFoundException, "cancel_order_v2", one.order_id)
    item = {
        "ticker": MARKET, "side": "bid", "count": "1", "price": "0.20", "time_in_force": "good_till_canceled",
        "self_trade_prevention_type": "taker_at_cross",
    }  # fmt: skip
    batch = call("batch_create_orders_v2", orders=[item, {**item, "ticker": "KXNONE"}])
    assert batch.orders[0].remaining_count == "1.00"
    assert batch.orders[1].error.code == "not_found"
    ids = [{"order_id": batch.orders[0].order_id}, {"order_id": str(uuid.uuid4())}]
    canceled = call("batch_cancel_orders_v2", orders=ids).orders
    assert [one.reduced_by for one in canceled] == ["1.00", "0.00"]
    assert canceled[1].error.code == "not_found"


def groups():
    """Limit what may match, and switch it off."""
    group = call("create_order_group", contracts_limit=3).order_group_id
    assert call("get_order_groups").order_groups[0].contracts_limit_fp == "3.00"
    waiting = rest(order_group_id=group)
    assert call("get_order_group", group).orders == [waiting.order_id]
    assert order(count="4", order_group_id=group, price="0.60").fill_count == "3.00"
    assert call("get_order", waiting.order_id).order.status.value == "canceled"
    call("reset_order_group", group)
    call("update_order_group_limit", group, contracts_limit_fp="8.50")
    call("trigger_order_group", group)
    assert not call("get_order_group", group).is_auto_cancel_enabled
    call("delete_order_group", group)
    assert call("get_order_groups").order_groups == []


def resolution():
    """Pay a market, put it right, and send it to the archive."""
    hand(f"markets/{MARKET}/resolve", {"result": "yes"})
    [paid] = call("get_settlements", ticker=MARKET).settlements
    assert (paid.market_result, paid.revenue, paid.value) == ("yes", 800, 100)
    assert call("get_market", MARKET).market.status == "finalized"
    hand(f"markets/{MARKET}/amend", {"result": "scalar", "value": "0.25"})
    [paid] = call("get_settlements", ticker=MARKET).settlements
    assert (paid.market_result, paid.revenue, paid.value) == ("scalar", 200, 25)
    settled = call("get_positions", settlement_status="settled").market_positions
    assert [one.position_fp for one in settled] == ["0.00"]
    for ticker in (OTHER, "KXEPLGAME-ARSLIV-TIE"):
        hand(f"markets/{ticker}/resolve", {"result": "no"})
    time.sleep(0.01)
    hand("historical/cutoff", {"cutoff_ms": time.time_ns() // 1_000_000})
    assert call("get_historical_cutoff").orders_updated_ts.timestamp() > time.time() - 60
    assert call("get_fills").fills == []
    assert len(call("get_fills_historical", ticker=MARKET).fills) == 4
    assert len(call("get_trades_historical", ticker=MARKET).trades) == 4
    assert call("get_orders", status="executed").orders == []
    assert call("get_historical_orders", ticker=MARKET, limit=2).cursor
    assert call("get_positions", settlement_status="all").market_positions == []
    assert [one.ticker for one in call("get_historical_positions").market_positions] == [MARKET]
    assert len(call("get_historical_markets", event_ticker=EVENT).markets) == 3
    assert call("get_historical_market", MARKET).market.result == "scalar"
    expect(exceptions.NotFoundException, "get_market", MARKET)
    assert call("get_settlements").settlements == []


def refusals():
    """Read refusals where the library leaves them: in the body."""
    status, body = expect(exceptions.BadRequestException, "get_order", "no-uuid")
    assert (status, body) == (400, {"error": {"code": "invalid_UUID", "message": "invalid UUID"}})
    call("cancel_all_orders")
    assert connect(OTHER_KEY_ID, OTHER_PEM).get_balance().balance == client.get_balance().balance
    stranger = connect(str(uuid.uuid4()), PEM)
    status, body = refusal_of(exceptions.UnauthorizedException, stranger.get_balance)
    assert (status, body["error"]["details"]) == (401, "INVALID_PARAMETER")
    hand("faults", {"kind": "rate_limited", "scope": "reads"})
    found = refusal_of(exceptions.ApiException, client.get_balance)
    assert found == (429, {"error": "too many requests"})


hand("deposit", {"amount": "1000.00", "reference": "float"})
quote(MARKET, ("ask", "0.55", "3"), ("ask", "0.56", "4"), ("ask", "0.60", "9"), ("bid", "0.40", "9"))
for part in (public_data, account, trading, resting, groups, resolution, refusals):
    part()
print(json.dumps(sorted(calls)))
