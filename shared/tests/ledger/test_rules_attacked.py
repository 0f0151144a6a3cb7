"""Every later rule of the kernel, attacked by data statements as the application and as the owner.

An attack runs as one database transaction: what it tries may be refused at once or at the commit, and
nothing of it stays.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.ids import SystemIds
from shared.ledger import rebuild, store
from shared.ledger.domain import LKR, USD, Close, Hold, Movement, Posting, Transfer

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
REFUSED = (asyncpg.IntegrityConstraintViolationError, asyncpg.InsufficientPrivilegeError)
ids = SystemIds()

TRANSFER = (
    "INSERT INTO ledger_transfer (tenant_id, book_id, id, movement_id, reverses, corrects, effective_at, "
    "kind) VALUES ($1, $2, $3, $3, $4, $5, now(), 'reversal')"
)
POSTING = (
    "INSERT INTO ledger_posting (tenant_id, book_id, transfer_id, asset_id, source, target, amount, action, "
    "cost, profit) VALUES ($1, $2, $3, $4, $5, $6, $7, 'inflow', $8, $9)"
)


class Books:
    """A tenant with a book that has money in two assets, and a transfer of both that can be reversed."""

    def __init__(self, database):
        self.database = database
        self.tenant, self.book = ids.new(), ids.new()
        self.original = self.transfer(
            Posting(USD, "wallet", "outside", 700, "outflow", cost=-40, profit=2),
            Posting(LKR, "outside", "wallet", 900, "inflow"),
        )

    def transfer(self, *postings, **changes):
        fields = {
            "id": ids.new(),
            "movement_id": ids.new(),
            "tenant_id": self.tenant,
            "book_id": self.book,
            "kind": "payment",
            "effective_at": NOW,
            "postings": postings,
        }
        return Transfer(**{**fields, **changes})

    async def open(self):
        async with self.database.app.transaction(self.tenant) as tx:
            await store.open_books(tx, [(self.book, self.tenant, "customer")])
        opening = (Posting(asset, "outside", "wallet", 10_000, "inflow") for asset in (LKR, USD))
        await self.post(self.transfer(*opening), self.original)
        return self

    async def post(self, *transfers, holds=(), closes=()):
        async with self.database.app.transaction(self.tenant) as tx:
            await store.post(tx, Movement(transfers=transfers, holds=holds, closes=closes))

    def mirror(self, **changes):
        postings = (
            Posting(USD, "outside", "wallet", 700, "inflow", cost=40, profit=-2),
            Posting(LKR, "wallet", "outside", 900, "outflow"),
        )
        return self.transfer(*postings, **{"reverses": self.original.id, "kind": "reversal", **changes})

    async def attack(self, role, *statements):
        """Run statements in one transaction of a role that sees this tenant."""
        connection = await self.database.connect(role)
        await connection.execute(f"SET app.tenants = '{{{self.tenant}}}'")
        async with connection.transaction():
            for sql, *arguments in statements:
                await connection.execute(sql, *arguments)


@pytest.fixture
async def books(kernel_database):
    return await Books(kernel_database).open()


both = pytest.mark.parametrize("role", ["app", "owner"])


def reversal(books, *postings):
    """Return the statements of a reversal with these postings."""
    made = ids.new()
    head = (TRANSFER, books.tenant, books.book, made, books.original.id, None)
    return head, *((POSTING, books.tenant, books.book, made, *posting) for posting in postings)


USD_LEG = (USD, "outside", "wallet", 700, 40, -2)
LKR_LEG = (LKR, "wallet", "outside", 900, None, None)


@both
async def test_an_exact_mirror_passes(books, role):
    await books.attack(role, *reversal(books, LKR_LEG, USD_LEG))


@both
@pytest.mark.parametrize(
    "postings",
    [
        (),
        (USD_LEG,),
        (USD_LEG, (LKR, "wallet", "outside", 899, None, None)),
        (USD_LEG, (LKR, "wallet", "fees", 900, None, None)),
        (USD_LEG, (LKR, "outside", "wallet", 900, None, None)),
        ((USD, "outside", "wallet", 700, 41, -2), LKR_LEG),
        ((USD, "outside", "wallet", 700, 40, None), LKR_LEG),
    ],
    ids=["nothing", "a leg missing", "a unit less", "elsewhere", "the same way", "another cost", "no profit"],
)
async def test_what_is_not_the_mirror_is_refused_at_the_commit(books, role, postings):
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="mirrors every posting"):
        await books.attack(role, *reversal(books, *postings))


@both
async def test_a_reversal_is_complete_when_it_is_committed_and_takes_nothing_after(books, role):
    made = books.mirror()
    await books.post(made)
    late = (POSTING, books.tenant, books.book, made.id, 3, "outside", "wallet", 5, None, None)
    with pytest.raises(REFUSED):
        await books.attack(role, late)


@both
async def test_a_constraint_made_immediate_does_not_let_a_false_mirror_pass(books, role):
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await books.attack(role, ("SET CONSTRAINTS ALL IMMEDIATE",), *reversal(books, USD_LEG))


@both
async def test_a_reversal_is_not_reversed(books, role):
    made = books.mirror()
    await books.post(made)
    head = (TRANSFER, books.tenant, books.book, ids.new(), made.id, None)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="is not reversed"):
        await books.attack(role, head)


@both
async def test_a_transfer_does_not_reverse_or_correct_itself_or_nothing(books, role):
    own = ids.new()
    for target in (own, ids.new()):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await books.attack(role, (TRANSFER, books.tenant, books.book, own, target, None))
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="names another transfer"):
            await books.attack(role, (TRANSFER, books.tenant, books.book, own, None, target))


async def test_a_correction_names_a_transfer_of_its_own_book(books):
    other = await Books(books.database).open()
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="names another transfer"):
        await books.post(
            books.transfer(Posting(USD, "wallet", "outside", 1, "fee"), corrects=other.original.id)
        )
    await books.post(books.transfer(Posting(USD, "wallet", "outside", 1, "fee"), corrects=books.original.id))


async def test_of_two_reversals_at_once_one_stands(books):
    outcomes = await asyncio.gather(*(books.post(books.mirror()) for _ in range(6)), return_exceptions=True)
    assert sum(outcome is None for outcome in outcomes) == 1
    assert all(isinstance(each, asyncpg.UniqueViolationError) for each in outcomes if each is not None)


@both
async def test_an_asset_that_does_not_exist_is_not_moved(books, role):
    made = ids.new()
    head = (TRANSFER, books.tenant, books.book, made, None, None)
    leg = (POSTING, books.tenant, books.book, made, 999, "outside", "wallet", 5, None, None)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="an asset that exists"):
        await books.attack(role, head, leg)


@both
@pytest.mark.parametrize("shift", [timedelta(days=-1), timedelta(days=1)])
async def test_the_time_of_recording_cannot_be_given(books, role, shift):
    sql = (
        "INSERT INTO ledger_transfer (tenant_id, book_id, id, movement_id, effective_at, kind, recorded_at) "
        "VALUES ($1, $2, $3, $3, now(), 'payment', $4)"
    )
    with pytest.raises(REFUSED):
        await books.attack(role, (sql, books.tenant, books.book, ids.new(), datetime.now(UTC) + shift))


async def test_the_application_does_not_number_postings(books):
    sql = POSTING.replace("(tenant_id", "(number, tenant_id").replace(
        "VALUES (", "OVERRIDING SYSTEM VALUE VALUES (1, "
    )
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await books.attack(
            "app", (sql, books.tenant, books.book, ids.new(), 2, "outside", "wallet", 5, None, None)
        )


@both
@pytest.mark.parametrize(("reason", "rule"), [("exhausted", "not exhausted"), ("expired", "does not expire")])
async def test_a_hold_ends_for_a_reason_that_is_true(books, role, reason, rule):
    hold = Hold(ids.new(), books.tenant, books.book, USD, "wallet", 10, "payment")
    await books.post(holds=(hold,))
    sql = "INSERT INTO ledger_hold_close (tenant_id, book_id, hold_id, reason) VALUES ($1, $2, $3, $4)"
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=rule):
        await books.attack(role, (sql, books.tenant, books.book, hold.id, reason))
    await books.attack(role, (sql, books.tenant, books.book, hold.id, "released"))


FACTS = {
    "ledger_transfer": "movement_id = s.id",
    "ledger_posting": "amount = s.amount + 1",
    "ledger_entry": "balance_after = s.balance_after + 1",
    "ledger_balance": "posted = s.posted + 1",
    "ledger_hold": "amount = s.amount + 1",
    "ledger_hold_open": "remaining = s.remaining + 1",
    "ledger_book": "opened_at = s.opened_at",
}
KEYS = {"ledger_posting": "number", "ledger_entry": "version", "ledger_hold_open": "hold_id"}


@both
@pytest.mark.parametrize("table", sorted(FACTS))
async def test_a_merge_changes_nothing(books, role, table):
    hold = Hold(ids.new(), books.tenant, books.book, USD, "wallet", 10, "payment")
    await books.post(holds=(hold,))
    key = KEYS.get(table, "book_id" if table in ("ledger_balance", "ledger_hold") else "id")
    for then in (f"UPDATE SET {FACTS[table]}", "DELETE"):
        with pytest.raises(REFUSED):
            await books.attack(
                role, (f"MERGE INTO {table} t USING {table} s ON t.{key} = s.{key} WHEN MATCHED THEN {then}",)
            )


@both
@pytest.mark.parametrize(
    ("table", "columns", "change"),
    [
        ("ledger_transfer", "tenant_id, book_id, id, movement_id, effective_at, kind", "kind = 'fee'"),
        (
            "ledger_posting",
            "tenant_id, book_id, transfer_id, asset_id, source, target, amount, action",
            "amount = 1",
        ),
        ("ledger_book", "id, tenant_id, kind", "kind = 'department'"),
        ("ledger_balance", "tenant_id, book_id, asset_id, account, side", "posted = 1"),
    ],
)
async def test_an_insert_that_meets_its_row_changes_nothing(books, role, table, columns, change):
    change = change.replace("'fee'", "'wager_fee'")
    sql = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} ON CONFLICT "
    constraint = f"ON CONSTRAINT {table}_pk DO UPDATE SET {change}"
    with pytest.raises(REFUSED):
        await books.attack(role, (sql + constraint,))


@both
async def test_copy_goes_around_no_rule(books, role):
    connection = await books.database.connect(role)
    await connection.execute(f"SET app.tenants = '{{{books.tenant}}}'")
    with pytest.raises((asyncpg.FeatureNotSupportedError, asyncpg.InsufficientPrivilegeError)):
        await connection.copy_records_to_table(
            "ledger_balance",
            records=[(books.tenant, books.book, 1, "fees", 1, 100)],
            columns=["tenant_id", "book_id", "asset_id", "account", "side", "posted"],
        )


# ---- the rules, in random shapes

legs = st.dictionaries(
    st.sampled_from([LKR, USD]),
    st.tuples(
        st.permutations(["wallet", "outside", "fees"]).map(lambda order: tuple(order[:2])),
        st.integers(1, 50),
        st.one_of(st.none(), st.integers(-50, 50)),
    ),
    min_size=1,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=legs, second=legs)
async def test_the_database_takes_a_reversal_if_and_only_if_it_is_the_mirror(books, first, second):
    def build(shape, sign, **changes):
        return books.transfer(
            *(
                Posting(asset, *ends[::sign], amount, "inflow", cost=None if cost is None else sign * cost)
                for asset, (ends, amount, cost) in shape.items()
            ),
            **changes,
        )

    original = build(first, 1)
    await books.post(original)
    try:
        await books.post(build(second, -1, reverses=original.id, kind="reversal"))
        taken = True
    except asyncpg.IntegrityConstraintViolationError as error:
        assert error.constraint_name == "ledger_transfer_mirror"  # noqa: PT017 - which rule refused
        taken = False
    assert taken == (first == second)


# ---- repair

REPAIR = "INSERT INTO ledger_repair (id, requested_by) VALUES ($1, 'owner')"


async def break_snapshots(books, *statements):
    connection = await books.database.connect("superuser")
    await connection.execute("SET session_replication_role = replica")
    for sql in statements:
        await connection.execute(sql)


async def differences(books):
    async with books.database.app.transaction(books.tenant) as tx:
        return [each async for each in _found(tx)]


async def _found(tx):
    for each in await rebuild.rebuild_differences(tx):
        yield each


async def rows(books, table):
    async with books.database.app.transaction(books.tenant) as tx:
        return sorted(map(tuple, await tx.fetch(f"SELECT * FROM {table}")))


@pytest.mark.parametrize(
    "damage",
    [
        ("UPDATE ledger_balance SET posted = posted + 1, version = version - 1",),
        ("UPDATE ledger_balance SET held = 0", "UPDATE ledger_hold_open SET remaining = remaining + 3"),
        ("UPDATE ledger_balance SET floor = -1000000",),
        ("DELETE FROM ledger_balance", "DELETE FROM ledger_hold_open"),
        (
            (
                "INSERT INTO ledger_balance (tenant_id, book_id, asset_id, account, side, posted) "
                "SELECT tenant_id, id, 1, 'position', 1, 5 FROM ledger_book"
            ),
            (
                "INSERT INTO ledger_hold_open SELECT tenant_id, book_id, gen_random_uuid(), 5, 1, 'position' "
                "FROM ledger_hold"
            ),
        ),
    ],
)
async def test_a_repair_rewrites_snapshots_from_facts_and_nothing_else(books, damage):
    hold = Hold(ids.new(), books.tenant, books.book, USD, "wallet", 10, "payment")
    closed = Hold(ids.new(), books.tenant, books.book, LKR, "wallet", 10, "payment")
    await books.post(holds=(hold, closed))
    await books.post(closes=(Close(closed.id, books.tenant, books.book, "released"),))
    await books.attack(
        "app",
        (
            (
                "INSERT INTO ledger_hold_capture (tenant_id, book_id, hold_id, capture_id, amount) "
                "VALUES ($1, $2, $3, $3, 4)"
            ),
            books.tenant,
            books.book,
            hold.id,
        ),
    )
    tables = ("ledger_balance", "ledger_hold_open", "ledger_entry", "ledger_posting", "ledger_hold")
    before = {table: await rows(books, table) for table in tables}
    await break_snapshots(books, *damage)
    assert {table: await rows(books, table) for table in tables} != before
    await books.attack("owner", (REPAIR, ids.new()))
    assert {table: await rows(books, table) for table in tables} == before
    assert await differences(books) == []
    (repair,) = await rows_of_repairs(books)
    assert sum(repair) > 0


async def rows_of_repairs(books):
    connection = await books.database.connect("auditor")
    return [
        tuple(row)
        for row in await connection.fetch("SELECT balances_rewritten, holds_rewritten FROM ledger_repair")
    ]


async def test_a_repair_of_what_is_right_rewrites_nothing(books):
    await books.attack("owner", (REPAIR, ids.new()))
    assert await rows_of_repairs(books) == [(0, 0)]


async def test_a_repair_does_not_bless_facts_that_break_a_floor(books):
    await break_snapshots(books, "UPDATE ledger_posting SET amount = 1000000 WHERE source = 'wallet'")
    with pytest.raises(asyncpg.CheckViolationError, match="ledger_balance_floor"):
        await books.attack("owner", (REPAIR, ids.new()))


async def test_only_the_owner_repairs(books):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await books.attack("app", (REPAIR, ids.new()))


@both
@pytest.mark.parametrize(
    "verb", ["UPDATE ledger_repair SET at = now()", "DELETE FROM ledger_repair", "TRUNCATE ledger_repair"]
)
async def test_repairs_stay_on_record(books, role, verb):
    await books.attack("owner", (REPAIR, ids.new()))
    with pytest.raises(REFUSED):
        await books.attack(role, (verb,))


async def test_a_repair_needs_to_see_what_is_committed(books):
    isolation = ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="what is committed"):
        await books.attack("owner", isolation, (REPAIR, ids.new()))
