"""Checks of several tenants as one, and what two readings both find."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from customer_stack.reconciliation.domain.breaks import BreakType, Unit
from customer_stack.reconciliation.domain.catalogue import IDENTITIES
from customer_stack.reconciliation.domain.checks import (
    Check,
    CheckName,
    Finding,
    Result,
    Subject,
    Values,
    list_findings,
    unavailable,
)
from customer_stack.reconciliation.domain.together import LASTING, keep_lasting, merge, needs_another

names = st.sampled_from(sorted(CheckName))


@st.composite
def checks(draw, name=names):
    """Return a check that held, differs in some books, or had nobody to ask."""
    found = draw(name)
    if draw(st.booleans()) and draw(st.booleans()):
        return unavailable(found)[0]
    books = draw(st.lists(st.integers(1, 4), max_size=3, unique=True))
    findings = [
        Finding(
            found, BreakType.AMOUNT, Unit.LKR_CENT, Subject(book_id=UUID(int=book)), draw(st.integers()), 0
        )
        for book in books
    ]
    return list_findings(found, draw(st.integers(0, 9)) + len(findings), findings)


@given(st.lists(checks(), max_size=12))
def test_of_several_tenants_all_must_hold(made):
    merged = merge(made)
    assert [each.name for each in merged] == [name for name in IDENTITIES if name in {c.name for c in made}]
    for each in merged:
        same = [check for check in made if check.name is each.name]
        assert each.is_held is all(check.is_held for check in same)
        assert (each.result is Result.DIFFERS) is any(check.findings for check in same)
        assert each.compared == sum(check.compared for check in same)
        assert sorted(map(repr, each.findings)) == sorted(
            repr(one) for check in same for one in check.findings
        )


def test_sums_are_added_in_one_unit_only():
    def check(unit, ours):
        return Check(CheckName.STOCK, Result.HELD, 1, (), Values(unit, ours, ours))

    [same] = merge([check(Unit.LKR_CENT, 3), check(Unit.LKR_CENT, 4)])
    assert same.values == Values(Unit.LKR_CENT, 7, 7)
    [mixed] = merge([check(Unit.LKR_CENT, 3), check(Unit.ENTRY, 4)])
    [silent] = merge([check(Unit.LKR_CENT, 3), *unavailable(CheckName.STOCK)])
    assert (mixed.values, silent.values) == (None, None)


@given(st.lists(checks(), max_size=12), st.lists(checks(), max_size=12))
def test_what_moves_on_two_sides_differs_only_where_both_readings_say_so(before, now):
    kept = keep_lasting(now, before)
    seen = {one.key for check in before for one in check.findings}
    for check, left in zip(now, kept, strict=True):
        if check.name not in LASTING or check.result is Result.UNAVAILABLE:
            assert left == check
            continue
        assert {one.key for one in left.findings} == {one.key for one in check.findings} & seen
        assert left.is_held is not bool(left.findings)
    assert needs_another(now) is any(check.name in LASTING and check.findings for check in now)
    assert keep_lasting(now, now) == tuple(now)


def test_every_check_is_in_the_catalogue():
    assert set(IDENTITIES) == set(CheckName)
