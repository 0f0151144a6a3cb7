"""Finds a report for whoever may know of it."""

from typing import Final
from uuid import UUID

from customer_stack.filings.domain.lifecycle import Filing
from customer_stack.filings.errors import FilingNotFound
from customer_stack.filings.store import reports as store
from shared.database import Transaction

RACED: Final = "Somebody else has just changed this report. Look at it again."


async def require_filing(tx: Transaction, report_id: UUID, *, is_suspicion: bool) -> Filing:
    """Return a report of one of the two kinds. Raises FilingNotFound.

    Who asks for the other kind hears that there is none: whether there is a report of a suspicion is itself
    what nobody else may know.
    """
    filing = await store.load_report(tx, report_id)
    if filing is None or filing.is_suspicion is not is_suspicion:
        raise FilingNotFound("There is no such report. Look at the list of reports.")
    return filing
