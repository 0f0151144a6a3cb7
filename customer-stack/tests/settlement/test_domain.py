"""Netted settlement: the numbers of the money flows, section 8 and 9, who may decide, and what banks say."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from customer_stack.settlement.catalogue import load_purposes
from customer_stack.settlement.domain.closing import (
    Said,
    decide_payment,
    decide_refusal,
    decide_return,
    decide_short,
)
from customer_stack.settlement.domain.instruction import (
    BankAccount,
    Cut,
    Direction,
    Line,
    Previous,
    Proposal,
    Route,
    Totals,
    decide_instruction,
    sort_lines,
)
from customer_stack.settlement.domain.postings import Stamp, build_payment, build_release
from customer_stack.settlement.domain.purposes import read_purposes
from customer_stack.settlement.domain.records import Act, digest_record, write_record
from customer_stack.settlement.domain.states import (
    PENDING,
    Settlement,
    State,
    Step,
    Word,
    next_state,
    require_approval,
    require_release,
    state_at,
)
from customer_stack.settlement.errors import (
    InstructionChanged,
    InstructionExpired,
    LedgerDiffers,
    NothingShort,
    NothingToSettle,
    NotInThisState,
    PaymentDifferent,
    ProposerCannotDecide,
    PurposeUnknown,
)
from shared.errors import InvariantViolated, Refusal
from shared.ids import CountingIds

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
IDS = CountingIds()
A, B, C, MAKER, CHECKER = (IDS.new() for _ in range(5))
ROUTE = Route(
    BankAccount("Lanka Event Exchange", "001200345678", "BCEYLKLX"),
    BankAccount("Bulkhead Execution", "9876543210", "CHASUS33"),
)
PROPOSAL = Proposal(IDS.new(), IDS.new(), IDS.new(), "SETTLE", MAKER, NOW, NOW + timedelta(hours=24), ROUTE)

PERIOD_1 = (
    Line(A, Totals(cost_of_buys=3_966641, proceeds=3_720000, fees=227025)),
    Line(C, Totals(cost_of_buys=1_585559, fees=50775)),
    Line(B, Totals(cost_of_buys=2_350000, fees=90000)),
)


def legs_of(*transfers):
    legs = Counter()
    for transfer in transfers:
        (posting,) = transfer.postings
        legs[posting.source] -= posting.amount
        legs[posting.target] += posting.amount
    return {account: amount for account, amount in legs.items() if amount}


def stamp():
    return Stamp(IDS.new(), NOW)


def test_period_1_of_the_money_flows_owes_4_55():
    cut = Cut(17, PERIOD_1, owed=4_550000)
    assert [line.totals.net for line in PERIOD_1] == [473666, 1_636334, 2_440000]
    instruction = decide_instruction(PROPOSAL, cut, Previous())
    assert (instruction.direction, instruction.amount, instruction.remainder) == (Direction.PAY, 4_550000, 0)
    assert instruction.totals == Totals(7_902200, 3_720000, 367800, 0)
    assert (instruction.after_sequence, instruction.to_sequence) == (0, 17)
    # Check of section 8: 999.57 at the exchange = prefund 1,000 - owed 4.55 + pair cash 4.12.
    assert 1_000_000000 - instruction.owed + 4_120000 == 999_570000


def test_the_release_of_period_1_moves_settled_to_in_transit_and_then_to_the_bank():
    instruction = decide_instruction(PROPOSAL, Cut(17, PERIOD_1, owed=4_550000), Previous())
    assert legs_of(build_release(instruction, stamp())) == {"settled": -4_550000, "in_transit": 4_550000}
    paid = build_payment(instruction, instruction.amount, stamp())
    assert legs_of(paid) == {"in_transit": -4_550000, "nostro": 4_550000}


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
    assert legs_of(build_release(instruction, stamp())) == {"in_transit": -amount, "settled": amount}
    confirmation = legs_of(build_payment(instruction, amount, stamp()))
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
PROPOSED = Settlement(INSTRUCTION, INSTRUCTION.digest)
APPROVED = replace(PROPOSED, decision=State.APPROVED, decided_by=CHECKER)


def test_every_change_of_an_instruction_is_another_digest():
    other = replace(ROUTE, theirs=replace(ROUTE.theirs, number="9876543211"))
    changes = {
        "id": IDS.new(),
        "tenant_id": IDS.new(),
        "department_id": IDS.new(),
        "after_sequence": 1,
        "to_sequence": 18,
        "direction": Direction.RECEIVE,
        "purpose_code": "TREASURY",
        "amount": 4_560000,
        "owed": 4_550001,
        "totals": Totals(7_902200, 3_720000, 367800, 0, reversed_fees=1),
        "lines_digest": "00" * 32,
        "proposed_by": CHECKER,
        "proposed_at": NOW + timedelta(seconds=1),
        "valid_until": NOW + timedelta(hours=25),
        "route": other,
    }
    digests = {replace(INSTRUCTION, **{name: value}).digest for name, value in changes.items()}
    assert set(changes) == set(INSTRUCTION.__dataclass_fields__)
    assert len(digests | {INSTRUCTION.digest}) == len(changes) + 1


def test_the_signed_bytes_are_canonical():
    raw = INSTRUCTION.canonical()
    assert raw == orjson.dumps(json.loads(raw), option=orjson.OPT_SORT_KEYS)
    assert (json.loads(raw)["format"], json.loads(raw)["route"]) == (
        "bulkhead.settlement.v3",
        ROUTE.document(),
    )
    assert json.loads(replace(INSTRUCTION, route=None).canonical())["format"] == "bulkhead.settlement.v1"


def test_another_person_approves_exactly_this_instruction():
    assert require_approval(PROPOSED, CHECKER, INSTRUCTION.digest, NOW) is State.APPROVED
    with pytest.raises(ProposerCannotDecide):
        require_approval(PROPOSED, MAKER, INSTRUCTION.digest, NOW)
    with pytest.raises(InstructionChanged):
        require_approval(PROPOSED, CHECKER, bytes(32), NOW)
    changed = replace(PROPOSED, instruction=replace(INSTRUCTION, amount=4_560000))
    with pytest.raises(InstructionChanged):
        require_approval(changed, CHECKER, INSTRUCTION.digest, NOW)
    with pytest.raises(InstructionExpired):
        require_approval(PROPOSED, CHECKER, INSTRUCTION.digest, INSTRUCTION.valid_until)
    for decided in (State.APPROVED, State.REJECTED):
        with pytest.raises(NotInThisState):
            require_approval(replace(PROPOSED, decision=decided), CHECKER, INSTRUCTION.digest, NOW)


def test_an_approval_is_released_by_another_person_in_its_time():
    assert require_release(APPROVED, CHECKER, NOW) is State.RELEASED
    with pytest.raises(ProposerCannotDecide):
        require_release(APPROVED, MAKER, NOW)
    with pytest.raises(InstructionExpired):
        require_release(APPROVED, CHECKER, INSTRUCTION.valid_until)
    with pytest.raises(NotInThisState):
        require_release(PROPOSED, CHECKER, NOW)
    assert state_at(APPROVED, INSTRUCTION.valid_until) is State.EXPIRED
    for state in set(State) - {State.APPROVED}:
        with pytest.raises(NotInThisState):
            next_state(state, Step.RELEASE)


def test_a_purpose_is_on_the_reviewed_list_and_fits_the_direction():
    purposes = load_purposes()
    assert purposes.require("SETTLE", Direction.PAY).iso_code == "CORT"
    with pytest.raises(PurposeUnknown, match="SETTLE"):
        purposes.require("GIFT")
    with pytest.raises(PurposeUnknown):
        purposes.require("PAYOUTS", Direction.PAY)
    with pytest.raises(InvariantViolated):
        read_purposes({"version": 1, "purposes": []})


def test_a_record_names_the_one_before_it():
    act = Act("settlement.approved", "staff:1", NOW, {"amount": 1})
    first = write_record(A, INSTRUCTION.digest, 1, None, act)
    second = write_record(A, INSTRUCTION.digest, 2, digest_record(first), act)
    assert json.loads(second)["previous_sha256"] == digest_record(first).hex()
    assert first == orjson.dumps(json.loads(first), option=orjson.OPT_SORT_KEYS)


# ---- what banks say -----------------------------------------------------------------------------------

CLAIM = decide_instruction(
    PROPOSAL, Cut(25, (Line(A, Totals(payouts=4_120000)),), owed=-4_120000), Previous(17)
)


def released(instruction=INSTRUCTION):
    return replace(
        Settlement(instruction, instruction.digest),
        decision=State.APPROVED,
        released_at=NOW,
        released_by=CHECKER,
    )


def said(reference=None, reason=None):
    return Said("system", NOW, reference, reason)


def follow(settlement, *steps):
    """Apply decisions one after the other; return the settlement and what the ledger holds of it."""
    transfers = [build_release(settlement.instruction, stamp())]
    for decide, *arguments in steps:
        closing = decide(settlement, *arguments, IDS.new)
        settlement = replace(settlement, words=(*settlement.words, closing.word))
        transfers += closing.transfers
    return settlement, legs_of(*transfers)


def test_a_refused_payment_comes_back_from_in_transit():
    after, legs = follow(released(), (decide_refusal, said(reason="AC04")))
    assert (after.state, legs, after.words[0].reopened) == (State.REFUSED, {}, 4_550000)
    claim, legs = follow(released(CLAIM), (decide_refusal, said(reason="AC04")))
    assert (claim.state, legs, claim.words[0].reopened) == (State.REFUSED, {}, -4_120000)


def test_a_returned_payment_is_owed_again_and_what_was_lost_is_an_expense():
    paid = (decide_payment, 4_550000, said("W-1"))
    after, legs = follow(released(), paid, (decide_return, 4_550000, said("W-2", "AC01")))
    assert (after.state, legs, after.loss) == (State.RETURNED, {}, 0)
    short = (decide_return, 4_530000, said("W-2", "AC01"))
    after, legs = follow(released(), paid, short)
    assert (after.loss, legs) == (20000, {"nostro": 20000, "in_transit": -20000})
    after, legs = follow(released(), paid, short, (decide_short, 20000, said(reason="bank's fee")))
    assert (after.loss, legs) == (0, {"nostro": 20000, "expense": -20000})


def test_a_claim_that_arrives_short_is_partial_until_the_rest_comes_or_an_expense_closes_it():
    part = (decide_payment, 4_100000, said("C-1"))
    after, legs = follow(released(CLAIM), part)
    assert (after.state, after.outstanding) == (State.PARTIAL, 20000)
    assert legs == {"settled": 4_120000, "nostro": -4_100000, "in_transit": -20000}
    after, legs = follow(released(CLAIM), part, (decide_payment, 20000, said("C-2")))
    assert (after.state, legs) == (State.CONFIRMED, {"settled": 4_120000, "nostro": -4_120000})
    after, legs = follow(released(CLAIM), part, (decide_short, 20000, said(reason="fee")))
    assert (after.state, after.words[-1].reopened) == (State.CONFIRMED, 0)
    assert legs == {"settled": 4_120000, "nostro": -4_100000, "expense": -20000}


def test_what_our_bank_did_not_send_stays_owed_and_what_got_lost_after_it_is_borne_by_the_sender():
    after, legs = follow(
        released(), (decide_payment, 4_500000, said("W-1")), (decide_short, 50000, said(reason="limit"))
    )
    assert (after.state, after.words[-1].reopened) == (State.CONFIRMED, 50000)
    assert legs == {"settled": -4_500000, "nostro": 4_500000}
    after, legs = follow(
        released(), (decide_payment, 4_550000, said("W-1")), (decide_short, 50000, said(reason="fee"))
    )
    assert (after.state, after.words[-1].reopened) == (State.CONFIRMED, 50000)
    assert legs == {"settled": -4_500000, "nostro": 4_550000, "expense": -50000}


def test_what_contradicts_is_refused():
    paid = replace(released(), words=(decide_payment(released(), 4_550000, said("W"), IDS.new).word,))
    for decide in (
        lambda: decide_payment(released(), 4_550001, said("W"), IDS.new),
        lambda: decide_payment(paid, 1, said("X"), IDS.new),
        lambda: decide_refusal(paid, said(), IDS.new),
        lambda: decide_return(released(), 1, said("X"), IDS.new),
        lambda: decide_return(paid, 4_550001, said("X"), IDS.new),
        lambda: decide_short(paid, 4_550000, said(), IDS.new),
        lambda: decide_short(released(), 1, said(), IDS.new),
    ):
        with pytest.raises((PaymentDifferent, NotInThisState, NothingShort)):
            decide()


AMOUNTS = st.integers(1, 455).map(lambda cents: cents * 10_000)


class Life(RuleBasedStateMachine):
    """People, the clock and banks do anything in any order; the books and the state stay of one mind."""

    def __init__(self):
        super().__init__()
        self.settlement, self.now, self.legs = PROPOSED, NOW, Counter()
        self.approvals = 0

    def attempt(self, decide):
        try:
            return decide()
        except Refusal:
            return None

    def post(self, *transfers):
        for account, amount in legs_of(*transfers).items():
            self.legs[account] += amount

    @rule(hours=st.integers(1, 20))
    def wait(self, hours):
        self.now += timedelta(hours=hours)

    @rule(who=st.sampled_from([MAKER, CHECKER]), digest=st.sampled_from([INSTRUCTION.digest, bytes(32)]))
    def approve(self, who, digest):
        if self.attempt(lambda: require_approval(self.settlement, who, digest, self.now)):
            assert (who, digest) == (CHECKER, INSTRUCTION.digest)
            assert self.now < INSTRUCTION.valid_until
            self.approvals += 1
            self.settlement = replace(self.settlement, decision=State.APPROVED, decided_by=who)

    @precondition(lambda self: self.settlement.state in PENDING)
    @rule()
    def reject(self):
        if self.attempt(lambda: next_state(state_at(self.settlement, self.now), Step.REJECT)):
            self.settlement = replace(self.settlement, decision=State.REJECTED)

    @rule(who=st.sampled_from([MAKER, CHECKER]))
    def release(self, who):
        if self.attempt(lambda: require_release(self.settlement, who, self.now)):
            assert who == CHECKER
            assert self.approvals == 1
            self.post(build_release(INSTRUCTION, stamp()))
            self.settlement = replace(self.settlement, released_at=self.now, released_by=who)

    @rule(
        decide=st.sampled_from([decide_payment, decide_return, decide_short]),
        amount=st.one_of(AMOUNTS, st.just(4_550000)),
    )
    def hear(self, decide, amount):
        self.keep(lambda: decide(self.settlement, amount, said("R", "why"), IDS.new))

    @rule()
    def close_what_is_missing(self):
        missing = self.settlement.outstanding or self.settlement.loss
        self.keep(lambda: decide_short(self.settlement, missing, said(reason="why"), IDS.new))

    @rule()
    def refuse(self):
        self.keep(lambda: decide_refusal(self.settlement, said(), IDS.new))

    def keep(self, decide):
        closing = self.attempt(decide)
        if closing is not None:
            assert self.settlement.released_at is not None
            self.post(*closing.transfers)
            self.settlement = replace(self.settlement, words=(*self.settlement.words, closing.word))

    @invariant()
    def the_books_say_what_the_state_says(self):
        settlement, legs = self.settlement, self.legs
        assert sum(legs.values()) == 0
        if settlement.released_at is None:
            assert not any(legs.values())
            return
        reopened = sum(one.reopened for one in settlement.words)
        assert legs["settled"] == -INSTRUCTION.signed + reopened
        assert legs["in_transit"] == settlement.outstanding - settlement.loss
        assert legs["nostro"] == settlement.total(Word.PAID) - settlement.total(Word.RETURNED)
        assert legs["expense"] <= 0
        assert 0 <= settlement.total(Word.PAID) <= INSTRUCTION.amount


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=30, stateful_step_count=14, deadline=None)
