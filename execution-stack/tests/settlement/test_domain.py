from dataclasses import replace

from execution_stack.books.domain import Direction
from execution_stack.reports.domain import Totals
from execution_stack.settlement.domain import Outcome, Proposal, find_settled, judge
from shared.ids import CountingIds

IDS = CountingIds()
TENANT = IDS.new()
PERIOD_1 = Totals(cost_of_buys=7_902_200, proceeds=3_720_000, fees=367_800, payouts=0)
PERIOD_2 = Totals(payouts=4_120_000)


def propose(after, to, direction, amount, totals):
    return Proposal(IDS.new(), TENANT, after, to, direction, amount, totals, bytes(32))


def test_the_first_period_of_the_money_flows_is_paid_by_the_customer_side():
    proposal = propose(0, 9, Direction.PAY, 4_550_000, PERIOD_1)
    assert judge(proposal, PERIOD_1, Totals(), 0, newest=9) is Outcome.AGREED


def test_the_second_period_is_paid_by_execution():
    first = propose(0, 9, Direction.PAY, 4_550_000, PERIOD_1)
    second = propose(9, 14, Direction.RECEIVE, 4_120_000, PERIOD_2)
    settled = find_settled([first], 9)
    assert settled == 4_550_000
    assert judge(second, PERIOD_2, PERIOD_1, settled, newest=20) is Outcome.AGREED


def test_what_truncation_leaves_enters_the_next_period():
    first = Totals(cost_of_buys=15_555)
    second = Totals(cost_of_buys=4_445)
    paid = propose(0, 1, Direction.PAY, 10_000, first)
    assert judge(paid, first, Totals(), 0, newest=1) is Outcome.AGREED
    following = propose(1, 2, Direction.PAY, 10_000, second)
    assert judge(following, second, first, find_settled([paid], 1), newest=2) is Outcome.AGREED


def test_other_totals_or_another_payment_are_different():
    proposal = propose(0, 9, Direction.PAY, 4_550_000, PERIOD_1)
    for wrong in (
        replace(proposal, amount=4_540_000),
        replace(proposal, direction=Direction.RECEIVE),
        replace(proposal, totals=replace(PERIOD_1, fees=367_799)),
        replace(proposal, to_sequence=10),
    ):
        assert judge(wrong, PERIOD_1, Totals(), 0, newest=9) is Outcome.DIFFERENT


def test_a_period_that_follows_no_agreed_cut_is_different():
    assert find_settled([], 5) is None
    proposal = propose(5, 9, Direction.PAY, 4_550_000, PERIOD_1)
    assert judge(proposal, PERIOD_1, Totals(), None, newest=9) is Outcome.DIFFERENT


def test_of_two_settlements_of_one_cut_the_later_counts():
    rejected = propose(0, 9, Direction.PAY, 4_550_000, PERIOD_1)
    again = replace(rejected, settlement_id=IDS.new())
    assert find_settled([rejected, again], 9) == 4_550_000
