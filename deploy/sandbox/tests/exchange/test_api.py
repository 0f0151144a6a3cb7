"""The exchange over HTTP, as a real process."""

import uuid
from decimal import Decimal

import httpx
import pytest

pytestmark = pytest.mark.system

API = "/trade-api/v2"
RAIN = "KXLKARAIN-COL-T250"
WARM = "KXHIGHNY-WEEK-T52"

REQUIRED = {
    "order": """order_id user_id client_order_id ticker outcome_side book_side type status yes_price_dollars
        no_price_dollars fill_count_fp remaining_count_fp initial_count_fp taker_fill_cost_dollars
        maker_fill_cost_dollars taker_fees_dollars maker_fees_dollars""",
    "fill": """fill_id exchange_index trade_id order_id ticker market_ticker outcome_side book_side count_fp
        yes_price_dollars no_price_dollars is_taker fee_cost""",
    "market": """
        ticker event_ticker market_type yes_sub_title no_sub_title created_time updated_time
        open_time close_time latest_expiration_time settlement_timer_seconds status yes_bid_dollars
        yes_bid_size_fp yes_ask_dollars yes_ask_size_fp no_bid_dollars no_ask_dollars
        last_price_dollars volume_fp volume_24h_fp result can_close_early open_interest_fp
        notional_value_dollars previous_yes_bid_dollars previous_yes_ask_dollars
        previous_price_dollars settlement_bounds_type expiration_value rules_primary rules_secondary
        price_level_structure price_ranges""",
    "position": """ticker exchange_index total_traded_dollars position_fp market_exposure_dollars
        realized_pnl_dollars fees_paid_dollars last_updated_ts""",
    "event_position": """event_ticker total_cost_dollars total_cost_shares_fp event_exposure_dollars
        realized_pnl_dollars fees_paid_dollars""",
    "settlement": """ticker exchange_index event_ticker market_result yes_count_fp yes_total_cost_dollars
        no_count_fp no_total_cost_dollars revenue settled_time fee_cost""",
    "balance": "balance balance_dollars portfolio_value updated_ts",
    "trade": """trade_id ticker count_fp yes_price_dollars no_price_dollars taker_outcome_side taker_book_side
        created_time is_block_trade""",
    "event": """event_ticker series_ticker sub_title title collateral_return_type mutually_exclusive
        settlement_sources""",
    "series": """ticker frequency title category categories tags settlement_sources contract_url
        contract_terms_url fee_type fee_multiplier additional_prohibitions""",
}


def assert_complete(kind, content):
    assert set(REQUIRED[kind].split()) <= set(content), kind


@pytest.fixture(scope="module", autouse=True)
def funds(exchange_program):
    answer = exchange_program.http.post("/sandbox/deposit", json={"amount": "1000.00", "reference": "float"})
    assert answer.json()["balance"] == "1000.0000"


def set_quotes(program, ticker, *quotes):
    body = {"quotes": [dict(zip(("side", "price", "count"), one, strict=True)) for one in quotes]}
    answer = program.http.post(f"/sandbox/markets/{ticker}/quotes", json=body)
    assert answer.status_code == 200, answer.text


