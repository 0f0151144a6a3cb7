"""The Kalshi Trade API v2, as thin as it can be made (docs.kalshi.com).

Our own client instead of the vendor's: that one signs twice, has no default timeout and repeats requests
on its own. Orders go to the V2 endpoint; reads stay where they are.

Guaranteed:
- every request ends within its time limit;
- a write is tried once; a read is repeated a few times, signed anew each time;
- 409 on an order means that the exchange knows it: it is looked up, never sent under another id;
- a page cursor that repeats, or a list without end, is an error and not a shorter answer.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

import httpx

from execution_stack.exchange.domain import (
    Acknowledged,
    Fill,
    MarketSnapshot,
    NewOrder,
    Order,
    OrderBook,
    RateLimits,
    Settlement,
    Ticker,
)
from execution_stack.exchange.errors import (
    AnswerUnreadable,
    ExchangeUnavailable,
    NotReceived,
    OrderRefused,
    OutcomeUnknown,
)
from execution_stack.exchange.providers import wire
from execution_stack.exchange.providers.contract import Exchange
from execution_stack.exchange.providers.signing import Signer
from shared.clock import Clock

READ_ATTEMPTS: Final = 3
READ_BACKOFF_SECONDS: Final = 0.2
PAGE_SIZE: Final = 200
PAGES_LIMIT: Final = 500
ANSWER_LIMIT_BYTES: Final = 8 * 1024 * 1024

_REFUSED: Final = frozenset({400, 401, 403, 404, 405, 410, 415, 422})
_QUADRATIC: Final = frozenset({"quadratic", "quadratic_with_maker_fees", "quadratic_with_combo_maker_fees"})
_FEE_LIMIT_E4: Final = 142_857  # 0.07 times the multiplier stays below one: the bound of max_total holds
_CLOCK_SLACK: Final = timedelta(seconds=60)
_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Seconds for a whole request, a read and a write."""

    read_seconds: float = 5.0
    write_seconds: float = 5.0


