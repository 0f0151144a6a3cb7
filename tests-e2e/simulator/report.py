"""What a run did: counts of everything that was asked, answered and refused, and what was never hit."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from simulator.attacks import UNREACHABLE

CODES: Final = (
    "done",
    "done before: the stored answer",
    "idempotency.mismatch",
    "idempotency.key_missing",
    "simulator.book_unknown",
    "simulator.insufficient",
    "simulator.hold_unknown",
    "simulator.hold_ended",
    "simulator.hold_lives",
    "simulator.hold_too_small",
    "simulator.settled_before",
    "ledger.movement_not_found",
    "ledger.movement_reversed",
    "simulator.period_closed",
    "database.busy",
    "lane.busy",
)
"""Every answer that a client can get."""


@dataclass(slots=True)
class Report:
    """What a run did."""

    seed: int
    steps: int = 0
    seconds: float = 0.0
    rounds: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    known: set[str] = field(default_factory=set)
    full_checks: int = 0
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def missed(self) -> list[str]:
        """Return answers and rules that were never hit."""
        rules = self.known - self.rules.keys() - UNREACHABLE.keys()
        return sorted(rules) + [code for code in CODES if code not in self.codes]

    def table(self) -> str:
        """Return the run in words and columns."""
        rate = self.steps / self.seconds if self.seconds else 0.0
        lines = [
            f"seed {self.seed}: {self.steps} steps in {self.seconds:.1f} s ({rate:.0f} a second)",
            f"{sum(self.rounds.values())} rounds, {self.full_checks} full comparisons",
            "rows: " + ", ".join(f"{name} {count}" for name, count in self.rows.items()),
        ]
        for title, counts in (
            ("rounds", self.rounds),
            ("asked for", self.asked),
            ("answers", self.codes),
            ("rules of the database that refused", self.rules),
        ):
            lines.append(f"\n{title}")
            lines += [f"  {count:>9,}  {name}" for name, count in sorted(counts.items())]
        lines.append("\nrules that nothing reaches while the rule before them stands")
        lines += [f"  {name}: {why}" for name, why in sorted(UNREACHABLE.items())]
        if self.missed:
            lines.append("\nnever hit: " + ", ".join(self.missed))
        return "\n".join(lines)
