"""Where a running process has its keys from: a file that may change under it, or its environment.

A file is looked at again at most once a second, when a key is asked for: no task, no signal, no restart.
A file that cannot be used changes nothing: what was loaded before stays in use, and a metric grows until
somebody looks. That somebody must not find the wall down because of a typing error.

Guaranteed:
- a process starts with usable keys or not at all, from exactly one of file and environment;
- keys that were loaded are replaced by usable ones only: never by nothing, and never by halves.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog
from prometheus_client import Counter

from shared.boundary.errors import KeysUnusable
from shared.boundary.keys import Direction, KeyRecord, KeyRing, Keys, load_keys, parse_keys

CHECK_INTERVAL: Final = timedelta(seconds=1)

_reloads = Counter("boundary_key_reloads", "Changed key files, by what became of them.", ("outcome",))
_log = structlog.get_logger(__name__)

_Fingerprint = tuple[int, int, int, int]


class KeyFile:
    """The ring in a file, read again when the file has changed."""

    def __init__(self, path: Path) -> None:
        """Load `path`. Raises KeysUnusable."""
        self._path = path
        self._seen = _fingerprint(path)
        self._ring = load_keys(path)
        self._is_rejected = False
        self._checked_at = datetime.min.replace(tzinfo=UTC)

    def find_signing(self, direction: Direction, sender: str, audience: str, at: datetime) -> KeyRecord:
        """Return the record to sign with. Raises KeysUnusable."""
        return self._newest(at).find_signing(direction, sender, audience, at)

    def find_verifying(
        self, key_id: UUID, direction: Direction, audience: str, at: datetime
    ) -> KeyRecord | None:
        """Return the active record `key_id` if it may sign this direction for this audience."""
        return self._newest(at).find_verifying(key_id, direction, audience, at)

    def _newest(self, at: datetime) -> KeyRing:
        if abs(at - self._checked_at) >= CHECK_INTERVAL:
            self._checked_at = at
            self._look_again(at)
        return self._ring

    def _look_again(self, at: datetime) -> None:
        seen = _fingerprint(self._path)
        has_changed, self._seen = seen != self._seen, seen
        if not has_changed and not self._is_rejected:
            return
        try:
            ring = _load_active(self._path, at)
        except KeysUnusable as unusable:
            self._is_rejected = True
            _reloads.labels("rejected").inc()
            if has_changed:
                _log.error("boundary.keys_rejected", reason=str(unusable))
            return
        self._ring, self._is_rejected = ring, False
        _reloads.labels("loaded").inc()
        _log.info("boundary.keys_loaded", keys=len(ring.records))


def open_keys(path: Path | None, document: str | None) -> Keys:
    """Return the keys of a file, which may change, or of a setting, which may not. Raises KeysUnusable."""
    if path is not None and document is None:
        return KeyFile(path)
    if document is not None and path is None:
        return parse_keys(document)
    raise KeysUnusable("Boundary keys come from a file or from the environment: set exactly one of them.")


def _load_active(path: Path, at: datetime) -> KeyRing:
    """Load a file that is to replace keys in use. Raises KeysUnusable."""
    ring = load_keys(path)
    if not ring.has_active(at):
        raise KeysUnusable("No boundary key of the file is active now. Add a pair: rotate-keys.")
    return ring


def _fingerprint(path: Path) -> _Fingerprint | None:
    """Return what changes with every change of a file, or None when there is no such file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size
