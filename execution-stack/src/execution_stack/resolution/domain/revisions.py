"""Taking back what was posted for a market, and what follows in its place (money flows, 9.1). Pure.

A revision reverses every transfer of the outcome before it, if there was one, as exact mirrors; then it
pays anew, or takes back the trades themselves. One identity judges every form: by what the movement changes
at the exchange, the exchange has paid (X6), and no contract of the market is left anywhere (L4).

Units: contracts 0.01, money 0.000001 USD.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from execution_stack.books.chart import Account, TransferKind
from execution_stack.books.domain import ContractAssets, Gross, HeldPosition
from execution_stack.books.reversing import cash_at_exchange, mirror
from execution_stack.breaks.domain import Break, Kind
from execution_stack.exchange.domain import ONE_DOLLAR, Action, Side
from execution_stack.reports.domain import Basis, FillShare, Reversal, Told
from execution_stack.resolution.domain.plans import CostKey, Outcome, Plan, Resolved, book_resolution
from shared.errors import invariant
from shared.ids import HOUSE_TENANT, uuid_from_name
from shared.ledger.domain import USD, Movement, Transfer
from shared.money import divide_half_even


@dataclass(frozen=True, slots=True)
class Revision:
    """An outcome in place of another, or of the trades. `undone` and `cancelled`: newest first.

    `plan` pays; None for cancelled trades, of which every fill is taken back instead.
    """

    outcome: Outcome
    before: Resolved | None
    undone: tuple[Told, ...]
    cancelled: tuple[Told, ...]
    plan: Plan | None
    fees_returned: bool = False

    @property
    def paid_before(self) -> int:
        """Return what the exchange had paid for the outcome that is taken back."""
        return self.before.exchange_cash if self.before else 0


@dataclass(frozen=True, slots=True)
class Identity:
    """The numbers of the cash identity: payouts - fees = exchange cash + pair cash."""

    gross: Gross
    payouts: int
    fees: int


@dataclass(frozen=True, slots=True)
class TenantReversal:
    """A reversal with the tenant whose report it becomes."""

    tenant_id: UUID
    reversal: Reversal


def holdings_of(outcome: Iterable[Transfer], assets: ContractAssets) -> list[HeldPosition]:
    """Return what was held before an outcome's transfers took it out, the house's contracts too."""
    sides = {assets.of(side): side for side in Side}
    return [
        HeldPosition(transfer.book_id, transfer.tenant_id, sides[posting.asset], posting.amount)
        for transfer in outcome
        for posting in transfer.postings
        if posting.source == Account.POSITION and posting.asset in sides
    ]


def late_costs(late: Iterable[Transfer], assets: ContractAssets) -> dict[CostKey, int]:
    """Return what the house's late fills cost it, by side. They are never sold."""
    sides = {assets.of(side): side for side in Side}
    costs: dict[CostKey, int] = defaultdict(int)
    for transfer in late:
        sums = {posting.asset: posting.amount for posting in transfer.postings}
        for asset in sums.keys() & sides.keys():
            if transfer.book_id == HOUSE_TENANT:
                costs[HOUSE_TENANT, sides[asset]] += sums.get(USD, 0)
    return costs


