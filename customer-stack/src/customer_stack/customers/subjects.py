"""The part of every person's key that is not in the database, nor in any of its backups.

A data key is stored wrapped; what wraps it is made of the key-encryption key, which is the same for all, and
of a secret of that person alone. Those secrets are a file of 32 bytes each, made in advance: a person has the
number of a place in it. Erasing somebody overwrites the place. From then on no backup of the database,
however old, and no copy of the key-encryption key opens what was sealed for that person.

The file is laid on another volume than the database. It is copied like the keys, and a newer copy takes the
place of the older one: an old copy would keep what was erased.

Guaranteed: `destroy` returns when the disk has it; a destroyed place is never given to anybody again.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from shared.errors import Kind, Refusal, invariant

SECRET_BYTES: Final = 32
BLOCK: Final = 4_096
"""How many secrets are made at a time."""

_DESTROYED: Final = bytes(SECRET_BYTES)


class SubjectKeysUnusable(Refusal):
    """The file with the secrets of persons cannot be read or written."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "customers.subject_keys_unusable"


@dataclass(frozen=True, slots=True)
class SubjectKeys:
    """A file of secrets, numbered from 1."""

    path: Path

    def find(self, number: int) -> bytes | None:
        """Return the secret at a place, or None when it was destroyed. Raises SubjectKeysUnusable."""
        with self._open(os.O_RDONLY) as file:
            secret = os.pread(file, SECRET_BYTES, _offset(number))
        if len(secret) != SECRET_BYTES:
            raise SubjectKeysUnusable(
                "The file of persons' secrets is shorter than it was. Restore its copy."
            )
        return None if secret == _DESTROYED else secret

    def take(self, number: int) -> bytes | None:
        """Return the secret at a place for a new person, making more when needed; None: take another place.

        Raises SubjectKeysUnusable.
        """
        with self._open(os.O_RDWR | os.O_CREAT) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            size = os.fstat(file).st_size
            missing = _offset(number) + SECRET_BYTES - size
            if missing > 0:
                blocks = -(-missing // (BLOCK * SECRET_BYTES))
                _write(file, os.urandom(blocks * BLOCK * SECRET_BYTES), size)
        return self.find(number)

    def destroy(self, number: int) -> None:
        """Overwrite a place for good. Raises SubjectKeysUnusable."""
        with self._open(os.O_RDWR) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            _write(file, _DESTROYED, _offset(number))

    @contextmanager
    def _open(self, flags: int) -> Iterator[int]:
        try:
            file = os.open(self.path, flags | os.O_CLOEXEC, 0o600)
            try:
                yield file
            finally:
                os.close(file)
        except OSError as error:
            raise SubjectKeysUnusable(
                "The file of persons' secrets cannot be used. Check its path in the field keys, its volume."
            ) from error


def _offset(number: int) -> int:
    invariant(number > 0, "places are numbered from 1")
    return (number - 1) * SECRET_BYTES


def _write(file: int, data: bytes, offset: int) -> None:
    while data:
        written = os.pwrite(file, data, offset)
        data, offset = data[written:], offset + written
    os.fsync(file)
