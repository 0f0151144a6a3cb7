"""The alarm that less is held for customers than they are owed: kept and told once a day and currency."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from uuid import UUID

import structlog

from customer_stack.reconciliation.domain.client_money import ClientMoney
from customer_stack.reconciliation.store import days as store
from shared.audit import AuditRecord, append
from shared.database import Transaction
from shared.events.port import Event, publish
from shared.ids import SystemIds

SHORTFALL_FOUND: Final = "reconciliation.shortfall_found"
SYSTEM: Final = "system"
_ids = SystemIds()
_log = structlog.get_logger(__name__)


async def raise_shortfalls(
    tx: Transaction, tenant_id: UUID, day: date, found: Iterable[ClientMoney], now: datetime
) -> None:
    """Keep and publish each shortfall that has no alarm of this day yet."""
    for money in found:
        if not money.shortfall or not await store.insert_shortfall(tx, tenant_id, day, money, now):
            continue
        body = {"day": day.isoformat(), "currency": money.currency, "owed": money.owed, "held": money.held}
        await append(tx, [AuditRecord(tenant_id, SHORTFALL_FOUND, body, now, SYSTEM)])
        await publish(tx, SHORTFALL_FOUND, body, _ids.new(), tenant_id=tenant_id)


async def tell_staff(_tx: Transaction, event: Event) -> None:
    """Say it where whoever is on call hears it. The break is in the list of whoever may end it."""
    _log.error("client_money.shortfall", tenant=str(event.tenant_id), **event.payload)
