"""Cosigned checkpoints as notes, and the file to which they are only ever appended.

Both databases could be rewritten together by people of both stacks who agree to. The file is for that: on a
medium where what was written stays (an append-only mount, a bucket with a lock, a printer's spool), each line
a checkpoint in the C2SP form with the log's signature and the witness's. The operator makes it
append-only (`chattr +a`); this code never opens it in any other way.

Guaranteed: a line is on the disk before `append` returns; a line that a crash tore is ended, never mended;
`read_notes` gives only notes that both keys signed.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from shared.audit.checkpoints import NoteUnusable, find_epoch, read_note, write_note
from shared.audit.witness.domain import Cosignature, LogKeys, SignedCheckpoint
from shared.errors import Kind, Refusal

_TAIL_BYTES: Final = 4096
"""More than one line has."""
_MODE: Final = 0o640


class NoteFileUnusable(Refusal):
    """The file of cosigned checkpoints cannot be written or read."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "audit.note_file_unusable"


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint with both signatures."""

    signed: SignedCheckpoint
    cosignature: Cosignature


@dataclass(frozen=True, slots=True)
class LineRead:
    """A line of a file: a good note, or none.

    A *torn* line ends where a crash cut it. A *bad* one is whole, and not signed by both logs.
    """

    number: int
    note: Cosigned | None = None
    is_torn: bool = False


def note_of(cosigned: Cosigned, log: LogKeys, witness: LogKeys) -> str | None:
    """Return the note with both signatures, or None when one of them is not genuine."""
    text = log.checkpoint(cosigned.signed)
    own = log.find_line(cosigned.signed)
    other = witness.find_cosignature(text, cosigned.cosignature)
    return None if own is None or other is None else write_note(text, (own, other))


def cosigned_of(text: str, log: LogKeys, witness: LogKeys) -> Cosigned:
    """Read a note and check both signatures. Raises NoteUnusable."""
    checkpoint, signatures = read_note(text)
    epoch = find_epoch(checkpoint.origin, log.origin)
    if epoch is None:
        raise NoteUnusable(f"A note is of another log than {log.origin}.")
    for line in signatures:
        signed = SignedCheckpoint(epoch, checkpoint.size, checkpoint.root, line.raw)
        if log.find_line(signed) == line:
            break
    else:
        raise NoteUnusable("A note lacks the signature of its log.")
    for line in signatures:
        if line.cosigned_at is not None:
            given = Cosignature(epoch, checkpoint.size, line.cosigned_at, line.raw)
            if witness.find_cosignature(checkpoint, given) == line:
                return Cosigned(signed, given)
    raise NoteUnusable("A note lacks the signature of its witness.")


class NoteFile:
    """The file of one stack's own cosigned checkpoints."""

    def __init__(self, path: Path) -> None:
        """Take the file's place; it is made with the first note."""
        self._path = path

    def append(self, notes: Iterable[str]) -> None:
        """Append one line for each note and wait for the disk. Raises NoteFileUnusable."""
        lines = "".join(json.dumps({"note": note}) + "\n" for note in notes).encode()
        try:
            is_new = not self._path.exists()
            torn = b"\n" if self._ends_torn() else b""
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _MODE)
            try:
                _write_all(descriptor, torn + lines)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if is_new:
                _sync_folder(self._path.parent)
        except OSError as error:
            raise NoteFileUnusable(
                f"The file of cosigned checkpoints, {self._path}, cannot be written: {error.strerror}."
            ) from error

    def last_note(self) -> str | None:
        """Return the newest whole line's note, unchecked, or None. Raises NoteFileUnusable."""
        for line in reversed(self._tail().split(b"\n")):
            note = _note_in(line)
            if note is not None:
                return note
        return None

    def _ends_torn(self) -> bool:
        tail = self._tail()
        return bool(tail) and not tail.endswith(b"\n")

    def _tail(self) -> bytes:
        try:
            with self._path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - _TAIL_BYTES))
                return file.read()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise NoteFileUnusable(
                f"The file of cosigned checkpoints, {self._path}, cannot be read: {error.strerror}."
            ) from error


def read_notes(path: Path, log: LogKeys, witness: LogKeys) -> Iterator[LineRead]:
    """Read a file line by line and check every signature in it. Raises NoteFileUnusable."""
    for number, line in enumerate(_lines(path), start=1):
        note = _note_in(line)
        if note is None:
            yield LineRead(number, is_torn=True)
            continue
        try:
            yield LineRead(number, cosigned_of(note, log, witness))
        except NoteUnusable:
            yield LineRead(number)


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from file
    except OSError as error:
        raise NoteFileUnusable(f"The notes in {path} cannot be read: {error.strerror}.") from error


def _note_in(line: bytes) -> str | None:
    try:
        note = json.loads(line)["note"]
    except (ValueError, KeyError, TypeError):
        return None
    return note if isinstance(note, str) else None


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
