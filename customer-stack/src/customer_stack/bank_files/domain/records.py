"""Files and entries as they are kept, for whoever shows them. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from customer_stack.bank_files.domain.values import Direction, Meaning, MessageKind


class Outcome(StrEnum):
    """What became of an entry. The members of the database type bank_file_outcome_word."""

    APPLIED = "applied"
    OWN = "own"
    UNMATCHED = "unmatched"
    CONTRADICTS = "contradicts"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A message that was taken. `entries` counts all, `open` those that are still to be applied."""

    id: UUID
    kind: MessageKind
    message_id: str
    imported_by: str
    imported_at: datetime
    entries: int
    open: int


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as it is kept. `outcome` None: still to be applied."""

    id: UUID
    tenant_id: UUID
    file_id: UUID
    number: int
    bank_reference: str
    amount: int
    direction: Direction
    meaning: Meaning
    original_reference: str | None
    payout_id: UUID | None
    remittance_sealed: bytes
    counterparty_sealed: bytes
    booked_at: datetime
    reason: str | None
    outcome: Outcome | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """A file of payouts that was made. Its bytes can be made again; their digest is kept."""

    id: UUID
    tenant_id: UUID
    pay_on: date
    transfers: int
    control_sum: int
    digest: bytes
    made_by: str
    made_at: datetime
