"""Wire messages into frozen values and back. The only file that knows both.

The client has verified the signature and the shape; what is checked here is meaning: every word that
comes in has its counterpart, or the answer proves nothing.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from boundary.v1 import boundary_pb2 as v1
from boundary.v2 import boundary_pb2 as v2
from customer_stack.boundary_client import domain
from shared.boundary.errors import OutcomeUnknown
from shared.boundary.wire import digest_from_wire, digest_to_wire, uuid_from_wire, uuid_to_wire

_SIDE_TO_WIRE: Final = {domain.Side.YES: v1.SIDE_YES, domain.Side.NO: v1.SIDE_NO}
_SIDE_FROM_WIRE: Final = {number: word for word, number in _SIDE_TO_WIRE.items()}
_ACTION_TO_WIRE: Final = {domain.Action.BUY: v1.ACTION_BUY, domain.Action.SELL: v1.ACTION_SELL}
_DIRECTION_TO_WIRE: Final = {
    domain.Direction.PAY: v1.DIRECTION_PAY,
    domain.Direction.RECEIVE: v1.DIRECTION_RECEIVE,
}
_REASON_FROM_WIRE: Final = {v2.Reason.Value(f"REASON_{word.name}"): word for word in domain.Reason}
_BASIS_FROM_WIRE: Final = {
    v2.BASIS_VALUE: domain.Basis.VALUE,
    v2.BASIS_CANCELLED_TRADES: domain.Basis.CANCELLED_TRADES,
    v2.BASIS_ORIGINAL_COST: domain.Basis.ORIGINAL_COST,
}
_STATUS_FROM_WIRE: Final = {
    v1.MarketStatus.Value(f"MARKET_STATUS_{word.name}"): word for word in domain.MarketStatus
}
_CANCEL_FROM_WIRE: Final = {
    v1.CancelAnswer.Outcome.Value(f"OUTCOME_{word.name}"): word for word in domain.CancelOutcome
}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MEANINGLESS: Final = "meaningless_answer"


def account_to_wire(account: domain.Account) -> v1.Account:
    """Return the message of an account."""
    return v1.Account(account=uuid_to_wire(account.account_id), tenant=uuid_to_wire(account.tenant_id))


def intent_to_wire(intent: domain.Intent) -> v1.Intent:
    """Return the message of an intent."""
    return v1.Intent(
        intent=uuid_to_wire(intent.intent_id),
        account=uuid_to_wire(intent.account_id),
        market=uuid_to_wire(intent.market_id),
        side=_SIDE_TO_WIRE[intent.side],
        action=_ACTION_TO_WIRE[intent.action],
        quantity=intent.quantity,
        limit_price=intent.limit_price,
        max_total=intent.max_total,
    )


def proposal_to_wire(proposal: domain.SettlementProposal) -> v2.ConfirmSettlementRequest:
    """Return the message of a settlement proposal."""
    return v2.ConfirmSettlementRequest(
        settlement=uuid_to_wire(proposal.settlement_id),
        tenant=uuid_to_wire(proposal.tenant_id),
        after_sequence=proposal.after_sequence,
        to_sequence=proposal.to_sequence,
        direction=_DIRECTION_TO_WIRE[proposal.direction],
        amount=proposal.amount,
        totals=v2.StatementTotals(
            cost_of_buys=proposal.totals.cost_of_buys,
            proceeds=proposal.totals.proceeds,
            fees=proposal.totals.fees,
            payouts=proposal.totals.payouts,
            reversed_costs=proposal.totals.reversed_costs,
            reversed_proceeds=proposal.totals.reversed_proceeds,
            reversed_fees=proposal.totals.reversed_fees,
            reversed_payouts=proposal.totals.reversed_payouts,
        ),
        digest=digest_to_wire(proposal.digest),
    )


def intent_answer(message: v2.IntentAnswer) -> domain.IntentAnswer:
    """Return the answer for one intent. Raises OutcomeUnknown for one that says nothing."""
    intent_id = uuid_from_wire(message.intent)
    if message.outcome == v2.IntentAnswer.OUTCOME_RECEIVED:
        return domain.IntentAnswer(intent_id, None)
    if message.outcome != v2.IntentAnswer.OUTCOME_REFUSED:
        raise OutcomeUnknown(_MEANINGLESS)
    return domain.IntentAnswer(intent_id, _word(_REASON_FROM_WIRE, message.reason))


def cancel_answer(message: v1.CancelAnswer) -> domain.CancelAnswer:
    """Return the answer for one cancel."""
    return domain.CancelAnswer(uuid_from_wire(message.intent), _word(_CANCEL_FROM_WIRE, message.outcome))


def listing(message: v1.Market) -> domain.MarketListing:
    """Return one market."""
    return domain.MarketListing(
        market_id=uuid_from_wire(message.market),
        ticker=message.ticker,
        title=message.title,
        rules=message.rules,
        status=_word(_STATUS_FROM_WIRE, message.status),
        tick=message.tick,
        yes_bid=message.yes_bid or None,
        yes_ask=message.yes_ask or None,
        close_time=_moment(message.close_time),
        fee_multiplier_e4=message.fee_multiplier,
        yes_value=message.yes_value if message.resolved else None,
    )


def order_book(message: v1.GetOrderBookResponse) -> domain.OrderBook:
    """Return an order book."""
    return domain.OrderBook(
        yes_bids=tuple(domain.Level(level.price, level.quantity) for level in message.yes_bids),
        no_bids=tuple(domain.Level(level.price, level.quantity) for level in message.no_bids),
        as_of=_moment(message.as_of),
    )


def report(message: v2.Report) -> domain.Report:
    """Return one report. Raises OutcomeUnknown for one without a known body."""
    sequence, at = message.sequence, _moment(message.recorded_at)
    match message.WhichOneof("body"):
        case "fill":
            return _fill(message)
        case "final":
            return domain.Final(sequence, at, uuid_from_wire(message.final.intent), message.final.filled)
        case "not_pooled":
            reason = _word(_REASON_FROM_WIRE, message.not_pooled.reason)
            return domain.NotPooled(sequence, at, uuid_from_wire(message.not_pooled.intent), reason)
        case "settlement_fee":
            fee = message.settlement_fee
            return domain.SettlementFee(
                sequence, at, uuid_from_wire(fee.account), uuid_from_wire(fee.market), fee.amount
            )
        case body:
            translate = _OTHERS.get(body or "")
            if translate is None:
                raise OutcomeUnknown(_MEANINGLESS)
            return translate(message)


def _fill(message: v2.Report) -> domain.FillShare:
    fill = message.fill
    return domain.FillShare(
        sequence=message.sequence,
        recorded_at=_moment(message.recorded_at),
        intent_id=uuid_from_wire(fill.intent),
        account_id=uuid_from_wire(fill.account),
        market_id=uuid_from_wire(fill.market),
        window_id=uuid_from_wire(fill.window),
        quantity=fill.quantity,
        cost=fill.cost,
        fee=fill.fee,
        manifest=digest_from_wire(fill.manifest),
    )


def _resolution(message: v2.Report) -> domain.Resolution:
    resolution = message.resolution
    return domain.Resolution(
        sequence=message.sequence,
        recorded_at=_moment(message.recorded_at),
        market_id=uuid_from_wire(resolution.market),
        yes_value=resolution.yes_value,
        basis=_word(_BASIS_FROM_WIRE, resolution.basis),
        revision=resolution.revision,
    )


def _reversal(message: v2.Report) -> domain.Reversal:
    reversal = message.reversal
    has_side = reversal.side != v1.SIDE_UNSPECIFIED
    return domain.Reversal(
        sequence=message.sequence,
        recorded_at=_moment(message.recorded_at),
        reverses=reversal.reverses,
        account_id=uuid_from_wire(reversal.account),
        market_id=uuid_from_wire(reversal.market),
        side=_word(_SIDE_FROM_WIRE, reversal.side) if has_side else None,
        quantity=reversal.quantity,
        amount=reversal.amount,
        fee=reversal.fee,
    )


def _payout(message: v2.Report) -> domain.Payout:
    payout = message.payout
    return domain.Payout(
        sequence=message.sequence,
        recorded_at=_moment(message.recorded_at),
        account_id=uuid_from_wire(payout.account),
        market_id=uuid_from_wire(payout.market),
        side=_word(_SIDE_FROM_WIRE, payout.side),
        quantity=payout.quantity,
        amount=payout.amount,
    )


_OTHERS: Final[dict[str, Callable[[v2.Report], domain.Report]]] = {
    "resolution": _resolution,
    "payout": _payout,
    "reversal": _reversal,
}


def totals(message: v2.StatementTotals) -> domain.Totals:
    """Return the sums of reports."""
    return domain.Totals(
        message.cost_of_buys,
        message.proceeds,
        message.fees,
        message.payouts,
        message.reversed_costs,
        message.reversed_proceeds,
        message.reversed_fees,
        message.reversed_payouts,
    )


def standing(message: v2.Standing) -> domain.Standing:
    """Return what the tenant lent and settled, by execution's books."""
    return domain.Standing(message.prefund, message.settled)


def statement_line(message: v1.StatementLine) -> domain.StatementLine:
    """Return one account's line."""
    return domain.StatementLine(
        account_id=uuid_from_wire(message.account),
        cash=message.cash,
        fees=message.fees,
        holdings=tuple(
            domain.Holding(
                uuid_from_wire(holding.market), _word(_SIDE_FROM_WIRE, holding.side), holding.quantity
            )
            for holding in message.holdings
        ),
    )


def _moment(nanoseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=nanoseconds // 1000)


def _word(words: dict[Any, Any], number: int) -> Any:
    if number not in words:
        raise OutcomeUnknown(_MEANINGLESS)
    return words[number]
