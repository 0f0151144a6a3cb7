"""What a provider's own list says of single days, kept and matched as a statement that somebody brings."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.payments.domain import Statement, StatementEntry
from customer_stack.payments.errors import BankUnavailable
from customer_stack.reconciliation.domain.lists import Listed, read_list
from customer_stack.reconciliation.domain.sources import begin_of, number_at, number_of
from customer_stack.reconciliation.errors import StatementInvalid
from customer_stack.reconciliation.service.listing import ProviderLists

from .match_desk import Desk

DAY = 20_780
moments = st.integers(0, 5 * 86_400 - 1).map(lambda seconds: begin_of(DAY) + timedelta(seconds=seconds))
entries = st.builds(
    Listed, st.from_regex(r"[A-Z0-9]{1,12}", fullmatch=True), st.integers(-9_999, 9_999), moments
)


@given(st.lists(entries, max_size=30), st.integers(0, 3), st.integers(0, 5))
def test_each_day_has_what_was_booked_on_it_and_nothing_else(listed, first, count):
    days = range(DAY + first, DAY + first + count)
    found = read_list(listed, sum(each.amount for each in listed), days)
    assert [each.day for each in found] == list(days)
    shown = [(each.day, line.reference, line.amount) for each in found for line in each.lines]
    wanted = [(number_at(each.booked_at), each.reference, each.amount) for each in listed if each.amount]
    assert sorted(shown) == sorted(one for one in wanted if one[0] in days)
    for each in found:
        assert [line.number for line in each.lines] == list(range(1, len(each.lines) + 1))
        assert {line.day for line in each.lines} <= {each.day}


@given(st.lists(entries, min_size=1, max_size=9), st.integers(-99, 99).filter(bool))
def test_a_list_with_a_hole_is_refused(listed, missing):
    with pytest.raises(StatementInvalid):
        read_list(listed, sum(each.amount for each in listed) + missing, range(DAY, DAY + 5))


@given(st.lists(entries, min_size=1, max_size=9), entries)
def test_the_same_bookings_are_the_same_bytes_and_others_are_others(listed, more):
    def contents(these):
        found = read_list(these, sum(e.amount for e in these), range(DAY, DAY + 5))
        return [each.content(None) for each in found]

    assert contents(listed) == contents(list(listed))
    assert len(set(contents(listed))) == 5
    assert (contents(listed) == contents([*listed, more])) is (more.amount == 0)


def test_a_reference_that_could_carry_anything_is_refused():
    listed = [Listed("PAID BY\nN PERERA", 1, begin_of(DAY))]
    with pytest.raises(StatementInvalid):
        read_list(listed, 1, range(DAY, DAY + 1))


class ListingBank:
    """A bank that lists what it is told to; `is_down`: it does not answer."""

    name = "sandbox-bank"

    def __init__(self) -> None:
        self.entries: list[StatementEntry] = []
        self.lacks = 0
        self.is_down = False
        self.asked = 0

    async def fetch_statement(self) -> Statement:
        self.asked += 1
        if self.is_down:
            raise BankUnavailable("no answer")
        return Statement(sum(each.amount for each in self.entries) + self.lacks, self.entries)

    def book(self, desk: Desk, before: int, *booked: tuple[str, int]) -> None:
        at = begin_of(number_of(desk.today) - before) + timedelta(hours=9)
        self.entries += [StatementEntry(reference, amount, at) for reference, amount in booked]


@pytest.fixture
def bank(desk: Desk) -> ListingBank:
    made = ListingBank()
    made.book(
        desk,
        5,
        ("OPENING", 507_500_00),
        ("BOC-331", 30_000_00),
        ("BOC-332", 12_500_00),
        ("OUT-77", -5_000_00),
    )
    made.book(desk, 5, ("ACQ-9", 58_200_00))
    return made


@pytest.fixture
def lists(desk: Desk, bank: ListingBank) -> ProviderLists:
    return listing(desk, bank)


def listing(desk: Desk, bank: Any) -> ProviderLists:
    return ProviderLists(desk.teller.database.app, bank, desk.matching, desk.teller.tenants, desk.clock)


async def statements(desk: Desk) -> list[Any]:
    return list(await desk.matching.list_statements(desk.officer, "bank-lkr", None, 50))


async def test_pay_ins_and_payouts_meet_the_banks_own_list_day_by_day(
    desk: Desk,
    bank: ListingBank,
    lists: ProviderLists,
):
    bank.book(desk, 2, ("BOC-340", 2_000_00))
    bank.book(desk, 0, ("BOC-350", 9_00))  # of today: not over
    assert await lists.keep() == 2
    assert [(each.lines, each.imported_by) for each in await statements(desk)] == [
        (1, "system"),
        (5, "system"),
    ]
    [made] = await desk.matching.match_day()
    assert (made.source, made.ours, made.ours_matched, made.theirs, made.theirs_matched) == (
        "bank-lkr", 5, 5, 6, 5,
    )  # fmt: skip
    [stranger] = await desk.open_breaks()
    assert (stranger.type, stranger.seen.theirs) == ("missing_ours", 2_000_00)


async def test_the_bank_is_asked_once_a_day_and_what_it_booked_late_is_seen_on_the_next(
    desk: Desk,
    bank: ListingBank,
    lists: ProviderLists,
):
    assert await lists.keep() == 1
    assert [await lists.keep(), bank.asked] == [0, 1]
    bank.book(desk, 5, ("LATE-1", 7_00))
    desk.clock.advance(timedelta(days=1))
    assert await lists.keep() == 1
    newest, first = await statements(desk)
    assert (newest.replaces, newest.lines) == (first.id, 6)
    assert await listing(desk, bank).keep() == 0  # another process finds the same


async def test_what_a_person_brought_of_a_day_stays(desk: Desk, bank: ListingBank, lists: ProviderLists):
    brought = await desk.keep(desk.statement(("OPENING", 507_500_00), ("BOC-331", 30_000_00), before=5))
    assert await lists.keep() == 0
    assert [each.id for each in await statements(desk)] == [brought.id]


async def test_a_day_that_is_listed_as_it_was_before_or_with_nothing_is_kept_anew(
    desk: Desk,
    bank: ListingBank,
    lists: ProviderLists,
):
    before, listed = list(bank.entries), []
    for entries in (before, [*before, bank.entries[0]], before, [], before):
        bank.entries = entries
        assert await lists.keep() == 1
        listed.append((await statements(desk))[0])
        desk.clock.advance(timedelta(days=1))
    assert [each.lines for each in listed] == [5, 6, 5, 0, 5]
    assert [each.replaces for each in listed] == [None, *(each.id for each in listed[:-1])]
    assert await lists.keep() == 0


async def test_what_a_person_brings_of_several_days_stands_for_what_was_listed_of_them(
    desk: Desk, bank: ListingBank, lists: ProviderLists
):
    bank.book(desk, 3, ("BOC-340", 2_000_00))
    bank.book(desk, 2, ("BOC-341", 3_000_00))
    assert await lists.keep() == 3
    first, last = (f"{desk.today - timedelta(days=before):%d/%m/%Y}".encode() for before in (5, 2))
    rows = desk.statement(("OPENING", 507_500_00), ("BOC-331", 30_000_00), ("BOC-341", 3_000_00), before=5)
    *whole, end = rows.split(b"\n")
    brought = await desk.keep(b"\n".join([*whole, end.replace(first, last)]))
    assert brought.last_day - brought.first_day == 3
    standing = [each for each in await statements(desk) if each.replaced_by is None and each.lines]
    assert [each.id for each in standing] == [brought.id]
    desk.clock.advance(timedelta(days=1))
    assert await lists.keep() == 0


async def test_a_list_that_cannot_be_used_is_asked_for_again(
    desk: Desk,
    bank: ListingBank,
    lists: ProviderLists,
):
    bank.is_down = True
    assert await lists.keep() == 0
    bank.is_down, bank.lacks = False, 1
    assert await lists.keep() == 0
    bank.lacks = 0
    bank.entries.append(StatementEntry("BOC-360", 1_00))  # booked at no moment
    assert await lists.keep() == 0
    bank.entries.pop()
    assert await statements(desk) == []
    assert [await lists.keep(), bank.asked] == [1, 4]


async def test_a_bank_without_a_source_is_not_asked(desk: Desk, bank: ListingBank):
    bank.name = "another-bank"
    assert [await listing(desk, bank).keep(), bank.asked] == [0, 0]
