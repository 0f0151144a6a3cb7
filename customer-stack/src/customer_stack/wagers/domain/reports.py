"""Whether a report agrees with our own books, checked before anything of it is posted.

The execution stack is another party: what it says is compared with what the customer asked for and what
the customer has. What fails posts nothing.

What is taken back is compared with what was told before: `reversing` has those checks.

Guaranteed: a fill that passes keeps the wager within its quantity, its limit price and its `max_total`;
a payout that passes is of our whole position, of which nothing is still offered, and at a value that
value times the position; a settlement fee that passes is at most what the market paid.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final as Constant
from uuid import UUID

from customer_stack.boundary_client.domain import (
    Action,
    Basis,
    FillShare,
    Final,
    NotPooled,
    Payout,
    Resolution,
    SettlementFee,
    Side,
)
from customer_stack.boundary_client.domain import Reason as WireReason
from customer_stack.markets.domain import MarketOutcome, value_of_side
from customer_stack.wagers.domain.amounts import DOLLAR_E4, PositionCost, value_of
from customer_stack.wagers.domain.states import Event, State, can_move, final_event, move

REVISION_LIMIT: Constant = 1_000
"""More outcomes of one market than this are nothing that we believe."""


class Fault(StrEnum):
    """How a report contradicts our books."""

    UNKNOWN_INTENT = "unknown_intent"
    UNKNOWN_ACCOUNT = "unknown_account"
    ACCOUNT_MISMATCH = "account_mismatch"
    MARKET_MISMATCH = "market_mismatch"
    WAGER_NOT_OPEN = "wager_not_open"
    QUANTITY_OVER_INTENT = "quantity_over_intent"
    COST_BEYOND_LIMIT = "cost_beyond_limit"
    TOTAL_OVER_CAP = "total_over_cap"
    POSITION_TOO_SMALL = "position_too_small"
    FILLED_MISMATCH = "filled_mismatch"
    MARKET_NOT_RESOLVED = "market_not_resolved"
    RESOLUTION_CHANGED = "resolution_changed"
    PAYOUT_MISMATCH = "payout_mismatch"
    CONFLICTING_INTENT = "conflicting_intent"
    UNKNOWN_REPORT = "unknown_report"
    REVERSAL_MISMATCH = "reversal_mismatch"
    REVERSED_BEFORE = "reversed_before"


@dataclass(frozen=True, slots=True)
class Wager:
    """A wager as it stands. Filled cost is what was paid by a buy, and received by a sale.

    `account_id` is None as long as the customer's reference is not prepared for execution.
    """

    id: UUID
    tenant_id: UUID
    customer_id: UUID
    account_id: UUID | None
    market_id: UUID
    side: Side
    action: Action
    quantity: int
    limit_price: int
    max_total: int
    state: State
    placed_at: datetime
    filled_quantity: int = 0
    filled_cost: int = 0
    filled_fee: int = 0
    shortfall: int = 0
    refusal: WireReason | None = None
    reversed_quantity: int = 0
    reversed_cost: int = 0
    reversed_fee: int = 0

    @property
    def unused(self) -> int:
        """Return what is left of `max_total`, in micro-dollars."""
        used = self.filled_cost + self.filled_fee if self.action is Action.BUY else self.shortfall
        return self.max_total - used

    @property
    def hold_is_exhausted(self) -> bool:
        """Tell whether nothing is left of the main hold: money of a buy, contracts of a sale."""
        if self.action is Action.BUY:
            return self.unused == 0
        return self.filled_quantity == self.quantity


def check_fill(report: FillShare, wager: Wager, position: PositionCost) -> Fault | None:
    """Compare a fill share with its intent. Its caller has found the wager of the report's intent."""
    if report.account_id != wager.account_id:
        return Fault.ACCOUNT_MISMATCH
    if report.market_id != wager.market_id:
        return Fault.MARKET_MISMATCH
    if not can_move(wager.state, Event.FILL):
        return Fault.WAGER_NOT_OPEN
    if report.quantity <= 0 or wager.filled_quantity + report.quantity > wager.quantity:
        return Fault.QUANTITY_OVER_INTENT
    at_limit = value_of(report.quantity, wager.limit_price)
    if wager.action is Action.BUY:
        return _check_buy(report, wager, at_limit)
    return _check_sale(report, wager, at_limit, position)


def _check_sale(report: FillShare, wager: Wager, at_limit: int, position: PositionCost) -> Fault | None:
    if not at_limit <= report.cost <= value_of(report.quantity, DOLLAR_E4):
        return Fault.COST_BEYOND_LIMIT
    if max(0, report.fee - report.cost) > wager.unused:
        return Fault.TOTAL_OVER_CAP
    return Fault.POSITION_TOO_SMALL if report.quantity > position.quantity else None