def test_the_journey_of_the_money_flows_over_the_wire(exchange_program, member):
    set_quotes(
        exchange_program,
        RAIN,
        ("ask", "0.54", "4.00"),
        ("ask", "0.55", "3.50"),
        ("ask", "0.56", "2.62"),
    )
    client_id = str(uuid.uuid4())
    created = member.order(RAIN, "bid", "14", "0.56", client_order_id=client_id)
    assert created.status_code == 201
    assert created.json() | {"order_id": "", "ts_ms": 0} == {
        "order_id": "",
        "client_order_id": client_id,
        "fill_count": "10.12",
        "remaining_count": "3.88",
        "average_fill_price": "0.548636",
        "average_fee_paid": "0.017569",
        "ts_ms": 0,
    }
    order_id = created.json()["order_id"]
    order = member.call("GET", f"/portfolio/orders/{order_id}").json()["order"]
    assert_complete("order", order)
    assert (order["status"], order["fill_count_fp"], order["remaining_count_fp"]) == (
        "canceled",
        "10.12",
        "0.00",
    )
    assert (order["taker_fill_cost_dollars"], order["taker_fees_dollars"]) == ("5.5522", "0.1778")
    page = member.call("GET", "/portfolio/fills", params={"order_id": order_id}).json()
    assert page["cursor"] == ""
    assert [(f["count_fp"], f["yes_price_dollars"], f["fee_cost"]) for f in reversed(page["fills"])] == [
        ("4.00", "0.5400", "0.0700"),
        ("3.50", "0.5500", "0.0650"),
        ("2.62", "0.5600", "0.0428"),
    ]
    assert_complete("fill", page["fills"][0])
    assert member.balance() == "994.2700"

    set_quotes(exchange_program, RAIN, ("bid", "0.53", "5.00"))
    assert member.order(RAIN, "ask", "5.00", "0.52").json()["average_fill_price"] == "0.530000"
    assert member.balance() == "996.8300"
    set_quotes(exchange_program, RAIN, ("bid", "0.62", "6.00"))
    member.order(RAIN, "ask", "6.00", "0.60")
    assert member.balance() == "999.5700"

    positions = member.call("GET", "/portfolio/positions", params={"ticker": RAIN}).json()
    assert_complete("position", positions["market_positions"][0])
    assert_complete("event_position", positions["event_positions"][0])
    assert positions["market_positions"][0]["position_fp"] == "-0.88"
    balance = member.call("GET", "/portfolio/balance").json()
    assert_complete("balance", balance)
    assert balance["balance"] == 99957
    trades = exchange_program.http.get(f"{API}/markets/trades", params={"ticker": RAIN}).json()["trades"]
    assert_complete("trade", trades[0])

    exchange_program.http.post(
        f"/sandbox/markets/{RAIN}/resolve", json={"result": "scalar", "value": "0.3700"}
    )
    settled = member.call("GET", "/portfolio/settlements", params={"ticker": RAIN}).json()["settlements"][0]
    assert_complete("settlement", settled)
    assert (settled["market_result"], settled["revenue"], settled["fee_cost"], settled["value"]) == (
        "scalar",
        55,
        "0.0044",
        37,
    )
    assert (settled["yes_count_fp"], settled["no_count_fp"]) == ("0.00", "0.88")
    assert member.balance() == "1000.1200"
    assert (
        member.call("GET", "/portfolio/positions", params={"ticker": RAIN}).json()["market_positions"] == []
    )
    market = exchange_program.http.get(f"{API}/markets/{RAIN}").json()["market"]
    assert_complete("market", market)
    assert (market["status"], market["result"], market["settlement_value_dollars"]) == (
        "finalized",
        "scalar",
        "0.3700",
    )
    refused = member.order(RAIN, "bid", "1.00", "0.50")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "market_inactive")


def test_a_wrong_signature_is_refused_with_the_known_envelope(exchange_program, member):
    path = f"{API}/portfolio/balance"
    headers = member.headers("GET", path)
    tampered = exchange_program.http.get(f"{API}/portfolio/positions", headers=headers)
    assert tampered.status_code == 401
    assert tampered.json() == {
        "error": {
            "code": "authentication_error",
            "message": "We could not authenticate your request",
            "details": "INCORRECT_API_KEY_SIGNATURE",
        }
    }
    unknown = exchange_program.http.get(path, headers=headers | {"KALSHI-ACCESS-KEY": str(uuid.uuid4())})
    assert unknown.json()["error"]["details"] == "INVALID_PARAMETER"
    assert exchange_program.http.get(path).status_code == 401
    stale = exchange_program.http.get(path, headers=member.headers("GET", path, time_ms=1_700_000_000_000))
    assert stale.json()["error"]["details"] == "TIMESTAMP_OUT_OF_RANGE"
    bad = exchange_program.http.post(f"{API}/portfolio/events/orders", json={"nonsense": 1})
    assert bad.status_code == 401


def test_the_signature_covers_the_path_as_sent_without_the_query(exchange_program, member):
    path = f"{API}/portfolio/orders/KX%201"
    answer = exchange_program.http.get(f"{path}?limit=1", headers=member.headers("GET", path))
    assert answer.json()["error"]["code"] == "invalid_UUID"
    assert member.call("GET", "/portfolio/orders", params={"limit": 1}).status_code == 200


def test_a_client_order_id_is_taken_once(member):
    client_id = str(uuid.uuid4())
    assert member.order(WARM, "bid", "1.00", "0.01", client_order_id=client_id).status_code == 201
    again = member.order(WARM, "bid", "1.00", "0.01", client_order_id=client_id)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "order_already_exists")


def test_the_first_order_endpoints_are_gone_and_the_second_have_no_reads(exchange_program, member):
    for method, path in (("POST", "/portfolio/orders"), ("DELETE", f"/portfolio/orders/{uuid.uuid4()}")):
        answer = member.call(method, path)
        assert answer.status_code == 410
        assert answer.json()["error"]["code"] == "deprecated_v1_order_endpoint"
    read = member.call("GET", "/portfolio/events/orders")
    assert read.status_code == 404
    assert read.headers["content-type"].startswith("text/plain")


