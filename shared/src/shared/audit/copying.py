"""Reads the rows of a binary copy from PostgreSQL and hashes each as it arrives.

The driver takes a copy apart and puts it together again for its caller, at more than the cost of
hashing. So for the time of one copy its connection speaks to us instead: a message of a copy is one row, as
the protocol promises ("always one per row"), so what stands between two lengths is what is hashed. Reading
waits a moment whenever little has arrived: one wake-up for a hundred rows costs less than one for ten.

Guaranteed: the hashes of all rows in the server's order, or an error; constant memory beside the hashes;
afterwards the driver has its connection back, or the connection is closed.
"""

import asyncio
import struct
from typing import Any, ClassVar, Final

import asyncpg

from shared.audit.hashing import sha256
from shared.errors import Kind, Refusal

COPY_TIMEOUT_SECONDS: Final = 120.0
BUFFER_BYTES: Final = 1 << 19
"""Some times what a socket holds; no row is longer than 65,000 bytes."""
FEW_BYTES: Final = 1 << 17
PAUSE_SECONDS: Final = 0.0005

_HEAD: Final = struct.Struct(">BI")
_ROW, _DONE, _ERROR, _READY = b"dcEZ"
_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\x00"
_COPY_HEADER_BYTES: Final = 19
_TRAILER: Final = b"\xff\xff"
_STATE: Final = ord("C")
"""The field of an error message that has its SQLSTATE."""


class CopyBroken(Refusal):
    """A copy of records did not reach its end: nothing is known of them."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "audit.copy_broken"


async def hash_rows(connection: "asyncpg.Connection[Any]", query: str) -> list[bytes]:
    """Return the SHA-256 of each row of `query`, as a binary copy writes it. Raises CopyBroken.

    `query` takes no parameters: what it names must be numbers, or constant.
    """
    lender: Any = connection
    transport = lender._transport  # noqa: SLF001 - the driver has no other way to lend its connection
    driver = transport.get_protocol()
    rows = _Rows(transport, asyncio.get_running_loop())
    statement = f"COPY ({query}) TO STDOUT (FORMAT binary)".encode() + b"\0"
    transport.set_protocol(rows)
    try:
        transport.write(b"Q" + (len(statement) + 4).to_bytes(4, "big") + statement)
        async with asyncio.timeout(COPY_TIMEOUT_SECONDS):
            await rows.ended
    except (TimeoutError, OSError) as error:
        raise CopyBroken("The database did not send its records to the end. Try again.") from error
    finally:
        transport.set_protocol(driver)
        if not rows.is_ready:
            connection.terminate()
    if rows.problem is not None:
        raise CopyBroken(f"The database broke off a copy of its records: SQLSTATE {rows.problem}. Try again.")
    return rows.hashes


class _Rows(asyncio.BufferedProtocol):
    """Takes the messages that answer one copy."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self.hashes: list[bytes] = []
        self.ended: asyncio.Future[None] = loop.create_future()
        self.is_ready = False
        """The server waits for the next command."""
        self.problem: str | None = None
        self._transport = transport
        self._loop = loop
        self._buffer = bytearray(BUFFER_BYTES)
        self._filled = 0
        self._row = -1
        """The kind of messages that are rows, once the first has come: the copy's header is before it."""
        self._is_whole = False

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return where to write what arrives."""
        return memoryview(self._buffer)[self._filled :]

    def buffer_updated(self, nbytes: int) -> None:
        """Take every whole message; what is left over stays at the buffer's beginning."""
        data = bytes(memoryview(self._buffer)[: self._filled + nbytes])
        rest = data[self._take(data) :]
        self._buffer[: len(rest)] = rest
        self._filled = len(rest)
        if nbytes < FEW_BYTES and not self.is_ready:
            self._transport.pause_reading()
            self._loop.call_later(PAUSE_SECONDS, self._transport.resume_reading)

    def connection_lost(self, exc: Exception | None) -> None:
        """End with an error: the server is gone."""
        if not self.ended.done():
            self.ended.set_exception(exc or ConnectionResetError())

    def _take(self, data: bytes) -> int:
        """Take the whole messages in `data`; return where the first other one begins."""
        at, size, read, append, fresh = 0, len(data), _HEAD.unpack_from, self.hashes.append, sha256
        row = self._row
        while at + _HEAD.size <= size:
            kind, length = read(data, at)
            end = at + 1 + length
            if end > size:
                break
            if kind == row:
                append(fresh(data[at + 5 : end]))
            else:
                self._take_other(kind, data[at + 5 : end])
                row = self._row
            at = end
        return at

    def _take_other(self, kind: int, content: bytes) -> None:
        if kind == _ROW:
            self._row = _ROW
            content = content[_COPY_HEADER_BYTES:] if content.startswith(_SIGNATURE) else content
            if content:
                self.hashes.append(sha256(content))
        elif kind == _DONE:
            self._is_whole = bool(self.hashes) and self.hashes.pop() == sha256(_TRAILER)
        elif kind == _ERROR:
            fields = {field[0]: field[1:] for field in content.split(b"\0") if field}
            self.problem = fields.get(_STATE, b"unknown").decode("ascii", "replace")
        elif kind == _READY:
            self.is_ready = True
            if self.problem is None and not self._is_whole:
                self.problem = "none, and no end"
            if not self.ended.done():
                self.ended.set_result(None)
