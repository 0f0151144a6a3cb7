"""Reading page after page of what the execution stack says, without trusting it to come to an end."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from shared.boundary.errors import OutcomeUnknown

PAGES_LIMIT: Final = 2000
"""At full pages: 400,000 markets, or a million accounts of one tenant."""

_ENDLESS: Final = "endless_answer"


def next_cursor(after: UUID | None, page: Sequence[UUID], pages_read: int) -> UUID:
    """Return where the next page starts: after the last id of `page`, which followed `after`.

    Raises OutcomeUnknown for a page that promises more and does not advance, and for too many pages.
    """
    if pages_read >= PAGES_LIMIT or not page or (after is not None and page[-1] <= after):
        raise OutcomeUnknown(_ENDLESS)
    return page[-1]
