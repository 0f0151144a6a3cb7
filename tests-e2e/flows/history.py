"""A random market history through both stacks: five customers of two tenants, two markets.

A seed decides everything, so a failing history can be run again: `History(seed).run()`. Every step is one
of the things that can happen to the platform, and every identity is required after every step.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from uuid import UUID

from customer_stack.settlement.errors import NothingToSettle
from customer_stack.wagers.domain.reports import Wager
from execution_stack.books.chart import Account
from execution_stack.exchange.domain import ONE_DOLLAR, Action, BookSide, Side, book_side_of, price_on
from execution_stack.reports.domain import Reason
from flows import deposits, ends, reversing, wagering
from flows.identities import require_all
from flows.model import CENT, Ledger
from flows.stacks import Customer, Market, Order, Stacks, Tenant, WindowKey
from flows.units import lkr, usd
from sandbox.exchange.fees import FeeSchedule, FeeType, charge_fill
from shared.ledger.domain import USD, Close, Hold, Movement

STEPS = (30, 70)
QUANTITIES = (1, 7, 250, 1_000, 4_000)
LOW_FLOAT = usd("40")


class History:
    """One history, and what happened in it."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - a history that can be repeated, not a secret
        self.stacks = Stacks()
        self.log: list[str] = [f"seed {seed}"]
        self.settlements: list[Iterator[None]] = []
        self._open()

    def run(self) -> None:
        """Live through random steps, then resolve both markets and settle what is owed."""
        for _ in range(self.random.randint(*STEPS)):
            possible = self._possible()
            (action,) = self.random.choices(list(possible), list(possible.values()))
            self._do(action)
        self._finish()

    def _possible(self) -> dict[Callable[[], None], float]:
        """Return what can happen now, and how likely that is."""
        stacks = self.stacks
        return {
            self._place: 8,
            self._pool: 12 if self._ready() else 0,
            self._execute: 8 if stacks.in_flight else 0,
            self._apply: 8 if stacks.pending else 0,
            self._cancel: 1 if stacks.waiting else 0,
            self._propose: 0 if stacks.pending else 1,
            self._go_on_settling: 2 if self.settlements else 0,
            self._deposit: 1,
            self._resolve_early: 1 if self._can_resolve_early() else 0,
            self._amend: 1 if self.paid else 0,
            self._ask_withdrawal: 0.5,
            self._lock_float: 0.3 if self.paid else 0,
        }

    def _do(self, action: Callable[[], None]) -> None:
        self.log.append(action.__name__.strip("_"))
        try:
            action()
            require_all(self.stacks)
        except Exception as error:
            error.add_note(" > ".join(self.log))
            raise

    def _note(self, what: str, happened: object = True) -> None:
        if happened:
            self.stacks.seen[what] += 1

    # The house and its customers.

    def _open(self) -> None:
        self.tenants = [self.stacks.add_tenant() for _ in range(2)]
        for tenant in self.tenants:
            deposits.contribute(self.stacks, tenant, lkr("3,000,000"))
            deposits.buy_stock(
                self.stacks, tenant, usd("5,000"), self.random.randint(140_000_000, 160_000_000)
            )
            low = self.random.random() < 0.3
            deposits.prefund(
                self.stacks, tenant, LOW_FLOAT if low else self.random.randint(usd("500"), usd("1,500"))
            )
        self.people = [self.stacks.add_customer(self.tenants[number % 2]) for number in range(5)]
        self.markets = [self.stacks.add_market(tick=tick) for tick in (100, 1)]
        self.open = list(self.markets)
        self.paid: list[Market] = []
        self.reserved: list[tuple[Ledger, Hold]] = []
        for customer in self.people:
            deposits.deposit(self.stacks, customer, self.random.randint(100_000, 6_000_000))
        require_all(self.stacks)

    def _deposit(self) -> None:
        deposits.deposit(self.stacks, self.random.choice(self.people), self.random.randint(50_000, 2_000_000))

    def _ask_withdrawal(self) -> None:
        """A customer asks for most of the money: it is held, and the bank takes its time."""
        customer = self.random.choice(self.people)
        self._reserve(self.stacks.customer, customer.tenant, customer.id, "wallet", "withdrawal")

    def _lock_float(self) -> None:
        """Orders elsewhere hold most of a tenant's float."""
        tenant = self.random.choice(self.tenants)
        self._reserve(self.stacks.execution, tenant, tenant.id, Account.FLOAT, "order_float")

    def _reserve(self, ledger: Ledger, tenant: Tenant, book: UUID, account: str, purpose: str) -> None:
        amount = ledger.available(book, account) - self.random.randint(0, CENT * 100)
        if amount > 0:
            hold = Hold(self.stacks.ids.new(), tenant.id, book, USD, account, amount, purpose)
            ledger.post(Movement(holds=(hold,)))
            self.reserved.append((ledger, hold))

    def _free(self) -> None:
        """What was held is free again: the bank said no, the orders are over."""
        for ledger, hold in self.reserved:
            ledger.post(Movement(closes=(Close(hold.id, hold.tenant_id, hold.book_id, "released"),)))
        self.reserved.clear()

    # Wagers.

    def _place(self) -> None:
        """One to four customers place wagers in one window; sales mostly by those who hold something."""
        market, side = self.random.choice(self.open), self.random.choice(list(Side))
        asset = market.assets.of(side)
        holders = [each for each in self.people if self.stacks.customer.available(each.id, "position", asset)]
        action = Action.SELL if holders and self.random.random() < 0.45 else Action.BUY
        if not holders and self.random.random() < 0.02:
            action = Action.SELL
        people = holders if action is Action.SELL and holders else self.people
        limit, placed = self._limit(market, action), []
        for customer in self.random.sample(people, self.random.randint(1, min(4, len(people)))):
            quantity = self._quantity(customer, asset, action)
            wager = wagering.place(self.stacks, customer, market, side, action, quantity, limit)
            if isinstance(wager, Wager):
                placed.append(wager)
                self._note("placed")
                self._note("a sale that may lack cash", action is Action.SELL and wager.max_total)
            else:
                self._note(f"denied: {wager[0]}")
        dearer = market.fee_multiplier_e4 + 1_000 if self.random.random() < 0.05 else None
        wagering.submit(self.stacks, placed, fee_multiplier_e4=dearer)

    def _limit(self, market: Market, action: Action) -> int:
        """Return a price, often one at which others wait already."""
        waiting = [key[3] for key in self.stacks.waiting if key[0] == market.id]
        if waiting and self.random.random() < 0.5:
            return self.random.choice(waiting)
        low = self.random.random() < (0.1 if action is Action.BUY else 0.5)
        ticks = self.random.randint(1, ((ONE_DOLLAR - 1) // market.tick) // (20 if low else 1))
        return ticks * market.tick

    def _quantity(self, customer: Customer, asset: int, action: Action) -> int:
        held = self.stacks.customer.available(customer.id, "position", asset)
        if action is Action.SELL and held and self.random.random() < 0.95:
            return self.random.choice((held, self.random.randint(1, held)))
        most = self.random.choice(QUANTITIES)
        return self.random.choice((most, self.random.randint(1, most)))

    def _cancel(self) -> None:
        key = self.random.choice(list(self.stacks.waiting))
        wagering.cancel(self.stacks, key, self.random.choice(self.stacks.waiting[key]).intent_id)

    def _ready(self) -> list[WindowKey]:
        """Return the windows of markets that have no order in flight."""
        return [key for key in self.stacks.waiting if key[0] not in self.stacks.in_flight]

    def _pool(self) -> None:
        order = wagering.pool(self.stacks, self.random.choice(self._ready()))
        self._note("a window of two tenants", order and len({each.tenant_id for each in order.pooled}) == 2)

    def _execute(self) -> None:
        self._end(self.random.choice(list(self.stacks.in_flight.values())))

    def _end(self, order: Order) -> None:
        """Let the exchange fill an order in some way, and note what became of it."""
        market_id, before = order.manifest.market_id, self.stacks.gross[order.manifest.market_id]
        ended = wagering.execute(self.stacks, order, self._fills(order))
        after = self.stacks.gross[market_id]
        self._note("paired", after.paired > before.paired)
        self._note("unpaired", after.paired < before.paired)
        self._note("crossed zero", after.net * before.net < 0)
        self._note("filled in part", 0 < ended.quantity < order.manifest.quantity)
        self._note("filled", ended.quantity == order.manifest.quantity)
        self._note("unfilled", not ended.quantity)
        self._note("fees above the caps", ended.excess)
        is_sale, shares = order.manifest.action is Action.SELL, ended.allocation.shares
        self._note("a sale", is_sale and ended.quantity)
        self._note("a fee beyond the proceeds", is_sale and any(s.fee > s.cost for s in shares))
        missing = order.manifest.quantity - abs(ended.quantity)
        if missing and self.random.random() < 0.1:
            self._show_late(order, self.random.randint(1, missing))

    def _show_late(self, order: Order, quantity: int) -> None:
        """Let a fill appear that the order's allocation knew nothing of."""
        [traded] = self._charge(order, [(self._yes_price(order), quantity)])
        wagering.show_late(self.stacks, order, traded)
        self._note("a late sale" if order.manifest.action is Action.SELL else "a late purchase")

    def _fills(self, order: Order) -> list[wagering.Traded]:
        """Return fills at the limit or better: none, some or all of the order, in few or in many parts."""
        manifest, quantity = order.manifest, 0
        if self.random.random() < 0.85:
            quantity = self.random.choice((manifest.quantity, self.random.randint(1, manifest.quantity)))
        drizzle = self.random.random() < 0.1
        most = 1 if drizzle else max(1, quantity // self.random.randint(1, 4))
        quantity = min(quantity, 40) if drizzle else quantity
        trades = []
        while quantity:
            part = min(quantity, self.random.randint(1, most) if self.random.random() < 0.5 else most)
            quantity -= part
            trades.append((self._yes_price(order), part))
        return self._charge(order, trades)

    def _yes_price(self, order: Order) -> int:
        manifest = order.manifest
        limit, bought = manifest.limit_price, manifest.action is Action.BUY
        if self.random.random() < 0.4:
            return price_on(manifest.side, limit)
        lowest, highest = (
            (max(1, limit - 500), limit) if bought else (limit, min(ONE_DOLLAR - 1, limit + 500))
        )
        return price_on(manifest.side, self.random.randint(lowest, highest))

    def _charge(self, order: Order, trades: list[tuple[int, int]]) -> list[wagering.Traded]:
        """Charge as the exchange does, or not at all, or more than anybody has bounded."""
        kind = self.random.random()
        if kind < 0.15:
            return [(at, quantity, 0) for at, quantity in trades]
        if kind < 0.3:
            most = self.random.choice((usd("0.001"), usd("0.05"), usd("3")))
            return [(at, quantity, self.random.randint(0, most)) for at, quantity in trades]
        if kind < 0.4 and len(trades) > 1:
            first = self.random.randint(0, usd("0.05"))
            fees = [first, -self.random.randint(0, first), *([0] * (len(trades) - 2))]
            return [(at, quantity, fee) for (at, quantity), fee in zip(trades, fees, strict=True)]
        schedule, gathered, charged = FeeSchedule(FeeType.QUADRATIC, 1000), 0, []
        is_bid = book_side_of(order.manifest.side, order.manifest.action) is BookSide.BID
        for at, quantity in trades:
            cost = quantity * (at if is_bid else ONE_DOLLAR - at)
            fee = schedule.trade_fee(quantity, at, is_taker=True)
            charge, gathered = charge_fill(cost, fee, gathered)
            charged.append((at, quantity, charge.net_fee))
        return charged

    def _apply(self) -> None:
        """Apply some or all of the reports that are on their way."""
        part = self.random.random() < 0.4
        self.stacks.apply_reports(self.random.randint(1, len(self.stacks.pending)) if part else None)
        self._note("taken back beyond a wallet", self.stacks.customer.total("debt"))
        self._note("reports cut in the middle", self.stacks.pending)

    # Periods.

    def _propose(self) -> None:
        """Cut a period of a tenant that has none on its way, when all reports are applied."""
        tenant = self.random.choice(self.tenants)
        if not self._is_settling(tenant):
            self._start(tenant)

    def _is_settling(self, tenant: Tenant) -> bool:
        period = self.stacks.periods[tenant.id]
        return bool(period.on_its_way) or self.stacks.sequence <= period.previous.sequence

    def _start(self, tenant: Tenant) -> None:
        try:
            settlement = ends.propose(self.stacks, tenant)
        except NothingToSettle:
            self._note("nothing to settle")
            return
        self._note(f"settlement: {settlement.instruction.direction}")
        self._note("a remainder stays owed", settlement.instruction.remainder)
        settlement.release()
        self.settlements.append(self._steps(settlement))

    def _steps(self, settlement: ends.Settlement) -> Iterator[None]:
        settlement.confirm()
        yield
        while self._must_wait(settlement):
            self._note("a payment waits for free float")
            yield
        settlement.receive()

    def _must_wait(self, settlement: ends.Settlement) -> bool:
        free = self.stacks.execution.available(settlement.tenant.id, Account.FLOAT)
        return settlement.signed < 0 and free < -settlement.signed

    def _go_on_settling(self) -> None:
        steps = self.random.choice(self.settlements)
        if next(steps, self) is self:
            self.settlements.remove(steps)

    # The end.

    def _finish(self) -> None:
        while self.stacks.in_flight:
            self._do(self._execute)
        self._do(self._close_markets)
        self._do(self.stacks.apply_reports)
        while self.open:
            self._do(self._resolve)
            self._do(self.stacks.apply_reports)
        for market in self.markets:
            if self.paid and self.random.random() < 0.5:
                self._do(self._amend)
            self._do(self._free)
            if self.random.random() < 0.4:
                self._do(lambda market=market: self._void(market))  # type: ignore[misc] # bound at once
            self._do(self.stacks.apply_reports)
        self._end_settlements()
        for tenant in self.tenants:
            if not self._is_settling(tenant):
                self._do(lambda tenant=tenant: self._start(tenant))  # type: ignore[misc] # bound at once
        self._end_settlements()
        self._require_end()

    def _end_settlements(self) -> None:
        """Pay what was released; where too little float is left for it, the house brings more."""
        rounds = 0
        while self.settlements:
            rounds += 1
            self._do(self._go_on_settling)
            if rounds % 20 == 0:
                for tenant in self.tenants:
                    deposits.prefund(self.stacks, tenant, usd("50"))

    def _close_markets(self) -> None:
        """Nothing is pooled any more: what waits is left out."""
        for market in self.open:
            self._close(market)

    def _close(self, market: Market) -> None:
        for key in [key for key in self.stacks.waiting if key[0] == market.id]:
            for intent in self.stacks.waiting.pop(key):
                wagering.leave_out(self.stacks, intent.intent_id, Reason.MARKET_NOT_OPEN)

    def _can_resolve_early(self) -> bool:
        return len(self.open) > 1 and any(market.id not in self.stacks.in_flight for market in self.open)

    def _resolve_early(self) -> None:
        """One market ends while the other still trades: what it pays is spent there."""
        idle = [market for market in self.open if market.id not in self.stacks.in_flight]
        market = self.random.choice(idle)
        self._close(market)
        self._end_market(market)

    def _value(self) -> int:
        return self.random.choice((0, ONE_DOLLAR, 5_000, self.random.randint(0, ONE_DOLLAR)))

    def _resolve(self) -> None:
        self._end_market(self.open[0])

    def _amend(self) -> None:
        """The exchange takes a result back and finalizes another one, as far as float reaches."""
        market, value = self.random.choice(self.paid), self._value()
        if reversing.lacks_float(self.stacks, market, value):
            self._note("a reversal waits for float")
            return
        revision = reversing.amend(self.stacks, market, value)
        self._note("amended after payout", revision.undone)
        self._note("amended again", revision.outcome.revision > 2)

    def _void(self, market: Market) -> None:
        """The exchange voids a paid market; nothing comes after it."""
        stacks, kind = self.stacks, self.random.random()
        self.paid.remove(market)
        if kind < 0.5:
            returned = self.random.random() < 0.5
            revision = reversing.cancel_trades(stacks, market, fees_returned=returned)
            self._note("cancelled trades", revision.cancelled)
        else:
            most = abs(stacks.exchange.ended_net(market.id)) * ONE_DOLLAR
            revision = reversing.return_cost(stacks, market, self.random.randint(0, most))
            self._note("original cost", revision.undone)

    def _end_market(self, market: Market) -> None:
        self.open.remove(market)
        self.paid.append(market)
        plan = ends.resolve(self.stacks, market, self._value())
        self._note("a settlement fee", plan.fees)
        self._note("resolved with a net of zero", plan.gross.paired and not plan.gross.net)

    def _require_end(self) -> None:
        """Nothing is held any more, nobody has a contract, and nobody owes a cent."""
        stacks = self.stacks
        held = [each for ledger in (stacks.customer, stacks.execution) for each in ledger.open_holds()]
        contracts = {
            key: amount
            for ledger in (stacks.customer, stacks.execution)
            for key, amount in ledger.balances.items()
            if key[1] > USD and amount
        }
        debts = [ends.owed(stacks, tenant) for tenant in self.tenants]
        if held or contracts or any(abs(debt) >= CENT for debt in debts):
            raise AssertionError((self.log, held, contracts, debts))


def live(seeds: range) -> Counter[str]:
    """Live through histories and return what happened in them."""
    seen: Counter[str] = Counter()
    for seed in seeds:
        history = History(seed)
        history.run()
        seen += history.stacks.seen
    return seen
