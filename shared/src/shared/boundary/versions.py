"""Version 1 beside the newest: one handler answers both.

A handler speaks the newest version alone. What arrives in version 1 becomes a newest request before the
handler, and the handler's answer becomes one of version 1 after it; only this file knows how. A version is
dropped by deleting its part here, once no call of it has been counted for long enough.

Guaranteed:
- the server answers each method in every version that is listed here, from the same handler;
- what version 1 has no word for is never said wrongly: it gets a wider word that it has, a list ends
  before it, or the answer is UNAVAILABLE, which proves nothing to the caller.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Generic, TypeVar

from google.protobuf.message import Message

from boundary.v1 import boundary_pb2 as v1
from boundary.v2 import boundary_pb2 as v2
from shared.boundary import methods, methods_v1
from shared.boundary.methods import Method, RequestT, ResponseT
from shared.errors import Kind, Refusal

OldRequestT = TypeVar("OldRequestT", bound=Message)
OldResponseT = TypeVar("OldResponseT", bound=Message)
MessageT = TypeVar("MessageT", bound=Message)

# In words of version 1, which hears that a market is not open when it is halted or full.
_REASONS: Final[dict[int, str]] = {number: word for word, number in v2.Reason.items()} | {
    v2.REASON_MARKET_HALTED: "REASON_MARKET_NOT_OPEN",
    v2.REASON_POSITION_LIMIT: "REASON_MARKET_NOT_OPEN",
}
_OUTCOMES: Final = {
    v2.IntentAnswer.OUTCOME_RECEIVED: v1.IntentAnswer.OUTCOME_RECEIVED,
    v2.IntentAnswer.OUTCOME_REFUSED: v1.IntentAnswer.OUTCOME_REFUSED,
}


class BeyondVersion(Refusal):
    """An older version has no words for the answer: the caller learns nothing and keeps what it holds."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "boundary.beyond_version"


@dataclass(frozen=True, slots=True)
class Older(Generic[OldRequestT, OldResponseT, RequestT, ResponseT]):
    """A method as an older version knows it, and how its messages become the newest ones and back."""

    method: Method[OldRequestT, OldResponseT]
    newest: Method[RequestT, ResponseT]
    request: Callable[[OldRequestT], RequestT]
    answer: Callable[[ResponseT], OldResponseT]


def submit_intents_in_v1(newest: v2.SubmitIntentsResponse) -> v1.SubmitIntentsResponse:
    """Say every answer, with the words for refusals that version 1 has."""
    return v1.SubmitIntentsResponse(
        answers=[
            v1.IntentAnswer(intent=each.intent, outcome=_OUTCOMES[each.outcome], reason=_REASONS[each.reason])
            for each in newest.answers
        ]
    )


def fetch_reports_in_v1(newest: v2.FetchReportsResponse) -> v1.FetchReportsResponse:
    """Say the reports before the first that version 1 cannot say. Raises BeyondVersion when none is."""
    reports: list[v1.Report] = []
    for each in newest.reports:
        report = _report_in_v1(each)
        if report is None:
            break
        reports.append(report)
    if newest.reports and not reports:
        raise BeyondVersion("The next report has no form in version 1. Upgrade the reader.")
    return v1.FetchReportsResponse(reports=reports)


def _report_in_v1(newest: v2.Report) -> v1.Report | None:
    """Return the report in version 1, or None when it has no words for it."""
    report = v1.Report(sequence=newest.sequence, recorded_at=newest.recorded_at)
    match newest.WhichOneof("body"):
        case "fill":
            report.fill.CopyFrom(newest.fill)
        case "final":
            report.final.CopyFrom(newest.final)
        case "not_pooled":
            body = newest.not_pooled
            report.not_pooled.CopyFrom(v1.NotPooled(intent=body.intent, reason=_REASONS[body.reason]))
        case "resolution" if _is_plain(newest.resolution):
            outcome = newest.resolution
            report.resolution.CopyFrom(v1.Resolution(market=outcome.market, yes_value=outcome.yes_value))
        case "payout":
            report.payout.CopyFrom(newest.payout)
        case "settlement_fee":
            report.settlement_fee.CopyFrom(newest.settlement_fee)
        case _:
            return None
    return report


