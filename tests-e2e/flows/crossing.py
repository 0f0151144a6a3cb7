"""Reports on their way over the wall, in the words of both stacks."""

from datetime import datetime

from customer_stack.boundary_client import domain as wire
from customer_stack.settlement.domain import Totals
from customer_stack.wagers.domain.page import Applied
from execution_stack.reports import domain as told


def sum_of(applied: Applied) -> Totals:
    """Return what one applied report adds to a period."""
    report = applied.report
    match report:
        case wire.FillShare():
            if applied.wager is not None and applied.wager.action is wire.Action.SELL:
                return Totals(proceeds=report.cost, fees=report.fee)
            return Totals(cost_of_buys=report.cost, fees=report.fee)
        case wire.Payout():
            return Totals(payouts=report.amount)
        case wire.SettlementFee():
            return Totals(fees=report.amount)
        case wire.Final() | wire.NotPooled() | wire.Resolution():
            return Totals()


def carry(body: told.Body, sequence: int, at: datetime) -> wire.Report:
    """Carry a report over the wall."""
    match body:
        case told.FillShare():
            return wire.FillShare(
                sequence,
                at,
                body.intent_id,
                body.account,
                body.market_id,
                body.window_id,
                body.quantity,
                body.cost,
                body.fee,
                body.manifest,
            )
        case told.Final():
            return wire.Final(sequence, at, body.intent_id, body.filled)
        case told.NotPooled():
            return wire.NotPooled(sequence, at, body.intent_id, wire.Reason(body.reason))
        case told.Resolution():
            return wire.Resolution(sequence, at, body.market_id, body.yes_value)
        case told.Payout():
            side = wire.Side(body.side)
            return wire.Payout(sequence, at, body.account, body.market_id, side, body.quantity, body.amount)
        case told.SettlementFee():
            return wire.SettlementFee(sequence, at, body.account, body.market_id, body.amount)
