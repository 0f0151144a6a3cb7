"""PostgreSQL agrees with the ledger in memory: the same movements give the same balances and refusals.

The numbers of the other tests come out of `flows.model.Ledger`. Here everything that the worked example
and some random histories posted is posted again, through the kernel's store, into a migrated database of
each stack: vocabularies, floors, captures, versions and costs are then those of the real thing.
"""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from bulkhead_local.lending import FreshDatabase
from customer_stack.ledger.domain import BookKind as CustomerBook
from execution_stack.books.chart import BookKind as ExecutionBook
from flows import reversing
from flows.history import History
from flows.model import Ledger, Violation
from flows.stacks import Stacks
from flows.story import funded, settled
from flows.units import price, usd
from shared.database import Transaction
from shared.ids import HOUSE_TENANT
from shared.ledger.domain import USD, AccountKey, Capture, Close, Hold, Movement, Posting, Transfer
from shared.ledger.rebuild import rebuild_differences
from shared.ledger.store import get_contract_assets, open_books, post, trial_balance

MISSING = UUID("01900000-0000-7000-8000-000000000000")


def customer_books(stacks: Stacks) -> list[tuple[UUID, UUID, str]]:
    departments = {tenant.department for tenant in stacks.tenants}
    return [
        (book, tenant, CustomerBook.DEPARTMENT if book in departments else CustomerBook.CUSTOMER)
        for book, tenant in stacks.customer.tenants.items()
    ]


def execution_books(stacks: Stacks) -> list[tuple[UUID, UUID, str]]:
    kinds: dict[UUID, ExecutionBook] = {tenant.id: ExecutionBook.TENANT for tenant in stacks.tenants}
    kinds |= dict.fromkeys(stacks.markets, ExecutionBook.MARKET)
    kinds[HOUSE_TENANT] = ExecutionBook.HOUSE
    return [
        (book, tenant, kinds.get(book, ExecutionBook.REFERENCE))
        for book, tenant in stacks.execution.tenants.items()
    ]


async def open_all(tx: Transaction, stacks: Stacks, books: list[tuple[UUID, UUID, str]]) -> None:
    """Open the books, and give the contracts the assets that they have in memory."""
    await open_books(tx, books)
    for market in stacks.markets.values():
        for side, asset in (("yes", market.assets.yes), ("no", market.assets.no)):
            found = await get_contract_assets(tx, [(market.id, side)])
            assert found[market.id, side] == asset


async def replay(
    database: FreshDatabase, stacks: Stacks, ledger: Ledger, books: list[tuple[UUID, UUID, str]]
) -> None:
    """Post everything that a ledger in memory posted, then compare."""
    tenants = {tenant for _, tenant, _ in books}
    async with database.app.transaction(*tenants) as tx:
        await open_all(tx, stacks, books)
    for movement in ledger.journal:
        async with database.app.transaction(*tenants) as tx:
            await post(tx, movement)
    async with database.app.transaction(*tenants) as tx:
        assert await trial_balance(tx) == [
            (asset, 0) for asset in sorted({key[1] for key in ledger.balances})
        ]
        assert await rebuild_differences(tx) == []
        await compare_checked(tx, ledger)
        await compare_unchecked(tx, ledger)
        await compare_costs(tx, ledger)


def is_checked(ledger: Ledger, key: AccountKey) -> bool:
    return ledger.chart.accounts[key[2]][0]


async def compare_checked(tx: Transaction, ledger: Ledger) -> None:
    rows = await tx.fetch("SELECT book_id, asset_id, account, posted, held, version FROM ledger_balance")
    assert {
        (row["book_id"], row["asset_id"], row["account"]): (row["posted"], row["held"], row["version"])
        for row in rows
    } == {
        key: (amount, ledger.held.get(key, 0), ledger.versions[key])
        for key, amount in ledger.balances.items()
        if is_checked(ledger, key)
    }


async def compare_unchecked(tx: Transaction, ledger: Ledger) -> None:
    rows = await tx.fetch(
        "SELECT l.book_id, l.asset_id, l.account, sum(l.amount)::bigint AS total FROM ledger_leg l "
        "JOIN ledger_chart c USING (account) WHERE c.class = 'unchecked' GROUP BY 1, 2, 3"
    )
    assert {(row["book_id"], row["asset_id"], row["account"]): row["total"] for row in rows} == {
        key: amount for key, amount in ledger.balances.items() if not is_checked(ledger, key)
    }


async def compare_costs(tx: Transaction, ledger: Ledger) -> None:
    rows = await tx.fetch(
        "SELECT book_id, account, coalesce(sum(cost), 0)::bigint AS cost, "
        "coalesce(sum(profit), 0)::bigint AS profit FROM ledger_entry GROUP BY 1, 2"
    )
    assert {(row["book_id"], row["account"]): (row["cost"], row["profit"]) for row in rows} == {
        key: (cost, ledger.profits[key]) for key, cost in ledger.costs.items()
    }


async def replay_both(customer: FreshDatabase, execution: FreshDatabase, stacks: Stacks) -> None:
    await replay(customer, stacks, stacks.customer, customer_books(stacks))
    await replay(execution, stacks, stacks.execution, execution_books(stacks))


