"""The identities of section 12, over both ledgers, the exchange account and the banks.

Identities between the ledgers are about the same report sequence: they are judged when the customer stack
has applied everything that was told.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from execution_stack.exchange.domain import ONE_DOLLAR, price_on
from flows.model import Ledger
from flows.stacks import Stacks
from shared.ledger.domain import LKR, USD


@dataclass(frozen=True, slots=True)
class Broken:
    """An identity that does not hold, with both of its sides."""

    identity: str
    about: object
    left: object
    right: object


class IdentitiesBroken(AssertionError):
    """Identities that do not hold."""

    def __init__(self, broken: list[Broken]) -> None:
        super().__init__("\n".join(map(str, broken)))
        self.names = {each.identity for each in broken}


Check = Callable[[Stacks], Iterator[Broken]]


class Sums:
    """Balances of a ledger by account and asset, read once."""

    def __init__(self, ledger: Ledger, tenant_id: object = None) -> None:
        self._sums: dict[tuple[str, int], int] = {}
        for (book, asset, account), amount in ledger.balances.items():
            if tenant_id in (None, ledger.tenants[book]):
                self._sums[account, asset] = self._sums.get((account, asset), 0) + amount

    def of(self, account: str, asset: int = USD) -> int:
        """Return one account's balance over all books."""
        return self._sums.get((account, asset), 0)

    def owed(self) -> int:
        """Return what the customer side owes, by the customer stack's accounts."""
        return self.of("execution") + self.of("exchange_fees") + self.of("settled")

    def due(self) -> int:
        """Return what the customer side owes, by the execution stack's accounts."""
        return -(self.of("cash") + self.of("fees") + self.of("settled"))


def _same(identity: str, about: object, left: object, *others: object) -> Iterator[Broken]:
    for right in others:
        if left != right:
            yield Broken(identity, about, left, right)


def _ledgers(stacks: Stacks) -> tuple[Ledger, Ledger]:
    return stacks.customer, stacks.execution


def l1(stacks: Stacks) -> Iterator[Broken]:
    """Per book and asset everything sums to zero: what is owned is somewhere."""
    for ledger in _ledgers(stacks):
        sums: dict[object, int] = {}
        for (book, asset, _), amount in ledger.balances.items():
            sums[book, asset] = sums.get((book, asset), 0) + amount
        for key, total in sums.items():
            yield from _same("L1", key, total, 0)


def l2(stacks: Stacks) -> Iterator[Broken]:
    """What leaves one book for another arrives there."""
    for ledger in _ledgers(stacks):
        sums: dict[int, int] = {}
        for (_, asset, account), amount in ledger.balances.items():
            if account == ledger.chart.meeting:
                sums[asset] = sums.get(asset, 0) + amount
        for asset, total in sums.items():
            yield from _same("L2", (ledger.chart.meeting, asset), total, 0)


def l3(stacks: Stacks) -> Iterator[Broken]:
    """No checked account is below its floor, holds counted; what is held is what open holds have left."""
    for ledger in _ledgers(stacks):
        left: dict[object, int] = {}
        for each in ledger.open_holds():
            key = (each.hold.book_id, each.hold.asset, str(each.hold.account))
            left[key] = left.get(key, 0) + each.remaining
        for key, held in ledger.held.items():
            yield from _same("L3", key, held, left.get(key, 0))
        for key, amount in ledger.balances.items():
            is_checked, side = ledger.chart.accounts[key[2]]
            if is_checked and side * amount - ledger.held.get(key, 0) < 0:
                yield Broken("L3", key, amount, ledger.held[key])


def l4(stacks: Stacks) -> Iterator[Broken]:
    """After a market's resolution every account in its two contracts is zero, and nothing is held of them."""
    assets = {asset for each in stacks.resolved for asset in (each.market.assets.yes, each.market.assets.no)}
    ledgers = _ledgers(stacks) if not stacks.pending else (stacks.execution,)
    for ledger in ledgers:
        for figures in (ledger.balances, ledger.held):
            for key, amount in figures.items():
                if key[1] in assets:
                    yield from _same("L4", key, amount, 0)
    for each in stacks.resolved:
        for account in ("resolution", "pair_payable", "pair_cash"):
            yield from _same("L4", account, stacks.execution.posted(each.market.id, account), 0)


