"""Making a recorded decision again, from the record and the rules that it names. Pure.

Guaranteed: nothing but what the record and its basis hold is used; the answer agrees part by part, or the
parts in which it does not are named.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from customer_stack.aml.domain.evaluation import Situation as Known
from customer_stack.aml.domain.values import EventKind
from customer_stack.aml.domain.verdicts import NO_SNOOZES, NOTHING_FOUND, RuleSet, Verdict, snoozed_at
from customer_stack.gate.domain.basis import Basis
from customer_stack.gate.domain.deciding import GATE_VERSION, OBSERVED, decide, judge_posted
from customer_stack.gate.domain.records import Written, agrees, read
from customer_stack.geography.domain.policies import Policy, judge

FIRST_GATE: Final = 1
"""The version whose records hold the product's part alone."""

ProductReplay = Callable[[Any], "tuple[str, ...] | None"]
"""The product's part of a record -> the reasons that it gives again, empty for a yes; None: not the same."""


class Stored(NamedTuple):
    """A decision as its row: the columns, and the record's text."""

    tenant_id: UUID
    id: UUID
    subject_id: UUID
    customer_id: UUID
    decided_at: datetime
    kind: EventKind
    lane: str
    answer: str
    score: int
    reason: str | None
    basis: bytes | None
    gate_version: int
    record: str


@dataclass(frozen=True, slots=True)
class Rules:
    """A basis with its rules compiled again."""

    basis: Basis
    rules: RuleSet


@dataclass(frozen=True, slots=True)
class Replayed:
    """Whether a decision came out again. `differs`: the parts that did not; none: all agree."""

    id: UUID
    differs: tuple[str, ...]
    verdict: Verdict = NOTHING_FOUND

    @property
    def agrees(self) -> bool:
        """Tell whether every part is the same."""
        return not self.differs


def written_of(stored: Stored) -> Written:
    """Return what a stored record of this gate says."""
    return read(stored.record, stored.kind, stored.decided_at, stored.answer, stored.score)


def known_of(written: Written, rules: Rules) -> dict[Any, Any]:
    """Return the facts and counters that a record's rules saw, by name."""
    return rules.basis.situation(written.situation.kind, written.facts)


def verdict_of(written: Written, rules: Rules | None) -> Verdict:
    """Return AML's verdict again."""
    if rules is None:
        return NOTHING_FOUND
    situation = written.situation
    known: Known = known_of(written, rules)
    customer = situation.customer
    silent = NO_SNOOZES if customer is None else snoozed_at(customer.snoozes, situation.at)
    facts = rules.rules.place(situation.kind, known)
    return rules.rules.judge(situation.kind, facts, rules.basis.thresholds, silent)


def replay(
    stored: Stored,
    written: Written,
    rules: Rules | None,
    policy: Policy | None,
    products: Mapping[str, ProductReplay],
) -> Replayed:
    """Make a decision again."""
    differs = []
    if stored.gate_version != GATE_VERSION:
        return Replayed(stored.id, ("gate version",))
    product = _replay_product(stored.lane, written.product, products)
    if not written.is_judged:
        if product is None or product != written.reasons:
            differs.append("product")
        if stored.answer != "deny" or stored.score:
            differs.append("answer")
        return Replayed(stored.id, tuple(differs))
    if product is None or product:
        differs.append("product")
    if written.policy is not None and (policy is None or policy.version != written.policy):
        differs.append("policy")
    elif written.policy is not None and judge(policy, written.country) != written.situation.geography:
        differs.append("geography")
    if (stored.basis is None) != (rules is None):
        return Replayed(stored.id, (*differs, "basis"))
    verdict = verdict_of(written, rules)
    decision = judge_posted(verdict) if stored.lane == OBSERVED else decide(written.situation, verdict)
    first = decision.reasons[0] if decision.reasons else None
    if not agrees(written, decision) or first != stored.reason:
        differs.append("answer")
    return Replayed(stored.id, tuple(differs), verdict)


def replay_first(stored: Stored, product: Any, products: Mapping[str, ProductReplay]) -> Replayed:
    """Make a decision of the first gate again: it was the product's alone."""
    found = _replay_product(stored.lane, product, products)
    same = found is not None and (stored.answer == "allow") == (not found)
    same = same and (stored.reason is None if not found else stored.reason == found[0])
    return Replayed(stored.id, () if same else ("product",))


def _replay_product(lane: str, product: Any, products: Mapping[str, ProductReplay]) -> tuple[str, ...] | None:
    """Return the product's reasons again; a lane that records no decision of its own has none."""
    if product is None:
        return ()
    again = products.get(lane)
    return None if again is None else again(product)
