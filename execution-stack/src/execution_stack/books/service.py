"""Hold float, book allocations, deposits and settlement receipts. All on the caller's transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from execution_stack.books import domain, store
from execution_stack.books.chart import Account, BookKind
from execution_stack.books.domain import (
    BookedAllocation,
    ContractAssets,
    Direction,
    Gross,
    HeldPosition,
    MarketTotals,
    OpenItems,
    Places,
    ReferenceTotals,
)
from execution_stack.books.errors import FloatTooLow
from execution_stack.books.late_fills import (
    LateFill,
    book_kept,
    book_late_fill,
    left_in_suspense,
    suspense_ids,
)
from execution_stack.books.reversing import mirror
from execution_stack.exchange.domain import ONE_DOLLAR, Side
from shared.audit import AuditRecord, append
from shared.database import Transaction
from shared.errors import invariant
from shared.ids import HOUSE_TENANT
from shared.ledger.domain import PLACE, USD, Movement, OpenHold, Transfer, join
from shared.ledger.store import (
    get_contract_assets,
    load_balances,
    load_open_holds,
    lock_books,
    open_books,
    post,
    sum_unchecked,
)


async def open_tenants(tx: Transaction, tenants: Collection[UUID]) -> None:
    """Open the books of tenants."""
    await open_books(tx, [(tenant, tenant, BookKind.TENANT) for tenant in sorted(tenants)])


async def open_references(tx: Transaction, tenant_by_account: Mapping[UUID, UUID]) -> bool:
    """Open the books of references; return False if one has the id of a book of another kind."""
    books = [(account, tenant, BookKind.REFERENCE) for account, tenant in sorted(tenant_by_account.items())]
    await open_books(tx, books)
    return await store.count_references(tx, list(tenant_by_account)) == len(books)


async def get_assets(tx: Transaction, market_id: UUID) -> ContractAssets:
    """Return the ledger's assets of both contracts of a market, making those that are new."""
    found = await get_contract_assets(tx, [(market_id, Side.YES), (market_id, Side.NO)])
    return ContractAssets(found[market_id, Side.YES], found[market_id, Side.NO])


async def load_free_float(tx: Transaction, tenants: Collection[UUID]) -> dict[UUID, int]:
    """Return what of each tenant's float nothing holds. To decide by it, lock the tenants' books before."""
    balances = await load_balances(tx, [(tenant, USD, Account.FLOAT) for tenant in tenants])
    return {key[0]: balance.available(PLACE) for key, balance in balances.items()}


async def load_assets(tx: Transaction, market_ids: Collection[UUID]) -> dict[UUID, ContractAssets]:
    """Return the ledger's assets of markets in which something was filled."""
    found = await get_contract_assets(tx, [(each, side) for each in market_ids for side in Side])
    return {each: ContractAssets(found[each, Side.YES], found[each, Side.NO]) for each in market_ids}


async def load_posted(
    tx: Transaction, keys: Collection[domain.PostedKey]
) -> dict[domain.PostedKey, list[domain.PostedLine]]:
    """Return what the ledger has of transfers; one that was never posted is left out."""
    return await store.load_posted(tx, keys)


async def hold_float(tx: Transaction, orders: Sequence[tuple[UUID, Mapping[UUID, int]]]) -> None:
    """Reserve what each order may cost each tenant; the floats are locked, and carry it."""
    holds = tuple(
        domain.float_hold(order_id, tenant, amount)
        for order_id, amounts in orders
        for tenant, amount in amounts.items()
        if amount
    )
    if holds:
        await post(tx, Movement(holds=holds))