def j1(stacks: Stacks) -> Iterator[Broken]:
    """What a customer owes execution is what execution is owed by the reference."""
    for each in stacks.customers.values():
        ours, theirs = (
            stacks.customer.posted(each.id, "execution"),
            stacks.execution.posted(each.account, "cash"),
        )
        yield from _same("J1", each.id, ours, -theirs)


def j2(stacks: Stacks) -> Iterator[Broken]:
    """The same for fees."""
    for each in stacks.customers.values():
        ours = stacks.customer.posted(each.id, "exchange_fees")
        yield from _same("J2", each.id, ours, -stacks.execution.posted(each.account, "fees"))


def j3(stacks: Stacks) -> Iterator[Broken]:
    """A customer holds what the reference holds; the position that is kept for its cost says the same."""
    for each in stacks.customers.values():
        for market in stacks.markets.values():
            for asset in (market.assets.yes, market.assets.no):
                held = stacks.customer.posted(each.id, "position", asset)
                theirs = stacks.execution.posted(each.account, "position", asset)
                yield from _same(
                    "J3", (each.id, asset), held, theirs, -stacks.customer.posted(each.id, "execution", asset)
                )
    for (customer_id, market_id, side), position in stacks.positions.items():
        assets = stacks.markets[market_id].assets
        asset = assets.yes if side == "yes" else assets.no
        held = stacks.customer.posted(customer_id, "position", asset)
        yield from _same("J3", (customer_id, asset), held, position.quantity)


def j4(stacks: Stacks) -> Iterator[Broken]:
    """Prefunds meet, and settled sums differ by what is on its way."""
    for tenant in stacks.tenants:
        ours, theirs = Sums(stacks.customer, tenant.id), Sums(stacks.execution, tenant.id)
        yield from _same("J4", tenant.id, ours.of("prefund"), -theirs.of("prefund"))
        on_its_way = stacks.periods[tenant.id].on_its_way
        yield from _same("J4", tenant.id, ours.of("settled") + theirs.of("settled"), -on_its_way)


def j5(stacks: Stacks) -> Iterator[Broken]:
    """Both sides see the same debt when nothing is on its way."""
    for tenant in stacks.tenants:
        owed, due = Sums(stacks.customer, tenant.id).owed(), Sums(stacks.execution, tenant.id).due()
        yield from _same("J5", tenant.id, owed + stacks.periods[tenant.id].on_its_way, due)


def x1(stacks: Stacks) -> Iterator[Broken]:
    """The exchange's net position is gross YES - gross NO is the omnibus accounts, of which one is zero."""
    sums = Sums(stacks.execution)
    for market in stacks.markets.values():
        yes, no = market.assets.yes, market.assets.no
        omnibus = sums.of("omnibus", no) - sums.of("omnibus", yes)
        gross = sums.of("position", yes) - sums.of("position", no)
        yield from _same("X1", market.id, stacks.exchange.net[market.id], gross, omnibus)
        yield from _same("X1", market.id, stacks.gross[market.id].net, gross)
        yield from _same("X1", market.id, sums.of("omnibus", yes) * sums.of("omnibus", no), 0)


def x2(stacks: Stacks) -> Iterator[Broken]:
    """Pairs are the smaller gross, and a dollar lies there for each."""
    ledger, sums = stacks.execution, Sums(stacks.execution)
    for market in stacks.markets.values():
        yes, no = market.assets.yes, market.assets.no
        pairs = min(sums.of("position", yes), sums.of("position", no))
        yield from _same("X2", market.id, pairs, -sums.of("pairs", yes), -sums.of("pairs", no))
        payable, cash = ledger.posted(market.id, "pair_payable"), ledger.posted(market.id, "pair_cash")
        yield from _same("X2", market.id, pairs * ONE_DOLLAR, payable, -cash)


def x3(stacks: Stacks) -> Iterator[Broken]:
    """The exchange's balance is what our places there add up to."""
    sums = Sums(stacks.execution)
    places = sums.of("float") + sums.of("pair_cash") + sums.of("own_cash")
    yield from _same("X3", "balance", stacks.exchange.balance, -places)


