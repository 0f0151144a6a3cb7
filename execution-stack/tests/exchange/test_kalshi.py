"""The adapter: what it sends, and what it makes of each answer."""

import base64
import json
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from execution_stack.exchange import errors
from execution_stack.exchange.domain import (
    BookSide,
    BucketLimit,
    Level,
    MarketStatus,
    OrderStatus,
    RateLimits,
)
from execution_stack.exchange.providers import http

from .http_server import Answer, Drop, Hang, Request, serve
from .kalshi_answers import (
    CLIENT_ID,
    CREATED,
    EVENT,
    FILL,
    KEY,
    KEY_ID,
    MARKET,
    NOW,
    ORDER,
    ORDER_ID,
    SERIES,
    TICKER,
    error,
    exchange,
    order,
    page,
)


async def place(answer: Answer, found: Answer | None = None, **limits: float) -> tuple[object, list[Request]]:
    """Place one order and return what came of it, with the requests that were sent."""
    reads = {"/trade-api/v2/portfolio/orders": found or page("orders")}
    nothing = page("fills")
    async with serve(lambda r: answer if r.method == "POST" else reads.get(r.path, nothing)) as server:
        client = exchange(server.url, **limits)
        try:
            outcome: object = await client.place_order(order())
        except Exception as error:  # noqa: BLE001 - the outcome is what is tested
            outcome = error
        finally:
            await client.close()
        return outcome, server.requests


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(http, "READ_BACKOFF_SECONDS", 0.001)


async def test_an_order_is_written_as_the_exchange_documents_it():
    placed, [sent] = await place((201, json.dumps(CREATED).encode()))
    assert placed.order_id == UUID(ORDER_ID)
    assert (sent.method, sent.path) == ("POST", "/trade-api/v2/portfolio/events/orders")
    assert json.loads(sent.body) == {
        "ticker": "KX-1",
        "client_order_id": str(CLIENT_ID),
        "side": "bid",
        "count": "14.00",
        "price": "0.5600",
        "time_in_force": "immediate_or_cancel",
        "self_trade_prevention_type": "taker_at_cross",
    }


async def test_every_request_is_signed_over_time_method_and_path_without_the_query():
    async with serve(lambda _: page("fills", FILL)) as server:
        client = exchange(server.url)
        await client.fills(UUID(ORDER_ID))
        await client.close()
    [sent] = server.requests
    assert "?" in sent.target
    assert sent.headers["kalshi-access-key"] == KEY_ID
    assert sent.headers["kalshi-access-timestamp"] == str(int(NOW.timestamp() * 1000))
    KEY.public_key().verify(
        base64.b64decode(sent.headers["kalshi-access-signature"]),
        f"{int(NOW.timestamp() * 1000)}GET/trade-api/v2/portfolio/fills".encode(),
        padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32),
        hashes.SHA256(),
    )


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
async def test_a_clear_no_is_a_refusal_with_the_exchanges_code(status):
    outcome, requests = await place(error(status, "insufficient_balance"))
    assert isinstance(outcome, errors.OrderRefused)
    assert (outcome.status, outcome.reason) == (status, "insufficient_balance")
    assert len(requests) == 1


@pytest.mark.parametrize(
    "answer",
    [error(500, "x"), error(503, "x"), (200, b"{}"), (201, b"not json"), (302, b""), Drop()],
    ids=["500", "503", "no order", "unreadable", "redirect", "dropped"],
)
async def test_what_is_neither_yes_nor_no_is_unknown_and_tried_once(answer):
    outcome, requests = await place(answer)
    assert isinstance(outcome, errors.OutcomeUnknown)
    assert [r.method for r in requests] == ["POST"]


async def test_a_write_without_an_answer_ends_in_time_as_unknown():
    outcome, _ = await place(Hang(), write_seconds=0.1)
    assert isinstance(outcome, errors.OutcomeUnknown)


async def test_a_rate_limit_means_not_received():
    outcome, _ = await place((429, b'{"error":"too many requests"}'))
    assert isinstance(outcome, errors.NotReceived)


