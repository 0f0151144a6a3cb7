"""A ledger, the exchange account and the bank, in memory.

The ledger applies movements as the database does: captures, closes, transfers, holds, in this order, each
kind as one statement; floors are judged at the end of a statement and count holds. What the database
refuses raises `Violation` under the name of the database's rule. A ledger that raised is not used again.

The exchange account knows one signed net position per market and pays a dollar for each pair at once. It
is fed with fills, fees and settlements only, so it owes nothing to how our books compute.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from customer_stack.ledger import chart as customer_chart
from customer_stack.ledger import domain as customer_words
from execution_stack.books import chart as execution_words
from execution_stack.exchange.domain import ONE_DOLLAR, BookSide
from shared.ledger.domain import (
    USD,
    AccountKey,
    Balance,
    Capture,
    Close,
    Hold,
    Movement,
    OpenHold,
    Posting,
    Transfer,
)

CENT = 10_000


class Violation(Exception):
    """The database would refuse this."""

    def __init__(self, rule: str, detail: object) -> None:
        super().__init__(f"{rule}: {detail}")
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Chart:
    """A stack's words: accounts with (is checked, side), transfer kinds, actions, and the meeting account."""

    accounts: Mapping[str, tuple[bool, int]]
    kinds: frozenset[str]
    actions: frozenset[str]
    meeting: str


CUSTOMER_CHART = Chart(
    {
        line.account: (line.account_class is customer_chart.AccountClass.CHECKED, line.side)
        for line in customer_chart.CHART
    },
    frozenset(customer_words.TransferKind),
    frozenset(customer_words.Action),
    customer_words.Account.DESK,
)
EXECUTION_CHART = Chart(
    {row.account: (row.is_checked, row.side) for row in execution_words.CHART},
    frozenset(execution_words.TransferKind),
    frozenset(execution_words.Action),
    execution_words.Account.BETWEEN,
)


@dataclass(slots=True)
class _Standing:
    """A hold, what is left of it, and what was left when it ended."""

    hold: Hold
    remaining: int
    is_open: bool = True
    captures: set[UUID] = field(default_factory=set)


