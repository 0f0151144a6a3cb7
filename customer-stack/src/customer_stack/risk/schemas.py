"""Wire shapes of risk."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import StringConstraints

from customer_stack.aml.domain.values import CustomerFlag
from customer_stack.edge.schemas import Answer, Body
from customer_stack.risk.desk import WrittenChange
from customer_stack.risk.domain.records import ScoreRecord
from customer_stack.risk.domain.weights import Band, Part

Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class FlagBody(Body):
    """A flag that is set or taken away, and why: the words are sealed."""

    flag: CustomerFlag
    is_set: bool
    text: Text


class FlagsAnswer(Answer):
    """What compliance knows of a customer now."""

    customer_id: UUID
    flags: list[str]


class FlagChangeAnswer(Answer):
    """A change of a flag."""

    flag: CustomerFlag
    is_set: bool
    changed_by: str
    changed_at: datetime
    text: str | None


class FlagChangePage(Answer):
    """Changes of flags, newest first."""

    items: list[FlagChangeAnswer]
    next_cursor: str | None

    @classmethod
    def of(cls, found: list[WrittenChange], limit: int) -> Self:
        """Return a page of at most `limit`, of which one more was asked for."""
        page = found[:limit]
        items = [
            FlagChangeAnswer(
                flag=each.change.flag,
                is_set=each.change.is_set,
                changed_by=each.change.changed_by,
                changed_at=each.change.changed_at,
                text=each.text,
            )
            for each in page
        ]
        return cls(items=items, next_cursor=str(page[-1].change.id) if len(found) > limit else None)


class ScoreAnswer(Answer):
    """A score: its parts add up to it. `weights` is the digest of what it was reckoned by."""

    score: int
    band: Band
    parts: dict[Part, int]
    weights: str
    scored_at: datetime

    @classmethod
    def of(cls, record: ScoreRecord) -> Self:
        """Return the wire shape."""
        return cls(
            score=record.score.total,
            band=record.score.band,
            parts=dict(record.score.parts),
            weights=record.score.weights.hex(),
            scored_at=record.scored_at,
        )


class RiskAnswer(ScoreAnswer):
    """The score that counts, and what compliance knows."""

    flags: list[str]

    @classmethod
    def with_flags(cls, record: ScoreRecord, flags: Iterable[str]) -> Self:
        """Return the wire shape."""
        return cls(**ScoreAnswer.of(record).model_dump(), flags=sorted(flags))


class ScorePage(Answer):
    """Scores, newest first."""

    items: list[ScoreAnswer]
    next_cursor: str | None

    @classmethod
    def of(cls, found: list[ScoreRecord], limit: int) -> Self:
        """Return a page of at most `limit`, of which one more was asked for."""
        page = found[:limit]
        more = str(page[-1].id) if len(found) > limit else None
        return cls(items=[ScoreAnswer.of(each) for each in page], next_cursor=more)
