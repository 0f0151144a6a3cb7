"""The public doors that the journey uses: HTTP of the customer stack, sandbox counterparties, commands.

Nothing here imports a stack. What a customer, a clerk, a bank's customer or an operator's engineer could
do, the journey does; nothing else.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx

from bulkhead_local.programs import run

WAIT_SECONDS = 60.0
COMMAND_SECONDS = 180.0
"""A command may have a container made for it first."""


@dataclass(frozen=True)
class Address:
    """Where everything is, as `make run` wrote it into `.run/state.json`."""

    customer: str
    exchange: str
    bank: str
    bank_key: str
    commands: dict[str, dict[str, Any]]
    tenants: list[dict[str, str]]
    staff: list[dict[str, str]]
    folder: Path

    @classmethod
    def read(cls, path: Path) -> "Address":
        """Read the state file."""
        state = json.loads(path.read_text())
        addresses = state["addresses"]
        return cls(
            customer=addresses["customer_api"],
            exchange=addresses["exchange"],
            bank=addresses["bank"],
            bank_key=state["bank_api_key"],
            commands=state["commands"],
            tenants=state["tenants"],
            staff=state["staff"],
            folder=path.parent.resolve(),
        )


def open_client(timeout: float, connections: int = 64) -> httpx.AsyncClient:
    """Return a client that keeps no cookies, so that everybody who uses it has a device of their own."""
    return httpx.AsyncClient(
        timeout=timeout,
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )


class Refused(Exception):
    """A door said no: a problem with a stable code."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status, self.code, self.detail = status, code, detail


class Door:
    """One person's (or clerk's) way in: their session over HTTP."""

    def __init__(self, client: httpx.AsyncClient, base: str) -> None:
        self._client, self._base, self.token = client, base, ""

    async def call(self, method: str, path: str, body: object = None, *, key: str | None = None) -> Any:
        """Send one request; a connection that breaks is tried again with the same key, for a bounded time.

        Raises Refused.
        """
        headers = {"Idempotency-Key": key or str(uuid4())}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
        while True:
            answer = await send(self._client, method, self._base + path, json=body, headers=headers)
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE and (
                asyncio.get_running_loop().time() < deadline
            ):
                await asyncio.sleep(0.2)
                continue
            break
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            problem = answer.json() if "json" in answer.headers.get("content-type", "") else {}
            raise Refused(
                answer.status_code, problem.get("code", "?"), problem.get("detail", answer.text[:200])
            )
        return answer.json() if answer.content else None

    async def every(self, path: str, list_name: str = "items") -> list[Any]:
        """Return a whole list, page by page."""
        found: list[Any] = []
        cursor = ""
        while True:
            mark = "&" if "?" in path else "?"
            page = await self.call("GET", f"{path}{mark}limit=200" + (f"&cursor={cursor}" if cursor else ""))
            found += page[list_name]
            cursor = page.get("next_cursor") or ""
            if not cursor:
                return found


async def send(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    json: object = None,
    headers: dict[str, str] | None = None,
    landed: Callable[[], Awaitable[bool]] | None = None,
) -> httpx.Response:
    """Send one request, again when the connection breaks, for a bounded time.

    `landed` tells whether a try whose answer was lost took effect, where the other side cannot tell a
    repeat from a second request; an effect without an answer is answered 200 with nothing in it.
    """
    deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
    while True:
        try:
            return await client.request(method, url, json=json, headers=headers)
        except httpx.TransportError:
            if asyncio.get_running_loop().time() > deadline:
                raise
        await asyncio.sleep(0.2)
        if landed is not None and await landed():
            return httpx.Response(httpx.codes.OK, request=httpx.Request(method, url))


READING: Final = frozenset({"checks", "audit-verify"})
"""Commands that change nothing: whoever gets no answer asks again, as for a page that did not load."""

NEVER_BEGAN: Final = "does not answer. Check its address"
"""What a command says that could not reach its database: nothing was done."""


async def command(address: Address, name: str, *arguments: str) -> Any:
    """Run a command of a stack and return the JSON that it prints.

    One that only reads, or that never reached its database, is run again for a bounded time.
    """
    deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
    while True:
        try:
            return await _run(address, name, *arguments)
        except RuntimeError as error:
            reads = arguments[0] in READING or arguments[:2] == ("audit", "verify")
            again = reads or NEVER_BEGAN in str(error)
            if not again or asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.5)


async def _run(address: Address, name: str, *arguments: str) -> Any:
    how = address.commands[name]
    command = [*how["argv"], *arguments]
    done = await asyncio.to_thread(run, command, how["env"], timeout_seconds=COMMAND_SECONDS)
    if done.returncode not in (0, 1) or not done.stdout.strip():
        raise RuntimeError(f"{name} {' '.join(arguments)} ended {done.returncode}: {done.stderr[-800:]}")
    return json.loads(done.stdout)