def x4(stacks: Stacks) -> Iterator[Broken]:
    """The exchange's balance is prefunds less debts, plus what pairs owe, plus what is the house's."""
    sums = Sums(stacks.execution)
    house = sums.of("own") + sums.of("excess") + sums.of("suspense")
    owners = sums.of("prefund") - sums.due() + sums.of("pair_payable") + house
    yield from _same("X4", "balance", stacks.exchange.balance, owners)


def x5(stacks: Stacks) -> Iterator[Broken]:
    """Per order: what our books gave is what the exchange filled, at the price of the intents' side."""
    for each in stacks.executed:
        side, fills = each.order.manifest.side, each.fills
        cost = sum(fill.quantity * price_on(side, fill.yes_price) for fill in fills)
        yield from _same("X5", each.order.id, each.quantity, sum(fill.quantity for fill in fills))
        yield from _same("X5", each.order.id, each.cost, cost)
        yield from _same("X5", each.order.id, each.charged + each.excess, sum(fill.fee for fill in fills))


def x6(stacks: Stacks) -> Iterator[Broken]:
    """Per market: payouts less settlement fees are what the exchange paid, pairs included."""
    for each in stacks.resolved:
        paid = each.payouts - each.fees
        yield from _same("X6", each.market.id, paid, each.exchange_cash + each.pair_cash)


def b1(stacks: Stacks) -> Iterator[Broken]:
    """LKR at the bank is everybody's LKR."""
    for tenant in stacks.tenants:
        sums = Sums(stacks.customer, tenant.id)
        revenues = ("fx_revenue", "fx_fee_revenue", "payout_fee_revenue")
        owners = ("wallet", "till", "suspense", *revenues)
        owned = sum(sums.of(account, LKR) for account in owners) + sums.of("debt", LKR)
        yield from _same("B1", tenant.id, stacks.banks[tenant.id].lkr, -sums.of("collection", LKR), owned)


def b2(stacks: Stacks) -> Iterator[Broken]:
    """USD at our bank is `nostro`."""
    for tenant in stacks.tenants:
        nostro = Sums(stacks.customer, tenant.id).of("nostro")
        yield from _same("B2", tenant.id, stacks.banks[tenant.id].usd, -nostro)


def b3(stacks: Stacks) -> Iterator[Broken]:
    """USD at our bank and lent to execution is everybody's USD, what is owed and what is on its way."""
    for tenant in stacks.tenants:
        sums = Sums(stacks.customer, tenant.id)
        places = -(sums.of("nostro") + sums.of("prefund") + sums.of("debt"))
        owners = sums.of("wallet") + sums.of("stock") + sums.of("treasury")
        yield from _same("B3", tenant.id, places, owners + sums.owed() + sums.of("in_transit"))


def b5(stacks: Stacks) -> Iterator[Broken]:
    """Till, stock and treasury at cost are what the house brought and earned.

    Cost and profit are those of the entries of `stock`. An entry of `treasury` carries the cost with the
    sign of the stock entry that it came with.
    """
    ledger = stacks.customer
    for tenant in stacks.tenants:
        book = tenant.department
        stock, profit = ledger.costs[book, "stock"], ledger.profits[book, "stock"]
        yield from _same("B5", "stock", stock, stacks.stock[tenant.id].cost)
        yield from _same("B5", "stock", ledger.posted(book, "stock"), stacks.stock[tenant.id].quantity)
        held = ledger.posted(book, "till", LKR) + stock - ledger.costs[book, "treasury"]
        recognised = ledger.posted(book, "fx_revenue", LKR)
        yield from _same("B5", tenant.id, held, stacks.contributions[tenant.id] + profit - recognised)


INSIDE: tuple[Check, ...] = (l1, l2, l3, l4)
BETWEEN: tuple[Check, ...] = (j1, j2, j3, j4, j5)
EXCHANGE: tuple[Check, ...] = (x1, x2, x3, x4, x5, x6)
BANKS: tuple[Check, ...] = (b1, b2, b3, b5)


def find_broken(stacks: Stacks) -> list[Broken]:
    """Return every identity that does not hold now."""
    between = BETWEEN if not stacks.pending else ()
    checks = (*INSIDE, *between, *EXCHANGE, *BANKS)
    return [broken for check in checks for broken in check(stacks)]


def require_all(stacks: Stacks) -> None:
    """Raise IdentitiesBroken unless every identity holds."""
    broken = find_broken(stacks)
    if broken:
        raise IdentitiesBroken(broken)