def _check_buy(report: FillShare, wager: Wager, at_limit: int) -> Fault | None:
    if not 0 < report.cost <= at_limit:
        return Fault.COST_BEYOND_LIMIT
    return Fault.TOTAL_OVER_CAP if report.cost + report.fee > wager.unused else None


def apply_fill(report: FillShare, wager: Wager) -> Wager:
    """Return the wager after a fill share that passed its check."""
    shortfall = max(0, report.fee - report.cost) if wager.action is Action.SELL else 0
    return replace(
        wager,
        state=move(wager.state, Event.FILL),
        filled_quantity=wager.filled_quantity + report.quantity,
        filled_cost=wager.filled_cost + report.cost,
        filled_fee=wager.filled_fee + report.fee,
        shortfall=wager.shortfall + shortfall,
    )


def check_final(report: Final, wager: Wager) -> Fault | None:
    """Compare a final report with the fills that we know."""
    if wager.account_id is None:
        return Fault.UNKNOWN_ACCOUNT
    if not can_move(wager.state, Event.FINAL_NONE):
        return Fault.WAGER_NOT_OPEN
    return Fault.FILLED_MISMATCH if report.filled != wager.filled_quantity else None


def apply_final(wager: Wager) -> Wager:
    """Return the wager after its final report."""
    return replace(wager, state=move(wager.state, final_event(wager.filled_quantity, wager.quantity)))


def is_repeated_refusal(wager: Wager) -> bool:
    """Tell whether a not-pooled report says what a signed refusal has said before."""
    return wager.account_id is not None and wager.state is State.REFUSED


def check_not_pooled(wager: Wager) -> Fault | None:
    """Compare a not-pooled report with the fills that we know."""
    if wager.account_id is None:
        return Fault.UNKNOWN_ACCOUNT
    if not can_move(wager.state, Event.REFUSAL):
        return Fault.WAGER_NOT_OPEN
    return Fault.FILLED_MISMATCH if wager.filled_quantity else None


def apply_not_pooled(report: NotPooled, wager: Wager) -> Wager:
    """Return the wager after it was left out of every window: cancelled on wish, refused otherwise."""
    if report.reason is WireReason.CANCELLED:
        return replace(wager, state=move(wager.state, Event.CANCELLATION))
    return replace(wager, state=move(wager.state, Event.REFUSAL), refusal=report.reason)


def check_resolution(report: Resolution, known: MarketOutcome | None) -> Fault | None:
    """Compare an outcome with what a contract can pay, and with the one `known` from before.

    Another outcome is believed only as a later revision; what was paid for the one before is taken back
    account by account, and no payout of the new one fits until it was.
    """
    most = DOLLAR_E4 if report.basis is Basis.VALUE else 0
    if not 0 <= report.yes_value <= most or not 1 <= report.revision <= REVISION_LIMIT:
        return Fault.MARKET_NOT_RESOLVED
    if known is None or report.revision > known.revision:
        return None
    same = MarketOutcome(report.yes_value, report.basis, report.revision) == known
    return None if same else Fault.RESOLUTION_CHANGED


def check_payout(
    report: Payout, outcome: MarketOutcome | None, position: PositionCost, offered: int
) -> Fault | None:
    """Compare a payout with the outcome and our own position, `offered` of which sales reserve.

    At a value, it is that value times the position. At original cost it follows from what all holders
    paid, of which we know our own part: then the contracts are compared here, and the money with
    execution's statement.
    """
    if outcome is None or outcome.basis is Basis.CANCELLED_TRADES:
        return Fault.MARKET_NOT_RESOLVED
    if report.quantity <= 0 or report.quantity != position.quantity:
        return Fault.POSITION_TOO_SMALL if report.quantity > position.quantity else Fault.PAYOUT_MISMATCH
    if offered:
        return Fault.POSITION_TOO_SMALL
    if outcome.basis is Basis.ORIGINAL_COST:
        return None
    expected = value_of(report.quantity, value_of_side(outcome.yes_value, report.side))
    return Fault.PAYOUT_MISMATCH if report.amount != expected else None


def check_settlement_fee(report: SettlementFee, outcome: MarketOutcome | None, paid: int) -> Fault | None:
    """Compare a settlement fee with what the market `paid`, less the fees already charged for it."""
    if outcome is None:
        return Fault.MARKET_NOT_RESOLVED
    return Fault.PAYOUT_MISMATCH if report.amount > paid else None
