"""What goes wrong on somebody's machine, as sentences that say what to do."""

from pathlib import Path


class LocalProblem(Exception):
    """Something outside the platform stands in the way. The message is shown as it is."""


def disk_full_message(folder: Path) -> str:
    """Return the sentence for a disk without room."""
    return f"The disk of {folder} is full (about 600 MB are needed). Free some space, then run it again."


def last_lines(path: Path, count: int) -> str:
    """Return the last lines of a log file, or an empty text when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - 200 * count))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-count:])
    except FileNotFoundError:
        return ""
