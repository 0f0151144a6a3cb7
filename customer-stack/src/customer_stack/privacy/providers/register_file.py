"""The register of erasures: a file that says who was erased, beside the database and not in its backups.

A restore brings keys back that were destroyed. So every erasure is written here first and then done: after a
restore the file is read again, and whoever stands in it is erased again. A line is two ids and a time. Lay
the file on another volume than the database, and copy it like the keys.

Guaranteed: `append` returns only when the line is on the disk; lines of several processes never mix; a line
that was torn by a crash is not a person erased: its erasure had not begun.
"""

import asyncio
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import orjson

from customer_stack.privacy.errors import RegisterUnusable

UNUSABLE = "The register of erasures cannot be used. Check CUSTOMER_ERASURE_REGISTER_FILE and its volume."


@dataclass(frozen=True, slots=True)
class Erased:
    """One line of the register."""

    tenant_id: UUID
    customer_id: UUID
    erased_at: datetime


class RegisterFile:
    """An append-only file."""

    def __init__(self, path: Path) -> None:
        """Write to `path`; `make` makes it, and so does the first line."""
        self._path = path

    def exists(self) -> bool:
        """Tell whether the file is there."""
        return self._path.exists()

    async def make(self) -> None:
        """Make an empty file unless there is one, and wait for the disk. Raises RegisterUnusable."""
        try:
            await asyncio.to_thread(self._make)
        except OSError as error:
            raise RegisterUnusable(UNUSABLE) from error

    def _make(self) -> None:
        file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.fsync(file)
        finally:
            os.close(file)
        self._sync_folder()

    def _sync_folder(self) -> None:
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    async def append(self, line: Erased) -> None:
        """Add a line and wait until it is on the disk. Raises RegisterUnusable."""
        try:
            await asyncio.to_thread(self._append, line)
        except OSError as error:
            raise RegisterUnusable(UNUSABLE) from error

    def _append(self, line: Erased) -> None:
        document = {"tenant": line.tenant_id, "customer": line.customer_id, "erased_at": line.erased_at}
        raw = orjson.dumps(document, default=str) + b"\n"
        is_new = not self._path.exists()
        file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            size = os.fstat(file).st_size
            if size and os.pread(file, 1, size - 1) != b"\n":
                raw = b"\n" + raw  # a line was torn: it stays what it is, and ours stands alone
            if os.write(file, raw) != len(raw):
                raise OSError("the volume is full")
            os.fsync(file)
        finally:
            os.close(file)
        if is_new:
            self._sync_folder()

    def read(self) -> Iterator[Erased]:
        """Return the lines, oldest first. Raises RegisterUnusable when a whole line is not one of ours."""
        try:
            with self._path.open("rb") as file:
                for raw in file:
                    line = _read(raw)
                    if line is not None:
                        yield line
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise RegisterUnusable(UNUSABLE) from error


def _read(raw: bytes) -> Erased | None:
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError:
        if raw.rstrip(b"\n").endswith(b"}"):
            raise
        return None  # torn
    return Erased(
        UUID(document["tenant"]),
        UUID(document["customer"]),
        datetime.fromisoformat(document["erased_at"]),
    )