async def test_the_worked_example_stands_in_both_databases(
    customer_database: FreshDatabase, execution_database: FreshDatabase
) -> None:
    told = settled()
    told.resolve(price("0.37"))
    told.settle()
    await replay_both(customer_database, execution_database, told.stacks)


@pytest.mark.parametrize("fees_returned", [False, True])
async def test_outcomes_that_are_taken_back_stand_in_both_databases(
    customer_database: FreshDatabase, execution_database: FreshDatabase, fees_returned: bool
) -> None:
    told = settled()
    told.resolve(price("0.37"))
    reversing.amend(told.stacks, told.market, price("1.00"))
    told.stacks.apply_reports()
    if fees_returned:
        reversing.cancel_trades(told.stacks, told.market, fees_returned=True)
    else:
        reversing.return_cost(told.stacks, told.market, usd("0.3344"))
    told.stacks.apply_reports()
    await replay_both(customer_database, execution_database, told.stacks)


@pytest.mark.parametrize("seed", [11, 12])
async def test_a_random_history_stands_in_both_databases(
    customer_database: FreshDatabase, execution_database: FreshDatabase, seed: int
) -> None:
    history = History(seed)
    history.run()
    await replay_both(customer_database, execution_database, history.stacks)


Bad = Callable[[Stacks], Movement]


def _hold(stacks: Stacks) -> Hold:
    """Return the first open hold of the customer stack: A's, of 5.892480."""
    return stacks.customer.open_holds()[0].hold


def _transfer(stacks: Stacks, *postings: Posting, book: UUID | None = None) -> Transfer:
    owner = _hold(stacks)
    return Transfer(
        id=stacks.ids.new(),
        movement_id=stacks.ids.new(),
        tenant_id=owner.tenant_id,
        book_id=book or owner.book_id,
        kind="wager_buy",
        effective_at=stacks.clock.now(),
        postings=postings,
    )


def _take(amount: int, account: str = "wallet") -> Posting:
    return Posting(USD, account, "execution", amount, "fill")


def _capture(stacks: Stacks, amount: int, hold_id: UUID | None = None) -> Capture:
    hold = _hold(stacks)
    return Capture(hold_id or hold.id, hold.tenant_id, hold.book_id, stacks.ids.new(), amount)


def _close(stacks: Stacks, hold_id: UUID | None = None) -> Close:
    hold = _hold(stacks)
    return Close(hold_id or hold.id, hold.tenant_id, hold.book_id, "released")


def _first(stacks: Stacks) -> Movement:
    """Return the first conversion, which captured and ended the hold of its quote."""
    return next(movement for movement in stacks.customer.journal if movement.captures)


REFUSED: dict[str, tuple[Bad, str]] = {
    "more is taken than holds leave": (
        lambda s: Movement((_transfer(s, _take(usd("93"))),)),
        "ledger_balance_floor",
    ),
    "a hold beyond what is available": (
        lambda s: Movement(holds=(replace(_hold(s), id=s.ids.new(), amount=usd("93")),)),
        "ledger_balance_floor",
    ),
    "a hold on an account without a balance": (
        lambda s: Movement(holds=(replace(_hold(s), id=s.ids.new(), account="position", amount=1),)),
        "ledger_hold_account",
    ),
    "a capture beyond its hold": (
        lambda s: Movement(captures=(_capture(s, usd("5.892481")),)),
        "ledger_hold_open_remaining_not_negative",
    ),
    "a capture of no hold": (
        lambda s: Movement(captures=(_capture(s, 1, MISSING),)),
        "ledger_hold_capture_open",
    ),
    "a capture of a hold that has ended": (
        lambda s: Movement(captures=(replace(_first(s).captures[0], capture_id=s.ids.new()),)),
        "ledger_hold_capture_open",
    ),
    "a second close": (lambda s: Movement(closes=_first(s).closes), "ledger_hold_close_pk"),
    "a close of no hold": (lambda s: Movement(closes=(_close(s, MISSING),)), "ledger_hold_close_open"),
    "a transfer that was posted before": (
        lambda s: Movement(_first(s).transfers),
        "ledger_transfer_pk",
    ),
    "a transfer in a book that nobody opened": (
        lambda s: Movement((_transfer(s, _take(1), book=MISSING),)),
        "ledger_transfer_book",
    ),
    "a reversal of nothing": (
        lambda s: Movement((replace(_transfer(s, _take(1)), reverses=MISSING),)),
        "ledger_transfer_reverses",
    ),
    "a word that is not in the chart": (
        lambda s: Movement((_transfer(s, _take(1, "own_cash")),)),
        "ledger_account",
    ),
}


@pytest.mark.parametrize("mistake", REFUSED)
async def test_the_database_refuses_what_the_model_refuses(
    customer_database: FreshDatabase, mistake: str
) -> None:
    make, rule = REFUSED[mistake]
    told = funded()
    told.place_a_and_c()
    stacks = told.stacks
    await replay(customer_database, stacks, stacks.customer, customer_books(stacks))
    movement = make(stacks)
    with pytest.raises(Violation, match=rule):
        stacks.customer.post(movement)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await post_alone(customer_database, movement, told.tenant.id)
    assert rule in (refused.value.constraint_name or str(refused.value))


async def post_alone(database: FreshDatabase, movement: Movement, tenant_id: UUID) -> None:
    async with database.app.transaction(tenant_id) as tx:
        await post(tx, movement)
