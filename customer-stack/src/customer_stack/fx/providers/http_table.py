"""A bank's table of rates over HTTP: one page, read now and then by the worker.

Guaranteed: at most `LIMIT_BYTES` are read, within `TIMEOUT_SECONDS`, without following redirects; whatever
is not a good page is RateUnavailable, and what was read before stands.
"""

import asyncio
from typing import Final

import httpx

from customer_stack.fx.domain.rates import Mid
from customer_stack.fx.errors import RateUnavailable
from customer_stack.fx.providers.table import TableForm, read_table

LIMIT_BYTES: Final = 256 * 1024
TIMEOUT_SECONDS: Final = 10.0


class HttpRateTable:
    """One page with a table of rates."""

    def __init__(
        self,
        name: str,
        url: str,
        form: TableForm,
        client: httpx.AsyncClient,
        *,
        poll_seconds: float = 60.0,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        """Read `url` and call its rates by `name`."""
        self.name = name
        self.poll_seconds = poll_seconds
        self._url = url
        self._form = form
        self._client = client
        self._timeout_seconds = timeout_seconds

    async def read(self) -> Mid:
        """Return the rate that the page shows now. Raises RateUnavailable."""
        try:
            async with asyncio.timeout(self._timeout_seconds):
                body = await self._fetch()
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise RateUnavailable("The source of rates does not answer. Its last rate stands.") from error
        return read_table(body, self._form, self.name)

    async def _fetch(self) -> bytes:
        body = bytearray()
        async with self._client.stream("GET", self._url, follow_redirects=False) as answer:
            if answer.status_code != httpx.codes.OK:
                raise RateUnavailable("The source of rates answers with an error. Its last rate stands.")
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > LIMIT_BYTES:
                    raise RateUnavailable("The table of rates is too large. Check its address.")
        return bytes(body)
