"""One page of reports, folded in order into everything that it changes. Pure.

The service loads what the page touches, this file folds the reports over it, and the service writes the
result as a few set-based statements.

Guaranteed: reports of one account take effect in sequence or not at all; the first one that contradicts
our books stops that account and parks its later reports, while other accounts go on.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from customer_stack.boundary_client.domain import (
    Action,
    FillShare,
    Final,
    NotPooled,
    Payout,
    Report,
    Resolution,
    Reversal,
    SettlementFee,
    Side,
)
from customer_stack.markets.domain import MarketOutcome
from customer_stack.protection.domain.counting import Change, Measure
from customer_stack.wagers.domain import flows, reports
from customer_stack.wagers.domain.amounts import PositionCost
from customer_stack.wagers.domain.recompute import Moved
from customer_stack.wagers.domain.reports import Fault, Wager
from customer_stack.wagers.domain.reversing import (
    History,
    apply_reversal,
    build_reversal,
    check_reversal,
    debt_change,
)
from shared.ledger.domain import Movement, join

PositionKey = tuple[UUID, UUID, Side]
"""Customer, market, side."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose account it is."""

    tenant_id: UUID
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class Applied:
    """A report that took effect. `action` tells buys from sales in later sums."""

    report: Report
    owner: Owner | None
    wager: Wager | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """A report that contradicts our books."""

    report: Report
    fault: Fault
    account_id: UUID | None
    owner: Owner | None


@dataclass(frozen=True, slots=True)
class Parked:
    """A report that waits behind its account's break."""

    report: Report
    account_id: UUID
    owner: Owner | None


@dataclass(slots=True)
class World:
    """What the page's reports refer to, as it stood before them; it moves along with the fold."""

    wagers: dict[UUID, Wager]
    owners: dict[UUID, Owner]
    assets: dict[tuple[UUID, Side], int]
    positions: dict[PositionKey, PositionCost]
    wallets: dict[UUID, int]
    outcomes: dict[UUID, MarketOutcome]
    stopped: set[UUID]
    ends: list[tuple[int, UUID, MarketOutcome]] = field(default_factory=list)
    """Of a page that waited: (sequence, market, outcome) of what was reported of its markets' ends, in order.
    Each counts from its own number on, as it did for the accounts that did not wait."""
    held: dict[PositionKey, int] = field(default_factory=dict)
    """Of positions that the page pays out: contracts that sales reserve."""
    paid: dict[tuple[UUID, UUID], int] = field(default_factory=dict)
    """(customer, market) -> payouts less settlement fees."""
    debts: dict[UUID, int] = field(default_factory=dict)
    """What customers owe us, in micro-dollars; known on pages that pay out or take back."""
    history: History = field(default_factory=History)

    def reach(self, sequence: int) -> None:
        """Let the ends of markets that were reported before a report count for it."""
        while self.ends and self.ends[0][0] < sequence:
            _, market_id, outcome = self.ends.pop(0)
            self.outcomes[market_id] = outcome


@dataclass(slots=True)
class Changes:
    """What a page changes, in the order of its reports."""

    movements: list[Movement] = field(default_factory=list)
    applied: list[Applied] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)
    wagers: dict[UUID, Wager] = field(default_factory=dict)
    ended: list[Wager] = field(default_factory=list)
    positions: dict[PositionKey, PositionCost] = field(default_factory=dict)
    counted: list[Change] = field(default_factory=list)
    resolutions: list[Resolution] = field(default_factory=list)

    @property
    def movement(self) -> Movement:
        """Return everything that is posted, as one movement."""
        return join(self.movements)


def fold(page: tuple[Report, ...], world: World) -> Changes:
    """Apply reports in order; `world` moves with them."""
    changes = Changes()
    for report in page:
        world.reach(report.sequence)
        account_id = account_of(report, world)
        owner = world.owners.get(account_id) if account_id else None
        if account_id in world.stopped and account_id is not None:
            changes.parked.append(Parked(report, account_id, owner))
            continue
        fault = _apply(report, owner, world, changes)
        if fault is None:
            continue
        changes.breaks.append(Break(report, fault, account_id, owner))
        if account_id is not None:
            world.stopped.add(account_id)
    return changes


def account_of(report: Report, world: World) -> UUID | None:
    """Return the account that a report is about; None for a market's resolution or an unknown intent."""
    match report:
        case FillShare() | Payout() | SettlementFee() | Reversal():
            return report.account_id
        case Final() | NotPooled():
            wager = world.wagers.get(report.intent_id)
            return wager.account_id if wager else None
        case Resolution():
            return None


def _apply(report: Report, owner: Owner | None, world: World, changes: Changes) -> Fault | None:
    match report:
        case FillShare():
            return _apply_fill(report, owner, world, changes)
        case Final():
            return _apply_final(report, world, changes)
        case NotPooled():
            return _apply_not_pooled(report, world, changes)
        case Resolution():
            return _apply_resolution(report, world, changes)
        case _:
            return _apply_money(report, owner, world, changes)


