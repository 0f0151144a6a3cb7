"""Files of sessions: which side of a document they show. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.files.domain import Format

FILES_LIMIT: Final = 10
"""Uploads in one session, replaced ones included."""
CHUNKS: Final = "kyc_file_chunk"
"""For which table the parts of files are sealed."""


class Side(StrEnum):
    """What a file shows. The members of the database type kyc_side."""

    FRONT = "front"
    BACK = "back"
    SELFIE = "selfie"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class KycFile:
    """A stored file, without its bytes."""

    id: UUID
    tenant_id: UUID
    customer_id: UUID
    session_id: UUID
    format: Format
    size_bytes: int
    added_at: datetime
