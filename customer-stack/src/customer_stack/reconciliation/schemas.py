"""Wire shapes of reconciliation."""

from uuid import UUID

from customer_stack.edge.schemas import Answer, Body
from customer_stack.reconciliation.domain.checks import Check, Finding, Result, Run
from customer_stack.reconciliation.domain.units import show_value


class RunBody(Body):
    """Ask for a run of every check."""


class FindingAnswer(Answer):
    """One difference of a run with both values; a value is null where that side has nothing."""

    check: str
    type: str
    unit: str
    ours: str | None
    theirs: str | None
    book_id: UUID | None
    market_id: UUID | None
    side: str | None
    reference: str | None


class CheckAnswer(Answer):
    """One comparison. `held` is true only when it was made and found nothing.

    `ours` and `theirs` are both sides, summed, in `unit`; null where a side did not answer.
    """

    name: str
    result: str
    held: bool
    detail: str
    compared: int
    unit: str | None
    ours: str | None
    theirs: str | None
    findings: list[FindingAnswer]


class RunAnswer(Answer):
    """A run with its checks and what they found; what lasts is among the breaks."""

    id: UUID
    sequence: int
    requested_by: str
    read_at: str
    finished_at: str
    checks: list[CheckAnswer]


def show_finding(found: Finding) -> FindingAnswer:
    """Return a finding with its values as strings of their unit."""
    return FindingAnswer(
        check=found.name.value,
        type=found.type.value,
        unit=found.unit.value,
        ours=show_value(found.ours, found.unit),
        theirs=show_value(found.theirs, found.unit),
        book_id=found.subject.book_id,
        market_id=found.subject.market_id,
        side=found.subject.side,
        reference=found.subject.reference,
    )


def show_check(check: Check) -> CheckAnswer:
    """Return a check with a sentence about it."""
    return CheckAnswer(
        name=check.name.value,
        result=check.result.value,
        held=check.is_held,
        detail=describe(check),
        compared=check.compared,
        unit=check.values.unit.value if check.values else None,
        ours=show_value(check.values.ours, check.values.unit) if check.values else None,
        theirs=show_value(check.values.theirs, check.values.unit) if check.values else None,
        findings=[show_finding(found) for found in check.findings],
    )


def show_run(run: Run) -> RunAnswer:
    """Return a run."""
    return RunAnswer(
        id=run.id,
        sequence=run.sequence,
        requested_by=run.requested_by,
        read_at=run.read_at.isoformat(),
        finished_at=run.finished_at.isoformat(),
        checks=[show_check(check) for check in run.checks],
    )


def describe(check: Check) -> str:
    """Return one line on what a check found."""
    if check.result is Result.UNAVAILABLE:
        return "the other side did not answer"
    if check.is_held:
        return f"{check.compared} compared, no difference"
    first = check.findings[0]
    ours, theirs = (show_value(value, first.unit) or "nothing" for value in (first.ours, first.theirs))
    return f"{len(check.findings)} differ; the first: {first.type.value}, {ours} here, {theirs} there"
