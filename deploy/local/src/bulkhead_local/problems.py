"""What goes wrong on somebody's machine, as sentences that say what to do."""

import errno
from pathlib import Path
from typing import Final

_CANNOT_WRITE: Final = (errno.EACCES, errno.EPERM, errno.EROFS)


class LocalProblem(Exception):
    """Something outside the platform stands in the way. The message is shown as it is."""


def disk_full_message(folder: Path) -> str:
    """Return the sentence for a disk without room."""
    return f"The disk of {folder} is full (about 600 MB are needed). Free some space, then run it again."


def folder_problem(error: OSError, folder: Path) -> LocalProblem | None:
    """Return what to say when `folder` is full, read-only or somebody else's; None for other errors."""
    if error.errno == errno.ENOSPC:
        return LocalProblem(disk_full_message(folder))
    if error.errno in _CANNOT_WRITE:
        return LocalProblem(
            f"Cannot write in {folder} ({error.strerror}: {error.filename or folder}). "
            "Use a folder of yours, or set BULKHEAD_RUN_FOLDER=/path/to/one."
        )
    return None


def last_lines(path: Path, count: int) -> str:
    """Return the last lines of a log file, or an empty text when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - 200 * count))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-count:])
    except FileNotFoundError:
        return ""