class KalshiExchange(Exchange):
    """One account at an exchange that speaks the Kalshi Trade API v2."""

    def __init__(
        self,
        base_url: str,
        signer: Signer,
        clock: Clock,
        *,
        limits: TimeLimits | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Talk to `base_url`, which ends in /trade-api/v2. Nothing is sent yet."""
        self._base = base_url.rstrip("/")
        self._signer = signer
        self._clock = clock
        self._limits = limits or TimeLimits()
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(self._limits.read_seconds),
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=8),
            transport=transport,
            follow_redirects=False,
            trust_env=False,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def list_markets(self) -> tuple[MarketSnapshot, ...]:
        """Return the markets whose fee schedule our bound covers."""
        series = await self._read("/series", {})
        fees = {wire.text(item, "ticker"): item for item in wire.objects(series, "series")}
        multipliers: dict[str, int | None] = {}
        for event in await self._pages("/events", {}, "events"):
            multipliers[wire.text(event, "event_ticker")] = _fee_multiplier(
                event, fees.get(wire.text(event, "series_ticker"), {})
            )
        markets = await self._pages("/markets", {}, "markets")
        found = []
        for market in markets:
            multiplier = multipliers.get(wire.text(market, "event_ticker"))
            if multiplier is not None:
                found.append(wire.read_market(market, multiplier))
        return tuple(found)

    async def order_book(self, ticker: Ticker, depth: int) -> OrderBook:
        """Return the best `depth` levels of both sides."""
        path = f"/markets/{quote(ticker, safe='')}/orderbook"
        return wire.read_order_book(await self._read(path, {"depth": str(depth)}), depth)

    async def place_order(self, order: NewOrder) -> Acknowledged:
        """Send `order` once. Raises OrderRefused, NotReceived, OutcomeUnknown."""
        response = await self._write("/portfolio/events/orders", _order_body(order))
        status = response.status_code
        if status in {200, 201}:
            try:
                return Acknowledged(wire.identifier(wire.parse(response.content), "order_id"))
            except AnswerUnreadable as error:
                raise OutcomeUnknown("The exchange took the order with an unreadable answer.") from error
        if status == 409:
            return await self._look_up(order)
        if status == 429:
            raise NotReceived("The exchange's rate limit turned the order away.")
        if status in _REFUSED:
            raise OrderRefused(
                "The exchange refused the order.", status=status, reason=_error_code(response.content)
            )
        raise OutcomeUnknown(f"The exchange answered an order with status {status}.")

    async def find_order(self, client_order_id: UUID, ticker: Ticker, since: datetime) -> Order | None:
        """Search what `ticker` has seen of us since `since` (less a minute of slack).

        A fast order may show in the fills before it shows in the list, and fills know no client's id: an
        order that only they name is read by its own id.
        """
        earliest = max(int((since - _CLOCK_SLACK).timestamp()), 0)
        query = {"ticker": ticker, "min_ts": str(earliest)}
        orders = [wire.read_order(item) for item in await self._pages("/portfolio/orders", query, "orders")]
        found = next((order for order in orders if order.client_order_id == client_order_id), None)
        if found is not None:
            return found
        fills = [wire.read_fill(item) for item in await self._pages("/portfolio/fills", query, "fills")]
        unlisted = {fill.order_id for fill in fills} - {order.order_id for order in orders}
        named_by_fills = [await self.order(order_id) for order_id in sorted(unlisted)]
        return next((order for order in named_by_fills if order.client_order_id == client_order_id), None)

    async def as_of(self) -> datetime:
        """Return how fresh the account's data are, as the exchange states it."""
        return wire.moment(await self._read("/exchange/user_data_timestamp", {}), "as_of_time")

    async def order(self, order_id: UUID) -> Order:
        """Return one order."""
        answer = await self._read(f"/portfolio/orders/{order_id}", {})
        return wire.read_order(wire.as_object(answer.get("order"), "order"))

    async def fills(self, order_id: UUID) -> tuple[Fill, ...]:
        """Return the fills of one order, oldest first, each once."""
        found = await self._pages("/portfolio/fills", {"order_id": str(order_id)}, "fills")
        fills = {fill.fill_id: fill for fill in map(wire.read_fill, found)}
        if any(fill.order_id != order_id for fill in fills.values()):
            raise AnswerUnreadable("The exchange listed another order's fill. Ask its support.")
        # Listed newest first; of fills of one moment the order of the list is all there is.
        oldest_first = list(fills.values())[::-1]
        oldest_first.sort(key=lambda fill: fill.created_at or _EARLIEST)
        return tuple(oldest_first)

    async def positions(self) -> dict[Ticker, int]:
        """Return the net position per market."""
        found = await self._pages("/portfolio/positions", {}, "market_positions")
        return {wire.ticker(item): wire.count(item, "position_fp") for item in found}

    async def balance(self) -> int:
        """Return the account's cash in micro-dollars."""
        return wire.dollars(await self._read("/portfolio/balance", {}), "balance_dollars")

    async def limits(self) -> RateLimits:
        """Return the buckets of the account's tier."""
        return wire.read_limits(await self._read("/account/limits", {}))

    async def settlements(self, ticker: Ticker) -> tuple[Settlement, ...]:
        """Return what was paid for the net position of `ticker`."""
        found = await self._pages("/portfolio/settlements", {"ticker": ticker}, "settlements")
        return tuple(wire.read_settlement(item) for item in found)

    async def _look_up(self, order: NewOrder) -> Acknowledged:
        try:
            found = await self.find_order(order.client_order_id, order.ticker, order.since)
        except (ExchangeUnavailable, AnswerUnreadable) as error:
            raise OutcomeUnknown("The exchange knows the order but could not list it.") from error
        if found is None:
            raise OutcomeUnknown("The exchange knows the order but does not list it yet.")
        return Acknowledged(found.order_id)

    def _request(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None
    ) -> httpx.Request:
        request = self._client.build_request(method, self._base + path, params=dict(query) or None, json=body)
        signed_path = request.url.raw_path.split(b"?")[0].decode("ascii")
        at_ms = int(self._clock.now().timestamp() * 1000)
        request.headers.update(self._signer.headers(method, signed_path, at_ms))
        return request

    async def _write(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        """POST once. Raises NotReceived when no connection was made, OutcomeUnknown when it broke."""
        try:
            async with asyncio.timeout(self._limits.write_seconds):
                return await self._client.send(self._request("POST", path, {}, body))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotReceived("No connection to the exchange.") from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise OutcomeUnknown("The exchange did not answer an order in time.") from error

    async def _read(self, path: str, query: Mapping[str, str]) -> wire.Object:
        """GET with a few attempts. Raises ExchangeUnavailable, AnswerUnreadable."""
        for attempt in range(READ_ATTEMPTS):
            if attempt:
                await asyncio.sleep(READ_BACKOFF_SECONDS * 3 ** (attempt - 1))
            try:
                async with asyncio.timeout(self._limits.read_seconds):
                    response = await self._client.send(self._request("GET", path, query, None))
            except (httpx.HTTPError, TimeoutError):
                continue
            if response.status_code == 200:
                if len(response.content) > ANSWER_LIMIT_BYTES:
                    raise AnswerUnreadable("The exchange's answer is too long.")
                return wire.parse(response.content)
            if response.status_code != 429 and response.status_code < 500:
                raise ExchangeUnavailable(f"The exchange answered a read with status {response.status_code}.")
        raise ExchangeUnavailable("The exchange does not answer. It is asked again later.")

    async def _pages(self, path: str, query: Mapping[str, str], key: str) -> list[wire.Object]:
        """Read every page of a list."""
        items: list[wire.Object] = []
        seen: set[str] = set()
        cursor = ""
        for _ in range(PAGES_LIMIT):
            paging = {"limit": str(PAGE_SIZE)} | ({"cursor": cursor} if cursor else {})
            page = await self._read(path, {**query, **paging})
            items.extend(wire.objects(page, key))
            cursor = wire.text(page, "cursor") if page.get("cursor") is not None else ""
            if not cursor:
                return items
            if cursor in seen:
                break
            seen.add(cursor)
        raise AnswerUnreadable(f"The exchange's list of {key} does not end.")


def _fixed(number: int, scale: int) -> str:
    """Write minor units as the decimal string of the wire."""
    whole, rest = divmod(number, 10**scale)
    return f"{whole}.{rest:0{scale}d}"


def _order_body(order: NewOrder) -> dict[str, str]:
    return {
        "ticker": order.ticker,
        "client_order_id": str(order.client_order_id),
        "side": order.book_side.value,
        "count": _fixed(order.quantity, 2),
        "price": _fixed(order.price, 4),
        "time_in_force": "immediate_or_cancel",
        "self_trade_prevention_type": "taker_at_cross",
    }


def _error_code(content: bytes) -> str:
    """Return the exchange's own code of a refusal, bounded; the envelope comes in several shapes."""
    try:
        body = wire.parse(content)
    except AnswerUnreadable:
        return "unreadable"
    error = body.get("error", body)
    code = error.get("code") if isinstance(error, dict) else error
    return str(code)[:64] if code else "unstated"


def _fee_multiplier(event: wire.Object, series: wire.Object) -> int | None:
    """Return the multiplier of the quadratic fee in 0.0001, or None when our bound does not cover it."""
    fee_type = event.get("fee_type_override") or series.get("fee_type")
    override = event.get("fee_multiplier_override")
    multiplier = override if override is not None else series.get("fee_multiplier")
    if fee_type not in _QUADRATIC or not isinstance(multiplier, int | Decimal):
        return None
    scaled = Decimal(multiplier) * 10_000
    whole = int(scaled)
    return whole if whole == scaled and 0 <= whole <= _FEE_LIMIT_E4 else None
