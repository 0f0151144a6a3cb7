"""The rebuild finds every snapshot that does not follow, and nothing else."""

import random
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from shared.database import Transaction
from shared.ids import SystemIds
from shared.ledger import rebuild, store
from shared.ledger.domain import LKR, USD, Capture, Close, Difference, Hold, Movement, Posting, Transfer

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ids = SystemIds()


class Books:
    """Two tenants; each has two books with a history of transfers between two checked accounts and holds."""

    def __init__(self, database: Any) -> None:
        self.database = database
        self.tenants = (ids.new(), ids.new())
        self.books = {tenant: (ids.new(), ids.new()) for tenant in self.tenants}

    @property
    def first(self) -> UUID:
        return self.books[self.tenants[0]][0]

    async def fill(self, seed: int) -> None:
        chosen = random.Random(seed)  # noqa: S311 - a history, not a secret
        for tenant, books in self.books.items():
            async with self.database.app.transaction(tenant) as tx:
                await store.open_books(tx, [(book, tenant, "customer") for book in books])
            for book in books:
                movements = [
                    self._move(tenant, book, "outside", account, 10_000, asset)
                    for asset, account in ((LKR, "wallet"), (USD, "wallet"), (USD, "position"))
                ]
                movements += [
                    self._move(tenant, book, *chosen.choice(_WAYS), chosen.randint(1, 20), USD)
                    for _ in range(12)
                ]
                held = [Hold(ids.new(), tenant, book, USD, "wallet", 50, "payment", NOW) for _ in range(4)]
                captures = tuple(Capture(hold.id, tenant, book, ids.new(), 20) for hold in held[:2])
                ends = ((held[0], "released"), (held[3], "expired"))
                closes = tuple(Close(hold.id, tenant, book, reason) for hold, reason in ends)
                async with self.database.app.transaction(tenant) as tx:
                    for movement in movements:
                        await store.post(tx, movement)
                    await store.post(tx, Movement(holds=tuple(held)))
                    await store.post(tx, Movement(captures=captures, closes=closes))

    def _move(self, tenant: UUID, book: UUID, source: str, target: str, amount: int, asset: int) -> Movement:
        posting = Posting(asset, source, target, amount, "inflow", cost=amount * 3 if amount % 2 else None)
        return Movement((Transfer(ids.new(), ids.new(), tenant, book, "payment", NOW, (posting,)),))

    async def check(self, role: str = "auditor", **narrowed: Any) -> rebuild.Rebuild:
        return await rebuild.check(self.database.dsn(role), **narrowed)

    async def tamper(self, sql: str) -> None:
        """Change something behind every rule: a superuser whose session fires no triggers."""
        connection = await asyncpg.connect(self.database.dsn("superuser"))
        try:
            await connection.execute("SET session_replication_role = replica")
            await connection.execute(sql)
        finally:
            await connection.close()


_WAYS = (("outside", "wallet"), ("wallet", "position"), ("position", "outside"), ("outside", "position"))


@pytest.fixture
async def books(kernel_database: Any) -> Books:
    made = Books(kernel_database)
    await made.fill(seed=3)
    return made


async def test_an_honest_ledger_has_no_difference(books: Books) -> None:
    found = await books.check()
    assert found.differences == ()
    assert (found.entries, found.open_holds) == (found.postings, 8)
    assert found.entries > 4 * 15
    async with books.database.app.transaction(*books.tenants) as tx:
        assert await rebuild.rebuild_differences(tx) == []


async def test_every_role_that_may_see_the_books_gets_the_same_answer(books: Books) -> None:
    everything = await books.check("owner")
    assert (await books.check("auditor")).entries == everything.entries
    assert (await books.check("app", tenant_ids=books.tenants)).entries == everything.entries
    assert (await books.check("app")).entries == 0
    one = await books.check("auditor", tenant_ids=books.tenants[:1])
    assert one.entries < everything.entries
    assert one.entries == (await books.check("app", tenant_ids=books.tenants[:1])).entries


