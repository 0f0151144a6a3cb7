"""The WebSocket, at one real process, spoken to by a plain WebSocket client."""

import json
import socket
import time
from contextlib import contextmanager

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

pytestmark = pytest.mark.system

MARKET = "KXASIACUP-T20-LKA"
OTHER = "KXASIACUP-T20-IND"
PATH = "/trade-api/ws/v2"


class Talk:
    """A connection that numbers its commands and reads until it finds what it waits for."""

    def __init__(self, socket):
        self.socket = socket
        self.count = 0

    def say(self, command, **params):
        self.count += 1
        body = {"id": self.count, "cmd": command} | ({"params": params} if params else {})
        self.socket.send(json.dumps(body))

    def ask(self, command, **params):
        self.say(command, **params)
        return self.read()

    def read(self):
        return json.loads(self.socket.recv(timeout=10))

    def read_until(self, kind, most=50):
        seen = []
        for _ in range(most):
            seen.append(self.read())
            if seen[-1]["type"] == kind:
                return seen
        raise AssertionError(f"no {kind} in {seen}")


@pytest.fixture(scope="module")
def http(exchange_program):
    exchange_program.http.post("/sandbox/deposit", json={"amount": "1000.00"})
    return exchange_program.http


@pytest.fixture
def talk(exchange_program, member, http):
    quote(http, ("ask", "0.30", "9.00"), ("bid", "0.20", "5.00"))
    with opened(exchange_program, member) as one:
        yield one
    http.delete("/sandbox/faults")


@contextmanager
def opened(program, member):
    address = f"ws://127.0.0.1:{program.port}{PATH}"
    with connect(address, additional_headers=member.headers("GET", PATH), proxy=None) as socket:
        yield Talk(socket)


def quote(http, *quotes, ticker=MARKET):
    body = {"quotes": [dict(zip(("side", "price", "count"), one, strict=True)) for one in quotes]}
    assert http.post(f"/sandbox/markets/{ticker}/quotes", json=body).status_code == 200


def test_the_handshake_is_signed(exchange_program, member):
    address = f"ws://127.0.0.1:{exchange_program.port}{PATH}"
    for headers in ({}, member.headers("POST", PATH)):
        with (
            pytest.raises(InvalidStatus) as refused,
            connect(address, additional_headers=headers, proxy=None),
        ):
            pass
        assert refused.value.response.status_code == 401
        assert json.loads(refused.value.response.body)["error"]["code"] == "authentication_error"


def test_the_server_pings_with_a_heartbeat(exchange_program, member):
    signed = member.headers("GET", PATH)
    lines = [f"GET {PATH} HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade"]
    lines += ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg=="]
    lines += [f"{name}: {value}" for name, value in signed.items()]
    with socket.create_connection(("127.0.0.1", exchange_program.port), timeout=10) as plain:
        plain.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        received = b""
        while not received.endswith(b"\x89\x09heartbeat"):
            received += plain.recv(4096)
    assert received.startswith(b"HTTP/1.1 101")


def test_commands_are_answered_with_subscriptions_and_error_codes(talk):
    first = talk.ask("subscribe", channels=["fill", "user_orders"])
    assert first == {"id": 1, "type": "subscribed", "msg": {"channel": "fill", "sid": 1}}
    assert talk.read()["msg"] == {"channel": "user_orders", "sid": 2}
    listed = talk.ask("list_subscriptions")
    assert listed["msg"] == [{"channel": "fill", "sid": 1}, {"channel": "user_orders", "sid": 2}]
    added = talk.ask("update_subscription", sids=[1], action="add_markets", market_tickers=[MARKET, OTHER])
    assert added["msg"] == {"market_tickers": [OTHER, MARKET]}
    left = talk.ask("update_subscription", sid=1, action="delete_markets", market_ticker=OTHER)
    assert (left["type"], left["msg"]) == ("ok", {"market_tickers": [MARKET]})
    assert talk.ask("unsubscribe", sids=[2])["type"] == "unsubscribed"
    refusals = [
        talk.ask(command, **params)["msg"]["code"]
        for command, params in (
            ("subscribe", {}),
            ("subscribe", {"sids": [1]}),
            ("unsubscribe", {"channels": ["fill"]}),
            ("dance", {"x": 1}),
            ("unsubscribe", {"sids": [2]}),
            ("subscribe", {"channels": ["weather"]}),
            ("subscribe", {"channels": ["fill"], "market_tickers": ["KXNONE"]}),
            ("update_subscription", {"sids": [1, 2], "action": "add_markets"}),
            ("update_subscription", {"sid": 1, "action": "paint", "market_ticker": MARKET}),
            ("subscribe", {"channels": ["orderbook_delta"]}),
            ("update_subscription", {"sid": 1}),
        )
    ]
    assert refusals == [2, 3, 4, 5, 7, 8, 11, 12, 13, 14, 15]
    talk.socket.send("{")
    assert talk.read()["msg"] == {"code": 1, "msg": "Unable to process message"}
    for _ in range(60):
        talk.say("list_subscriptions")
    assert talk.read_until("error", most=70)[-1]["msg"]["code"] == 27


