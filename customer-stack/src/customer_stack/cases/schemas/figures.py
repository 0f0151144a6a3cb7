"""Wire shapes of figures."""

from collections.abc import Sequence

from customer_stack.cases.domain.figures import RuleFigures
from customer_stack.cases.domain.lifecycle import Outcome
from customer_stack.edge.schemas import Answer


class RuleFiguresAnswer(Answer):
    """What came of one reason code in the period.

    `hits`: decisions with this finding that scored or were not allowed; `alerts`: those that came to a case.
    `precision_basis_points`: of the closed cases, the share that was confirmed or valuable, in hundredths of
    a percent. A case counts for every reason with which something came to it.
    """

    reason: str
    hits: int
    alerts: int
    cases: int
    open_cases: int
    outcomes: dict[str, int]
    precision_basis_points: int | None
    median_seconds_to_close: int | None


class FiguresAnswer(Answer):
    """Figures by reason code, those with most alerts first."""

    items: list[RuleFiguresAnswer]


def show_figures(found: Sequence[RuleFigures]) -> FiguresAnswer:
    """Return figures as staff see them."""
    return FiguresAnswer(items=[_show(each) for each in found])


def _show(figures: RuleFigures) -> RuleFiguresAnswer:
    outcomes = figures.outcomes or {}
    return RuleFiguresAnswer(
        reason=figures.reason,
        hits=figures.hits,
        alerts=figures.alerts,
        cases=figures.cases,
        open_cases=figures.cases - figures.closed,
        outcomes={outcome.value: outcomes.get(outcome, 0) for outcome in Outcome},
        precision_basis_points=figures.precision_basis_points,
        median_seconds_to_close=figures.median_seconds,
    )
