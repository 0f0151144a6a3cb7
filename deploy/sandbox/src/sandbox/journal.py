"""An append-only journal of facts: the memory of a sandbox program.

A request that changes something becomes a handful of facts, written as one line before anybody is answered;
the program's state is the fold of all lines. One line is one `write`, so a crash leaves either the whole
batch or a torn last line, which was never answered and is cut off at the next start.

Guaranteed:
- what was answered survives `kill -9` of the program (the kernel has the bytes; power loss is not covered);
- a failed write changes neither the file nor the state;
- two programs never write to the same journal.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter


class JournalBroken(Exception):
    """The journal cannot be read or written: look at the file named in the message."""


class Journal:
    """Facts in the order in which they happened. `kinds` are the frozen dataclasses that may appear."""

    def __init__(self, path: Path | None, kinds: Sequence[type]) -> None:
        self._adapters: dict[str, TypeAdapter[Any]] = {kind.__name__: TypeAdapter(kind) for kind in kinds}
        self._path = path
        self._file: int | None = None
        self._length = 0
        if path is not None:
            self._file = _open_locked(path)

    @property
    def is_durable(self) -> bool:
        """Say whether the facts outlive the program."""
        return self._file is not None

    def replay(self) -> Iterator[Any]:
        """Yield every fact of the past, oldest first; cut off a torn last line. Call once, first of all."""
        if self._file is None or self._path is None:
            return
        content = self._path.read_bytes()
        self._length = content.rfind(b"\n") + 1
        os.ftruncate(self._file, self._length)
        for number, line in enumerate(content[: self._length].splitlines(), start=1):
            try:
                batch = orjson.loads(line)
                facts = [self._adapters[kind].validate_python(body) for kind, body in batch]
            except (ValueError, KeyError) as error:
                raise JournalBroken(f"{self._path}, line {number}: {error}") from error
            yield from facts

    def append(self, facts: Sequence[Any]) -> None:
        """Write `facts` as one batch. Raises JournalBroken; then nothing was written."""
        if self._file is None or not facts:
            return
        batch = [(type(fact).__name__, self._dump(fact)) for fact in facts]
        line = orjson.dumps(batch) + b"\n"
        try:
            written = os.write(self._file, line)
        except OSError as error:
            raise JournalBroken(f"{self._path}: {error}") from error
        if written != len(line):
            os.ftruncate(self._file, self._length)
            raise JournalBroken(f"{self._path}: the disk took {written} of {len(line)} bytes")
        self._length += len(line)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _dump(self, fact: object) -> object:
        return self._adapters[type(fact).__name__].dump_python(fact, mode="json")


def _open_locked(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(file)
        raise JournalBroken(f"{path} is in use by another program") from error
    return file
