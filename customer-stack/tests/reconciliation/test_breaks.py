"""Breaks as a machine of states: what people may do with them, in any order."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from customer_stack.reconciliation.configuration import load_materiality
from customer_stack.reconciliation.domain.breaks import (
    Break,
    BreakType,
    Ending,
    How,
    NewBreak,
    Proposal,
    Sighting,
    StepKind,
    Unit,
    approve,
    propose,
    reject,
    take,
    write_note,
)
from customer_stack.reconciliation.errors import TransferMismatch
from shared.errors import InvariantViolated, Refusal
from shared.ids import CountingIds

IDS = CountingIds()
TENANT, DEPARTMENT, NIMAL, KUMARI, RAJ = (IDS.new() for _ in range(5))
NOW = datetime(2026, 11, 28, 4, 30, tzinfo=UTC)
PEOPLE = st.sampled_from([NIMAL, KUMARI, RAJ])
ENDINGS = st.sampled_from(
    [
        Ending(How.EXPLAINED, "the bank booked it on Monday"),
        Ending(How.CORRECTED, "booked by treasury", IDS.new(), IDS.new()),
    ]
)


class BreakMachine(RuleBasedStateMachine):
    """People try everything; a plain model beside it says what must follow."""

    def __init__(self) -> None:
        super().__init__()
        self.found = Break(
            id=IDS.new(),
            tenant_id=TENANT,
            department_id=DEPARTMENT,
            check="bank-lkr",
            type=BreakType.AMOUNT,
            subject="reference IN1",
            unit=Unit.LKR_CENT,
            found_at=NOW,
            seen=Sighting(1, 30_000_00, 29_000_00, is_material=False, at=NOW),
        )
        self.steps = []
        self.now = NOW

    def attempt(self, step_of):
        """Take a step if it is allowed; tell whether it was."""
        self.now += timedelta(minutes=1)
        try:
            step = step_of(self.now)
        except Refusal:
            return False
        self.steps.append((self.found, step))
        changes = {"steps": step.number}
        match step.kind:
            case StepKind.TAKEN:
                changes["owner"] = step.by
            case StepKind.PROPOSED:
                changes["proposal"] = Proposal(step.number, step.ending, step.by, step.sighting)
            case StepKind.APPROVED | StepKind.REJECTED:
                changes["proposal"] = None
            case _:
                pass
        if step.ends is not None:
            changes |= {"ending": step.ends, "ended_at": step.at}
        self.found = Break(**{**{name: getattr(self.found, name) for name in Break.__slots__}, **changes})
        return True

    @rule(who=PEOPLE)
    def take(self, who):
        was_free = self.found.ending is None and self.found.proposal is None
        assert self.attempt(lambda now: take(self.found, who, now)) == was_free

    @rule(who=PEOPLE)
    def note(self, who):
        was_open = self.found.ending is None
        assert self.attempt(lambda now: write_note(self.found, who, "asked the bank", now)) == was_open

    @rule(who=PEOPLE, ending=ENDINGS)
    def propose(self, who, ending):
        found = self.found
        may = found.ending is None and found.proposal is None and found.owner == who
        assert self.attempt(lambda now: propose(self.found, who, ending, now)) == may
        if may and not found.seen.is_material:
            assert self.found.ending == ending

    @rule(who=PEOPLE)
    def approve(self, who):
        proposal = self.found.proposal
        may = (
            proposal is not None
            and who != proposal.proposed_by
            and proposal.sighting == self.found.seen.number
        )
        assert self.attempt(lambda now: approve(self.found, who, now)) == may

    @rule(who=PEOPLE)
    def reject(self, who):
        stood = self.found.proposal is not None
        assert self.attempt(lambda now: reject(self.found, who, "not yet", now)) == stood

    @rule(theirs=st.integers(0, 40_000_00), is_material=st.booleans())
    def move(self, theirs, is_material):
        if self.found.ending is None:
            seen = Sighting(self.found.seen.number + 1, 30_000_00, theirs, is_material, self.now)
            self.found = Break(
                **{**{name: getattr(self.found, name) for name in Break.__slots__}, "seen": seen}
            )

    @invariant()
    def nothing_follows_an_end(self):
        ends = [place for place, (_, step) in enumerate(self.steps) if step.ends is not None]
        assert ends in ([], [len(self.steps) - 1])
        assert (self.found.ending is not None) == bool(ends)

    @invariant()
    def numbers_have_no_gap(self):
        assert [step.number for _, step in self.steps] == list(range(1, len(self.steps) + 1))

    @invariant()
    def what_is_material_ended_by_two_persons_on_the_same_values(self):
        if self.found.ending is not None and self.found.seen.is_material:
            before, last = self.steps[-1]
            assert last.kind is StepKind.APPROVED
            assert before.owner == before.proposal.proposed_by != last.by
            assert before.proposal.sighting == last.sighting == before.seen.number


TestBreakMachine = BreakMachine.TestCase
TestBreakMachine.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def test_a_correction_names_a_transfer_and_an_explanation_none():
    with pytest.raises(TransferMismatch):
        Ending(How.CORRECTED, "booked")
    with pytest.raises(TransferMismatch):
        Ending(How.EXPLAINED, "booked", IDS.new(), IDS.new())


@pytest.mark.parametrize(
    ("unit", "ours", "theirs", "is_material"),
    [
        (Unit.LKR_CENT, 31_000_00, 30_000_00, False),
        (Unit.LKR_CENT, 31_000_01, 30_000_00, True),
        (Unit.LKR_CENT, None, 1_000_01, True),
        (Unit.MICRO_DOLLAR, 3_000000, None, False),
        (Unit.MICRO_DOLLAR, -1_500001, 1_500000, True),
        (Unit.CENTI_CONTRACT, 1, None, True),
    ],
)
def test_what_one_side_has_not_counts_as_much_as_what_the_other_has(unit, ours, theirs, is_material):
    assert load_materiality().is_material(unit, ours, theirs) is is_material


def test_two_equal_values_are_no_break():
    with pytest.raises(InvariantViolated):
        NewBreak(TENANT, None, "cash", BreakType.AMOUNT, "book 1", Unit.LKR_CENT, 5, 5, (), NOW)


def test_an_age_counts_to_the_end():
    seen = Sighting(1, 1, None, is_material=False, at=NOW)
    values = (IDS.new(), TENANT, None, "cash", BreakType.MISSING_THEIRS, "book 1", Unit.LKR_CENT, NOW, seen)
    assert Break(*values).age(NOW + timedelta(days=3)) == timedelta(days=3)
    ended = Break(*values, ended_at=NOW + timedelta(days=1))
    assert ended.age(NOW + timedelta(days=3)) == timedelta(days=1)
