"""What a file's bytes say it is, and how it is cut for storing. Pure.

Names and headers of a request say nothing here. A file is what its first bytes are, and `examining` has the
picture library open it in that one format before it is kept.
"""

from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.errors import invariant

SIZE_LIMIT_BYTES: Final = 8_000_000
POINTS_LIMIT: Final = 64_000_000
"""Width times height; cameras of phones store 50 million at most unless told otherwise."""
CHUNK_BYTES: Final = 256 * 1024

_JPEG: Final = b"\xff\xd8\xff"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PDF: Final = (b"%PDF-1.", b"%PDF-2.")
_PDF_END: Final = b"%%EOF"
_PDF_TAIL_BYTES: Final = 1024


class Format(StrEnum):
    """What a file is. The members of the database type kyc_file_format."""

    JPEG = "jpeg"
    PNG = "png"
    PDF = "pdf"

    @property
    def media_type(self) -> str:
        """Return the type as HTTP names it."""
        return "application/pdf" if self is Format.PDF else f"image/{self.value}"


def recognise(raw: bytes) -> Format | None:
    """Return what the bytes are by their beginning and, for a PDF, their end; None: nothing we take."""
    if raw.startswith(_JPEG):
        return Format.JPEG
    if raw.startswith(_PNG):
        return Format.PNG
    if raw.startswith(_PDF) and _PDF_END in raw[-_PDF_TAIL_BYTES:]:
        return Format.PDF
    return None


def cut(raw: bytes) -> list[bytes]:
    """Return the parts in which a file is stored: all of CHUNK_BYTES but the last."""
    invariant(raw, "an empty file is no file")
    return [raw[start : start + CHUNK_BYTES] for start in range(0, len(raw), CHUNK_BYTES)]


def place_of_chunk(table: str, file_id: UUID, number: int, count: int) -> tuple[str, str, UUID]:
    """Return what a chunk is sealed for: its table, its file, its number and how many there are."""
    return (table, f"sealed {number} of {count}", file_id)
