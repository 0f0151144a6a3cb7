"""The fold: how each fact moves the state.

`apply` never decides and never fails for a fact that was decided on this state; it is the only way in which
anything that the journal knows changes.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.exchange import facts as happened
from sandbox.exchange import settling
from sandbox.exchange.book import Book, BookOrder, Owner
from sandbox.exchange.catalogue import Event, close_time_ms, event_of_round, listing_of_round
from sandbox.exchange.facts import Fact
from sandbox.exchange.market import Listing, Market, MarketStatus
from sandbox.exchange.orders import Order, OrderStatus
from sandbox.exchange.state import Group, State


class Fold:
    """Moves one state."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._appliers: dict[type, Callable[[Any], None]] = {
            happened.ExchangeOpened: self._open,
            happened.Deposited: self._deposit,
            happened.Withdrawn: self._withdraw,
            happened.OrderAccepted: self._accept,
            happened.OrderFilled: self._fill,
            happened.OrderRested: self._rest,
            happened.OrderCanceled: self._cancel,
            happened.OrderAmended: self._amend,
            happened.CancelAllAsked: self._cancel_all,
            happened.GroupCreated: self._create_group,
            happened.GroupLimited: self._limit_group,
            happened.GroupTriggered: self._trigger_group,
            happened.GroupReset: self._reset_group,
            happened.GroupDeleted: self._delete_group,
            happened.HouseQuoted: self._quote,
            happened.MarketPaused: lambda fact: self._move(fact, MarketStatus.INACTIVE),
            happened.MarketResumed: lambda fact: self._move(fact, MarketStatus.ACTIVE),
            happened.MarketClosed: self._close,
            happened.MarketDetermined: lambda fact: self._result(fact, MarketStatus.DETERMINED),
            happened.MarketDisputed: self._dispute,
            happened.MarketAmended: lambda fact: self._result(fact, MarketStatus.AMENDED),
            happened.MarketFinalized: self._finalize,
            happened.MarketVoided: self._void,
            happened.MarketListed: self._list_again,
            happened.EventFeesChanged: self._change_event_fees,
            happened.FeesWaived: self._waive_fees,
            happened.CutoffMoved: self._move_cutoff,
        }

    def apply(self, fact: Fact) -> None:
        """Move the state by one fact."""
        self._appliers[type(fact)](fact)

    def _open(self, fact: happened.ExchangeOpened) -> None:
        state = self._state
        state.opened_ms = fact.at_ms
        for listing in state.catalogue.listings.values():
            event = state.catalogue.events[listing.event_ticker]
            self._list(listing, event, close_time_ms(fact.at_ms, listing.close_after_days), fact.at_ms)

    def _list_again(self, fact: happened.MarketListed) -> None:
        catalogue = self._state.catalogue
        first = catalogue.listings[fact.first_ticker]
        event = event_of_round(catalogue.events[first.event_ticker], fact.round_number)
        self._list(listing_of_round(first, fact.round_number), event, fact.close_ms, fact.at_ms)

    def _list(self, listing: Listing, event: Event, close_ms: int, at_ms: int) -> None:
        state = self._state
        state.events[event.ticker] = event
        state.markets[listing.ticker] = Market(listing, at_ms, close_ms, updated_ms=at_ms)
        state.books[listing.ticker] = Book()
        state.tickers_by_event.setdefault(event.ticker, []).append(listing.ticker)
        state.latest[listing.first_ticker] = listing.ticker

    def _deposit(self, fact: happened.Deposited) -> None:
        state = self._state
        state.deposits.append(fact)
        state.deposit_references.add(fact.reference)
        state.cash = replace(state.cash, deposits=state.cash.deposits + fact.amount)

    def _withdraw(self, fact: happened.Withdrawn) -> None:
        state = self._state
        state.withdrawals[fact.reference] = fact
        state.cash = replace(state.cash, withdrawals=state.cash.withdrawals + fact.amount)

    def _accept(self, fact: happened.OrderAccepted) -> None:
        state = self._state
        sequence = len(state.order_ids)
        state.orders[fact.order_id] = Order(fact.order_id, fact.request, fact.at_ms, fact.at_ms, sequence)
        state.order_ids.append(fact.order_id)
        state.order_ids_by_ticker.setdefault(fact.request.ticker, []).append(fact.order_id)
        if fact.request.client_order_id:
            state.client_order_ids[fact.request.client_order_id] = fact.order_id

    def _fill(self, fact: happened.OrderFilled) -> None:
        fill, state = fact.fill, self._state
        state.fills.append(fill)
        state.fills_by_order.setdefault(fill.order_id, []).append(fill)
        state.fills_by_ticker.setdefault(fill.ticker, []).append(fill)
        order = state.orders[fill.order_id].with_fill(fill)
        state.orders[fill.order_id] = order
        if order.status is not OrderStatus.RESTING:
            self._no_longer_rests(order)
        state.books[fill.ticker].reduce(fill.maker_id, fill.count)
        state.markets[fill.ticker] = state.markets[fill.ticker].with_trade(fill.price, fill.count, fill.at_ms)
        position, pairs = state.position(fill.ticker).buy(
            fill.side, fill.count, fill.price, fill.net_fee, fill.at_ms
        )
        settling.move_position(state, fill.ticker, position)
        state.cash = replace(
            state.cash,
            trades=state.cash.trades + fill.cost,
            fees=state.cash.fees + fill.net_fee,
            pairs=state.cash.pairs + pairs,
        )
        group = state.groups.get(order.request.group_id or "")
        if group is not None:
            group.matched.append((fill.at_ms, fill.count))

    def _rest(self, fact: happened.OrderRested) -> None:
        state = self._state
        order = state.orders[fact.order_id]
        asked = order.request
        state.resting_ids[order.order_id] = None
        state.resting_by_ticker.setdefault(asked.ticker, {})[order.order_id] = None
        if asked.expires_ms is not None:
            state.expiring[order.order_id] = asked.expires_ms
        state.books[asked.ticker].place(
            BookOrder(order.order_id, Owner.MEMBER, asked.side, asked.price, order.remaining)
        )

    def _cancel(self, fact: happened.OrderCanceled) -> None:
        state = self._state
        order = state.orders[fact.order_id].without_rest(fact.at_ms)
        state.orders[fact.order_id] = order
        self._no_longer_rests(order)
        state.books[order.request.ticker].remove(fact.order_id)

    def _amend(self, fact: happened.OrderAmended) -> None:
        state = self._state
        before = state.orders[fact.order_id]
        order = replace(before, request=fact.request, updated_ms=fact.at_ms)
        state.orders[fact.order_id] = order
        if fact.request.client_order_id:
            state.client_order_ids[fact.request.client_order_id] = fact.order_id
        state.expiring.pop(fact.order_id, None)
        book = state.books[fact.request.ticker]
        if not fact.keeps_place:
            self._no_longer_rests(order)
            book.remove(fact.order_id)
            return
        book.shrink(fact.order_id, order.remaining)
        if fact.request.expires_ms is not None:
            state.expiring[fact.order_id] = fact.request.expires_ms

    def _no_longer_rests(self, order: Order) -> None:
        state = self._state
        state.resting_ids.pop(order.order_id, None)
        state.expiring.pop(order.order_id, None)
        resting = state.resting_by_ticker.get(order.request.ticker)
        if resting is not None:
            resting.pop(order.order_id, None)
            if not resting:
                del state.resting_by_ticker[order.request.ticker]

    def _cancel_all(self, fact: happened.CancelAllAsked) -> None:
        self._state.cancel_all_ms = fact.at_ms

    def _create_group(self, fact: happened.GroupCreated) -> None:
        self._state.groups[fact.group_id] = Group(fact.group_id, fact.limit)

    def _limit_group(self, fact: happened.GroupLimited) -> None:
        self._state.groups[fact.group_id].limit = fact.limit

    def _trigger_group(self, fact: happened.GroupTriggered) -> None:
        self._state.groups[fact.group_id].is_triggered = True

    def _reset_group(self, fact: happened.GroupReset) -> None:
        group = self._state.groups[fact.group_id]
        group.is_triggered = False
        group.matched.clear()

    def _delete_group(self, fact: happened.GroupDeleted) -> None:
        del self._state.groups[fact.group_id]

    def _quote(self, fact: happened.HouseQuoted) -> None:
        book = self._state.books[fact.ticker]
        book.remove_house()
        for quote in fact.quotes:
            book.place(BookOrder(quote.order_id, Owner.HOUSE, quote.side, quote.price, quote.count))
        if fact.frozen:
            self._state.frozen.add(fact.ticker)
        else:
            self._state.frozen.discard(fact.ticker)

    def _move(self, fact: happened.MarketPaused | happened.MarketResumed, status: MarketStatus) -> None:
        market = self._state.markets[fact.ticker]
        self._state.markets[fact.ticker] = replace(market, status=status, updated_ms=fact.at_ms)

    def _close(self, fact: happened.MarketClosed) -> None:
        self._state.books[fact.ticker].clear()
        market = self._state.markets[fact.ticker]
        close_ms = min(market.close_ms, fact.at_ms)
        self._state.markets[fact.ticker] = replace(
            market, status=MarketStatus.CLOSED, close_ms=close_ms, updated_ms=fact.at_ms
        )

    def _result(self, fact: happened.MarketDetermined | happened.MarketAmended, status: MarketStatus) -> None:
        self._state.unsettled[fact.ticker] = None
        self._state.markets[fact.ticker] = replace(
            self._state.markets[fact.ticker],
            status=status,
            result=fact.result,
            value=fact.value,
            determined_ms=fact.at_ms,
            updated_ms=fact.at_ms,
        )

    def _dispute(self, fact: happened.MarketDisputed) -> None:
        self._state.unsettled.pop(fact.ticker, None)
        market = self._state.markets[fact.ticker]
        self._state.markets[fact.ticker] = replace(
            market, status=MarketStatus.DISPUTED, updated_ms=fact.at_ms
        )

    def _finalize(self, fact: happened.MarketFinalized) -> None:
        state = self._state
        state.unsettled.pop(fact.ticker, None)
        market = replace(
            state.markets[fact.ticker],
            status=MarketStatus.FINALIZED,
            settled_ms=fact.at_ms,
            updated_ms=fact.at_ms,
        )
        state.markets[fact.ticker] = market
        if fact.ticker in state.settled_at:
            settling.settle_again(state, market, fact.at_ms)
        else:
            settling.settle(state, market, fact.at_ms)

    def _void(self, fact: happened.MarketVoided) -> None:
        market = self._state.markets[fact.ticker]
        self._state.markets[fact.ticker] = replace(market, voided_ms=fact.at_ms, updated_ms=fact.at_ms)
        settling.void(self._state, fact)

    def _change_event_fees(self, fact: happened.EventFeesChanged) -> None:
        self._state.event_fee_changes.append(fact)
        if fact.fees is None:
            self._state.event_fees.pop(fact.event_ticker, None)
        else:
            self._state.event_fees[fact.event_ticker] = fact.fees

    def _waive_fees(self, fact: happened.FeesWaived) -> None:
        market = self._state.markets[fact.ticker]
        self._state.markets[fact.ticker] = replace(market, fee_waiver_ms=fact.until_ms, updated_ms=fact.at_ms)

    def _move_cutoff(self, fact: happened.CutoffMoved) -> None:
        self._state.cutoff_ms = fact.cutoff_ms
