"""A record of many subjects shows each its own part."""

from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from customer_stack.timelines.domain import DayCount, narrow, total

IDS = [str(UUID(int=number)) for number in range(1, 6)]
ROWS = st.lists(
    st.tuples(st.integers(1, 99), st.sampled_from(IDS), st.text(max_size=3)).map(list), max_size=8
)


@given(ROWS, st.sampled_from(IDS))
def test_rows_are_those_of_the_subject_and_all_where_none_is(rows, subject):
    own = [row for row in rows if row[1] == subject]
    assert narrow({"fills": rows, "page": 7}, subject) == {"fills": own or rows, "page": 7}


@given(st.lists(st.sampled_from(IDS), min_size=1), st.sampled_from(IDS))
def test_of_a_list_of_ids_only_the_subject_stays(ids, subject):
    own = [each for each in ids if each == subject]
    assert narrow({"wagers": ids}, subject) == {"wagers": own or ids}


def test_a_row_of_mixed_values_stays_whole_and_what_lies_deeper_is_narrowed():
    row = [4, IDS[0], "filled", 10, "a1"]
    assert narrow(row, IDS[0]) == row
    assert narrow({"of": {"rows": [{"id": IDS[0]}, {"id": IDS[1]}]}}, IDS[1]) == {
        "of": {"rows": [{"id": IDS[1]}]}
    }


@given(st.lists(st.tuples(st.sampled_from(["a.b", "c.d"]), st.integers(1, 9))))
def test_totals_add_up(rows):
    counts = [DayCount(date(2026, 11, 1), kind, records) for kind, records in rows]
    assert sum(total(counts).values()) == sum(records for _, records in rows)
