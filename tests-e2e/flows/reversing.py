"""Outcomes that are taken back: amended results and voids (money flows, 9.1), through both stacks."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from execution_stack.aggregation.domain import order_id_of
from execution_stack.books.chart import Account
from execution_stack.books.domain import Gross
from execution_stack.books.reversing import float_taken
from execution_stack.reports.domain import (
    Basis,
    FillShare,
    Payout,
    Resolution,
    Reversal,
    SettlementFee,
    Told,
)
from execution_stack.resolution.domain import plans, revisions
from execution_stack.resolution.domain.plans import Outcome, Plan
from execution_stack.resolution.domain.revisions import Revision
from flows.ends import holdings, money
from flows.stacks import Market, Resolved, Stacks
from shared.ids import HOUSE_TENANT
from shared.ledger.domain import Movement, Transfer


class FloatTooLow(Exception):
    """A tenant's float lacks what is taken back: the outcome waits."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What stands of a market in the execution stack."""

    before: plans.Resolved | None
    undone: tuple[Told, ...]
    shares: tuple[Told, ...]
    late_fills: tuple[UUID, ...]


def amend(stacks: Stacks, market: Market, yes_value: int) -> Revision:
    """The exchange finalizes a paid market with another value; execution reverses and pays again."""
    cash, fee = stacks.exchange.amend(market.id, yes_value)
    return _revise(stacks, market, Basis.VALUE, cash, fee, yes_value)


def cancel_trades(stacks: Stacks, market: Market, *, fees_returned: bool) -> Revision:
    """The exchange cancels every trade of a market."""
    cash = stacks.exchange.cancel_trades(market.id, fees_returned=fees_returned)
    return _revise(stacks, market, Basis.CANCELLED_TRADES, cash, fees_returned=fees_returned)


def return_cost(stacks: Stacks, market: Market, cash: int) -> Revision:
    """The exchange returns what its net position had cost."""
    stacks.exchange.end(market.id, cash)
    return _revise(stacks, market, Basis.ORIGINAL_COST, cash)


def lacks_float(stacks: Stacks, market: Market, yes_value: int) -> bool:
    """Tell whether an amended result has to wait, because somebody's float lacks what is taken back."""
    cash, fee = stacks.exchange.worth(market.id, yes_value)
    revision, taken_back = _draft(stacks, market, Basis.VALUE, cash, fee, yes_value)
    return _lacks(stacks, revisions.book_revision(revision, taken_back, market.assets))


def _lacks(stacks: Stacks, movement: Movement) -> bool:
    return any(
        stacks.execution.available(tenant, Account.FLOAT) < amount
        for tenant, amount in float_taken(movement.transfers).items()
    )


def _revise(
    stacks: Stacks,
    market: Market,
    basis: Basis,
    cash: int,
    fee: int = 0,
    yes_value: int = 0,
    *,
    fees_returned: bool = False,
) -> Revision:
    """Do what the execution stack's service does: draft, compare, post, report."""
    revision, taken_back = _draft(stacks, market, basis, cash, fee, yes_value, fees_returned=fees_returned)
    gross = stacks.gross[market.id]
    if revision.plan is not None:
        found = plans.find_break(revision.plan, revision.plan.gross)
        if found is not None:
            raise ValueError(found)
    movement = revisions.book_revision(revision, taken_back, market.assets)
    found = revisions.find_contradiction(revision, movement, market.assets, gross)
    if found is not None:
        raise ValueError(found)
    if _lacks(stacks, movement):
        raise FloatTooLow
    before = money(stacks, market)
    stacks.execution.post(movement)
    _note(stacks, revision, market, before)
    _tell(stacks, revision)
    return revision


def _draft(
    stacks: Stacks,
    market: Market,
    basis: Basis,
    cash: int,
    fee: int = 0,
    yes_value: int = 0,
    *,
    fees_returned: bool = False,
) -> tuple[Revision, list[Transfer]]:
    facts = _load(stacks, market)
    number = facts.before.revision + 1 if facts.before else 1
    outcome = Outcome(market.id, yes_value, cash, fee, stacks.clock.now(), basis, number)
    paid = plans.transfer_ids(market.id, facts.before.revision) if facts.before else set()
    plan = _plan(stacks, market, outcome, facts, paid)
    cancelled = facts.shares if basis is Basis.CANCELLED_TRADES else ()
    revision = Revision(outcome, facts.before, facts.undone, cancelled, plan, fees_returned)
    ids = set(paid)
    if basis is Basis.CANCELLED_TRADES:
        orders = {order_id_of(each.body.window_id) for each in cancelled if isinstance(each.body, FillShare)}
        ids |= revisions.trade_transfer_ids(cancelled, orders, fees_returned=fees_returned)
        ids |= revisions.cancelled_late_ids(facts.late_fills, fees_returned=fees_returned)
    return revision, _posted(stacks, ids)


