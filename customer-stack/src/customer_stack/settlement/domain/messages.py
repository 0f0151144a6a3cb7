"""Messages of the bank with our USD account, and what became of each thing they told. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from customer_stack.bank_files.domain.values import MessageKind


class EntryOutcome(StrEnum):
    """What became of one thing told. The members of the database type settlement_entry_outcome."""

    APPLIED = "applied"
    REPEATED = "repeated"
    CONTRADICTS = "contradicts"
    NOT_OURS = "not_ours"
    WAITS = "waits"


@dataclass(frozen=True, slots=True)
class AppliedEntry:
    """One thing told and what became of it."""

    number: int
    settlement_id: UUID | None
    bank_reference: str | None
    amount: int | None
    is_credit: bool | None
    outcome: EntryOutcome
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class ImportedMessage:
    """A message that was taken."""

    id: UUID
    kind: MessageKind
    message_id: str
    imported_by: str
    imported_at: datetime
    entries: tuple[AppliedEntry, ...]
