"""The wire shape of exchanging checkpoints."""

from boundary.v2 import boundary_pb2 as v2
from shared.audit.witness import Witness
from shared.audit.witness.exchange import answer_exchange
from shared.boundary.calls import VerifiedCall
from shared.boundary.methods import EXCHANGE_CHECKPOINTS
from shared.boundary.nonces import consuming
from shared.boundary.server import BoundaryServer
from shared.clock import Clock
from shared.database import Database
from shared.ids import HOUSE_TENANT


def serve(server: BoundaryServer, database: Database, witness: Witness, clock: Clock) -> None:
    """Answer ExchangeCheckpoints: nonce, checkpoint and cosignature in one transaction, then the answer."""

    async def exchange(
        request: v2.ExchangeCheckpointsRequest, call: VerifiedCall
    ) -> v2.ExchangeCheckpointsResponse:
        async with consuming(database, call, HOUSE_TENANT) as tx:
            return await answer_exchange(tx, witness, request, sent_at=call.at, now=clock.now())

    server.handle(EXCHANGE_CHECKPOINTS, exchange)