async def load_net_positions(tx: Transaction, market_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return the signed net position of each market: plus YES, minus NO."""
    return await store.load_net_positions(tx, list(market_ids))


async def _load_float_holds(
    tx: Transaction, allocations: Sequence[BookedAllocation]
) -> list[dict[UUID, OpenHold]]:
    """Return the open holds of each order on floats, by tenant."""
    named = [
        {tenant: domain.float_hold_id(each.order_id, tenant) for tenant in each.tenants}
        for each in allocations
    ]
    wanted = [(tenant, hold) for holds in named for tenant, hold in holds.items()]
    found = await load_open_holds(tx, wanted)
    return [{tenant: found[hold] for tenant, hold in holds.items() if hold in found} for holds in named]


async def book_allocations(tx: Transaction, allocations: Sequence[BookedAllocation]) -> None:
    """Post orders' fills and fees, end their holds on float, and pair what now can be paired.

    One order of a market at most. Every intent of an order has a share, also an empty one, so that every
    tenant's hold ends. A sale's hold on the position ends when its intent becomes final, in this
    transaction: so every seller's book is locked here already, in the one order in which books are locked.
    """
    market_ids = [each.market_id for each in allocations]
    invariant(len(set(market_ids)) == len(market_ids), "a market has one order in flight")
    await open_books(tx, [(market_id, HOUSE_TENANT, BookKind.MARKET) for market_id in sorted(market_ids)])
    await lock_books(tx, {book for each in allocations for book in each.books})
    assets = await load_assets(tx, market_ids)
    gross = await store.load_gross(tx, market_ids)
    holds = await _load_float_holds(tx, allocations)
    booked = [
        domain.book_allocation(each, assets[each.market_id], gross[each.market_id], float_holds)
        for each, float_holds in zip(allocations, holds, strict=True)
    ]
    await post(tx, join([movement for movement, _ in booked]))
    after = {market_id: each for market_id, (_, each) in zip(market_ids, booked, strict=True)}
    moved = {market_id: each for market_id, each in after.items() if each != gross[market_id]}
    if moved:
        await store.save_gross(tx, moved)
    await append(tx, [_excess_record(each) for each in allocations if each.excess])


def _excess_record(allocation: BookedAllocation) -> AuditRecord:
    return AuditRecord(
        tenant_id=HOUSE_TENANT,
        kind="books.fee_excess",
        body={"order": allocation.order_id, "amount": allocation.excess},
        at=allocation.at,
        actor="system",
    )


async def book_late_fills(tx: Transaction, late: Sequence[LateFill]) -> None:
    """Post late fills of one market: the house's contracts, paid from its own cash."""
    if not late:
        return
    market_id = late[0].market_id
    invariant(all(fill.market_id == market_id for fill in late), "late fills are booked market by market")
    await open_books(tx, [(market_id, HOUSE_TENANT, BookKind.MARKET)])
    await lock_books(tx, {market_id, HOUSE_TENANT})
    assets = await get_assets(tx, market_id)
    gross, is_cleared = await store.load_gross_and_end(tx, market_id)
    movements = []
    for fill in late:
        movement, gross = book_late_fill(fill, assets, gross, is_cleared=is_cleared)
        movements.append(movement)
    await post(tx, join(movements))
    if not is_cleared:
        await store.save_gross(tx, {market_id: gross})
    await append(tx, [_late_record(fill) for fill in late])


async def load_suspense(tx: Transaction, fill_id: UUID) -> int:
    """Return what a late fill still has in suspense: nothing once it was kept, or taken back with its market.

    Locks the house's book.
    """
    await lock_books(tx, [HOUSE_TENANT])
    return left_in_suspense(await store.load_transfers(tx, sorted(suspense_ids(fill_id))))


async def keep_late_fill(tx: Transaction, fill_id: UUID, total: int, at: datetime) -> None:
    """Move what a late fill cost from suspense to the house's own money. A second time is a violation."""
    await lock_books(tx, [HOUSE_TENANT])
    await post(tx, book_kept(fill_id, total, at))


def _late_record(late: LateFill) -> AuditRecord:
    return AuditRecord(
        tenant_id=HOUSE_TENANT,
        kind="books.late_fill",
        body={
            "fill": late.fill_id,
            "market": late.market_id,
            "side": late.side,
            "quantity": late.quantity,
            "cost": late.cost,
            "fee": str(late.fee),
        },
        at=late.at,
        actor="system",
    )


async def deposit_float(
    tx: Transaction, deposit_id: UUID, tenant_id: UUID, amount: int, at: datetime
) -> bool:
    """Record that a tenant's prefund arrived at the exchange account; return False when it is recorded."""
    await lock_books(tx, [tenant_id])
    movement = domain.book_float_deposit(deposit_id, tenant_id, amount, at)
    if await store.is_posted(tx, tenant_id, movement.transfers[0].id):
        return False
    await post(tx, movement)
    body = {"deposit": deposit_id, "amount": amount}
    await append(tx, [AuditRecord(tenant_id, "books.float_deposited", body, at, "system")])
    return True


async def receive_settlement(
    tx: Transaction, receipt_id: UUID, tenant_id: UUID, direction: Direction, amount: int, at: datetime
) -> None:
    """Record that a settlement's money arrived at, or left, the exchange account. Raises FloatTooLow."""
    await lock_books(tx, [tenant_id])
    if direction is Direction.RECEIVE:
        key = (tenant_id, USD, str(Account.FLOAT))
        free = (await load_balances(tx, [key]))[key].available(PLACE)
        if free < amount:
            raise FloatTooLow("The tenant's free float is below the amount. Wait for its orders to end.")
    await post(tx, domain.book_settlement_receipt(receipt_id, tenant_id, direction, amount, at))


async def return_settlement(
    tx: Transaction, receipt_id: UUID, tenant_id: UUID, direction: Direction, amount: int, at: datetime
) -> None:
    """Take back what a settlement's receipt posted: its money came back. Raises FloatTooLow."""
    await lock_books(tx, [tenant_id])
    if direction is Direction.PAY:
        key = (tenant_id, USD, str(Account.FLOAT))
        free = (await load_balances(tx, [key]))[key].available(PLACE)
        if free < amount:
            raise FloatTooLow("The tenant's free float is below the amount. Wait for its orders to end.")
    received = domain.book_settlement_receipt(receipt_id, tenant_id, direction, amount, at)
    await post(tx, Movement(mirror(received.transfers, receipt_id, at)))


async def load_holdings(tx: Transaction, market_id: UUID) -> tuple[Gross, list[HeldPosition]]:
    """Lock a market's book and those of all its holders and their tenants; return what they hold.

    The house's book is locked in any case: a late fill may give it contracts until then.
    """
    await open_books(tx, [(market_id, HOUSE_TENANT, BookKind.MARKET)])
    assets = await get_assets(tx, market_id)
    sides = {assets.of(side): side for side in Side}
    before = await store.load_positions(tx, sides)
    await lock_books(
        tx,
        {market_id, HOUSE_TENANT, *(each.account for each in before), *(each.tenant_id for each in before)},
    )
    held = await store.load_positions(tx, sides)
    invariant(
        {each.account for each in held} <= {HOUSE_TENANT, *(each.account for each in before)},
        "nobody buys in a market whose intents have all ended",
    )
    return await get_gross(tx, market_id), held


async def get_gross(tx: Transaction, market_id: UUID) -> Gross:
    """Return what references hold of a market. The market's book is locked."""
    return (await store.load_gross(tx, [market_id]))[market_id]


async def clear_market(tx: Transaction, market_id: UUID, movement: Movement) -> None:
    """Post an outcome: nobody holds anything of the market afterwards. Every book is locked."""
    await post(tx, movement)
    await store.clear_gross(tx, market_id)


async def is_posted(tx: Transaction, book_id: UUID, transfer_id: UUID) -> bool:
    """Tell whether a book has a transfer."""
    return await store.is_posted(tx, book_id, transfer_id)


async def load_nets(tx: Transaction) -> dict[UUID, int]:
    """Return the net position of each market that has one: plus YES, minus NO."""
    return await store.load_nets(tx)


async def list_held(tx: Transaction) -> list[UUID]:
    """Return the markets of which anybody holds anything."""
    return await store.list_held(tx)


async def load_places(tx: Transaction, tenants: Collection[UUID]) -> Places:
    """Return what lies at the exchange: a row per tenant, the pairs of open markets, the house's cash."""
    floats = await load_balances(tx, [(tenant, USD, Account.FLOAT) for tenant in tenants])
    own = await sum_unchecked(tx, [HOUSE_TENANT], [Account.OWN_CASH])
    return Places(
        float_cash=-sum(balance.posted for balance in floats.values()),
        pair_cash=await store.sum_pairs(tx) * ONE_DOLLAR,
        own_cash=-sum(own.values()),
    )


async def read_transfers(tx: Transaction, ids: Collection[UUID]) -> list[Transfer]:
    """Return the transfers with one of the ids, in the order they were posted in."""
    return await store.load_transfers(tx, sorted(ids))


async def lock_transfers(tx: Transaction, market_id: UUID, ids: Collection[UUID]) -> bool:
    """Lock the books of the transfers with one of the ids, the market's and the house's; False if none is.

    What a late fill posted, or will have posted until then, lies in these two.
    """
    found = await store.load_transfers(tx, sorted(ids)) if ids else []
    if found:
        await open_books(tx, [(market_id, HOUSE_TENANT, BookKind.MARKET)])
        await lock_books(tx, {market_id, HOUSE_TENANT, *(transfer.book_id for transfer in found)})
    return bool(found)


async def find_low_floats(tx: Transaction, wanted: Mapping[UUID, int]) -> dict[UUID, int]:
    """Return the free float of tenants that have less than is wanted of it. Their books are locked."""
    balances = await load_balances(tx, [(tenant, USD, str(Account.FLOAT)) for tenant in wanted])
    free = {key[0]: balance.available(PLACE) for key, balance in balances.items()}
    return {tenant: free[tenant] for tenant, amount in sorted(wanted.items()) if free[tenant] < amount}


async def load_market_totals(tx: Transaction) -> list[MarketTotals]:
    """Return what the books hold of every market that ever had a posting."""
    return await store.load_market_totals(tx)


async def load_suspended(tx: Transaction) -> OpenItems | None:
    """Return what the house has in suspense, and since when, or None when there is nothing."""
    return await store.load_open(tx, HOUSE_TENANT, Account.SUSPENSE)


async def sum_money(tx: Transaction) -> dict[str, int]:
    """Return the USD balance of every account over all books of the visible tenants."""
    found = await store.sum_money(tx)
    return {account.value: found.get(account.value, 0) for account in Account}


async def load_reference_totals(tx: Transaction, accounts: Collection[UUID]) -> dict[UUID, ReferenceTotals]:
    """Return cash, fees and holdings of references."""
    return await store.load_reference_totals(tx, list(accounts))
