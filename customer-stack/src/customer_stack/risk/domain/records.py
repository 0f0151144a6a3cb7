"""Scores and changes of flags as they are kept. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customer_stack.aml.domain.values import CustomerFlag
from customer_stack.risk.domain.scoring import Score


@dataclass(frozen=True, slots=True)
class ScoreRecord:
    """A score as it is kept."""

    id: UUID
    scored_at: datetime
    score: Score


@dataclass(frozen=True, slots=True)
class FlagChange:
    """A change of a flag, and what was written about it, sealed."""

    id: UUID
    flag: CustomerFlag
    is_set: bool
    changed_by: str
    changed_at: datetime
    sealed: bytes | None
