"""The container of a pack: a ZIP that is written as a stream and has one form.

Files are stored as they are, one after the other, with sizes and checksums after them (APPNOTE 4.3.9), so
nothing has to be known before it is written. Times, modes and versions are constants. Nothing is compressed:
a compressed stream has many forms with one meaning, and a byte could be changed in it that nobody notices.
"""

import struct
from binascii import crc32
from collections.abc import Callable
from typing import Final

from shared.errors import invariant

_LOCAL: Final = struct.Struct("<IHHHHHIIIHH")
_AFTER: Final = struct.Struct("<IIII")
_CENTRAL: Final = struct.Struct("<IHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<IHHHHIIH")
_FLAGS: Final = 0x0008
_VERSION: Final = 20
_MADE_BY: Final = 0x0314
_DATE: Final = 0x0021
_MODE: Final = 0o100644 << 16

Write = Callable[[bytes], None]


class Container:
    """One container while it is written."""

    def __init__(self, write: Write) -> None:
        """Hand every piece to `write`."""
        self._write = write
        self._at = 0
        self._central: list[bytes] = []
        self._name = b""
        self._begin = 0
        self._size = 0
        self._checksum = 0

    @property
    def size_bytes(self) -> int:
        """Return how long it is so far."""
        return self._at

    def begin(self, name: str) -> None:
        """Begin a file."""
        invariant(not self._name, "one file is written at a time")
        self._name, self._begin, self._size, self._checksum = name.encode("ascii"), self._at, 0, 0
        head = _LOCAL.pack(0x04034B50, _VERSION, _FLAGS, 0, 0, _DATE, 0, 0, 0, len(self._name), 0)
        self._put(head + self._name)

    def write(self, content: bytes) -> None:
        """Add to the file."""
        self._size += len(content)
        self._checksum = crc32(content, self._checksum)
        self._put(content)

    def end(self) -> None:
        """End the file."""
        sums = (self._checksum, self._size, self._size)
        self._put(_AFTER.pack(0x08074B50, *sums))
        line = _CENTRAL.pack(
            0x02014B50, _MADE_BY, _VERSION, _FLAGS, 0, 0, _DATE, *sums, len(self._name), 0, 0, 0, 0, _MODE,
            self._begin,
        )  # fmt: skip
        self._central.append(line + self._name)
        self._name = b""

    def close(self) -> None:
        """Write the list of files, after the last."""
        central, count, at = b"".join(self._central), len(self._central), self._at
        self._put(central + _END.pack(0x06054B50, 0, 0, count, count, len(central), at, 0))

    def _put(self, content: bytes) -> None:
        self._at += len(content)
        self._write(content)
