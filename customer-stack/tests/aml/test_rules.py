"""What a rule's tree means: read, checked, evaluated, compiled, explained."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_stack.aml.domain.catalogue import FACTS, Measure, Subject, Window
from customer_stack.aml.domain.checking import check_condition, type_of
from customer_stack.aml.domain.compiling import compile_tree
from customer_stack.aml.domain.evaluation import evaluate, trace
from customer_stack.aml.domain.explaining import describe, tell
from customer_stack.aml.domain.form import dump_document, load_document, read_node, write_node
from customer_stack.aml.domain.rules import parse_rule, read_rule
from customer_stack.aml.domain.tree import (
    DEPTH_LIMIT,
    Compare,
    Comparison,
    Compute,
    Counter,
    Fact,
    Operation,
    Whole,
    facts_of,
)
from customer_stack.aml.domain.values import REACH, NumberType, Unit, conforms
from customer_stack.aml.errors import RuleInvalid

from .trees import cases, conditions, values

DEPOSITS = {"counter": {"subject": "customer", "measure": "sum", "of": "deposits", "window": "24h"}}
DEPOSITS_KEY = Counter(Subject.CUSTOMER, Measure.SUM, "deposits", Window.DAY)
AMOUNT = {"fact": "event.amount"}
DOCUMENT = {
    "schema": 1,
    "key": "large_deposit",
    "title": "A large deposit",
    "purpose": "Shows what a rule looks like.",
    "family": "amounts",
    "applies_to": ["deposit"],
    "when": {"at_least": [AMOUNT, {"lkr": 100_000_000}]},
    "score": 20,
    "effect": "none",
    "fail": "open",
}


def slots_of(node):
    return {key: slot for slot, key in enumerate(sorted(facts_of(node), key=repr))}


@given(cases())
@settings(max_examples=200)
def test_the_compiled_form_agrees_with_the_plain_reading_and_the_trace_with_both(case):
    node, situation = case
    check_condition(node)
    slots = slots_of(node)
    facts = [None] * len(slots)
    for key, slot in slots.items():
        facts[slot] = situation[key]
    outcome = evaluate(node, situation)
    assert outcome in {True, False, None}
    assert compile_tree(node, slots)(facts) is outcome
    explained = trace(node, situation)
    assert explained.value is outcome
    assert describe(explained)["value"] is outcome
    assert tell(explained).startswith({True: "true:", False: "false:", None: "not known:"}[outcome])


@given(conditions())
def test_what_is_written_reads_back(node):
    document = write_node(node)
    assert read_node(document) == node
    assert read_node(load_document(dump_document(document))) == node
    json.dumps(describe(trace(node, {})))


@given(cases(), st.data())
def test_more_knowledge_never_turns_an_answer(case, data):
    """An answer that was given in spite of unknown facts is not changed by learning one of them."""
    node, situation = case
    outcome = evaluate(node, situation)
    missing = sorted((key for key, value in situation.items() if value is None), key=repr)
    if outcome is None or not missing or _asks_whether_known(write_node(node)):
        return
    key = data.draw(st.sampled_from(missing))
    assert evaluate(node, {**situation, key: data.draw(values(key))}) is outcome


def _asks_whether_known(document):
    return '"known"' in json.dumps(document)


def read(document):
    node = read_node(document)
    check_condition(node)
    return node


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({}, "when: a node is an object with one key"),
        ({"all": [], "any": []}, "when: a node is an object with one key"),
        ({"almost": []}, 'when: there is no operator "almost"'),
        ({"all": []}, "when.all: takes a list of 1 to 40 nodes"),
        ({"not": {"flag": 1}}, "when.not.flag: takes true or false"),
        ({"at_least": [AMOUNT]}, "when.at_least: takes a list of 2 nodes"),
        (
            {"at_least": [{"fact": "event.amont"}, {"lkr": 1}]},
            'when.at_least[0].fact: there is no fact "event.amont"',
        ),
        ({"at_least": [AMOUNT, {"lkr": -1}]}, "when.at_least[1].lkr: takes a whole number"),
        ({"at_least": [AMOUNT, {"lkr": True}]}, "when.at_least[1].lkr: takes a whole number"),
        ({"at_least": [AMOUNT, {"lkr": 2**62 + 1}]}, "when.at_least[1].lkr: takes a whole number"),
        ({"at_least": [AMOUNT, {"count": 3}]}, "when.at_least[1]: is in count; what it meets is in lkr"),
        ({"less": [AMOUNT, {"fact": "event.country"}]}, "when.less: only numbers have an order"),
        ({"equal": [AMOUNT, {"fact": "event.country"}]}, "when.equal[1]: is not of the type"),
        ({"in": [AMOUNT, {"words": {"country": ["LK"]}}]}, "when.in[0]: takes a word"),
        (
            {"in": [{"fact": "event.country"}, {"words": {"tier": ["basic"]}}]},
            "when.in[1]: takes words of country",
        ),
        (
            {"in": [{"fact": "event.country"}, {"words": {"country": ["lk"]}}]},
            'when.in[1].words[0]: "lk" is no word',
        ),
        ({"in": [{"fact": "event.country"}, {"words": {"country": ["LK", "LK"]}}]}, "a word stands twice"),
        ({"equal": [{"word": {"colour": "red"}}, {"flag": True}]}, 'there is no vocabulary "colour"'),
        ({"at_least": [{"divide": [AMOUNT, DEPOSITS]}, {"ratio": [2, 4]}]}, "[1].ratio: not in lowest terms"),
        (
            {"at_least": [{"divide": [AMOUNT, DEPOSITS]}, {"ratio": [1, 0]}]},
            "[1].ratio[1]: takes a whole number",
        ),
        ({"at_least": [{"times": [AMOUNT, AMOUNT]}, {"lkr": 1}]}, "two quantities cannot be multiplied"),
        (
            {"at_least": [{"divide": [{"ratio": [1, 2]}, AMOUNT]}, {"lkr": 1}]},
            "ratio cannot be divided by lkr",
        ),
        ({"equal": [{"remainder": [AMOUNT, DEPOSITS]}, {"lkr": 0}]}, "above zero, written out"),
        ({"equal": [{"remainder": [AMOUNT, {"lkr": 0}]}, {"lkr": 0}]}, "above zero, written out"),
        ({"plus": [AMOUNT, AMOUNT]}, "when: takes a condition that is true or false"),
        ({"known": {"lkr": 5}}, "when.known: takes a fact or a counter"),
        ({"known": {"counter": {}}}, "when.known.counter: takes an object with subject, measure, of, window"),
        (
            {
                "known": {
                    "counter": {
                        "subject": "device",
                        "measure": "distinct",
                        "of": "counterparty",
                        "window": "7d",
                    }
                }
            },
            'counter.of: there is no distinct per device of "counterparty"; there are customer',
        ),
        (
            {"known": {"counter": {"subject": "device", "measure": "sum", "of": "deposits", "window": "8d"}}},
            'counter.window: there is no window "8d"',
        ),
    ],
)
def test_a_refusal_names_the_node(document, where):
    with pytest.raises(RuleInvalid) as refused:
        read(document)
    assert where in refused.value.message


def test_depth_and_size_are_bounded():
    deep = {"flag": True}
    for _ in range(DEPTH_LIMIT):
        deep = {"not": deep}
    with pytest.raises(RuleInvalid, match="nested deeper than"):
        read(deep)
    wide = {"all": [{"all": [{"known": AMOUNT}] * 3}] * 40}
    with pytest.raises(RuleInvalid, match="nodes; at most"):
        read(wide)
    with pytest.raises(RuleInvalid, match=r"nested too deeply|not JSON"):
        parse_rule(b"[" * 60_000)


def test_numbers_cannot_outgrow_their_bounds():
    grown = {"divide": [DEPOSITS, DEPOSITS]}
    read({"at_least": [grown, {"ratio": [1, 2]}]})
    for _ in range(3):
        grown = {"times": [grown, grown]}
    with pytest.raises(RuleInvalid, match="could grow too large"):
        read({"at_least": [grown, {"ratio": [1, 2]}]})


@given(cases(), st.booleans())
def test_no_number_leaves_the_bounds_that_were_checked(case, is_negative):
    node, situation = case
    largest = {}
    for key in situation:
        kind = type_of(key)
        largest[key] = (-kind.top if is_negative else kind.top) if isinstance(kind, NumberType) else None

    def walk(traced):
        kind = type_of(traced.node)
        if isinstance(kind, NumberType) and traced.value is not None:
            top, bottom = traced.value if isinstance(traced.value, tuple) else (traced.value, 1)
            assert abs(top) <= kind.top <= REACH
            assert 1 <= bottom <= kind.bottom
            assert isinstance(traced.value, int) is kind.is_whole
        for part in traced.parts:
            walk(part)

    walk(trace(node, situation))
    walk(trace(node, largest))


def test_what_is_not_known_is_no_no():
    large = read({"at_least": [AMOUNT, {"lkr": 100}]})
    assert evaluate(large, {}) is None
    assert evaluate(read({"all": [write_node(large), {"flag": False}]}), {}) is False
    assert evaluate(read({"any": [write_node(large), {"flag": True}]}), {}) is True
    assert evaluate(read({"not": write_node(large)}), {}) is None
    assert evaluate(read({"between": [{"lkr": 5}, {"lkr": 6}, AMOUNT]}), {}) is False
    assert evaluate(read({"known": AMOUNT}), {}) is False


def test_a_division_by_zero_is_not_known_and_crosses_no_sign():
    share = read({"at_least": [{"divide": [AMOUNT, DEPOSITS]}, {"ratio": [4, 5]}]})
    for amount, total, outcome in [(80, 100, True), (79, 100, False), (80, 0, None), (0, 0, None)]:
        assert evaluate(share, {Fact("event.amount"): amount, DEPOSITS_KEY: total}) is outcome
    below = Compute(Operation.MINUS, Whole(Unit.LKR, 1), Whole(Unit.LKR, 3))
    negative = Compare(
        Comparison.LESS, Compute(Operation.DIVIDE, Whole(Unit.LKR, 1), below), Whole(Unit.COUNT, 0)
    )
    with pytest.raises(RuleInvalid, match="is in count"):
        check_condition(negative)
    quotient = Compute(Operation.DIVIDE, Whole(Unit.LKR, 1), below)
    assert trace(quotient, {}).value == (-1, 2)


def test_amounts_beyond_what_a_double_holds_stay_exact():
    limit = {"lkr": 9_007_199_254_740_993}
    rule = read({"more": [{"plus": [DEPOSITS, {"lkr": 1}]}, limit]})
    assert evaluate(rule, {DEPOSITS_KEY: 9_007_199_254_740_992}) is False
    assert evaluate(rule, {DEPOSITS_KEY: 9_007_199_254_740_993}) is True


def test_an_explanation_reads_as_a_sentence():
    node = read(
        {
            "all": [
                {"between": [AMOUNT, {"lkr": 90_000_000}, {"lkr": 99_999_999}]},
                {"at_least": [{"divide": [AMOUNT, DEPOSITS]}, {"ratio": [1, 3]}]},
                {"at_least": [{"fact": "customer.account_age"}, {"seconds": 86_400}]},
            ]
        }
    )
    traced = trace(node, {Fact("event.amount"): 95_000_000, DEPOSITS_KEY: 190_000_000})
    assert tell(traced) == (
        "not known: all of [the amount (LKR 950,000.00) is from LKR 900,000.00 to LKR 999,999.99: true; "
        "(the amount (LKR 950,000.00) divided by sum of deposits of the customer in 24 h (LKR 1,900,000.00) "
        "= 0.5000) is at least 0.3333: true; the age of the account (not known) is at least 1 d: not known]."
    )
    assert describe(traced)["parts"][0] == {
        "op": "between",
        "value": True,
        "parts": [
            {"op": "fact", "value": 95_000_000, "of": "event.amount"},
            {"op": "lkr", "value": 90_000_000, "of": 90_000_000},
            {"op": "lkr", "value": 99_999_999, "of": 99_999_999},
        ],
    }


def test_a_rule_reads_back_and_its_digest_is_its_content():
    rule = read_rule(DOCUMENT)
    assert parse_rule(rule.content) == rule
    assert rule.document == DOCUMENT
    spaced = parse_rule(json.dumps(DOCUMENT, indent=4).encode())
    assert spaced.digest == rule.digest
    for change in ({"score": 21}, {"fail": "closed"}, {"title": "Large deposit"}):
        assert read_rule(DOCUMENT | change).digest != rule.digest


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"schema": 2}, "schema:"),
        ({"schema": True}, "schema:"),
        ({"key": "Large"}, "key:"),
        ({"title": " blank"}, "title:"),
        ({"title": "two\nlines"}, "title:"),
        ({"purpose": ""}, "purpose:"),
        ({"applies_to": []}, "applies_to:"),
        ({"applies_to": ["deposit", "deposit"]}, "applies_to: a kind stands twice"),
        ({"applies_to": ["gift"]}, "applies_to[0]:"),
        ({"score": 101}, "score:"),
        ({"effect": "freeze"}, "effect:"),
        ({"fail": None}, "fail:"),
        ({"colour": 1}, "not known: colour"),
        ({"when": AMOUNT}, "when: takes a condition"),
    ],
)
def test_a_rule_with_a_wrong_field_is_refused(change, where):
    with pytest.raises(RuleInvalid) as refused:
        read_rule(DOCUMENT | change)
    assert where in refused.value.message


@pytest.mark.parametrize(
    "text",
    [
        b'{"a": 1.5}',
        b'{"a": 1e3}',
        b'{"a": NaN}',
        b'{"a": 1, "a": 1}',
        b"{",
        b"\xff",
        b'"' + b"x" * 70_000 + b'"',
        b"1" * 5_000,
    ],
)
def test_a_text_that_is_no_exact_json_is_refused(text):
    with pytest.raises(RuleInvalid):
        load_document(text)


def test_facts_are_of_their_types():
    assert conforms(FACTS["event.amount"].type, 10**15)
    for name, value in [
        ("event.amount", 10**15 + 1),
        ("event.amount", True),
        ("event.new_instrument", 1),
        ("event.country", "Lanka"),
        ("customer.flags", frozenset({"rich"})),
    ]:
        assert not conforms(FACTS[name].type, value), name
        assert conforms(FACTS[name].type, None)