def _plan(stacks: Stacks, market: Market, outcome: Outcome, facts: _Facts, paid: set[UUID]) -> Plan | None:
    held = holdings(stacks, market)
    if facts.before:
        held = revisions.holdings_of(_posted(stacks, paid), market.assets)
    match outcome.basis:
        case Basis.VALUE:
            return plans.plan_resolution(outcome, held)
        case Basis.ORIGINAL_COST:
            late = _posted(stacks, revisions.late_transfer_ids(facts.late_fills))
            costs = revisions.open_costs(facts.shares) | revisions.late_costs(late, market.assets)
            return plans.plan_original_cost(outcome, held, costs)
        case Basis.CANCELLED_TRADES:
            return None


def _load(stacks: Stacks, market: Market) -> _Facts:
    """Return the outcome that stands, and the reports of the market that nothing has taken back."""
    resolutions = [
        body for _, body in stacks.told if isinstance(body, Resolution) and body.market_id == market.id
    ]
    gone = {body.reverses for _, body in stacks.told if isinstance(body, Reversal)}
    standing = [
        Told(tenant_id, HOUSE_TENANT, number, body)
        for number, (tenant_id, body) in enumerate(stacks.told, start=1)
        if number not in gone
        and isinstance(body, FillShare | Payout | SettlementFee)
        and body.market_id == market.id
    ]
    standing.reverse()
    before = None
    if resolutions:
        newest = max(resolutions, key=lambda each: each.revision)
        paid = next(each for each in stacks.resolved if each.market.id == market.id)
        before = plans.Resolved(
            market.id,
            newest.yes_value,
            paid.payouts,
            paid.fees,
            paid.exchange_cash,
            paid.pair_cash,
            newest.basis,
            newest.revision,
        )
    return _Facts(
        before,
        tuple(each for each in standing if not isinstance(each.body, FillShare)),
        tuple(each for each in standing if isinstance(each.body, FillShare)),
        tuple(late.fill_id for late in stacks.late if late.market_id == market.id),
    )


def _posted(stacks: Stacks, ids: Iterable[UUID]) -> list[Transfer]:
    """Return the transfers with these ids of all books, in the order in which they were posted."""
    wanted = set(ids)
    return [
        transfer
        for movement in stacks.execution.journal
        for transfer in movement.transfers
        if transfer.id in wanted
    ]


def _note(stacks: Stacks, revision: Revision, market: Market, before: tuple[int, int, int]) -> None:
    """Keep the numbers of X6: what the books have changed since the end of trading, in all."""
    after = money(stacks, market)
    known = next((each for each in stacks.resolved if each.market.id == market.id), None)
    paid = known or Resolved(market, 0, 0, 0, 0)
    if known is not None:
        stacks.resolved.remove(known)
    stacks.resolved.append(
        replace(
            paid,
            payouts=paid.payouts + after[0] - before[0],
            fees=paid.fees + before[1] - after[1],
            pair_cash=paid.pair_cash + after[2] - before[2],
            exchange_cash=revision.outcome.exchange_cash,
        )
    )
    stacks.gross[market.id] = Gross()


def _tell(stacks: Stacks, revision: Revision) -> None:
    """Report what is taken back, then the outcome, then what follows from it."""
    outcome = revision.outcome
    for each in revisions.reversals_of_outcome(revision):
        stacks.tell(each.tenant_id, each.reversal)
    resolution = Resolution(outcome.market_id, outcome.yes_value, outcome.basis, outcome.revision)
    stacks.tell(HOUSE_TENANT, resolution)
    for each in revisions.reversals_of_trades(revision):
        stacks.tell(each.tenant_id, each.reversal)
    for paid in revision.plan.payouts if revision.plan else ():
        if paid.tenant_id != HOUSE_TENANT:
            stacks.tell(paid.tenant_id, paid.payout)
    for charged in revision.plan.fees if revision.plan else ():
        if charged.tenant_id != HOUSE_TENANT:
            stacks.tell(charged.tenant_id, charged.fee)
