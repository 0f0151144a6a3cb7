"""The wire shape of confirming a settlement."""

from typing import Final

from boundary.v1 import boundary_pb2 as pb
from execution_stack.books.domain import Direction
from execution_stack.reports.domain import Totals
from execution_stack.settlement.domain import Outcome, Proposal
from execution_stack.settlement.service import SettlementService
from shared.boundary.calls import VerifiedCall
from shared.boundary.methods import CONFIRM_SETTLEMENT
from shared.boundary.server import BoundaryServer
from shared.boundary.wire import digest_from_wire, uuid_from_wire

_DIRECTIONS: Final = {pb.DIRECTION_PAY: Direction.PAY, pb.DIRECTION_RECEIVE: Direction.RECEIVE}
_OUTCOMES: Final = {
    Outcome.AGREED: pb.ConfirmSettlementResponse.OUTCOME_AGREED,
    Outcome.DIFFERENT: pb.ConfirmSettlementResponse.OUTCOME_DIFFERENT,
}


def serve(server: BoundaryServer, service: SettlementService) -> None:
    """Answer ConfirmSettlement with `service`."""

    async def confirm(
        request: pb.ConfirmSettlementRequest, call: VerifiedCall
    ) -> pb.ConfirmSettlementResponse:
        outcome, ours = await service.confirm(call, _proposal(request))
        return pb.ConfirmSettlementResponse(
            outcome=_OUTCOMES[outcome],
            totals=pb.StatementTotals(
                cost_of_buys=ours.cost_of_buys, proceeds=ours.proceeds, fees=ours.fees, payouts=ours.payouts
            ),
        )

    server.handle(CONFIRM_SETTLEMENT, confirm)


def _proposal(request: pb.ConfirmSettlementRequest) -> Proposal:
    totals = request.totals
    return Proposal(
        settlement_id=uuid_from_wire(request.settlement),
        tenant_id=uuid_from_wire(request.tenant),
        after_sequence=request.after_sequence,
        to_sequence=request.to_sequence,
        direction=_DIRECTIONS[request.direction],
        amount=request.amount,
        totals=Totals(totals.cost_of_buys, totals.proceeds, totals.fees, totals.payouts),
        digest=digest_from_wire(request.digest),
    )
