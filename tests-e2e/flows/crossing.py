"""Reports on their way over the wall, in the words of both stacks."""

from datetime import datetime

from customer_stack.boundary_client import domain as wire
from customer_stack.settlement.domain.instruction import Totals
from customer_stack.wagers.domain.page import Applied
from customer_stack.wagers.domain.reports import Wager
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
        case wire.Reversal():
            return _sum_of_reversal(report, applied.wager)
        case wire.Final() | wire.NotPooled() | wire.Resolution():
            return Totals()


def _sum_of_reversal(report: wire.Reversal, wager: Wager | None) -> Totals:
    if wager is None:
        return Totals(reversed_payouts=report.amount, reversed_fees=report.fee)
    if wager.action is wire.Action.SELL:
        return Totals(reversed_proceeds=report.amount, reversed_fees=report.fee)
    return Totals(reversed_costs=report.amount, reversed_fees=report.fee)


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
            basis = wire.Basis(body.basis)
            return wire.Resolution(sequence, at, body.market_id, body.yes_value, basis, body.revision)
        case told.Payout() | told.SettlementFee() | told.Reversal():
            return _carry_money(body, sequence, at)


def _carry_money(
    body: told.Payout | told.SettlementFee | told.Reversal, sequence: int, at: datetime
) -> wire.Report:
    match body:
        case told.Payout():
            side = wire.Side(body.side)
            return wire.Payout(sequence, at, body.account, body.market_id, side, body.quantity, body.amount)
        case told.SettlementFee():
            return wire.SettlementFee(sequence, at, body.account, body.market_id, body.amount)
        case told.Reversal():
            of = None if body.side is None else wire.Side(body.side)
            numbers = (body.quantity, body.amount, body.fee)
            return wire.Reversal(sequence, at, body.reverses, body.account, body.market_id, of, *numbers)
