"""The wire shapes of handing over and cancelling intents."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Final

from boundary.v1 import boundary_pb2 as v1
from boundary.v2 import boundary_pb2 as v2
from execution_stack.exchange.domain import Action, Side
from execution_stack.intents.domain import CancelOutcome, Intent, Verdict
from execution_stack.intents.service import IntentService
from execution_stack.reports.domain import Reason
from shared.boundary.calls import VerifiedCall
from shared.boundary.methods import CANCEL_INTENTS, SUBMIT_INTENTS
from shared.boundary.server import BoundaryServer
from shared.boundary.wire import checked_uuid, uuid_from_wire, uuid_to_wire
from shared.operations import tracing

_SIDES: Final = {v1.SIDE_YES: Side.YES, v1.SIDE_NO: Side.NO}
_ACTIONS: Final = {v1.ACTION_BUY: Action.BUY, v1.ACTION_SELL: Action.SELL}
_REASONS: Final = {reason: f"REASON_{reason.name}" for reason in Reason}
_read_intent: Final = attrgetter(
    "intent.high",
    "intent.low",
    "account.high",
    "account.low",
    "market.high",
    "market.low",
    "side",
    "action",
    "quantity",
    "limit_price",
    "max_total",
)
_CANCELS: Final = {outcome: f"OUTCOME_{outcome.name}" for outcome in CancelOutcome}


def serve(server: BoundaryServer, service: IntentService) -> None:
    """Answer SubmitIntents and CancelIntents with `service`."""

    async def submit(request: v1.SubmitIntentsRequest, call: VerifiedCall) -> v2.SubmitIntentsResponse:
        intents = _intents(request.intents)
        tracing.about(intent.intent_id for intent in intents)
        verdicts = await service.submit(call, intents)
        return _answers(request.intents, verdicts)

    async def cancel(request: v1.CancelIntentsRequest, call: VerifiedCall) -> v1.CancelIntentsResponse:
        ids = [uuid_from_wire(message) for message in request.intents]
        tracing.about(ids)
        outcomes = await service.cancel(call, ids)
        return v1.CancelIntentsResponse(
            answers=[
                v1.CancelAnswer(intent=uuid_to_wire(intent_id), outcome=_CANCELS[outcome])
                for intent_id, outcome in zip(ids, outcomes, strict=True)
            ]
        )

    server.handle(SUBMIT_INTENTS, submit)
    server.handle(CANCEL_INTENTS, cancel)


def _intents(messages: Iterable[v1.Intent]) -> list[Intent]:
    """Return what was checked already, one read per message."""
    return [
        Intent(
            checked_uuid(intent_high, intent_low),
            checked_uuid(account_high, account_low),
            checked_uuid(market_high, market_low),
            _SIDES[side],
            _ACTIONS[action],
            *numbers,
        )
        for (
            intent_high,
            intent_low,
            account_high,
            account_low,
            market_high,
            market_low,
            side,
            action,
            *numbers,
        ) in map(_read_intent, messages)
    ]


def _answers(messages: Iterable[v1.Intent], verdicts: Iterable[Verdict]) -> v2.SubmitIntentsResponse:
    """Answer each intent under the id that it came with."""
    response = v2.SubmitIntentsResponse()
    add = response.answers.add
    for message, verdict in zip(messages, verdicts, strict=True):
        if verdict.refused is None:
            answer = add(outcome=v2.IntentAnswer.OUTCOME_RECEIVED)
        else:
            answer = add(outcome=v2.IntentAnswer.OUTCOME_REFUSED, reason=_REASONS[verdict.refused])
        # Two numbers are set faster than a message is copied.
        asked, answered = message.intent, answer.intent
        answered.high, answered.low = asked.high, asked.low
    return response
