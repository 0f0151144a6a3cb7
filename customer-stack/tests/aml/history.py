"""A random history of events and reversals, in the database and as a plain list that is recounted."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from customer_stack.aml.domain.catalogue import DIMENSIONS, METRICS, Dimension, Measure, Subject, Window
from customer_stack.aml.domain.counting import DAY, TICK, day_of, slot_of, span_of
from customer_stack.aml.domain.events import Event, Reversal, is_counted, subject_id_of, value_of
from customer_stack.aml.domain.tree import Counter
from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.aml.service.counting import Ask, record_events, reverse_events
from customer_stack.aml.service.gathering import Gathering
from customer_stack.aml.store.gathering import give_back, take_crowded
from shared.ids import SystemIds

IDS = SystemIds()
NOW = datetime(2026, 11, 20, 12, 34, 56, 789, tzinfo=UTC)
TENANT = IDS.new()


@dataclass
class Line:
    event: Event
    left: int
    stands: bool = True


class History:
    """Random events and reversals, written to the database and kept as a plain list."""

    def __init__(self, database, seed):
        self.database = database
        self.random = random.Random(seed)  # noqa: S311 - a history, not a secret
        self.lines = []
        self.customers = [IDS.new() for _ in range(3)]
        self.instruments = [IDS.new() for _ in range(2)]
        self.devices = [IDS.new() for _ in range(2)]

    def moment(self):
        """Return a moment that lies on, just before or just after an edge of a window as often as not."""
        pick = self.random.choice
        edge = pick(
            [timedelta(0), *(span_of(window, NOW).end - span_of(window, NOW).begin for window in Window)]
        )
        base = pick([NOW - edge, NOW - self.random.random() * timedelta(days=31)])
        base = pick([base, base, slot_of(base), day_of(base), day_of(base) + DAY])
        return min(base + pick([-TICK, timedelta(0), TICK]), NOW)

    def event(self):
        pick = self.random.choice
        kind = pick(list(EventKind))
        return Event(
            id=IDS.new(),
            tenant_id=TENANT,
            customer_id=pick(self.customers),
            kind=kind,
            product=pick([Product.BANK, Product.CARD, Product.QR]),
            amount=pick([0, 1, 123_45, 850_000_00, 999_999_99, 1_000_000_00, 150_000_00]),
            at=self.moment(),
            counterparty_id=pick([None, *self.customers]),
            instrument_id=pick([None, *self.instruments]),
            device_id=pick([None, *self.devices]),
        )

    def subjects(self):
        """Return all subjects as the tables call them."""
        groups = zip((1, 2, 3), (self.customers, self.instruments, self.devices), strict=True)
        return [(TENANT, code, each) for code, group in groups for each in group]

    async def gather(self, keys):
        take_crowded()
        give_back(keys)
        assert await Gathering(self.database).run() == len(keys)

    async def go(self, rounds, *, gathers=False):
        """Let events and reversals happen; with `gathers`, subjects are gathered meanwhile, one by one."""
        for _ in range(rounds):
            if gathers and self.random.random() < 1 / 3:
                await self.gather([self.random.choice(self.subjects())])
            batch = [self.event() for _ in range(self.random.randint(1, 6))]
            async with self.database.transaction(TENANT) as tx:
                await record_events(tx, batch)
            self.lines += [Line(event, event.amount) for event in batch]
            standing = [line for line in self.lines if line.stands]
            chosen = self.random.sample(standing, min(len(standing), self.random.randint(0, 2)))
            async with self.database.transaction(TENANT) as tx:
                await reverse_events(tx, [self.reverse(line) for line in chosen])

    def reverse(self, line):
        amount = self.random.choice([None, self.random.randint(0, line.left)])
        line.left -= line.left if amount is None else amount
        line.stands = amount is not None
        return Reversal(IDS.new(), line.event.id, NOW, amount)

    def recount(self, ask):
        span, counter = span_of(ask.counter.window, ask.at), ask.counter
        mine = [
            line
            for line in self.lines
            if subject_id_of(line.event, counter.subject) == ask.subject_id
            and span.begin <= line.event.at < span.end
        ]
        if counter.measure is Measure.DISTINCT:
            values = {value_of(line.event, Dimension(counter.name)) for line in mine if line.stands}
            return len(values - {None})
        mine = [line for line in mine if is_counted(counter.name, line.event.event_class)]
        return sum(line.left if counter.measure is Measure.SUM else line.stands for line in mine)

    def asks(self, at):
        subjects = [
            *((Subject.CUSTOMER, each) for each in self.customers),
            *((Subject.INSTRUMENT, each) for each in self.instruments),
            *((Subject.DEVICE, each) for each in self.devices),
        ]
        for subject, subject_id in subjects:
            for window in Window:
                for name in sorted(METRICS):
                    for measure in (Measure.SUM, Measure.COUNT):
                        yield Ask(TENANT, subject_id, Counter(subject, measure, name, window), at)
                for name in sorted(DIMENSIONS[subject]):
                    yield Ask(TENANT, subject_id, Counter(subject, Measure.DISTINCT, name, window), at)
