"""Netted settlement: the numbers of the money flows, section 8 and 9, and who may decide."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.settlement.domain import (
    Cut,
    Direction,
    Line,
    Previous,
    Proposal,
    State,
    Step,
    Totals,
    build_confirmation,
    build_release,
    decide_instruction,
    next_state,
    require_approval,
    sort_lines,
    state_at,
)
from customer_stack.settlement.errors import (
    InstructionChanged,
    InstructionExpired,
    LedgerDiffers,
    NothingToSettle,
    NotInThisState,
    ProposerCannotDecide,
)
from shared.ids import CountingIds

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
IDS = CountingIds()
A, B, C, MAKER, CHECKER = (IDS.new() for _ in range(5))
PROPOSAL = Proposal(IDS.new(), IDS.new(), IDS.new(), "SETTLE", MAKER, NOW, NOW + timedelta(hours=24))

PERIOD_1 = (
    Line(A, Totals(cost_of_buys=3_966641, proceeds=3_720000, fees=227025)),
    Line(C, Totals(cost_of_buys=1_585559, fees=50775)),
    Line(B, Totals(cost_of_buys=2_350000, fees=90000)),
)


def legs_of(transfer):
    (posting,) = transfer.postings
    return {posting.source: -posting.amount, posting.target: posting.amount}


def test_period_1_of_the_money_flows_owes_4_55():
    cut = Cut(17, PERIOD_1, owed=4_550000)
    assert [line.totals.net for line in PERIOD_1] == [473666, 1_636334, 2_440000]
    instruction = decide_instruction(PROPOSAL, cut, Previous())
    assert (instruction.direction, instruction.amount, instruction.remainder) == (Direction.PAY, 4_550000, 0)
    assert instruction.totals == Totals(7_902200, 3_720000, 367800, 0)
    assert (instruction.after_sequence, instruction.to_sequence) == (0, 17)


def test_the_release_of_period_1_moves_settled_to_in_transit_and_then_to_the_bank():
    instruction = decide_instruction(PROPOSAL, Cut(17, PERIOD_1, owed=4_550000), Previous())
    assert legs_of(build_release(instruction, IDS.new(), NOW)) == {
        "settled": -4_550000,
        "in_transit": 4_550000,
    }
    assert legs_of(build_confirmation(instruction, IDS.new(), NOW)) == {
        "in_transit": -4_550000,
        "nostro": 4_550000,
    }


@pytest.mark.parametrize(
    ("payouts", "amount", "nostro"),
    [({A: 1_230000, C: 2_890000}, 4_120000, 3_999_570000), ({B: 5_000000}, 5_000000, 4_000_450000)],
)
def test_period_2_is_received_after_resolution(payouts, amount, nostro):
    lines = tuple(Line(customer, Totals(payouts=paid)) for customer, paid in payouts.items())
    instruction = decide_instruction(PROPOSAL, Cut(25, lines, owed=-amount), Previous(17, remainder=0))
    assert (instruction.direction, instruction.amount, instruction.owed) == (
        Direction.RECEIVE,
        amount,
        -amount,
    )
    assert legs_of(build_release(instruction, IDS.new(), NOW)) == {"in_transit": -amount, "settled": amount}
    confirmation = legs_of(build_confirmation(instruction, IDS.new(), NOW))
    assert confirmation == {"nostro": -amount, "in_transit": amount}
    # nostro is a place: minus means that more lies there.
    assert 4_000_000000 - 4_550000 - confirmation["nostro"] == nostro


def test_what_is_below_a_cent_stays_owed_and_enters_the_next_period():
    first = (Line(A, Totals(cost_of_buys=4_559999)),)
    instruction = decide_instruction(PROPOSAL, Cut(3, first, 4_559999), Previous())
    assert (instruction.amount, instruction.remainder) == (4_550000, 9999)
    second = (Line(A, Totals(cost_of_buys=2)),)
    following = decide_instruction(PROPOSAL, Cut(4, second, 10001), Previous(3, instruction.remainder))
    assert (following.amount, following.remainder) == (10000, 1)


def test_less_than_a_cent_is_nothing_to_settle():
    with pytest.raises(NothingToSettle):
        decide_instruction(PROPOSAL, Cut(3, (Line(A, Totals(fees=9999)),), 9999), Previous())


def test_a_ledger_that_differs_from_the_reports_is_not_settled():
    with pytest.raises(LedgerDiffers):
        decide_instruction(PROPOSAL, Cut(17, PERIOD_1, owed=4_550001), Previous())


@given(st.integers(-(10**15), 10**15).filter(lambda owed: abs(owed) >= 10_000))
def test_an_instruction_never_pays_more_than_is_owed(owed):
    totals = Totals(cost_of_buys=owed) if owed > 0 else Totals(payouts=-owed)
    instruction = decide_instruction(PROPOSAL, Cut(1, (Line(A, totals),), owed), Previous())
    assert instruction.amount % 10_000 == 0
    assert 0 <= abs(owed) - instruction.amount < 10_000
    assert abs(instruction.remainder) < 10_000


def test_lines_are_in_customer_order_without_those_who_did_nothing():
    lines = sort_lines([PERIOD_1[1], Line(MAKER, Totals()), PERIOD_1[2], PERIOD_1[0]])
    assert [line.customer_id for line in lines] == sorted([A, B, C])


INSTRUCTION = decide_instruction(PROPOSAL, Cut(17, PERIOD_1, owed=4_550000), Previous())


def approve(
    approver=CHECKER, digest=INSTRUCTION.digest, now=NOW, state=State.PROPOSED, instruction=INSTRUCTION
):
    return require_approval(instruction, state, approver, digest, INSTRUCTION.digest, now)


def test_another_person_approves_exactly_this_instruction():
    assert approve() is State.APPROVED


def test_the_proposer_never_approves():
    with pytest.raises(ProposerCannotDecide):
        approve(approver=MAKER)


def test_an_approval_of_another_digest_is_void():
    with pytest.raises(InstructionChanged):
        approve(digest=bytes(32))


def test_an_instruction_that_was_changed_after_the_proposal_is_void():
    with pytest.raises(InstructionChanged):
        approve(instruction=replace(INSTRUCTION, amount=4_560000))


def test_an_expired_instruction_is_void():
    with pytest.raises(InstructionExpired):
        approve(now=INSTRUCTION.valid_until)
    assert state_at(State.APPROVED, INSTRUCTION, INSTRUCTION.valid_until) is State.APPROVED


@pytest.mark.parametrize("state", [State.APPROVED, State.REJECTED, State.RELEASED])
def test_a_decision_is_made_once(state):
    with pytest.raises(NotInThisState):
        approve(state=state)


def test_only_what_is_approved_is_released():
    assert next_state(State.APPROVED, Step.RELEASE) is State.RELEASED
    for state in (State.PROPOSED, State.REJECTED, State.EXPIRED, State.RELEASED):
        with pytest.raises(NotInThisState):
            next_state(state, Step.RELEASE)
