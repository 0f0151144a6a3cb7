"""The matcher of a running process: of the lists that count, built on a thread, then kept until others count.

Building takes a tenth of a second for each thousand names, and its libraries half a second to load; a
process that never screens, or a command that does something else, does not pay for either. While a new one
is built, the old one stays as it is; who asks waits for the new one, since an answer of the old one would
not be kept. Both are in memory for that while: some five kilobytes for each name.

Guaranteed:
- an answer names the lists that gave it;
- neither building nor matching works on the event loop.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from prometheus_client import Gauge

from customer_stack.screening.domain.versions import Lists
from customer_stack.screening.matching.party import Party, PossibleMatch

if TYPE_CHECKING:
    from customer_stack.screening.matching.matcher import Matcher

MATCHES_KEPT = 20

_log = structlog.get_logger(__name__)
_built = Gauge("screening_matcher_built_seconds", "How long the last matcher took to build.")
_names = Gauge("screening_matcher_names", "Names in the matcher that answers.")


@dataclass(frozen=True, slots=True)
class Answer:
    """The best entries of a party, of the lists that counted at a number."""

    number: int
    lists_version: bytes
    matches: tuple[PossibleMatch, ...]


class Screener:
    """Answers with the matches of a party, and with the version of the lists that gave them."""

    def __init__(self, load: Callable[[], Awaitable[Lists]], newest: Callable[[], Awaitable[int]]) -> None:
        """Take the lists from `load`, when first asked and whenever `newest` gives another number."""
        self._load = load
        self._newest = newest
        self._building = asyncio.Lock()
        self._ready: tuple[Lists, Matcher] | None = None

    async def match(self, party: Party, *, threshold: int) -> Answer:
        """Return the best entries. Raises NameUnusable, ListsMissing."""
        lists, matcher = await self._current()
        matches = await asyncio.to_thread(matcher.match, party, limit=MATCHES_KEPT, threshold=threshold)
        return Answer(lists.number, lists.lists_version, matches)

    async def _current(self) -> "tuple[Lists, Matcher]":
        async with self._building:
            if self._ready is None or self._ready[0].number != await self._newest():
                lists = await self._load()
                began = time.perf_counter()
                matcher = await asyncio.to_thread(build, lists)
                # The entries live on in the matcher; the lists themselves are needed no more.
                self._ready = Lists(lists.number, lists.lists_version, ()), matcher
                _built.set(time.perf_counter() - began)
                _names.set(matcher.name_count)
                _log.info("screening.matcher_built", number=lists.number, names=matcher.name_count)
            return self._ready


def build(lists: Lists) -> "Matcher":
    """Return the matcher of some lists; slow, and loads the libraries of matching."""
    from customer_stack.screening.matching.matcher import Matcher  # noqa: PLC0415 - see above

    return Matcher(lists.lists)
