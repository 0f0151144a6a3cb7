"""Draft an outcome under the locks of all that it touches: load, lock, plan, compare.

Guaranteed: every book is locked once, in id order, before anything is compared, and what a late fill posted
is read after that, for it may be booked or kept at any moment; a draft without a break is
what may be posted in the same transaction, and nothing else is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from execution_stack.aggregation import service as aggregation
from execution_stack.aggregation.domain import order_id_of
from execution_stack.books import service as books
from execution_stack.books.domain import ContractAssets, Gross, HeldPosition
from execution_stack.books.reversing import float_taken
from execution_stack.breaks.domain import Break, Kind
from execution_stack.intents import service as intents
from execution_stack.reports import service as reports
from execution_stack.reports.domain import Basis, FillShare, Told
from execution_stack.resolution.domain.plans import (
    Outcome,
    Plan,
    Resolved,
    find_break,
    gross_of,
    plan_original_cost,
    plan_resolution,
    transfer_ids,
)
from execution_stack.resolution.domain.revisions import (
    Revision,
    book_revision,
    cancelled_late_ids,
    find_beyond,
    find_contradiction,
    holdings_of,
    late_costs,
    late_transfer_ids,
    open_costs,
    required_cash,
    trade_transfer_ids,
)
from shared.database import Transaction
from shared.ledger.domain import Movement, Transfer


@dataclass(frozen=True, slots=True)
class Draft:
    """What an outcome would post. With `found` it may not; `due` is the cash that would make it true."""

    revision: Revision
    movement: Movement
    standing: Gross
    found: tuple[Break, ...]
    due: int


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The facts of a market under its locks."""

    undone: tuple[Told, ...]
    shares: tuple[Told, ...]
    late: tuple[Transfer, ...]
    transfers: tuple[Transfer, ...]
    gross: Gross
    holdings: tuple[HeldPosition, ...]
    assets: ContractAssets


async def draft(
    tx: Transaction, outcome: Outcome, before: Resolved | None, *, fees_returned: bool = False
) -> Draft:
    """Return what would be posted for an outcome in the place of the one before. Locks every book."""
    loaded = await _load(tx, outcome, before, fees_returned=fees_returned)
    # What was held at the end of trading: by the books, or by the outcome that took it out of them.
    standing = gross_of(loaded.holdings) if before else loaded.gross
    beyond = find_beyond(outcome, standing)
    plan = None if beyond else _plan(outcome, loaded)
    is_cancelled = outcome.basis is Basis.CANCELLED_TRADES
    revision = Revision(
        outcome=outcome,
        before=before,
        undone=loaded.undone,
        cancelled=loaded.shares if is_cancelled else (),
        plan=plan,
        fees_returned=fees_returned,
    )
    found = find_break(plan, standing) if plan else beyond
    if found is not None:
        return Draft(revision, Movement(), standing, (found,), due=0)
    movement = book_revision(revision, loaded.transfers, loaded.assets)
    due = required_cash(revision, movement)
    contradiction = find_contradiction(revision, movement, loaded.assets, loaded.gross)
    if contradiction is not None:
        return Draft(revision, movement, standing, (contradiction,), due)
    return Draft(revision, movement, standing, await _find_low(tx, movement), due)


async def _load(
    tx: Transaction, outcome: Outcome, before: Resolved | None, *, fees_returned: bool
) -> _Loaded:
    market_id = outcome.market_id
    undone = tuple(await reports.load_standing_payouts(tx, market_id)) if before else ()
    shares: Sequence[Told] = ()
    ids = transfer_ids(market_id, before.revision) if before else set()
    outcome_ids = frozenset(ids)
    if outcome.basis is not Basis.VALUE:
        shares = await reports.load_standing_shares(tx, await intents.list_final(tx, market_id))
    if outcome.basis is Basis.CANCELLED_TRADES:
        orders = {order_id_of(each.body.window_id) for each in shares if isinstance(each.body, FillShare)}
        ids |= trade_transfer_ids(shares, orders, fees_returned=fees_returned)
    assets = await books.get_assets(tx, market_id)
    is_posted = await books.lock_transfers(tx, market_id, ids)
    gross, held = (Gross(), []) if is_posted else await books.load_holdings(tx, market_id)
    # Late fills are booked, and kept by the house, until here: they are read under the locks.
    late_fills = [] if outcome.basis is Basis.VALUE else await aggregation.list_late_fills(tx, market_id)
    late = await books.read_transfers(tx, late_transfer_ids(late_fills)) if late_fills else []
    if outcome.basis is Basis.CANCELLED_TRADES:
        ids |= cancelled_late_ids(late_fills, fees_returned=fees_returned)
    transfers = await books.read_transfers(tx, ids) if ids else []
    if transfers:
        gross = await books.get_gross(tx, market_id)
        held = holdings_of([each for each in transfers if each.id in outcome_ids], assets)
    return _Loaded(undone, tuple(shares), tuple(late), tuple(transfers), gross, tuple(held), assets)


def _plan(outcome: Outcome, loaded: _Loaded) -> Plan | None:
    match outcome.basis:
        case Basis.VALUE:
            return plan_resolution(outcome, loaded.holdings)
        case Basis.ORIGINAL_COST:
            costs = open_costs(loaded.shares) | late_costs(loaded.late, loaded.assets)
            return plan_original_cost(outcome, loaded.holdings, costs)
        case Basis.CANCELLED_TRADES:
            return None


async def _find_low(tx: Transaction, movement: Movement) -> tuple[Break, ...]:
    """Return a break for each tenant whose free float lacks what the movement takes out of it."""
    taken = float_taken(movement.transfers)
    low = await books.find_low_floats(tx, taken) if taken else {}
    return tuple(Break(Kind.REVERSAL_FLOAT, tenant, taken[tenant], free) for tenant, free in low.items())


async def end_waiting(tx: Transaction, market_id: UUID, at: datetime, limit: int) -> tuple[int, int]:
    """Refuse intents that still wait; return how many there were, and how many have not ended yet."""
    ended = await intents.refuse_waiting(tx, market_id, at, limit)
    return ended, await intents.count_unfinished(tx, market_id)
