"""What a source of a list promises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class ListUnreachable(Exception):
    """The files could not be had, or not whole: the sentence says why. The last good list stays."""


@dataclass(frozen=True, slots=True)
class Download:
    """The files of one list, by the publisher's names; `published_at` as far as it is said."""

    files: Mapping[str, bytes]
    published_at: datetime | None


class ListSource(Protocol):
    """Where one list comes from. `origin` names it without secrets."""

    origin: str

    async def fetch(self, files: Sequence[str]) -> Download:
        """Return all `files`. Raise ListUnreachable when one of them could not be had; nothing else."""
        ...
