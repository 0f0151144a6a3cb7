"""The sandbox exchange inside the test's own process: real HTTP on a port of its own, and its state at hand.

What the exchange knows is read from its memory, not asked over the wire that the faults spoil.
"""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import uvicorn
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from typing_extensions import override

from execution_stack.exchange.providers.signing import Signer
from sandbox.exchange.app import create_app
from sandbox.exchange.state import State
from sandbox.server import CuttableProtocol, HeartbeatProtocol
from sandbox.settings import ExchangeSettings

HOST: Final = "127.0.0.1"
KEY_ID: Final = "3f2a9a52-0b54-4d39-9a44-0c6b7c2f1e55"
QUIET_MS: Final = 600_000
"""The house's own quotes rest: prices are what a test says."""


class _Server(uvicorn.Server):
    """A server that leaves the signals of the test process alone."""

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass(frozen=True)
class Hand:
    """Where the exchange listens, what it knows, and the doors that are open to the hand behind it only."""

    url: str
    signer: Signer
    state: State
    client: httpx.AsyncClient

    async def tell(self, method: str, path: str, **body: Any) -> None:
        """Ask for something of the hand behind the exchange."""
        answer = await self.client.request(method, f"/sandbox/{path}", json=body or None)
        answer.raise_for_status()

    async def quote(self, ticker: str, quotes: list[tuple[str, str, str]]) -> None:
        """Replace what the house offers in a market: side, price of YES, count."""
        listed = [{"side": side, "price": price, "count": count} for side, price, count in quotes]
        await self.tell("POST", f"markets/{ticker}/quotes", quotes=listed, freeze=True)


@contextlib.asynccontextmanager
async def open_exchange(folder: Path) -> AsyncIterator[Hand]:
    """Serve an exchange that remembers nothing of earlier ones."""
    key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    keys = folder / "exchange_keys.json"
    keys.write_text(json.dumps({KEY_ID: public.decode()}))
    app = create_app(
        ExchangeSettings(exchange_keys_file=keys, state_dir=None, exchange_liquidity_interval_ms=QUIET_MS)
    )
    with socket.create_server((HOST, 0)) as listener:
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            app,
            http=CuttableProtocol,
            ws=HeartbeatProtocol,
            loop="none",
            access_log=False,
            date_header=False,
            log_config=None,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=600,
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started:  # noqa: ASYNC110 - it has no event
                await asyncio.sleep(0.005)
            async with httpx.AsyncClient(base_url=url, timeout=5, trust_env=False) as client:
                yield Hand(url, Signer(KEY_ID, key), app.state.service.state, client)
        finally:
            server.should_exit = True
            await serving
