"""How findings become one answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.aml.domain.rules import read_rule
from customer_stack.aml.domain.tree import Fact
from customer_stack.aml.domain.values import EventKind
from customer_stack.aml.domain.verdicts import Answer, Outcome, RuleSet, Thresholds, combine, snoozed_at
from shared.errors import InvariantViolated

from .trees import cases

AMOUNT = Fact("event.amount")
THRESHOLDS = Thresholds(alert=40, interdict=80, family_cap=60)


def rule(key, *, least=100, score=30, effect="none", fail="open", family="amounts", kinds=("deposit",)):
    return read_rule(
        {
            "schema": 1,
            "key": key,
            "title": key,
            "purpose": key,
            "family": family,
            "applies_to": list(kinds),
            "when": {"at_least": [{"fact": "event.amount"}, {"lkr": least}]},
            "score": score,
            "effect": effect,
            "fail": fail,
        }
    )


def judge(*rules, amount=100, shadow=(), kind=EventKind.DEPOSIT, snoozed=frozenset()):
    found = RuleSet(rules, shadow)
    return found.judge(kind, found.place(kind, {AMOUNT: amount}), THRESHOLDS, snoozed)


def test_nothing_found_is_allowed_without_an_alert():
    verdict = judge(rule("one"), amount=99)
    assert (verdict.answer, verdict.score, verdict.is_alert, verdict.reasons) == (Answer.ALLOW, 0, False, ())


def test_the_two_thresholds_are_apart():
    assert not judge(rule("one", score=39)).is_alert
    looked_at = judge(rule("one", score=40))
    assert (looked_at.answer, looked_at.is_alert) == (Answer.ALLOW, True)
    below = judge(rule("one", score=40), rule("two", score=39, family="speed"))
    assert (below.answer, below.score) == (Answer.ALLOW, 79)
    waits = judge(rule("one", score=40), rule("two", score=40, family="speed"))
    assert (waits.answer, waits.parts) == (Answer.HOLD, (("amounts", 40), ("speed", 40)))


def test_a_family_scores_at_most_its_cap():
    verdict = judge(rule("one", score=50), rule("two", score=50))
    assert (verdict.score, verdict.answer) == (60, Answer.ALLOW)
    assert verdict.reasons == ("aml.one", "aml.two")


def test_the_strongest_effect_counts_and_every_reason_is_told_in_order():
    verdict = judge(
        rule("zebra", effect="deny", score=0), rule("ant", effect="hold", score=0), rule("bee", least=101)
    )
    assert (verdict.answer, verdict.is_alert) == (Answer.DENY, True)
    assert verdict.reasons == ("aml.ant", "aml.zebra")


@pytest.mark.parametrize(
    ("fail", "effect", "answer", "score"),
    [
        ("open", "deny", Answer.ALLOW, 0),
        ("closed", "none", Answer.HOLD, 30),
        ("closed", "hold", Answer.HOLD, 30),
        ("closed", "deny", Answer.DENY, 30),
    ],
)
def test_what_cannot_be_decided_fails_as_the_rule_says(fail, effect, answer, score):
    verdict = judge(rule("one", effect=effect, fail=fail), amount=None)
    assert (verdict.answer, verdict.score, verdict.is_alert) == (answer, score, True)
    assert verdict.reasons == ("aml.one.undetermined",)
    assert verdict.findings[0].outcome is Outcome.UNDETERMINED
    assert verdict.findings[0].opens_case


def test_a_rule_in_shadow_is_kept_and_changes_nothing():
    verdict = judge(shadow=[rule("one", effect="deny")])
    assert (verdict.answer, verdict.is_alert, verdict.reasons) == (Answer.ALLOW, False, ())
    assert [finding.key for finding in verdict.shadow] == ["one"]


def test_a_rule_is_asked_only_for_its_kinds():
    assert judge(rule("one", effect="deny"), kind=EventKind.WAGER).answer is Answer.ALLOW
    assert RuleSet([rule("one")]).facts_for(EventKind.WAGER) == ()
    assert RuleSet([rule("one")]).facts_for(EventKind.DEPOSIT) == (AMOUNT,)


def test_one_version_of_a_rule_counts():
    with pytest.raises(InvariantViolated):
        RuleSet([rule("one"), rule("one", least=5)])
    candidate = RuleSet([rule("one")], [rule("one", least=5)])
    verdict = candidate.judge(EventKind.DEPOSIT, candidate.place(EventKind.DEPOSIT, {AMOUNT: 50}), THRESHOLDS)
    assert (verdict.findings, len(verdict.shadow)) == ((), 1)
    assert candidate.explain(verdict.shadow[0], {AMOUNT: 50}).value is True


def test_thresholds_that_contradict_each_other_are_a_bug():
    with pytest.raises(InvariantViolated):
        Thresholds(alert=50, interdict=40)


findings = st.lists(
    st.builds(
        rule,
        st.sampled_from(["aaa", "bbb", "ccc", "ddd", "eee"]),
        score=st.integers(0, 100),
        effect=st.sampled_from(["none", "hold", "deny"]),
        fail=st.sampled_from(["open", "closed"]),
        family=st.sampled_from(["amounts", "speed"]),
    ),
    unique_by=lambda each: each.key,
)


@given(findings, st.sampled_from([None, 100]))
def test_the_parts_add_up_and_order_does_not_matter(rules, amount):
    verdict = judge(*rules, amount=amount)
    assert verdict == judge(*reversed(rules), amount=amount)
    assert verdict.score == sum(points for _, points in verdict.parts)
    assert all(0 < points <= THRESHOLDS.family_cap for _, points in verdict.parts)
    assert list(verdict.reasons) == sorted(verdict.reasons)
    assert verdict.is_alert or verdict.answer is Answer.ALLOW


@given(findings.filter(bool))
def test_one_finding_more_never_weakens_the_answer(rules):
    order = [Answer.ALLOW, Answer.HOLD, Answer.DENY]
    every, fewer = judge(*rules), judge(*rules[1:])
    assert order.index(every.answer) >= order.index(fewer.answer)
    assert every.score >= fewer.score
    assert combine(every.findings, (), THRESHOLDS) == every


KEYS = st.frozensets(st.sampled_from(["aaa", "bbb", "ccc", "ddd", "eee", "unknown_rule"]))


def test_a_snoozed_rule_is_kept_apart_and_does_nothing():
    verdict = judge(rule("one", score=60, effect="hold"), rule("two", score=5), snoozed={"one"})
    assert (verdict.answer, verdict.score, verdict.is_alert) == (Answer.ALLOW, 5, False)
    assert verdict.reasons == ("aml.two",)
    assert [finding.key for finding in verdict.snoozed] == ["one"]


@pytest.mark.parametrize(("amount", "fail"), [(100, "open"), (None, "closed")])
def test_what_denies_cannot_be_snoozed(amount, fail):
    verdict = judge(rule("one", effect="deny", fail=fail), amount=amount, snoozed={"one"})
    assert (verdict.answer, verdict.snoozed) == (Answer.DENY, ())


def test_a_snoozed_rule_that_cannot_be_decided_holds_nothing():
    verdict = judge(rule("one", fail="closed"), amount=None, snoozed={"one"})
    assert (verdict.answer, verdict.is_alert, len(verdict.snoozed)) == (Answer.ALLOW, False, 1)


def test_a_snooze_does_not_hide_what_a_rule_in_shadow_finds():
    assert len(judge(shadow=[rule("one")], snoozed={"one"}).shadow) == 1


@given(findings, st.sampled_from([None, 100]), KEYS)
def test_a_verdict_with_snoozes_is_that_of_the_other_rules(rules, amount, snoozed):
    verdict = judge(*rules, amount=amount, snoozed=snoozed)
    quiet = {finding.key for finding in verdict.snoozed}
    assert quiet <= snoozed
    without = judge(*(each for each in rules if each.key not in quiet), amount=amount)
    assert verdict == replace(without, snoozed=verdict.snoozed)
    everything = sorted((*verdict.findings, *verdict.snoozed), key=lambda finding: finding.key)
    assert combine(everything, (), THRESHOLDS, snoozed) == verdict
    denied = {each.key for each in judge(*rules, amount=amount).findings if each.effect == "deny"}
    assert not quiet & denied


@given(st.timedeltas(timedelta(days=-2), timedelta(days=2)))
def test_a_snooze_ends_at_its_moment(distance):
    now = datetime(2026, 11, 28, 12, tzinfo=UTC)
    assert snoozed_at({"one": now + distance}, now) == (
        frozenset({"one"}) if distance > timedelta(0) else frozenset()
    )


@given(cases(), st.data())
def test_what_is_not_looked_up_because_nothing_hangs_on_it_changes_no_verdict(case, data):
    when, situation = case
    rule = replace(read_rule(rule_document()), when=when)
    rules = RuleSet([rule])
    facts = [key for key in rules.facts_for(EventKind.DEPOSIT) if isinstance(key, Fact)]
    if not facts:
        return
    unread = data.draw(st.sampled_from(facts))
    whole = rules.place(EventKind.DEPOSIT, situation)
    known = [
        value if isinstance(key, Fact) and key != unread else None
        for key, value in zip(rules.facts_for(EventKind.DEPOSIT), whole, strict=True)
    ]
    if rules.hangs_on(EventKind.DEPOSIT, unread.name, known):
        return
    without = rules.place(EventKind.DEPOSIT, {**situation, unread: None})
    judged = [rules.judge(EventKind.DEPOSIT, each, Thresholds()) for each in (whole, without)]
    assert judged[0] == judged[1]


def test_a_rule_that_asks_whether_something_is_known_is_never_decided_before_it_was_looked_up():
    stake, amount = Fact("links.opposite_stake"), Fact("event.amount")
    unknown = {"not": {"known": {"fact": stake.name}}}
    large = {"at_least": [{"fact": amount.name}, {"lkr": 100}]}
    compared = {"at_least": [{"fact": stake.name}, {"fact": amount.name}]}
    for when, small, more in (
        ({"all": [large, compared]}, False, True),
        ({"all": [large, unknown]}, True, True),
    ):
        rules = RuleSet([read_rule(rule_document() | {"when": when})])
        for value, hangs in ((99, small), (100, more)):
            known = rules.place(EventKind.DEPOSIT, {amount: value})
            assert rules.hangs_on(EventKind.DEPOSIT, stake.name, known) is hangs


def rule_document():
    return {
        "schema": 1,
        "key": "any_rule",
        "title": "Any rule",
        "purpose": "For tests.",
        "family": "amounts",
        "applies_to": ["deposit"],
        "when": {"flag": True},
        "score": 20,
        "effect": "hold",
        "fail": "closed",
    }
