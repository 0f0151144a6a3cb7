"""The identities, as checks on plain numbers. Pure.

Units: contracts 0.01, money 0.000001 USD.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from execution_stack.books.chart import Account
from execution_stack.books.domain import MarketTotals, OpenItems, ReferenceTotals
from execution_stack.exchange.domain import ONE_DOLLAR, Action
from execution_stack.intents.domain import Received, State
from execution_stack.reports.domain import IntentTold, StatementLine
from shared.money import USD_SCALE, format_minor

CLEARED_BY_PEOPLE: Final = (Account.SUSPENSE, Account.EXCESS)
"""What late fills cost until a person takes one over, and fees above the caps until a person looked."""
MOST_AGE: Final = timedelta(days=5)
"""For how long something may be open there."""


class Result(StrEnum):
    """How a check ended."""

    HELD = "held"
    DIFFERS = "differs"
    UNAVAILABLE = "unavailable"
    """The other side did not answer: nothing is known, and nothing may be taken for granted."""


@dataclass(frozen=True, slots=True)
class Check:
    """One identity: how it ended, both values, and in words what was compared.

    The values are those of the first subject that differs; where all agree, their sums.
    """

    name: str
    result: Result
    left: int | None
    right: int | None
    compared: int
    differing: int
    detail: str

    @property
    def held(self) -> bool:
        """Tell whether the comparison was made and found nothing."""
        return self.result is Result.HELD


@dataclass(frozen=True, slots=True)
class Pair:
    """Both values of one subject."""

    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Moves:
    """X7: how far the exchange's balance, and our places there, moved since the last quiet reading."""

    balance: int
    places: int


@dataclass(frozen=True, slots=True)
class WindowFacts:
    """One finished order: what its fills add up to, what the order says, and what its shares add up to.

    Each is (contracts, cost, fees); the fees of shares are without the excess, which the house carries.
    """

    window_id: UUID
    fills: tuple[int, int, int]
    order: tuple[int, int, int]
    shares: tuple[int, int, int]
    excess: int


@dataclass(frozen=True, slots=True)
class ResolutionFacts:
    """One paid market: our numbers, and what the exchange lists as its settlement.

    The cash of a declared void is listed by no settlement: the balance (X3) tells whether it came.
    """

    market_id: UUID
    payouts: int
    fees: int
    exchange_cash: int
    pair_cash: int
    listed_cash: int | None
    listed_fee: int | None
    is_declared: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is compared, read at one moment."""

    trial_balance: Mapping[int, int]
    between: Mapping[int, int]
    below_floor: int
    checked_accounts: int
    rebuild_differences: int
    markets: Sequence[MarketTotals]
    paid_markets: frozenset[UUID]
    money: Mapping[str, int]
    """USD balance by account, over all books."""
    windows: Sequence[WindowFacts]
    resolutions: Sequence[ResolutionFacts]
    accounts: int
    statement_differences: int
    intents: int
    intent_differences: int
    in_flight: int
    exchange_positions: Mapping[UUID, int] | None
    exchange_balance: int | None
    moves: Moves | None
    """None before the first reading, or while something moves."""
    open_items: Sequence[OpenItems]
    """Of accounts in `CLEARED_BY_PEOPLE`, those with something open."""
    read_at: datetime


def differs_from_told(booked: ReferenceTotals, told: StatementLine | None) -> bool:
    """Tell whether a reference's books are not what its reports add up to."""
    if told is None:
        return booked != ReferenceTotals()
    holdings = {(each.market_id, str(each.side)): each.quantity for each in told.holdings}
    return (booked.cash, booked.fees, booked.holdings) != (told.cash, told.fees, holdings)


def is_told_wrong(intent: Received, told: IntentTold) -> bool:
    """Tell whether an intent's reports are not what became of it, or exceed what it asked for."""
    ended = intent.state is State.FINAL
    dropped = intent.state in (State.REFUSED, State.CANCELLED)
    if (told.finals, told.refusals) != (int(ended), int(dropped)):
        return True
    if told.filled != intent.filled or told.quantity != intent.filled or intent.filled > intent.quantity:
        return True
    charged = told.cost + told.fee if intent.action is Action.BUY else told.fee - told.cost
    return charged > intent.max_total


