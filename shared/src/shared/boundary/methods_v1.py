"""The calls of version 1, as long as somebody speaks it."""

from typing import Final

from boundary.v1 import boundary_pb2 as v1
from shared.boundary.methods import Method

SERVICE: Final = "boundary.v1.Boundary"

REGISTER_ACCOUNTS: Final = Method(
    "RegisterAccounts", v1.RegisterAccountsRequest, v1.RegisterAccountsResponse, SERVICE
)
SUBMIT_INTENTS: Final = Method("SubmitIntents", v1.SubmitIntentsRequest, v1.SubmitIntentsResponse, SERVICE)
CANCEL_INTENTS: Final = Method("CancelIntents", v1.CancelIntentsRequest, v1.CancelIntentsResponse, SERVICE)
LIST_MARKETS: Final = Method("ListMarkets", v1.ListMarketsRequest, v1.ListMarketsResponse, SERVICE)
GET_ORDER_BOOK: Final = Method("GetOrderBook", v1.GetOrderBookRequest, v1.GetOrderBookResponse, SERVICE)
FETCH_REPORTS: Final = Method("FetchReports", v1.FetchReportsRequest, v1.FetchReportsResponse, SERVICE)
GET_STATEMENT: Final = Method("GetStatement", v1.GetStatementRequest, v1.GetStatementResponse, SERVICE)
CONFIRM_SETTLEMENT: Final = Method(
    "ConfirmSettlement", v1.ConfirmSettlementRequest, v1.ConfirmSettlementResponse, SERVICE
)
