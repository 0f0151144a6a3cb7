"""The identities of the money flows, section 12, that sums of accounts decide. Pure.

Signs, section 1: an owner is positive by what it owns, a place negative by what lies there. So what is owned
and what is somewhere are compared, asset by asset.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.boundary_client import domain as boundary
from customer_stack.fx.domain.conversion import Unlike
from customer_stack.ledger.domain import Account
from customer_stack.reconciliation.domain.breaks import BreakType, Unit
from customer_stack.reconciliation.domain.checks import (
    Check,
    CheckName,
    Finding,
    Subject,
    compare,
    compare_one,
    list_findings,
    require_cover,
)
from shared.ledger.domain import LKR, USD

REVENUES: Final = (
    Account.FX_REVENUE,
    Account.FX_FEE_REVENUE,
    Account.PAYOUT_FEE_REVENUE,
    Account.EXPENSE,
)
"""What the house earned; an expense is a negative owner."""

LKR_PLACES: Final = (
    Account.COLLECTION,
    Account.CASH,
    Account.EWALLET,
    Account.APP,
    Account.CARD_RECEIVABLE,
)
LKR_OWNERS: Final = (Account.WALLET, Account.TILL, Account.SUSPENSE, Account.PAYABLE, *REVENUES)

USD_PLACES: Final = (Account.NOSTRO, Account.PREFUND, Account.CASH, Account.EWALLET, Account.CRYPTO)
USD_OWNERS: Final = (
    Account.WALLET,
    Account.STOCK,
    Account.TREASURY,
    Account.EXECUTION,
    Account.EXCHANGE_FEES,
    Account.SETTLED,
    Account.IN_TRANSIT,
    Account.SUSPENSE,
    Account.PAYABLE,
    Account.EXPENSE,
)

StockLine = tuple[int, int]
"""Quantity and cost of a stock after an entry: micro-dollars, LKR cents."""

Sums = Mapping[tuple[Account, int], int]
"""(account, asset) -> balance over all books of a tenant."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a released settlement moved on `settled`, less what was reopened; and when it left."""

    amount: int
    at: datetime


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """Payments that we released and execution has not received: their sum, and when the oldest left."""

    amount: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Ended:
    """Contracts that are left in a market whose outcome was paid."""

    market_id: UUID
    side: str
    left: int


@dataclass(frozen=True, slots=True)
class Stated:
    """How far a bank says our USD account moved over the days of its statements, and how far by our books."""

    department_id: UUID
    moved: int
    booked: int


def _sum(sums: Sums, accounts: Iterable[Account], asset: int) -> int:
    return sum(sums.get((account, asset), 0) for account in accounts)


def check_owners(tenant_id: UUID, sums: Sums) -> tuple[Check, ...]:
    """Check B1 and B3: what lies somewhere is somebody's; and that the house covers what customers owe it."""
    subject = Subject(reference=f"tenant {tenant_id}")
    places, debts = -_sum(sums, LKR_PLACES, LKR), -_sum(sums, (Account.DEBT,), LKR)
    owners = _sum(sums, LKR_OWNERS, LKR)
    own = _sum(sums, (Account.TILL, *REVENUES), LKR)
    usd_places = -_sum(sums, (*USD_PLACES, Account.DEBT), USD)
    nostro, wallets = -_sum(sums, (Account.NOSTRO,), USD), _sum(sums, (Account.WALLET,), USD)
    return (
        compare_one(CheckName.LKR_OWNERS, Unit.LKR_CENT, subject, places, owners - debts),
        require_cover(CheckName.LKR_COVER, Unit.LKR_CENT, subject, own, debts),
        compare_one(
            CheckName.USD_OWNERS, Unit.MICRO_DOLLAR, subject, usd_places, _sum(sums, USD_OWNERS, USD)
        ),
        require_cover(CheckName.USD_COVER, Unit.MICRO_DOLLAR, subject, nostro, wallets),
    )


def find_on_its_way(newest: Sequence[Settlement], difference: int, left_after: datetime) -> OnItsWay | None:
    """Return which of our newest settlements make up a difference with execution; None if none do.

    Payments arrive in the order in which they left, so what has not arrived is the newest of them. One that
    left before `left_after` is not on its way any more: it is lost until somebody finds it.
    """
    total, since = 0, None
    for each in newest:
        if total == difference or each.at < left_after:
            break
        total, since = total + each.amount, each.at
    return OnItsWay(total, since) if total == difference else None


