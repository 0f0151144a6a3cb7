"""Statements as values: they add up, read as CSV, and draw as PDF."""

import csv
import io
import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from customer_stack.ledger.domain import Account, TransferKind
from customer_stack.statements.as_csv import HEADER, digest_content, write_csv
from customer_stack.statements.as_pdf import Issue, write_pdf
from customer_stack.statements.domain import (
    ENTRY_LIMIT,
    Entry,
    Holder,
    Period,
    Position,
    Statement,
    build_section,
    read_period,
    require_room,
)
from customer_stack.statements.errors import PeriodUnusable, StatementTooLong
from customer_stack.statements.wording import describe, name_account
from shared.errors import InvariantViolated
from shared.money import Currency

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)  # half past one of the next morning in Colombo
HOLDER = Holder("Lanka Event Exchange", UUID(int=1), "BC7Z3K9QW2M4X", is_customer=True)
PERIOD = Period(date(2026, 11, 1), date(2026, 11, 30))

AMOUNTS = st.lists(st.integers(-(10**14), 10**14).filter(bool), max_size=40)
KINDS = st.sampled_from([kind.value for kind in TransferKind])
REFERENCES = st.none() | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=40
)


def entries(amounts, kinds=None, references=None):
    return [
        Entry(
            datetime(2026, 11, 2, tzinfo=UTC) + timedelta(minutes=number),
            datetime(2026, 11, 2, tzinfo=UTC),
            "pay_in" if kinds is None else kinds[number],
            UUID(int=number + 1),
            None if references is None else references[number],
            amount,
        )
        for number, amount in enumerate(amounts)
    ]


def statement(*sections, positions=()):
    return Statement(HOLDER, PERIOD, sections, positions, is_provisional=False)


def read_back(content):
    assert content.count(b"\r\n") >= 1
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


@given(st.integers(-(10**15), 10**15), AMOUNTS, st.sampled_from(Currency))
def test_opening_and_entries_lead_to_closing(opening, amounts, currency):
    section = build_section("wallet", currency, opening, entries(amounts), opening + sum(amounts))
    assert section.opening + section.total_in + section.total_out == section.closing
    balances = [section.opening, *(line.balance for line in section.lines)]
    assert [after - before for before, after in itertools.pairwise(balances)] == amounts
    assert balances[-1] == section.closing


@given(st.integers(0, 100), AMOUNTS, st.integers(-5, 5).filter(bool))
def test_entries_that_do_not_lead_to_the_closing_balance_are_a_bug(opening, amounts, wrong):
    with pytest.raises(InvariantViolated):
        build_section("wallet", Currency.LKR, opening, entries(amounts), opening + sum(amounts) + wrong)


@given(st.data())
def test_the_csv_says_the_same_to_the_smallest_unit(data):
    amounts = data.draw(AMOUNTS)
    kinds = [data.draw(KINDS) for _ in amounts]
    references = [data.draw(REFERENCES) for _ in amounts]
    section = build_section("wallet", Currency.USD, 7, entries(amounts, kinds, references), 7 + sum(amounts))
    rows = read_back(write_csv(statement(section)))
    assert tuple(rows[0]) == HEADER
    assert [row["line"] for row in rows] == [
        "opening",
        *("entry" for _ in amounts),
        "total_in",
        "total_out",
        "closing",
    ]
    told = [Decimal(row["amount"]) for row in rows if row["line"] == "entry"]
    assert Decimal(rows[0]["balance"]) + sum(told) == Decimal(rows[-1]["balance"])
    assert [int(amount * 10**6) for amount in told] == amounts
    for row, reference in zip((row for row in rows if row["line"] == "entry"), references, strict=True):
        assert row["provider_reference"].removeprefix("'") == (reference or "").removeprefix("'")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_a_formula(start):
    (entry,) = entries([-5])
    section = build_section(
        "wallet", Currency.LKR, 5, [replace(entry, provider_reference=f"{start}cmd|' /C calc'!A0")], 0
    )
    row = read_back(write_csv(statement(section)))[1]
    assert row["provider_reference"].startswith(f"'{start}")
    assert row["amount"] == "-0.05"  # an amount stays a number


