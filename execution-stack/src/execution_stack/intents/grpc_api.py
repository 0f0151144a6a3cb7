"""The wire shapes of handing over and cancelling intents."""

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
from shared.boundary.wire import uuid_from_wire, uuid_to_wire

_SIDES: Final = {v1.SIDE_YES: Side.YES, v1.SIDE_NO: Side.NO}
_ACTIONS: Final = {v1.ACTION_BUY: Action.BUY, v1.ACTION_SELL: Action.SELL}
_REASONS: Final = {reason: f"REASON_{reason.name}" for reason in Reason}
_CANCELS: Final = {outcome: f"OUTCOME_{outcome.name}" for outcome in CancelOutcome}


def serve(server: BoundaryServer, service: IntentService) -> None:
    """Answer SubmitIntents and CancelIntents with `service`."""

    async def submit(request: v1.SubmitIntentsRequest, call: VerifiedCall) -> v2.SubmitIntentsResponse:
        verdicts = await service.submit(call, [_intent(message) for message in request.intents])
        return v2.SubmitIntentsResponse(answers=[_answer(verdict) for verdict in verdicts])

    async def cancel(request: v1.CancelIntentsRequest, call: VerifiedCall) -> v1.CancelIntentsResponse:
        ids = [uuid_from_wire(message) for message in request.intents]
        outcomes = await service.cancel(call, ids)
        return v1.CancelIntentsResponse(
            answers=[
                v1.CancelAnswer(intent=uuid_to_wire(intent_id), outcome=_CANCELS[outcome])
                for intent_id, outcome in zip(ids, outcomes, strict=True)
            ]
        )

    server.handle(SUBMIT_INTENTS, submit)
    server.handle(CANCEL_INTENTS, cancel)


def _intent(message: v1.Intent) -> Intent:
    return Intent(
        intent_id=uuid_from_wire(message.intent),
        account=uuid_from_wire(message.account),
        market_id=uuid_from_wire(message.market),
        side=_SIDES[message.side],
        action=_ACTIONS[message.action],
        quantity=message.quantity,
        limit_price=message.limit_price,
        max_total=message.max_total,
    )


def _answer(verdict: Verdict) -> v2.IntentAnswer:
    intent = uuid_to_wire(verdict.intent.intent_id)
    if verdict.refused is None:
        return v2.IntentAnswer(intent=intent, outcome=v2.IntentAnswer.OUTCOME_RECEIVED)
    return v2.IntentAnswer(
        intent=intent, outcome=v2.IntentAnswer.OUTCOME_REFUSED, reason=_REASONS[verdict.refused]
    )
