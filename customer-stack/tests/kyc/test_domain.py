"""What automatic checks find, and how a vendor's extract is judged."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.customers.domain import DocumentType
from customer_stack.documents.mrz import check_digit
from customer_stack.documents.nic import Sex
from customer_stack.kyc.domain.checks import (
    CHECKS,
    DAY_DIFFERS,
    PASSED,
    UNUSUAL_CHECK_DIGIT,
    Finding,
    Outcome,
    Subject,
    judge_verdict,
)
from customer_stack.kyc.domain.claims import (
    Claim,
    Extracted,
    Pending,
    Reason,
    Rejected,
    age_on,
    day_of,
    names_agree,
)
from customer_stack.kyc.domain.sessions import LONGEST_PAUSE, pause_after
from customer_stack.kyc.errors import ParameterUnusable

TODAY = date(2026, 11, 20)
CLAIM = Claim("Nimal Perera", date(1990, 2, 10), "LK", DocumentType.NATIONAL_ID, "LK", "199004100001")
PASSPORT = replace(CLAIM, document_type=DocumentType.PASSPORT, document_number="N1234567")
READ = Extracted("Perera, NIMAL", date(1990, 2, 10), "LK")
AGE = CHECKS["age"]({"years": 18})
RESIDENCY = CHECKS["residency"]({"countries": ["LK"]})
BIRTH = CHECKS["birth"]({})
FORM = CHECKS["document_form"]({})
ZONE = CHECKS["machine_readable_zone"]({"required": True})
NAME = CHECKS["registered_name"]({})


def subject(claim=CLAIM, **changes):
    return Subject(claim, "Nimal Perera", TODAY, **changes)


def judge(claim=CLAIM, verdict=READ):
    found = judge_verdict(subject(claim), verdict)
    return found and (found.outcome, found.reason)


def zone(number="N1234567<", born="900210", sex="M", expires="310501", names="PERERA<<NIMAL"):
    number, born, expires = (f"{part}{check_digit(part)}" for part in (number, born, expires))
    personal = "<" * 14 + "0"
    composite = check_digit(number + born + expires + personal)
    return f"P<LKA{names}".ljust(44, "<") + f"\n{number}LKA{born}{sex}{expires}{personal}{composite}"


def test_who_agrees_with_the_reading_passes():
    assert judge() == (Outcome.PASS, None)


def test_silence_decides_nothing():
    assert judge(verdict=Pending()) is None


@pytest.mark.parametrize(
    ("verdict", "outcome", "reason"),
    [
        (Rejected(), Outcome.RETRY, Reason.DOCUMENT_REJECTED),
        (replace(READ, date_of_birth=date(1991, 2, 10)), Outcome.RETRY, Reason.BIRTH_DATE_DIFFERS),
        (replace(READ, date_of_birth=date(1990, 2, 12)), Outcome.ESCALATE, Reason.BIRTH_DATE_DIFFERS),
        (replace(READ, full_name="Sunil Fernando"), Outcome.RETRY, Reason.NAME_DIFFERS),
        (replace(READ, residency="IN"), Outcome.RETRY, Reason.RESIDENCY_NOT_ALLOWED),
    ],
)
def test_what_does_not_agree_does_not_pass(verdict, outcome, reason):
    assert judge(verdict=verdict) == (outcome, reason)


def test_a_reading_by_either_count_of_days_agrees_and_the_day_beside_them_does_not():
    card = replace(CLAIM, date_of_birth=date(1991, 4, 13), document_number="911042754V")
    for born, outcome in (
        (date(1991, 4, 12), Outcome.ESCALATE),
        (date(1991, 4, 13), Outcome.PASS),
        (date(1991, 4, 14), Outcome.PASS),
        (date(1991, 4, 15), Outcome.ESCALATE),
    ):
        assert judge(card, replace(READ, date_of_birth=born))[0] is outcome


@pytest.mark.parametrize(
    ("born", "number", "finding"),
    [
        (date(2008, 11, 20), "200832500017", PASSED),
        (date(2008, 11, 21), "200832500017", Finding(Outcome.REJECT, Reason.UNDER_AGE)),
        (date(1990, 2, 10), "201004100017", Finding(Outcome.REJECT, Reason.UNDER_AGE)),
    ],
)
def test_age_is_counted_by_whatever_makes_somebody_younger(born, number, finding):
    assert AGE(subject(replace(CLAIM, date_of_birth=born, document_number=number))) == finding


def test_the_age_gate_takes_the_later_of_the_two_days_of_a_card():
    # In 2009 the code 325 is 20 or 21 November: the eighteenth birthday is the later one.
    card = replace(CLAIM, date_of_birth=date(2009, 11, 20), document_number="200932500017")
    for today, outcome in ((date(2027, 11, 20), Outcome.REJECT), (date(2027, 11, 21), Outcome.PASS)):
        assert AGE(Subject(card, "Nimal Perera", today)).outcome is outcome


@given(
    st.dates(date(1930, 1, 1), TODAY), st.dates(date(1930, 1, 1), TODAY), st.dates(date(1930, 1, 1), TODAY)
)
def test_nobody_passes_the_age_gate_whom_anything_says_to_be_under_age(claimed, card_day, read):
    number = f"{card_day.year}{card_day.timetuple().tm_yday:03d}00017"
    claim = replace(CLAIM, date_of_birth=claimed, document_number=number)
    found = AGE(subject(claim, extract=replace(READ, date_of_birth=read)))
    youngest = max(claimed, card_day, read)
    if age_on(youngest, TODAY) < 18:
        assert found.outcome is Outcome.REJECT
    if age_on(youngest + timedelta(days=1), TODAY) >= 18:
        assert found is PASSED


@pytest.mark.parametrize(
    ("claimed", "read", "passes"), [("LK", None, True), ("IN", None, False), ("LK", "IN", False)]
)
def test_residency_is_asked_of_the_claim_and_of_the_reading(claimed, read, passes):
    extract = None if read is None else replace(READ, residency=read)
    found = RESIDENCY(subject(replace(CLAIM, residency=claimed), extract=extract))
    assert found == (PASSED if passes else Finding(Outcome.REJECT, Reason.RESIDENCY_NOT_ALLOWED))


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({}, PASSED),
        ({"sex": Sex.MALE}, PASSED),
        ({"sex": Sex.FEMALE}, Finding(Outcome.RETRY, Reason.SEX_DIFFERS)),
        (
            {"date_of_birth": date(1990, 2, 11)},
            Finding(Outcome.ESCALATE, Reason.BIRTH_DATE_DIFFERS, (DAY_DIFFERS,)),
        ),
        ({"date_of_birth": date(1989, 2, 10)}, Finding(Outcome.RETRY, Reason.BIRTH_DATE_DIFFERS)),
        ({"document_type": DocumentType.PASSPORT, "date_of_birth": date(1980, 1, 1)}, PASSED),
    ],
)
def test_a_claimed_birth_is_compared_with_the_card(change, finding):
    assert BIRTH(subject(replace(CLAIM, **change))) == finding


@pytest.mark.parametrize(
    ("claim", "finding"),
    [
        (replace(CLAIM, document_number="199110402754"), PASSED),
        (CLAIM, Finding(Outcome.PASS, None, (UNUSUAL_CHECK_DIGIT,))),
        (
            replace(CLAIM, document_number="123456789012"),
            Finding(Outcome.RETRY, Reason.DOCUMENT_ILL_FORMED),
        ),
        (replace(CLAIM, document_country="IN"), Finding(Outcome.RETRY, Reason.DOCUMENT_ILL_FORMED)),
        (PASSPORT, PASSED),
        (replace(PASSPORT, document_number="N12"), Finding(Outcome.RETRY, Reason.DOCUMENT_ILL_FORMED)),
    ],
)
def test_a_number_has_the_form_of_its_document(claim, finding):
    assert FORM(subject(claim)) == finding


@pytest.mark.parametrize(
    ("lines", "change", "outcome", "reason"),
    [
        (zone(), {}, Outcome.PASS, None),
        (None, {}, Outcome.RETRY, Reason.DOCUMENT_UNREADABLE),
        ("nonsense", {}, Outcome.RETRY, Reason.DOCUMENT_UNREADABLE),
        (zone("N1234568<"), {}, Outcome.RETRY, Reason.DOCUMENT_DIFFERS),
        (zone(), {"document_country": "IN"}, Outcome.RETRY, Reason.DOCUMENT_DIFFERS),
        (zone(expires="261119"), {}, Outcome.RETRY, Reason.DOCUMENT_EXPIRED),
        (zone(expires="261120"), {}, Outcome.PASS, None),
        (zone(born="900211"), {}, Outcome.RETRY, Reason.BIRTH_DATE_DIFFERS),
        (zone(born="90<<<<"), {}, Outcome.RETRY, Reason.BIRTH_DATE_DIFFERS),
        (zone(), {"sex": Sex.FEMALE}, Outcome.RETRY, Reason.SEX_DIFFERS),
        (zone(sex="X"), {"sex": Sex.FEMALE}, Outcome.PASS, None),
        (zone(names="FERNANDO<<SUNIL"), {}, Outcome.ESCALATE, Reason.NAME_DIFFERS),
    ],
)
def test_machine_readable_lines_agree_with_the_claim(lines, change, outcome, reason):
    found = ZONE(subject(replace(PASSPORT, mrz=lines, **change)))
    assert (found.outcome, found.reason) == (outcome, reason)


def test_lines_that_need_not_be_there_are_checked_when_they_are():
    optional = CHECKS["machine_readable_zone"]({"required": False})
    assert optional(subject(PASSPORT)) is PASSED
    assert optional(subject(replace(PASSPORT, mrz="nonsense"))).outcome is Outcome.RETRY


@pytest.mark.parametrize(
    ("name", "passes"),
    [("PERERA, Nimal", True), ("Nimál Perera", True), ("Nimal Sunil Perera", False), ("Viktor Bout", False)],
)
def test_a_name_that_was_not_screened_goes_to_a_person(name, passes):
    found = NAME(subject(replace(CLAIM, full_name=name)))
    assert found == (PASSED if passes else Finding(Outcome.ESCALATE, Reason.NAME_CHANGED))


@pytest.mark.parametrize(
    ("check", "parameters"),
    [
        ("age", {}),
        ("age", {"years": "18"}),
        ("age", {"years": True}),
        ("age", {"years": 0}),
        ("age", {"years": 18, "months": 1}),
        ("residency", {"countries": []}),
        ("residency", {"countries": "LK"}),
        ("residency", {"countries": [False]}),
        ("machine_readable_zone", {"required": "yes"}),
        ("birth", {"strict": True}),
    ],
)
def test_a_check_refuses_parameters_that_it_does_not_have(check, parameters):
    with pytest.raises(ParameterUnusable):
        CHECKS[check](parameters)


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
    pauses = [pause_after(tries) for tries in range(100)]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(milliseconds=500)
    assert pauses[-1] == LONGEST_PAUSE


def test_every_reason_has_a_code_and_a_text_for_the_customer():
    for reason in Reason:
        assert reason.public_code == f"kyc.{reason}"
        assert reason.public_text.endswith(".")
