"""What the house owes its customers, and what it holds for them. Pure.

Owed: wallets whole, holds included; money in suspense, which is somebody's; open wagers at what they cost.
Held: what lies at banks, with acquirers and with execution, by our books, less what another side states less;
and the contracts that execution holds for the customers, at their cost. What we owe execution, what is on its
way there, and what we owe others (a card scheme, suppliers) is taken off, because it will leave.

What the others state is taken subject by subject and only against us: what one department's bank has more
covers no other's less. Execution's word that we owe it more, or that it holds fewer contracts, counts too.

By identities B1 and B3 what is held above what is owed is the house's own money: this says that it has any.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from customer_stack.boundary_client.domain import Side as ContractSide
from customer_stack.ledger.domain import Account
from customer_stack.reconciliation.domain.breaks import BreakType, Unit
from customer_stack.reconciliation.domain.checks import (
    Check,
    CheckName,
    Finding,
    Result,
    Subject,
    list_findings,
)
from customer_stack.reconciliation.domain.identities import Sums
from customer_stack.wagers.domain.amounts import PositionCost
from customer_stack.wagers.domain.page import PositionKey
from shared.ledger.domain import LKR, USD
from shared.money import Currency

UNIT_OF: Final = {Currency.LKR: Unit.LKR_CENT, Currency.USD: Unit.MICRO_DOLLAR}


class Side(StrEnum):
    """Owed to customers, or held for them. The members of the database type reconciliation_money_side."""

    OWED = "owed"
    HELD = "held"


class LineName(StrEnum):
    """What a line is. The members of the database type reconciliation_money_line."""

    WALLETS = "wallets"
    SUSPENSE = "suspense"
    OPEN_WAGERS = "open_wagers"
    COLLECTION = "collection"
    RECEIVABLES = "receivables"
    OTHER_PLACES = "other_places"
    NOSTRO = "nostro"
    PREFUND = "prefund"
    CONTRACTS = "contracts"
    OWED_TO_EXECUTION = "owed_to_execution"
    IN_TRANSIT = "in_transit"
    PAYABLE = "payable"
    STATED_LESS = "stated_less"


@dataclass(frozen=True, slots=True)
class Line:
    """One amount. `is_stated`: another side said what it is; else it is by our books alone."""

    side: Side
    name: LineName
    amount: int
    is_stated: bool


@dataclass(frozen=True, slots=True)
class ClientMoney:
    """The lines of one currency."""

    currency: Currency
    lines: tuple[Line, ...]

    def sum(self, side: Side) -> int:
        """Return the sum of one side."""
        return sum(line.amount for line in self.lines if line.side is side)

    @property
    def owed(self) -> int:
        """Return what customers are owed."""
        return self.sum(Side.OWED)

    @property
    def held(self) -> int:
        """Return what is held for them."""
        return self.sum(Side.HELD)

    @property
    def shortfall(self) -> int:
        """Return what is missing; zero when nothing is."""
        return max(self.owed - self.held, 0)


Told = Mapping[CheckName, Check]
"""What the checks with the other sides said."""

Positions = Mapping[PositionKey, PositionCost]
"""(customer, market, side) -> open contracts and what they cost."""


def build_client_money(
    sums: Sums, positions: Positions | None, told: Iterable[Check]
) -> tuple[ClientMoney, ClientMoney]:
    """Return both currencies. `positions`: open wagers; None when they are not known any more."""
    by_name = {check.name: check for check in told}
    return _build_lkr(sums, by_name), _build_usd(sums, positions, by_name)


def _build_lkr(sums: Sums, told: Told) -> ClientMoney:
    def at(*accounts: Account) -> int:
        return sum(sums.get((account, LKR), 0) for account in accounts)

    return ClientMoney(
        Currency.LKR,
        (
            Line(Side.OWED, LineName.WALLETS, at(Account.WALLET), is_stated=False),
            Line(Side.OWED, LineName.SUSPENSE, at(Account.SUSPENSE), is_stated=False),
            Line(
                Side.HELD,
                LineName.COLLECTION,
                -at(Account.COLLECTION),
                is_stated=_is_made(told, CheckName.COLLECTION),
            ),
            Line(Side.HELD, LineName.RECEIVABLES, -at(Account.CARD_RECEIVABLE), is_stated=False),
            Line(
                Side.HELD,
                LineName.OTHER_PLACES,
                -at(Account.CASH, Account.EWALLET, Account.APP),
                is_stated=False,
            ),
            Line(Side.HELD, LineName.PAYABLE, -at(Account.PAYABLE), is_stated=False),
            *_stated_less(_less(told, CheckName.COLLECTION)),
        ),
    )


def _build_usd(sums: Sums, positions: Positions | None, told: Told) -> ClientMoney:
    def at(*accounts: Account) -> int:
        return sum(sums.get((account, USD), 0) for account in accounts)

    owed_to_execution = at(Account.EXECUTION, Account.EXCHANGE_FEES, Account.SETTLED)
    less = _less(told, CheckName.NOSTRO, CheckName.PREFUND) + _owed_more(told)
    less += _cost_of_missing(told, positions or {})
    lines = [
        Line(Side.OWED, LineName.WALLETS, at(Account.WALLET), is_stated=False),
        Line(Side.OWED, LineName.SUSPENSE, at(Account.SUSPENSE), is_stated=False),
        Line(Side.HELD, LineName.NOSTRO, -at(Account.NOSTRO), is_stated=_is_made(told, CheckName.NOSTRO)),
        Line(Side.HELD, LineName.PREFUND, -at(Account.PREFUND), is_stated=_is_made(told, CheckName.PREFUND)),
        Line(
            Side.HELD,
            LineName.OTHER_PLACES,
            -at(Account.CASH, Account.EWALLET, Account.CRYPTO),
            is_stated=False,
        ),
        Line(
            Side.HELD,
            LineName.OWED_TO_EXECUTION,
            -owed_to_execution,
            is_stated=_is_held(told, CheckName.OWED),
        ),
        Line(Side.HELD, LineName.IN_TRANSIT, -at(Account.IN_TRANSIT), is_stated=False),
        Line(Side.HELD, LineName.PAYABLE, -at(Account.PAYABLE), is_stated=False),
        *_stated_less(less),
    ]
    if positions is not None:
        open_cost = sum(each.cost for each in positions.values())
        is_stated = _is_held(told, CheckName.POSITIONS)
        lines.append(Line(Side.OWED, LineName.OPEN_WAGERS, open_cost, is_stated=False))
        lines.append(Line(Side.HELD, LineName.CONTRACTS, open_cost, is_stated=is_stated))
    return ClientMoney(Currency.USD, tuple(lines))


def _is_made(told: Told, name: CheckName) -> bool:
    return name in told and told[name].result is not Result.UNAVAILABLE


def _is_held(told: Told, name: CheckName) -> bool:
    return name in told and told[name].is_held


def _findings(told: Told, *names: CheckName) -> list[Finding]:
    return [each for name in names if name in told for each in told[name].findings]


def _less(told: Told, *names: CheckName) -> int:
    """Return how much less than our books the others say, subject by subject."""
    return sum(max((each.ours or 0) - (each.theirs or 0), 0) for each in _findings(told, *names))


def _owed_more(told: Told) -> int:
    """Return how much more than our books execution says we owe it."""
    return sum(max((each.theirs or 0) - (each.ours or 0), 0) for each in _findings(told, CheckName.OWED))


def _cost_of_missing(told: Told, positions: Positions) -> int:
    """Return what the contracts cost that execution does not have, rounded against us."""
    cost = 0
    for each in _findings(told, CheckName.POSITIONS):
        subject, missing = each.subject, (each.ours or 0) - (each.theirs or 0)
        if missing <= 0 or subject.book_id is None or subject.market_id is None or subject.side is None:
            continue
        kept = positions.get((subject.book_id, subject.market_id, ContractSide(subject.side)))
        if kept is not None and kept.quantity > 0:
            cost += -(-kept.cost * min(missing, kept.quantity) // kept.quantity)
    return cost


def _stated_less(less: int) -> list[Line]:
    return [Line(Side.HELD, LineName.STATED_LESS, -less, is_stated=True)] if less else []


def check_client_money(found: Iterable[ClientMoney]) -> Check:
    """Check that as much is held for customers as they are owed, in each currency."""
    every = list(found)
    short = [
        Finding(
            CheckName.CLIENT_MONEY,
            BreakType.AMOUNT,
            UNIT_OF[each.currency],
            Subject(reference=f"client money {each.currency}"),
            each.held,
            each.owed,
        )
        for each in every
        if each.shortfall
    ]
    return list_findings(CheckName.CLIENT_MONEY, len(every), short)
