"""From rules to one answer: allow, hold or deny, with score, parts and reasons. Pure.

Two thresholds: from `alert` on somebody looks, from `interdict` on the money waits. A rule can hold or deny
by itself. Rules of one family see the same thing; together they score at most the family's cap, so that
five counters of one burst are not five reasons.

A rule in shadow is evaluated and kept beside the verdict, and changes nothing. A rule that is snoozed for a
customer is evaluated too: what it finds is kept apart, neither scores nor alerts, and the verdict is that of
the rules without it. What denies cannot be snoozed.

Guaranteed: the same rules, facts, thresholds and snoozes give the same verdict, part by part and in one
order; what cannot be decided is never a no.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from customer_stack.aml.domain.compiling import Compiled, Slots, compile_tree
from customer_stack.aml.domain.evaluation import Situation, Trace, trace
from customer_stack.aml.domain.recipes import Recipe, sort_facts
from customer_stack.aml.domain.rules import Effect, FailMode, Rule
from customer_stack.aml.domain.tree import Fact, FactKey, Known, Node, children, facts_of
from customer_stack.aml.domain.values import EventKind
from shared.errors import invariant

_RANK: Final = {Effect.NONE: 0, Effect.HOLD: 1, Effect.DENY: 2}


class Answer(StrEnum):
    """What becomes of the event."""

    ALLOW = "allow"
    HOLD = "hold"
    DENY = "deny"


NO_SNOOZES: Final[frozenset[str]] = frozenset()

_ANSWERS: Final = {Effect.NONE: Answer.ALLOW, Effect.HOLD: Answer.HOLD, Effect.DENY: Answer.DENY}


class Outcome(StrEnum):
    """What one rule said."""

    HIT = "hit"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores from which an event is looked at, and from which it waits; caps of families."""

    alert: int = 40
    interdict: int = 80
    family_cap: int = 60

    def __post_init__(self) -> None:
        """Refuse thresholds that contradict each other."""
        invariant(0 < self.alert <= self.interdict, "what waits is also looked at")
        invariant(self.family_cap > 0, "a family scores something")


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that hit, or that could not be decided. A miss leaves none."""

    key: str
    digest: bytes
    family: str
    outcome: Outcome
    score: int
    effect: Effect
    opens_case: bool

    @property
    def reason(self) -> str:
        """Return the reason code that the finding gives."""
        return f"aml.{self.key}" if self.outcome is Outcome.HIT else f"aml.{self.key}.undetermined"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one event. `parts` are the scores that count, by family; what is snoozed counts not."""

    answer: Answer
    score: int
    parts: tuple[tuple[str, int], ...]
    is_alert: bool
    findings: tuple[Finding, ...]
    shadow: tuple[Finding, ...]
    snoozed: tuple[Finding, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return the reason codes, in order of their rules' keys."""
        return tuple(finding.reason for finding in self.findings)


NOTHING_FOUND: Final = Verdict(Answer.ALLOW, 0, (), is_alert=False, findings=(), shadow=())


@dataclass(frozen=True, slots=True)
class _Layout:
    """The rules for one kind of event, compiled over the facts that they ask for, in this order."""

    facts: tuple[FactKey, ...]
    recipe: Recipe
    published: tuple["_Test", ...]
    shadow: tuple["_Test", ...]
    by_fact: Mapping[str, tuple[Compiled, ...]]
    """Rules in which a fact stands, by its name."""


class RuleSet:
    """Rules that count together, compiled once per kind of event."""

    def __init__(self, published: Iterable[Rule], shadow: Iterable[Rule] = ()) -> None:
        """Compile rules that were checked; a key stands at most once in each group."""
        self.published = tuple(sorted(published, key=lambda rule: rule.key))
        self.shadow = tuple(sorted(shadow, key=lambda rule: rule.key))
        for group in (self.published, self.shadow):
            invariant(len({rule.key for rule in group}) == len(group), "one version of a rule counts")
        self._layouts = {kind: _lay_out(kind, self.published, self.shadow) for kind in EventKind}

    def facts_for(self, kind: EventKind) -> tuple[FactKey, ...]:
        """Return what the rules for one kind of event ask for, in the order in which `judge` takes it."""
        return self._layouts[kind].facts

    def asks(self, kind: EventKind) -> bool:
        """Tell whether any rule is for this kind of event."""
        layout = self._layouts[kind]
        return bool(layout.published or layout.shadow)

    def recipe_for(self, kind: EventKind) -> Recipe:
        """Return how that is read."""
        return self._layouts[kind].recipe

    def hangs_on(self, kind: EventKind, name: str, facts: Sequence[Any]) -> bool:
        """Tell whether what is not known yet of a fact can change what any rule says.

        `facts` are what is known, everything else None. A rule that is decided without it stays so; only one
        that asks whether something is known is not decided before that was looked up.
        """
        return any(test(facts) is None for test in self._layouts[kind].by_fact.get(name, ()))

    def place(self, kind: EventKind, situation: Situation) -> list[Any]:
        """Return a situation as the list that `judge` takes; what it does not know is None."""
        return [situation.get(key) for key in self._layouts[kind].facts]

    def judge(
        self,
        kind: EventKind,
        facts: Sequence[Any],
        thresholds: Thresholds,
        snoozed: frozenset[str] = NO_SNOOZES,
    ) -> Verdict:
        """Evaluate every rule for this kind of event, and combine what they say.

        `snoozed` are the keys of rules that are snoozed for the customer at the moment of the event.
        """
        layout = self._layouts[kind]
        findings = _find(layout.published, facts)
        shadow = _find(layout.shadow, facts)
        if not findings and not shadow:
            return NOTHING_FOUND
        return combine(findings, shadow, thresholds, snoozed)

    def explain(self, finding: Finding, situation: Situation) -> Trace:
        """Return every node's value of the rule behind a finding."""
        rule = next(
            rule
            for rule in (*self.published, *self.shadow)
            if rule.key == finding.key and rule.digest == finding.digest
        )
        return trace(rule.when, situation)


_Test = tuple[Compiled, Finding, Finding]
"""A rule's closure, and what it leaves: as a hit, and when it cannot be decided."""


def _lay_out(kind: EventKind, published: Iterable[Rule], shadow: Iterable[Rule]) -> _Layout:
    chosen, shaded = ([rule for rule in group if kind in rule.applies_to] for group in (published, shadow))
    keys: set[FactKey] = set().union(*(facts_of(rule.when) for rule in (*chosen, *shaded)))
    facts = tuple(sorted(keys, key=repr))
    slots = {key: slot for slot, key in enumerate(facts)}
    by_fact: dict[str, tuple[Compiled, ...]] = {}
    for rule in (*chosen, *shaded):
        test = _never_sure if _asks_known(rule.when) else compile_tree(rule.when, slots)
        for key in facts_of(rule.when):
            if isinstance(key, Fact):
                by_fact[key.name] = (*by_fact.get(key.name, ()), test)
    return _Layout(facts, sort_facts(facts), _compile(chosen, slots), _compile(shaded, slots), by_fact)


def _asks_known(node: Node) -> bool:
    """Tell whether a tree asks if something is known: then what was not looked up would decide it."""
    return isinstance(node, Known) or any(map(_asks_known, children(node)))


def _never_sure(_facts: Sequence[Any]) -> None:
    """Say of a rule that what is not looked up can change it."""


def _compile(rules: Iterable[Rule], slots: Slots) -> tuple[_Test, ...]:
    return tuple((compile_tree(rule.when, slots), _hit(rule), _undetermined(rule)) for rule in rules)


def _hit(rule: Rule) -> Finding:
    return Finding(rule.key, rule.digest, rule.family, Outcome.HIT, rule.score, rule.effect, opens_case=False)


def _undetermined(rule: Rule) -> Finding:
    """Return what an undecided rule does. Closed: as a hit, at least a hold. Open: a case, nothing else."""
    closed = rule.fail is FailMode.CLOSED
    return Finding(
        rule.key,
        rule.digest,
        rule.family,
        Outcome.UNDETERMINED,
        score=rule.score if closed else 0,
        effect=max(rule.effect, Effect.HOLD, key=_RANK.__getitem__) if closed else Effect.NONE,
        opens_case=True,
    )


def _find(tests: Sequence[_Test], facts: Sequence[Any]) -> tuple[Finding, ...]:
    found: list[Finding] = []
    for test, hit, undetermined in tests:
        value = test(facts)
        if value is False:
            continue
        found.append(undetermined if value is None else hit)
    return tuple(found)


def combine(
    found: Sequence[Finding],
    shadow: Sequence[Finding],
    thresholds: Thresholds,
    snoozed: frozenset[str] = NO_SNOOZES,
) -> Verdict:
    """Return the verdict over findings in order of their keys."""
    findings, quiet = _set_apart(found, snoozed)
    families: dict[str, int] = {}
    for finding in findings:
        families[finding.family] = families.get(finding.family, 0) + finding.score
    parts = tuple(
        (family, min(score, thresholds.family_cap)) for family, score in sorted(families.items()) if score
    )
    score = sum(points for _, points in parts)
    strongest = max((finding.effect for finding in findings), key=_RANK.__getitem__, default=Effect.NONE)
    if score >= thresholds.interdict:
        strongest = max(strongest, Effect.HOLD, key=_RANK.__getitem__)
    is_alert = (
        score >= thresholds.alert
        or strongest is not Effect.NONE
        or any(finding.opens_case for finding in findings)
    )
    return Verdict(_ANSWERS[strongest], score, parts, is_alert, findings, tuple(shadow), quiet)


def _set_apart(
    found: Sequence[Finding], snoozed: frozenset[str]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Return what counts, and what is snoozed."""
    if not snoozed:
        return tuple(found), ()
    quiet = tuple(finding for finding in found if is_quiet(finding, snoozed))
    return tuple(finding for finding in found if finding not in quiet), quiet


def is_quiet(finding: Finding, snoozed: frozenset[str]) -> bool:
    """Tell whether a finding is snoozed. One that denies never is."""
    return finding.key in snoozed and finding.effect is not Effect.DENY


def snoozed_at(until: Mapping[str, datetime], at: datetime) -> frozenset[str]:
    """Return the keys of the rules that are snoozed at a moment; the end of a snooze is not in it."""
    return frozenset(key for key, end in until.items() if at < end) if until else NO_SNOOZES
