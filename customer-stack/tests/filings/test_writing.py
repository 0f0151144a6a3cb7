"""The writer: what it writes is the schema's form, exact, and always the same."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from customer_stack.filings.domain.writing import clean, write_amount, write_report
from customer_stack.filings.validator import validate

from .samples import EXPECTED, NIMAL, cash_report, deposit, report, suspicion_report

GOLDEN = Path(__file__).with_name("golden_eft.xml")


def test_the_file_is_the_golden_one_byte_by_byte():
    assert write_report(report()) == GOLDEN.read_bytes()


@pytest.mark.parametrize("made", [report(), cash_report(), suspicion_report()], ids=["EFT", "CTR", "STR"])
def test_the_validator_has_nothing_to_say(made):
    assert validate(write_report(made), EXPECTED) == ()


def test_a_moment_is_colombos_wall_clock():
    late = datetime(2026, 11, 3, 18, 30, tzinfo=UTC)
    root = etree.fromstring(write_report(report(transactions=[deposit(at=late)])))
    assert root.findtext("transaction/date_transaction") == "2026-11-04T00:00:00"


@given(st.integers(0, 10**15))
def test_an_amount_is_exact(cents):
    written = write_amount(cents)
    rupees, _, rest = written.partition(".")
    assert int(rupees) * 100 + int(rest) == cents
    assert len(rest) == 2


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_any_text_makes_a_file_that_can_be_read(text):
    named = replace(NIMAL, occupation=text)
    root = etree.fromstring(write_report(report(transactions=[deposit(named)])))
    found = root.findtext("transaction/t_to_my_client/to_account/signatory/t_person/occupation")
    assert (found or "") == clean(text)


def test_names_in_sinhala_keep_their_joiners():
    assert clean("ක්‍රිෂ්ණා  පෙරේරා\x00") == "ක්‍රිෂ්ණා පෙරේරා"
