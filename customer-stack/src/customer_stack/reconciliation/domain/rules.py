"""Matching rules and who they are for, as reviewed configuration. Pure.

A tolerance is either in the amount or in the date, never in both: a line that is off by cents *and* by days
is one that a person looks at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from customer_stack.reconciliation.domain.breaks import Unit
from shared.errors import invariant

ENGINE: Final = 1
"""Counts changes of what the engine answers. A stored match is recomputed by the engine that made it."""

MOST_DAYS: Final = 31


class RuleKind(StrEnum):
    """How lines are held together."""

    EXACT = "exact"
    """One and one, the same reference, amount and day."""
    DATE = "date"
    """One and one, the same reference and amount, up to `days` apart."""
    AMOUNT = "amount"
    """One and one, the same reference and day, up to `amount` apart."""
    UNNAMED = "unnamed"
    """One and one, one of them without reference, the same amount, up to `days` apart, and nobody else is."""
    OURS_TO_ONE = "ours_to_one"
    """All ours of a batch, and the one of theirs with the batch as its reference.

    Their sum is up to `amount` apart, or each of them up to `days`; one of the two is zero.
    """
    THEIRS_TO_ONE = "theirs_to_one"
    """All theirs of a batch, and the one of ours with the batch as its reference, likewise."""


_TOLERANCES: Final = {
    RuleKind.EXACT: frozenset[str](),
    RuleKind.DATE: frozenset({"days"}),
    RuleKind.AMOUNT: frozenset({"amount"}),
    RuleKind.UNNAMED: frozenset({"days"}),
    RuleKind.OURS_TO_ONE: frozenset({"days", "amount"}),
    RuleKind.THEIRS_TO_ONE: frozenset({"days", "amount"}),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `amount` in the source's unit."""

    name: str
    kind: RuleKind
    days: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of a source in their order, and how its leftovers are read.

    `waits_days`: how young a line may be and still wait for its other side. `rounding`: up to which
    difference an amount is called rounding.
    """

    source: str
    unit: Unit
    rules: tuple[Rule, ...]
    waits_days: int
    rounding: int

    @property
    def reach_days(self) -> int:
        """Return how far apart two lines may be that belong together."""
        return max((rule.days for rule in self.rules), default=0)

    def document(self) -> dict[str, Any]:
        """Return the rules as they are kept with a match."""
        return {
            "engine": ENGINE,
            "source": self.source,
            "unit": self.unit.value,
            "waits_days": self.waits_days,
            "rounding": self.rounding,
            "rules": [
                {"name": rule.name, "kind": rule.kind.value, "days": rule.days, "amount": rule.amount}
                for rule in self.rules
            ],
        }


def read_rule_set(document: Mapping[str, Any]) -> RuleSet:
    """Return the rules of a stored match. Its engine has to be this one."""
    invariant(document["engine"] == ENGINE, "a match is recomputed by the engine that made it")
    return RuleSet(
        document["source"],
        Unit(document["unit"]),
        tuple(
            Rule(each["name"], RuleKind(each["kind"]), each["days"], each["amount"])
            for each in document["rules"]
        ),
        document["waits_days"],
        document["rounding"],
    )


def read_rules(documents: Sequence[Mapping[str, Any]]) -> dict[str, Rule]:
    """Return rules by name. Every tolerance is one that the rule's kind has."""
    rules = {}
    for each in documents:
        kind = RuleKind(each["kind"])
        given = set(each) - {"name", "kind"}
        invariant(given == _TOLERANCES[kind], f"rule {each['name']}: {kind} has {sorted(_TOLERANCES[kind])}")
        rule = Rule(each["name"], kind, each.get("days", 0), each.get("amount", 0))
        invariant(0 <= rule.days <= MOST_DAYS and rule.amount >= 0, f"rule {rule.name}: a tolerance is small")
        invariant(not (rule.days and rule.amount), f"rule {rule.name}: one tolerance, not two")
        invariant(rule.name not in rules, f"rule {rule.name} stands twice")
        rules[rule.name] = rule
    return rules
