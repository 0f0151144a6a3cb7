"""Late fills in the database: book them as the house's, and let a person take one over.

A part of the service, in a file of its own: the worker finds late fills soon after an order, and
reconciliation finds those that show later.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from execution_stack.aggregation import store
from execution_stack.aggregation.domain import late_fills
from execution_stack.books import service as books
from execution_stack.books.late_fills import kept_transfer_id, late_fill_of
from execution_stack.breaks import service as breaks
from execution_stack.breaks.domain import Break, Closing, Evidence, Kind, Reference
from execution_stack.breaks.errors import NotALateFill
from execution_stack.exchange.domain import Fill
from shared.audit import AuditRecord, append
from shared.database import Transaction
from shared.ids import HOUSE_TENANT


async def book_late(
    tx: Transaction, order_id: UUID, market_id: UUID, shown: Sequence[Fill], at: datetime
) -> int:
    """Book the fills of an ended order that are not recorded yet; return how many. Nothing is taken back.

    Each is a position of the house, out of its own cash, and a break.
    """
    if not await store.lock_ended(tx, order_id):
        return 0
    late = late_fills(shown, await store.load_fill_ids(tx, order_id))
    if late:
        await store.insert_fills(tx, [(order_id, fill) for fill in late], at, is_late=True)
        await books.book_late_fills(tx, [late_fill_of(fill, market_id, at) for fill in late])
        about = (Evidence(Reference.ORDER, order_id), Evidence(Reference.MARKET, market_id))
        found = [Break(Kind.LATE_FILL, fill.fill_id, 0, fill.quantity, about) for fill in late]
        await breaks.record(tx, found, at)
    return len(late)


async def keep(tx: Transaction, break_id: UUID, operator: UUID, at: datetime) -> UUID | None:
    """Let the house keep a late fill at its own cost, and close the break; return the transfer, if any.

    What a break that was closed otherwise has left in suspense is kept as well, by whoever does it.
    Raises NotALateFill, BreakNotFound, BreakClosed, BreakNotYours, BreakMoved.
    """
    found = await breaks.load(tx, break_id)
    if found.what.kind is not Kind.LATE_FILL:
        raise NotALateFill("Only a late fill can be kept by the house. Close this break in another way.")
    total = await books.load_suspense(tx, found.what.subject)
    if not total:
        await breaks.close(tx, break_id, operator, Closing.EXPLAINED, None, at)
        return None
    transfer_id = kept_transfer_id(found.what.subject)
    if found.closing is None:
        await breaks.close(tx, break_id, operator, Closing.CORRECTED_BY_TRANSFER, transfer_id, at)
    else:
        body = {"break": break_id, "transfer": transfer_id, "amount": str(total)}
        actor = f"staff:{operator}"
        await append(tx, [AuditRecord(HOUSE_TENANT, "books.late_fill_kept", body, at, actor)])
    await books.keep_late_fill(tx, found.what.subject, total, at)
    return transfer_id