def _apply_money(
    report: Payout | SettlementFee | Reversal, owner: Owner | None, world: World, changes: Changes
) -> Fault | None:
    if owner is None:
        return Fault.UNKNOWN_ACCOUNT
    match report:
        case Payout():
            return _apply_payout(report, owner, world, changes)
        case SettlementFee():
            return _apply_settlement_fee(report, owner, world, changes)
        case Reversal():
            return _apply_reversal(report, owner, world, changes)


def _place(report: Report, owner: Owner) -> flows.Place:
    return flows.Place(owner.tenant_id, owner.customer_id, report.sequence, report.recorded_at)


def _apply_fill(report: FillShare, owner: Owner | None, world: World, changes: Changes) -> Fault | None:
    wager = world.wagers.get(report.intent_id)
    if wager is None:
        return Fault.UNKNOWN_INTENT
    if owner is None:
        return Fault.UNKNOWN_ACCOUNT
    key = (wager.customer_id, wager.market_id, wager.side)
    position = world.positions.get(key, PositionCost())
    fault = reports.check_fill(report, wager, position)
    if fault:
        return fault
    place, asset = _place(report, owner), world.assets[(wager.market_id, wager.side)]
    if wager.action is Action.BUY:
        movement = flows.build_buy_fill(place, wager.id, asset, report.quantity, report.cost, report.fee)
        _set_position(key, position.add(report.quantity, report.cost), world, changes)
        world.history.move(key, report.sequence, Moved(report.quantity, report.cost, comes=True))
    else:
        movement = flows.build_sale_fill(place, wager.id, asset, report.quantity, report.cost, report.fee)
        _set_position(key, position.take(report.quantity)[0], world, changes)
        world.history.move(key, report.sequence, Moved(report.quantity, report.cost, comes=False))
        _free_contracts(key, report.quantity, world)
        _add_funds(wager.customer_id, max(0, report.cost - report.fee), world)
        _count_return(owner, report.recorded_at, report.cost - report.fee, changes)
    changes.movements.append(movement)
    world.history.note(report, movement)
    wager = _set_wager(reports.apply_fill(report, wager), world, changes)
    changes.applied.append(Applied(report, owner, wager))
    return None


def _apply_final(report: Final, world: World, changes: Changes) -> Fault | None:
    wager = world.wagers.get(report.intent_id)
    if wager is None:
        return Fault.UNKNOWN_INTENT
    fault = reports.check_final(report, wager)
    if fault:
        return fault
    _end(report, reports.apply_final(wager), world, changes)
    return None


def _apply_not_pooled(report: NotPooled, world: World, changes: Changes) -> Fault | None:
    wager = world.wagers.get(report.intent_id)
    if wager is None:
        return Fault.UNKNOWN_INTENT
    if reports.is_repeated_refusal(wager):
        changes.applied.append(Applied(report, Owner(wager.tenant_id, wager.customer_id), wager))
        return None
    fault = reports.check_not_pooled(wager)
    if fault:
        return fault
    _end(report, reports.apply_not_pooled(report, wager), world, changes)
    return None


def _apply_resolution(report: Resolution, world: World, changes: Changes) -> Fault | None:
    if fault := reports.check_resolution(report, world.outcomes.get(report.market_id)):
        return fault
    outcome = MarketOutcome(report.yes_value, report.basis, report.revision)
    world.outcomes[report.market_id] = outcome
    changes.resolutions.append(report)
    changes.applied.append(Applied(report, None))
    return None


def _apply_payout(report: Payout, owner: Owner, world: World, changes: Changes) -> Fault | None:
    key = (owner.customer_id, report.market_id, report.side)
    position = world.positions.get(key, PositionCost())
    outcome, offered = world.outcomes.get(report.market_id), world.held.get(key, 0)
    fault = reports.check_payout(report, outcome, position, offered)
    if fault:
        return fault
    asset = world.assets[(report.market_id, report.side)]
    place = _place(report, owner)
    movement = flows.build_payout(place, asset, report.quantity, report.amount)
    changes.movements.append(movement)
    world.history.note(report, movement)
    world.history.move(key, report.sequence, Moved(report.quantity, 0, comes=False))
    _set_position(key, position.take(report.quantity)[0], world, changes)
    _add_funds(owner.customer_id, report.amount, world)
    _count_return(owner, report.recorded_at, report.amount, changes)
    _add_paid(owner.customer_id, report.market_id, report.amount, world)
    _pay_debt(place, report.amount, world, changes)
    changes.applied.append(Applied(report, owner))
    return None


def _apply_settlement_fee(
    report: SettlementFee, owner: Owner, world: World, changes: Changes
) -> Fault | None:
    paid = world.paid.get((owner.customer_id, report.market_id), 0)
    fault = reports.check_settlement_fee(report, world.outcomes.get(report.market_id), paid)
    if fault:
        return fault
    available = world.wallets.get(owner.customer_id, 0)
    movement = flows.build_settlement_fee(_place(report, owner), report.amount, available)
    changes.movements.append(movement)
    world.history.note(report, movement)
    _owe(owner.customer_id, report.amount - min(report.amount, max(available, 0)), world)
    _add_funds(owner.customer_id, -min(report.amount, max(available, 0)), world)
    _count_return(owner, report.recorded_at, -report.amount, changes)
    _add_paid(owner.customer_id, report.market_id, -report.amount, world)
    changes.applied.append(Applied(report, owner))
    return None


