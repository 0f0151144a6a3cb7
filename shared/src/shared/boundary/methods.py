"""The calls of the newest version, with their shapes: what a client may ask and a server must answer.

Handlers and clients speak these. `methods_v1` has the same calls as version 1 knew them, and `versions`
how one becomes the other.
"""

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from google.protobuf.message import Message

from boundary.v1 import boundary_pb2 as v1
from boundary.v2 import boundary_pb2 as v2

RequestT = TypeVar("RequestT", bound=Message)
ResponseT = TypeVar("ResponseT", bound=Message)

SERVICE: Final = "boundary.v2.Boundary"


@dataclass(frozen=True, slots=True)
class Method(Generic[RequestT, ResponseT]):
    """One unary call of one version, which is part of the service's name."""

    name: str
    request: type[RequestT]
    response: type[ResponseT]
    service: str = SERVICE

    @property
    def path(self) -> str:
        """Return the full gRPC method, which is signed."""
        return f"/{self.service}/{self.name}"

    @property
    def version(self) -> str:
        """Return the version, such as v2."""
        return self.service.split(".")[1]


REGISTER_ACCOUNTS: Final = Method("RegisterAccounts", v1.RegisterAccountsRequest, v1.RegisterAccountsResponse)
SUBMIT_INTENTS: Final = Method("SubmitIntents", v1.SubmitIntentsRequest, v2.SubmitIntentsResponse)
CANCEL_INTENTS: Final = Method("CancelIntents", v1.CancelIntentsRequest, v1.CancelIntentsResponse)
LIST_MARKETS: Final = Method("ListMarkets", v1.ListMarketsRequest, v1.ListMarketsResponse)
GET_ORDER_BOOK: Final = Method("GetOrderBook", v1.GetOrderBookRequest, v1.GetOrderBookResponse)
FETCH_REPORTS: Final = Method("FetchReports", v1.FetchReportsRequest, v2.FetchReportsResponse)
GET_STATEMENT: Final = Method("GetStatement", v1.GetStatementRequest, v2.GetStatementResponse)
CONFIRM_SETTLEMENT: Final = Method(
    "ConfirmSettlement", v2.ConfirmSettlementRequest, v2.ConfirmSettlementResponse
)
EXCHANGE_CHECKPOINTS: Final = Method(
    "ExchangeCheckpoints", v2.ExchangeCheckpointsRequest, v2.ExchangeCheckpointsResponse
)
"""Only in the newest version: an older sender has no witness."""
