"""A list from its publisher's address: every file below one address, each read whole or not at all.

An address ends with / where the list has several files, whose names follow it.

Guaranteed:
- a file is at most `LIMIT_BYTES` large and read within `TIMEOUT_SECONDS`, in at most `ATTEMPTS` attempts with
  a growing pause; what ends before its announced length is not whole, which the client sees;
- redirections are followed three times at most, and never away from https once it was used.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from customer_stack.screening.providers.contract import Download, ListUnreachable

LIMIT_BYTES: Final = 512 << 20
TIMEOUT_SECONDS: Final = 300.0
ATTEMPTS: Final = 3
FIRST_PAUSE_SECONDS: Final = 2.0
REDIRECTIONS: Final = 3


class HttpSource:
    """The files of one list below an address."""

    def __init__(
        self,
        url: str,
        client: httpx.AsyncClient,
        *,
        limit_bytes: int = LIMIT_BYTES,
        timeout_seconds: float = TIMEOUT_SECONDS,
        pause_seconds: float = FIRST_PAUSE_SECONDS,
    ) -> None:
        """Read from `url`."""
        self._url = httpx.URL(url)
        self.origin = f"{self._url.scheme}://{self._url.host}{self._url.path}"
        self._client = client
        self._limit_bytes = limit_bytes
        self._timeout_seconds = timeout_seconds
        self._pause_seconds = pause_seconds

    async def fetch(self, files: Sequence[str]) -> Download:
        """Return all `files`. Raises ListUnreachable."""
        found, times = {}, []
        for name in files:
            url = self._url.join(name) if self._url.path.endswith("/") else self._url
            found[name], published_at = await self._fetch_patiently(url, name)
            if published_at is not None:
                times.append(published_at)
        return Download(found, max(times, default=None))

    async def _fetch_patiently(self, url: httpx.URL, name: str) -> tuple[bytes, datetime | None]:
        pause = self._pause_seconds
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with asyncio.timeout(self._timeout_seconds):
                    return await self._fetch_file(url, name)
            except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, _Again) as error:
                if attempt == ATTEMPTS:
                    reason = str(error) if isinstance(error, _Again) else type(error).__name__
                    raise ListUnreachable(
                        f"{name} was not had in {ATTEMPTS} attempts: {reason or 'no answer'}"
                    ) from error
            await asyncio.sleep(pause)
            pause *= 2
        raise AssertionError  # the last attempt has returned or raised

    async def _fetch_file(self, url: httpx.URL, name: str) -> tuple[bytes, datetime | None]:
        for _ in range(REDIRECTIONS + 1):
            async with self._client.stream("GET", url, follow_redirects=False) as answer:
                if answer.has_redirect_location:
                    to = url.join(answer.headers["location"])
                    if to.scheme not in ("https", url.scheme):
                        raise ListUnreachable(f"{name} is redirected away from https")
                    url = to
                    continue
                if answer.status_code in (408, 429) or answer.status_code >= 500:
                    raise _Again(f"answered {answer.status_code}")
                if answer.status_code != httpx.codes.OK:
                    raise ListUnreachable(f"{name}: the publisher answered {answer.status_code}")
                return await self._read_body(answer, name), _published_at(answer)
        raise ListUnreachable(f"{name} is redirected more than {REDIRECTIONS} times")

    async def _read_body(self, answer: httpx.Response, name: str) -> bytes:
        body = bytearray()
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > self._limit_bytes:
                raise ListUnreachable(f"{name} is larger than {self._limit_bytes} bytes")
        return bytes(body)


class _Again(Exception):
    """The publisher is busy: worth another attempt."""


def _published_at(answer: httpx.Response) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.headers["last-modified"])
    except (KeyError, ValueError):
        return None
