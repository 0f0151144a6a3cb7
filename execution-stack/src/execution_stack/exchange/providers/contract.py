"""What every exchange adapter does. The worker knows this Protocol and no exchange."""

from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from execution_stack.exchange.domain import (
    Acknowledged,
    Fill,
    MarketSnapshot,
    NewOrder,
    Order,
    OrderBook,
    RateLimits,
    Settlement,
    Ticker,
)


class Exchange(Protocol):
    """An exchange with one account. Reads raise ExchangeUnavailable (or its NotThere) or AnswerUnreadable."""

    async def list_markets(self) -> tuple[MarketSnapshot, ...]:
        """Return every market that we can trade."""
        ...

    async def order_book(self, ticker: Ticker, depth: int) -> OrderBook:
        """Return the best `depth` levels of both sides."""
        ...

    async def place_order(self, order: NewOrder) -> Acknowledged:
        """Send an immediate-or-cancel order, once. Safe to call again with the same order.

        Raises OrderRefused (it does not exist there), NotReceived (it never arrived), OutcomeUnknown.
        """
        ...

    async def find_order(self, client_order_id: UUID, ticker: Ticker, since: datetime) -> Order | None:
        """Search the account's orders and fills of a market. None proves nothing: they may show late."""
        ...

    async def as_of(self) -> datetime:
        """Return up to when the account's orders and fills are complete in the answers of the exchange."""
        ...

    async def order(self, order_id: UUID) -> Order:
        """Return one order of ours. Raises NotThere when the exchange does not know it."""
        ...

    async def fills(self, order_id: UUID) -> tuple[Fill, ...]:
        """Return the fills of one order that show so far, oldest first. They may lag behind the order."""
        ...

    async def orders_between(self, since: datetime, until: datetime) -> tuple[Order, ...]:
        """Return the account's orders that were made in a time, however long ago, each once."""
        ...

    async def fills_between(self, since: datetime, until: datetime) -> tuple[Fill, ...]:
        """Return the account's fills that were made in a time, however long ago, each once."""
        ...

    async def clock_skew(self) -> timedelta:
        """Return how far the exchange's clock runs ahead of ours; zero when it cannot be told apart."""
        ...

    async def positions(self) -> dict[Ticker, int]:
        """Return the account's net position per market: plus YES, minus NO, in 0.01 contracts."""
        ...

    async def balance(self) -> int:
        """Return the account's cash in micro-dollars."""
        ...

    async def limits(self) -> RateLimits:
        """Return how fast the account may read and write, in the exchange's tokens."""
        ...

    async def settlements_between(self, since: datetime, until: datetime) -> tuple[Settlement, ...]:
        """Return what was paid in a time, for every market."""
        ...

    async def settlements(self, ticker: Ticker) -> tuple[Settlement, ...]:
        """Return what was paid for the account's net position of one market."""
        ...
