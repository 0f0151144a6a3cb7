"""Windows cut into pieces; counters on a real database against a plain recount of the same history."""

import asyncio
import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.aml.domain.catalogue import (
    REPORTING_THRESHOLD,
    Measure,
    Subject,
    Window,
)
from customer_stack.aml.domain.counting import (
    DAY,
    SLOT,
    TICK,
    Source,
    day_of,
    hour_in_colombo,
    plan,
    plan_distinct,
    slot_of,
    span_of,
)
from customer_stack.aml.domain.events import Event, Reversal, tags_of
from customer_stack.aml.domain.tree import Counter
from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.aml.errors import EventUnknown
from customer_stack.aml.service import gathering as service
from customer_stack.aml.service.checking import CounterCheck
from customer_stack.aml.service.counting import (
    Ask,
    read_counters,
    record_events,
    reverse_events,
)
from customer_stack.aml.service.gathering import Gathering
from customer_stack.aml.store import gathering
from shared.errors import InvariantViolated

from .history import IDS, NOW, TENANT, History

moments = st.one_of(
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.builds(
        lambda days, slots, ticks: day_of(NOW) + days * DAY + slots * SLOT + ticks * TICK,
        st.integers(-400, 400),
        st.integers(0, 3),
        st.integers(-1, 1),
    ),
)


TAKEN_OFF = {Source.EVENTS_OFF, Source.SLOTS_OFF}


def counted(pieces):
    """Return the spans that the pieces count, and how often."""
    edges = sorted({edge for piece in pieces for edge in piece.span})
    found = []
    for begin, end in itertools.pairwise(edges):
        inside = [p.source for p in pieces if p.span.begin <= begin and end <= p.span.end]
        times = sum(-1 if source in TAKEN_OFF else 1 for source in inside)
        if times and found and found[-1][1:] == (begin, times):
            found[-1] = (found[-1][0], end, times)
        elif times:
            found.append((begin, end, times))
    return found


@given(moments, st.sampled_from(Window))
def test_the_pieces_of_a_window_count_it_once_and_nothing_else(moment, window):
    pieces = plan(frozenset({window}), moment)
    assert counted(pieces) == [(*span_of(window, moment), 1)]
    for piece in pieces:
        begin, end = piece.span
        assert begin < end
        bucket_of = {Source.DAYS: day_of, Source.SLOTS: slot_of, Source.SLOTS_OFF: slot_of}.get(piece.source)
        if bucket_of:
            assert (bucket_of(begin), bucket_of(end)) == (begin, end)


@given(moments, st.sampled_from(Window))
def test_at_most_half_a_day_of_slots_and_half_a_slot_of_events_is_read_of_what_has_happened(moment, window):
    span = span_of(window, moment)
    happened = [p for p in plan(frozenset({window}), moment) if p.span.begin < span.end]
    for sources, most in (
        ({Source.EVENTS, Source.EVENTS_OFF}, SLOT / 2),
        ({Source.SLOTS, Source.SLOTS_OFF}, DAY / 2),
    ):
        assert sum((p.span.end - p.span.begin for p in happened if p.source in sources), timedelta()) <= most


@given(moments, st.frozensets(st.sampled_from(Window), min_size=1))
def test_windows_that_are_read_together_are_read_whole_and_once(moment, windows):
    pieces = plan(windows, moment)
    for window in windows:
        mine = [piece for piece in pieces if window in piece.windows]
        assert counted(mine) == [(*span_of(window, moment), 1)]
    for source in Source:
        spans = sorted((p.span.begin, p.span.end) for p in pieces if p.source is source)
        assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(spans))


@given(moments, st.sampled_from(Window))
def test_the_days_and_edges_of_a_distinct_count_cover_its_window(moment, window):
    plan_ = plan_distinct(window, moment)
    one, other = plan_.edges
    spans = [span for span in (one, plan_.whole, other) if span.begin < span.end]
    span = span_of(window, moment)
    assert (spans[0].begin, spans[-1].end) == (span.begin, span.end)
    assert all(a.end == b.begin for a, b in itertools.pairwise(spans))
    for edge in plan_.edges:
        if edge.begin < edge.end:
            assert day_of(edge.begin) == day_of(edge.end - TICK)


