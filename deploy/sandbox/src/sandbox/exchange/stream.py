"""One connection of the WebSocket: its subscriptions, its commands, and what waits to be sent.

Guaranteed:
- what waits is bounded: a subscription whose messages pile up ends with error 25, and the others go on;
- sequence numbers of a subscription have no gaps, unless a fault was asked for.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from sandbox.exchange.limits import Bucket
from sandbox.exchange.stream_messages import Message

OUTBOX_LIMIT = 10_000
MARKETS_LIMIT = 1_000
COMMANDS_PER_SECOND = 50

CHANNELS = frozenset(
    {
        "fill",
        "user_orders",
        "market_positions",
        "orderbook_delta",
        "ticker",
        "trade",
        "market_lifecycle_v2",
    }
)
SEQUENCED = frozenset({"orderbook_delta", "trade", "market_lifecycle_v2"})
ERRORS = {
    1: "Unable to process message",
    2: "Params required",
    3: "Channels required",
    4: "Subscription IDs required",
    5: "Unknown command",
    7: "Unknown subscription ID",
    8: "Unknown channel name",
    11: "Invalid parameter",
    12: "Exactly one subscription ID is required",
    13: "Unsupported action",
    14: "Market Ticker required",
    15: "Action required",
    25: "Subscription buffer overflow",
    26: "Subscription market limit exceeded",
    27: "Too many requests",
}


class CommandRefused(Exception):
    """A command that is answered with one of the error codes."""

    def __init__(self, code: int) -> None:
        super().__init__(ERRORS[code])
        self.code = code


@dataclass(slots=True)
class Subscription:
    """One channel of one connection. `tickers` None means every market; `books` is what the client knows."""

    sid: int
    channel: str
    tickers: set[str] | None
    seq: int = 0
    books: dict[str, dict[tuple[str, int], int]] = field(default_factory=dict)
    last_tickers: dict[str, Message] = field(default_factory=dict)

    def wants(self, ticker: str) -> bool:
        return self.tickers is None or ticker in self.tickers


class Session:
    """One connection. `welcome` tells a subscription what it must know of a market first."""

    def __init__(
        self, is_market: Callable[[str], bool], welcome: Callable[["Session", Subscription, str], None]
    ) -> None:
        self.subscriptions: dict[int, Subscription] = {}
        self.outbox: asyncio.Queue[bytes] = asyncio.Queue(OUTBOX_LIMIT)
        self._is_market = is_market
        self._welcome = welcome
        self._commands = Bucket(COMMANDS_PER_SECOND)
        self._next_sid = 1

    def tell(self, subscription: Subscription, kind: str, message: Any, **more: object) -> bytes | None:
        """Return a message of a subscription, numbered; None when too much waits: then it ended."""
        if self.outbox.qsize() >= OUTBOX_LIMIT - len(self.subscriptions) - 1:
            self.subscriptions.pop(subscription.sid, None)
            self.put({"type": "error", "sid": subscription.sid, "msg": _error(25)})
            return None
        content: Message = {"type": kind, "sid": subscription.sid, **more}
        if subscription.channel in SEQUENCED:
            subscription.seq += 1
            content["seq"] = subscription.seq
        return orjson.dumps({**content, "msg": message})

    def put(self, content: Message | bytes) -> None:
        """Let something be sent, if there is room at all."""
        if not self.outbox.full():
            self.outbox.put_nowait(content if isinstance(content, bytes) else orjson.dumps(content))

    def command(self, text: str, now_ms: int) -> None:
        """Carry out a command and answer it."""
        command_id: dict[str, int] = {}
        try:
            body = _parsed(text)
            if isinstance(body.get("id"), int):
                command_id = {"id": body["id"]}
            self._carry_out(body, command_id, now_ms)
        except CommandRefused as refused:
            self.put({**command_id, "type": "error", "msg": _error(refused.code)})

    def _carry_out(self, body: Mapping[str, Any], command_id: dict[str, int], now_ms: int) -> None:
        if not self._commands.take(1, now_ms):
            raise CommandRefused(27)
        command = body.get("cmd")
        if command == "list_subscriptions":
            listed = [{"channel": one.channel, "sid": one.sid} for one in self.subscriptions.values()]
            self.put({**command_id, "type": "ok", "msg": listed})
            return
        actions = {
            "subscribe": self._subscribe,
            "unsubscribe": self._unsubscribe,
            "update_subscription": self._update,
        }
        if command not in actions:
            raise CommandRefused(5)
        params = body.get("params")
        if not isinstance(params, dict):
            raise CommandRefused(2)
        actions[command](params, command_id)

    def _subscribe(self, params: Mapping[str, Any], command_id: dict[str, int]) -> None:
        channels = params.get("channels")
        if not isinstance(channels, list) or not channels:
            raise CommandRefused(3)
        if not all(isinstance(one, str) and one in CHANNELS for one in channels):
            raise CommandRefused(8)
        tickers = self._tickers(params)
        if tickers is None and "orderbook_delta" in channels:
            raise CommandRefused(14)
        for channel in channels:
            # The lifecycle channel takes no filter: it tells of every market.
            filtered = None if channel == "market_lifecycle_v2" or tickers is None else set(tickers)
            subscription = Subscription(self._next_sid, channel, filtered)
            self._next_sid += 1
            self.subscriptions[subscription.sid] = subscription
            told = {"channel": channel, "sid": subscription.sid}
            self.put({**command_id, "type": "subscribed", "msg": told})
            if channel == "orderbook_delta" or (channel == "ticker" and params.get("send_initial_snapshot")):
                for ticker in sorted(filtered or ()):
                    self._welcome(self, subscription, ticker)

    def _unsubscribe(self, params: Mapping[str, Any], command_id: dict[str, int]) -> None:
        sids = params.get("sids")
        if not isinstance(sids, list) or not sids:
            raise CommandRefused(4)
        if not all(isinstance(sid, int) and sid in self.subscriptions for sid in sids):
            raise CommandRefused(7)
        for sid in sids:
            ended = self.subscriptions.pop(sid, None)
            if ended is not None:
                self.put({**command_id, "sid": sid, "seq": ended.seq + 1, "type": "unsubscribed"})

    def _update(self, params: Mapping[str, Any], command_id: dict[str, int]) -> None:
        subscription = self._named(params)
        action = params.get("action")
        if not action:
            raise CommandRefused(15)
        if action not in ("add_markets", "delete_markets", "get_snapshot"):
            raise CommandRefused(13)
        tickers = self._tickers(params)
        if tickers is None:
            raise CommandRefused(14)
        if action != "get_snapshot":
            self._filter(subscription, params, tickers, command_id)
        elif subscription.channel == "orderbook_delta":
            for ticker in sorted(tickers):
                self._welcome(self, subscription, ticker)
        else:
            raise CommandRefused(13)

    def _filter(
        self,
        subscription: Subscription,
        params: Mapping[str, Any],
        tickers: set[str],
        command_id: dict[str, int],
    ) -> None:
        known = set() if subscription.tickers is None else subscription.tickers
        changed = known | tickers if params["action"] == "add_markets" else known - tickers
        if len(changed) > MARKETS_LIMIT:
            raise CommandRefused(26)
        subscription.tickers = changed
        subscription.seq += 1
        told = {"market_tickers": sorted(changed)}
        answer = {"type": "ok", "sid": subscription.sid, "seq": subscription.seq, "msg": told}
        self.put({**command_id, **answer})
        for ticker in sorted(changed - known):
            if subscription.channel == "orderbook_delta" or params.get("send_initial_snapshot"):
                self._welcome(self, subscription, ticker)
        for ticker in known - changed:
            subscription.books.pop(ticker, None)

    def _named(self, params: Mapping[str, Any]) -> Subscription:
        sids = params.get("sids", [params["sid"]] if "sid" in params else None)
        if not isinstance(sids, list) or len(sids) != 1 or ("sid" in params and "sids" in params):
            raise CommandRefused(12)
        subscription = self.subscriptions.get(sids[0]) if isinstance(sids[0], int) else None
        if subscription is None:
            raise CommandRefused(7)
        return subscription

    def _tickers(self, params: Mapping[str, Any]) -> set[str] | None:
        named = params.get("market_tickers", [params["market_ticker"]] if "market_ticker" in params else None)
        if named is None or named == []:
            return None
        if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
            raise CommandRefused(11)
        if len(named) > MARKETS_LIMIT:
            raise CommandRefused(26)
        if not all(self._is_market(one) for one in named):
            raise CommandRefused(11)
        return set(named)


def _parsed(text: str) -> dict[str, Any]:
    try:
        body = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise CommandRefused(1) from error
    if not isinstance(body, dict):
        raise CommandRefused(1)
    return body


def _error(code: int) -> dict[str, object]:
    return {"code": code, "msg": ERRORS[code]}
