"""What cases found of customers, for whoever reckons with it; one query for any number of customers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.cases.store import findings as store
from shared.database import Transaction

OPEN: Final = "open"


async def load_findings(
    tx: Transaction, tenant_id: UUID, customer_ids: Sequence[UUID], since: datetime
) -> dict[UUID, dict[str, int]]:
    """Return customer id -> outcome, or `open` -> how many cases that are open or were closed since."""
    found: dict[UUID, dict[str, int]] = {each: {} for each in customer_ids}
    for customer_id, outcome, number in await store.count_findings(tx, tenant_id, customer_ids, since):
        found[customer_id][outcome or OPEN] = number
    return found
