"""The wire shapes of markets and order books: the only text that crosses, outward and bounded."""

from typing import Final

from boundary.v1 import boundary_pb2 as pb
from execution_stack.exchange.domain import Level, MarketStatus
from execution_stack.markets.domain import Market
from execution_stack.markets.service import MarketService
from shared.boundary.calls import VerifiedCall
from shared.boundary.methods import GET_ORDER_BOOK, LIST_MARKETS
from shared.boundary.nonces import consume_alone
from shared.boundary.server import BoundaryServer
from shared.boundary.signing import to_ns
from shared.boundary.wire import uuid_from_wire, uuid_to_wire
from shared.clock import Clock
from shared.database import Database

TICKER_LIMIT: Final = 64
TITLE_LIMIT: Final = 200
RULES_LIMIT: Final = 500

_STATUSES: Final = {status: f"MARKET_STATUS_{status.name}" for status in MarketStatus}


def serve(server: BoundaryServer, service: MarketService, database: Database, clock: Clock) -> None:
    """Answer ListMarkets and GetOrderBook with `service`. Both are reads: the nonce commits first."""

    async def list_markets(request: pb.ListMarketsRequest, call: VerifiedCall) -> pb.ListMarketsResponse:
        await consume_alone(database, call)
        after = uuid_from_wire(request.after) if request.HasField("after") else None
        markets, more = await service.list(after, request.limit)
        return pb.ListMarketsResponse(markets=[_market(market) for market in markets], more=more)

    async def order_book(request: pb.GetOrderBookRequest, call: VerifiedCall) -> pb.GetOrderBookResponse:
        await consume_alone(database, call)
        book = await service.order_book(uuid_from_wire(request.market), request.depth)
        return pb.GetOrderBookResponse(
            yes_bids=[_level(level) for level in book.yes_bids[: request.depth]],
            no_bids=[_level(level) for level in book.no_bids[: request.depth]],
            as_of=to_ns(clock.now()),
        )

    server.handle(LIST_MARKETS, list_markets)
    server.handle(GET_ORDER_BOOK, order_book)


def _market(market: Market) -> pb.Market:
    return pb.Market(
        market=uuid_to_wire(market.market_id),
        ticker=_text(market.ticker, TICKER_LIMIT),
        title=_text(market.title, TITLE_LIMIT),
        rules=_text(market.rules, RULES_LIMIT),
        status=_STATUSES[market.status],
        tick=market.tick,
        yes_bid=market.yes_bid,
        yes_ask=market.yes_ask,
        close_time=to_ns(market.close_time),
        fee_multiplier=market.fee_multiplier,
        resolved=market.yes_value is not None,
        yes_value=market.yes_value or 0,
    )


def _level(level: Level) -> pb.Level:
    return pb.Level(price=level.price, quantity=level.quantity)


def _text(text: str, limit: int) -> str:
    """Return text that the other side accepts: one line, printable, within the limit."""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return line[:limit]