_WALLET = "asset_id = 2 AND account = 'wallet' AND book_id = '{book}'"
_TAMPERINGS = {
    "a balance": (f"UPDATE ledger_balance SET posted = posted + 7 WHERE {_WALLET}", {"posted"}),
    "a version": (f"UPDATE ledger_balance SET version = version - 1 WHERE {_WALLET}", {"version"}),
    "what is held": (f"UPDATE ledger_balance SET held = held + 1 WHERE {_WALLET}", {"held"}),
    "a floor": (f"UPDATE ledger_balance SET floor = -100 WHERE {_WALLET}", {"floor"}),
    "the side of an account": (
        f"UPDATE ledger_balance SET side = -1, floor = -100000 WHERE {_WALLET}",
        {"side", "floor"},
    ),
    "whose balance it is": (
        f"UPDATE ledger_balance SET tenant_id = '{{tenant}}' WHERE {_WALLET}",
        {"tenant"},
    ),
    "a balance that is gone": (f"DELETE FROM ledger_balance WHERE {_WALLET}", {"posted", "version", "held"}),
    "what a hold still holds": (
        "UPDATE ledger_hold_open SET remaining = remaining - 1 WHERE book_id = '{book}' AND remaining = 30",
        {"open hold"},
    ),
    "an open hold that is gone": (
        "DELETE FROM ledger_hold_open WHERE book_id = '{book}' AND remaining = 30",
        {"open hold"},
    ),
    "the balance after an entry": (
        f"UPDATE ledger_entry SET balance_after = balance_after + 1 WHERE version = 2 AND {_WALLET}",
        {"entry chain"},
    ),
    "two balances that make up for each other": (
        (
            "UPDATE ledger_entry SET balance_after = balance_after + CASE version WHEN 2 THEN 1 ELSE -1 END "
            f"WHERE version IN (2, 3) AND {_WALLET}"
        ),
        {"entry chain"},
    ),
    "an amount, with the balances after it": (
        (
            "UPDATE ledger_entry SET amount = amount + CASE version WHEN 1 THEN 5 ELSE 0 END, "
            f"balance_after = balance_after + 5 WHERE {_WALLET}"
        ),
        {"entry legs"},
    ),
    "whose transfer two entries name": (
        (
            "UPDATE ledger_entry e SET transfer_id = o.transfer_id FROM ledger_entry o "
            "WHERE o.version = 5 - e.version AND e.version IN (2, 3) AND o.book_id = e.book_id "
            f"AND o.asset_id = e.asset_id AND o.account = e.account AND e.{_WALLET.replace('AND ', 'AND e.')}"
        ),
        {"entry legs"},
    ),
    "an action": (
        f"UPDATE ledger_entry SET action = 'fee' WHERE version = 2 AND {_WALLET}",
        {"entry legs"},
    ),
    "a cost": (f"UPDATE ledger_entry SET cost = 1 WHERE version = 2 AND {_WALLET}", {"entry legs"}),
    "a cost of nothing": (
        f"UPDATE ledger_entry SET profit = 0 WHERE version = 2 AND {_WALLET}",
        {"entry legs"},
    ),
    "a tenant": (
        f"UPDATE ledger_entry SET tenant_id = '{{tenant}}' WHERE version = 2 AND {_WALLET}",
        {"entry legs"},
    ),
    "a gap in the versions": (
        (
            f"UPDATE ledger_entry SET version = version + 1 WHERE version = "
            f"(SELECT max(version) FROM ledger_entry WHERE {_WALLET}) AND {_WALLET}"
        ),
        {"newest entry", "entry chain"},
    ),
    "an entry that is gone": (
        f"DELETE FROM ledger_entry WHERE version = 1 AND {_WALLET}",
        {"entries", "oldest entry", "entry chain", "entry legs"},
    ),
    "a posting that is gone": (
        (
            "DELETE FROM ledger_posting WHERE ctid = (SELECT ctid FROM ledger_posting WHERE asset_id = 1 "
            "AND book_id = '{book}' LIMIT 1)"
        ),
        {"posted", "version", "entries", "newest entry", "entry legs"},
    ),
    "a hold that is gone": (
        (
            "DELETE FROM ledger_hold h USING ledger_hold_open o "
            "WHERE o.hold_id = h.id AND o.remaining = 30 AND h.book_id = '{book}'"
        ),
        {"held", "open hold"},
    ),
    "a close that is gone": (
        "DELETE FROM ledger_hold_close WHERE book_id = '{book}' AND reason = 'expired'",
        {"held", "open hold"},
    ),
}


@pytest.mark.parametrize("what", _TAMPERINGS)
async def test_a_change_behind_the_rules_is_found_and_named(books: Books, what: str) -> None:
    sql, expected = _TAMPERINGS[what]
    book = books.first
    await books.tamper(sql.format(book=book, tenant=books.tenants[1]))
    found = (await books.check()).differences
    assert {each.table for each in found} == expected
    assert {each.key[0] for each in found} == {book}


async def test_a_broken_link_is_counted_exactly(books: Books) -> None:
    book = books.first
    await books.tamper(
        "UPDATE ledger_entry SET balance_after = balance_after + 1 "
        f"WHERE version IN (2, 3, 4) AND {_WALLET.format(book=book)}"
    )
    assert (await books.check()).differences == (Difference("entry chain", (book, USD, "wallet"), 3, 0),)


async def test_what_is_shown_is_bounded(books: Books) -> None:
    await books.tamper("UPDATE ledger_balance SET posted = posted + 1, version = version + 1")
    assert len((await books.check()).differences) > 8
    assert len((await books.check(limit=3)).differences) == 3


_CHANGES = (
    "UPDATE ledger_entry SET amount = amount + {n} WHERE ctid = '{row}' AND amount + {n} <> 0",
    "UPDATE ledger_entry SET balance_after = balance_after + {n} WHERE ctid = '{row}'",
    "UPDATE ledger_entry SET version = version + 1000 + {n} WHERE ctid = '{row}'",
    "UPDATE ledger_entry SET transfer_id = book_id WHERE ctid = '{row}'",
    "DELETE FROM ledger_entry WHERE ctid = '{row}'",
    (
        "INSERT INTO ledger_entry SELECT (e).* FROM (SELECT ledger_entry AS e FROM ledger_entry "
        "WHERE ctid = '{row}') one ON CONFLICT DO NOTHING"
    ),
)


async def test_no_single_change_of_an_entry_goes_unseen(books: Books) -> None:
    chosen = random.Random(11)  # noqa: S311 - cases, not secrets
    connection = await asyncpg.connect(books.database.dsn("superuser"))
    try:
        await connection.execute("SET session_replication_role = replica")
        tx = Transaction(connection, frozenset())
        assert (await rebuild.compare(tx, None, 10)).differences == ()
        rows = [row[0] for row in await connection.fetch("SELECT ctid::text FROM ledger_entry ORDER BY ctid")]
        for _ in range(60):
            change = chosen.choice(_CHANGES).format(row=chosen.choice(rows), n=chosen.choice((-3, -1, 1, 2)))
            block = connection.transaction()
            await block.start()
            changed = (await connection.execute(change)).split()[-1] != "0"
            assert bool((await rebuild.compare(tx, None, 10)).differences) is changed, change
            await block.rollback()
    finally:
        await connection.close()
