"""The matcher of a running process: built when first asked, on a thread, then kept.

Building takes from an instant to some seconds, and its libraries half a second to load; a process that never
screens, or a command that does something else, does not pay for either.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from importlib import resources
from typing import TYPE_CHECKING

from customer_stack.screening.lists.entry import WatchList
from customer_stack.screening.matching.party import Party, PossibleMatch

if TYPE_CHECKING:
    from customer_stack.screening.matching.matcher import Matcher

LoadLists = Callable[[], Sequence[WatchList]]
MATCHES_KEPT = 5


def load_local_lists() -> Sequence[WatchList]:
    """Return the list that comes with the package."""
    from customer_stack.screening.lists.local import read_local  # noqa: PLC0415 - see above

    return (read_local(resources.files("customer_stack.screening").joinpath("local.csv").read_bytes()),)


class Screener:
    """Answers with the matches of a party, and with the version of the lists that gave them."""

    def __init__(self, load: LoadLists) -> None:
        """Take the lists from `load`, when first asked."""
        self._load = load
        self._building = threading.Lock()
        self._matcher: Matcher | None = None

    async def match(self, party: Party, *, threshold: int) -> tuple[bytes, tuple[PossibleMatch, ...]]:
        """Return the lists' version and the best entries. Raises NameUnusable, ListRefused."""
        return await asyncio.to_thread(self._match, party, threshold)

    def _match(self, party: Party, threshold: int) -> tuple[bytes, tuple[PossibleMatch, ...]]:
        matcher = self._ready()
        return matcher.version, matcher.match(party, limit=MATCHES_KEPT, threshold=threshold)

    def _ready(self) -> "Matcher":
        from customer_stack.screening.matching.matcher import Matcher  # noqa: PLC0415 - see above

        with self._building:
            if self._matcher is None:
                self._matcher = Matcher(self._load())
            return self._matcher