def open_costs(shares: Sequence[Told]) -> dict[CostKey, int]:
    """Return what positions cost that fill shares, newest first, have left open.

    The same two integers and the same rounding as the customer side keeps: a sale takes its part of the
    cost with it, half even.
    """
    held: dict[CostKey, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for share in reversed(shares):
        body = share.body
        invariant(isinstance(body, FillShare), "positions come from fills")
        if not isinstance(body, FillShare):
            continue
        quantity, cost = held[body.account, body.side]
        if body.action is Action.BUY:
            held[body.account, body.side] = (quantity + body.quantity, cost + body.cost)
            continue
        left = quantity - body.quantity
        out = divide_half_even(cost * body.quantity, quantity) if left else cost
        held[body.account, body.side] = (left, cost - out)
    return {key: cost for key, (_, cost) in held.items()}


def late_transfer_ids(late_fills: Iterable[UUID]) -> set[UUID]:
    """Return the ids of what late fills posted for contracts, in the house's and the market's books."""
    return {uuid_from_name(fill_id, TransferKind.LATE_FILL) for fill_id in late_fills}


def cancelled_late_ids(late_fills: Collection[UUID], *, fees_returned: bool) -> set[UUID]:
    """Return every id that a transfer of these late fills can have: in the house's and the market's books."""
    fees = [TransferKind.FILL_FEE] if fees_returned else []
    kinds = (TransferKind.PAIRING, TransferKind.LATE_FILL_KEPT, *fees)
    return late_transfer_ids(late_fills) | {
        uuid_from_name(fill_id, kind) for fill_id in late_fills for kind in kinds
    }


def trade_transfer_ids(shares: Iterable[Told], orders: Iterable[UUID], *, fees_returned: bool) -> set[UUID]:
    """Return every id that a transfer of these fills and orders can have, in whichever book."""
    kinds = [TransferKind.BUY_FILL, TransferKind.SALE_FILL]
    fees = [TransferKind.FILL_FEE] if fees_returned else []
    excess = [TransferKind.FEE_EXCESS] if fees_returned else []
    named = {each.body.intent_id for each in shares if isinstance(each.body, FillShare)}
    ids = {uuid_from_name(intent_id, kind) for intent_id in named for kind in (*kinds, *fees)}
    return ids | {
        uuid_from_name(order_id, kind)
        for order_id in orders
        for kind in (*kinds, TransferKind.PAIRING, *fees, *excess)
    }


def book_revision(revision: Revision, taken_back: Sequence[Transfer], assets: ContractAssets) -> Movement:
    """Return the mirrors of `taken_back`, in their own order before, and the new outcome's transfers."""
    outcome = revision.outcome
    movement = Movement(mirror(taken_back, uuid_from_name(outcome.named, "reversal"), outcome.at))
    return movement if revision.plan is None else movement + book_resolution(revision.plan, assets)


def find_contradiction(
    revision: Revision, movement: Movement, assets: ContractAssets, gross: Gross
) -> Break | None:
    """Return why a revision cannot be posted: contracts would be left, or the exchange paid other cash.

    `gross` is what references hold before it.
    """
    market_id = revision.outcome.market_id
    moved = _moved(movement.transfers)
    for side in Side:
        asset, held = assets.of(side), gross.of(side)
        for account, expected in (
            (Account.POSITION, -held),
            (Account.OMNIBUS, held - gross.paired),
            (Account.PAIRS, gross.paired),
        ):
            if moved[account, asset] != expected:
                return Break(Kind.RESOLUTION_CLEARING, market_id, expected, moved[account, asset])
    if moved[Account.PAIR_CASH, USD] != gross.paired * ONE_DOLLAR:
        found = moved[Account.PAIR_CASH, USD]
        return Break(Kind.RESOLUTION_CLEARING, market_id, gross.paired * ONE_DOLLAR, found)
    due = required_cash(revision, movement)
    if due != revision.outcome.exchange_cash:
        return Break(Kind.RESOLUTION_CASH, market_id, due, revision.outcome.exchange_cash)
    return None


def required_cash(revision: Revision, movement: Movement) -> int:
    """Return what the exchange must have paid in all for the movement to be true."""
    return cash_at_exchange(movement.transfers) + revision.paid_before


def find_beyond(outcome: Outcome, standing: Gross) -> Break | None:
    """Return a break when cash returned at cost is not between nothing and a dollar a net contract."""
    most = abs(standing.net) * ONE_DOLLAR
    if outcome.basis is not Basis.ORIGINAL_COST or 0 <= outcome.exchange_cash <= most:
        return None
    return Break(Kind.RESOLUTION_CASH, outcome.market_id, most, outcome.exchange_cash)


def identify(revision: Revision, standing: Gross) -> Identity:
    """Return the numbers that are written down; `standing` is what references held at the end of trading."""
    if revision.plan is not None:
        fees = sum(each.fee.amount for each in revision.plan.fees)
        return Identity(standing, revision.plan.total_payout, fees)
    pair_cash = standing.paired * ONE_DOLLAR
    return Identity(standing, revision.outcome.exchange_cash + pair_cash, 0)


def reversals_of_outcome(revision: Revision) -> list[TenantReversal]:
    """Return the reports that take back the outcome before, newest first."""
    return [TenantReversal(each.tenant_id, each.reversal()) for each in revision.undone]


def reversals_of_trades(revision: Revision) -> list[TenantReversal]:
    """Return the reports that take back the trades, newest first."""
    returned = revision.fees_returned
    return [
        TenantReversal(each.tenant_id, each.reversal(fee_returned=returned)) for each in revision.cancelled
    ]


def _moved(transfers: Iterable[Transfer]) -> dict[tuple[str, int], int]:
    moved: dict[tuple[str, int], int] = defaultdict(int)
    for transfer in transfers:
        for posting in transfer.postings:
            moved[posting.source, posting.asset] -= posting.amount
            moved[posting.target, posting.asset] += posting.amount
    return moved
