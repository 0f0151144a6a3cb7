"""Signed requests to the Kalshi Trade API: one attempt per write, a few per read, pages to their end.

Requests go straight to the connection pool beneath httpx: what httpx adds above it (clients, cookies,
redirects, decoding of compressed answers) is not wanted here, and costs as much as the pool itself.

Guaranteed:
- every request ends within its time limit;
- a write is tried once; a read is repeated a few times, signed anew each time;
- requests fit into the account's rate limit, as far as this process knows it; a read waits for its tokens
  before it takes one of the places at the exchange, and never takes the last place from a write;
- no more of an answer is read than its limit;
- a page cursor that repeats, or a list without end, is an error and not a shorter answer.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import certifi
import httpcore
import orjson

from execution_stack.exchange.budget import DEFAULT_COST, ORDER_READ_COST, Budget
from execution_stack.exchange.errors import (
    AnswerUnreadable,
    ExchangeUnavailable,
    NotReceived,
    NotThere,
    OutcomeUnknown,
)
from execution_stack.exchange.providers import wire
from execution_stack.exchange.providers.signing import Signer
from shared.clock import Clock

READ_ATTEMPTS: Final = 3
READ_BACKOFF_SECONDS: Final = 0.2
PAGE_SIZE: Final = 200
PAGES_LIMIT: Final = 500
ANSWER_LIMIT_BYTES: Final = 8 * 1024 * 1024
READS_AT_ONCE: Final = 8
CONNECTIONS: Final = 16
IDLE_CONNECTIONS: Final = 8
IDLE_SECONDS: Final = 5.0
_UNREACHED: Final = (
    httpcore.ConnectError,
    httpcore.ConnectTimeout,
    httpcore.PoolTimeout,
    httpcore.UnsupportedProtocol,
)
_BROKEN: Final = (
    *_UNREACHED,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    TimeoutError,
)


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Seconds for a whole request, a read and a write."""

    read_seconds: float = 5.0
    write_seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole; `date` is the answerer's clock, if it told it."""

    status: int
    content: bytes
    date: str | None


