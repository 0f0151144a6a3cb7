"""What an allocation, a float deposit and a settlement receipt post. Pure.

A movement that touches several books is one transfer per book; the halves share their movement and meet
in `between`. Halves in tenants' and markets' books carry the sum of an order, so that those few hot
books get a handful of rows however many intents an order pools. Transfer ids follow from what is booked,
so that nothing can be booked twice.

Guaranteed: per transfer, book and asset the sum is zero; `between` over all books of a movement is zero;
after pairing, min(YES gross, NO gross) contracts of each side lie in `pairs`, one dollar each in `pair_cash`.

Units: contracts 0.01, price 0.0001 USD per contract, money 0.000001 USD.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from execution_stack.books.chart import Account, TransferKind
from execution_stack.books.chart import Action as Entry
from execution_stack.exchange.domain import ONE_DOLLAR, Action, Side
from shared.errors import invariant
from shared.ids import HOUSE_TENANT, uuid_from_name
from shared.ledger.domain import USD, Capture, Close, Hold, Movement, OpenHold, Posting, Transfer


@dataclass(frozen=True, slots=True)
class ContractAssets:
    """The ledger's assets of both contracts of a market."""

    yes: int
    no: int

    def of(self, side: Side) -> int:
        """Return the asset of the contract of `side`."""
        return self.yes if side is Side.YES else self.no


@dataclass(frozen=True, slots=True)
class Gross:
    """All that the references, and the house, hold of both contracts of a market."""

    yes: int = 0
    no: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        invariant(self.yes >= 0 and self.no >= 0, "nobody holds less than nothing")

    @property
    def paired(self) -> int:
        """Return how many YES+NO pairs the exchange has redeemed."""
        return min(self.yes, self.no)

    @property
    def net(self) -> int:
        """Return the exchange's signed net position: plus YES, minus NO."""
        return self.yes - self.no

    def of(self, side: Side) -> int:
        """Return the gross of one side."""
        return self.yes if side is Side.YES else self.no

    def moved(self, side: Side, change: int) -> "Gross":
        """Return the gross after `change` contracts of `side`."""
        return Gross(self.yes + change, self.no) if side is Side.YES else Gross(self.yes, self.no + change)


@dataclass(frozen=True, slots=True)
class HeldPosition:
    """What one reference, or the house, holds of one side of a market."""

    account: UUID
    tenant_id: UUID
    side: Side
    quantity: int


@dataclass(frozen=True, slots=True)
class MarketTotals:
    """What the books hold of one market: balances of its accounts, and the gross that pairing keeps."""

    market_id: UUID
    yes: int
    no: int
    omnibus_yes: int
    omnibus_no: int
    pairs_yes: int
    pairs_no: int
    pair_payable: int
    pair_cash: int
    resolution: int
    recorded_yes: int
    recorded_no: int


@dataclass(frozen=True, slots=True)
class Places:
    """What of our books lies as cash at the exchange, in micro-dollars."""

    float_cash: int
    pair_cash: int
    own_cash: int

    @property
    def total(self) -> int:
        """Return what the exchange's balance has to be (X3)."""
        return self.float_cash + self.pair_cash + self.own_cash


@dataclass(frozen=True, slots=True)
class OpenItems:
    """What is open on an account that people clear: micro-dollars, of how many items, since when."""

    account: Account
    amount: int
    items: int
    oldest_at: datetime

    def age(self, now: datetime) -> timedelta:
        """Return how long the oldest item has been open."""
        return max(now - self.oldest_at, timedelta(0))


