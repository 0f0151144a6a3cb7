"""What the database itself refuses, tried as the application and as the owner of the tables."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from shared.database import Database
from shared.ids import SystemIds
from shared.ledger import store
from shared.ledger.domain import USD, Balance, Capture, Close, Hold, Movement, Posting, Transfer
from shared.ledger.rebuild import rebuild_differences

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ids = SystemIds()


class Ledger:
    """A tenant with two books, the first of them with 10.000000 USD in its wallet."""

    def __init__(self, database: Any) -> None:
        self.database: Database = database.app
        self.dsn: Callable[[str], str] = database.dsn
        self.tenant, self.book, self.other = ids.new(), ids.new(), ids.new()

    def transfer(
        self, source: str, target: str, amount: int, *, book: UUID | None = None, reverses: UUID | None = None
    ) -> Transfer:
        return Transfer(
            id=ids.new(),
            movement_id=ids.new(),
            tenant_id=self.tenant,
            book_id=book or self.book,
            kind="payment",
            effective_at=NOW,
            postings=(Posting(USD, source, target, amount, "inflow"),),
            reverses=reverses,
        )

    def hold(self, amount: int, account: str = "wallet") -> Hold:
        return Hold(ids.new(), self.tenant, self.book, USD, account, amount, "payment")

    def capture(self, hold: Hold, amount: int) -> Capture:
        return Capture(hold.id, self.tenant, self.book, ids.new(), amount)

    def close(self, hold: Hold) -> Close:
        return Close(hold.id, self.tenant, self.book, "released")

    async def post(self, movement: Movement) -> None:
        async with self.database.transaction(self.tenant) as tx:
            await store.post(tx, movement)

    async def balance(self, account: str = "wallet") -> Balance:
        async with self.database.transaction(self.tenant) as tx:
            return (await store.load_balances(tx, [(self.book, USD, account)]))[(self.book, USD, account)]

    async def attempt(self, role: str, sql: str, *arguments: object) -> None:
        """Run one statement as a role, for this tenant."""
        connection = await asyncpg.connect(self.dsn(role))
        try:
            await connection.execute(f"SET app.tenants = '{{{self.tenant}}}'")
            await connection.execute(sql, *arguments)
        finally:
            await connection.close()


@pytest.fixture
async def ledger(kernel_database: Any) -> Ledger:
    made = Ledger(kernel_database)
    async with made.database.transaction(made.tenant) as tx:
        await store.open_books(
            tx, [(made.book, made.tenant, "customer"), (made.other, made.tenant, "customer")]
        )
    await made.post(Movement(transfers=(made.transfer("outside", "wallet", 10_000_000),)))
    return made


async def differences(ledger: Ledger) -> list[Any]:
    async with ledger.database.transaction(ledger.tenant) as tx:
        assert all(total == 0 for _, total in await store.trial_balance(tx))
        return await rebuild_differences(tx)


async def test_a_posting_moves_the_balance_and_numbers_its_entry(ledger: Ledger) -> None:
    await ledger.post(Movement(transfers=tuple(ledger.transfer("wallet", "outside", n) for n in (1, 2, 3))))
    assert await ledger.balance() == Balance(posted=9_999_994, held=0, version=4)
    async with ledger.database.transaction(ledger.tenant) as tx:
        rows = await tx.fetch("SELECT version, amount, balance_after FROM ledger_entry ORDER BY version")
    assert [tuple(row) for row in rows] == [
        (1, 10_000_000, 10_000_000),
        (2, -1, 9_999_999),
        (3, -2, 9_999_997),
        (4, -3, 9_999_994),
    ]
    assert await differences(ledger) == []


async def test_an_owner_cannot_fall_below_its_floor(ledger: Ledger) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="ledger_balance_floor"):
        await ledger.post(Movement(transfers=(ledger.transfer("wallet", "outside", 10_000_001),)))
    with pytest.raises(asyncpg.CheckViolationError, match="ledger_balance_floor"):
        await ledger.post(Movement(transfers=(ledger.transfer("position", "outside", 1),)))
    assert await ledger.balance() == Balance(10_000_000, 0, 1)


async def test_a_place_cannot_give_more_than_lies_there(ledger: Ledger) -> None:
    await ledger.post(Movement(transfers=(ledger.transfer("float", "outside", 500),)))
    assert await ledger.balance("float") == Balance(-500, 0, 1)
    await ledger.post(Movement(transfers=(ledger.transfer("outside", "float", 500),)))
    with pytest.raises(asyncpg.CheckViolationError, match="ledger_balance_floor"):
        await ledger.post(Movement(transfers=(ledger.transfer("outside", "float", 1),)))


async def test_the_floor_counts_what_is_held(ledger: Ledger) -> None:
    hold = ledger.hold(9_000_000)
    await ledger.post(Movement(holds=(hold,)))
    with pytest.raises(asyncpg.CheckViolationError):
        await ledger.post(Movement(transfers=(ledger.transfer("wallet", "outside", 1_000_001),)))
    with pytest.raises(asyncpg.CheckViolationError):
        await ledger.post(Movement(holds=(ledger.hold(1_000_001),)))
    await ledger.post(Movement(closes=(ledger.close(hold),)))
    assert await ledger.balance() == Balance(10_000_000, 0, 1)


async def test_a_hold_is_captured_in_parts_but_never_beyond_itself(ledger: Ledger) -> None:
    hold = ledger.hold(100)
    await ledger.post(Movement(holds=(hold,)))
    await ledger.post(Movement(captures=(ledger.capture(hold, 60), ledger.capture(hold, 30))))
    assert (await ledger.balance()).held == 10
    with pytest.raises(asyncpg.CheckViolationError, match="remaining_not_negative"):
        await ledger.post(Movement(captures=(ledger.capture(hold, 11),)))
    assert await differences(ledger) == []


async def test_one_capture_counts_once(ledger: Ledger) -> None:
    hold = ledger.hold(100)
    capture = ledger.capture(hold, 10)
    await ledger.post(Movement(holds=(hold,)))
    await ledger.post(Movement(captures=(capture,)))
    with pytest.raises(asyncpg.UniqueViolationError):
        await ledger.post(Movement(captures=(capture,)))


async def test_a_hold_ends_once_and_gives_nothing_after(ledger: Ledger) -> None:
    hold = ledger.hold(100)
    await ledger.post(Movement(holds=(hold,)))
    await ledger.post(Movement(closes=(ledger.close(hold),)))
    with pytest.raises(asyncpg.UniqueViolationError):
        await ledger.post(Movement(closes=(ledger.close(hold),)))
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="open hold"):
        await ledger.post(Movement(captures=(ledger.capture(hold, 1),)))


async def test_two_closers_at_once_end_a_hold_once(ledger: Ledger) -> None:
    hold = ledger.hold(100)
    await ledger.post(Movement(holds=(hold,)))
    outcomes = await asyncio.gather(
        *(ledger.post(Movement(closes=(ledger.close(hold),))) for _ in range(8)), return_exceptions=True
    )
    assert sum(outcome is None for outcome in outcomes) == 1
    assert await ledger.balance() == Balance(10_000_000, 0, 1)


async def test_a_transfer_is_reversed_once(ledger: Ledger) -> None:
    first = ledger.transfer("wallet", "outside", 5)
    await ledger.post(Movement(transfers=(first,)))
    await ledger.post(Movement(transfers=(ledger.transfer("outside", "wallet", 5, reverses=first.id),)))
    with pytest.raises(asyncpg.UniqueViolationError, match="one_reversal"):
        await ledger.post(Movement(transfers=(ledger.transfer("outside", "wallet", 5, reverses=first.id),)))
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="reversal names"):
        await ledger.post(Movement(transfers=(ledger.transfer("outside", "wallet", 5, reverses=ids.new()),)))


async def test_a_transfer_id_counts_once(ledger: Ledger) -> None:
    transfer = ledger.transfer("wallet", "outside", 5)
    await ledger.post(Movement(transfers=(transfer,)))
    with pytest.raises(asyncpg.UniqueViolationError):
        await ledger.post(Movement(transfers=(transfer,)))


async def test_a_finished_transfer_takes_no_further_posting(ledger: Ledger) -> None:
    transfer = ledger.transfer("wallet", "outside", 5)
    await ledger.post(Movement(transfers=(transfer,)))
    for role in ("app", "owner"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="same transaction"):
            await ledger.attempt(
                role,
                "INSERT INTO ledger_posting "
                "(tenant_id, book_id, transfer_id, asset_id, source, target, amount, action) "
                "VALUES ($1, $2, $3, 1, 'outside', 'wallet', 5, 'inflow')",
                ledger.tenant,
                ledger.book,
                transfer.id,
            )


@pytest.mark.parametrize("role", ["app", "owner"])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
@pytest.mark.parametrize(
    "table",
    [
        "ledger_book",
        "ledger_transfer",
        "ledger_posting",
        "ledger_entry",
        "ledger_hold",
        "ledger_hold_capture",
        "ledger_hold_close",
        "ledger_balance",
        "ledger_hold_open",
        "idempotency_answer",
    ],
)
async def test_history_cannot_be_changed(ledger: Ledger, table: str, verb: str, role: str) -> None:
    hold = ledger.hold(10)
    await ledger.post(Movement(holds=(hold,)))
    if table != "ledger_hold_open":
        await ledger.post(Movement(captures=(ledger.capture(hold, 1),)))
        await ledger.post(Movement(closes=(ledger.close(hold),)))
    await ledger.attempt(
        "app",
        "INSERT INTO idempotency_answer (tenant_id, book_id, key, digest, answer) "
        "VALUES ($1, $2, sha256('a'), sha256('b'), 'c')",
        ledger.tenant,
        ledger.book,
    )
    statement = {
        "UPDATE": f"UPDATE {table} SET tenant_id = tenant_id",
        "DELETE": f"DELETE FROM {table}",
        "TRUNCATE": f"TRUNCATE {table} CASCADE",
    }[verb]
    with pytest.raises((asyncpg.IntegrityConstraintViolationError, asyncpg.InsufficientPrivilegeError)):
        await ledger.attempt(role, statement)


@pytest.mark.parametrize("role", ["app", "owner"])
async def test_nobody_writes_a_balance_or_an_entry_by_hand(ledger: Ledger, role: str) -> None:
    refused = (asyncpg.IntegrityConstraintViolationError, asyncpg.InsufficientPrivilegeError)
    with pytest.raises(refused):
        await ledger.attempt(
            role,
            "INSERT INTO ledger_balance (tenant_id, book_id, asset_id, account, side, posted) "
            "VALUES ($1, $2, 1, 'wallet', 1, 1000)",
            ledger.tenant,
            ledger.book,
        )
    with pytest.raises(refused):
        await ledger.attempt(
            role,
            "INSERT INTO ledger_entry (tenant_id, book_id, transfer_id, version, amount, balance_after, "
            "asset_id, account, action) VALUES ($1, $2, $3, 2, 1, 1, 2, 'wallet', 'inflow')",
            ledger.tenant,
            ledger.book,
            ids.new(),
        )


async def test_rows_of_another_tenant_do_not_exist(ledger: Ledger) -> None:
    stranger = ids.new()
    async with ledger.database.transaction(stranger) as tx:
        assert await tx.fetch_value("SELECT count(*) FROM ledger_posting") == 0
        assert await tx.fetch_value("SELECT count(*) FROM ledger_balance") == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with ledger.database.transaction(stranger) as tx:
            await store.post(tx, Movement(transfers=(ledger.transfer("outside", "wallet", 1),)))


async def test_a_transfer_cannot_enter_a_book_of_another_tenant(ledger: Ledger) -> None:
    stranger = ids.new()
    posting = Posting(USD, "wallet", "outside", 1, "fee")
    transfer = Transfer(ids.new(), ids.new(), stranger, ledger.book, "payment", NOW, (posting,))
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="open book of its tenant"):
        async with ledger.database.transaction(stranger) as tx:
            await store.post(tx, Movement(transfers=(transfer,)))


async def test_without_tenants_nothing_is_seen(ledger: Ledger) -> None:
    async with ledger.database.transaction() as tx:
        assert await tx.fetch_value("SELECT count(*) FROM ledger_book") == 0


async def test_a_failed_block_leaves_nothing(ledger: Ledger) -> None:
    async def fail_after_posting() -> None:
        async with ledger.database.transaction(ledger.tenant) as tx:
            await store.post(tx, Movement(transfers=(ledger.transfer("wallet", "outside", 1),)))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_after_posting()
    assert await ledger.balance() == Balance(10_000_000, 0, 1)


async def test_the_rebuild_sees_a_snapshot_that_was_changed_behind_the_rules(ledger: Ledger) -> None:
    connection = await asyncpg.connect(ledger.dsn("superuser"))
    try:
        await connection.execute(
            "SET session_replication_role = replica; UPDATE ledger_balance SET posted = posted + 1"
        )
    finally:
        await connection.close()
    async with ledger.database.transaction(ledger.tenant) as tx:
        found = await rebuild_differences(tx)
        seen = [(each.table, each.stands, each.should_be) for each in found]
        assert seen == [("posted", 10_000_001, 10_000_000)]
        assert (USD, 1) in await store.trial_balance(tx)