def test_the_csv_does_not_depend_on_when_it_is_asked_for():
    section = build_section("wallet", Currency.LKR, 0, entries([5]), 5)
    one = write_csv(statement(section))
    assert write_csv(replace(statement(section), is_provisional=True)) == one
    assert digest_content(one) != digest_content(
        write_csv(statement(build_section("wallet", Currency.LKR, 1, entries([5]), 6)))
    )


def test_days_are_days_in_colombo():
    period = read_period(date(2026, 11, 20), date(2026, 11, 21), NOW)
    assert period.start == datetime(2026, 11, 19, 18, 30, tzinfo=UTC)
    assert period.end == datetime(2026, 11, 21, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 11, 2), date(2026, 11, 1)),
        (date(2026, 11, 1), date(2026, 11, 22)),  # tomorrow in Colombo
        (date(2025, 1, 1), date(2026, 1, 2)),
        (date(1999, 12, 31), date(1999, 12, 31)),
    ],
)
def test_an_impossible_period_is_refused(first, last):
    with pytest.raises(PeriodUnusable):
        read_period(first, last, NOW)


def test_a_year_is_not_too_long_and_one_entry_too_many_is():
    read_period(date(2024, 1, 1), date(2024, 12, 31), NOW)
    require_room(ENTRY_LIMIT)
    with pytest.raises(StatementTooLong):
        require_room(ENTRY_LIMIT + 1)


@pytest.mark.parametrize("kind", list(TransferKind))
def test_every_kind_has_words_for_both_directions(kind):
    assert describe(kind.value, 1)
    assert describe(kind.value, -1)


def test_every_account_has_a_name():
    assert [name_account(account) for account in ("wallet", "fx_fee_revenue", "in_transit")] == [
        "Wallet",
        "FX fee revenue",
        "In transit",
    ]
    assert all(name_account(account.value) for account in Account)


def pdf_of(drawn):
    issue = Issue(uuid4(), NOW, digest_content(write_csv(drawn)), {UUID(int=9): "Rain in Colombo tomorrow?"})
    content = write_pdf(drawn, issue)
    return issue, [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def test_the_pdf_says_who_when_what_and_how_to_verify():
    section = build_section("wallet", Currency.LKR, 100_00, entries([1_234_567_89, -5]), 1_234_667_84)
    drawn = statement(section, positions=(Position(UUID(int=9), "yes", 0, 7_23),))
    issue, (page,) = pdf_of(drawn)
    for expected in (
        "Lanka Event Exchange",
        "BC7Z3K9QW2M4X",
        "2026-11-01 to 2026-11-30",
        "Deposit received",
        "1,234,567.89",
        "-0.05",
        "1,234,667.84",
        "Rain in Colombo tomorrow?",
        "7.23",
        "Page 1 of 1",
        issue.digest.hex(),
        str(issue.statement_id),
        "2026-11-02 05:30",
    ):
        assert expected in page, expected


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 300))
def test_every_entry_is_on_exactly_one_page_and_pages_are_counted(count):
    section = build_section("wallet", Currency.USD, 0, entries([1] * count), count)
    _, pages = pdf_of(statement(section))
    text = "\n".join(pages)
    assert text.count("Deposit received") == count
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page


def test_texts_that_the_font_lacks_or_that_are_too_long_do_not_break_the_pdf():
    (entry,) = entries([5])
    section = build_section("wallet", Currency.LKR, 0, [replace(entry, provider_reference="ශ්‍රී ලංකා" * 30)], 5)
    drawn = replace(statement(section), holder=replace(HOLDER, operator="ලංකා " * 60))
    _, pages = pdf_of(drawn)
    assert "Page 1 of 1" in pages[0]