async def test_no_connection_means_not_received():
    client = exchange("http://127.0.0.1:1/trade-api/v2")
    with pytest.raises(errors.NotReceived):
        await client.place_order(order())
    await client.close()


async def test_a_duplicate_is_looked_up_and_not_sent_again():
    other = ORDER | {"client_order_id": "somebody", "order_id": "0f6cf4f8-9d0a-4c27-a5ab-2a9a3ac5ae11"}
    outcome, requests = await place(error(409, "order_already_exists"), page("orders", other, ORDER))
    assert outcome.order_id == UUID(ORDER_ID)
    assert [r.method for r in requests] == ["POST", "GET"]
    assert requests[1].query["ticker"] == "KX-1"
    assert int(requests[1].query["min_ts"]) < NOW.timestamp()


async def test_a_duplicate_that_is_not_listed_yet_is_unknown():
    outcome, _ = await place(error(409, "order_already_exists"), page("orders"))
    assert isinstance(outcome, errors.OutcomeUnknown)


async def test_an_order_that_only_its_fills_name_is_found():
    answers = {
        "/trade-api/v2/portfolio/orders": page("orders"),
        "/trade-api/v2/portfolio/fills": page("fills", FILL),
        f"/trade-api/v2/portfolio/orders/{ORDER_ID}": (200, json.dumps({"order": ORDER}).encode()),
    }
    async with serve(lambda r: answers[r.path]) as server:
        client = exchange(server.url)
        found = await client.find_order(CLIENT_ID, TICKER, NOW)
        other = await client.find_order(UUID(int=5), TICKER, NOW)
        await client.close()
    assert found is not None
    assert found.order_id == UUID(ORDER_ID)
    assert other is None


async def test_a_read_is_tried_again_and_signed_again():
    answers = iter([Drop(), (503, b""), (429, b""), (200, b'{"balance_dollars":"994.270000"}')])
    async with serve(lambda _: next(answers)) as server:
        client = exchange(server.url)
        with pytest.raises(errors.ExchangeUnavailable):
            await client.balance()
        assert await client.balance() == 994_270_000
        await client.close()
    assert len({r.headers["kalshi-access-signature"] for r in server.requests}) == 4


async def read(answer: Answer | None, what):
    """Give one answer to every request, or the pages of a small catalogue, and call `what`."""

    def route(request: Request) -> Answer:
        return answer or {
            "/trade-api/v2/series": page("series", SERIES),
            "/trade-api/v2/events": page("events", EVENT),
            "/trade-api/v2/markets": page("markets", MARKET),
        }.get(request.path, error(404, "x"))

    async with serve(route) as server:
        client = exchange(server.url)
        try:
            return await what(client)
        finally:
            await client.close()


async def test_an_order_is_read_exactly():
    body = 200, json.dumps({"order": ORDER}).encode()
    found = await read(body, lambda c: c.order(UUID(ORDER_ID)))
    assert (found.status, found.filled, found.remaining) == (OrderStatus.CANCELED, 1012, 0)
    assert found.client_order_id == CLIENT_ID
    assert found.status.is_terminal


async def test_a_fill_is_read_exactly():
    [fill] = await read(page("fills", FILL, FILL), lambda c: c.fills(UUID(ORDER_ID)))
    assert (fill.quantity, fill.yes_price, fill.fee, fill.book_side) == (400, 5400, 70_000, BookSide.BID)


@pytest.mark.parametrize(
    "change",
    [
        {"count_fp": "4.001"},
        {"count_fp": "0.00"},
        {"count_fp": 4},
        {"yes_price_dollars": "0.54001"},
        {"no_price_dollars": "0.470000"},
        {"fee_cost": "0.0000001"},
        {"fee_cost": "1e-3"},
        {"fill_id": "not-a-uuid"},
        {"is_taker": "yes"},
        {"book_side": "buy"},
        {"created_time": "yesterday"},
        {"order_id": "0f6cf4f8-9d0a-4c27-a5ab-2a9a3ac5ae99"},
    ],
    ids=str,
)
async def test_a_fill_that_does_not_fit_our_units_is_refused_and_never_rounded(change):
    with pytest.raises(errors.AnswerUnreadable):
        await read(page("fills", FILL | change), lambda c: c.fills(UUID(ORDER_ID)))


