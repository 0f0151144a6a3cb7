"""Alerts as values: whatever happens to them, two people decide what one must not."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from customer_stack.screening.domain.alerts import (
    CLEAR_ALONE_BELOW,
    Alert,
    Sighting,
    State,
    Step,
    Subject,
    Taken,
    Verdict,
    decide_verdict,
    follow,
    is_proven,
    see,
    take,
)
from customer_stack.screening.errors import AlertConflict, OwnProposal
from customer_stack.screening.lists.entry import DateRange, ListEntry, ListName, NameKind, Schema, WatchList
from customer_stack.screening.matching.matcher import Matcher
from customer_stack.screening.matching.party import Party

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
ALERT, TENANT, CUSTOMER, DEPARTMENT = (UUID(int=n) for n in range(1, 5))
PEOPLE = [UUID(int=n) for n in range(11, 14)]
BY_PEOPLE = [
    Step.CLEAR,
    Step.PROPOSE_CLEAR,
    Step.PROPOSE_CONFIRM,
    Step.PROPOSE_RELEASE,
    Step.APPROVE,
    Step.REJECT,
]
FREEZING = {State.CONFIRM_PROPOSED, State.CONFIRMED, State.RELEASE_PROPOSED}


def sighting(score=7500, *, entry=1, party=1, proven=False, sanctioned=True):
    return Sighting(
        "ofac_sdn", "SDN-1", score, score, sanctioned, proven, bytes([entry] * 32), bytes([party] * 32)
    )


def found(seen=None, state=State.OPEN):
    seen = seen or sighting()
    taken = Taken(1, Step.FOUND, state, seen.score, None, NOW)
    return Alert(ALERT, Subject(TENANT, CUSTOMER), DEPARTMENT, seen, NOW, taken)


class AnAlert(RuleBasedStateMachine):
    """Screenings and people in any order."""

    @initialize(score=st.sampled_from([7000, 8499, 8500, 9999]))
    def begin(self, score):
        self.alert = found(sighting(score))
        self.history = [self.alert.last]
        self.cleared_as = None

    @rule(
        score=st.sampled_from([7000, 8500, 9900]),
        entry=st.integers(1, 2),
        party=st.integers(1, 2),
        proven=st.booleans(),
        there=st.booleans(),
    )
    def is_screened(self, score, entry, party, proven, there):
        seen = sighting(score, entry=entry, party=party, proven=proven) if there else None
        before = self.alert
        for step, state in see(self.alert, seen):
            self.alert = follow(self.alert, seen, step, state, NOW)
            self.history.append(self.alert.last)
        if before.state in FREEZING:
            assert self.alert.state in FREEZING
        if there and proven and before.state not in (State.CLEARED, State.RELEASE_PROPOSED):
            assert self.alert.state is State.CONFIRMED
        if there and before.state is State.CLEARED:
            same = (before.seen.entry_print, before.seen.party_print) == (seen.entry_print, seen.party_print)
            assert (self.alert.state is State.CLEARED) is same
        if not there:
            assert self.alert.state in (before.state, State.GONE)

    @rule(step=st.sampled_from(BY_PEOPLE), person=st.sampled_from(PEOPLE))
    def person_decides(self, step, person):
        before = self.alert
        try:
            self.alert = take(before, step, person, NOW)
        except OwnProposal:
            assert before.last.taken_by == person
        except AlertConflict:
            assert (before.state, step) != (State.OPEN, Step.PROPOSE_CONFIRM)
        else:
            self.history.append(self.alert.last)

    @invariant()
    def two_people_decide_what_one_must_not(self):
        for before, after in zip(self.history, self.history[1:], strict=False):
            assert after.number == before.number + 1
            if after.step in (Step.APPROVE, Step.REJECT):
                assert (after.asked_number, after.asked_by) == (before.number, before.taken_by)
                assert after.taken_by != before.taken_by
            if before.state in FREEZING and after.state not in FREEZING:
                assert after.asked_by is not None
            if after.state is State.CLEARED and after.asked_by is None:
                assert after.score < CLEAR_ALONE_BELOW

    @precondition(lambda self: self.alert.state is State.CONFIRMED)
    @invariant()
    def who_is_confirmed_was_proven_or_named_by_two(self):
        last = [each for each in self.history if each.state is State.CONFIRMED]
        assert last[0].step is Step.PROVE or last[0].asked_by is not None

    @invariant()
    def the_verdict_is_never_clear_while_a_person_has_not_said_so(self):
        verdict = decide_verdict([self.alert])
        assert (verdict is Verdict.CLEAR) is (self.alert.state in (State.CLEARED, State.GONE))
        assert self.alert.freezes is (self.alert.state in FREEZING)


TestAnAlert = AnAlert.TestCase
TestAnAlert.settings = settings(max_examples=60, stateful_step_count=25)


@given(st.permutations([State.OPEN, State.CLEARED, State.CONFIRMED, State.GONE]), st.integers(0, 4))
def test_the_worst_alert_decides_the_verdict(states, count):
    verdict = decide_verdict([found(state=state) for state in states[:count]])
    known = set(states[:count])
    if State.CONFIRMED in known:
        assert verdict is Verdict.CONFIRMED
    elif State.OPEN in known:
        assert verdict is Verdict.POSSIBLE
    else:
        assert verdict is Verdict.CLEAR


def test_who_holds_an_office_is_looked_at_and_not_stopped():
    exposed = replace(found(sighting(sanctioned=False)), last=replace(found().last, state=State.CONFIRMED))
    assert (exposed.freezes, decide_verdict([exposed])) == (False, Verdict.CLEAR)
    assert decide_verdict([found(sighting(sanctioned=False))]) is Verdict.POSSIBLE


def test_a_clearing_lapses_when_either_side_changes_and_only_then():
    cleared = take(found(), Step.CLEAR, PEOPLE[0], NOW)
    assert see(cleared, sighting(9900)) == ()
    assert see(cleared, sighting(proven=True)) == ()
    for changed in (sighting(entry=2), sighting(party=2)):
        assert see(cleared, changed) == ((Step.LAPSE, State.OPEN),)


def test_one_person_clears_a_low_score_only():
    assert take(found(sighting(CLEAR_ALONE_BELOW - 1)), Step.CLEAR, PEOPLE[0], NOW).state is State.CLEARED
    with pytest.raises(AlertConflict, match="two people"):
        take(found(sighting(CLEAR_ALONE_BELOW)), Step.CLEAR, PEOPLE[0], NOW)


ENTRY = ListEntry(
    "SDN-1",
    "1",
    Schema.PERSON,
    (ListName("1:0", "VEXMOOR, Ottoline", NameKind.PRIMARY),),
    births=(DateRange(date(1963, 10, 7), date(1963, 10, 7)),),
    documents=("N7654321",),
)


@pytest.mark.parametrize(
    ("name", "number", "born", "proven"),
    [
        ("Ottoline Vexmoor", "N7654321", date(1963, 10, 7), True),
        ("Ottoline Vexmore", "N7654321", None, True),
        ("Ottoline Vexmoor", "N7654322", date(1963, 10, 7), False),
        ("Nimal Perera", "N7654321", date(1963, 10, 7), False),
        ("Ottoline Vexmoor", "N7654321", date(1990, 1, 1), False),
        ("Ottoline Vexmoor", "N76", date(1963, 10, 7), False),
    ],
)
def test_a_document_proves_with_the_name_and_never_alone_or_against_a_birth_date(name, number, born, proven):
    entry = replace(ENTRY, documents=(number,)) if len(number) < 7 else ENTRY
    party = Party(
        name,
        Schema.PERSON,
        birth=None if born is None else DateRange(born, born),
        documents=(number,),
    )
    matches = Matcher([WatchList("ofac_sdn", bytes(32), (entry,))]).match(party, limit=1)
    assert any(is_proven(match, party) for match in matches) is proven