@dataclass(frozen=True, slots=True)
class ReferenceTotals:
    """One reference: its balances of `cash` and `fees`, and what it holds by market and side."""

    cash: int = 0
    fees: int = 0
    holdings: Mapping[tuple[UUID, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Share:
    """One intent's part of an order's fills. A sale's `cost` is what it brought in."""

    intent_id: UUID
    account: UUID
    tenant_id: UUID
    quantity: int
    cost: int
    fee: int

    def __post_init__(self) -> None:
        """Refuse a share that no fills can have."""
        invariant(self.quantity >= 0 and self.cost >= 0 and self.fee >= 0, "shares are not negative")
        invariant(self.quantity > 0 or (self.cost == 0 and self.fee == 0), "no contracts, no money")


@dataclass(frozen=True, slots=True)
class BookedAllocation:
    """An order's fills, shared among its intents. `excess` is fee above the intents' caps: the house's."""

    order_id: UUID
    market_id: UUID
    side: Side
    action: Action
    at: datetime
    shares: tuple[Share, ...]
    excess: int = 0

    @property
    def quantity(self) -> int:
        """Return the contracts of all shares."""
        return sum(share.quantity for share in self.shares)

    @property
    def tenants(self) -> set[UUID]:
        """Return whose intents have a share."""
        return {share.tenant_id for share in self.shares}

    @property
    def books(self) -> set[UUID]:
        """Return every book in which something is posted, or a hold ends."""
        sells = self.action is Action.SELL
        accounts = {share.account for share in self.shares if share.quantity or sells}
        return {self.market_id, *self.tenants, *accounts}


class Direction(StrEnum):
    """Which way a settlement pays."""

    PAY = "pay"
    RECEIVE = "receive"


def float_hold_id(order_id: UUID, tenant_id: UUID) -> UUID:
    """Return the id of an order's hold on a tenant's float."""
    return uuid_from_name(order_id, f"float:{tenant_id}")


def float_hold(order_id: UUID, tenant_id: UUID, amount: int) -> Hold:
    """Reserve what an order may cost a tenant, fees included, before the order leaves."""
    return Hold(
        id=float_hold_id(order_id, tenant_id),
        tenant_id=tenant_id,
        book_id=tenant_id,
        asset=USD,
        account=Account.FLOAT,
        amount=amount,
        purpose=TransferKind.ORDER_FLOAT,
    )


def position_hold(intent_id: UUID, account: UUID, tenant_id: UUID, asset: int, quantity: int) -> Hold:
    """Reserve the contracts that an intent wants to sell. The intent's id is the hold's."""
    return Hold(
        id=intent_id,
        tenant_id=tenant_id,
        book_id=account,
        asset=asset,
        account=Account.POSITION,
        amount=quantity,
        purpose=TransferKind.SALE_POSITION,
    )


def close(open_hold: OpenHold) -> Close:
    """End a hold: exhausted when nothing is left of it, released otherwise."""
    reason = "released" if open_hold.remaining else "exhausted"
    return Close(open_hold.hold.id, open_hold.hold.tenant_id, open_hold.hold.book_id, reason)


@dataclass(frozen=True, slots=True)
class Booking:
    """Builds the transfers of one movement."""

    movement_id: UUID
    at: datetime

    def transfer(
        self,
        named: UUID,
        kind: TransferKind,
        tenant_id: UUID,
        book_id: UUID,
        *postings: Posting,
    ) -> Transfer:
        """Return a transfer whose id follows from `named` and `kind`."""
        return Transfer(
            id=uuid_from_name(named, kind),
            movement_id=self.movement_id,
            tenant_id=tenant_id,
            book_id=book_id,
            kind=kind,
            effective_at=self.at,
            postings=postings,
        )


def flow(asset: int, source: Account, target: Account, amount: int, action: Entry) -> Posting:
    """Return a posting of `amount` from `source` to `target`; a negative amount flows back."""
    if amount < 0:
        return Posting(asset, target, source, -amount, action)
    return Posting(asset, source, target, amount, action)


def book_allocation(
    allocation: BookedAllocation,
    assets: ContractAssets,
    gross: Gross,
    float_holds: Mapping[UUID, OpenHold],
) -> tuple[Movement, Gross]:
    """Return all that an order's allocation posts (F1, F2, F3, S1, S2, pairing) and the gross after it.

    `float_holds` are the order's open holds by tenant; they end here, used or not.
    """
    booking = Booking(allocation.order_id, allocation.at)
    filled = [share for share in allocation.shares if share.quantity]
    transfers = _fills(booking, allocation, assets, filled)
    after = gross
    if filled:
        bought = allocation.action is Action.BUY
        after = gross.moved(allocation.side, allocation.quantity if bought else -allocation.quantity)
        transfers.extend(pair(booking, allocation.market_id, assets, after.paired - gross.paired))
    captures, closes = _end_float_holds(transfers, float_holds)
    if allocation.action is Action.SELL:
        captures += _capture_positions(filled)
    return Movement(tuple(transfers), tuple(captures), tuple(closes)), after


PostedKey = tuple[UUID, UUID]
"""A book and a transfer in it."""
PostedLine = tuple[int, str, str, int]
"""One posting: asset, source, target, amount."""


def book_fills(allocation: BookedAllocation, assets: ContractAssets) -> dict[PostedKey, list[PostedLine]]:
    """Return what an allocation posts in each book; pairing apart, which depends on what was held before."""
    filled = [share for share in allocation.shares if share.quantity]
    transfers = _fills(Booking(allocation.order_id, allocation.at), allocation, assets, filled)
    return {
        (each.book_id, each.id): [
            (line.asset, line.source, line.target, line.amount) for line in each.postings
        ]
        for each in transfers
    }


def keys_of_fills(allocation: BookedAllocation) -> list[PostedKey]:
    """Return every transfer that an order of these intents could post for fills, whatever was filled."""
    order_id = allocation.order_id
    kinds = (TransferKind.BUY_FILL, TransferKind.SALE_FILL, TransferKind.FILL_FEE)
    named = [(share.account, share.intent_id) for share in allocation.shares]
    named += [(tenant, order_id) for tenant in sorted({share.tenant_id for share in allocation.shares})]
    named.append((allocation.market_id, order_id))
    keys = [(book_id, uuid_from_name(name, kind)) for book_id, name in named for kind in kinds]
    return [*keys, (HOUSE_TENANT, uuid_from_name(order_id, TransferKind.FEE_EXCESS))]


def _fills(
    booking: Booking, allocation: BookedAllocation, assets: ContractAssets, filled: Sequence[Share]
) -> list[Transfer]:
    """Return the transfers of an order's fills in all books."""
    transfers = [*_references(booking, allocation, assets, filled), *_tenants(booking, allocation, filled)]
    if filled:
        transfers.append(_omnibus(booking, allocation, assets))
    if allocation.excess:
        transfers.append(_excess(booking, allocation.excess))
    return transfers


def _references(
    booking: Booking, allocation: BookedAllocation, assets: ContractAssets, filled: Sequence[Share]
) -> list[Transfer]:
    """Give each reference its contracts and what it owes for them, or the other way round; then its fee."""
    asset, bought = assets.of(allocation.side), allocation.action is Action.BUY
    sign, entry = (1, Entry.BUY) if bought else (-1, Entry.SALE)
    transfers = []
    for share in filled:
        postings = [flow(asset, Account.BETWEEN, Account.POSITION, sign * share.quantity, entry)]
        if share.cost:
            postings.append(flow(USD, Account.CASH, Account.BETWEEN, sign * share.cost, entry))
        kind = TransferKind.BUY_FILL if bought else TransferKind.SALE_FILL
        transfers.append(booking.transfer(share.intent_id, kind, share.tenant_id, share.account, *postings))
        if share.fee:
            fee = flow(USD, Account.FEES, Account.BETWEEN, share.fee, Entry.FEE)
            transfers.append(
                booking.transfer(share.intent_id, TransferKind.FILL_FEE, share.tenant_id, share.account, fee)
            )
    return transfers


def _tenants(booking: Booking, allocation: BookedAllocation, filled: Sequence[Share]) -> list[Transfer]:
    """Take cost and fees out of each tenant's float, or bring proceeds into it."""
    costs: dict[UUID, int] = defaultdict(int)
    fees: dict[UUID, int] = defaultdict(int)
    for share in filled:
        costs[share.tenant_id] += share.cost
        fees[share.tenant_id] += share.fee
    bought = allocation.action is Action.BUY
    kind = TransferKind.BUY_FILL if bought else TransferKind.SALE_FILL
    sign, entry = (1, Entry.BUY) if bought else (-1, Entry.SALE)
    transfers = []
    for tenant in sorted(costs):
        if costs[tenant]:
            cost = flow(USD, Account.BETWEEN, Account.FLOAT, sign * costs[tenant], entry)
            transfers.append(booking.transfer(allocation.order_id, kind, tenant, tenant, cost))
        if fees[tenant]:
            fee = flow(USD, Account.BETWEEN, Account.FLOAT, fees[tenant], Entry.FEE)
            transfers.append(
                booking.transfer(allocation.order_id, TransferKind.FILL_FEE, tenant, tenant, fee)
            )
    return transfers


def _omnibus(booking: Booking, allocation: BookedAllocation, assets: ContractAssets) -> Transfer:
    """Put the contracts where they lie: in the omnibus account at the exchange."""
    bought = allocation.action is Action.BUY
    kind, entry = (TransferKind.BUY_FILL, Entry.BUY) if bought else (TransferKind.SALE_FILL, Entry.SALE)
    quantity = allocation.quantity if bought else -allocation.quantity
    posting = flow(assets.of(allocation.side), Account.OMNIBUS, Account.BETWEEN, quantity, entry)
    return booking.transfer(allocation.order_id, kind, HOUSE_TENANT, allocation.market_id, posting)


def pair(booking: Booking, market_id: UUID, assets: ContractAssets, change: int) -> list[Transfer]:
    """Return the change of min(YES gross, NO gross): pairs that the exchange redeemed, or un-redeemed."""
    if not change:
        return []
    return [
        booking.transfer(
            booking.movement_id,
            TransferKind.PAIRING,
            HOUSE_TENANT,
            market_id,
            flow(assets.yes, Account.PAIRS, Account.OMNIBUS, change, Entry.PAIRING),
            flow(assets.no, Account.PAIRS, Account.OMNIBUS, change, Entry.PAIRING),
            flow(USD, Account.PAIR_CASH, Account.PAIR_PAYABLE, change * ONE_DOLLAR, Entry.PAIRING),
        )
    ]


def _excess(booking: Booking, amount: int) -> Transfer:
    """Charge to the house what the exchange's fees exceed the intents' caps by."""
    posting = flow(USD, Account.EXCESS, Account.OWN_CASH, amount, Entry.FEE)
    return booking.transfer(booking.movement_id, TransferKind.FEE_EXCESS, HOUSE_TENANT, HOUSE_TENANT, posting)


def _end_float_holds(
    transfers: Sequence[Transfer], float_holds: Mapping[UUID, OpenHold]
) -> tuple[list[Capture], list[Close]]:
    """Capture what leaves each tenant's float as far as the order's hold reaches, then end the holds."""
    left = {tenant: hold.remaining for tenant, hold in float_holds.items()}
    captures = []
    for transfer in transfers:
        for posting in transfer.postings:
            if posting.target != Account.FLOAT or not left.get(transfer.tenant_id):
                continue
            amount = min(posting.amount, left[transfer.tenant_id])
            left[transfer.tenant_id] -= amount
            hold = float_holds[transfer.tenant_id].hold
            captures.append(Capture(hold.id, hold.tenant_id, hold.book_id, transfer.id, amount))
    closes = [close(OpenHold(open_hold.hold, left[tenant])) for tenant, open_hold in float_holds.items()]
    return captures, closes


def _capture_positions(filled: Iterable[Share]) -> list[Capture]:
    """Take the contracts sold out of the intents' holds on `position`."""
    return [
        Capture(
            share.intent_id,
            share.tenant_id,
            share.account,
            uuid_from_name(share.intent_id, TransferKind.SALE_FILL),
            share.quantity,
        )
        for share in filled
    ]


def release_holds(open_holds: Iterable[OpenHold]) -> Movement:
    """Return the end of holds that nothing more will be taken from."""
    return Movement(closes=tuple(close(open_hold) for open_hold in open_holds))


def book_float_deposit(deposit_id: UUID, tenant_id: UUID, amount: int, at: datetime) -> Movement:
    """Return what a tenant's prefund posts that arrived at the exchange account (O3)."""
    booking = Booking(deposit_id, at)
    posting = flow(USD, Account.FLOAT, Account.PREFUND, amount, Entry.DEPOSIT)
    return Movement(
        (booking.transfer(deposit_id, TransferKind.FLOAT_DEPOSIT, tenant_id, tenant_id, posting),)
    )


def book_settlement_receipt(
    receipt_id: UUID, tenant_id: UUID, direction: Direction, amount: int, at: datetime
) -> Movement:
    """Return what a settlement posts once its money arrived at, or left, the exchange account (section 8)."""
    booking = Booking(receipt_id, at)
    received = amount if direction is Direction.PAY else -amount
    posting = flow(USD, Account.FLOAT, Account.SETTLED, received, Entry.SETTLEMENT)
    return Movement(
        (booking.transfer(receipt_id, TransferKind.SETTLEMENT_RECEIPT, tenant_id, tenant_id, posting),)
    )