async def test_pages_are_read_to_the_empty_cursor():
    second = FILL | {"fill_id": "7d7e0a0a-0000-4000-8000-000000000002"}

    def route(request: Request) -> Answer:
        return page("fills", second) if request.query.get("cursor") else page("fills", FILL, cursor="next")

    async with serve(route) as server:
        client = exchange(server.url)
        assert len(await client.fills(UUID(ORDER_ID))) == 2
        await client.close()


async def test_a_list_without_end_is_an_error_and_not_a_shorter_list():
    with pytest.raises(errors.AnswerUnreadable):
        await read(page("fills", FILL, cursor="same"), lambda c: c.fills(UUID(ORDER_ID)))


async def test_the_catalogue_carries_fee_multiplier_tick_and_bounded_text():
    [market] = await read(None, lambda c: c.list_markets())
    assert (market.ticker, market.status, market.tick) == ("KX-1", MarketStatus.OPEN, 100)
    assert (market.yes_bid, market.yes_ask, market.fee_multiplier_e4) == (5300, 5500, 10_000)
    assert market.title == "Inflation above 3% ?"
    assert market.yes_value is None


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ({"result": "yes"}, 10_000),
        ({"result": "no"}, 0),
        ({"result": "scalar", "settlement_value_dollars": "0.3700"}, 3700),
    ],
    ids=["yes", "no", "scalar"],
)
async def test_a_finalized_market_has_a_value(monkeypatch, change, value):
    monkeypatch.setitem(MARKET, "status", "finalized")
    for key, item in change.items():
        monkeypatch.setitem(MARKET, key, item)
    [market] = await read(None, lambda c: c.list_markets())
    assert (market.status, market.yes_value) == (MarketStatus.RESOLVED, value)


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"], ids=str)
async def test_a_time_that_no_calendar_has_is_unreadable(monkeypatch, time):
    monkeypatch.setitem(MARKET, "close_time", time)
    with pytest.raises(errors.AnswerUnreadable, match="close_time"):
        await read(None, lambda c: c.list_markets())


async def test_a_determined_market_has_no_value_yet(monkeypatch):
    monkeypatch.setitem(MARKET, "status", "determined")
    monkeypatch.setitem(MARKET, "result", "yes")
    [market] = await read(None, lambda c: c.list_markets())
    assert (market.status, market.yes_value) == (MarketStatus.CLOSED, None)


@pytest.mark.parametrize(
    "change", [{"fee_type": "flat"}, {"fee_multiplier": 15}, {"fee_multiplier": "1"}], ids=str
)
async def test_a_market_whose_fees_our_bound_does_not_cover_is_left_out(monkeypatch, change):
    for key, item in change.items():
        monkeypatch.setitem(SERIES, key, item)
    assert await read(None, lambda c: c.list_markets()) == ()


async def test_a_finer_tick_is_taken_at_its_coarsest(monkeypatch):
    ranges = [
        {"start": "0.00", "end": "0.10", "step": "0.001"},
        {"start": "0.10", "end": "0.90", "step": "0.01"},
    ]
    monkeypatch.setitem(MARKET, "price_ranges", ranges)
    [market] = await read(None, lambda c: c.list_markets())
    assert market.tick == 100


async def test_an_order_book_is_best_first_and_no_deeper_than_asked():
    body = b'{"orderbook_fp":{"yes_dollars":[["0.4200","13.00"],["0.4300","1.50"]],"no_dollars":[]}}'
    book = await read((200, body), lambda c: c.order_book(TICKER, 1))
    assert book.yes_bids == (Level(4300, 150),)
    assert book.no_bids == ()


