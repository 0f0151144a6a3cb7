"""Wire shapes of reconciliation."""

from typing import Final
from uuid import UUID

from customer_stack.edge.schemas import Answer, Body
from customer_stack.reconciliation.domain.checks import Break, Check, Result, Run, Unit
from shared.money import CONTRACT_SCALE, LKR_SCALE, USD_SCALE, format_minor

_SCALE: Final = {
    Unit.LKR_CENT: LKR_SCALE,
    Unit.MICRO_DOLLAR: USD_SCALE,
    Unit.CENTI_CONTRACT: CONTRACT_SCALE,
    Unit.ENTRY: 0,
}


class RunBody(Body):
    """Ask for a run of every check."""


class BreakAnswer(Answer):
    """One difference with both values; a value is null where that side has nothing."""

    id: UUID | None
    run_id: UUID | None
    check: str
    kind: str
    unit: str
    ours: str | None
    theirs: str | None
    book_id: UUID | None
    market_id: UUID | None
    side: str | None
    reference: str | None


class CheckAnswer(Answer):
    """One comparison. `held` is true only when it was made and found nothing."""

    name: str
    result: str
    held: bool
    detail: str
    compared: int
    breaks: list[BreakAnswer]


class RunAnswer(Answer):
    """A run with its checks."""

    id: UUID
    sequence: int
    requested_by: str
    read_at: str
    finished_at: str
    checks: list[CheckAnswer]


class BreaksAnswer(Answer):
    """A page of breaks, newest first."""

    items: list[BreakAnswer]
    next_cursor: str | None


def show_break(found: Break, break_id: UUID | None = None, run_id: UUID | None = None) -> BreakAnswer:
    """Return a break with its values as strings of their unit."""
    return BreakAnswer(
        id=break_id,
        run_id=run_id,
        check=found.name.value,
        kind=found.kind.value,
        unit=found.unit.value,
        ours=_show(found.ours, found.unit),
        theirs=_show(found.theirs, found.unit),
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
        held=check.result is Result.PASSED,
        detail=describe(check),
        compared=check.compared,
        breaks=[show_break(found) for found in check.breaks],
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
    if check.result is Result.PASSED:
        return f"{check.compared} compared, no break"
    first = check.breaks[0]
    ours, theirs = (_show(value, first.unit) or "nothing" for value in (first.ours, first.theirs))
    return f"{len(check.breaks)} breaks; the first: {first.kind.value}, {ours} here, {theirs} there"


def _show(value: int | None, unit: Unit) -> str | None:
    return None if value is None else format_minor(value, _SCALE[unit])
