"""Scores: their parts add up, more of anything never makes them smaller."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.aml.domain.values import CustomerFlag, Product
from customer_stack.risk.catalogue import load_weights
from customer_stack.risk.domain.scoring import Inputs, score
from customer_stack.risk.domain.weights import Band, Finding, Part, read_weights
from shared.errors import InvariantViolated

WEIGHTS = load_weights()
NIMAL = Inputs(
    countries=("LK", "LK"),
    tier="standard",
    is_high_route=False,
    flags=frozenset(),
    products=frozenset({Product.BANK, Product.MARKET}),
    age_days=900,
    expected=200_000_00,
    turnover=150_000_00,
    cases={},
    linked=0,
)
CENTS = st.integers(0, 10**12)
INPUTS = st.builds(
    Inputs,
    countries=st.lists(st.sampled_from([None, "LK", "IN", "VN", "IR"]), min_size=1, max_size=2).map(tuple),
    tier=st.sampled_from([None, "standard", "limited", "gone"]),
    is_high_route=st.booleans(),
    flags=st.frozensets(st.sampled_from(CustomerFlag)),
    products=st.frozensets(st.sampled_from(Product)),
    age_days=st.integers(0, 4000),
    expected=st.none() | CENTS,
    turnover=CENTS,
    cases=st.dictionaries(st.sampled_from(Finding), st.integers(1, 50)),
    linked=st.integers(0, 100),
)


def same(words, points):
    return {word.value: points for word in words}


DOCUMENT = {
    "version": 1,
    "bands": {"medium": 30, "high": 60},
    "review_months": {"low": 36, "medium": 24, "high": 12},
    "geography": {"limit": 20, "home": "LK", "foreign": 4, "unknown": 4, "groups": []},
    "identity": {"limit": 12, "none": 8, "tiers": {}, "high_route": 6},
    "exposure": {"limit": 25, "flags": same(CustomerFlag, 5)},
    "products": {"limit": 8, "used": same(Product, 1)},
    "age": {"limit": 8, "below_days": [[30, 8], [180, 4]]},
    "turnover": {"limit": 10, "percent": [[100, 3]], "undeclared_lkr": [[100, 2]]},
    "history": {"limit": 12, "cases": same(Finding, 1)},
    "links": {"limit": 5, "each": 2},
    "floors": {},
}


@given(INPUTS)
def test_parts_add_up_and_keep_their_limits(inputs):
    found = score(inputs, WEIGHTS)
    assert found.total == sum(found.parts.values())
    assert 0 <= found.total <= 100
    assert set(found.parts) == set(Part)
    assert all(0 <= found.parts[part] <= limit for part, limit in WEIGHTS.limits.items())
    assert score(inputs, WEIGHTS) == found
    assert found.band is WEIGHTS.band_of(found.total)


MORE = {
    Part.GEOGRAPHY: lambda inputs, n: {"countries": (*inputs.countries, ["IN", "VN", "IR"][n % 3])},
    Part.IDENTITY: lambda inputs, n: {"is_high_route": True},
    Part.EXPOSURE: lambda inputs, n: {"flags": inputs.flags | {list(CustomerFlag)[n % 4]}},
    Part.PRODUCTS: lambda inputs, n: {"products": inputs.products | {list(Product)[n % 7]}},
    Part.AGE: lambda inputs, n: {"age_days": max(0, inputs.age_days - n)},
    Part.TURNOVER: lambda inputs, n: {"turnover": inputs.turnover + n * n * 100},
    Part.HISTORY: lambda inputs, n: {
        "cases": {**inputs.cases, list(Finding)[n % 5]: inputs.cases.get(list(Finding)[n % 5], 0) + 1}
    },
    Part.LINKS: lambda inputs, n: {"linked": inputs.linked + n},
}


@given(INPUTS, st.sampled_from(sorted(MORE)), st.integers(1, 3000))
def test_more_of_what_a_part_counts_never_makes_the_score_smaller(inputs, part, amount):
    before, after = score(inputs, WEIGHTS), score(replace(inputs, **MORE[part](inputs, amount)), WEIGHTS)
    assert after.total >= before.total
    assert after.parts[part] >= before.parts[part]
    others = set(Part) - {part, Part.FLOOR}
    assert {each: after.parts[each] for each in others} == {each: before.parts[each] for each in others}


@given(INPUTS, CENTS)
def test_who_expected_more_is_not_riskier(inputs, more):
    if inputs.expected is not None:
        calmer = replace(inputs, expected=inputs.expected + more)
        assert score(calmer, WEIGHTS).total <= score(inputs, WEIGHTS).total


@pytest.mark.parametrize(
    ("changes", "total", "band"),
    [
        ({}, 0, Band.LOW),
        ({"age_days": 3, "tier": None, "expected": None}, 18, Band.LOW),
        ({"flags": frozenset({CustomerFlag.WATCHED})}, 30, Band.MEDIUM),
        ({"flags": frozenset({CustomerFlag.PEP})}, 60, Band.HIGH),
        ({"flags": frozenset({CustomerFlag.PEP_RELATIVE}), "turnover": 700_000_00}, 25, Band.LOW),
        ({"countries": ("LK", "IR"), "cases": {Finding.CONFIRMED: 1}}, 30, Band.MEDIUM),
        ({"turnover": 200_000_00}, 0, Band.LOW),
        ({"turnover": 200_000_01}, 3, Band.LOW),
        ({"turnover": 600_000_01}, 10, Band.LOW),
        ({"expected": 0, "turnover": 1}, 10, Band.LOW),
        ({"expected": 0, "turnover": 0}, 0, Band.LOW),
        ({"expected": None, "turnover": 500_000_01}, 5, Band.LOW),
        ({"cases": {Finding.FALSE_POSITIVE: 9}}, 0, Band.LOW),
        ({"linked": 7}, 5, Band.LOW),
        ({"countries": (None,)}, 4, Band.LOW),
        ({"age_days": 30}, 4, Band.LOW),
        ({"age_days": 29}, 8, Band.LOW),
    ],
)
def test_people_get_the_score_that_is_theirs(changes, total, band):
    found = score(replace(NIMAL, **changes), WEIGHTS)
    assert (found.total, found.band) == (total, band), found.parts


@pytest.mark.parametrize(
    "changes",
    [
        {"links": {"limit": 6, "each": 2}},
        {"bands": {"medium": 60, "high": 30}},
        {"review_months": {"low": 12, "medium": 24, "high": 36}},
        {"age": {"limit": 8, "below_days": [[30, 4], [180, 8]]}},
        {"turnover": {"limit": 10, "percent": [[150, 3], [100, 6]], "undeclared_lkr": []}},
        {"history": {"limit": 12, "cases": {"open": 1}}},
        {"floors": {"pep": 101}},
        {"identity": {"limit": 12, "none": -1, "tiers": {}, "high_route": 6}},
        {"products": {"limit": 8, "used": same(Product, 0.5)}},
    ],
)
def test_weights_that_are_not_sound_are_refused(changes):
    assert read_weights(DOCUMENT).version == 1
    with pytest.raises(InvariantViolated):
        read_weights(DOCUMENT | changes)


def test_another_meaning_is_another_digest():
    assert read_weights(DOCUMENT).digest != read_weights(DOCUMENT | {"version": 2}).digest
    assert read_weights(dict(reversed(DOCUMENT.items()))).digest == read_weights(DOCUMENT).digest
