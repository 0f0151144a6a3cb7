"""What differs between two sides is found, whichever side lacks it."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from customer_stack.rebuild.domain import CheckName, differing, to_findings

sides = st.dictionaries(st.integers(0, 9), st.integers(-2, 2))


@given(sides, sides)
def test_a_key_differs_exactly_when_its_values_do(stands, should_be):
    found = differing(stands, should_be, 0)
    for key in range(10):
        pair = (stands.get(key, 0), should_be.get(key, 0))
        assert found.get(key, (0, 0)) == (pair if pair[0] != pair[1] else (0, 0))


def test_findings_are_ordered_bounded_and_readable():
    tenant = UUID(int=1)
    found = {("b", 2): (None, 5), ("a", 1): ((1, 2), (1, 3)), ("c", 3): (0, 1)}
    first, second = to_findings(CheckName.STAKES, tenant, found, 2)
    assert (first.subject, first.stands, first.should_be) == ("a 1", "1 2", "1 3")
    assert (second.subject, second.stands, second.should_be) == ("b 2", "none", "5")
    assert first.tenant_id == tenant
