"""Which lists there are, the files that a publisher makes of each, and what reads them. Pure.

A list has one name everywhere: in settings, in commands, in the database.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from customer_stack.screening.lists import local, ofac, open_sanctions, united_nations
from customer_stack.screening.lists.entry import WatchList
from customer_stack.screening.lists.errors import ListRefused

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Publication:
    """A list as its publisher makes it. `read` raises ListRefused."""

    source: str
    files: tuple[str, ...]
    read: Callable[[Files], WatchList]


def _read_ofac(files: Files) -> WatchList:
    return ofac.read_ofac(ofac.OfacFiles(*(files[name] for name in _OFAC_FILES)))


_OFAC_FILES: Final = ("sdn.csv", "alt.csv", "add.csv")
_ALL: Final = (
    Publication(ofac.SOURCE, _OFAC_FILES, _read_ofac),
    Publication(
        united_nations.SOURCE,
        ("consolidated.xml",),
        lambda files: united_nations.read_united_nations(files["consolidated.xml"]),
    ),
    Publication(
        open_sanctions.SOURCE,
        ("targets.simple.csv",),
        lambda files: open_sanctions.read_open_sanctions(files["targets.simple.csv"]),
    ),
    Publication(local.SOURCE, ("local.csv",), lambda files: local.read_local(files["local.csv"])),
)
PUBLICATIONS: Final = MappingProxyType({each.source: each for each in _ALL})
SHORT_NAMES: Final = MappingProxyType({"ofac": ofac.SOURCE, "un": united_nations.SOURCE})


def find_publication(name: str) -> Publication:
    """Return a list by its name or short name. Raises ListRefused."""
    found = PUBLICATIONS.get(SHORT_NAMES.get(name, name))
    if found is None:
        raise ListRefused(f"there is no list {name[:40]!r}; there are {', '.join(PUBLICATIONS)}")
    return found