class Ledger:
    """Books of one stack."""

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self.tenants: dict[UUID, UUID] = {}
        self.balances: defaultdict[AccountKey, int] = defaultdict(int)
        self.held: defaultdict[AccountKey, int] = defaultdict(int)
        self.versions: Counter[AccountKey] = Counter()
        self.costs: Counter[tuple[UUID, str]] = Counter()
        self.profits: Counter[tuple[UUID, str]] = Counter()
        self.transfers: dict[tuple[UUID, UUID], Transfer] = {}
        self.reversed: set[tuple[UUID, UUID]] = set()
        self.journal: list[Movement] = []
        self._holds: dict[tuple[UUID, UUID], _Standing] = {}

    def open_book(self, book_id: UUID, tenant_id: UUID) -> None:
        """Open a book."""
        self.tenants[book_id] = tenant_id

    def post(self, movement: Movement) -> None:
        """Apply a movement. Raises Violation."""
        for capture in movement.captures:
            self._capture(capture)
        for close in movement.closes:
            self._close(close)
        self._follow(movement.transfers)
        self._reserve(movement.holds)
        self.journal.append(movement)

    def posted(self, book_id: UUID, account: str, asset: int = USD) -> int:
        """Return an account's balance."""
        return self.balances.get((book_id, asset, account), 0)

    def balance(self, book_id: UUID, account: str, asset: int = USD) -> Balance:
        """Return a checked account as the kernel's store would load it."""
        key = (book_id, asset, account)
        return Balance(self.balances.get(key, 0), self.held.get(key, 0), self.versions[key])

    def available(self, book_id: UUID, account: str, asset: int = USD) -> int:
        """Return what may still be taken from a checked account."""
        return self.balance(book_id, account, asset).available(self.chart.accounts[account][1])

    def total(self, account: str, asset: int = USD, tenant_id: UUID | None = None) -> int:
        """Return an account's balance over all books, or over those of one tenant."""
        return sum(
            amount
            for (book, of, name), amount in self.balances.items()
            if name == account and of == asset and tenant_id in (None, self.tenants[book])
        )

    def open_hold(self, book_id: UUID, hold_id: UUID) -> OpenHold:
        """Return a hold that is not closed. Raises KeyError."""
        standing = self._holds[book_id, hold_id]
        if not standing.is_open:
            raise KeyError(hold_id)
        return OpenHold(standing.hold, standing.remaining)

    def open_holds(self) -> list[OpenHold]:
        """Return all holds that are not closed."""
        return [OpenHold(each.hold, each.remaining) for each in self._holds.values() if each.is_open]

    def released(self, book_id: UUID, hold_id: UUID) -> int:
        """Return what a closed hold set free."""
        standing = self._holds[book_id, hold_id]
        if standing.is_open:
            raise KeyError(hold_id)
        return standing.remaining

    def _capture(self, capture: Capture) -> None:
        standing = self._find_open(
            capture.book_id, capture.hold_id, capture.tenant_id, "ledger_hold_capture_open"
        )
        if capture.amount <= 0:
            raise Violation("ledger_hold_capture_amount_positive", capture)
        if capture.capture_id in standing.captures:
            raise Violation("ledger_hold_capture_pk", capture)
        if capture.amount > standing.remaining:
            raise Violation("ledger_hold_open_remaining_not_negative", capture)
        standing.captures.add(capture.capture_id)
        standing.remaining -= capture.amount
        self.held[_key_of(standing.hold)] -= capture.amount

    def _close(self, close: Close) -> None:
        known = self._holds.get((close.book_id, close.hold_id))
        if known is not None and not known.is_open:
            raise Violation("ledger_hold_close_pk", close)
        standing = self._find_open(close.book_id, close.hold_id, close.tenant_id, "ledger_hold_close_open")
        if close.reason not in ("released", "exhausted", "expired"):
            raise Violation("ledger_close_reason", close)
        standing.is_open = False
        self.held[_key_of(standing.hold)] -= standing.remaining

    def _find_open(self, book_id: UUID, hold_id: UUID, tenant_id: UUID, rule: str) -> _Standing:
        standing = self._holds.get((book_id, hold_id))
        if standing is None or not standing.is_open or standing.hold.tenant_id != tenant_id:
            raise Violation(rule, hold_id)
        return standing

    def _follow(self, transfers: Sequence[Transfer]) -> None:
        touched: set[AccountKey] = set()
        for transfer in transfers:
            self._insert(transfer)
            for posting in transfer.postings:
                touched |= self._move(transfer, posting)
        self._judge(touched)

    def _insert(self, transfer: Transfer) -> None:
        if self.tenants.get(transfer.book_id) != transfer.tenant_id:
            raise Violation("ledger_transfer_book", transfer)
        if (transfer.book_id, transfer.id) in self.transfers:
            raise Violation("ledger_transfer_pk", transfer)
        if transfer.kind not in self.chart.kinds:
            raise Violation("ledger_transfer_kind", transfer.kind)
        if transfer.reverses:
            self._check_mirror(transfer, transfer.reverses)
        self.transfers[transfer.book_id, transfer.id] = transfer

    def _check_mirror(self, transfer: Transfer, reverses: UUID) -> None:
        original = self.transfers.get((transfer.book_id, reverses))
        if original is None:
            raise Violation("ledger_transfer_reverses", transfer)
        if original.reverses:
            raise Violation("ledger_transfer_reverses_a_reversal", transfer)
        if (transfer.book_id, reverses) in self.reversed:
            raise Violation("ledger_transfer_one_reversal", transfer)
        self.reversed.add((transfer.book_id, reverses))
        legs = {(each.asset, each.source, each.target, each.amount) for each in transfer.postings}
        mirrored = {(each.asset, each.target, each.source, each.amount) for each in original.postings}
        if legs != mirrored:
            raise Violation("ledger_transfer_mirror", transfer)

    def _move(self, transfer: Transfer, posting: Posting) -> set[AccountKey]:
        if posting.action not in self.chart.actions:
            raise Violation("ledger_action", posting.action)
        touched = set()
        for account, amount in ((posting.source, -posting.amount), (posting.target, posting.amount)):
            if account not in self.chart.accounts:
                raise Violation("ledger_account", account)
            key = (transfer.book_id, posting.asset, str(account))
            self.balances[key] += amount
            if self.chart.accounts[account][0]:
                touched.add(key)
                self.versions[key] += 1
                self.costs[transfer.book_id, account] += posting.cost or 0
                self.profits[transfer.book_id, account] += posting.profit or 0
        return touched

    def _reserve(self, holds: Sequence[Hold]) -> None:
        for hold in holds:
            key = _key_of(hold)
            is_checked, _ = self.chart.accounts[hold.account]
            if not is_checked or not self.versions[key] or self.tenants.get(hold.book_id) != hold.tenant_id:
                raise Violation("ledger_hold_account", hold)
            if (hold.book_id, hold.id) in self._holds:
                raise Violation("ledger_hold_pk", hold)
            if hold.purpose not in self.chart.kinds:
                raise Violation("ledger_transfer_kind", hold.purpose)
            self._holds[hold.book_id, hold.id] = _Standing(hold, hold.amount)
            self.held[key] += hold.amount
        self._judge(_key_of(hold) for hold in holds)

    def _judge(self, keys: Iterable[AccountKey]) -> None:
        for key in keys:
            side = self.chart.accounts[key[2]][1]
            if side * self.balances[key] - self.held[key] < 0:
                raise Violation("ledger_balance_floor", (key, self.balances[key], self.held[key]))


