"""Routes of markets."""

from uuid import UUID

from fastapi import APIRouter, Depends

from customer_stack.boundary_client.domain import MarketStatus
from customer_stack.edge.authentication import current_customer
from customer_stack.edge.schemas import Cursor, Limit, read_uuid_cursor
from customer_stack.markets.schemas import (
    MarketAnswer,
    MarketPage,
    OrderBookAnswer,
    market_answer,
    order_book_answer,
)
from customer_stack.markets.service import MarketService


def build_router(service: MarketService) -> APIRouter:
    """Return the routes over `service`."""
    router = APIRouter(prefix="/v1/markets", tags=["markets"], dependencies=[Depends(current_customer)])

    @router.get("")
    async def list_markets(
        limit: Limit = 50,
        cursor: Cursor = None,
        status: MarketStatus | None = None,
    ) -> MarketPage:
        """List the markets; with a status, such as open, only those."""
        markets = await service.list_markets(read_uuid_cursor(cursor), limit + 1, status)
        more = len(markets) > limit
        return MarketPage(
            items=[market_answer(market) for market in markets[:limit]],
            next_cursor=str(markets[limit - 1].id) if more else None,
        )

    @router.get("/{market_id}")
    async def get_market(market_id: UUID) -> MarketAnswer:
        """Show one market."""
        return market_answer(await service.get_market(market_id))

    @router.get("/{market_id}/order-book")
    async def get_order_book(market_id: UUID) -> OrderBookAnswer:
        """Show a market's bids as they stand at the exchange."""
        return order_book_answer(await service.get_order_book(market_id))

    return router
