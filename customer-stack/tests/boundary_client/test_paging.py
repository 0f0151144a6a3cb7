"""Pages that come to an end, whatever the other side says."""

from uuid import UUID

import pytest

from customer_stack.boundary_client.paging import PAGES_LIMIT, next_cursor
from shared.boundary.errors import OutcomeUnknown

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))


def test_the_next_page_starts_after_the_last_id():
    assert next_cursor(None, [ONE, TWO], 1) == TWO
    assert next_cursor(TWO, [THREE], PAGES_LIMIT - 1) == THREE


@pytest.mark.parametrize(
    ("after", "page", "pages_read"),
    [(None, [], 1), (TWO, [], 1), (TWO, [TWO], 1), (TWO, [ONE], 1), (TWO, [THREE], PAGES_LIMIT)],
)
def test_a_page_that_does_not_advance_and_a_page_too_many_prove_nothing(after, page, pages_read):
    with pytest.raises(OutcomeUnknown):
        next_cursor(after, page, pages_read)
