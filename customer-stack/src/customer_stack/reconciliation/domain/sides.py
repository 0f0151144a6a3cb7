"""The sides of a comparison and the checks between them. Pure.

Signs, money flows section 1: what a customer's side owes execution stands positive on our `execution` and
`exchange_fees`, and negative on execution's `cash` and `fees`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customer_stack.boundary_client import domain as boundary
from customer_stack.payments.domain import Statement
from customer_stack.reconciliation.domain.breaks import BreakType, Unit
from customer_stack.reconciliation.domain.checks import (
    Check,
    CheckName,
    Finding,
    Subject,
    compare,
    compare_to_zero,
    list_findings,
)
from shared.errors import invariant
from shared.ledger.domain import Difference


@dataclass(frozen=True, slots=True)
class StockFacts:
    """A department's own money, LKR cents: identity B5 of the money flows."""

    department_id: UUID
    till: int
    stock_cost: int
    treasury_cost: int
    contributions: int
    profit: int
    recognised: int

    @property
    def owned(self) -> int:
        """Return what the house owns at cost."""
        return self.till + self.stock_cost + self.treasury_cost

    @property
    def explained(self) -> int:
        """Return where it came from."""
        return self.contributions + self.profit - self.recognised


def compare_stock(departments: Iterable[StockFacts]) -> Check:
    """Check B5: till + V + cost of treasury = contributions + profit - recognised."""
    facts = list(departments)
    invariant(len({each.department_id for each in facts}) == len(facts), "one line per department")
    owned = {Subject(book_id=each.department_id): each.owned for each in facts}
    explained = {Subject(book_id=each.department_id): each.explained for each in facts}
    return compare(CheckName.STOCK, Unit.LKR_CENT, owned, explained)


@dataclass(frozen=True, slots=True)
class OurSide:
    """Our books at one moment."""

    sequence: int
    read_at: datetime
    references: Mapping[UUID, UUID]
    contracts: Mapping[tuple[UUID, UUID, str], int]
    execution: Mapping[UUID, int]
    fees: Mapping[UUID, int]
    totals: boundary.Totals
    payouts: int
    trial: tuple[tuple[int, int], ...]
    desk: Mapping[int, int]
    snapshots: int
    differences: tuple[Difference, ...]
    stock: tuple[StockFacts, ...]


def compare_execution(
    ours: OurSide, totals: boundary.Totals, lines: list[boundary.StatementLine]
) -> tuple[Check, ...]:
    """Compare J1, J2, J3 per account and the tenant's totals with execution's statement."""
    customers = {reference: customer for customer, reference in ours.references.items()}
    known = [(customers[line.account_id], line) for line in lines if line.account_id in customers]
    strangers = [line for line in lines if line.account_id not in customers]
    positions = {
        Subject(customer, holding.market_id, holding.side.value): holding.quantity
        for customer, line in known
        for holding in line.holdings
    }
    contracts = {Subject(*key): quantity for key, quantity in ours.contracts.items()}
    return (
        compare(
            CheckName.POSITIONS,
            Unit.CENTI_CONTRACT,
            contracts,
            positions,
            [
                Finding(
                    CheckName.POSITIONS,
                    BreakType.UNKNOWN_ACCOUNT,
                    Unit.CENTI_CONTRACT,
                    Subject(line.account_id, holding.market_id, holding.side.value),
                    None,
                    holding.quantity,
                )
                for line in strangers
                for holding in line.holdings
            ],
        ),
        compare(
            CheckName.CASH,
            Unit.MICRO_DOLLAR,
            {Subject(customer): -amount for customer, amount in ours.execution.items()},
            {Subject(customer): line.cash for customer, line in known},
            _find_strangers(CheckName.CASH, {line.account_id: line.cash for line in strangers}),
        ),
        compare(
            CheckName.FEES,
            Unit.MICRO_DOLLAR,
            {Subject(customer): -amount for customer, amount in ours.fees.items()},
            {Subject(customer): line.fees for customer, line in known},
            _find_strangers(CheckName.FEES, {line.account_id: line.fees for line in strangers}),
        ),
        compare(CheckName.TOTALS, Unit.MICRO_DOLLAR, _by_name(ours.totals), _by_name(totals)),
        compare(
            CheckName.PAYOUTS,
            Unit.MICRO_DOLLAR,
            {Subject(reference="payouts"): ours.payouts},
            {Subject(reference="payouts"): totals.payouts},
        ),
    )