def check_all(facts: Facts) -> list[Check]:
    """Return every check, in the order of the money flows."""
    return [
        _check_zero("l1_trial_balance", facts.trial_balance.values(), "assets sum to zero"),
        _check_zero("l2_between", facts.between.values(), "halves of movements over several books meet"),
        _count(
            "l3_floors", facts.checked_accounts, facts.below_floor, "accounts, holds counted, above floor"
        ),
        _count(
            "l3_snapshots", facts.checked_accounts, facts.rebuild_differences, "accounts rebuilt from facts"
        ),
        _check_resolved_markets(facts),
        _check_net_positions(facts),
        _check_exchange_positions(facts),
        _check_pairs(facts),
        _check_balance(facts),
        _check_owed(facts),
        _check_orders(facts),
        _check_resolutions(facts),
        _check_moves(facts),
        _count("statements", facts.accounts, facts.statement_differences, "accounts: reports and ledger"),
        _check_open_items(facts),
        _count("intents", facts.intents, facts.intent_differences, "intents: one end each, shares add up"),
    ]


def _compare(name: str, pairs: Iterable[Pair], compared: int, words: str) -> Check:
    """Compare both values of every subject; `compared` says how many subjects, of one or more pairs each."""
    every = list(pairs)
    wrong = [pair for pair in every if pair.left != pair.right]
    left, right = (
        (wrong[0].left, wrong[0].right)
        if wrong
        else (sum(pair.left for pair in every), sum(pair.right for pair in every))
    )
    result = Result.DIFFERS if wrong else Result.HELD
    detail = f"{compared} {words}"
    if wrong:
        detail += f"; {len(wrong)} differ, the first: {left} and {right}"
    return Check(name, result, left, right, compared, len(wrong), detail)


def _check_zero(name: str, sums: Iterable[int], words: str) -> Check:
    every = list(sums)
    return _compare(name, [Pair(total, 0) for total in every], len(every), words)


def _count(name: str, compared: int, differing: int, words: str) -> Check:
    """Return a check whose comparison was made by the database: how many of how many differ."""
    result = Result.DIFFERS if differing else Result.HELD
    detail = f"{compared} {words}; {differing} differ"
    return Check(name, result, compared - differing, compared, compared, differing, detail)


def _unavailable(name: str) -> Check:
    return Check(name, Result.UNAVAILABLE, None, None, 0, 0, "the exchange did not answer")


def _usd(amount: int) -> str:
    return f"{format_minor(amount, USD_SCALE)} USD"


def _check_resolved_markets(facts: Facts) -> Check:
    """L4: a paid market has nothing left, and `resolution` is zero in every market."""
    paid = [market for market in facts.markets if market.market_id in facts.paid_markets]
    left = [
        figure
        for market in paid
        for figure in (
            market.yes,
            market.no,
            market.omnibus_yes,
            market.omnibus_no,
            market.pairs_yes,
            market.pairs_no,
            market.pair_payable,
            market.pair_cash,
        )
    ]
    left += [market.resolution for market in facts.markets]
    pairs = [Pair(figure, 0) for figure in left]
    return _compare("l4_resolved_markets", pairs, len(paid), "paid markets have every account at zero")


def _check_net_positions(facts: Facts) -> Check:
    """X1: gross YES - gross NO is the omnibus net, of which one side is zero, and what pairing goes by."""
    pairs = [
        pair
        for market in facts.markets
        for pair in (
            Pair(market.yes - market.no, market.omnibus_no - market.omnibus_yes),
            Pair(min(abs(market.omnibus_yes), abs(market.omnibus_no)), 0),
            Pair(market.yes, market.recorded_yes),
            Pair(market.no, market.recorded_no),
        )
    ]
    return _compare("x1_books", pairs, len(facts.markets), "markets: gross YES - gross NO = omnibus net")


def _check_exchange_positions(facts: Facts) -> Check:
    if facts.exchange_positions is None:
        return _unavailable("x1_exchange")
    ours = {market.market_id: market.yes - market.no for market in facts.markets}
    every = sorted(ours.keys() | facts.exchange_positions.keys())
    pairs = [Pair(ours.get(each, 0), facts.exchange_positions.get(each, 0)) for each in every]
    return _compare("x1_exchange", pairs, len(every), f"markets: our net = the exchange's{_flight(facts)}")


