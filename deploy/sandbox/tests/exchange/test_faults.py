"""Faults over HTTP, at one real process."""

import time
import uuid
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx
import pytest

from sandbox.exchange.faults import Fault, FaultKind, Faults, Scope

COLD = "KXHIGHNY-WEEK-T52"
MARKET = "KXFED-NEXT-HOLD"


def test_a_standing_fault_meets_every_nth_request_and_single_shots_go_first():
    faults = Faults()
    faults.stand(Fault(FaultKind.ERROR_500, every=3))
    faults.add(Fault(FaultKind.DELAY_MS, 5), 1)
    met = [faults.take_for_request(Scope.ORDERS) for _ in range(7)]
    assert [None if one is None else one.kind for one in met] == [
        "delay_ms", None, None, "error_500", None, None, "error_500",
    ]  # fmt: skip
    faults.lift(None)
    assert faults.take_for_request(Scope.ORDERS) is None


@pytest.mark.parametrize(
    ("asked", "met"),
    [("orders", "orders"), ("writes", "orders cancels writes"), ("all", "orders cancels writes reads")],
)
def test_a_fault_meets_the_requests_of_its_scope(asked, met):
    faults = Faults()
    faults.stand(Fault(FaultKind.ERROR_503, scope=Scope(asked)))
    narrow = (Scope.ORDERS, Scope.CANCELS, Scope.WRITES, Scope.READS)
    assert [one for one in narrow if faults.take_for_request(one)] == met.split()


@pytest.fixture(scope="module")
def http(exchange_program):
    exchange_program.http.post("/sandbox/deposit", json={"amount": "1000.00"})
    return exchange_program.http


@pytest.fixture(autouse=True)
def whole(request):
    yield
    if "http" in request.fixturenames:
        assert request.getfixturevalue("http").delete("/sandbox/faults").status_code == 200


def shoot(http, kind, **more):
    assert http.post("/sandbox/faults", json={"kind": kind, **more}).status_code == 200


def stand(http, kind, **more):
    assert http.put("/sandbox/faults/standing", json={"kind": kind, **more}).status_code == 200


def quote(http, *quotes, ticker=COLD):
    body = {"quotes": [dict(zip(("side", "price", "count"), one, strict=True)) for one in quotes]}
    assert http.post(f"/sandbox/markets/{ticker}/quotes", json=body).status_code == 200


def orders(member, client_id):
    listed = member.call("GET", "/portfolio/orders", params={"ticker": COLD}).json()["orders"]
    return [one for one in listed if one["client_order_id"] == client_id]


@pytest.mark.system
@pytest.mark.parametrize("kind", ["accept_then_drop", "error_500", "error_503", "rate_limited", "delay_ms"])
@pytest.mark.parametrize("carried_out", [False, True])
def test_an_order_meets_its_fault_and_is_there_or_not(http, member, kind, carried_out):
    shoot(http, kind, delay_ms=120, carried_out=carried_out)
    client_id, began = str(uuid.uuid4()), time.monotonic()
    try:
        status = member.order(COLD, "bid", "1.00", "0.01", client_order_id=client_id).status_code
    except httpx.TransportError:
        status = 0
    assert status == {
        "accept_then_drop": 0, "error_500": 500, "error_503": 503, "rate_limited": 429, "delay_ms": 201,
    }[kind]  # fmt: skip
    assert (time.monotonic() - began >= 0.12) is (kind == "delay_ms")
    assert len(orders(member, client_id)) == int(carried_out or kind in ("accept_then_drop", "delay_ms"))
    assert http.get("/sandbox/faults").json() == {"waiting": [], "standing": []}


@pytest.mark.system
def test_a_rate_limit_is_said_without_an_envelope(http, member):
    shoot(http, "rate_limited", scope="reads")
    answer = member.call("GET", "/portfolio/balance")
    assert (answer.status_code, answer.json()) == (429, {"error": "too many requests"})
    assert "retry-after" not in answer.headers


@pytest.mark.system
def test_a_late_fill_appears_after_the_order_shows_canceled(http, member):
    quote(http, ("ask", "0.60", "4.00"))
    balance = member.balance()
    shoot(http, "late_fill", delay_ms=250)
    created = member.order(COLD, "bid", "3.00", "0.60").json()
    assert created["fill_count"] == "0.00"
    path = f"/portfolio/orders/{created['order_id']}"
    shown = member.call("GET", path).json()["order"]
    assert (shown["status"], shown["fill_count_fp"]) == ("canceled", "0.00")
    params = {"order_id": created["order_id"]}
    assert member.call("GET", "/portfolio/fills", params=params).json()["fills"] == []
    assert member.balance() == balance
    deadline = time.monotonic() + 5
    while not (fills := member.call("GET", "/portfolio/fills", params=params).json()["fills"]):
        assert time.monotonic() < deadline
        time.sleep(0.03)
    assert [one["count_fp"] for one in fills] == ["3.00"]
    shown = member.call("GET", path).json()["order"]
    assert (shown["status"], shown["fill_count_fp"]) == ("executed", "3.00")
    assert member.balance() != balance


