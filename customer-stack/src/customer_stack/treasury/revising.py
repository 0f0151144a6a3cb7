"""What a corrected deal of the house posts, and what a correction or reversal must leave standing. Pure.

Guaranteed:
- a deal in both currencies has a rate that explains its amounts;
- what was wrong about the price of stock that was sold meanwhile stays in the cost of the stock that is
  left; where nothing is left, or less than nothing would be, the revision is refused;
- no place ends with less than nothing, no supplier was paid more than was owed, income covers bills.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from customer_stack.fx.domain.stock import Stock
from customer_stack.ledger.domain import Account, Amount, Item, TransferKind
from customer_stack.ledger.errors import CorrectionEmpty, CorrectionNotPossible
from customer_stack.ledger.revising import Correction
from customer_stack.treasury.domain import BANK_REFERENCE, INCOME, KIND_OF, PLACES, rate_of
from customer_stack.treasury.errors import BillTooLarge, IncomeTooLow, PlaceTooLow, StockTooLow
from shared.ids import Ids
from shared.ledger.domain import LKR, USD, AccountKey, Movement, Posting, Transfer
from shared.money import divide_half_even

REVISABLE: Final = frozenset({*KIND_OF.values(), TransferKind.PREFUND_PAYMENT})
"""All kinds of transfers that the treasury posts."""

WATCHED: Final = frozenset({*frozenset().union(*PLACES.values()), Account.PAYABLE, *INCOME}) - {
    Account.COLLECTION
}
"""Accounts without a floor of the ledger's that have one here. The bank refuses what it has not, not we."""

_LIMIT: Final = 2**62


def complete_item(old: Item, draft: Item) -> Item:
    """Return a proposed version whose amounts and rate belong together.

    Raises CorrectionNotPossible, CorrectionEmpty.
    """
    if draft.reference is not None and not BANK_REFERENCE.fullmatch(draft.reference):
        raise CorrectionNotPossible("This is no bank reference. Write it as the bank's statement has it.")
    if draft.kind == TransferKind.RELOCATION:
        return _complete_relocation(old, draft)
    if draft.give is not None and draft.get is not None:
        return _complete_deal(old, draft)
    if draft.rate_e8 is not None:
        raise CorrectionEmpty("This deal has no rate. Leave it out.")
    return _in_range(draft)


def _in_range(draft: Item) -> Item:
    sides = [side.minor for side in (draft.give, draft.get) if side is not None]
    if not all(0 < minor < _LIMIT for minor in sides):
        raise CorrectionNotPossible("Every amount is above zero. To undo the whole, propose a reversal.")
    return draft


def _complete_relocation(old: Item, draft: Item) -> Item:
    moved = draft.give if draft.give != old.give else draft.get
    if draft.rate_e8 is not None:
        raise CorrectionEmpty("This deal has no rate. Leave it out.")
    if draft.get not in (moved, old.get):
        raise CorrectionNotPossible("What leaves a place arrives at the other. Send one amount.")
    return _in_range(replace(draft, give=moved, get=moved))


def _complete_deal(old: Item, draft: Item) -> Item:
    """A rate without an amount in LKR says what that amount is; with one, it has to explain it."""
    assets = _amounts_of(_in_range(draft))
    if draft.rate_e8 is None or draft.rate_e8 == old.rate_e8:
        return replace(draft, rate_e8=rate_of(draft.give, draft.get))
    lkr = divide_half_even(assets[USD] * draft.rate_e8, 10**12)
    if assets[LKR] not in (lkr, _amounts_of(old)[LKR]):
        raise CorrectionNotPossible("This rate does not explain the amounts. Send the rate, or the amounts.")
    give, get = (
        Amount(side.asset, lkr) if side is not None and side.asset == LKR else side
        for side in (draft.give, draft.get)
    )
    return _in_range(replace(draft, give=give, get=get))


def _amounts_of(item: Item) -> dict[int, int]:
    return {side.asset: side.minor for side in (item.give, item.get) if side is not None}


