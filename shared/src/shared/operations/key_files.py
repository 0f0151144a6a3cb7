"""Files with keys are for their owner, and for a group that may read them: who reads a key can sign with it.

Production does not start with a file that others can read or change. A sandbox says so and goes on: its keys
open nothing.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import structlog

_NOT_THEIRS: Final = 0o027
"""Everything for others, and writing for the group."""

_log = structlog.get_logger(__name__)


def list_exposed(files: Iterable[Path | None]) -> list[Path]:
    """Return the files that others can use, or the group can change. What is not there nobody can."""
    return [file for file in files if file is not None and _mode_of(file) & _NOT_THEIRS]


def require_private(files: Iterable[Path | None]) -> None:
    """Refuse files that others can use. Raises ValueError, as settings do."""
    exposed = list_exposed(files)
    if exposed:
        listed = ", ".join(str(file) for file in exposed)
        raise ValueError(f"others can use these files with keys: {listed}. Take that away: chmod 600")


def warn_of_exposed(files: Iterable[Path | None]) -> None:
    """Say in the log which files others can use."""
    for file in list_exposed(files):
        _log.warning("settings.file_exposed", file=str(file), needed="chmod 600")


def _mode_of(file: Path) -> int:
    try:
        return file.stat().st_mode
    except OSError:
        return 0
