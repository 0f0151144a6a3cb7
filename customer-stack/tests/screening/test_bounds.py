"""What is spared when only possible matches are wanted: never one of them."""

from hypothesis import given
from hypothesis import strategies as st

from customer_stack.screening.lists.entry import DateRange, ListEntry, ListName, NameKind, Schema, WatchList
from customer_stack.screening.lists.entry import whole_year as year
from customer_stack.screening.matching.judging import make_ready
from customer_stack.screening.matching.matcher import Matcher
from customer_stack.screening.matching.party import THRESHOLD, Party
from customer_stack.screening.matching.people import bound_people, compare_people

TEXT = (
    "mohamed muhammad ali abdul rahman abdulrahman abu zeid abuzeid nimal perera silva de da kumar kumara "
    "viktor victor bout but anatolyevich xi jin ping jinping wickramasinghe wikramasinha k j m jr zoltan "
    "graywater greywater vexmoor vexmore ottoline otoline"
)

NAMES = st.lists(st.sampled_from(TEXT.split()), min_size=1, max_size=5).map(" ".join)


@given(NAMES, NAMES)
def test_no_score_of_two_names_exceeds_its_bound(one, other):
    a, b = make_ready(one, Schema.PERSON), make_ready(other, Schema.PERSON)
    if a is not None and b is not None:
        assert compare_people(a.written, b.written).score <= bound_people(a.written, b.written)


def entry(number, names, born, document):
    return ListEntry(
        f"X-{number}",
        str(number),
        Schema.PERSON,
        tuple(ListName(f"{number}:{n}", text, NameKind.STRONG) for n, text in enumerate(names)),
        births=(year(born),),
        countries=("lk",) if born % 2 else ("ir",),
        documents=(f"DOC{document:04d}",),
    )


ENTRIES = st.lists(
    st.tuples(st.lists(NAMES, min_size=1, max_size=2), st.integers(1960, 1962), st.integers(1, 3)),
    min_size=1,
    max_size=12,
)


@given(ENTRIES, NAMES, st.integers(1960, 1962), st.integers(1, 4))
def test_every_possible_match_is_found_with_the_same_score_and_reasons(rows, name, born, document):
    if make_ready(name, Schema.PERSON) is None:
        return
    entries = tuple(entry(number, *row) for number, row in enumerate(rows))
    matcher = Matcher([WatchList("x", bytes(32), entries)])
    birth = DateRange(year(born).first, year(born).first)
    party = Party(name, Schema.PERSON, birth, ("lk",), documents=(f"DOC{document:04d}",))
    wanted = [match for match in matcher.match(party, limit=20) if match.score >= THRESHOLD]
    assert list(matcher.match_possible(party, limit=20, threshold=THRESHOLD)) == wanted
