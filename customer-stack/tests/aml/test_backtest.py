"""A version over stored history: the same counters as were there then, within bounds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from customer_stack.aml.domain.catalogue import Measure, Subject, Window
from customer_stack.aml.domain.events import Counted, Event, Reversal
from customer_stack.aml.domain.replaying import Replay
from customer_stack.aml.domain.tree import Counter
from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.aml.errors import PeriodInvalid, RuleNotFound
from customer_stack.aml.service.backtesting import Backtesting, Period
from customer_stack.aml.service.counting import Ask, read_counters, record_events, reverse_events
from shared.clock import FixedClock

from .history import IDS, NOW, TENANT, History
from .office import Office, document

HOUR = timedelta(hours=1)
THREE_IN_A_DAY = {
    "at_least": [
        {"counter": {"subject": "customer", "measure": "count", "of": "deposits", "window": "24h"}},
        {"count": 3},
    ]
}


def deposit(customer, at, amount=100_00):
    return Event(IDS.new(), TENANT, customer, EventKind.DEPOSIT, Product.BANK, amount, at)


class Lab(Office):
    def __init__(self, database):
        super().__init__(database)
        self.tenant = TENANT
        self.writer = self.person()
        self.backtesting = Backtesting(database.app, FixedClock(NOW))

    async def run(self, when, begin=NOW - timedelta(days=2), end=NOW + HOUR, limit=1_000, **changes):
        version = await self.service.write(self.writer, document(when=when, **changes))
        return await self.backtesting.run(self.writer, version.id, Period(begin, end), limit)


@pytest.fixture
async def lab(customer_database):
    return Lab(customer_database)


async def test_a_backtest_tells_what_would_have_hit_and_why(lab):
    customer = IDS.new()
    times = [NOW - 30 * HOUR, NOW - 10 * HOUR, NOW - 9 * HOUR, NOW - 8 * HOUR]
    events = [deposit(customer, at) for at in times]
    async with lab.database.transaction(TENANT) as tx:
        await record_events(tx, events)
    report = await lab.run(THREE_IN_A_DAY)
    assert (report.is_complete, report.rows, report.events, report.hits) == (True, 4, 4, 2)
    assert (report.customers, report.undetermined, report.facts_missing) == (1, 0, ())
    assert [sample.event_id for sample in report.samples] == [events[2].id, events[3].id]
    assert report.samples[0].reason == (
        "true: number of deposits of the customer in 24 h (3) is at least 3: true."
    )
    assert report.hits_by_day == {"2026-11-20": 2}


async def test_what_was_taken_back_later_was_still_there_then(lab):
    customer = IDS.new()
    events = [deposit(customer, NOW - n * HOUR) for n in (5, 4, 2, 1)]
    async with lab.database.transaction(TENANT) as tx:
        await record_events(tx, events)
        await reverse_events(tx, [Reversal(IDS.new(), events[0].id, NOW - HOUR - HOUR / 2)])
    report = await lab.run(THREE_IN_A_DAY)
    assert [sample.event_id for sample in report.samples] == [events[2].id, events[3].id]
    assert report.samples[1].reason.startswith("true: number of deposits of the customer in 24 h (3)")


async def test_the_month_before_the_period_fills_the_windows(lab):
    customer = IDS.new()
    async with lab.database.transaction(TENANT) as tx:
        await record_events(tx, [deposit(customer, NOW - n * HOUR) for n in (3, 2, 1)])
    report = await lab.run(THREE_IN_A_DAY, begin=NOW - HOUR, end=NOW)
    assert (report.rows, report.events, report.hits) == (3, 1, 1)


async def test_a_backtest_is_bounded_and_says_so(lab):
    async with lab.database.transaction(TENANT) as tx:
        await record_events(tx, [deposit(IDS.new(), NOW - n * HOUR) for n in (3, 2, 1)])
    report = await lab.run(THREE_IN_A_DAY, limit=2)
    assert (report.is_complete, report.rows) == (False, 2)
    with pytest.raises(PeriodInvalid):
        await lab.run(THREE_IN_A_DAY, end=NOW - timedelta(days=3), key="another_rule")
    with pytest.raises(RuleNotFound):
        await lab.backtesting.run(lab.writer, IDS.new(), Period(NOW, NOW + HOUR), 10)


async def test_facts_that_events_do_not_keep_are_named(lab):
    async with lab.database.transaction(TENANT) as tx:
        await record_events(tx, [deposit(IDS.new(), NOW)])
    report = await lab.run({"equal": [{"fact": "customer.tier"}, {"word": {"tier": "basic"}}]})
    assert (report.undetermined, report.facts_missing) == (1, ("customer.tier",))


async def test_a_backtest_reads_other_tenants_events_as_little_as_anybody(lab):
    other = IDS.new()
    async with lab.database.transaction(other) as tx:
        await record_events(tx, [replace(deposit(IDS.new(), NOW), tenant_id=other)])
    assert (await lab.run(THREE_IN_A_DAY)).rows == 0


@pytest.mark.parametrize("seed", range(2))
async def test_a_replay_gives_the_counters_that_the_database_gave(customer_database, seed):
    """Each counter is read after each event of a history, from the database and from the replay."""
    history = History(customer_database.app, seed)
    events = sorted((history.event() for _ in range(40)), key=lambda event: event.at)
    counters = [
        Counter(subject, measure, name, window)
        for window in Window
        for subject, measure, name in [
            (Subject.CUSTOMER, Measure.SUM, "money_in"),
            (Subject.CUSTOMER, Measure.COUNT, "round_amounts"),
            (Subject.CUSTOMER, Measure.DISTINCT, "counterparty"),
            (Subject.DEVICE, Measure.DISTINCT, "customer"),
            (Subject.INSTRUMENT, Measure.SUM, "turnover"),
        ]
    ]
    replay = Replay(counters)
    ids = {Subject.CUSTOMER: "customer_id", Subject.DEVICE: "device_id", Subject.INSTRUMENT: "instrument_id"}
    async with customer_database.app.transaction(TENANT) as tx:
        for event in events:
            await record_events(tx, [event])
            row = Counted(event, event.event_class, event.at, 1, event.amount)
            replay.take(row)
            situation = replay.situation(row)
            asked = [key for key in counters if getattr(event, ids[key.subject]) is not None]
            asks = [Ask(TENANT, getattr(event, ids[key.subject]), key, event.at) for key in asked]
            readings = await read_counters(tx, asks)
            assert [situation[key] for key in asked] == [reading.value for reading in readings]
            assert all(situation[key] is None for key in counters if key not in asked)