def _apply_reversal(report: Reversal, owner: Owner, world: World, changes: Changes) -> Fault | None:
    told = world.history.told.get(report.reverses)
    before = told.report if told else None
    wager = world.wagers.get(before.intent_id) if isinstance(before, FillShare) else None
    fault = check_reversal(report, told, wager, world.outcomes.get(report.market_id))
    if fault or told is None:
        return fault or Fault.UNKNOWN_REPORT
    customer_id = owner.customer_id
    if report.side is not None:
        key = (customer_id, report.market_id, report.side)
        position = world.history.without(key, report.reverses)
        if position is None or position.quantity < world.held.get(key, 0):
            return Fault.POSITION_TOO_SMALL
        _set_position(key, position, world, changes)
    place, available = _place(report, owner), world.wallets.get(customer_id, 0)
    movement, change = build_reversal(place, report, told, available)
    changes.movements.append(movement)
    world.history.undo(report.reverses)
    _add_funds(customer_id, change, world)
    _take_back_return(report, told.report, wager, owner, changes)
    _owe(customer_id, debt_change(movement.transfers), world)
    if not isinstance(before, FillShare):
        _add_paid(customer_id, report.market_id, report.fee - report.amount, world)
    if change > 0:
        _pay_debt(place, change, world, changes)
    if wager is not None:
        wager = _set_wager(apply_reversal(report, wager), world, changes)
    changes.applied.append(Applied(report, owner, wager))
    return None


def _count_return(owner: Owner, at: datetime, amount: int, changes: Changes) -> None:
    """Count what came back to a customer, or, below zero, what was taken off it."""
    if amount:
        changes.counted.append(Change(owner.tenant_id, owner.customer_id, Measure.RETURN, at, amount))


def _take_back_return(
    report: Reversal, before: Report, wager: Wager | None, owner: Owner, changes: Changes
) -> None:
    """Undo what a report counted, where it was counted; of a buy, give back where it was staked."""
    if wager is not None and wager.action is Action.BUY:
        _count_return(owner, wager.placed_at, report.amount + report.fee, changes)
    else:
        _count_return(owner, before.recorded_at, report.fee - report.amount, changes)


def end_wager(wager: Wager) -> tuple[Movement, Change | None]:
    """Return what ends with a wager: its holds, and what it staked and did not use."""
    movement = flows.build_release(
        wager.tenant_id,
        wager.customer_id,
        wager.id,
        wager.action,
        exhausted=wager.hold_is_exhausted,
        has_cash_hold=wager.max_total > 0,
    )
    if wager.action is Action.SELL or wager.unused == 0:
        return movement, None
    unused = Change(wager.tenant_id, wager.customer_id, Measure.STAKE, wager.placed_at, -wager.unused)
    return movement, unused


def _end(report: Final | NotPooled, wager: Wager, world: World, changes: Changes) -> None:
    movement, stake = end_wager(wager)
    changes.movements.append(movement)
    if stake is not None:
        changes.counted.append(stake)
    _add_funds(wager.customer_id, wager.unused, world)
    if wager.action is Action.SELL:
        key = (wager.customer_id, wager.market_id, wager.side)
        _free_contracts(key, wager.quantity - wager.filled_quantity, world)
    changes.ended.append(_set_wager(wager, world, changes))
    changes.applied.append(Applied(report, Owner(wager.tenant_id, wager.customer_id), wager))


def _set_wager(wager: Wager, world: World, changes: Changes) -> Wager:
    world.wagers[wager.id] = changes.wagers[wager.id] = wager
    return wager


def _set_position(key: PositionKey, position: PositionCost, world: World, changes: Changes) -> None:
    world.positions[key] = changes.positions[key] = position


def _add_funds(customer_id: UUID, amount: int, world: World) -> None:
    world.wallets[customer_id] = world.wallets.get(customer_id, 0) + amount


def _owe(customer_id: UUID, amount: int, world: World) -> None:
    if amount:
        world.debts[customer_id] = world.debts.get(customer_id, 0) + amount


def _pay_debt(place: flows.Place, came: int, world: World, changes: Changes) -> None:
    """Let what has just come into a wallet pay first what its customer owes."""
    owed, available = world.debts.get(place.book_id, 0), world.wallets.get(place.book_id, 0)
    amount = min(owed, came, max(available, 0))
    if amount > 0:
        changes.movements.append(flows.build_debt_payment(place, amount))
        _add_funds(place.book_id, -amount, world)
        _owe(place.book_id, -amount, world)


def _free_contracts(key: PositionKey, quantity: int, world: World) -> None:
    if key in world.held:
        world.held[key] -= quantity


def _add_paid(customer_id: UUID, market_id: UUID, amount: int, world: World) -> None:
    world.paid[customer_id, market_id] = world.paid.get((customer_id, market_id), 0) + amount