def _is_plain(resolution: v2.Resolution) -> bool:
    """Tell whether it is a market's first outcome, at a value: all that version 1 knows."""
    return resolution.basis == v2.BASIS_VALUE and resolution.revision == 1


def get_statement_in_v1(newest: v2.GetStatementResponse) -> v1.GetStatementResponse:
    """Say a statement in which nothing was taken back. Raises BeyondVersion for any other."""
    return v1.GetStatementResponse(totals=_totals_in_v1(newest.totals), lines=newest.lines, more=newest.more)


def confirm_settlement_from_v1(old: v1.ConfirmSettlementRequest) -> v2.ConfirmSettlementRequest:
    """Understand a proposal of version 1: nothing in it was taken back."""
    totals = old.totals
    return v2.ConfirmSettlementRequest(
        settlement=old.settlement,
        tenant=old.tenant,
        after_sequence=old.after_sequence,
        to_sequence=old.to_sequence,
        direction=old.direction,
        amount=old.amount,
        totals=v2.StatementTotals(
            cost_of_buys=totals.cost_of_buys,
            proceeds=totals.proceeds,
            fees=totals.fees,
            payouts=totals.payouts,
        ),
        digest=old.digest,
    )


def confirm_settlement_in_v1(newest: v2.ConfirmSettlementResponse) -> v1.ConfirmSettlementResponse:
    """Say an answer in which nothing was taken back. Raises BeyondVersion for any other."""
    return v1.ConfirmSettlementResponse(outcome=newest.outcome, totals=_totals_in_v1(newest.totals))


def _totals_in_v1(totals: v2.StatementTotals) -> v1.StatementTotals:
    if any((totals.reversed_costs, totals.reversed_proceeds, totals.reversed_fees, totals.reversed_payouts)):
        raise BeyondVersion("What was taken back has no form in version 1. Upgrade the reader.")
    return v1.StatementTotals(
        cost_of_buys=totals.cost_of_buys, proceeds=totals.proceeds, fees=totals.fees, payouts=totals.payouts
    )


def _unchanged(message: MessageT) -> MessageT:
    """Return the message: both versions share its type."""
    return message


_OLDER: Final[tuple[Older[Any, Any, Any, Any], ...]] = (
    Older(methods_v1.REGISTER_ACCOUNTS, methods.REGISTER_ACCOUNTS, _unchanged, _unchanged),
    Older(methods_v1.SUBMIT_INTENTS, methods.SUBMIT_INTENTS, _unchanged, submit_intents_in_v1),
    Older(methods_v1.CANCEL_INTENTS, methods.CANCEL_INTENTS, _unchanged, _unchanged),
    Older(methods_v1.LIST_MARKETS, methods.LIST_MARKETS, _unchanged, _unchanged),
    Older(methods_v1.GET_ORDER_BOOK, methods.GET_ORDER_BOOK, _unchanged, _unchanged),
    Older(methods_v1.FETCH_REPORTS, methods.FETCH_REPORTS, _unchanged, fetch_reports_in_v1),
    Older(methods_v1.GET_STATEMENT, methods.GET_STATEMENT, _unchanged, get_statement_in_v1),
    Older(
        methods_v1.CONFIRM_SETTLEMENT,
        methods.CONFIRM_SETTLEMENT,
        confirm_settlement_from_v1,
        confirm_settlement_in_v1,
    ),
)


def older_forms(newest: Method[Any, Any]) -> tuple[Older[Any, Any, Any, Any], ...]:
    """Return the older forms of a method; none for one that is not the newest itself."""
    return tuple(older for older in _OLDER if older.newest == newest)