def test_fills_orders_and_positions_are_told_as_they_happen(talk, member):
    for channel in ("fill", "user_orders", "market_positions", "trade"):
        talk.ask("subscribe", channels=[channel], market_ticker=MARKET)
    before = float(position(member))
    order = member.order(MARKET, "bid", "4.00", "0.30", client_order_id=f"ws-{time.time_ns()}").json()
    told = {one["type"]: one for one in talk.read_until("market_position")}
    assert told["user_order"]["msg"] | {"last_updated_ts_ms": 0} == told["user_order"]["msg"] | {
        "order_id": order["order_id"],
        "status": "executed",
        "fill_count_fp": "4.00",
        "last_update_reason": "Trade",
        "last_updated_ts_ms": 0,
    }
    fill = told["fill"]["msg"]
    assert (fill["client_order_id"], fill["count_fp"]) == (order["client_order_id"], "4.00")
    assert fill["post_position_fp"] == f"{before + 4:.2f}"
    assert "seq" not in told["fill"]
    assert (told["trade"]["msg"]["trade_id"], told["trade"]["seq"]) == (fill["trade_id"], 1)
    assert told["market_position"]["msg"]["position_fp"] == fill["post_position_fp"]
    resting = member.order(MARKET, "bid", "1.00", "0.10", time_in_force="good_till_canceled").json()
    assert talk.read()["msg"]["status"] == "resting"
    member.call("DELETE", f"/portfolio/events/orders/{resting['order_id']}")
    assert talk.read()["msg"]["status"] == "canceled"


def position(member):
    listed = member.call("GET", "/portfolio/positions", params={"ticker": MARKET}).json()["market_positions"]
    return listed[0]["position_fp"] if listed else "0.00"


def test_the_deltas_add_up_to_the_book(talk, member, http):
    talk.ask("subscribe", channels=["orderbook_delta"], market_ticker=MARKET)
    snapshot = talk.read()
    assert (snapshot["type"], snapshot["seq"]) == ("orderbook_snapshot", 1)
    book = {
        (side, price): float(count)
        for side in ("yes", "no")
        for price, count in snapshot["msg"].get(f"{side}_dollars_fp", [])
    }
    assert book == {("yes", "0.2000"): 5.0, ("no", "0.7000"): 9.0}
    member.order(MARKET, "bid", "2.50", "0.30")
    member.order(MARKET, "bid", "1.00", "0.25", time_in_force="good_till_canceled")
    quote(http, ("ask", "0.33", "1.00"))
    numbers = []
    wanted = {("yes", "0.2500"): 1.0, ("no", "0.6700"): 1.0}
    while book != wanted:
        one = talk.read()
        numbers.append(one["seq"])
        key = (one["msg"]["side"], one["msg"]["price_dollars"])
        book[key] = book.get(key, 0) + float(one["msg"]["delta_fp"])
        book = {level: count for level, count in book.items() if count}
    assert numbers == list(range(2, 2 + len(numbers)))
    talk.say("update_subscription", sid=1, action="get_snapshot", market_ticker=MARKET)
    assert talk.read()["msg"]["yes_dollars_fp"] == [["0.2500", "1.00"]]
    member.call("DELETE", "/portfolio/events/orders")


def test_ticker_and_lifecycle_tell_what_becomes_of_a_market(talk, http):
    ticker = "KXLKATOUR-NEXT-T200K"
    quote(http, ("ask", "0.30", "9.00"), ticker=ticker)
    talk.ask("subscribe", channels=["ticker"], market_ticker=ticker, send_initial_snapshot=True)
    assert talk.read()["msg"]["yes_ask_dollars"] == "0.3000"
    talk.ask("unsubscribe", sids=[1])
    talk.ask("subscribe", channels=["market_lifecycle_v2"])
    http.post(f"/sandbox/markets/{ticker}/pause")
    http.post(f"/sandbox/markets/{ticker}/resume")
    http.post(f"/sandbox/markets/{ticker}/resolve", json={"result": "no"})
    told = [*talk.read_until("event_lifecycle"), talk.read()]
    assert [one["msg"].get("event_type") for one in told] == [
        "deactivated", "activated", "close_date_updated", "determined", "settled", None, "created",
    ]  # fmt: skip
    assert [one["seq"] for one in told] == list(range(1, 8))
    assert (told[3]["msg"]["result"], told[3]["msg"]["settlement_value"]) == ("no", "0.0000")
    http.post(f"/sandbox/markets/{ticker}/amend", json={"result": "yes"})
    assert talk.read()["msg"]["settlement_value"] == "1.0000"


def test_a_fault_sends_a_message_twice_or_after_the_next(talk, member, http):
    talk.ask("subscribe", channels=["fill"])
    http.post("/sandbox/faults", json={"kind": "duplicate_ws"})
    member.order(MARKET, "bid", "1.00", "0.30")
    assert talk.read() == talk.read()
    http.post("/sandbox/faults", json={"kind": "out_of_order_ws"})
    first = member.order(MARKET, "bid", "1.00", "0.30").json()["order_id"]
    second = member.order(MARKET, "bid", "1.00", "0.30").json()["order_id"]
    assert [talk.read()["msg"]["order_id"] for _ in range(2)] == [second, first]
