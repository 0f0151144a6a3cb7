"""The order book of one market: YES only, price first, then time.

A bid buys YES; an ask sells YES, which is buying NO at one dollar minus the price. Trades happen at the price
of the order that was there first.

Guaranteed:
- `cross` only looks; the book changes by `place`, `reduce` and `remove`;
- the member never trades with itself, and the house never with itself (its quotes never cross each other).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sandbox.exchange.units import ONE


class Side(StrEnum):
    """What an order does with YES."""

    BID = "bid"
    ASK = "ask"

    @property
    def opposite(self) -> "Side":
        return Side.ASK if self is Side.BID else Side.BID

    @property
    def outcome(self) -> str:
        """The contract that this side buys."""
        return "yes" if self is Side.BID else "no"

    @property
    def sign(self) -> int:
        """The direction in which this side moves a net position."""
        return 1 if self is Side.BID else -1

    def own_price(self, yes_price: int) -> int:
        """Return what one contract of this side's outcome costs."""
        return yes_price if self is Side.BID else ONE - yes_price


class Owner(StrEnum):
    """Whose order it is: the one member's, or the house market maker's."""

    MEMBER = "member"
    HOUSE = "house"


class SelfTradePrevention(StrEnum):
    """Which order gives way when a member would meet itself."""

    TAKER_AT_CROSS = "taker_at_cross"
    MAKER = "maker"


@dataclass(slots=True)
class BookOrder:
    """One resting order."""

    order_id: str
    owner: Owner
    side: Side
    price: int
    remaining: int


@dataclass(frozen=True, slots=True)
class Match:
    """A trade that an incoming order would make with one resting order."""

    maker_id: str
    maker_owner: Owner
    price: int
    count: int


@dataclass(frozen=True, slots=True)
class Crossing:
    """Everything an incoming order would do to the book."""

    matches: tuple[Match, ...]
    self_crossed: tuple[str, ...]
    remaining: int
    stopped_at_self: bool


class Book:
    """All resting orders of one market. A level keeps its orders in the order of their arrival."""

    def __init__(self) -> None:
        self._levels: dict[Side, dict[int, dict[str, BookOrder]]] = {Side.BID: {}, Side.ASK: {}}
        self._orders: dict[str, BookOrder] = {}

    def place(self, order: BookOrder) -> None:
        """Put an order at the end of its level's queue."""
        self._orders[order.order_id] = order
        self._levels[order.side].setdefault(order.price, {})[order.order_id] = order

    def remove(self, order_id: str) -> None:
        """Take an order out; an order that is not here is nothing to do."""
        order = self._orders.pop(order_id, None)
        if order is None:
            return
        level = self._levels[order.side][order.price]
        del level[order_id]
        if not level:
            del self._levels[order.side][order.price]

    def reduce(self, order_id: str, count: int) -> None:
        """Take a traded count off an order; it leaves the book when nothing remains."""
        order = self._orders.get(order_id)
        if order is None:
            return
        order.remaining -= count
        if order.remaining <= 0:
            self.remove(order_id)

    def shrink(self, order_id: str, remaining: int) -> None:
        """Leave an order only so much, at its place in the queue."""
        self._orders[order_id].remaining = remaining

    def ahead_of(self, order_id: str) -> int:
        """Return the count that trades before an order does: better prices, then earlier orders."""
        order = self._orders[order_id]
        ahead = 0
        for price, level in self._levels[order.side].items():
            if (price - order.price) * order.side.sign > 0:
                ahead += sum(one.remaining for one in level.values())
        for one in self._levels[order.side][order.price].values():
            if one.order_id == order_id:
                return ahead
            ahead += one.remaining
        return ahead

    def remove_house(self) -> None:
        """Withdraw all liquidity of the house."""
        for order_id in [order.order_id for order in self._orders.values() if order.owner is Owner.HOUSE]:
            self.remove(order_id)

    def clear(self) -> None:
        """Take out everything."""
        for levels in self._levels.values():
            levels.clear()
        self._orders.clear()

    def best(self, side: Side) -> int | None:
        """Return the best price of a side, or None when nobody is there."""
        levels = self._levels[side]
        if not levels:
            return None
        return max(levels) if side is Side.BID else min(levels)

    def depth(self, side: Side) -> list[tuple[int, int]]:
        """Return (price, count) per level, the best first."""
        levels = self._levels[side]
        return [
            (price, sum(order.remaining for order in levels[price].values()))
            for price in sorted(levels, reverse=side is Side.BID)
        ]

    def cross(
        self, owner: Owner, side: Side, price: int, count: int, prevention: SelfTradePrevention
    ) -> Crossing:
        """Return the trades that an incoming order would make, in price-time order, without making them."""
        matches: list[Match] = []
        self_crossed: list[str] = []
        remaining = count
        for maker in self._makers(side, price):
            if remaining == 0:
                break
            if maker.owner is owner:
                if prevention is SelfTradePrevention.TAKER_AT_CROSS:
                    return Crossing(tuple(matches), (), remaining, stopped_at_self=True)
                self_crossed.append(maker.order_id)
                continue
            traded = min(remaining, maker.remaining)
            matches.append(Match(maker.order_id, maker.owner, maker.price, traded))
            remaining -= traded
        return Crossing(tuple(matches), tuple(self_crossed), remaining, stopped_at_self=False)

    def _makers(self, taker: Side, limit: int) -> Iterator[BookOrder]:
        levels = self._levels[taker.opposite]
        for price in sorted(levels, reverse=taker is Side.ASK):
            if (price - limit) * taker.sign > 0:
                return
            yield from levels[price].values()
