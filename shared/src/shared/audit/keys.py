"""The audit's keys in files: the secret one that signs now, and the public ones that the log ever had.

The secret file has one line. The list of public keys has one line for each key, the newest last, and is what
verifiers are given: a checkpoint of years ago is checked with the key of that time. A new key is listed
before it signs; no key ever leaves the list.

Guaranteed: a process does not sign with a key of another log, nor with one that its verifiers do not know.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from shared.audit.checkpoints import NoteUnusable, Signer, Verifier
from shared.errors import Kind, Refusal

_MOST_KEYS: Final = 1_000


class AuditKeyUnusable(Refusal):
    """A file of the audit's keys is missing, or is not what it should be."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "audit.key_unusable"


def origin_of(environment: str, stack: str) -> str:
    """Return the name of a stack's log."""
    return f"bulkhead/{environment}/{stack}"


def load_signer(secret: Path, public: Path, origin: str) -> Signer:
    """Return what signs for `origin`. Raises AuditKeyUnusable."""
    try:
        signer = Signer.parse(_read(secret))
    except NoteUnusable as error:
        raise AuditKeyUnusable(f"{secret}: {error}") from error
    if signer.name != origin:
        raise AuditKeyUnusable(f"{secret} is the key of {signer.name}, not of {origin}. Name another file.")
    if signer.verifier not in load_verifiers(public):
        raise AuditKeyUnusable(f"{public} does not list the key in {secret}: add its public line first.")
    return signer


def load_verifiers(public: Path) -> tuple[Verifier, ...]:
    """Return every key in a list. Raises AuditKeyUnusable."""
    lines = [line for line in _read(public).splitlines() if line.strip()]
    if not 0 < len(lines) <= _MOST_KEYS:
        raise AuditKeyUnusable(f"{public} lists no key, or more than {_MOST_KEYS}.")
    try:
        return tuple(Verifier.parse(line) for line in lines)
    except NoteUnusable as error:
        raise AuditKeyUnusable(f"{public}: {error}") from error


def make_key(secret: Path, public: Path, origin: str) -> Verifier:
    """Make a key for `origin`, list it, then put it in the place of the one that signed so far.

    The running sealer goes on with the old key, which stays listed, until it is started again.
    Raises AuditKeyUnusable.
    """
    signer = Signer.generate(origin)
    listed: Sequence[Verifier] = load_verifiers(public) if public.exists() else ()
    try:
        _replace(public, "".join(f"{each.text()}\n" for each in (*listed, signer.verifier)), 0o644)
        _replace(secret, f"{signer.secret_text()}\n", 0o600)
    except OSError as error:
        raise AuditKeyUnusable(f"{error.filename}: {error.strerror}. Check folder and rights.") from error
    return signer.verifier


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AuditKeyUnusable(f"{path} can't be read as a file of the audit's keys.") from error


def _replace(path: Path, content: str, mode: int) -> None:
    """Put `content` in the place of a file, down to the disk."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
