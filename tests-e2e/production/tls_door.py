"""A way to a PostgreSQL server over TLS: it ends TLS and hands on what comes to the server's socket.

The embedded server speaks no TLS. What a process of production does about it is the same: it asks for TLS,
and verifies the name and the authority.
"""

import asyncio
import contextlib
import ssl
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

SSL_REQUEST: Final = struct.pack("!II", 8, 80877103)
"""The first message of a client that wants TLS (PostgreSQL's protocol, SSLRequest)."""
PIECE: Final = 65_536


@contextlib.asynccontextmanager
async def open_door(host: str, socket: Path, certificate: Path, key: Path) -> AsyncIterator[int]:
    """Listen at the address of `host` with a certificate, before a server's socket. Gives the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                if await reader.readexactly(len(SSL_REQUEST)) == SSL_REQUEST:
                    writer.write(b"S")
                    await writer.drain()
                    await writer.start_tls(context)
                    await _join(reader, writer, socket)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, host, 0, family=2)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def _join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, socket: Path) -> None:
    inner_reader, inner_writer = await asyncio.open_unix_connection(str(socket))
    try:
        ways = [_carry(reader, inner_writer), _carry(inner_reader, writer)]
        _, running = await asyncio.wait(
            [asyncio.create_task(way) for way in ways], return_when=asyncio.FIRST_COMPLETED
        )
        for task in running:
            task.cancel()
    finally:
        inner_writer.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
