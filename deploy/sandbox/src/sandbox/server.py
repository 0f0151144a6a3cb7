"""How the sandbox programs serve HTTP: uvicorn on uvloop, with one door left open for faults.

The protocol puts the connection into the request's scope, so that a program can cut it as a failing network
would.
"""

import uvicorn
from fastapi import FastAPI
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class CuttableProtocol(HttpToolsProtocol):
    """HTTP/1.1 whose connection a request may abort."""

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["sandbox.transport"] = self.transport  # type: ignore[typeddict-unknown-key]


def serve(app: FastAPI, host: str, port: int, *, date_header: bool = True) -> None:
    """Serve until SIGTERM or SIGINT. Without `date_header` the program states the date itself."""
    uvicorn.run(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http=CuttableProtocol,
        access_log=False,
        date_header=date_header,
        log_level="warning",
        timeout_graceful_shutdown=5,
    )
