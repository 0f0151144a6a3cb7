"""A proxy that stands between the stacks and records every byte inside their TLS, both ways.

It has what nobody on a real wire has: the certificates of both stacks. So it speaks to each as the other
one, and sees what the signatures alone have to protect.
It runs in a thread with a loop of its own, so that it goes on between tests. It knows just enough of
HTTP/2 (RFC 9113, section 4.1) and of gRPC's framing to put a message together again that was cut into
frames.
"""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bulkhead_local.certificates import ensure_certificate
from bulkhead_local.layout import HOST, Stack

CERTIFICATES_SECONDS: Final = 120
PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PING = 0, 1, 6


@dataclass
class Connection:
    """Everything that went through one connection."""

    to_execution: bytearray = field(default_factory=bytearray)
    to_customer: bytearray = field(default_factory=bytearray)


@dataclass(frozen=True, slots=True)
class Frame:
    """One HTTP/2 frame without its padding."""

    kind: int
    stream: int
    payload: bytes
    ends_stream: bool
    raw: bytes


def frames_of(recorded: bytes) -> Iterator[Frame]:
    """Cut one direction of a connection into frames; an unfinished frame at the end is left out."""
    at = len(PREFACE) if recorded.startswith(PREFACE) else 0
    start = 0  # of the frame, the preface included in the first
    while at + 9 <= len(recorded):
        length, kind, flags = int.from_bytes(recorded[at : at + 3], "big"), recorded[at + 3], recorded[at + 4]
        stream = int.from_bytes(recorded[at + 5 : at + 9], "big") & 0x7FFFFFFF
        payload = recorded[at + 9 : at + 9 + length]
        if len(payload) < length:
            return
        if kind in (DATA, HEADERS) and flags & 0x8:  # padded
            payload = payload[1 : len(payload) - payload[0]]
        if kind == HEADERS and flags & 0x20:  # with a priority
            payload = payload[5:]
        ends_stream = kind in (DATA, HEADERS) and bool(flags & 0x1)
        at += 9 + length
        yield Frame(kind, stream, payload, ends_stream, recorded[start:at])
        start = at


def streams_of(recorded: bytes) -> dict[int, bytes]:
    """Return what each stream carried as data, put together again."""
    streams: dict[int, bytearray] = {}
    for frame in frames_of(recorded):
        if frame.kind == DATA:
            streams.setdefault(frame.stream, bytearray()).extend(frame.payload)
    return {stream: bytes(content) for stream, content in streams.items()}


def messages_of(stream: bytes) -> Iterator[tuple[bool, bytes]]:
    """Return gRPC's messages of a stream: whether each is compressed, and its bytes."""
    at = 0
    while at + 5 <= len(stream):
        length = int.from_bytes(stream[at + 1 : at + 5], "big")
        yield bool(stream[at]), stream[at + 5 : at + 5 + length]
        at += 5 + length


def answered_calls(connection: Connection) -> tuple[bytes, int]:
    """Return what a client sent up to its first call without an answer, and how many calls that is.

    It can be sent again as it is: whoever listened on the wire has exactly this. Only pings are left out,
    since all of them at once would end the connection.
    """
    answered = {frame.stream for frame in frames_of(bytes(connection.to_customer)) if frame.ends_stream}
    calls, sent = 0, bytearray()
    for frame in frames_of(bytes(connection.to_execution)):
        if frame.kind == HEADERS:
            if frame.stream not in answered:
                break
            calls += 1
        if frame.kind != PING:
            sent += frame.raw
    return bytes(sent), calls


def tls_context(secrets: Path, stack: Stack, purpose: ssl.Purpose) -> ssl.SSLContext:
    """Return what a stack speaks HTTP/2 over TLS with, to see others or to be seen."""
    found = ensure_certificate(secrets, stack)
    context = ssl.create_default_context(purpose, cafile=str(found.authority))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(found.certificate, found.private_key)
    context.set_alpn_protocols(["h2"])
    return context


class RecordingProxy:
    """Listens on a port of its own and passes everything on to execution."""

    def __init__(self) -> None:
        """Take a port; `start` listens on it."""
        self.connections: list[Connection] = []
        self._target_port = 0
        self._secrets = Path()
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="recording proxy", daemon=True)
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    def start(self, target_port: int, secrets: Path) -> None:
        """Serve as soon as there are certificates in the folder `secrets`; until then connections wait."""
        self._target_port, self._secrets = target_port, secrets
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop)

    def stop(self) -> None:
        """Close everything and end the thread."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def drop_connections(self) -> None:
        """Break every connection: the next call begins a new one, from its first byte."""
        asyncio.run_coroutine_threadsafe(self._drop(), self._loop).result(10)

    def recording(self) -> bytes:
        """Return all bytes of all connections so far, both ways."""
        return b"".join(bytes(each.to_execution) + bytes(each.to_customer) for each in list(self.connections))

    def contents(self) -> bytes:
        """Return the same without framing: what each stream carried, put together again."""
        parts: list[bytes] = []
        for connection in list(self.connections):
            for recorded in (connection.to_execution, connection.to_customer):
                parts += streams_of(bytes(recorded)).values()
        return b"\n".join(parts)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _open(self) -> None:
        for _ in range(CERTIFICATES_SECONDS * 10):
            if (self._secrets / "execution_certificate.pem").exists():  # the last that is made
                break
            await asyncio.sleep(0.1)
        context = tls_context(self._secrets, "execution", ssl.Purpose.CLIENT_AUTH)
        self._server = await asyncio.start_server(self._serve, sock=self._listener, ssl=context)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        await self._drop()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _drop(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            onward_reader, onward = await asyncio.open_connection(
                HOST,
                self._target_port,
                ssl=tls_context(self._secrets, "customer", ssl.Purpose.SERVER_AUTH),
                server_hostname="execution.sandbox",
            )
        except OSError:  # execution is down: so is the wire
            writer.transport.abort()
            return
        connection = Connection()
        self.connections.append(connection)
        self._writers |= {writer, onward}
        try:
            await asyncio.gather(
                _pump(reader, onward, connection.to_execution),
                _pump(onward_reader, writer, connection.to_customer),
            )
        finally:
            self._writers -= {writer, onward}
            for each in (writer, onward):
                each.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, record: bytearray) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(65536):
            record += chunk
            writer.write(chunk)
            await writer.drain()
    writer.transport.abort()
