"""Facts for other modules, in their transactions.

Whoever changes facts holds the lock of the customer's book, as every lane does that reads them: so a decision
is made over what stands, and a change waits for the decisions before it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.facts import store
from customer_stack.facts.domain import Changes
from shared.database import Transaction
from shared.errors import invariant

load: Final = store.load
"""(tx, customer ids) -> {customer id: CustomerFacts}; one query. Who is missing is not known at all."""


async def create(tx: Transaction, tenant_id: UUID, customer_id: UUID, *, country: str, at: datetime) -> None:
    """Begin the facts of a new customer: nothing is known but where they live."""
    await store.insert(tx, tenant_id, customer_id, country, at)


async def change(tx: Transaction, customer_id: UUID, at: datetime, changes: Changes) -> None:
    """Change what is known of a customer whose book is locked."""
    await change_many(tx, [customer_id], at, changes)


async def change_many(tx: Transaction, customer_ids: Iterable[UUID], at: datetime, changes: Changes) -> None:
    """Make the same change of several customers whose books are locked, in one statement."""
    wanted: Sequence[UUID] = sorted(set(customer_ids))
    if not wanted:
        return
    changed = await store.update(tx, wanted, changes, at)
    invariant(changed == len(wanted), "facts of every customer are kept from the registration on")
