"""Who waits to be screened, and why: values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from customer_stack.screening.domain.alerts import Subject


class Reason(StrEnum):
    """Why somebody is screened. The members of the database type screening_task_reason."""

    REGISTERED = "registered"
    CORRECTED = "corrected"
    SUBMITTED = "submitted"
    LIST = "list"
    MATCHER = "matcher"


@dataclass(frozen=True, slots=True)
class Task:
    """Somebody who waits. `problem`: a code of what went wrong last time."""

    subject: Subject
    reason: Reason
    revision: int
    asked_at: datetime
    due_at: datetime
    attempts: int
    problem: str | None
