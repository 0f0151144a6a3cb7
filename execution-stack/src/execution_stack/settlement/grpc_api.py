"""The wire shape of confirming a settlement."""

from typing import Final

from boundary.v1 import boundary_pb2 as v1
from boundary.v2 import boundary_pb2 as v2
from execution_stack.books.domain import Direction
from execution_stack.reports.domain import Totals
from execution_stack.reports.grpc_api import totals_to_wire
from execution_stack.settlement.domain import Outcome, Proposal
from execution_stack.settlement.service import SettlementService
from shared.boundary.calls import VerifiedCall
from shared.boundary.methods import CONFIRM_SETTLEMENT
from shared.boundary.server import BoundaryServer
from shared.boundary.wire import digest_from_wire, uuid_from_wire

_DIRECTIONS: Final = {v1.DIRECTION_PAY: Direction.PAY, v1.DIRECTION_RECEIVE: Direction.RECEIVE}
_OUTCOMES: Final = {
    Outcome.AGREED: v1.ConfirmSettlementResponse.OUTCOME_AGREED,
    Outcome.DIFFERENT: v1.ConfirmSettlementResponse.OUTCOME_DIFFERENT,
}


def serve(server: BoundaryServer, service: SettlementService) -> None:
    """Answer ConfirmSettlement with `service`."""

    async def confirm(
        request: v2.ConfirmSettlementRequest, call: VerifiedCall
    ) -> v2.ConfirmSettlementResponse:
        outcome, ours = await service.confirm(call, _proposal(request))
        return v2.ConfirmSettlementResponse(
            outcome=_OUTCOMES[outcome],
            totals=totals_to_wire(ours),
        )

    server.handle(CONFIRM_SETTLEMENT, confirm)


def _proposal(request: v2.ConfirmSettlementRequest) -> Proposal:
    totals = request.totals
    return Proposal(
        settlement_id=uuid_from_wire(request.settlement),
        tenant_id=uuid_from_wire(request.tenant),
        after_sequence=request.after_sequence,
        to_sequence=request.to_sequence,
        direction=_DIRECTIONS[request.direction],
        amount=request.amount,
        totals=Totals(
            totals.cost_of_buys,
            totals.proceeds,
            totals.fees,
            totals.payouts,
            totals.reversed_costs,
            totals.reversed_proceeds,
            totals.reversed_fees,
            totals.reversed_payouts,
        ),
        digest=digest_from_wire(request.digest),
    )
