"""The Kalshi Trade API v2, as thin as it can be made (docs.kalshi.com).

Our own client instead of the vendor's: that one signs twice, has no default timeout and repeats requests
on its own. Orders go to the V2 endpoint; reads stay where they are.

Guaranteed:
- 409 on an order means that the exchange knows it: it is looked up, never sent under another id;
- a list of a time holds what the exchange has moved to its historical endpoints too, each item once.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final
from urllib.parse import quote
from uuid import UUID

import httpcore

from execution_stack.exchange.budget import Budget
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
from execution_stack.exchange.providers.http import SignedHttp, TimeLimits
from execution_stack.exchange.providers.signing import Signer
from shared.clock import Clock

_REFUSED: Final = frozenset({400, 401, 403, 404, 405, 410, 415, 422})
_QUADRATIC: Final = frozenset({"quadratic", "quadratic_with_maker_fees", "quadratic_with_combo_maker_fees"})
_FEE_LIMIT_E4: Final = 142_857  # 0.07 times the multiplier stays below one: the bound of max_total holds
_CLOCK_SLACK: Final = timedelta(seconds=60)
_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)


class KalshiExchange(Exchange):
    """One account at an exchange that speaks the Kalshi Trade API v2."""

    def __init__(
        self,
        base_url: str,
        signer: Signer,
        clock: Clock,
        *,
        limits: TimeLimits | None = None,
        budget: Budget | None = None,
        network: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        """Talk to `base_url`, which ends in /trade-api/v2. Nothing is sent yet.

        Reads take their tokens from `budget`; writes have theirs before they come here.
        """
        self._http = SignedHttp(base_url, signer, clock, limits=limits, budget=budget, network=network)

    async def close(self) -> None:
        """Close all connections."""
        await self._http.close()

    async def list_markets(self) -> tuple[MarketSnapshot, ...]:
        """Return the markets whose fee schedule our bound covers."""
        series = await self._http.read("/series", {})
        fees = {wire.text(item, "ticker"): item for item in wire.objects(series, "series")}
        multipliers: dict[str, int | None] = {}
        for event in await self._http.pages("/events", {}, "events"):
            multipliers[wire.text(event, "event_ticker")] = _fee_multiplier(
                event, fees.get(wire.text(event, "series_ticker"), {})
            )
        markets = await self._http.pages("/markets", {}, "markets")
        found = []
        for market in markets:
            multiplier = multipliers.get(wire.text(market, "event_ticker"))
            if multiplier is not None:
                found.append(wire.read_market(market, multiplier))
        return tuple(found)

    async def order_book(self, ticker: Ticker, depth: int) -> OrderBook:
        """Return the best `depth` levels of both sides."""
        path = f"/markets/{quote(ticker, safe='')}/orderbook"
        return wire.read_order_book(await self._http.read(path, {"depth": str(depth)}), depth)

    async def place_order(self, order: NewOrder) -> Acknowledged:
        """Send `order` once. Raises OrderRefused, NotReceived, OutcomeUnknown."""
        answer = await self._http.write("/portfolio/events/orders", _order_body(order))
        status = answer.status
        if status in {200, 201}:
            try:
                return Acknowledged(wire.identifier(wire.parse(answer.content), "order_id"))
            except AnswerUnreadable as error:
                raise OutcomeUnknown(
                    "The exchange took the order with an unreadable answer. It is looked up."
                ) from error
        if status == 409:
            return await self._look_up(order)
        if status == 429:
            raise NotReceived("The exchange's rate limit turned the order away. It is sent again.")
        if status in _REFUSED:
            raise OrderRefused(
                "The exchange refused the order. Its code says why; its intents end with nothing.",
                status=status,
                reason=_error_code(answer.content),
            )
        raise OutcomeUnknown(f"The exchange answered an order with status {status}. It is looked up.")

    async def find_order(self, client_order_id: UUID, ticker: Ticker, since: datetime) -> Order | None:
        """Search what `ticker` has seen of us since `since` (less a minute of slack).

        A fast order may show in the fills before it shows in the list, and fills know no client's id: an
        order that only they name is read by its own id.
        """
        earliest = max(int((since - _CLOCK_SLACK).timestamp()), 0)
        query = {"ticker": ticker, "min_ts": str(earliest)}
        orders = [
            wire.read_order(item) for item in await self._http.pages("/portfolio/orders", query, "orders")
        ]
        found = next((order for order in orders if order.client_order_id == client_order_id), None)
        if found is not None:
            return found
        fills = [wire.read_fill(item) for item in await self._http.pages("/portfolio/fills", query, "fills")]
        unlisted = {fill.order_id for fill in fills} - {order.order_id for order in orders}
        named_by_fills = [await self.order(order_id) for order_id in sorted(unlisted)]
        return next((order for order in named_by_fills if order.client_order_id == client_order_id), None)

    async def as_of(self) -> datetime:
        """Return how fresh the account's data are, as the exchange states it."""
        return wire.moment(await self._http.read("/exchange/user_data_timestamp", {}), "as_of_time")

    async def order(self, order_id: UUID) -> Order:
        """Return one order."""
        answer = await self._http.read(f"/portfolio/orders/{order_id}", {})
        return wire.read_order(wire.as_object(answer.get("order"), "order"))

    async def fills(self, order_id: UUID) -> tuple[Fill, ...]:
        """Return the fills of one order, oldest first, each once."""
        found = await self._http.pages("/portfolio/fills", {"order_id": str(order_id)}, "fills")
        fills = {fill.fill_id: fill for fill in map(wire.read_fill, found)}
        if any(fill.order_id != order_id for fill in fills.values()):
            raise AnswerUnreadable("The exchange listed another order's fill. Ask its support.")
        # Listed newest first; of fills of one moment the order of the list is all there is.
        oldest_first = list(fills.values())[::-1]
        oldest_first.sort(key=lambda fill: fill.created_at or _EARLIEST)
        return tuple(oldest_first)

    async def orders_between(self, since: datetime, until: datetime) -> tuple[Order, ...]:
        """Return the orders of a time, live and historical, each once."""
        found = await self._between("orders", "orders_updated_ts", since, until)
        return tuple({order.order_id: order for order in map(wire.read_order, found)}.values())

    async def fills_between(self, since: datetime, until: datetime) -> tuple[Fill, ...]:
        """Return the fills of a time, live and historical, each once."""
        found = await self._between("fills", "trades_created_ts", since, until)
        return tuple({fill.fill_id: fill for fill in map(wire.read_fill, found)}.values())

    async def clock_skew(self) -> timedelta:
        """Return how far the exchange's clock runs ahead of ours."""
        return await self._http.clock_skew("/exchange/status")

    async def _between(self, key: str, cutoff: str, since: datetime, until: datetime) -> list[wire.Object]:
        """Read a list of the portfolio, and its historical part if the time reaches back so far.

        What is old moves from one endpoint to the other: the live one is read first, so nothing falls
        between the two. The historical one knows no beginning, and is read newest first up to `since`.
        """
        latest = {"max_ts": str(int(until.timestamp()) + 1)}
        earliest = {"min_ts": str(max(int(since.timestamp()), 0))}
        found = await self._http.pages(f"/portfolio/{key}", earliest | latest, key)
        if since < wire.moment(await self._http.read("/historical/cutoff", {}), cutoff):
            found += await self._http.pages(
                f"/historical/{key}",
                latest,
                key,
                until=lambda item: _made(item, until) < since,
            )
        return [item for item in found if since <= _made(item, until) <= until]

    async def positions(self) -> dict[Ticker, int]:
        """Return the net position per market."""
        found = await self._http.pages("/portfolio/positions", {}, "market_positions")
        return {wire.ticker(item): wire.count(item, "position_fp") for item in found}

    async def balance(self) -> int:
        """Return the account's cash in micro-dollars."""
        return wire.dollars(await self._http.read("/portfolio/balance", {}), "balance_dollars")

    async def limits(self) -> RateLimits:
        """Return the buckets of the account's tier."""
        return wire.read_limits(await self._http.read("/account/limits", {}))

    async def settlements_between(self, since: datetime, until: datetime) -> tuple[Settlement, ...]:
        """Return what was paid in a time."""
        query = {"min_ts": str(max(int(since.timestamp()), 0)), "max_ts": str(int(until.timestamp()) + 1)}
        found = await self._http.pages("/portfolio/settlements", query, "settlements")
        return tuple(wire.read_settlement(item) for item in found)

    async def settlements(self, ticker: Ticker) -> tuple[Settlement, ...]:
        """Return what was paid for the net position of `ticker`."""
        found = await self._http.pages("/portfolio/settlements", {"ticker": ticker}, "settlements")
        return tuple(wire.read_settlement(item) for item in found)

    async def _look_up(self, order: NewOrder) -> Acknowledged:
        try:
            found = await self.find_order(order.client_order_id, order.ticker, order.since)
        except (ExchangeUnavailable, AnswerUnreadable) as error:
            raise OutcomeUnknown(
                "The exchange knows the order but could not list it. It is looked up."
            ) from error
        if found is None:
            raise OutcomeUnknown("The exchange knows the order but does not list it yet. It is looked up.")
        return Acknowledged(found.order_id)


def _made(item: wire.Object, otherwise: datetime) -> datetime:
    """Return when something was made; what does not say so is taken as made at the end of the time asked."""
    return wire.moment(item, "created_time") if item.get("created_time") else otherwise


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
