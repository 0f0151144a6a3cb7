"""A wager's way through both stacks: sections 4 to 7 of the money flows."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from customer_stack.boundary_client import domain as wire
from customer_stack.ledger.domain import Account as CustomerAccount
from customer_stack.wagers.domain import flows, gate
from customer_stack.wagers.domain.page import end_wager
from customer_stack.wagers.domain.reports import Wager
from customer_stack.wagers.domain.states import Event, State, move
from execution_stack.aggregation.domain import commit_window, order_id_of, screen
from execution_stack.allocation.domain import IntentShare, allocate
from execution_stack.books.chart import Account
from execution_stack.books.domain import (
    BookedAllocation,
    Share,
    book_allocation,
    float_hold,
    float_hold_id,
    position_hold,
    release_holds,
)
from execution_stack.books.late_fills import LateFill, book_late_fill, late_fill_of
from execution_stack.exchange.domain import Action, BookSide, Fill, Side, Ticker, book_side_of
from execution_stack.intents.domain import Intent, OpenIntent, OpenIntents, PooledGroup, World, judge
from execution_stack.markets.domain import MarketTerms
from execution_stack.reports.domain import FillShare, Final, NotPooled, Reason
from flows.stacks import Customer, Executed, Market, Order, Stacks, WindowKey
from shared.ids import HOUSE_TENANT
from shared.ledger.domain import USD, Movement, join

Traded = tuple[int, int, int]
"""A fill as the exchange states it: price of YES, contracts, net fee."""

STAKE_LIMIT = 10**12


def place(
    stacks: Stacks, customer: Customer, market: Market, side: Side, action: Action, quantity: int, limit: int
) -> Wager | tuple[gate.Reason, ...]:
    """Ask the gate, and hold what the wager can take; or return why not."""
    now = stacks.clock.now()
    command = gate.Command(
        wager_id=stacks.ids.new(),
        tenant_id=customer.tenant.id,
        customer_id=customer.id,
        market_id=market.id,
        side=wire.Side(side),
        action=wire.Action(action),
        quantity=quantity,
        limit_price=limit,
        at=now,
    )
    asset = market.assets.of(side)
    facts = gate.Facts(
        command=command,
        standing=gate.Standing("active", may_wager=True),
        is_capable=True,
        market=gate.MarketFacts(
            wire.MarketStatus.OPEN, market.tick, now + timedelta(days=1), market.fee_multiplier_e4
        ),
        stake=gate.StakeFacts(0, STAKE_LIMIT, 1),
        funds=stacks.customer.available(customer.id, CustomerAccount.WALLET),
        contracts=stacks.customer.available(customer.id, CustomerAccount.POSITION, asset),
    )
    decision = gate.decide(facts)
    if not decision.is_allowed:
        return decision.reasons
    holds = flows.build_holds(
        command.wager_id,
        command.tenant_id,
        command.customer_id,
        command.action,
        asset,
        quantity,
        decision.max_total,
    )
    stacks.customer.post(Movement(holds=holds))
    return stacks.set_wager(
        Wager(
            id=command.wager_id,
            tenant_id=command.tenant_id,
            customer_id=command.customer_id,
            account_id=customer.account,
            market_id=market.id,
            side=command.side,
            action=command.action,
            quantity=quantity,
            limit_price=limit,
            max_total=decision.max_total,
            state=State.PENDING,
            placed_at=now,
        )
    )


def submit(stacks: Stacks, wagers: Sequence[Wager], *, fee_multiplier_e4: int | None = None) -> None:
    """Hand wagers over. What execution refuses ends at once; the rest waits for its window.

    `fee_multiplier_e4` is what execution knows when the fee schedule has become another meanwhile.
    """
    sent = [stacks.set_wager(wager, state=move(wager.state, Event.CLAIM)) for wager in wagers]
    verdicts = judge([_intent(stacks, wager) for wager in sent], _world(stacks, sent, fee_multiplier_e4))
    for wager, verdict in zip(sent, verdicts, strict=True):
        if verdict.refused is not None:
            refusal = wire.Reason(verdict.refused)
            ended = stacks.set_wager(wager, state=move(wager.state, Event.REFUSAL), refusal=refusal)
            stacks.customer.post(end_wager(ended)[0])
            stacks.seen[f"refused: {verdict.refused}"] += 1
            continue
        stacks.set_wager(wager, state=move(wager.state, Event.RECEIVED))
        _receive(stacks, verdict.intent, wager.tenant_id)


def _intent(stacks: Stacks, wager: Wager) -> Intent:
    return Intent(
        wager.id,
        stacks.customers[wager.customer_id].account,
        wager.market_id,
        Side(wager.side),
        Action(wager.action),
        wager.quantity,
        wager.limit_price,
        wager.max_total,
    )


def _world(stacks: Stacks, wagers: Sequence[Wager], fee_multiplier_e4: int | None) -> World:
    tenants, terms, positions = {}, {}, {}
    for wager in wagers:
        market, customer = stacks.markets[wager.market_id], stacks.customers[wager.customer_id]
        tenants[customer.account] = wager.tenant_id
        terms[market.id] = MarketTerms(
            is_open=True, tick=market.tick, fee_multiplier=fee_multiplier_e4 or market.fee_multiplier_e4
        )
        for side in Side:
            held = stacks.execution.available(customer.account, Account.POSITION, market.assets.of(side))
            positions[customer.account, market.id, side] = held
    return World(tenants, terms, {}, positions)


def _receive(stacks: Stacks, intent: Intent, tenant_id: UUID) -> None:
    stacks.intents[intent.intent_id] = intent
    if intent.action is Action.SELL:
        asset = stacks.markets[intent.market_id].assets.of(intent.side)
        hold = position_hold(intent.intent_id, intent.account, tenant_id, asset, intent.quantity)
        stacks.execution.post(Movement(holds=(hold,)))
    waiting = OpenIntent(
        intent.intent_id,
        intent.account,
        tenant_id,
        intent.quantity,
        intent.max_total,
        arrival=len(stacks.intents),
    )
    key = (intent.market_id, intent.side, intent.action, intent.limit_price)
    stacks.waiting.setdefault(key, []).append(waiting)


def pool(stacks: Stacks, key: WindowKey) -> Order | None:
    """Close a window: hold float for each tenant, commit to the manifest, refuse what stays out.

    What the float cannot carry would wait for a while; here its patience is over at once.
    """
    market_id, side, action, limit = key
    market = stacks.markets[market_id]
    terms = MarketTerms(is_open=True, tick=market.tick, fee_multiplier=market.fee_multiplier_e4)
    window_id = stacks.ids.new()
    order_id = order_id_of(window_id)
    waiting = OpenIntents.of(stacks.waiting.pop(key))
    screened = screen(PooledGroup(market_id, side, action, limit, waiting), terms)
    free = {tenant: _free_float(stacks, tenant) for tenant in set(screened.accepted.tenants)}
    carried = screened.carried(free)
    holds = [float_hold(order_id, each, amount) for each, amount in carried.held.items() if amount]
    stacks.execution.post(Movement(holds=tuple(holds)))
    taken = carried.screened
    for intent_id in set(screened.accepted.ids) - set(taken.accepted.ids):
        leave_out(stacks, intent_id, Reason.FLOAT_TOO_LOW)
    for intent_id, reason in taken.refused:
        leave_out(stacks, intent_id, reason)
    if not taken.accepted:
        return None
    order = Order(order_id, commit_window(window_id, taken), tuple(taken.accepted))
    stacks.in_flight[market_id] = order
    return order


def _free_float(stacks: Stacks, tenant_id: UUID) -> int:
    return stacks.execution.available(tenant_id, Account.FLOAT)


def cancel(stacks: Stacks, key: WindowKey, intent_id: UUID) -> None:
    """Take an intent out of its window before it closes."""
    stacks.waiting[key] = [each for each in stacks.waiting[key] if each.intent_id != intent_id]
    if not stacks.waiting[key]:
        del stacks.waiting[key]
    leave_out(stacks, intent_id, Reason.CANCELLED)


def leave_out(stacks: Stacks, intent_id: UUID, reason: Reason) -> None:
    """End an intent that no window has taken, and report it."""
    intent = stacks.intents[intent_id]
    tenant_id = stacks.execution.tenants[intent.account]
    if intent.action is Action.SELL:
        stacks.execution.post(release_holds([stacks.execution.open_hold(intent.account, intent_id)]))
    stacks.tell(tenant_id, NotPooled(intent_id, reason))
    stacks.seen[f"not pooled: {reason}"] += 1


def execute(stacks: Stacks, order: Order, traded: Sequence[Traded]) -> Executed:
    """Let the exchange fill an order, then allocate, book and report it."""
    manifest = order.manifest
    book_side = book_side_of(manifest.side, manifest.action)
    fills = tuple(_fill(stacks, order, book_side, *each) for each in traded)
    for fill in fills:
        stacks.exchange.fill(manifest.market_id, book_side, fill.yes_price, fill.quantity, fill.fee)
    allocation = allocate(manifest, fills)
    shares = list(zip(order.pooled, allocation.shares, strict=True))
    booked = BookedAllocation(
        order_id=order.id,
        market_id=manifest.market_id,
        side=manifest.side,
        action=manifest.action,
        at=stacks.clock.now(),
        shares=tuple(
            Share(intent.intent_id, intent.account, intent.tenant_id, share.quantity, share.cost, share.fee)
            for intent, share in shares
        ),
        excess=allocation.excess,
    )
    before = _references(stacks, order)
    _book(stacks, order, booked)
    after = _references(stacks, order)
    sign = 1 if manifest.action is Action.BUY else -1
    ended = Executed(
        order,
        fills,
        allocation,
        quantity=sign * (after[0] - before[0]),
        cost=-sign * (after[1] - before[1]),
        charged=before[2] - after[2],
        excess=before[3] - after[3],
    )
    stacks.executed.append(ended)
    del stacks.in_flight[manifest.market_id]
    _report(stacks, order, shares)
    return ended


def show_late(stacks: Stacks, order: Order, traded: Traded) -> LateFill:
    """Let an order show one more fill after it was shared out: it is the house's."""
    manifest, market = order.manifest, stacks.markets[order.manifest.market_id]
    fill = _fill(stacks, order, book_side_of(manifest.side, manifest.action), *traded)
    stacks.exchange.fill(market.id, fill.book_side, fill.yes_price, fill.quantity, fill.fee)
    late = late_fill_of(fill, market.id, stacks.clock.now())
    is_cleared = any(each.market.id == market.id for each in stacks.resolved)
    movement, after = book_late_fill(late, market.assets, stacks.gross[market.id], is_cleared=is_cleared)
    stacks.execution.post(movement)
    stacks.gross[market.id] = after
    stacks.late.append(late)
    return late