def compare_bank(
    department_id: UUID, at_bank: int, bookings: Mapping[str, int], statement: Statement
) -> tuple[Check, ...]:
    """Compare B1: the account's balance, and every booking by its reference."""
    entries: dict[Subject, int] = {}
    for entry in statement.entries:
        subject = Subject(reference=entry.bank_reference or "opening")
        entries[subject] = entries.get(subject, 0) + entry.amount
    subject = Subject(book_id=department_id)
    return (
        compare(CheckName.COLLECTION, Unit.LKR_CENT, {subject: at_bank}, {subject: statement.balance}),
        compare(
            CheckName.BANK_ENTRIES,
            Unit.LKR_CENT,
            {Subject(reference=reference): amount for reference, amount in bookings.items()},
            entries,
        ),
    )


def compare_books(
    trial: Sequence[tuple[int, int]],
    desk: Mapping[int, int],
    snapshots: int,
    differences: Sequence[Difference],
    stock: Sequence[StockFacts],
) -> tuple[Check, ...]:
    """Check L1, L2, L3 and B5 on our books alone; `snapshots` is how many were rebuilt."""
    drifted = [
        Finding(
            CheckName.SNAPSHOTS,
            BreakType.AMOUNT,
            Unit.ENTRY,
            Subject(book_id=each.key[0], reference=f"{each.table} {each.key[2]} of asset {each.key[1]}"),
            each.stands,
            each.should_be,
        )
        for each in differences
    ]
    return (
        compare_to_zero(CheckName.TRIAL_BALANCE, dict(trial), len(trial)),
        compare_to_zero(CheckName.DESK, desk, len(trial)),
        list_findings(CheckName.SNAPSHOTS, max(snapshots, len(drifted)), drifted),
        compare_stock(stock),
    )


def _find_strangers(name: CheckName, amounts: Mapping[UUID, int]) -> list[Finding]:
    return [
        Finding(name, BreakType.UNKNOWN_ACCOUNT, Unit.MICRO_DOLLAR, Subject(account_id), None, amount)
        for account_id, amount in amounts.items()
        if amount
    ]


def _by_name(totals: boundary.Totals) -> dict[Subject, int]:
    return {
        Subject(reference="cost_of_buys"): totals.cost_of_buys,
        Subject(reference="proceeds"): totals.proceeds,
        Subject(reference="fees"): totals.fees,
        Subject(reference="payouts"): totals.payouts,
        Subject(reference="reversed_costs"): totals.reversed_costs,
        Subject(reference="reversed_proceeds"): totals.reversed_proceeds,
        Subject(reference="reversed_fees"): totals.reversed_fees,
        Subject(reference="reversed_payouts"): totals.reversed_payouts,
    }


def add_totals(sums: Iterable[boundary.Totals]) -> boundary.Totals:
    """Return the totals of all together."""
    every = list(sums)
    return boundary.Totals(
        cost_of_buys=sum(each.cost_of_buys for each in every),
        proceeds=sum(each.proceeds for each in every),
        fees=sum(each.fees for each in every),
        payouts=sum(each.payouts for each in every),
        reversed_costs=sum(each.reversed_costs for each in every),
        reversed_proceeds=sum(each.reversed_proceeds for each in every),
        reversed_fees=sum(each.reversed_fees for each in every),
        reversed_payouts=sum(each.reversed_payouts for each in every),
    )
