"""Comparing two sides: what is a break and what is not."""

from datetime import UTC, datetime

from customer_stack.boundary_client.domain import Holding, Side, StatementLine, Totals
from customer_stack.payments.domain import Statement, StatementEntry
from customer_stack.reconciliation.domain.breaks import BreakType, Unit
from customer_stack.reconciliation.domain.checks import (
    CheckName,
    Result,
    Subject,
    compare,
    unavailable,
)
from customer_stack.reconciliation.domain.sides import (
    OurSide,
    StockFacts,
    compare_bank,
    compare_books,
    compare_execution,
    compare_stock,
)
from shared.ids import CountingIds
from shared.ledger.domain import LKR, USD

IDS = CountingIds()
A, B, C, REF_A, REF_B, REF_C, MARKET, DEPARTMENT = (IDS.new() for _ in range(8))

# The money flows after the sale of section 7.
TOTALS = Totals(cost_of_buys=7_902200, proceeds=3_720000, fees=367800, payouts=0)


def our_side(**changes):
    values = {
        "sequence": 9,
        "read_at": datetime(2026, 11, 20, 12, tzinfo=UTC),
        "references": {A: REF_A, B: REF_B, C: REF_C},
        "contracts": {(A, MARKET, "yes"): 123, (C, MARKET, "yes"): 289, (B, MARKET, "no"): 500},
        "execution": {A: 246641, C: 1_585559, B: 2_350000},
        "fees": {A: 227025, C: 50775, B: 90000},
        "totals": TOTALS,
        "payouts": 0,
        "trial": (),
        "desk": {},
        "snapshots": 4,
        "differences": (),
        "stock": (),
    }
    return OurSide(**{**values, **changes})


LINES = [
    StatementLine(REF_A, -246641, -227025, (Holding(MARKET, Side.YES, 123),)),
    StatementLine(REF_B, -2_350000, -90000, (Holding(MARKET, Side.NO, 500),)),
    StatementLine(REF_C, -1_585559, -50775, (Holding(MARKET, Side.YES, 289),)),
]


def failed(checks):
    return {check.name: check.findings for check in checks if check.result is not Result.HELD}


def test_both_ledgers_of_the_money_flows_agree():
    checks = compare_execution(our_side(), TOTALS, LINES)
    assert [check.name for check in checks] == ["positions", "cash", "fees", "totals", "payouts"]
    assert failed(checks) == {}
    assert checks[0].compared == 3


def test_a_position_that_differs_is_a_break_with_both_values():
    ours = our_side(contracts={(A, MARKET, "yes"): 124, (C, MARKET, "yes"): 289, (B, MARKET, "no"): 500})
    (found,) = failed(compare_execution(ours, TOTALS, LINES))[CheckName.POSITIONS]
    assert (found.type, found.ours, found.theirs) == (BreakType.QUANTITY, 124, 123)
    assert found.subject == Subject(A, MARKET, "yes")


def test_what_one_side_does_not_have_is_missing_there_or_here():
    checks = compare_execution(our_side(fees={A: 227025, C: 50775}), TOTALS, LINES[:2])
    kinds = {
        (found.name, found.subject.book_id): found.type
        for every in failed(checks).values()
        for found in every
    }
    assert kinds == {
        (CheckName.POSITIONS, C): BreakType.MISSING_THEIRS,
        (CheckName.CASH, C): BreakType.MISSING_THEIRS,
        (CheckName.FEES, C): BreakType.MISSING_THEIRS,
        (CheckName.FEES, B): BreakType.MISSING_OURS,
    }


def test_an_account_that_we_do_not_know_is_a_break():
    stranger = StatementLine(IDS.new(), -5, 0, (Holding(MARKET, Side.NO, 1),))
    found = failed(compare_execution(our_side(), TOTALS, [*LINES, stranger]))
    assert {name: [each.type for each in breaks] for name, breaks in found.items()} == {
        CheckName.POSITIONS: [BreakType.UNKNOWN_ACCOUNT],
        CheckName.CASH: [BreakType.UNKNOWN_ACCOUNT],
    }


def test_other_totals_are_breaks_by_name():
    other = Totals(cost_of_buys=7_902200, proceeds=3_720000, fees=367801, payouts=7)
    found = failed(compare_execution(our_side(), other, LINES))
    assert [each.subject.reference for each in found[CheckName.TOTALS]] == ["fees", "payouts"]
    assert len(found[CheckName.PAYOUTS]) == 1


def test_zero_and_absent_are_the_same():
    check = compare(CheckName.CASH, Unit.MICRO_DOLLAR, {Subject(A): 0}, {})
    assert (check.result, check.compared) == (Result.HELD, 0)


def test_the_bank_is_compared_by_balance_and_by_reference():
    statement = Statement(
        100_00, [StatementEntry("IN1", 70_00), StatementEntry("IN2", 30_00), StatementEntry("", 0)]
    )
    assert failed(compare_bank(DEPARTMENT, 100_00, {"IN1": 70_00, "IN2": 30_00}, statement)) == {}
    found = failed(compare_bank(DEPARTMENT, 71_00, {"IN1": 71_00}, statement))
    assert [each.type for each in found[CheckName.BANK_ENTRIES]] == [
        BreakType.AMOUNT,
        BreakType.MISSING_OURS,
    ]
    assert [(each.ours, each.theirs) for each in found[CheckName.COLLECTION]] == [(71_00, 100_00)]


def test_the_stock_identity_of_the_money_flows_holds_and_a_cent_breaks_it():
    facts = StockFacts(DEPARTMENT, 552_350_00, 1_150_036_64, 298_500_00, 2_000_000_00, 886_64, 0)
    assert compare_stock([facts]).result is Result.HELD
    recognised = StockFacts(DEPARTMENT, 551_463_36, 1_150_036_64, 298_500_00, 2_000_000_00, 886_64, 886_64)
    assert compare_stock([recognised]).result is Result.HELD
    broken = StockFacts(DEPARTMENT, 552_350_01, 1_150_036_64, 298_500_00, 2_000_000_00, 886_64, 0)
    assert compare_stock([broken]).result is Result.DIFFERS


def test_books_that_do_not_add_up_are_breaks_in_the_unit_of_their_asset():
    checks = compare_books([(LKR, 0), (USD, 3), (1000, 1)], {LKR: 5}, 7, [], [])
    found = failed(checks)
    assert [(each.unit, each.ours) for each in found[CheckName.TRIAL_BALANCE]] == [
        (Unit.MICRO_DOLLAR, 3),
        (Unit.CENTI_CONTRACT, 1),
    ]
    assert [(each.unit, each.ours) for each in found[CheckName.DESK]] == [(Unit.LKR_CENT, 5)]


def test_a_side_that_does_not_answer_never_passes():
    assert [check.result for check in unavailable(CheckName.CASH)] == [Result.UNAVAILABLE]
