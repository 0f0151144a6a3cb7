"""Two customers' books with money, and a transfer between them that is a deal with a version."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest

from customer_stack.ledger import service as ledger
from customer_stack.ledger.domain import (
    Account,
    Action,
    Amount,
    BookKind,
    DealState,
    DealStep,
    Item,
    ItemState,
    TransferKind,
)
from shared.clock import SystemClock
from shared.ids import SystemIds
from shared.ledger import store as kernel
from shared.ledger.domain import LKR, Movement, Posting, Transfer


@dataclass
class Scene:
    """What a test of the ledger works with."""

    services: object
    tenant_id: UUID
    sender: UUID
    receiver: UUID
    headers: dict[str, str]
    now: datetime

    @property
    def ids(self):
        return self.services.ids

    def transaction(self):
        return self.services.database.transaction(self.tenant_id)

    def transfer(self, book, source, target, amount, **changes):
        fields = {
            "id": self.ids.new(),
            "movement_id": self.ids.new(),
            "tenant_id": self.tenant_id,
            "book_id": book,
            "kind": TransferKind.PAY_IN,
            "effective_at": self.now,
            "postings": (Posting(LKR, source, target, amount, Action.INFLOW),),
        }
        return Transfer(**{**fields, **changes})

    async def post(self, *transfers):
        async with self.transaction() as tx:
            await kernel.lock_books(tx, {transfer.book_id for transfer in transfers})
            await kernel.post(tx, Movement(transfers=transfers))

    async def fund(self, book, amount):
        await self.post(self.transfer(book, Account.COLLECTION, Account.WALLET, amount))

    async def deal(self, amount):
        """Post a transfer from sender to receiver as a settled deal; return its movement and deal."""
        deal_id = self.ids.new()
        halves = [
            self.transfer(
                book,
                source,
                target,
                amount,
                movement_id=deal_id,
                kind=TransferKind.CUSTOMER_TRANSFER,
                postings=(Posting(LKR, source, target, amount, Action.TRANSFER),),
            )
            for book, source, target in (
                (self.sender, Account.WALLET, Account.DESK),
                (self.receiver, Account.DESK, Account.WALLET),
            )
        ]
        now, actor = self.services.clock.now(), f"customer:{self.sender}"
        place = (self.tenant_id, self.sender, deal_id)
        async with self.transaction() as tx:
            await kernel.lock_books(tx, [self.sender, self.receiver])
            await kernel.post(tx, Movement(transfers=tuple(halves)))
            await ledger.advance_deals(
                tx,
                [
                    DealStep(*place, DealState.CREATED, now, actor),
                    DealStep(*place, DealState.SETTLED, now, actor, deal_id),
                ],
            )
            await ledger.insert_items(tx, [self.item(deal_id, amount, now)])
        return deal_id

    def item(self, deal_id, amount, now, **changes):
        fields = {
            "id": self.ids.new(),
            "tenant_id": self.tenant_id,
            "book_id": self.sender,
            "deal_id": deal_id,
            "version": 1,
            "state": ItemState.ACTIVE,
            "kind": TransferKind.CUSTOMER_TRANSFER,
            "give": Amount(LKR, amount),
            "get": Amount(LKR, amount),
            "rate_e8": None,
            "fee": None,
            "reference": "R-1",
            "movement_id": deal_id,
            "effective_at": now,
            "made_by": f"customer:{self.sender}",
            "made_at": now,
        }
        return Item(**{**fields, **changes})

    async def wallets(self):
        keys = [(book, int(LKR), Account.WALLET) for book in (self.sender, self.receiver)]
        async with self.transaction() as tx:
            balances = await kernel.load_balances(tx, keys)
            assert all(total == 0 for _, total in await kernel.trial_balance(tx))
        return tuple(balances[key].posted for key in keys)


@dataclass(frozen=True)
class Tools:
    """What a scene needs of a process."""

    database: object
    clock: SystemClock
    ids: SystemIds


@pytest.fixture
async def scene(customer_database):
    """Two books in a bare database, for rules that no person and no process is needed for."""
    tools = Tools(customer_database.app, SystemClock(), SystemIds())
    tenant_id, sender, receiver = (tools.ids.new() for _ in range(3))
    made = Scene(tools, tenant_id, sender, receiver, {}, tools.clock.now())
    async with made.transaction() as tx:
        await kernel.open_books(tx, [(book, tenant_id, BookKind.CUSTOMER) for book in (sender, receiver)])
    await made.fund(sender, 10_000)
    return made


@pytest.fixture
async def served(services, tenant, active_customer):
    """The same with two customers of a tenant whose API is up; `headers` are the sender's."""
    (sender, headers), (receiver, _) = await active_customer(), await active_customer()
    made = Scene(services, tenant.id, sender, receiver, headers, services.clock.now())
    await made.fund(sender, 10_000)
    return made
