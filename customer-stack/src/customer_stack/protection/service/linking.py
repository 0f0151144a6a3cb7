"""Accounts near an excluded one: a person looks at them, since a household shares devices and cards too."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from customer_stack.aml.service.links import load_linked
from customer_stack.cases.domain.opening import Link, NewCase
from customer_stack.cases.service.opening import open_cases
from customer_stack.protection.store import pauses as store
from shared.database import Transaction

FAMILY: Final = "protection"
REASON: Final = "protection.linked_to_excluded"
PRIORITY: Final = 300
SINCE: Final = timedelta(days=30)
LIMIT: Final = 50


async def open_cases_of_linked(tx: Transaction, tenant_id: UUID, customer_id: UUID, now: datetime) -> int:
    """Open a case for each account that shared a device or an instrument with an excluded one lately.

    Returns how many accounts that is; cases that are open already are added to.
    """
    if (await store.load_paused(tx, [customer_id], now))[customer_id].exclusion is None:
        return 0
    linked = await load_linked(tx, tenant_id, customer_id, now - SINCE, LIMIT)
    paused = await store.load_paused(tx, linked, now)
    cases = [
        NewCase(
            tenant_id=tenant_id,
            customer_id=each,
            family=FAMILY,
            priority=PRIORITY,
            at=now,
            links=[Link("customer", customer_id)],
            reasons=[REASON],
        )
        for each in linked
        if paused[each].exclusion is None
    ]
    await open_cases(tx, cases)
    return len(cases)
