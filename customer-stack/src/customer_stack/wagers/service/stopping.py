"""Stopping: what somebody has open is withdrawn when they may not wager any more.

Guaranteed: what was not sent is cancelled in the caller's transaction, and its money is free again; of what
was sent the cancel is asked for, and execution says what became of it.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from customer_stack.boundary_client.domain import Action
from customer_stack.wagers.domain.reports import Wager
from customer_stack.wagers.domain.states import Event, can_move
from customer_stack.wagers.service.sending import withdraw
from customer_stack.wagers.store import rows, stopping
from shared import audit
from shared.audit import AuditRecord
from shared.database import Transaction


async def stop_wagers(
    tx: Transaction, customer_ids: Sequence[UUID], at: datetime, *, with_sales: bool
) -> int:
    """Cancel the open buys of customers whose books are locked, and their sales too if asked to.

    Returns how many were cancelled here.
    """
    actions = [Action.BUY, Action.SELL] if with_sales else [Action.BUY]
    found = await rows.load_wagers(tx, await stopping.list_open(tx, customer_ids, actions))
    ended: list[Wager] = []
    unsent = [wager for wager in found.values() if can_move(wager.state, Event.WITHDRAW)]
    if unsent:
        ended = await withdraw(tx, unsent, at)
    gone = {after.id for after in ended}
    asked = await stopping.request_cancels(tx, sorted(found.keys() - gone), at)
    records = [_record("wagers.cancelled", after, at) for after in ended]
    records += [_record("wagers.cancel_requested", found[each], at) for each in sorted(asked)]
    await audit.append(tx, records)
    return len(ended)


def _record(kind: str, wager: Wager, at: datetime) -> AuditRecord:
    return AuditRecord(
        wager.tenant_id, kind, {"wager_id": wager.id, "state": wager.state.value}, at, "system"
    )
