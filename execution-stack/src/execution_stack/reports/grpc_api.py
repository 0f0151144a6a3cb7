"""The wire shapes of reports and statements."""

import typing

from boundary.v1 import boundary_pb2 as v1
from boundary.v2 import boundary_pb2 as v2
from execution_stack.exchange.domain import Side
from execution_stack.reports.domain import (
    Basis,
    FillShare,
    Final,
    NotPooled,
    Payout,
    Reason,
    Report,
    Resolution,
    Reversal,
    SettlementFee,
    StatementLine,
    Totals,
)
from execution_stack.reports.service import ReportService
from shared.boundary.calls import VerifiedCall
from shared.boundary.methods import FETCH_REPORTS, GET_STATEMENT
from shared.boundary.nonces import consume_alone
from shared.boundary.server import BoundaryServer
from shared.boundary.signing import to_ns
from shared.boundary.wire import digest_to_wire, uuid_from_wire, uuid_to_wire
from shared.database import Database

LONG_POLLS_AT_ONCE: typing.Final = 64

_SIDES: typing.Final = {Side.YES: v1.SIDE_YES, Side.NO: v1.SIDE_NO}
_BASES: typing.Final = {
    Basis.VALUE: v2.BASIS_VALUE,
    Basis.CANCELLED_TRADES: v2.BASIS_CANCELLED_TRADES,
    Basis.ORIGINAL_COST: v2.BASIS_ORIGINAL_COST,
}
_REASONS: typing.Final = {reason: f"REASON_{reason.name}" for reason in Reason}


def serve(server: BoundaryServer, service: ReportService, database: Database) -> None:
    """Answer FetchReports and GetStatement with `service`. Both are reads: the nonce commits first."""

    async def fetch(request: v1.FetchReportsRequest, call: VerifiedCall) -> v2.FetchReportsResponse:
        await consume_alone(database, call)
        reports = await service.fetch(
            call.sender, request.after_sequence, request.limit, request.wait_ms / 1000
        )
        return v2.FetchReportsResponse(reports=[_report(report) for report in reports])

    async def statement(request: v1.GetStatementRequest, call: VerifiedCall) -> v2.GetStatementResponse:
        await consume_alone(database, call)
        found = await service.statement(
            call.sender,
            uuid_from_wire(request.tenant),
            request.to_sequence,
            uuid_from_wire(request.after) if request.HasField("after") else None,
            request.limit,
        )
        return v2.GetStatementResponse(
            totals=totals_to_wire(found.totals),
            standing=v2.Standing(prefund=found.standing.prefund, settled=found.standing.settled),
            lines=[_line(line) for line in found.lines],
            more=found.more,
        )

    server.handle(FETCH_REPORTS, fetch, concurrent_calls=LONG_POLLS_AT_ONCE)
    server.handle(GET_STATEMENT, statement)


def totals_to_wire(totals: Totals) -> v2.StatementTotals:
    """Return the message of sums of reports."""
    return v2.StatementTotals(
        cost_of_buys=totals.cost_of_buys,
        proceeds=totals.proceeds,
        fees=totals.fees,
        payouts=totals.payouts,
        reversed_costs=totals.reversed_costs,
        reversed_proceeds=totals.reversed_proceeds,
        reversed_fees=totals.reversed_fees,
        reversed_payouts=totals.reversed_payouts,
    )


def _report(report: Report) -> v2.Report:
    message = v2.Report(sequence=report.sequence, recorded_at=to_ns(report.recorded_at))
    match report.body:
        case FillShare() as body:
            message.fill.CopyFrom(_fill(body))
        case Final() as body:
            message.final.CopyFrom(v1.Final(intent=uuid_to_wire(body.intent_id), filled=body.filled))
        case NotPooled() as body:
            message.not_pooled.CopyFrom(
                v2.NotPooled(intent=uuid_to_wire(body.intent_id), reason=_REASONS[body.reason])
            )
        case Resolution() as body:
            message.resolution.CopyFrom(
                v2.Resolution(
                    market=uuid_to_wire(body.market_id),
                    yes_value=body.yes_value,
                    basis=_BASES[body.basis],
                    revision=body.revision,
                )
            )
        case Payout() as body:
            message.payout.CopyFrom(_payout(body))
        case Reversal() as body:
            message.reversal.CopyFrom(_reversal(body))
        case SettlementFee() as body:
            message.settlement_fee.CopyFrom(
                v1.SettlementFee(
                    account=uuid_to_wire(body.account),
                    market=uuid_to_wire(body.market_id),
                    amount=body.amount,
                )
            )
    return message


def _fill(body: FillShare) -> v1.FillShare:
    return v1.FillShare(
        intent=uuid_to_wire(body.intent_id),
        account=uuid_to_wire(body.account),
        market=uuid_to_wire(body.market_id),
        window=uuid_to_wire(body.window_id),
        quantity=body.quantity,
        cost=body.cost,
        fee=body.fee,
        manifest=digest_to_wire(body.manifest),
    )


def _payout(body: Payout) -> v1.Payout:
    return v1.Payout(
        account=uuid_to_wire(body.account),
        market=uuid_to_wire(body.market_id),
        side=_SIDES[body.side],
        quantity=body.quantity,
        amount=body.amount,
    )


def _reversal(body: Reversal) -> v2.Reversal:
    return v2.Reversal(
        reverses=body.reverses,
        account=uuid_to_wire(body.account),
        market=uuid_to_wire(body.market_id),
        side=v1.SIDE_UNSPECIFIED if body.side is None else _SIDES[body.side],
        quantity=body.quantity,
        amount=body.amount,
        fee=body.fee,
    )


def _line(line: StatementLine) -> v1.StatementLine:
    return v1.StatementLine(
        account=uuid_to_wire(line.account),
        cash=line.cash,
        fees=line.fees,
        holdings=[
            v1.Holding(
                market=uuid_to_wire(holding.market_id), side=_SIDES[holding.side], quantity=holding.quantity
            )
            for holding in line.holdings
        ],
    )