def check_standing(
    tenant_id: UUID,
    sums: Sums,
    newest: Sequence[Settlement],
    standing: boundary.Standing,
    left_after: datetime,
) -> tuple[Check, ...]:
    """Check J4: prefunds meet, and settled sums differ by nothing but payments that left lately."""
    subject = Subject(reference=f"tenant {tenant_id}")
    lent = -_sum(sums, (Account.PREFUND,), USD)
    settled = _sum(sums, (Account.SETTLED,), USD)
    on_its_way = find_on_its_way(newest, settled + standing.settled, left_after)
    arrived = -settled if on_its_way is None else on_its_way.amount - settled
    return (
        compare_one(CheckName.PREFUND, Unit.MICRO_DOLLAR, subject, lent, standing.prefund),
        compare_one(CheckName.SETTLED, Unit.MICRO_DOLLAR, subject, arrived, standing.settled),
    )


def check_owed(tenant_id: UUID, sums: Sums, totals: boundary.Totals) -> Check:
    """Check J5: what our ledger says is owed is what execution's reports add up to, settlements apart."""
    ours = _sum(sums, (Account.EXECUTION, Account.EXCHANGE_FEES), USD)
    subject = Subject(reference=f"tenant {tenant_id}")
    return compare_one(CheckName.OWED, Unit.MICRO_DOLLAR, subject, ours, totals.owed)


def check_nostro(stated: Iterable[Stated]) -> Check:
    """Check B2: over the days of its statements the bank's word about our USD account is `nostro`."""
    every = list(stated)
    return compare(
        CheckName.NOSTRO,
        Unit.MICRO_DOLLAR,
        {Subject(book_id=each.department_id): each.booked for each in every},
        {Subject(book_id=each.department_id): each.moved for each in every},
    )


def check_floors(checked: int, below: int) -> Check:
    """Check L3: no account with a floor lies below it, holds counted."""
    subject = Subject(reference="accounts below their floor")
    found = [Finding(CheckName.FLOORS, BreakType.AMOUNT, Unit.ENTRY, subject, below, 0)] if below else []
    return list_findings(CheckName.FLOORS, checked, found)


def check_ended(markets: int, left: Iterable[Ended]) -> Check:
    """Check L4: after its outcome was paid nobody holds a contract of a market."""
    name = CheckName.RESOLVED_MARKETS
    found = [
        Finding(
            name,
            BreakType.QUANTITY,
            Unit.CENTI_CONTRACT,
            Subject(market_id=each.market_id, side=each.side),
            each.left,
            0,
        )
        for each in left
    ]
    return list_findings(name, max(markets, len(found)), found)


def check_conversions(compared: int, unlike: Iterable[Unlike]) -> Check:
    """Check every conversion: the locked rate, in time, the quoted amounts, and what the ledger moved."""
    found = [_describe(each) for each in unlike]
    return list_findings(CheckName.CONVERSIONS, max(compared, len(found)), found)


def _describe(each: Unlike) -> Finding:
    subject = Subject(book_id=each.customer_id, reference=f"conversion {each.id}")

    def finding(kind: BreakType, unit: Unit, ours: int, theirs: int | None) -> Finding:
        return Finding(CheckName.CONVERSIONS, kind, unit, subject, ours, theirs)

    if each.agreed_e8 != each.locked_e8:
        return finding(BreakType.PRICE, Unit.RATE_E8, each.agreed_e8, each.locked_e8)
    if each.usd != each.quoted_usd:
        return finding(BreakType.AMOUNT, Unit.MICRO_DOLLAR, each.usd, each.quoted_usd)
    if each.lkr != each.quoted_lkr:
        return finding(BreakType.AMOUNT, Unit.LKR_CENT, each.lkr, each.quoted_lkr)
    if each.booked != each.usd:
        return finding(BreakType.AMOUNT, Unit.MICRO_DOLLAR, each.booked, each.usd)
    return finding(BreakType.TIMING, Unit.ENTRY, 1, 0)


def check_stock_cost(
    compared: int, differing: Mapping[tuple[UUID, int], tuple[StockLine | None, StockLine | None]]
) -> Check:
    """Check the quantity and cost that are kept beside the stock, line by line, by the ledger's entries."""
    found = []
    for (department_id, version), (stands, should_be) in differing.items():
        subject = Subject(book_id=department_id, reference=f"line {version}")
        is_quantity = (stands or (0, 0))[0] != (should_be or (0, 0))[0]
        kind, unit = (
            (BreakType.QUANTITY, Unit.MICRO_DOLLAR) if is_quantity else (BreakType.AMOUNT, Unit.LKR_CENT)
        )
        ours, theirs = (None if line is None else line[not is_quantity] for line in (stands, should_be))
        found.append(Finding(CheckName.STOCK_COST, kind, unit, subject, ours, theirs))
    return list_findings(CheckName.STOCK_COST, max(compared, len(found)), found)
