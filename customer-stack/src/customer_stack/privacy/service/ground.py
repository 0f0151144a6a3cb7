"""What every use case of privacy stands on."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from customer_stack.customers.domain import CustomerAccount, Status
from customer_stack.customers.service import CustomersService, load_ended_at
from customer_stack.ledger.service import load_debts
from customer_stack.privacy.domain.inventory import Inventory, Period
from customer_stack.privacy.domain.retention import Periods, Standing
from customer_stack.privacy.providers.register_file import RegisterFile
from customer_stack.privacy.store import retention as store
from shared.audit import AuditRecord
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids

RELATIONSHIP: Final = "relationship"
MESSAGES: Final = "message"

Blocker = Callable[[Transaction, UUID], Awaitable[bool]]
"""Tells whether another module needs a person's data still, whatever the time."""
AllTenants = Callable[[], Awaitable[Sequence[UUID]]]


@dataclass(frozen=True, slots=True)
class Ground:
    """What every use case needs. `blockers` by the word that staff sees."""

    database: Database
    customers: CustomersService
    inventory: Inventory
    register: RegisterFile | None
    blockers: Mapping[str, Blocker]
    all_tenants: AllTenants
    clock: Clock
    ids: Ids

    @property
    def retention(self) -> Period:
        """Return how long a person is kept after the end."""
        return self.inventory.periods[RELATIONSHIP]

    @property
    def periods(self) -> Periods:
        """Return what decides when a person may go."""
        return Periods(self.retention, self.inventory.periods[MESSAGES])


async def has_money(tx: Transaction, customer_id: UUID) -> bool:
    """Tell whether anything stands, is held or is owed in a customer's book."""
    return bool(await store.load_books_with_money(tx, [customer_id]) or await load_debts(tx, [customer_id]))


async def load_standing(ground: Ground, tx: Transaction, customer_id: UUID) -> Standing:
    """Return what decides whether a person is erased."""
    erasure = await store.load_erasure(tx, customer_id)
    blockers = [word for word, asks in ground.blockers.items() if await asks(tx, customer_id)]
    if await has_money(tx, customer_id):
        blockers.append("money")
    return Standing(
        ended_at=await load_ended_at(tx, customer_id),
        erased_at=None if erasure is None else erasure.erased_at,
        proposals=await store.load_proposals(tx, customer_id),
        blockers=blockers,
    )


def is_over(account: CustomerAccount) -> bool:
    """Tell whether a relationship has ended."""
    return account.status in (Status.CLOSED, Status.REFUSED)


def record_of(account: CustomerAccount, what: str, ground: Ground, actor: str, **body: object) -> AuditRecord:
    """Return an audit record of privacy: ids and words only."""
    return AuditRecord(
        account.tenant_id,
        f"privacy.{what}",
        {"customer_id": account.id, **body},
        ground.clock.now(),
        actor,
    )
