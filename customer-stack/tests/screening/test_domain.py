"""How names are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.screening.domain import PERFECT, Verdict, read_list, score_words, screen, split_name
from customer_stack.screening.service import load_local_list
from shared.errors import InvariantViolated

LIST = load_local_list()
names = st.text("abcdefgh ", min_size=1, max_size=30).filter(str.strip)


@pytest.mark.parametrize(
    "name",
    [
        "Viktor Anatolyevich Bout",
        "BOUT, Viktor Anatolijevitch",
        "viktor bout",
        "Víktor  Bóut",
        "Usama bin Ladin",
        "Ottoline Vexmoor",
        "Barnaby Quillfether Stone",
        "Serafim Dunmarrow",
    ],
)
def test_a_listed_name_is_a_possible_match_however_it_is_written(name):
    assert screen(name, LIST).verdict is Verdict.POSSIBLE_MATCH


@pytest.mark.parametrize(
    "name",
    ["Nimal Perera", "Kumari Wickramasinghe", "Viktor Perera", "Lakshmi Nadarajah", "Silva", "නිමල් පෙරේරා"],
)
def test_an_unrelated_name_is_clear(name):
    assert screen(name, LIST).verdict is Verdict.CLEAR


def test_a_name_without_a_word_is_not_clear():
    assert screen("- . -", LIST).verdict is Verdict.POSSIBLE_MATCH


@given(names, names)
def test_a_score_is_symmetric_bounded_and_perfect_for_equals(one, other):
    a, b = split_name(one), split_name(other)
    assert 0 <= score_words(a, b) <= PERFECT
    assert score_words(a, a) == PERFECT


def test_the_version_changes_with_every_byte_of_the_list():
    one = read_list(b"id,names,programme\nX-1,Some Body,p\n")
    other = read_list(b"id,names,programme\nX-1,Some Bodi,p\n")
    assert one.version != other.version


@pytest.mark.parametrize(
    "raw",
    [
        b"id,names,programme\n",
        b"id,names,programme\nX-1,A B,p\nX-1,C D,p\n",
        b"id,names,programme\nX-1,A;,p\n",
    ],
)
def test_a_broken_list_is_refused(raw):
    with pytest.raises(InvariantViolated):
        read_list(raw)
