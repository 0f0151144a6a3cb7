"""How an identity check is judged."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from customer_stack.kyc.domain import (
    LONGEST_PAUSE,
    Claim,
    Extracted,
    Outcome,
    Pending,
    Reason,
    Rejected,
    age_on,
    day_of,
    decide,
    names_agree,
    pause_after,
)

TODAY = date(2026, 11, 20)
CLAIM = Claim("Nimal Perera", date(1990, 2, 10), "LK", "national_id", "LK", "199004100001")
READ = Extracted("Perera, NIMAL", date(1990, 2, 10), "LK")


def judge(claim=CLAIM, verdict=READ):
    decision = decide(claim, verdict, today=TODAY, residencies=frozenset({"LK"}))
    return decision and decision.reason


def test_who_agrees_with_the_document_is_clear():
    assert judge() is Reason.CLEAR


def test_silence_decides_nothing():
    assert judge(verdict=Pending()) is None


@pytest.mark.parametrize(
    ("claim", "verdict", "reason"),
    [
        (CLAIM, Rejected(), Reason.DOCUMENT_REJECTED),
        (CLAIM, replace(READ, date_of_birth=date(2008, 11, 21)), Reason.UNDER_AGE),
        (CLAIM, replace(READ, date_of_birth=date(1990, 2, 12)), Reason.BIRTH_DATE_DIFFERS),
        (CLAIM, replace(READ, full_name="Sunil Fernando"), Reason.NAME_DIFFERS),
        (CLAIM, replace(READ, residency="IN"), Reason.RESIDENCY_NOT_ALLOWED),
        (replace(CLAIM, residency="IN"), replace(READ, residency="IN"), Reason.RESIDENCY_NOT_ALLOWED),
    ],
)
def test_what_does_not_agree_is_refused_with_its_reason(claim, verdict, reason):
    decision = decide(claim, verdict, today=TODAY, residencies=frozenset({"LK"}))
    assert (decision.outcome, decision.reason) == (Outcome.REFUSED, reason)
    assert reason.public_code == f"kyc.{reason}"


def test_age_counts_by_the_document_even_if_the_claim_is_older():
    assert judge(verdict=replace(READ, date_of_birth=date(2010, 2, 10))) is Reason.UNDER_AGE


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_the_two_day_counts_of_the_national_id_both_agree(shift):
    assert (
        judge(verdict=replace(READ, date_of_birth=date(1990, 2, 10) + timedelta(days=shift))) is Reason.CLEAR
    )


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2008, 11, 20), TODAY, 18),
        (date(2008, 11, 21), TODAY, 17),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_a_person_comes_of_age_on_the_birthday(born, day, age):
    assert age_on(born, day) == age


def test_the_day_is_the_day_in_colombo():
    assert day_of(datetime(2026, 11, 19, 18, 29, tzinfo=UTC)) == date(2026, 11, 19)
    assert day_of(datetime(2026, 11, 19, 18, 30, tzinfo=UTC)) == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("claimed", "read", "agree"),
    [
        ("Nimal Perera", "NIMAL SUNIL PERERA", True),
        ("Nimál Perera", "Nimal Perera", True),
        ("Nimal Perera", "Nimal Fernando", False),
        ("Nimal Perera", "Perera", False),
        ("Madonna", "Madonna", True),
        ("Perera", "Nimal Perera", False),
    ],
)
def test_names_agree_word_by_word(claimed, read, agree):
    assert names_agree(claimed, read) is agree


def test_pauses_grow_and_stay_bounded():
    pauses = [pause_after(attempts) for attempts in range(100)]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(milliseconds=500)
    assert pauses[-1] == LONGEST_PAUSE