def test_bad_orders_are_refused_with_a_code(member):
    assert member.order("KXNONE", "bid", "1.00", "0.50").status_code == 404
    assert member.order(WARM, "bid", "1.001", "0.50").json()["error"]["code"] == "invalid_parameters"
    assert member.order(WARM, "bid", "0", "0.50").json()["error"]["code"] == "invalid_parameters"
    assert member.order(WARM, "bid", "1", "0.555").json()["error"]["code"] == "invalid_price"
    assert member.order(WARM, "bid", "1", "0.50", unknown=1).status_code == 400
    assert member.order(WARM, "bid", "1", "0.50", subaccount=1).status_code == 400
    resting = {"time_in_force": "good_till_canceled"}
    assert member.order(WARM, "bid", "1", "0.50", reduce_only=True, **resting).status_code == 400
    assert member.order(WARM, "bid", "1", "0.50", post_only=True).status_code == 400
    not_uuid = member.call("GET", "/portfolio/orders/abc")
    assert not_uuid.json() == {"error": {"code": "invalid_UUID", "message": "invalid UUID"}}


def test_a_resting_order_shows_in_the_book_and_can_be_canceled_once(exchange_program, member):
    set_quotes(exchange_program, WARM, ("ask", "0.60", "10.00"))
    order_id = member.order(WARM, "bid", "7.00", "0.40", time_in_force="good_till_canceled").json()[
        "order_id"
    ]
    book = exchange_program.http.get(f"{API}/markets/{WARM}/orderbook").json()["orderbook_fp"]
    assert book == {"yes_dollars": [["0.4000", "7.00"]], "no_dollars": [["0.4000", "10.00"]]}
    resting = member.call("GET", "/portfolio/orders", params={"status": "resting", "ticker": WARM}).json()
    assert [order["order_id"] for order in resting["orders"]] == [order_id]
    canceled = member.call("DELETE", f"/portfolio/events/orders/{order_id}")
    assert canceled.json()["reduced_by"] == "7.00"
    assert member.call("DELETE", f"/portfolio/events/orders/{order_id}").status_code == 404


def test_fill_or_kill_answers_409_with_its_own_code(exchange_program, member):
    set_quotes(exchange_program, WARM, ("ask", "0.60", "1.00"))
    killed = member.order(WARM, "bid", "2.00", "0.60", time_in_force="fill_or_kill")
    assert killed.status_code == 409
    assert killed.json()["error"]["code"] == "fill_or_kill_insufficient_resting_volume"


def test_lists_page_to_an_empty_cursor_without_repeating(member):
    placed = [member.order(WARM, "bid", "1.00", "0.01").json()["order_id"] for _ in range(5)]
    seen, cursor = [], ""
    while True:
        page = member.call(
            "GET", "/portfolio/orders", params={"ticker": WARM, "limit": 2, "cursor": cursor}
        ).json()
        seen += [order["order_id"] for order in page["orders"]]
        member.order(WARM, "bid", "1.00", "0.01")  # a new entry shifts nothing
        cursor = page["cursor"]
        if not cursor:
            break
    assert seen[:5] == placed[::-1]
    assert len(seen) == len(set(seen))
    assert member.call("GET", "/portfolio/orders", params={"cursor": "%%"}).status_code == 400


def test_an_accepted_order_whose_answer_is_lost_is_found_again(exchange_program, member):
    exchange_program.http.post("/sandbox/faults", json={"next_order": "accept_then_drop"})
    client_id = str(uuid.uuid4())
    with pytest.raises(httpx.TransportError):
        member.order(WARM, "bid", "1.00", "0.01", client_order_id=client_id)
    found = member.call("GET", "/portfolio/orders", params={"ticker": WARM, "limit": 1}).json()["orders"][0]
    assert found["client_order_id"] == client_id
    exchange_program.http.post("/sandbox/faults", json={"next_order": "error_503"})
    other = str(uuid.uuid4())
    assert member.order(WARM, "bid", "1.00", "0.01", client_order_id=other).status_code == 503
    assert member.order(WARM, "bid", "1.00", "0.01", client_order_id=other).status_code == 201


