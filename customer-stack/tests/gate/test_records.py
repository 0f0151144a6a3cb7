"""Records and bases: what is written reads back, and gives the same decision again."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.aml.domain.catalogue import FACTS
from customer_stack.aml.domain.events import Event
from customer_stack.aml.domain.tree import Fact
from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.aml.domain.verdicts import Answer, RuleSet, Thresholds
from customer_stack.aml.starter import load_starter_rules
from customer_stack.gate.domain import records
from customer_stack.gate.domain.asking import Ask, Rate
from customer_stack.gate.domain.basis import read_basis, rebuild, write_basis
from customer_stack.gate.domain.deciding import decide

from .situations import NOW, situations, verdicts

STARTER = load_starter_rules()
THRESHOLDS = Thresholds(50, 70, 55)


def ask_of(situation):
    event = Event(
        UUID(int=1), UUID(int=2), UUID(int=3), situation.kind, Product.MARKET, situation.amount, situation.at
    )
    incoming = replace(event, id=UUID(int=4), customer_id=UUID(int=5)) if situation.has_recipient else None
    rate = Rate(300_12345678, UUID(int=9))
    return Ask(event.id, event, "wager", situation.stake, "LK", rate=rate, incoming=incoming)


@given(situations(), verdicts())
def test_a_record_reads_back_and_agrees_with_itself_only(situation, verdict):
    decision = decide(situation, verdict)
    facts = [1, None, "LK", frozenset({"pep", "business"}), True]
    record = records.write(ask_of(situation), situation, decision, facts, 7, b'{"funds":5}')
    written = records.read(record, situation.kind, NOW, decision.answer, verdict.score)
    assert written.situation == situation
    assert (written.country, written.policy, written.product) == ("LK", 7, {"funds": 5})
    assert list(written.facts) == [1, None, "LK", ["business", "pep"], True]
    assert decide(written.situation, verdict) == decision
    assert records.agrees(written, decision)
    other = Answer.HOLD if decision.answer is not Answer.HOLD else Answer.ALLOW
    assert not records.agrees(written._replace(answer=other), decision)
    assert not records.agrees(written._replace(score=verdict.score + 1), decision)
    assert not records.agrees(written._replace(reasons=(*decision.reasons, "aml.other")), decision)


def test_a_denial_of_the_lane_is_recorded_without_a_judgement():
    event = Event(UUID(int=1), UUID(int=2), UUID(int=3), EventKind.WAGER, Product.MARKET, 5, NOW)
    record = records.write_refused(Ask(event.id, event, "wager"), ["wagers.market_unknown"], b"{}")
    written = records.read(record, EventKind.WAGER, NOW, "deny", 0)
    assert not written.is_judged
    assert written.reasons == ("wagers.market_unknown",)


@pytest.mark.parametrize("kind", EventKind)
def test_a_basis_reads_back_as_the_rules_that_it_was_made_of(kind):
    rules = RuleSet(STARTER[:30], STARTER[30:])
    digest, content = write_basis(rules, THRESHOLDS)
    basis = read_basis(content)
    assert basis.thresholds == THRESHOLDS
    again = rebuild(basis, {rule.digest: rule for rule in STARTER})
    assert write_basis(again, basis.thresholds) == (digest, content)
    assert basis.asked[kind] == rules.facts_for(kind)


def test_another_threshold_or_another_version_is_another_basis():
    rules = RuleSet(STARTER)
    digest, _ = write_basis(rules, THRESHOLDS)
    assert write_basis(rules, Thresholds(51, 70, 55))[0] != digest
    changed = [replace(STARTER[0], score=STARTER[0].score + 1), *STARTER[1:]]
    assert write_basis(RuleSet(changed), THRESHOLDS)[0] != digest
    assert write_basis(RuleSet(STARTER[1:], STARTER[:1]), THRESHOLDS)[0] != digest


@given(st.data())
def test_recorded_facts_give_the_verdict_again_also_where_a_release_sorts_them_otherwise(data):
    rules = RuleSet(STARTER)
    basis = read_basis(write_basis(rules, THRESHOLDS)[1])
    kind = data.draw(st.sampled_from([EventKind.WITHDRAWAL, EventKind.DEPOSIT, EventKind.WAGER]))
    facts = [
        data.draw(_values(FACTS[key.name].type) if isinstance(key, Fact) else st.integers(0, 10**12))
        for key in rules.facts_for(kind)
    ]
    recorded = [sorted(value) if isinstance(value, frozenset) else value for value in facts]
    again = basis.situation(kind, recorded)
    shuffled = dict(sorted(again.items(), key=lambda pair: str(pair[0])[::-1]))
    assert rules.judge(kind, rules.place(kind, shuffled), THRESHOLDS) == rules.judge(kind, facts, THRESHOLDS)


def _values(kind):
    match type(kind).__name__:
        case "FlagType":
            return st.one_of(st.none(), st.booleans())
        case "WordType":
            return st.sampled_from([None, "LK", "basic", "wager", "market"])
        case "WordsType":
            return st.frozensets(st.sampled_from(["pep", "business", "watched"]))
    return st.one_of(st.none(), st.integers(0, 10**9))
