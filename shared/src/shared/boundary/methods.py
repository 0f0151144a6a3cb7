"""The calls of version 1, with their shapes: what a client may ask and a server must answer."""

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from google.protobuf.message import Message

from boundary.v1 import boundary_pb2 as pb

RequestT = TypeVar("RequestT", bound=Message)
ResponseT = TypeVar("ResponseT", bound=Message)

SERVICE: Final = "boundary.v1.Boundary"


@dataclass(frozen=True, slots=True)
class Method(Generic[RequestT, ResponseT]):
    """One unary call."""

    name: str
    request: type[RequestT]
    response: type[ResponseT]

    @property
    def path(self) -> str:
        """Return the full gRPC method, which is signed."""
        return f"/{SERVICE}/{self.name}"


REGISTER_ACCOUNTS: Final = Method("RegisterAccounts", pb.RegisterAccountsRequest, pb.RegisterAccountsResponse)
SUBMIT_INTENTS: Final = Method("SubmitIntents", pb.SubmitIntentsRequest, pb.SubmitIntentsResponse)
CANCEL_INTENTS: Final = Method("CancelIntents", pb.CancelIntentsRequest, pb.CancelIntentsResponse)
LIST_MARKETS: Final = Method("ListMarkets", pb.ListMarketsRequest, pb.ListMarketsResponse)
GET_ORDER_BOOK: Final = Method("GetOrderBook", pb.GetOrderBookRequest, pb.GetOrderBookResponse)
FETCH_REPORTS: Final = Method("FetchReports", pb.FetchReportsRequest, pb.FetchReportsResponse)
GET_STATEMENT: Final = Method("GetStatement", pb.GetStatementRequest, pb.GetStatementResponse)
CONFIRM_SETTLEMENT: Final = Method(
    "ConfirmSettlement", pb.ConfirmSettlementRequest, pb.ConfirmSettlementResponse
)