def test_the_catalogue_can_be_walked_by_anyone(exchange_program):
    http = exchange_program.http
    markets = http.get(f"{API}/markets", params={"status": "open", "limit": 1000}).json()
    assert len(markets["markets"]) >= 20
    assert markets["cursor"] == ""
    first = http.get(f"{API}/markets", params={"limit": 3}).json()
    following = http.get(f"{API}/markets", params={"limit": 3, "cursor": first["cursor"]}).json()
    assert not {m["ticker"] for m in first["markets"]} & {m["ticker"] for m in following["markets"]}
    for market in markets["markets"]:
        assert_complete("market", market)
        assert market["status"] == "active"
        assert "0.0000" < market["yes_bid_dollars"] < market["yes_ask_dollars"] or market["ticker"] == WARM
    assert http.get(f"{API}/markets", params={"status": "active"}).status_code == 400
    event = http.get(f"{API}/events/{markets['markets'][0]['event_ticker']}").json()
    assert_complete("event", event["event"])
    series = http.get(f"{API}/series/KXFED").json()["series"]
    assert_complete("series", series)
    assert series["fee_multiplier"] == 0.5
    assert http.get(f"{API}/exchange/status").json()["trading_active"] is True
    page = http.get("/")
    assert page.headers["content-type"].startswith("text/html")
    assert "Sandbox exchange" in page.text


def test_the_balance_is_the_sum_of_its_causes(exchange_program):
    cash = exchange_program.http.get("/sandbox/state").json()["cash"]
    micro = {name: int(text.replace(".", "")) for name, text in cash.items()}
    assert micro["balance"] == (
        micro["deposits"]
        - micro["withdrawals"]
        - micro["trades"]
        - micro["fees"]
        + micro["pairs"]
        + micro["settlements"]
        + micro["voids"]
    )


def test_a_withdrawal_shows_in_the_balance_or_says_why_not(exchange_program, member):
    def withdraw(amount, reference):
        return exchange_program.http.post(
            "/sandbox/withdraw", json={"amount": amount, "reference": reference}
        )

    exchange_program.http.post("/sandbox/deposit", json={"amount": "4.12", "reference": "for-withdrawal"})
    before = member.balance()
    for _ in range(2):
        assert withdraw("4.12", "out-1").json()["withdrawals"] == "4.1200"
    assert Decimal(member.balance()) == Decimal(before) - Decimal("4.12")
    assert exchange_program.http.get("/sandbox/state").json()["cash"]["withdrawals"] == "4.1200"
    refused = withdraw("1000000", "out-2")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "insufficient_balance")
    taken = withdraw("4.13", "out-1")
    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "reference_taken")
    assert withdraw("-1", "out-3").status_code == 400


def test_a_settled_market_comes_again_on_every_page(exchange_program, member):
    http = exchange_program.http
    first, second = "KXBTC-EOM-T100K", "KXBTC-EOM-T100K-R2"
    http.post(f"/sandbox/markets/{first}/resolve", json={"result": "yes"})
    listed = http.get(f"{API}/markets", params={"series_ticker": "KXBTC", "status": "open"}).json()["markets"]
    assert [market["ticker"] for market in listed] == ["KXBTC-EOM-T150K", second]
    market = http.get(f"{API}/markets/{second}").json()["market"]
    assert_complete("market", market)
    assert market["title"].endswith("(round 2): 100,000 dollars or above")
    event = http.get(f"{API}/events/KXBTC-EOM-R2").json()
    assert [one["ticker"] for one in event["markets"]] == [second]
    events = http.get(f"{API}/events", params={"series_ticker": "KXBTC"}).json()["events"]
    assert [one["event_ticker"] for one in events] == ["KXBTC-EOM", "KXBTC-EOM-R2"]
    book = http.get(f"{API}/markets/{second}/orderbook").json()["orderbook_fp"]
    assert book["yes_dollars"]
    assert book["no_dollars"]
    assert second in [one["ticker"] for one in http.get("/sandbox/live").json()["markets"]]
    assert member.order(second, "bid", "1.00", "0.99").json()["fill_count"] == "1.00"


def test_kill_and_restart_lose_nothing_that_was_answered(exchange_program, member):
    set_quotes(exchange_program, WARM, ("ask", "0.60", "10.00"))
    client_id = str(uuid.uuid4())
    order_id = member.order(WARM, "bid", "4.00", "0.60", client_order_id=client_id).json()["order_id"]
    before = {
        path: member.call("GET", f"/portfolio/{path}").json() for path in ("orders", "fills", "positions")
    }
    balance = member.balance()
    exchange_program.kill()
    exchange_program.start()
    assert {path: member.call("GET", f"/portfolio/{path}").json() for path in before} == before
    assert member.balance() == balance
    assert member.order(WARM, "bid", "4.00", "0.60", client_order_id=client_id).status_code == 409
    book = exchange_program.http.get(f"{API}/markets/{WARM}/orderbook").json()["orderbook_fp"]
    assert book == {"yes_dollars": [], "no_dollars": [["0.4000", "6.00"]]}
    assert member.call("GET", f"/portfolio/orders/{order_id}").json()["order"]["status"] == "executed"