async def test_settlements_and_positions_are_in_our_units():
    row = {"ticker": "KX-1", "revenue": 267, "fee_cost": "0.0044", "settled_time": "2026-11-20T10:00:00Z"}
    [settlement] = await read(page("settlements", row), lambda c: c.settlements(TICKER))
    assert (settlement.revenue, settlement.fee) == (2_670_000, 4_400)
    held = page("market_positions", {"ticker": "KX-1", "position_fp": "-0.88"})
    assert await read(held, lambda c: c.positions()) == {"KX-1": -88}


LIMITS = {
    "usage_tier": "basic", "grants": [],
    "read": {"refill_rate": 200, "bucket_capacity": 200},
    "write": {"refill_rate": 100, "bucket_capacity": 150},
}  # fmt: skip


async def test_the_accounts_limits_are_its_two_buckets():
    found = await read((200, json.dumps(LIMITS).encode()), lambda c: c.limits())
    assert found == RateLimits(read=BucketLimit(200, 200), write=BucketLimit(100, 150))


@pytest.mark.parametrize("rate", [0, -1, True, "100", 1.5, None], ids=str)
async def test_a_limit_that_is_no_rate_is_refused(rate):
    wrong = LIMITS | {"write": {"refill_rate": rate, "bucket_capacity": 100}}
    with pytest.raises(errors.AnswerUnreadable):
        await read((200, json.dumps(wrong).encode()), lambda c: c.limits())


SINCE, UNTIL = NOW - timedelta(hours=2), NOW


def made(minutes: int, number: int) -> dict[str, object]:
    """Return a fill that was made so many minutes ago."""
    at = (NOW - timedelta(minutes=minutes)).isoformat()
    return FILL | {"fill_id": f"7d7e0a0a-0000-4000-8000-{number:012}", "created_time": at}


async def fills_between(
    cutoff_minutes: int, live: Answer, *historical: Answer
) -> tuple[list[int], list[Request]]:
    """Read two hours of fills; return the numbers of those found, and the requests."""
    cutoff = (NOW - timedelta(minutes=cutoff_minutes)).isoformat()
    pages = iter(historical)

    def route(request: Request) -> Answer:
        if request.path.endswith("/historical/cutoff"):
            return 200, json.dumps({"trades_created_ts": cutoff, "orders_updated_ts": cutoff}).encode()
        return next(pages) if "/historical/" in request.path else live

    async with serve(route) as server:
        client = exchange(server.url)
        try:
            found = await client.fills_between(SINCE, UNTIL)
        finally:
            await client.close()
        return sorted(int(str(fill.fill_id)[-3:]) for fill in found), server.requests


async def test_fills_of_a_time_are_live_and_historical_ones_each_once():
    live = page("fills", made(5, 1), made(50, 2))
    old = (
        page("fills", made(50, 2), made(100, 3), cursor="on"),
        page("fills", made(110, 4), made(130, 5), cursor="z"),
    )
    found, requests = await fills_between(60, live, *old)
    assert found == [1, 2, 3, 4]
    assert [request.path.rsplit("/", 2)[-2] for request in requests] == [
        "portfolio", "historical", "historical", "historical",
    ]  # fmt: skip
    assert requests[0].query["min_ts"] == str(int(SINCE.timestamp()))
    assert "min_ts" not in requests[2].query


async def test_what_is_younger_than_the_cutoff_is_not_looked_for_in_the_past():
    found, requests = await fills_between(180, page("fills", made(5, 1)))
    assert (found, len(requests)) == ([1], 2)


async def test_a_historical_list_without_end_is_an_error():
    with pytest.raises(errors.AnswerUnreadable):
        await fills_between(60, page("fills"), *[page("fills", made(70, 1), cursor="same")] * 3)


async def test_orders_of_a_time_are_read_in_the_same_way():
    def route(request: Request) -> Answer:
        if request.path.endswith("/historical/cutoff"):
            return 200, json.dumps({"orders_updated_ts": (NOW - timedelta(days=9)).isoformat()}).encode()
        return page("orders", ORDER | {"created_time": (NOW - timedelta(minutes=1)).isoformat()})

    async with serve(route) as server:
        client = exchange(server.url)
        [found] = await client.orders_between(SINCE, UNTIL)
        await client.close()
    assert found.client_order_id == CLIENT_ID
