"""The wire shapes of handing over and cancelling intents."""

from typing import Final

from boundary.v1 import boundary_pb2 as pb
from execution_stack.exchange.domain import Action, Side
from execution_stack.intents.domain import CancelOutcome, Intent, Verdict
from execution_stack.intents.service import IntentService
from execution_stack.reports.domain import Reason
from shared.boundary.calls import VerifiedCall
from shared.boundary.methods import CANCEL_INTENTS, SUBMIT_INTENTS
from shared.boundary.server import BoundaryServer
from shared.boundary.wire import uuid_from_wire, uuid_to_wire

_SIDES: Final = {pb.SIDE_YES: Side.YES, pb.SIDE_NO: Side.NO}
_ACTIONS: Final = {pb.ACTION_BUY: Action.BUY, pb.ACTION_SELL: Action.SELL}
_REASONS: Final = {reason: f"REASON_{reason.name}" for reason in Reason}
_CANCELS: Final = {outcome: f"OUTCOME_{outcome.name}" for outcome in CancelOutcome}


def serve(server: BoundaryServer, service: IntentService) -> None:
    """Answer SubmitIntents and CancelIntents with `service`."""

    async def submit(request: pb.SubmitIntentsRequest, call: VerifiedCall) -> pb.SubmitIntentsResponse:
        verdicts = await service.submit(call, [_intent(message) for message in request.intents])
        return pb.SubmitIntentsResponse(answers=[_answer(verdict) for verdict in verdicts])

    async def cancel(request: pb.CancelIntentsRequest, call: VerifiedCall) -> pb.CancelIntentsResponse:
        ids = [uuid_from_wire(message) for message in request.intents]
        outcomes = await service.cancel(call, ids)
        return pb.CancelIntentsResponse(
            answers=[
                pb.CancelAnswer(intent=uuid_to_wire(intent_id), outcome=_CANCELS[outcome])
                for intent_id, outcome in zip(ids, outcomes, strict=True)
            ]
        )

    server.handle(SUBMIT_INTENTS, submit)
    server.handle(CANCEL_INTENTS, cancel)


def _intent(message: pb.Intent) -> Intent:
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


def _answer(verdict: Verdict) -> pb.IntentAnswer:
    intent = uuid_to_wire(verdict.intent.intent_id)
    if verdict.refused is None:
        return pb.IntentAnswer(intent=intent, outcome=pb.IntentAnswer.OUTCOME_RECEIVED)
    return pb.IntentAnswer(
        intent=intent, outcome=pb.IntentAnswer.OUTCOME_REFUSED, reason=_REASONS[verdict.refused]
    )