def _check_pairs(facts: Facts) -> Check:
    pairs = []
    for market in facts.markets:
        paired = min(market.yes, market.no)
        pairs += [Pair(paired, -market.pairs_yes), Pair(paired, -market.pairs_no)]
        dollars = paired * ONE_DOLLAR
        pairs += [Pair(dollars, market.pair_payable), Pair(dollars, -market.pair_cash)]
    return _compare("x2_pairs", pairs, len(facts.markets), "markets: pairs = min(YES, NO), a dollar each")


def _places(facts: Facts) -> int:
    return -(facts.money["float"] + facts.money["pair_cash"] + facts.money["own_cash"])


def _check_balance(facts: Facts) -> Check:
    if facts.exchange_balance is None:
        return _unavailable("x3_exchange_balance")
    ours, theirs = _places(facts), facts.exchange_balance
    words = f"account: float + pair cash + own cash {_usd(ours)}; exchange {_usd(theirs)}{_flight(facts)}"
    return _compare("x3_exchange_balance", [Pair(ours, theirs)], 1, words)


def _check_owed(facts: Facts) -> Check:
    money = facts.money
    owed = -(money["cash"] + money["fees"] + money["settled"])
    house = money["own"] + money["excess"] + money["suspense"]
    expected = money["prefund"] - owed + money["pair_payable"] + house
    words = (
        f"account: prefund {_usd(money['prefund'])} - owed {_usd(owed)} + pair payable "
        f"{_usd(money['pair_payable'])} + house {_usd(house)}; places {_usd(_places(facts))}"
    )
    return _compare("x4_owed", [Pair(_places(facts), expected)], 1, words)


def _check_orders(facts: Facts) -> Check:
    """X5: what was filled is what the order says is what was given, in contracts, cost and fees."""
    pairs = [
        Pair(said, other)
        for order in facts.windows
        for said, *others in zip(
            order.order, order.fills, _with_excess(order.shares, order.excess), strict=True
        )
        for other in others
    ]
    return _compare("x5_windows", pairs, len(facts.windows), "orders: allocated = filled, cost and fees too")


def _with_excess(shares: tuple[int, int, int], excess: int) -> tuple[int, int, int]:
    quantity, cost, fees = shares
    return quantity, cost, fees + excess


def _check_resolutions(facts: Facts) -> Check:
    if any(
        None in (each.listed_cash, each.listed_fee) and not each.is_declared for each in facts.resolutions
    ):
        return _unavailable("x6_resolutions")
    pairs = []
    for market in facts.resolutions:
        pairs.append(Pair(market.payouts - market.fees, market.exchange_cash + market.pair_cash))
        if not market.is_declared and market.listed_cash is not None and market.listed_fee is not None:
            pairs += [Pair(market.exchange_cash, market.listed_cash), Pair(market.fees, market.listed_fee)]
    paid = sum(market.payouts for market in facts.resolutions)
    words = f"markets paid {_usd(paid)} = exchange settlements + pair cash + fees"
    return _compare("x6_resolutions", pairs, len(facts.resolutions), words)


def _check_moves(facts: Facts) -> Check:
    if facts.exchange_balance is None:
        return _unavailable("x7_balance_moves")
    if facts.moves is None:
        return _compare("x7_balance_moves", [], 0, "readings: no quiet one before this moment")
    places, balance = facts.moves.places, facts.moves.balance
    words = f"reading: since then our places moved {_usd(places)}, the balance {_usd(balance)}"
    return _compare("x7_balance_moves", [Pair(places, balance)], 1, words)


def _check_open_items(facts: Facts) -> Check:
    late = sum(each.age(facts.read_at) > MOST_AGE for each in facts.open_items)
    words = f"accounts of the house: nothing open for more than {MOST_AGE.days} days"
    return _count("house_accounts", len(CLEARED_BY_PEOPLE), late, words)


def _flight(facts: Facts) -> str:
    return f" ({facts.in_flight} orders in flight)" if facts.in_flight else ""
