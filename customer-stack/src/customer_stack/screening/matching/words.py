"""How much a word of a name tells, in points: ten points are one bit.

Muhammad tells little, Kakolele much. The numbers are fixed, in `common_words.csv`, and not counted from the
list of the day: a score must not change because somebody else was listed. Words that the table does not
know count by their length. The table holds common given and family names of the world and of Sri Lanka,
each by how it sounds, so that one spelling stands for all.
"""

import csv
import io
import re
from functools import cache, lru_cache
from importlib import resources
from typing import Final

from customer_stack.screening.matching.folding import PARTICLES, fold

PARTICLE_POINTS: Final = 10
INITIAL_POINTS: Final = 15
TITLE_POINTS: Final = 15
LEAST_POINTS: Final = 20
SERVANT: Final = "abdul"
TITLES: Final = frozenset((
    "mr", "mrs", "ms", "miss", "dr", "prof", "sir", "sheikh", "shaykh", "shaikh", "haji", "hajji",
    "hajj", "mullah", "mulla", "maulavi", "maulvi", "mawlawi", "general", "gen", "colonel", "col",
    "major", "maj", "capt", "captain", "sayyid", "sayed", "syed", "seyed", "hon", "rev", "don",
    "doctor", "professor", "engineer", "eng", "ayatollah", "imam", "ustaz", "lord", "lady", "dame",
    "president", "prince", "princess", "junior", "jr", "sr", "senior", "ii", "iii", "iv",
))  # fmt: skip
_BY_LENGTH: Final = {1: INITIAL_POINTS, 2: 50, 3: 70, 4: 80}
_MOST_OF_SHORT: Final = {2: 50, 3: 70}
_POINTS: Final = 100
_PATRONYMIC: Final = re.compile(r".{2,}(?:[aoey]v[iy]t?ch|owicz|[oe]vna|ivna)")


@cache
def _common() -> dict[str, int]:
    text = resources.files("customer_stack.screening.matching").joinpath("common_words.csv").read_text()
    points: dict[str, int] = {}
    for row in csv.DictReader(io.StringIO(text)):
        for word in row["words"].split():
            points.setdefault(fold(word), int(row["bits"]) * 10)
    return points


@lru_cache(maxsize=65536)
def weigh(word: str) -> int:
    """Return the points of a word."""
    if word in PARTICLES:
        return PARTICLE_POINTS
    if len(word) == 1:
        return INITIAL_POINTS
    if word in TITLES:
        return TITLE_POINTS
    points = _common().get(fold(word)) or _BY_LENGTH.get(len(word), _POINTS)
    points = min(points, _MOST_OF_SHORT.get(len(word), points))
    if _PATRONYMIC.fullmatch(word):
        points = points * 6 // 10
    return max(points, LEAST_POINTS)


def tells(word: str) -> bool:
    """Tell whether a word is a name of somebody: no initial, particle or title."""
    return len(word) > 1 and word not in PARTICLES and word not in TITLES
