"""The matching engine: rules in their order, nothing twice, nothing guessed, the same in any order."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.reconciliation.domain.breaks import BreakType, Unit
from customer_stack.reconciliation.domain.leftovers import find_leftovers, span_of
from customer_stack.reconciliation.domain.lines import decode, encode, lines_of
from customer_stack.reconciliation.domain.matching import ASIDE, OPEN, match
from customer_stack.reconciliation.domain.rules import Rule, RuleKind, RuleSet, read_rule_set, read_rules
from shared.errors import InvariantViolated
from shared.ids import CountingIds

EXACT = Rule("reference", RuleKind.EXACT)
LATE = Rule("reference-late", RuleKind.DATE, days=3)
CENTS = Rule("reference-cents", RuleKind.AMOUNT, amount=5_00)
BATCH = Rule("batch", RuleKind.OURS_TO_ONE, days=2)
SPLIT = Rule("split", RuleKind.THEIRS_TO_ONE, amount=10)
ALONE = Rule("alone", RuleKind.UNNAMED, days=1)
RULES = (EXACT, LATE, CENTS, BATCH, SPLIT, ALONE)
SET = RuleSet("bank-lkr", Unit.LKR_CENT, RULES, waits_days=1, rounding=10)
TODAY = 20_785
"""28 November 2026 in Colombo."""

ids = CountingIds()


def side(*rows):
    """Return lines from (reference, amount, day before today, batch)."""
    made = []
    for row in rows:
        reference, amount, before, batch = (*row, "")[:4] if len(row) < 4 else row
        made.append((ids.new(), amount, TODAY - before, reference, batch))
    return lines_of(made)


def run(ours, theirs, *rules):
    outcome = match(ours, theirs, rules or RULES)
    names = [(rules or RULES)[number].name for number in outcome.rule_of]
    left = find_leftovers((ours, theirs), outcome, SET, span_of(SET, TODAY, 30, TODAY))
    return outcome, names, left


def test_a_day_at_the_bank():
    ours = side(
        ("BOC-1", 30_000_00, 2),
        ("BOC-2", 12_500_00, 2),
        ("BOC-3", 8_000_00, 2),
        ("OUT-1", -14_750_00, 2, "BATCH-7"),
        ("OUT-2", -5_250_00, 2, "BATCH-7"),
        ("", -1_500_00, 2),
        ("BOC-9", 700_00, 2),
        ("BOC-0", 900_00, 0),
    )
    theirs = side(
        ("BOC-1", 30_000_00, 2),
        ("BOC-2", 12_500_00, 0),
        ("BOC-3", 7_999_50, 2),
        ("BATCH-7", -20_000_00, 1),
        ("FEE-11", -1_500_00, 2),
        ("BOC-8", 250_00, 2),
    )
    _, names, left = run(ours, theirs)
    assert names == ["reference", "reference-late", "reference-cents", "batch", "alone"]
    assert {(each.type, each.ours, each.theirs) for each in left} == {
        (BreakType.MISSING_THEIRS, 700_00, None),
        (BreakType.MISSING_OURS, None, 250_00),
    }


@pytest.mark.parametrize(
    ("mine", "other", "expected"),
    [
        ([("A", 100_00, 9)], [("A", 100_00, 2)], [(BreakType.TIMING, TODAY - 9, TODAY - 2)]),
        ([("A", 100_00, 2)], [("A", -100_00, 2)], [(BreakType.DIRECTION, 100_00, -100_00)]),
        ([("A", 100_05, 9)], [("A", 100_00, 2)], [(BreakType.ROUNDING, 100_05, 100_00)]),
        ([("A", 105_01, 2)], [("A", 100_00, 2)], [(BreakType.AMOUNT, 105_01, 100_00)]),
        # Off by cents and by days: no rule has both tolerances.
        ([("A", 101_00, 2)], [("A", 100_00, 3)], [(BreakType.AMOUNT, 101_00, 100_00)]),
        ([("A", 100_00, 2)], [("A", 100_00, 2)] * 2, [(BreakType.DUPLICATE, None, 100_00)]),
        ([("A", 100_00, 2)] * 3, [("A", 100_00, 3)] * 2, [(BreakType.DUPLICATE, 100_00, None)]),
        (
            [("A", 60_00, 2, "B"), ("C", 60_00, 2, "B")],
            [("B", 100_00, 2)],
            [(BreakType.AMOUNT, 120_00, 100_00)],
        ),
        ([("B", 100_08, 2)], [("X", 60_00, 2, "B"), ("Y", 40_00, 2, "B")], []),
        (
            [("B", 100_11, 2)],
            [("X", 60_00, 2, "B"), ("Y", 40_00, 2, "B")],
            [(BreakType.AMOUNT, 100_11, 100_00)],
        ),
        ([("A", 100_00, 0)], [], []),
        ([("A", 100_00, 40)], [], []),
        ([], [], []),
    ],
)
def test_what_is_left_has_a_type(mine, other, expected):
    _, _, left = run(side(*mine), side(*other))
    assert [(each.type, each.ours, each.theirs) for each in left] == expected


def test_what_fits_more_than_one_is_shown_and_not_guessed():
    ours = side(("A", 100_00, 5))
    theirs = side(("A", 100_00, 4), ("A", 100_00, 3))
    outcome, names, left = run(ours, theirs)
    assert names == []
    assert set(outcome.ours) == set(outcome.theirs) == {ASIDE}
    assert [(each.type, len(each.candidates)) for each in left] == [
        (BreakType.MISSING_THEIRS, 2),
        (BreakType.MISSING_OURS, 1),
        (BreakType.MISSING_OURS, 1),
    ]
    # Two lines that differ in nothing are no guess: either is the one.
    _, names, left = run(ours, side(("A", 100_00, 4), ("A", 100_00, 4)))
    assert (names, [each.type for each in left]) == (["reference-late"], [BreakType.DUPLICATE])


def test_ours_wait_for_the_statement_of_their_day():
    ours, theirs = side(("A", 1_00, 9), ("B", 2_00, 5), ("C", 3_00, 4)), side(("D", 4_00, 5))

    def missing(*sides):
        told = max(sides[1].days, default=None)
        span = span_of(SET, TODAY, 30, told)
        return [each.ours for each in find_leftovers(sides, match(*sides, RULES), SET, span) if each.ours]

    assert missing(ours, theirs) == [1_00]
    assert missing(ours, side(("D", 4_00, 4))) == [1_00, 2_00]
    assert missing(ours, side()) == []


def test_a_batch_that_two_lines_name_is_nobodys():
    ours = side(("A", 60_00, 2, "B"), ("C", 40_00, 2, "B"))
    outcome, names, left = run(ours, side(("B", 100_00, 2), ("B", 100_00, 1)))
    assert (names, set(outcome.ours), set(outcome.theirs)) == ([], {ASIDE}, {ASIDE})
    assert [len(each.candidates) for each in left] == [2, 2, 2, 2]


def test_a_line_without_reference_finds_only_what_is_alone_with_its_amount():
    assert run(side(("", 55_00, 2)), side(("FEE", 55_00, 3)))[1] == ["alone"]
    outcome, names, _ = run(side(("", 55_00, 2)), side(("FEE", 55_00, 2), ("CHG", 55_00, 2)))
    assert (names, list(outcome.ours)) == ([], [ASIDE])
    outcome, names, _ = run(side(("MINE", 55_00, 2)), side(("YOURS", 55_00, 2)))
    assert (names, list(outcome.ours)) == ([], [OPEN])


REFERENCES = st.sampled_from(["", "A", "B", "C", "D", "BATCH"])
ROWS = st.lists(
    st.tuples(
        REFERENCES,
        st.sampled_from([1_00, 2_00, 2_03, 5_00, -2_00]),
        st.integers(1, 6),
        st.sampled_from(["", "", "BATCH", "A"]),
    ),
    max_size=9,
)


@given(ROWS, ROWS, st.permutations(RULES), st.randoms())
def test_every_line_is_in_one_place_and_the_order_of_reading_changes_nothing(mine, other, rules, chance):
    ours, theirs = side(*mine), side(*other)
    outcome = match(ours, theirs, rules)
    places = Counter()
    for number, our_places, their_places in outcome.matches():
        rule = rules[number]
        assert our_places
        assert their_places
        places.update([*((0, place) for place in our_places), *((1, place) for place in their_places)])
        sums = [
            sum(lines.amounts[place] for place in chosen)
            for lines, chosen in ((ours, our_places), (theirs, their_places))
        ]
        assert abs(sums[0] - sums[1]) <= rule.amount
        days = [ours.days[place] for place in our_places], [theirs.days[place] for place in their_places]
        apart = max(abs(first - second) for first in days[0] for second in days[1])
        assert apart <= rule.days
        if rule.kind not in (RuleKind.OURS_TO_ONE, RuleKind.THEIRS_TO_ONE):
            assert len(our_places) == 1 == len(their_places)
    for each in outcome.aside:
        places.update([*((0, place) for place in each.ours), *((1, place) for place in each.theirs)])
    left = outcome.left_over()
    places.update([*((0, place) for place in left[0]), *((1, place) for place in left[1])])
    assert set(places.values()) <= {1}
    assert len(places) == len(ours) + len(theirs)
    shuffled = [
        lines_of(
            chance.sample(
                [
                    (
                        lines.id_at(place),
                        lines.amounts[place],
                        lines.days[place],
                        lines.references[place],
                        lines.batches[place],
                    )
                    for place in range(len(lines))
                ],
                len(lines),
            )
        )
        for lines in (ours, theirs)
    ]
    assert match(shuffled[0], shuffled[1], rules).digest() == outcome.digest()
    assert encode(shuffled[0])[1] == encode(ours)[1]


@given(ROWS, ROWS)
def test_an_exact_match_is_never_given_up_for_a_tolerant_one(mine, other):
    ours, theirs = side(*mine), side(*other)
    exact = match(ours, theirs, [EXACT])
    everything = match(ours, theirs, RULES)
    assert everything.ours[: len(ours)] == type(exact.ours)(
        "i", [mine if mine >= 0 else everything.ours[place] for place, mine in enumerate(exact.ours)]
    )


@given(ROWS, ROWS)
def test_what_is_not_matched_is_in_one_leftover(mine, other):
    ours, theirs = side(*mine), side(*other)
    outcome, _, left = run(ours, theirs)
    named = Counter(
        (number, place)
        for each in left
        for number, places in enumerate((each.our_places, each.their_places))
        for place in places
    )
    unmatched = {(0, place) for place, number in enumerate(outcome.ours) if number < 0} | {
        (1, place) for place, number in enumerate(outcome.theirs) if number < 0
    }
    assert set(named.values()) <= {1}
    assert set(named) == unmatched
    assert all(each.ours != each.theirs for each in left)


@given(ROWS)
def test_lines_come_back_as_they_were_kept(rows):
    lines = side(*rows)
    chunks, digest = encode(lines)
    assert decode(chunks) == (lines, digest)


def test_one_cent_is_another_digest():
    rows = [(ids.new(), 100, TODAY, "A", ""), (ids.new(), 200, TODAY, "B", "")]
    changed = [(rows[0][0], 101, *rows[0][2:]), rows[1]]
    assert encode(lines_of(rows))[1] != encode(lines_of(changed))[1]
    with pytest.raises(InvariantViolated):
        lines_of([rows[0], rows[0]])


def test_rules_have_the_tolerances_of_their_kind_and_one_only():
    assert read_rule_set(SET.document()) == SET
    assert read_rules([{"name": "late", "kind": "date", "days": 3}])["late"].days == 3
    for wrong in (
        {"name": "x", "kind": "exact", "days": 1},
        {"name": "x", "kind": "date", "days": 1, "amount": 1},
        {"name": "x", "kind": "ours_to_one", "days": 1, "amount": 1},
        {"name": "x", "kind": "date", "days": 99},
    ):
        with pytest.raises(InvariantViolated):
            read_rules([wrong])


def test_a_long_list_of_the_same_amount_is_not_quadratic():
    rows = [("", 1_000_00, 1 + number * 7 % 5) for number in range(8_000)]
    outcome, _, _ = run(side(*rows), side(*rows))
    assert ASIDE in set(outcome.ours)
