"""The load of the drill: clients that post transfers and holds, and remember what they heard a yes for.

Accounts and words are those of the customer ledger: money of a wallet goes back to the collection account.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from shared.database import Database
from shared.errors import Refusal
from shared.ids import HOUSE_TENANT, SystemIds
from shared.ledger import store
from shared.ledger.domain import LKR, Close, Hold, Movement, Posting, Transfer

OPENING: Final = 10**9

_DIGEST: Final = """
SELECT encode(sha256(convert_to(string_agg(line, chr(10) ORDER BY line), 'UTF8')), 'hex') FROM (
    SELECT concat_ws(' ', book_id, asset_id, account, posted, held, version) AS line FROM ledger_balance
    UNION ALL SELECT concat_ws(' ', book_id, hold_id, remaining) FROM ledger_hold_open) lines
"""

_ids = SystemIds()


@dataclass
class Client:
    """One poster with a book of its own: what it sent, in order, and how many of those it heard a yes for."""

    book: UUID = field(default_factory=_ids.new)
    sent: list[UUID] = field(default_factory=list)
    acknowledged: int = 0
    at_moment: tuple[int, int] = (0, 0)
    """How many were acknowledged, and sent, at the moment to which is recovered."""

    async def post(self, database: Database) -> None:
        """Post one transfer with a hold, which every second time ends at once. Raises Refusal."""
        paid = _transfer(self.book, "wallet", "collection", 1)
        held = Hold(_ids.new(), HOUSE_TENANT, self.book, LKR, "wallet", 5, "withdrawal")
        closed = Close(held.id, HOUSE_TENANT, self.book, "released")
        ends = Movement(closes=(closed,)) if len(self.sent) % 2 else Movement()
        self.sent.append(paid.id)
        async with database.transaction(HOUSE_TENANT) as tx:
            await store.lock_books(tx, [self.book])
            await store.post(tx, Movement((paid,), holds=(held,)))
            await store.post(tx, ends)
        self.acknowledged += 1


async def open_books(database: Database, clients: Sequence[Client]) -> None:
    """Open a book for each client, with money."""
    openings = [_transfer(each.book, "collection", "wallet", OPENING) for each in clients]
    async with database.transaction(HOUSE_TENANT) as tx:
        await store.open_books(tx, [(each.book, HOUSE_TENANT, "customer") for each in clients])
        await store.post(tx, Movement(tuple(openings)))
    for each, opening in zip(clients, openings, strict=True):
        each.sent.append(opening.id)
        each.acknowledged += 1


async def post_each(database: Database, clients: Sequence[Client], count: int) -> None:
    """Let every client post `count` transfers."""

    async def work(client: Client) -> None:
        for _ in range(count):
            await client.post(database)

    await asyncio.gather(*(work(each) for each in clients))


async def post_until(database: Database, clients: Sequence[Client], over: "asyncio.Future[None]") -> None:
    """Let every client post one transfer after the other until `over` is done."""

    async def work(client: Client) -> None:
        while not over.done():
            await client.post(database)

    await asyncio.gather(*(work(each) for each in clients))


async def post_to_the_end(database: Database, clients: Sequence[Client]) -> None:
    """Let every client post until the server dies."""

    async def work(client: Client) -> None:
        try:
            while True:
                await client.post(database)
        except (Refusal, OSError):
            return

    await asyncio.gather(*(work(each) for each in clients))


async def read_ledger(database: Database) -> tuple[frozenset[UUID], str]:
    """Return the ids of all transfers, and a digest of every balance and open hold."""
    async with database.transaction(HOUSE_TENANT) as tx:
        stored = frozenset(row["id"] for row in await tx.fetch("SELECT id FROM ledger_transfer"))
        return stored, str(await tx.fetch_value(_DIGEST))


def prefix_length(sent: Sequence[UUID], stored: Collection[UUID]) -> int | None:
    """Return how many of `sent`, from the first on, are stored; None when one is stored after a gap."""
    count = next((index for index, each in enumerate(sent) if each not in stored), len(sent))
    return None if any(each in stored for each in sent[count:]) else count


def _transfer(book: UUID, source: str, target: str, amount: int) -> Transfer:
    kind, action = ("pay_in", "inflow") if target == "wallet" else ("withdrawal", "outflow")
    posting = Posting(LKR, source, target, amount, action)
    return Transfer(_ids.new(), _ids.new(), HOUSE_TENANT, book, kind, datetime.now(UTC), (posting,))
