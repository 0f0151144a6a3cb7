"""The WebSocket: a signed handshake, then commands one way and messages the other.

The server pings every ten seconds with the body `heartbeat` (server.py); whoever does not answer is let go.
"""

import asyncio

from fastapi import APIRouter, WebSocket
from fastapi.responses import JSONResponse
from starlette.websockets import WebSocketDisconnect

from sandbox.exchange.errors import NotAuthenticated
from sandbox.exchange.service import Service
from sandbox.exchange.stream import Session

router = APIRouter()


@router.websocket("/trade-api/ws/v2")
async def stream(socket: WebSocket) -> None:
    """Serve one connection until either side ends it."""
    service: Service = socket.app.state.service
    path: bytes = socket.scope["raw_path"]
    try:
        service.verifier.verify(socket.headers, "GET", path.decode("ascii", "replace"), service.wire_now_ms())
    except NotAuthenticated as refused:
        body = {"code": refused.code, "message": refused.message, "details": refused.details}
        await socket.send_denial_response(JSONResponse({"error": body}, status_code=refused.status))
        return
    await socket.accept()
    session = service.feed.open()
    sender = asyncio.create_task(_send(socket, session))
    try:
        while True:
            session.command(await socket.receive_text(), service.now_ms())
    except (WebSocketDisconnect, KeyError):
        pass  # gone, or it spoke in bytes: either way this is the end of the connection
    finally:
        service.feed.close(session)
        sender.cancel()


async def _send(socket: WebSocket, session: Session) -> None:
    while True:
        content = await session.outbox.get()
        await socket.send_text(content.decode())
