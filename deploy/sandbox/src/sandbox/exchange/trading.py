"""The member's orders: placed, amended, decreased, canceled, expired.

An incoming order trades with what is there, best price first, then time; what then becomes of the rest
depends on how long it was given. An amended order keeps its place only when it becomes smaller at the same
price.

What is not documented, and how it is here: a post-only order that would trade is accepted and canceled at
once; a reduce-only order takes at most what closes the net position; an order never matches beyond what its
group still allows; after "cancel all" new orders that come to rest are canceled for a minute.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sandbox.exchange.book import Match, Owner
from sandbox.exchange.errors import (
    InsufficientBalance,
    InvalidParameters,
    NotEnoughResting,
    NotFound,
    OrderAlreadyExists,
)
from sandbox.exchange.facts import (
    CancelAllAsked,
    Fact,
    OrderAccepted,
    OrderAmended,
    OrderCanceled,
    OrderFilled,
    OrderRested,
)
from sandbox.exchange.fees import charge_fill
from sandbox.exchange.groups import Groups
from sandbox.exchange.market import Market, MarketStatus
from sandbox.exchange.orders import Fill, Order, OrderRequest, OrderStatus, TimeInForce

AFTER_CANCEL_ALL_MS = 60_000

GOOD_TILL_CANCELED = TimeInForce.GOOD_TILL_CANCELED
IMMEDIATE_OR_CANCEL = TimeInForce.IMMEDIATE_OR_CANCEL
FILL_OR_KILL = TimeInForce.FILL_OR_KILL


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything an order would do: its fills, what would remain, and all of it as facts."""

    fills: list[Fill]
    remaining: int
    facts: list[Fact]