@pytest.mark.system
def test_positions_and_fills_lag_and_the_freshness_says_so(http, member):
    quote(http, ("ask", "0.60", "9.00"))
    before = member.call("GET", "/portfolio/positions").json()
    stand(http, "lagging_positions", delay_ms=60_000)
    stand(http, "lagging_fills", delay_ms=60_000)
    order_id = member.order(COLD, "bid", "2.00", "0.60").json()["order_id"]
    params = {"order_id": order_id}
    assert member.call("GET", f"/portfolio/orders/{order_id}").json()["order"]["fill_count_fp"] == "2.00"
    assert member.call("GET", "/portfolio/fills", params=params).json()["fills"] == []
    lagging = member.call("GET", "/portfolio/positions", params={"ticker": COLD}).json()["market_positions"]
    assert [one["position_fp"] for one in lagging] == ["0.00"] or not before["market_positions"]
    as_of = http.get("/trade-api/v2/exchange/user_data_timestamp").json()["as_of_time"]
    assert 55 < time.time() - datetime.fromisoformat(as_of).timestamp() < 70
    http.delete("/sandbox/faults/standing", params={"kind": "lagging_fills"})
    assert len(member.call("GET", "/portfolio/fills", params=params).json()["fills"]) == 1
    http.delete("/sandbox/faults/standing")
    assert member.call("GET", "/portfolio/positions").json() != before


@pytest.mark.system
def test_a_looping_cursor_leads_to_the_same_page(http, member):
    stand(http, "looping_cursor")
    first = member.call("GET", "/portfolio/orders", params={"limit": 2}).json()
    again = member.call("GET", "/portfolio/orders", params={"limit": 2, "cursor": first["cursor"]}).json()
    assert again == first
    assert first["cursor"]


@pytest.mark.system
def test_a_pause_cancels_what_asked_for_it_and_nothing_trades(http, member):
    quote(http, ("ask", "0.60", "9.00"))
    resting = {"time_in_force": "good_till_canceled"}
    stays = member.order(COLD, "bid", "1.00", "0.20", **resting).json()["order_id"]
    goes = member.order(COLD, "bid", "1.00", "0.20", **resting, cancel_order_on_pause=True).json()["order_id"]
    stand(http, "pause")
    assert http.get("/trade-api/v2/exchange/status").json()["trading_active"] is False
    refused = member.order(COLD, "bid", "1.00", "0.60")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "trading_is_paused")
    found = [
        member.call("GET", f"/portfolio/orders/{one}").json()["order"]["status"] for one in (stays, goes)
    ]
    assert found == ["resting", "canceled"]
    assert member.call("DELETE", f"/portfolio/events/orders/{stays}").status_code == 200
    http.delete("/sandbox/faults/standing")
    assert http.get("/trade-api/v2/exchange/status").json()["trading_active"] is True
    assert member.order(COLD, "bid", "1.00", "0.60").status_code == 201


@pytest.mark.system
def test_a_skewed_clock_shows_in_the_date_and_judges_signatures(http, member):
    stand(http, "clock_skew", skew_ms=90_000)
    status = http.get("/trade-api/v2/exchange/status")
    assert 85 < parsedate_to_datetime(status.headers["date"]).timestamp() - time.time() < 95
    assert len(status.headers.get_list("date")) == 1
    path = "/trade-api/v2/portfolio/balance"
    assert http.get(path, headers=member.headers("GET", path)).status_code == 401
    shifted = member.headers("GET", path, time_ms=time.time_ns() // 1_000_000 + 90_000)
    assert http.get(path, headers=shifted).status_code == 200


@pytest.mark.system
def test_faults_that_cannot_be_are_refused(http):
    assert http.post("/sandbox/faults", json={"kind": "pause"}).status_code == 400
    assert http.post("/sandbox/faults", json={}).status_code == 400
    assert http.put("/sandbox/faults/standing", json={"kind": "meteor"}).status_code == 400
    shoot(http, "error_503", times=2)
    assert http.post("/sandbox/faults", json={"next_order": None}).json() == {"waiting": 0}