@given(st.datetimes(datetime(2007, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))
def test_a_day_is_a_calendar_day_in_colombo(moment):
    local = moment.astimezone(ZoneInfo("Asia/Colombo"))
    assert day_of(moment) == local.replace(hour=0, minute=0, second=0, microsecond=0)
    assert hour_in_colombo(moment) == local.hour
    assert slot_of(moment) == moment.replace(minute=moment.minute // 10 * 10, second=0, microsecond=0)


@pytest.mark.parametrize(
    ("rupees", "tags"),
    [
        (799_999, 0),
        (800_000, 3),
        (800_001, 1),
        (999_999, 1),
        (1_000_000, 2),
        (100_000, 2),
        (50_000, 0),
        (150_001, 0),
    ],
)
def test_amounts_have_the_tags_that_they_look_like(rupees, tags):
    assert tags_of(rupees * 100) == tags
    assert tags_of(REPORTING_THRESHOLD - 1) == 1


async def check(customer_database, rows=5):
    """Compare in small pieces, so that all ways of cutting are taken."""

    async def tenants():
        return [TENANT]

    return await CounterCheck(customer_database.app, tenants, rows=rows).run()


@pytest.mark.parametrize(("seed", "few"), [(0, 48), (1, 0), (2, 3)])
async def test_counters_are_a_recount_of_the_history_at_every_edge(customer_database, monkeypatch, seed, few):
    """Whether all subjects are read from their events, from buckets, or some, whenever they were gathered."""
    monkeypatch.setattr(gathering, "FEW", few)
    history = History(customer_database.app, seed)
    await history.go(25, gathers=few < 48)
    async with customer_database.app.transaction(TENANT) as tx:
        for at in (NOW, NOW - SLOT + TICK, day_of(NOW), day_of(NOW) - TICK, NOW - timedelta(days=3)):
            asks = list(history.asks(at))
            found = [reading.value for reading in await read_counters(tx, asks)]
            assert found == [history.recount(ask) for ask in asks]
    for rows in (5, 10_000):
        checked = await check(customer_database, rows)
        assert checked.held
        assert checked.sections >= len(Subject)
    if few == 0:
        await history.gather(history.subjects())
        assert (await check(customer_database)).held


@pytest.mark.parametrize("rows", [5, 10_000])
async def test_the_check_finds_a_bucket_that_does_not_follow(customer_database, rows):
    history = History(customer_database.app, 7)
    await history.gather(history.subjects())
    await history.go(5)
    async with customer_database.app.transaction(TENANT) as tx:
        await tx.execute(
            "UPDATE aml_counter SET amount = amount + 1 WHERE ctid = (SELECT min(ctid) FROM aml_counter)"
        )
        await tx.execute("UPDATE aml_pair SET n = n + 1 WHERE ctid = (SELECT min(ctid) FROM aml_pair)")
    found = sorted((await check(customer_database, rows)).differences, key=lambda each: each.what)
    assert [each.what for each in found] == ["counter", "pair"]
    assert found[0].stands[1] == found[0].should_be[1] + 1


def deposit(amount=100_00, customer=None, at=NOW):
    return Event(IDS.new(), TENANT, customer or IDS.new(), EventKind.DEPOSIT, Product.BANK, amount, at)


def deposits_of(customer, measure=Measure.SUM, window=Window.DAY, at=NOW):
    return Ask(TENANT, customer, Counter(Subject.CUSTOMER, measure, "deposits", window), at)


async def test_who_has_many_events_is_gathered_once_and_read_in_buckets(customer_database, monkeypatch):
    monkeypatch.setattr(gathering, "FEW", 2)
    customer, said = IDS.new(), []
    work = Gathering(customer_database.app)
    await work.run()

    async def count():
        async with customer_database.app.transaction(TENANT) as tx:

            class Watched:
                tenants = tx.tenants

                async def fetch(self, sql, *arguments):
                    said.append(sql)
                    return await tx.fetch(sql, *arguments)

            said.clear()
            (found,) = await read_counters(Watched(), [deposits_of(customer, measure=Measure.COUNT)])
        return found.value, len(said), "aml_counter" in said[-1]

    async with customer_database.app.transaction(TENANT) as tx:
        await record_events(tx, [deposit(customer=customer) for _ in range(3)])
    assert await count() == (3, 3, False)  # its events; is it gathered?; all of its events
    assert [await work.run(), await work.run()] == [1, 0]
    assert await count() == (3, 3, True)
    async with customer_database.app.transaction(TENANT) as tx:
        await record_events(tx, [deposit(customer=customer)])
    assert await count() == (4, 1, True)


async def test_no_event_is_missed_by_gathering_beside_lanes(customer_database, monkeypatch):
    """Who counts holds off gathering, and is seen by it; who comes meanwhile waits, and counts in buckets."""
    monkeypatch.setattr(service, "LOCK_TIMEOUT_MS", 2_000)
    customer, device = IDS.new(), IDS.new()
    keys = [(TENANT, 1, customer), (TENANT, 3, device)]
    work = Gathering(customer_database.app)

    async def count_one():
        async with customer_database.app.transaction(TENANT) as tx:
            await record_events(tx, [replace(deposit(customer=customer), device_id=device)])

    async with customer_database.app.transaction(TENANT) as tx:
        await record_events(tx, [replace(deposit(customer=customer), device_id=device)])
        gathering.give_back(keys)
        task = asyncio.create_task(work.run())
        async with asyncio.timeout(5):
            while not await tx.fetch_value("SELECT true FROM pg_locks WHERE NOT granted LIMIT 1"):  # noqa: ASYNC110
                await asyncio.sleep(0)
        late = [asyncio.create_task(count_one()) for _ in range(3)]
        await asyncio.sleep(0)
    assert await task == len(keys)
    await asyncio.gather(*late)
    assert (await check(customer_database, 10_000)).held
    async with customer_database.app.transaction(TENANT) as tx:
        found = await tx.fetch("SELECT sum(n) FROM aml_counter GROUP BY subject, minutes")
    assert [row[0] for row in found] == [4] * 4


async def test_a_reversal_is_taken_out_of_where_its_event_was_counted(customer_database):
    customer, yesterday = IDS.new(), NOW - timedelta(hours=30)
    old, new = deposit(customer=customer, at=yesterday), deposit(customer=customer, amount=40_00)
    async with customer_database.app.transaction(TENANT) as tx:
        await record_events(tx, [old, new])
        await reverse_events(tx, [Reversal(IDS.new(), old.id, NOW)])
        week = await read_counters(tx, [deposits_of(customer, window=Window.WEEK), deposits_of(customer)])
    assert [each.value for each in week] == [40_00, 40_00]


async def test_what_was_not_counted_or_is_not_left_cannot_be_taken_back(customer_database):
    event = deposit(amount=100)
    async with customer_database.app.transaction(TENANT) as tx:
        with pytest.raises(EventUnknown):
            await reverse_events(tx, [Reversal(IDS.new(), IDS.new(), NOW)])
        await record_events(tx, [event])
        await reverse_events(tx, [Reversal(IDS.new(), event.id, NOW, 60)])
        with pytest.raises(InvariantViolated, match="no more is taken back"):
            await reverse_events(tx, [Reversal(IDS.new(), event.id, NOW, 41)])
        with pytest.raises(InvariantViolated, match="reversed once"):
            await reverse_events(tx, [Reversal(IDS.new(), event.id, NOW), Reversal(IDS.new(), event.id, NOW)])
        await reverse_events(tx, [Reversal(IDS.new(), event.id, NOW)])
        with pytest.raises(InvariantViolated, match="reversed once"):
            await reverse_events(tx, [Reversal(IDS.new(), event.id, NOW)])


async def test_the_calendar_day_and_the_last_24_hours_are_two_things(customer_database):
    customer, midnight = IDS.new(), day_of(NOW)
    times = [midnight - TICK, midnight, NOW]
    async with customer_database.app.transaction(TENANT) as tx:
        await record_events(tx, [deposit(customer=customer, at=at) for at in times])
        asks = [
            deposits_of(customer, Measure.COUNT, Window.CALENDAR_DAY),
            deposits_of(customer, Measure.COUNT, Window.DAY),
            deposits_of(customer, Measure.COUNT, Window.HOUR),
            deposits_of(customer, Measure.COUNT, Window.DAY, midnight - TICK + DAY),
        ]
        assert [each.value for each in await read_counters(tx, asks)] == [2, 3, 1, 2]


async def test_a_tenant_sees_and_moves_its_own_counters_only(customer_database):
    device, other = IDS.new(), IDS.new()
    mine, theirs = (
        Event(IDS.new(), tenant, IDS.new(), EventKind.WAGER, Product.MARKET, 5, NOW, device_id=device)
        for tenant in (TENANT, other)
    )
    async with customer_database.app.transaction(TENANT, other) as tx:
        await record_events(tx, [mine, theirs])
    counter = Counter(Subject.DEVICE, Measure.DISTINCT, "customer", Window.MONTH)
    async with customer_database.app.transaction(TENANT) as tx:
        asks = [
            Ask(TENANT, device, counter, NOW, mine.customer_id),
            Ask(TENANT, device, counter, NOW, theirs.customer_id),
            Ask(other, device, counter, NOW),
        ]
        found = await read_counters(tx, asks)
        assert [(each.value, each.has_candidate) for each in found] == [(1, True), (1, False), (0, False)]
        with pytest.raises(EventUnknown):
            await reverse_events(tx, [Reversal(IDS.new(), theirs.id, NOW)])


async def test_lanes_that_share_devices_do_not_wait_in_a_circle(customer_database):
    """Each transaction counts many devices, in an order of its own; all of them end, and nothing is lost."""
    devices = [IDS.new() for _ in range(12)]

    async def lane(number):
        for turn in range(4):
            shuffled = devices[number + turn :] + devices[: number + turn]
            events = [
                replace(deposit(amount=1), device_id=device, instrument_id=other)
                for device, other in zip(shuffled, reversed(shuffled), strict=True)
            ]
            async with customer_database.app.transaction(TENANT) as tx:
                await record_events(tx, events)

    await asyncio.gather(*(lane(number) for number in range(6)))
    counter = Counter(Subject.DEVICE, Measure.COUNT, "deposits", Window.HOUR)
    async with customer_database.app.transaction(TENANT) as tx:
        found = await read_counters(tx, [Ask(TENANT, device, counter, NOW) for device in devices])
    assert [reading.value for reading in found] == [24] * len(devices)
    assert (await check(customer_database, 10_000)).held
