from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from execution_stack.exchange.domain import Side
from execution_stack.reports.domain import HOLDINGS_PER_PAGE, Holding, StatementLine, cut_page

HOLDING = Holding(uuid4(), Side.YES, 1)


def lines(counts):
    return [StatementLine(uuid4(), 0, 0, (HOLDING,) * count) for count in counts]


@given(st.lists(st.sampled_from([0, 1, 2000, 9999, 10_000, 20_001]), max_size=12), st.integers(1, 12))
def test_pages_follow_each_other_without_a_gap_and_each_has_room(counts, limit):
    every, read = lines(counts), []
    while True:
        page, more = cut_page(every[len(read) : len(read) + limit + 1], limit)
        assert len(page) <= limit
        assert len(page) == 1 or sum(len(line.holdings) for line in page) <= HOLDINGS_PER_PAGE
        read += page
        assert more == (len(read) < len(every))
        if not more:
            break
        assert page
    assert read == every
