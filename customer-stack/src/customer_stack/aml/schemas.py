"""Wire shapes of AML."""

from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, Field

from customer_stack.aml.domain.catalogue import DIMENSIONS, FACTS, METRICS, Window
from customer_stack.aml.domain.lifecycle import Taken, Version
from customer_stack.aml.domain.values import VOCABULARIES, FlagType, NumberType, WordsType, WordType
from customer_stack.aml.service.backtesting import Report
from customer_stack.aml.service.rules import VersionPage
from customer_stack.edge.schemas import Answer, Body


class RuleBody(Body):
    """A rule as JSON; see the catalogue for what it can ask. Money in LKR cents, no numbers with a point."""

    rule: dict[str, Any]


class BacktestBody(Body):
    """Which part of the history: from a moment up to and without another."""

    begins_at: AwareDatetime
    ends_at: AwareDatetime
    rows_limit: int = Field(default=100_000, ge=1, le=300_000)


class VersionAnswer(Answer):
    """A version of a rule, and where it stands."""

    id: UUID
    key: str
    title: str
    digest: str
    state: str
    written_by: UUID
    written_at: str
    rule: dict[str, Any]


class StepAnswer(Answer):
    """One step that was taken with a version."""

    number: int
    step: str
    state: str
    taken_by: UUID
    taken_at: str


class VersionHistoryAnswer(VersionAnswer):
    """A version with all its steps, first to last."""

    steps: list[StepAnswer]


class VersionsAnswer(Answer):
    """A page of versions, newest first."""

    items: list[VersionAnswer]
    next_cursor: str | None


class ProposedAnswer(Answer):
    """Versions that were written and proposed."""

    items: list[VersionAnswer]


class SampleAnswer(Answer):
    """An event that a rule would have hit, and why."""

    event_id: UUID
    customer_id: UUID
    at: str
    reason: str


class BacktestAnswer(Answer):
    """What a version says of the history. `is_complete` false: the limit of rows ended it early."""

    digest: str
    is_complete: bool
    rows: int
    events: int
    hits: int
    undetermined: int
    customers: int
    facts_missing: list[str]
    hits_by_day: dict[str, int]
    samples: list[SampleAnswer]


class CatalogueAnswer(Answer):
    """What a rule can ask: facts with their types, metrics, distinct counts, windows, words."""

    facts: dict[str, str]
    metrics: dict[str, str]
    distinct: dict[str, list[str]]
    windows: list[str]
    vocabularies: dict[str, list[str]]


def show_version(version: Version) -> VersionAnswer:
    """Return a version as staff see it."""
    return VersionAnswer(**_fields(version))


def show_history(version: Version, steps: tuple[Taken, ...]) -> VersionHistoryAnswer:
    """Return a version with its steps."""
    return VersionHistoryAnswer(**_fields(version), steps=[_show_step(step) for step in steps])


def show_page(page: VersionPage) -> VersionsAnswer:
    """Return a page of versions."""
    return VersionsAnswer(
        items=[show_version(version) for version in page.versions], next_cursor=page.next_cursor
    )


def show_proposed(versions: tuple[Version, ...]) -> ProposedAnswer:
    """Return versions that were proposed together."""
    return ProposedAnswer(items=[show_version(version) for version in versions])


def show_report(report: Report) -> BacktestAnswer:
    """Return what a backtest found."""
    return BacktestAnswer(
        digest=report.digest.hex(),
        is_complete=report.is_complete,
        rows=report.rows,
        events=report.events,
        hits=report.hits,
        undetermined=report.undetermined,
        customers=report.customers,
        facts_missing=list(report.facts_missing),
        hits_by_day=dict(report.hits_by_day),
        samples=[
            SampleAnswer(
                event_id=sample.event_id,
                customer_id=sample.customer_id,
                at=sample.at.isoformat(),
                reason=sample.reason,
            )
            for sample in report.samples
        ],
    )


def show_catalogue() -> CatalogueAnswer:
    """Return what a rule can ask."""
    return CatalogueAnswer(
        facts={name: _name_type(spec.type) for name, spec in FACTS.items()},
        metrics={name: metric.words for name, metric in METRICS.items()},
        distinct={subject.value: sorted(names) for subject, names in DIMENSIONS.items()},
        windows=[window.value for window in Window],
        vocabularies={name: sorted(words or ["ISO 3166-1 alpha-2"]) for name, words in VOCABULARIES.items()},
    )


def _name_type(kind: FlagType | NumberType | WordType | WordsType) -> str:
    match kind:
        case FlagType():
            return "flag"
        case NumberType(unit):
            return unit.value
        case WordType(vocabulary):
            return f"word of {vocabulary}"
        case WordsType(vocabulary):
            return f"words of {vocabulary}"


def _fields(version: Version) -> dict[str, Any]:
    return {
        "id": version.id,
        "key": version.rule.key,
        "title": version.rule.title,
        "digest": version.rule.digest.hex(),
        "state": version.state.value,
        "written_by": version.written_by,
        "written_at": version.written_at.isoformat(),
        "rule": version.rule.document,
    }


def _show_step(taken: Taken) -> StepAnswer:
    return StepAnswer(
        number=taken.number,
        step=taken.step.value,
        state=taken.state.value,
        taken_by=taken.taken_by,
        taken_at=taken.taken_at.isoformat(),
    )
