"""Status and normal forms."""

from datetime import date

import pytest

from customer_stack.customers.domain import (
    TRANSITIONS,
    ClearanceKind,
    DocumentType,
    Profile,
    Status,
    check_birth_date,
    decide_onboarding,
    normalise_document,
    normalise_email,
    require_transition,
)
from customer_stack.customers.errors import BirthDateImpossible, StatusConflict

IDENTITY, SCREENING = ClearanceKind.IDENTITY, ClearanceKind.SCREENING


@pytest.mark.parametrize(
    ("current", "clearances", "becomes"),
    [
        (Status.VERIFYING, {IDENTITY: True, SCREENING: True}, Status.ACTIVE),
        (Status.VERIFYING, {IDENTITY: True}, None),
        (Status.VERIFYING, {SCREENING: True}, None),
        (Status.VERIFYING, {}, None),
        (Status.VERIFYING, {IDENTITY: True, SCREENING: False}, Status.REFUSED),
        (Status.REGISTERED, {SCREENING: False}, Status.REFUSED),
        (Status.REGISTERED, {IDENTITY: True, SCREENING: True}, None),
        (Status.REFUSED, {IDENTITY: True, SCREENING: True}, None),
        (Status.ACTIVE, {IDENTITY: True, SCREENING: False}, None),
        (Status.FROZEN, {IDENTITY: True, SCREENING: True}, None),
    ],
)
def test_only_all_clear_checks_make_active(current, clearances, becomes):
    assert decide_onboarding(current, clearances) is becomes


def test_nothing_leads_out_of_closed_and_every_status_can_be_closed():
    assert not TRANSITIONS[Status.CLOSED]
    assert all(Status.CLOSED in TRANSITIONS[status] for status in Status if status is not Status.CLOSED)
    with pytest.raises(StatusConflict):
        require_transition(Status.REFUSED, Status.ACTIVE)


def test_the_old_and_the_new_form_of_a_national_id_are_one_document():
    old = normalise_document(DocumentType.NATIONAL_ID, "LK", "911042754v")
    assert old == normalise_document(DocumentType.NATIONAL_ID, "LK", "199110402754")
    assert old != normalise_document(DocumentType.PASSPORT, "LK", "199110402754")


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        ("911042754v", "199110402754"),
        (" 9110 42754 X", "199110402754"),
        ("199110402754", "199110402754"),
        ("999999999V", "199999909999"),  # no card has it, but an account may
        ("N1234567", "N1234567"),
    ],
)
def test_the_text_that_indexes_were_made_of_never_changes(number, kept):
    assert normalise_document(DocumentType.NATIONAL_ID, "LK", number) == f"national_id|LK|{kept}"
    assert normalise_document(DocumentType.PASSPORT, "IN", "n 123") == "passport|IN|N123"


def test_emails_of_one_mailbox_are_one():
    assert normalise_email(" Nimal@Example.LK ") == normalise_email("nimal@example.lk")


@pytest.mark.parametrize("born", [date(2026, 11, 21), date(1899, 12, 31)])
def test_impossible_birthdays_are_refused(born):
    with pytest.raises(BirthDateImpossible):
        check_birth_date(born, date(2026, 11, 20))


def test_a_profile_shows_nothing_of_itself():
    profile = Profile("a@b.lk", "Nimal", date(1990, 1, 1), "LK", DocumentType.PASSPORT, "LK", "N123", "+94")
    assert repr(profile) == "Profile()"