def _fill(stacks: Stacks, order: Order, side: BookSide, yes_price: int, quantity: int, fee: int) -> Fill:
    fill_id, at = stacks.ids.new(), stacks.clock.now()
    return Fill(fill_id, order.id, Ticker("M"), side, yes_price, quantity, fee, is_taker=True, created_at=at)


def _references(stacks: Stacks, order: Order) -> tuple[int, int, int, int]:
    """Return contracts, cash and fees of the order's references, and the house's excess."""
    books = {intent.account for intent in order.pooled}
    asset = stacks.markets[order.manifest.market_id].assets.of(order.manifest.side)
    ledger = stacks.execution
    return (
        sum(ledger.posted(book, Account.POSITION, asset) for book in books),
        sum(ledger.posted(book, Account.CASH) for book in books),
        sum(ledger.posted(book, Account.FEES) for book in books),
        ledger.posted(HOUSE_TENANT, Account.EXCESS),
    )


def _book(stacks: Stacks, order: Order, booked: BookedAllocation) -> None:
    ledger, market = stacks.execution, stacks.markets[booked.market_id]
    wanted = {hold.hold.id: hold for hold in ledger.open_holds() if hold.hold.asset == USD}
    tenants = {intent.tenant_id for intent in order.pooled}
    float_holds = {
        tenant: wanted[float_hold_id(order.id, tenant)]
        for tenant in tenants
        if float_hold_id(order.id, tenant) in wanted
    }
    movement, after = book_allocation(booked, market.assets, stacks.gross[market.id], float_holds)
    ledger.post(movement)
    stacks.gross[market.id] = after
    if booked.action is Action.SELL:
        ends = [release_holds([ledger.open_hold(each.account, each.intent_id)]) for each in order.pooled]
        ledger.post(join(ends))


def _report(stacks: Stacks, order: Order, shares: Sequence[tuple[OpenIntent, IntentShare]]) -> None:
    manifest, digest = order.manifest, order.manifest.digest()
    for intent, share in shares:
        if share.quantity:
            filled = FillShare(
                intent.intent_id,
                intent.account,
                manifest.market_id,
                manifest.window_id,
                manifest.side,
                manifest.action,
                share.quantity,
                share.cost,
                share.fee,
                digest,
            )
            stacks.tell(intent.tenant_id, filled)
        stacks.tell(intent.tenant_id, Final(intent.intent_id, share.quantity))
