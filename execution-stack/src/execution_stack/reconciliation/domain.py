"""The identities, as checks on plain numbers. Pure.

Units: contracts 0.01, money 0.000001 USD.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from execution_stack.books.domain import MarketTotals, ReferenceTotals
from execution_stack.exchange.domain import ONE_DOLLAR, Action
from execution_stack.intents.domain import Received, State
from execution_stack.reports.domain import IntentTold, StatementLine
from shared.money import USD_SCALE, format_minor


@dataclass(frozen=True, slots=True)
class Check:
    """One identity: does it hold, and in words what was compared."""

    name: str
    held: bool
    detail: str


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
        _check_trial_balance(facts),
        _check_between(facts),
        _none("ledger_rebuild", facts.rebuild_differences, "snapshots rebuilt from postings alone"),
        _check_resolved_markets(facts),
        _check_net_positions(facts),
        _check_exchange_positions(facts),
        _check_pairs(facts),
        _check_balance(facts),
        _check_owed(facts),
        _check_windows(facts),
        _check_resolutions(facts),
        _none("statements", facts.statement_differences, f"{facts.accounts} accounts: reports and ledger"),
        _none("intents", facts.intent_differences, f"{facts.intents} intents: one end each, shares add up"),
    ]


def _usd(amount: int) -> str:
    return f"{format_minor(amount, USD_SCALE)} USD"


def _none(name: str, differences: int, compared: str) -> Check:
    return Check(name, differences == 0, f"{compared}; {differences} differ")


def _check_trial_balance(facts: Facts) -> Check:
    wrong = {asset: total for asset, total in facts.trial_balance.items() if total}
    return _none("trial_balance", len(wrong), f"{len(facts.trial_balance)} assets sum to zero")


def _check_between(facts: Facts) -> Check:
    wrong = [asset for asset, total in facts.between.items() if total]
    return _none("between_zero", len(wrong), "L2: halves of movements over several books meet")


def _check_resolved_markets(facts: Facts) -> Check:
    resolved = [market for market in facts.markets if market.market_id in facts.paid_markets]
    left = [
        market
        for market in resolved
        if any(
            (
                market.yes,
                market.no,
                market.omnibus_yes,
                market.omnibus_no,
                market.pairs_yes,
                market.pairs_no,
                market.pair_payable,
                market.pair_cash,
            )
        )
    ]
    uncleared = [market for market in facts.markets if market.resolution]
    return _none(
        "resolved_markets_empty",
        len(left) + len(uncleared),
        f"L4: {len(resolved)} resolved markets have every account at zero",
    )


def _check_net_positions(facts: Facts) -> Check:
    wrong = [
        market
        for market in facts.markets
        if market.yes - market.no != market.omnibus_no - market.omnibus_yes
        or (market.omnibus_yes and market.omnibus_no)
        or (market.yes, market.no) != (market.recorded_yes, market.recorded_no)
    ]
    return _none("x1_books", len(wrong), f"{len(facts.markets)} markets: gross YES - gross NO = omnibus net")


def _check_exchange_positions(facts: Facts) -> Check:
    if facts.exchange_positions is None:
        return Check("x1_exchange", False, "the exchange did not answer")
    ours = {market.market_id: market.yes - market.no for market in facts.markets}
    every = ours.keys() | facts.exchange_positions.keys()
    wrong = [each for each in every if ours.get(each, 0) != facts.exchange_positions.get(each, 0)]
    return _none("x1_exchange", len(wrong), f"{len(every)} markets: our net = the exchange's{_flight(facts)}")


def _check_pairs(facts: Facts) -> Check:
    wrong = []
    for market in facts.markets:
        pairs = min(market.yes, market.no)
        contracts = {-market.pairs_yes, -market.pairs_no}
        money = {market.pair_payable, -market.pair_cash}
        if contracts != {pairs} or money != {pairs * ONE_DOLLAR}:
            wrong.append(market.market_id)
    return _none("x2_pairs", len(wrong), f"{len(facts.markets)} markets: pairs = min(YES, NO), a dollar each")


def _check_balance(facts: Facts) -> Check:
    ours = -(facts.money["float"] + facts.money["pair_cash"] + facts.money["own_cash"])
    if facts.exchange_balance is None:
        return Check("x3_exchange_balance", False, "the exchange did not answer")
    return Check(
        "x3_exchange_balance",
        ours == facts.exchange_balance,
        f"float + pair cash + own cash {_usd(ours)}; exchange {_usd(facts.exchange_balance)}{_flight(facts)}",
    )


def _check_owed(facts: Facts) -> Check:
    money = facts.money
    places = -(money["float"] + money["pair_cash"] + money["own_cash"])
    owed = -(money["cash"] + money["fees"] + money["settled"])
    house = money["own"] + money["excess"] + money["suspense"]
    expected = money["prefund"] - owed + money["pair_payable"] + house
    return Check(
        "x4_owed",
        places == expected,
        f"prefund {_usd(money['prefund'])} - owed {_usd(owed)} + pair payable {_usd(money['pair_payable'])}"
        f" + house {_usd(house)} = {_usd(expected)}; places {_usd(places)}",
    )


def _check_windows(facts: Facts) -> Check:
    wrong = []
    for window in facts.windows:
        quantity, cost, fees = window.shares
        if not window.fills == window.order == (quantity, cost, fees + window.excess):
            wrong.append(window.window_id)
    return _none(
        "x5_windows", len(wrong), f"{len(facts.windows)} orders: allocated = filled, cost and fees too"
    )


def _check_resolutions(facts: Facts) -> Check:
    wrong = [
        market.market_id
        for market in facts.resolutions
        if market.payouts - market.fees != market.exchange_cash + market.pair_cash
        or (
            not market.is_declared
            and (market.listed_cash, market.listed_fee) != (market.exchange_cash, market.fees)
        )
    ]
    paid = sum(market.payouts for market in facts.resolutions)
    compared = f"{len(facts.resolutions)} markets paid {_usd(paid)} = exchange settlements + pair cash + fees"
    return _none("x6_resolutions", len(wrong), compared)


def _flight(facts: Facts) -> str:
    return f" ({facts.in_flight} orders in flight)" if facts.in_flight else ""
