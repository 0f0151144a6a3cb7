"""Health, readiness and metrics of a process, on a port of their own.

`/health`: the process runs. `/ready`: every named check passed just now; 503 with the names of those
that did not. `/metrics`: Prometheus text. Nothing here is for the public: keep the port closed to it.

Guaranteed:
- a check that hangs counts as failed after two seconds;
- answers name checks and kinds of errors only, never messages or row values;
- `/ready` says no as soon as the process has begun to stop.
"""

import asyncio
import contextlib
import errno
import json
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from typing import Any, Final

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.errors import Kind, Refusal

Check = Callable[[], Awaitable[None]]
CHECK_TIMEOUT_SECONDS: Final = 2.0
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class PortBusy(Refusal):
    """Another program listens on the port."""

    kind = Kind.UNAVAILABLE
    code = "operations.port_busy"


class ManagementApp:
    """A small ASGI application with three pages."""

    def __init__(self, process: str, checks: Mapping[str, Check], stop: asyncio.Event) -> None:
        """Answer for `process`; it is ready while all checks pass and `stop` is not set."""
        self._process = process
        self._checks = checks
        self._stop = stop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, kind, body = await self._answer(scope)
        headers = [(b"content-type", kind.encode()), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _answer(self, scope: Scope) -> tuple[int, str, bytes]:
        if scope["method"] not in {"GET", "HEAD"}:
            return _json(405, {"code": "request.method", "detail": "Use GET."})
        match scope["path"]:
            case "/health":
                return _json(200, {"process": self._process, "status": "up"})
            case "/ready":
                results = await self.run_checks()
                ready = all(result == "ok" for result in results.values()) and not self._stop.is_set()
                status = "stopping" if self._stop.is_set() else "ready" if ready else "not ready"
                return _json(
                    200 if ready else 503, {"process": self._process, "status": status, "checks": results}
                )
            case "/metrics":
                return 200, CONTENT_TYPE_LATEST, generate_latest()
            case _:
                return _json(404, {"code": "request.path", "detail": "Use /health, /ready or /metrics."})

    async def run_checks(self) -> dict[str, str]:
        """Run all checks at the same time; "ok", or the kind of the error, by name."""
        names = sorted(self._checks)
        results = await asyncio.gather(*(_run_check(self._checks[name]) for name in names))
        return dict(zip(names, results, strict=True))


async def _run_check(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_SECONDS):
            await check()
    except Exception as error:  # noqa: BLE001 - any failure of a check is its result
        return type(error).__name__
    return "ok"


def _json(status: int, body: Mapping[str, object]) -> tuple[int, str, bytes]:
    return status, "application/json", json.dumps(body).encode()


class _QuietServer(uvicorn.Server):
    """uvicorn without signal handlers of its own: the process decides when to stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def open_port(host: str, port: int) -> socket.socket:
    """Listen on a TCP port; 0 takes a free one. Raises PortBusy."""
    try:
        return socket.create_server((host, port), backlog=1024, reuse_port=False)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortBusy(
            f"Port {port} on {host} is in use. Stop the program that uses it, or set another port."
        ) from error


async def serve_http(app: Any, listener: socket.socket, stop: asyncio.Event) -> None:
    """Serve an ASGI application on an open port until `stop` is set, then finish open requests.

    Requests get ten seconds to finish. Access logs are off: paths can carry ids of people.
    """
    server = _QuietServer(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # nothing here believes what a proxy says about the client
            timeout_graceful_shutdown=10,
            backlog=1024,
        )
    )
    stopping = asyncio.create_task(_stop_when_set(server, stop))
    try:
        await server.serve(sockets=[listener])
    finally:
        stopping.cancel()
        listener.close()


async def _stop_when_set(server: uvicorn.Server, stop: asyncio.Event) -> None:
    await stop.wait()
    server.should_exit = True
