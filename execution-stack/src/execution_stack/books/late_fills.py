"""What a late fill posts: a trade that showed after its order was shared out. Pure.

Nothing given is taken back, and customers may have withdrawn what such a fill costs. So it is the house's:
a bid gave the house YES, an ask gave it NO at the rest of the dollar, which is what selling YES is. Cost
and fee leave the house's own cash and wait in `suspense` until a person takes the fill over
(docs/money-flows.md, section 4).

Guaranteed: gross holdings, pairs and places count the house's contracts, so that the exchange's position
and balance stay what our books say; `suspense` is the cost of the late fills that nobody has closed yet.

Units: contracts 0.01, price 0.0001 USD per contract, money 0.000001 USD.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from execution_stack.books.chart import Account, TransferKind
from execution_stack.books.chart import Action as Entry
from execution_stack.books.domain import Booking, ContractAssets, Gross, flow, pair
from execution_stack.exchange.domain import BookSide, Fill, Side, price_on
from shared.errors import invariant
from shared.ids import HOUSE_TENANT, uuid_from_name
from shared.ledger.domain import USD, Movement, Posting, Transfer


@dataclass(frozen=True, slots=True)
class LateFill:
    """One late fill as the house holds it."""

    fill_id: UUID
    market_id: UUID
    side: Side
    quantity: int
    cost: int
    fee: int
    at: datetime

    @property
    def total(self) -> int:
        """Return cost and fee, which the house has paid."""
        return self.cost + self.fee


def late_fill_of(fill: Fill, market_id: UUID, at: datetime) -> LateFill:
    """Return what the house holds by a fill: YES by a bid, NO by an ask."""
    side = Side.YES if fill.book_side is BookSide.BID else Side.NO
    cost = fill.quantity * price_on(side, fill.yes_price)
    return LateFill(fill.fill_id, market_id, side, fill.quantity, cost, fill.fee, at)


def book_late_fill(
    late: LateFill, assets: ContractAssets, gross: Gross, *, is_cleared: bool
) -> tuple[Movement, Gross]:
    """Return what a late fill posts, and the gross after it.

    In a market that was paid there are no positions any more: only the money is posted, and the break
    that goes with every late fill says the rest.
    """
    booking = Booking(late.fill_id, late.at)
    asset = assets.of(late.side)
    bought: list[Posting] = []
    transfers: list[Transfer] = []
    after = gross
    if not is_cleared:
        bought.append(flow(asset, Account.BETWEEN, Account.POSITION, late.quantity, Entry.BUY))
        held = flow(asset, Account.OMNIBUS, Account.BETWEEN, late.quantity, Entry.BUY)
        transfers.append(
            booking.transfer(late.fill_id, TransferKind.LATE_FILL, HOUSE_TENANT, late.market_id, held)
        )
        after = gross.moved(late.side, late.quantity)
        transfers.extend(pair(booking, late.market_id, assets, after.paired - gross.paired))
    if late.cost:
        bought.append(flow(USD, Account.SUSPENSE, Account.OWN_CASH, late.cost, Entry.BUY))
    if bought:
        transfers.append(_house(booking, late.fill_id, TransferKind.LATE_FILL, *bought))
    if late.fee:
        fee = flow(USD, Account.SUSPENSE, Account.OWN_CASH, late.fee, Entry.FEE)
        transfers.append(_house(booking, late.fill_id, TransferKind.FILL_FEE, fee))
    return Movement(tuple(transfers)), after


def suspense_ids(fill_id: UUID) -> set[UUID]:
    """Return every id of a transfer that moves what a late fill has in suspense, or takes that back."""
    kinds = (TransferKind.LATE_FILL, TransferKind.FILL_FEE, TransferKind.LATE_FILL_KEPT)
    ids = {uuid_from_name(fill_id, kind) for kind in kinds}
    return ids | {uuid_from_name(each, TransferKind.REVERSAL) for each in ids}


def left_in_suspense(transfers: Iterable[Transfer]) -> int:
    """Return what transfers together leave in suspense of what the house has paid, in micro-dollars."""
    postings = [posting for transfer in transfers for posting in transfer.postings]
    paid = sum(posting.amount for posting in postings if posting.source == Account.SUSPENSE)
    return paid - sum(posting.amount for posting in postings if posting.target == Account.SUSPENSE)


def kept_transfer_id(fill_id: UUID) -> UUID:
    """Return the id of the transfer by which the house keeps a late fill; there is never a second one."""
    return uuid_from_name(fill_id, TransferKind.LATE_FILL_KEPT)


def book_kept(fill_id: UUID, total: int, at: datetime) -> Movement:
    """Return what it posts that the house keeps a late fill at its own cost: out of suspense, into `own`."""
    invariant(total != 0, "a fill that cost nothing leaves nothing in suspense")
    booking = Booking(kept_transfer_id(fill_id), at)
    posting = flow(USD, Account.OWN, Account.SUSPENSE, total, Entry.CLEARING)
    return Movement((_house(booking, fill_id, TransferKind.LATE_FILL_KEPT, posting),))


def _house(booking: Booking, named: UUID, kind: TransferKind, *postings: Posting) -> Transfer:
    return booking.transfer(named, kind, HOUSE_TENANT, HOUSE_TENANT, *postings)
