"""How the sandbox programs serve HTTP: uvicorn on uvloop, with one door left open for faults.

The protocol puts the connection into the request's scope, so that a program can cut it as a failing network
would. WebSockets are pinged with the body `heartbeat`, as the simulated exchange does.
"""

import uvicorn
from fastapi import FastAPI
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

HEARTBEAT = b"heartbeat"
PING_SECONDS = 10.0
PONG_SECONDS = 20.0
COMMAND_BYTES = 1 << 20


class CuttableProtocol(HttpToolsProtocol):
    """HTTP/1.1 whose connection a request may abort."""

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["sandbox.transport"] = self.transport  # type: ignore[typeddict-unknown-key]


class HeartbeatProtocol(WebSocketsSansIOProtocol):
    """A WebSocket whose pings say so."""

    @override
    def send_keepalive_ping(self) -> None:
        self.ping_timer = None
        if self.close_sent or self.transport.is_closing():
            return
        self.pending_ping_payload = HEARTBEAT
        self.ping_sent_at = self.loop.time()
        self.conn.send_ping(HEARTBEAT)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.pong_timer = self.loop.call_later(PONG_SECONDS, self.keepalive_timeout)


def serve(
    app: FastAPI, host: str, port: int, *, date_header: bool = True, ping_seconds: float = PING_SECONDS
) -> None:
    """Serve until SIGTERM or SIGINT. Without `date_header` the program states the date itself."""
    uvicorn.run(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http=CuttableProtocol,
        ws=HeartbeatProtocol,
        ws_ping_interval=ping_seconds,
        ws_ping_timeout=PONG_SECONDS,
        ws_max_size=COMMAND_BYTES,
        access_log=False,
        date_header=date_header,
        log_level="warning",
        timeout_graceful_shutdown=5,
    )
