"""A list from a folder that somebody fills with files as published, behind a firewall; or from the package.

Files are found by name, whatever its case; the United Nations' file, whose name changes, as the only XML.

Guaranteed: a file is read on a thread, and none that is larger than any list.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Final

from customer_stack.screening.providers.contract import Download, ListUnreachable

LARGEST_BYTES: Final = 1 << 31


class FolderSource:
    """The files of one list in a folder."""

    def __init__(self, folder: Path) -> None:
        """Read from `folder`, which may still be missing."""
        self.origin = f"folder {folder.name}"
        self._folder = folder

    async def fetch(self, files: Sequence[str]) -> Download:
        """Return all `files`. Raises ListUnreachable."""
        return await asyncio.to_thread(self._read, files)

    def _read(self, files: Sequence[str]) -> Download:
        try:
            there = {each.name.lower(): each for each in self._folder.iterdir() if each.is_file()}
            found = {name: _find(there, name) for name in files}
            published = max(file.stat().st_mtime for file in found.values())
            return Download(
                {name: _read_file(file) for name, file in found.items()},
                datetime.fromtimestamp(published, UTC),
            )
        except OSError as error:
            raise ListUnreachable(f"the folder cannot be read: {type(error).__name__}") from error


def _find(there: dict[str, Path], name: str) -> Path:
    if name in there:
        return there[name]
    alike = [file for key, file in there.items() if name.endswith(".xml") and key.endswith(".xml")]
    if len(alike) != 1:
        raise ListUnreachable(f"{name} is not in the folder")
    return alike[0]


def _read_file(file: Path) -> bytes:
    if file.stat().st_size > LARGEST_BYTES:
        raise ListUnreachable(f"{file.name} is larger than any list")
    return file.read_bytes()


class PackagedSource:
    """The house's own list as it comes with the package: ten invented entries, for sandboxes."""

    origin = "package"

    async def fetch(self, files: Sequence[str]) -> Download:
        """Return the list, which is always there."""
        folder = resources.files("customer_stack.screening")
        return Download({name: folder.joinpath(name).read_bytes() for name in files}, None)
