"""What decisions found, counted: for figures of rules."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from customer_stack.gate.store import decisions as store
from shared.database import Transaction


async def count_findings(
    tx: Transaction, tenant_id: UUID, begins_at: datetime, ends_at: datetime
) -> Mapping[str, int]:
    """Return how many decisions of a period, of those that scored or waited, have each reason of AML."""
    return await store.count_findings(tx, tenant_id, begins_at, ends_at)
