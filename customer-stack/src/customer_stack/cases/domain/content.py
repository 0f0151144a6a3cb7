"""What a case is about, and what people wrote and attached, without the words themselves. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.cases.domain.opening import Link
from customer_stack.files.domain import Format

NOTE_CHARACTERS_LIMIT: Final = 4000
FILES_LIMIT: Final = 50
"""Files of one case."""


@dataclass(frozen=True, slots=True)
class LinkAdded:
    """A link, the reasons with which it came, and who added it; None: the platform."""

    link: Link
    reasons: tuple[str, ...]
    added_at: datetime
    added_by: UUID | None


@dataclass(frozen=True, slots=True)
class NoteWritten:
    """That somebody wrote something."""

    id: UUID
    case_id: UUID
    staff_id: UUID
    written_at: datetime

    @property
    def place(self) -> tuple[str, str, UUID]:
        """Return for what the text is sealed."""
        return ("cases_note", "sealed", self.id)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A stored file, without its bytes."""

    id: UUID
    case_id: UUID
    format: Format
    size_bytes: int
    added_by: UUID
    added_at: datetime