def _key_of(hold: Hold) -> AccountKey:
    return hold.book_id, hold.asset, str(hold.account)


@dataclass(slots=True)
class ExchangeAccount:
    """Our one account at the exchange: a balance, and one signed net position per market (plus: YES).

    It refuses no overdraft: floors on float and X3 keep the balance above what the house lacks for `excess`.
    """

    balance: int = 0
    net: defaultdict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    _traded: Counter[UUID] = field(default_factory=Counter)
    """By market: what its trades changed the balance by, without fees."""
    _fees: Counter[UUID] = field(default_factory=Counter)
    _ended: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    """By market: the net position at the end of trading, and what was paid since."""

    def pay_in(self, amount: int) -> None:
        """Receive money from our bank; a negative amount is paid back to it."""
        self._add(amount)

    def fill(self, market_id: UUID, book_side: BookSide, yes_price: int, quantity: int, fee: int) -> int:
        """Trade; return the change of the balance. What closes an opposite position is paid as pairs."""
        net = self.net[market_id]
        if book_side is BookSide.BID:
            cost, closed, after = quantity * yes_price, max(0, -net), net + quantity
        else:
            cost, closed, after = quantity * (ONE_DOLLAR - yes_price), max(0, net), net - quantity
        self.net[market_id] = after
        change = min(quantity, closed) * ONE_DOLLAR - cost
        self._traded[market_id] += change
        self._fees[market_id] += fee
        return self._add(change - fee)

    def settle(self, market_id: UUID, yes_value: int) -> tuple[int, int]:
        """Pay the net position in whole cents; return what was paid and the remainder, stated as a fee."""
        paid, fee = self.worth(market_id, yes_value)
        self.end(market_id, paid)
        return paid, fee

    def worth(self, market_id: UUID, yes_value: int) -> tuple[int, int]:
        """Return what a value pays for the net position of the end of trading, and the remainder."""
        net = self._ended[market_id][0] if market_id in self._ended else self.net.get(market_id, 0)
        worth = abs(net) * (yes_value if net >= 0 else ONE_DOLLAR - yes_value)
        return worth // CENT * CENT, worth % CENT

    amend = settle

    def end(self, market_id: UUID, paid: int) -> None:
        """End a market for `paid` in all: what was paid before is taken back."""
        net, before = self._ended.get(market_id, (self.net.pop(market_id, 0), 0))
        self._ended[market_id] = (net, paid)
        self._add(paid - before)

    def ended_net(self, market_id: UUID) -> int:
        """Return the net position at the end of trading."""
        return self._ended[market_id][0]

    def cancel_trades(self, market_id: UUID, *, fees_returned: bool) -> int:
        """Undo every trade of a market; return what came back in all, in place of a settlement."""
        returned = -self._traded[market_id] + (self._fees[market_id] if fees_returned else 0)
        self.end(market_id, returned)
        return returned

    def _add(self, change: int) -> int:
        self.balance += change
        return change


@dataclass(slots=True)
class Bank:
    """What a tenant's bank statements say: LKR in cents, USD in micro-dollars."""

    lkr: int = 0
    usd: int = 0