class SignedHttp:
    """Requests as the owner of one API key."""

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
        """Talk to `base_url`, which ends in /trade-api/v2. Nothing is sent yet."""
        base = urlsplit(base_url.rstrip("/"))
        self._base = httpcore.URL(base_url)
        self._path = base.path
        self._headers = [
            (b"Host", base.netloc.encode("ascii")),
            (b"User-Agent", b"bulkhead"),
            (b"Accept", b"application/json"),
            (b"Accept-Encoding", b"identity"),
        ]
        self._signer = signer
        self._clock = clock
        self._limits = limits or TimeLimits()
        self._budget = budget
        self._reads = asyncio.Semaphore(READS_AT_ONCE)
        self._timeouts = dict.fromkeys(("connect", "read", "write", "pool"), self._limits.read_seconds)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl.create_default_context(cafile=certifi.where())
            if base.scheme == "https"
            else None,
            max_connections=CONNECTIONS,
            max_keepalive_connections=IDLE_CONNECTIONS,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=network,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.aclose()

    async def write(self, path: str, body: Mapping[str, Any]) -> Answer:
        """POST once. Raises NotReceived when no connection was made, OutcomeUnknown when it broke."""
        try:
            async with asyncio.timeout(self._limits.write_seconds):
                answer = await self._ask("POST", path, {}, body)
        except _UNREACHED as error:
            raise NotReceived("No connection to the exchange. The order is sent again.") from error
        except (*_BROKEN, AnswerUnreadable) as error:
            raise OutcomeUnknown(
                "The exchange did not answer an order in time, or without end. It is looked up."
            ) from error
        if answer.status == 429 and self._budget is not None:
            self._budget.drain_writes()
        return answer

    async def read(self, path: str, query: Mapping[str, str]) -> wire.Object:
        """GET with a few attempts. Raises ExchangeUnavailable, NotThere, AnswerUnreadable."""
        return wire.parse(await self._get(path, query))

    async def pages(
        self,
        path: str,
        query: Mapping[str, str],
        key: str,
        *,
        until: Callable[[wire.Object], bool] | None = None,
    ) -> list[wire.Object]:
        """Read every page of a list, or, newest first, up to the page with an item that `until` knows."""
        items: list[wire.Object] = []
        seen: set[str] = set()
        cursor = ""
        for _ in range(PAGES_LIMIT):
            paging = {"limit": str(PAGE_SIZE)} | ({"cursor": cursor} if cursor else {})
            page = await self.read(path, {**query, **paging})
            listed = wire.objects(page, key)
            items.extend(listed)
            cursor = wire.text(page, "cursor") if page.get("cursor") is not None else ""
            if not cursor or (until is not None and any(until(item) for item in listed)):
                return items
            if cursor in seen:
                break
            seen.add(cursor)
        raise AnswerUnreadable(f"The exchange's list of {key} does not end. Ask its support.")

    async def clock_skew(self, path: str) -> timedelta:
        """Return how far the clock of whoever answers runs ahead of ours; its own grain is a second.

        A refusal tells the time too: a clock too far from ours refuses our signatures.
        Raises ExchangeUnavailable, AnswerUnreadable.
        """
        if self._budget is not None:
            await self._budget.read()
        before = self._clock.now()
        try:
            async with asyncio.timeout(self._limits.read_seconds), self._reads:
                answer = await self._ask("GET", path, {}, None)
        except _BROKEN as error:
            raise ExchangeUnavailable(
                "The exchange does not tell its time. It is asked again later."
            ) from error
        after = self._clock.now()
        try:
            stated = parsedate_to_datetime(answer.date or "")
            there = stated.replace(tzinfo=UTC) if stated.tzinfo is None else stated.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise AnswerUnreadable("The exchange's answer carries no time. Ask its support.") from error
        return _apart(there, before, after)

    async def _ask(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None
    ) -> Answer:
        """Send a request and read its answer up to the limit. Raises `_BROKEN`, AnswerUnreadable."""
        response = await self._pool.handle_async_request(self._request(method, path, query, body))
        try:
            parts, length = list[bytes](), 0
            async for part in response.aiter_stream():
                length += len(part)
                if length > ANSWER_LIMIT_BYTES:
                    raise AnswerUnreadable("The exchange's answer is too long. Ask its support.")
                parts.append(part)
        finally:
            await response.aclose()
        date = next((value for name, value in response.headers if name.lower() == b"date"), None)
        return Answer(response.status, b"".join(parts), None if date is None else date.decode("latin-1"))

    def _request(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None
    ) -> httpcore.Request:
        path = self._path + path
        at_ms = int(self._clock.now().timestamp() * 1000)
        signed = self._signer.headers(method, path, at_ms)
        headers = [*self._headers, *((name.encode(), value.encode()) for name, value in signed.items())]
        content = b""
        if body is not None:
            content = orjson.dumps(body)
            headers += [(b"Content-Type", b"application/json"), (b"Content-Length", b"%d" % len(content))]
        target = f"{path}?{urlencode(query)}" if query else path
        at = self._base
        url = httpcore.URL(scheme=at.scheme, host=at.host, port=at.port, target=target.encode("ascii"))
        return httpcore.Request(
            method, url, headers=headers, content=content, extensions={"timeout": self._timeouts}
        )

    async def _get(self, path: str, query: Mapping[str, str]) -> bytes:
        cost = ORDER_READ_COST if path.startswith("/portfolio/orders/") else DEFAULT_COST
        for attempt in range(READ_ATTEMPTS):
            if attempt:
                await asyncio.sleep(READ_BACKOFF_SECONDS * 3 ** (attempt - 1))
            if self._budget is not None:
                await self._budget.read(cost)
            try:
                async with asyncio.timeout(self._limits.read_seconds), self._reads:
                    answer = await self._ask("GET", path, query, None)
            except _BROKEN:
                continue
            if answer.status == 200:
                return answer.content
            if answer.status == 429 and self._budget is not None:
                self._budget.drain_reads()
            if answer.status == 404:
                raise NotThere("The exchange does not know what it was asked for. It may be too old.")
            if answer.status != 429 and answer.status < 500:
                raise ExchangeUnavailable(
                    f"The exchange answered a read with status {answer.status}. Look at the account's "
                    "key, and at its announcements."
                )
        raise ExchangeUnavailable("The exchange does not answer. It is asked again later.")


def _apart(there: datetime, before: datetime, after: datetime) -> timedelta:
    """Return the least by which a time, cut to its second, lies outside the time that asking took."""
    if there + timedelta(seconds=1) < before:
        return there + timedelta(seconds=1) - before
    return max(there - after, timedelta(0))
