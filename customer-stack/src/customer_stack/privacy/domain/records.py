"""What is kept of requests, erasures and exports, as frozen values. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from customer_stack.privacy.domain.consents import Channel


class Answer(StrEnum):
    """What a person was told who asked to be erased. The members of the database type privacy_answer."""

    ACCOUNT_OPEN = "account_open"
    RETAINED = "retained"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class ErasureRequest:
    """A person's request. `kept_until` for an open account: if it were closed on the day of asking."""

    id: UUID
    customer_id: UUID
    channel: Channel
    answer: Answer
    kept_until: date | None
    taken_by: str
    asked_at: datetime


class ErasureCause(StrEnum):
    """Why somebody was erased. The members of the database type privacy_erasure_cause."""

    DUE = "due"
    EARLY = "early"
    REPLAYED = "replayed"


@dataclass(frozen=True, slots=True)
class Erasure:
    """A person who was erased."""

    customer_id: UUID
    cause: ErasureCause
    fields_emptied: int
    erased_at: datetime


class ExportState(StrEnum):
    """How far an export is. The members of the database type privacy_export_state."""

    ASKED = "asked"
    READY = "ready"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Export:
    """One export. `digest` is SHA-256 of the ZIP file."""

    id: UUID
    tenant_id: UUID
    customer_id: UUID
    asked_by: str
    asked_at: datetime
    state: ExportState
    attempts: int
    ready_at: datetime | None
    expires_at: datetime | None
    size_bytes: int | None
    digest: bytes | None
    row_count: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """An archive as it was written: its size, its SHA-256 and how many rows it tells."""

    size_bytes: int
    digest: bytes
    row_count: int