class Trading(Groups):
    """Commands on orders."""

    _late: list[tuple[int, list[Fill]]]

    def place_order(self, request: OrderRequest, now_ms: int, *, late_ms: int | None = None) -> Order:
        """Accept an order and trade it. Raises one of the refusals of errors.py; then nothing happened.

        With `late_ms` a fault is played: the order shows canceled, and what it trades follows that
        much later.
        """
        if request.client_order_id and self.state.knows_client_order(request.client_order_id, now_ms):
            raise OrderAlreadyExists("an order with this client_order_id already exists")
        market = self._trading_market(request.ticker)
        market.listing.check_price(request.price)
        _check(request, now_ms)
        order = Order(str(self._new_id()), request, now_ms, now_ms, sequence=0)
        plan = self._plan(order, market, now_ms)
        if request.time_in_force is FILL_OR_KILL and plan.remaining > 0:
            raise NotEnoughResting("fill or kill insufficient resting volume")
        accepted = OrderAccepted(order.order_id, request, now_ms)
        if late_ms is not None:
            self._late.append((now_ms + late_ms, plan.fills))
            self._commit([accepted, OrderCanceled(order.order_id, "immediate_or_cancel", now_ms)])
        else:
            self._commit([accepted, *plan.facts])
            self._trigger_if_hit(request.group_id, now_ms)
        return self.state.orders[order.order_id]

    def amend_order(
        self, order_id: str, asked: OrderRequest, now_ms: int, *, was_client_order_id: str | None = None
    ) -> Order:
        """Give a resting order another price, count, expiry or client id; it may trade at once.

        `asked.count` is what may be filled in all, with what was filled already. Raises InvalidUuid,
        NotFound, InvalidParameters, InvalidPrice, OrderAlreadyExists, InsufficientBalance.
        """
        order = self._resting_order(order_id)
        before = order.request
        if (asked.ticker, asked.side) != (before.ticker, before.side):
            raise InvalidParameters("ticker and side of an order cannot be amended")
        if was_client_order_id not in (None, "", before.client_order_id):
            raise InvalidParameters("client_order_id is not that of the order")
        new_client_id = asked.client_order_id
        if new_client_id != before.client_order_id and self.state.knows_client_order(new_client_id, now_ms):
            raise OrderAlreadyExists("an order with this client_order_id already exists")
        market = self._trading_market(asked.ticker)
        market.listing.check_price(asked.price)
        _check(asked, now_ms)
        if asked.count <= order.filled + order.canceled:
            raise InvalidParameters("count must be more than what is filled")
        keeps_place = asked.price == before.price and asked.count <= before.count
        facts: list[Fact] = [OrderAmended(order.order_id, asked, keeps_place, now_ms)]
        if not keeps_place:
            facts += self._plan(replace(order, request=asked), market, now_ms).facts
        self._commit(facts)
        self._trigger_if_hit(asked.group_id, now_ms)
        return self.state.orders[order.order_id]

    def decrease_order(self, order_id: str, *, by: int | None, to: int | None, now_ms: int) -> Order:
        """Leave less of a resting order, at its place. Raises InvalidUuid, NotFound, InvalidParameters."""
        order = self._resting_order(order_id)
        if (by is None) is (to is None):
            raise InvalidParameters("exactly one of reduce_by and reduce_to must be given")
        rest = order.remaining - by if by is not None else to or 0
        if not 0 <= rest < order.remaining:
            raise InvalidParameters(f"the order has {order.remaining} hundredths of a contract left")
        if rest == 0:
            self._commit([OrderCanceled(order.order_id, "decrease", now_ms)])
        else:
            request = replace(order.request, count=order.filled + order.canceled + rest)
            self._commit([OrderAmended(order.order_id, request, keeps_place=True, at_ms=now_ms)])
        return self.state.orders[order.order_id]

    def cancel_order(self, order_id: str, now_ms: int) -> tuple[Order, int]:
        """Cancel what rests of an order. Return it and the canceled count. Raises InvalidUuid, NotFound."""
        order = self._resting_order(order_id)
        self._commit([OrderCanceled(order.order_id, "requested", now_ms)])
        return self.state.orders[order.order_id], order.remaining

    def cancel_all_orders(self, now_ms: int) -> None:
        """Cancel everything that rests, and for a minute what comes to rest."""
        cancels = [OrderCanceled(order_id, "requested", now_ms) for order_id in self.state.resting_ids]
        self._commit([CancelAllAsked(now_ms), *cancels])

    def _cancel_by_time(self, now_ms: int) -> None:
        """Cancel what has expired, and what came to rest in the minute after "cancel all"."""
        asked_ms = self.state.cancel_all_ms
        if asked_ms is not None and now_ms <= asked_ms + AFTER_CANCEL_ALL_MS and self.state.resting_ids:
            self._commit([OrderCanceled(one, "requested", now_ms) for one in self.state.resting_ids])
        expired = [one for one, expires_ms in self.state.expiring.items() if expires_ms <= now_ms]
        self._commit([OrderCanceled(order_id, "expired", now_ms) for order_id in expired])

    def _fill_late(self, now_ms: int) -> None:
        due = [fills for due_ms, fills in self._late if due_ms <= now_ms]
        if not due:
            return
        self._late = [(due_ms, fills) for due_ms, fills in self._late if due_ms > now_ms]
        for fill in (fill for fills in due for fill in fills):
            market = self.state.markets[fill.ticker]
            if market.status is not MarketStatus.FINALIZED and market.voided_ms is None:
                self._commit([OrderFilled(replace(fill, at_ms=now_ms))])

    def _resting_order(self, order_id: str) -> Order:
        order = self.find_order(order_id)
        if order.status is not OrderStatus.RESTING:
            raise NotFound("order not found among resting orders")
        return order

    def _plan(self, order: Order, market: Market, now_ms: int) -> Plan:
        """Return what an order would do now with all that remains of it. Raises InsufficientBalance."""
        request = order.request
        allowed = self._allowed(order, now_ms)
        crossing = self.state.books[request.ticker].cross(
            Owner.MEMBER, request.side, request.price, allowed, request.prevention
        )
        if request.post_only and (crossing.matches or crossing.self_crossed or crossing.stopped_at_self):
            canceled = OrderCanceled(order.order_id, "post_only", now_ms)
            return Plan([], order.remaining, [canceled])
        fills = self._fills(order, market, crossing.matches, is_taker=True, now_ms=now_ms)
        remaining = order.remaining - sum(fill.count for fill in fills)
        rests = request.time_in_force is GOOD_TILL_CANCELED and not crossing.stopped_at_self
        self._check_funds(order, fills, remaining if rests else 0)
        facts: list[Fact] = [OrderCanceled(one, "self_trade", now_ms) for one in crossing.self_crossed]
        facts += [OrderFilled(fill) for fill in fills]
        if remaining > 0 and rests:
            facts.append(OrderRested(order.order_id))
        elif remaining > 0:
            facts.append(OrderCanceled(order.order_id, _reason(request, crossing.stopped_at_self), now_ms))
        return Plan(fills, remaining, facts)

    def _allowed(self, order: Order, now_ms: int) -> int:
        """Return what an order may match now, for its group and for its being reduce-only."""
        request = order.request
        allowance = self._allowance(request.group_id, now_ms)
        allowed = order.remaining if allowance is None else min(order.remaining, allowance)
        if request.reduce_only:
            allowed = min(allowed, self.state.position(request.ticker).held(request.side.opposite))
        return allowed

    def _fills(
        self, order: Order, market: Market, matches: Sequence[Match], *, is_taker: bool, now_ms: int
    ) -> list[Fill]:
        fills: list[Fill] = []
        gathered = order.gathered
        side = order.request.side
        fees = self.state.fees_of(market, now_ms)
        for match in matches:
            trade_fee = fees.trade_fee(match.count, match.price, is_taker=is_taker)
            charge, gathered = charge_fill(match.count * side.own_price(match.price), trade_fee, gathered)
            fill = Fill(
                fill_id=str(self._new_id()),
                order_id=order.order_id,
                ticker=market.listing.ticker,
                side=side,
                price=match.price,
                count=match.count,
                is_taker=is_taker,
                maker_id=match.maker_id,
                trade_fee=charge.trade_fee,
                rounding_fee=charge.rounding_fee,
                rebate=charge.rebate,
                at_ms=now_ms,
            )
            fills.append(fill)
        return fills

    def _check_funds(self, order: Order, fills: Sequence[Fill], resting: int) -> None:
        """Refuse what the balance cannot carry, judged by the trades that will really happen."""
        request = order.request
        position = self.state.position(request.ticker)
        change = 0
        for fill in fills:
            position, pairs = position.buy(fill.side, fill.count, fill.price, fill.net_fee, fill.at_ms)
            change += pairs - fill.cost - fill.net_fee
        uncovered = max(0, resting - position.held(request.side.opposite))
        change -= uncovered * request.side.own_price(request.price)
        reserved = self.state.reserved(without=order.order_id)
        if change < 0 and self.state.cash.balance - reserved + change < 0:
            raise InsufficientBalance("insufficient balance")


def _check(request: OrderRequest, now_ms: int) -> None:
    """Raise InvalidParameters unless the order's conditions go together."""
    rests = request.time_in_force is GOOD_TILL_CANCELED
    if request.count <= 0:
        raise InvalidParameters("count must be at least 0.01")
    if request.reduce_only and request.time_in_force is not IMMEDIATE_OR_CANCEL:
        raise InvalidParameters("reduce_only requires time_in_force immediate_or_cancel")
    if request.post_only and not rests:
        raise InvalidParameters("post_only requires time_in_force good_till_canceled")
    if request.expires_ms is not None and not rests:
        raise InvalidParameters("expiration_time requires time_in_force good_till_canceled")
    if request.expires_ms is not None and request.expires_ms <= now_ms:
        raise InvalidParameters("expiration_time must be in the future")


def _reason(request: OrderRequest, stopped_at_self: bool) -> str:  # noqa: FBT001 - one word of a fact
    if stopped_at_self:
        return "self_trade"
    return "reduce_only" if request.reduce_only else "immediate_or_cancel"
