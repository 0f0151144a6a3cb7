"""The list that comes with the package: ten entries, found as a sandbox expects, and nobody else."""

from functools import cache
from importlib import resources

import pytest

from customer_stack.screening.lists.local import read_local
from customer_stack.screening.matching.matcher import Matcher
from customer_stack.screening.matching.party import Party


@cache
def packaged():
    file = resources.files("customer_stack.screening").joinpath("local.csv")
    return Matcher([read_local(file.read_bytes())])


@pytest.mark.parametrize(
    "name",
    [
        "Viktor Anatolyevich Bout",
        "BOUT, Viktor Anatolijevitch",
        "Víktor  Bóut",
        "Usama bin Ladin",
        "Barnaby Thornaple Stone",
        "Serafim Dunmarrow",
    ],
)
def test_the_list_that_comes_along_finds_its_people(name):
    assert packaged().match(Party(name), limit=1)[0].score >= 7_000


@pytest.mark.parametrize(
    "name",
    ["Nimal Perera", "Kumari Wickramasinghe", "Viktor Perera", "Lakshmi Nadarajah", "Silva", "නිමල් පෙරේරා"],
)
def test_the_list_that_comes_along_does_not_find_others(name):
    assert all(match.score < 7_000 for match in packaged().match(Party(name), limit=5))
