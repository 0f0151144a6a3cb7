"""Wire shapes of matching."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from customer_stack.edge.schemas import Answer, Body, show
from customer_stack.reconciliation.domain.sources import Configuration, Source, day_of
from customer_stack.reconciliation.service.matching import Held, Match, Replay, Statement


class MatchBody(Body):
    """Match the lines up to a day of Colombo with a source's statements."""

    model_config = show(
        {
            "source": "bank-lkr",
            "department_id": "01936f3e-0000-7000-8000-000000000001",
            "day": "2026-11-27",
        }
    )

    source: str
    department_id: UUID
    day: Annotated[date, Field(ge=date(2020, 1, 1), le=date(2100, 1, 1))]


class ReplayBody(Body):
    """Compute a match again."""


class RuleAnswer(Answer):
    """A rule; `amount` in the source's smallest unit."""

    name: str
    kind: str
    days: int
    amount: int


class SourceAnswer(Answer):
    """What is matched with what, and by which rules in which order."""

    name: str
    account: str
    currency: str
    reach: str
    statements: str
    judged_days: int
    waits_days: int
    rounding: int
    rules: list[RuleAnswer]


class SourcesAnswer(Answer):
    """All sources, with the version and the digest of the configuration."""

    version: int
    digest: str
    items: list[SourceAnswer]


class StatementAnswer(Answer):
    """A statement that was kept. `replaces`: the one that it corrects; `replaced_by`: the one that counts."""

    id: UUID
    source: str
    department_id: UUID
    digest: str
    first_day: date
    last_day: date
    lines: int
    replaces: UUID | None
    replaced_by: UUID | None


class StatementsAnswer(Answer):
    """Kept statements, newest first."""

    items: list[StatementAnswer]
    next_cursor: str | None


class MatchAnswer(Answer):
    """A match: counts of lines, and digests of what was compared and of what came out."""

    id: UUID
    source: str
    department_id: UUID
    day: date
    rules_version: int
    rules_digest: str
    ours: int
    theirs: int
    ours_matched: int
    theirs_matched: int
    waiting: int
    differences: int
    ours_digest: str
    theirs_digest: str
    result_digest: str
    requested_by: str
    read_at: datetime
    finished_at: datetime


class MatchesAnswer(Answer):
    """A page of matches, newest first."""

    items: list[MatchAnswer]
    next_cursor: str | None


class HeldAnswer(Answer):
    """Lines that one rule held together: our movements, their statement lines."""

    number: int
    rule: str
    ours: list[UUID]
    theirs: list[UUID]


class HeldPageAnswer(Answer):
    """A page of what was held together, by number."""

    items: list[HeldAnswer]
    next_cursor: str | None


class ReplayAnswer(Answer):
    """A match computed again; `agrees` when inputs and result are what was kept."""

    id: UUID
    agrees: bool
    ours_digest: str
    theirs_digest: str
    result_digest: str


def show_sources(configuration: Configuration) -> SourcesAnswer:
    """Return the reviewed configuration."""
    return SourcesAnswer(
        version=configuration.version,
        digest=configuration.digest.hex(),
        items=[_show_source(source) for source in configuration.sources.values()],
    )


def show_statement(kept: Statement) -> StatementAnswer:
    """Return a statement."""
    return StatementAnswer(
        id=kept.id,
        source=kept.source,
        department_id=kept.department_id,
        digest=kept.digest.hex(),
        first_day=day_of(kept.first_day),
        last_day=day_of(kept.last_day),
        lines=kept.lines,
        replaces=kept.replaces,
        replaced_by=kept.replaced_by,
    )


def show_match(kept: Match) -> MatchAnswer:
    """Return a match."""
    return MatchAnswer(
        id=kept.id,
        source=kept.source,
        department_id=kept.department_id,
        day=day_of(kept.day),
        rules_version=kept.rules_version,
        rules_digest=kept.rules_digest.hex(),
        ours=kept.ours,
        theirs=kept.theirs,
        ours_matched=kept.ours_matched,
        theirs_matched=kept.theirs_matched,
        waiting=kept.waiting,
        differences=kept.differences,
        ours_digest=kept.ours_digest.hex(),
        theirs_digest=kept.theirs_digest.hex(),
        result_digest=kept.result_digest.hex(),
        requested_by=kept.requested_by,
        read_at=kept.read_at,
        finished_at=kept.finished_at,
    )


def show_held(held: Held) -> HeldAnswer:
    """Return lines that were held together."""
    return HeldAnswer(number=held.number, rule=held.rule, ours=list(held.ours), theirs=list(held.theirs))


def show_replay(replayed: Replay) -> ReplayAnswer:
    """Return what a match gave when it was computed again."""
    return ReplayAnswer(
        id=replayed.match.id,
        agrees=replayed.agrees,
        ours_digest=replayed.ours_digest.hex(),
        theirs_digest=replayed.theirs_digest.hex(),
        result_digest=replayed.result_digest.hex(),
    )


def _show_source(source: Source) -> SourceAnswer:
    return SourceAnswer(
        name=source.name,
        account=source.account.value,
        currency=source.currency.value,
        reach=source.reach.value,
        statements=source.statements.value,
        judged_days=source.judged_days,
        waits_days=source.rules.waits_days,
        rounding=source.rules.rounding,
        rules=[
            RuleAnswer(name=rule.name, kind=rule.kind.value, days=rule.days, amount=rule.amount)
            for rule in source.rules.rules
        ],
    )
