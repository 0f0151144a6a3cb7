"""What a decision found that a person has to look at. Pure."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from customer_stack.aml.domain.verdicts import Answer, Verdict


class Found(NamedTuple):
    """An alert of AML with the decision that raised it.

    `amount` in LKR cents. `is_held`: the money waits for the case. `answer` is the verdict's, also where the
    money posted anyway.
    """

    tenant_id: UUID
    customer_id: UUID
    decision_id: UUID
    subject_id: UUID
    lane: str
    at: datetime
    amount: int
    family: str
    answer: Answer
    score: int
    reasons: tuple[str, ...]
    is_held: bool


def family_of(verdict: Verdict) -> str:
    """Return the family that a case is opened under: the one with the highest score, the first of equals."""
    if verdict.parts:
        return max(verdict.parts, key=lambda part: part[1])[0]
    return verdict.findings[0].family
