"""Wire shapes of decisions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from customer_stack.aml.domain.verdicts import Answer as GateAnswer
from customer_stack.edge.schemas import Answer
from customer_stack.gate.domain.replaying import Stored
from customer_stack.gate.service.explaining import Opened


class DecisionLine(Answer):
    """A decision in a list. `reason` is the first of its reasons; `subject_id` is what it was about."""

    id: UUID
    subject_id: UUID
    customer_id: UUID
    decided_at: datetime
    kind: str
    lane: str
    answer: GateAnswer
    score: int
    reason: str | None


class DecisionPage(Answer):
    """One page of decisions, newest first."""

    items: list[DecisionLine]
    next_cursor: str | None


class FindingAnswer(Answer):
    """What one rule found, as a sentence and node by node. Not `counts`: in shadow, or snoozed."""

    reason: str
    family: str
    score: int
    effect: str
    counts: bool
    sentence: str
    trace: dict[str, Any]


class DecisionAnswer(DecisionLine):
    """A decision with its record. `differs`: the parts that a replay gives otherwise; none: all agree."""

    gate_version: int
    basis: str | None
    record: dict[str, Any]
    agrees: bool
    differs: list[str]
    findings: list[FindingAnswer]


def show_line(stored: Stored) -> DecisionLine:
    """Return the wire shape of a decision in a list."""
    return DecisionLine(**_line(stored))


def show_page(found: Sequence[Stored], limit: int) -> DecisionPage:
    """Return a page of at most `limit` of what was found."""
    page = found[:limit]
    more = len(found) > limit
    return DecisionPage(
        items=[show_line(each) for each in page], next_cursor=str(page[-1].id) if more else None
    )


def show_opened(opened: Opened) -> DecisionAnswer:
    """Return the wire shape of one decision."""
    stored = opened.stored
    return DecisionAnswer(
        **_line(stored),
        gate_version=stored.gate_version,
        basis=None if stored.basis is None else stored.basis.hex(),
        record=dict(opened.record),
        agrees=opened.replayed.agrees,
        differs=list(opened.replayed.differs),
        findings=[
            FindingAnswer(
                reason=each.reason,
                family=each.family,
                score=each.score,
                effect=each.effect,
                counts=each.counts,
                sentence=each.sentence,
                trace=dict(each.trace),
            )
            for each in opened.findings
        ],
    )


def _line(stored: Stored) -> Mapping[str, Any]:
    return {
        "id": stored.id,
        "subject_id": stored.subject_id,
        "customer_id": stored.customer_id,
        "decided_at": stored.decided_at,
        "kind": stored.kind.value,
        "lane": stored.lane,
        "answer": GateAnswer(stored.answer),
        "score": stored.score,
        "reason": stored.reason,
    }