def rebuild(correction: Correction, stock: Stock, ids: Ids) -> tuple[Transfer, ...]:
    """Return the transfers again with the new amounts. `stock` is as it stands before the revision.

    Raises StockTooLow.
    """
    amounts = _amounts_of(correction.new)

    def again(posting: Posting) -> Posting:
        made = replace(posting, amount=amounts[posting.asset])
        if posting.target == Account.STOCK:
            return replace(made, cost=amounts[LKR])
        if posting.source != Account.STOCK:
            return made
        cost = _cost_again(posting, made.amount, stock)
        return replace(made, cost=-cost, profit=amounts[LKR] - cost if LKR in amounts else 0)

    return tuple(
        replace(
            transfer,
            id=ids.new(),
            movement_id=correction.movement_id,
            effective_at=correction.now,
            corrects=transfer.id,
            postings=tuple(again(posting) for posting in transfer.postings),
        )
        for transfer in correction.posted
    )


def _cost_again(old: Posting, quantity: int, stock: Stock) -> int:
    """Return the cost of what leaves the stock instead of `old`: the same for the same quantity."""
    cost = -(old.cost or 0)
    if quantity == old.amount:
        return cost
    returned = stock.moved(old.amount, cost)
    if quantity > returned.quantity:
        raise StockTooLow("The stock has not enough USD for this correction. Buy USD first.")
    return returned.cost_of(quantity)


def changes_of(movement: Movement) -> dict[AccountKey, int]:
    """Return by how much a movement changes each watched account, added up."""
    net: defaultdict[AccountKey, int] = defaultdict(int)
    for transfer in movement.transfers:
        for posting in transfer.postings:
            for account, amount in ((posting.source, -posting.amount), (posting.target, posting.amount)):
                if account in WATCHED:
                    net[(transfer.book_id, posting.asset, account)] += amount
    return {key: change for key, change in net.items() if change}


def require_standing(changes: Mapping[AccountKey, int], before: Mapping[AccountKey, int]) -> None:
    """Refuse what a place, a supplier or income cannot carry; what was amiss before may get better.

    Raises PlaceTooLow, BillTooLarge, IncomeTooLow.
    """
    for key, change in changes.items():
        after = before.get(key, 0) + change
        if key[2] == Account.PAYABLE:
            if change < 0 and after < 0:
                raise BillTooLarge("Suppliers were paid meanwhile. Correct or reverse the payment first.")
        elif key[2] not in INCOME and change > 0 and after > 0:
            raise PlaceTooLow("Less lies at a place by our books than this would take from it.")
    for book_id in {key[0] for key in changes}:
        income = [(book_id, int(LKR), account) for account in INCOME]
        change = sum(changes.get(key, 0) for key in income)
        if change < 0 and sum(before.get(key, 0) for key in income) + change < 0:
            raise IncomeTooLow("Recognised income does not cover this. Close a period, or bring in LKR.")


def flows_of(movement: Movement, book_id: UUID) -> Iterator[tuple[int, int]]:
    """Yield what a movement does to the stock of a department: signed quantity and cost, in its order."""
    for transfer in movement.transfers:
        for posting in transfer.postings:
            if transfer.book_id == book_id and Account.STOCK in (posting.source, posting.target):
                sign = 1 if posting.target == Account.STOCK else -1
                yield sign * posting.amount, posting.cost or 0


def require_stock(stock: Stock, movement: Movement, book_id: UUID) -> None:
    """Refuse a revision after which the stock's quantity or cost would be impossible. Raises StockTooLow."""
    quantity, cost = stock.quantity, stock.cost
    for moved, paid in flows_of(movement, book_id):
        quantity, cost = quantity + moved, cost + paid
        if quantity < 0 or cost < 0 or (quantity == 0 and cost != 0):
            raise StockTooLow(
                "Too much of this stock was sold meanwhile: what is left cannot carry the difference. "
                "Buy USD first, then approve."
            )
