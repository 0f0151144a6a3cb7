"""Figures of a bench run: one value each, with its goal and the conditions under which it was measured."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Result:
    """One figure. `better` says which way is good; `met` follows from it."""

    name: str
    value: float
    unit: str
    goal: float | None
    better: Literal["higher", "lower"]
    p50_ms: float | None
    p99_ms: float | None
    conditions: str

    @property
    def met(self) -> bool | None:
        """Tell whether the goal was reached; None where there is no goal."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.better == "higher" else self.value <= self.goal


def percentile_ms(seconds: Sequence[float], share: float) -> float:
    """Return the latency below which `share` of the samples lie, in milliseconds."""
    ordered = sorted(seconds)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 2)


def show(results: Sequence[Result]) -> None:
    """Print the figures as a table."""
    table = Table(title="bench")
    for heading in ("name", "value", "unit", "goal", "met", "p50 ms", "p99 ms", "conditions"):
        table.add_column(
            heading, justify="right" if heading in {"value", "goal", "p50 ms", "p99 ms"} else "left"
        )
    for result in results:
        table.add_row(
            result.name,
            f"{result.value:,.2f}",
            result.unit,
            "" if result.goal is None else f"{result.goal:,}",
            {None: "", True: "yes", False: "NO"}[result.met],
            "" if result.p50_ms is None else f"{result.p50_ms:.2f}",
            "" if result.p99_ms is None else f"{result.p99_ms:.2f}",
            result.conditions,
        )
    Console(width=160).print(table)


def write(results: Sequence[Result], path: Path) -> None:
    """Write the figures as a JSON list."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps([{**asdict(result), "met": result.met} for result in results], indent=2) + "\n"
    )
