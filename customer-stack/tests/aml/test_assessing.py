"""A batch that is judged at once sees what it would have seen one by one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from customer_stack.aml.domain.catalogue import DIMENSIONS, METRICS
from customer_stack.aml.domain.evaluation import evaluate
from customer_stack.aml.domain.events import Event, subject_id_of
from customer_stack.aml.domain.form import read_node
from customer_stack.aml.domain.rules import read_rule
from customer_stack.aml.domain.tree import Counter, Fact, facts_of
from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.aml.domain.verdicts import Answer, RuleSet, Thresholds
from customer_stack.aml.service.assessing import Assessment, Candidate
from customer_stack.aml.service.counting import Ask, read_counters, record_events
from customer_stack.aml.service.rules import Rulebook
from shared.errors import InvariantViolated

from .history import IDS, NOW, TENANT, History
from .office import Office, document

EVERY_KIND = [kind.value for kind in EventKind]


def everything():
    """Return rules that together ask for every counter over every window; none of them hits."""
    for window in ("1h", "24h", "30d", "colombo_day"):
        asked = [
            {"counter": {"subject": subject.value, "measure": measure, "of": name, "window": window}}
            for subject, dimensions in DIMENSIONS.items()
            for measure, names in (
                ("sum", ["money_in"]),
                ("count", sorted(METRICS)[::5]),
                ("distinct", dimensions),
            )
            for name in names
        ]
        parts = [{"not": {"known": key}} for key in asked]
        never = {"flag": False}
        yield read_rule(
            document(f"every_{window}", when={"all": [*parts[:20], never]}, applies_to=EVERY_KIND)
        )


class Rules(Rulebook):
    """Rules that are there without having been published."""

    def __init__(self, *rules):
        self.rules = RuleSet(rules)

    async def load(self, tx, tenants):
        return dict.fromkeys(tenants, self.rules)


@pytest.mark.parametrize("seed", range(3))
async def test_a_batch_sees_what_it_would_have_seen_one_by_one(customer_database, seed):
    history = History(customer_database.app, seed)
    await history.go(6)
    batch = [replace(history.event(), at=NOW) for _ in range(12)]
    assessment = Assessment(Rules(*everything()), Thresholds())
    async with customer_database.app.transaction(TENANT) as tx:
        together = await assessment.assess(tx, [Candidate(event) for event in batch])
        for event, seen in zip(batch, together, strict=True):
            (alone,) = await assessment.assess(tx, [Candidate(event)])
            assert seen.situation == alone.situation
            await record_events(tx, [event])
            keys = [key for key, value in seen.situation.items() if value is not None]
            asks = [Ask(TENANT, subject_id_of(event, key.subject), key, NOW) for key in keys]
            assert [reading.value for reading in await read_counters(tx, asks)] == [
                seen.situation[key] for key in keys
            ]
    assert any(seen.facts for seen in together)


async def test_a_denied_event_is_not_counted_for_the_next(customer_database):
    customer = IDS.new()
    events = [
        Event(IDS.new(), TENANT, customer, EventKind.DEPOSIT, Product.BANK, amount, NOW)
        for amount in (60_00, 60_00, 40_00)
    ]
    limit = {
        "more": [
            {"counter": {"subject": "customer", "measure": "sum", "of": "deposits", "window": "24h"}},
            {"lkr": 100_00},
        ]
    }
    rule = read_rule(document(when=limit, effect="deny"))
    async with customer_database.app.transaction(TENANT) as tx:
        found = await Assessment(Rules(rule), Thresholds()).assess(tx, [Candidate(event) for event in events])
    assert [each.verdict.answer for each in found] == [Answer.ALLOW, Answer.DENY, Answer.ALLOW]


async def test_a_batch_takes_the_same_number_of_statements_whatever_its_size(customer_database):
    history = History(customer_database.app, 1)
    assessment = Assessment(Rules(*everything()), Thresholds())
    counts = []
    async with customer_database.app.transaction(TENANT) as tx:

        class Watched:
            tenants = tx.tenants
            number = 0

            async def fetch(self, *arguments):
                self.number += 1
                return await tx.fetch(*arguments)

        for size in (1, 30):
            watched = Watched()
            batch = [replace(history.event(), at=NOW, kind=EventKind.WAGER) for _ in range(size)]
            await assessment.assess(watched, [Candidate(event) for event in batch])
            counts.append(watched.number)
    assert counts == [2, 2]


async def test_published_rules_are_asked_with_what_the_caller_knows(customer_database):
    office = Office(customer_database)
    when = {"all": [{"fact": "event.new_instrument"}, {"at_least": [{"fact": "event.amount"}, {"lkr": 100}]}]}
    await office.publish(when=when)
    event = Event(IDS.new(), office.tenant, IDS.new(), EventKind.DEPOSIT, Product.BANK, 100, NOW)
    assessment = Assessment(Rulebook(), Thresholds())
    async with office.database.transaction(office.tenant) as tx:
        new, old, unknown = await assessment.assess(
            tx,
            [
                Candidate(event, {"event.new_instrument": True}),
                Candidate(event, {"event.new_instrument": False}),
                Candidate(event),
            ],
        )
    assert (new.verdict.answer, old.verdict.answer) == (Answer.HOLD, Answer.ALLOW)
    assert unknown.verdict.reasons == ("aml.large_deposit.undetermined",)
    assert evaluate(read_node(when), new.situation) is True
    assert set(new.situation) == facts_of(read_node(when))
    with pytest.raises(InvariantViolated):
        Candidate(event, {"event.mood": True})


async def test_a_tenant_without_rules_is_allowed_everything(customer_database):
    event = Event(IDS.new(), TENANT, IDS.new(), EventKind.DEPOSIT, Product.BANK, 100, NOW)
    async with customer_database.app.transaction(TENANT) as tx:
        (found,) = await Assessment(Rulebook(), Thresholds()).assess(tx, [Candidate(event)])
    assert (found.verdict.answer, found.facts) == (Answer.ALLOW, ())


OPPOSITE = Fact("links.opposite_stake")


async def test_the_other_side_of_a_market_is_looked_for_among_linked_customers(customer_database):
    market, device, phone, card = (IDS.new() for _ in range(4))
    me, friend, neighbour, stranger = (IDS.new() for _ in range(4))

    def wager(customer, side, amount, *, device_id=None, instrument_id=None, hours=1, of=market):
        at = NOW - timedelta(hours=hours)
        event = Event(IDS.new(), TENANT, customer, EventKind.WAGER, Product.MARKET, amount, at)
        ids = {"device_id": device_id, "instrument_id": instrument_id, "market_id": of}
        return replace(event, side=side, **ids)

    card_used = Event(
        IDS.new(), TENANT, me, EventKind.DEPOSIT, Product.CARD, 1, NOW - timedelta(days=9), instrument_id=card
    )
    past = [
        card_used,
        replace(card_used, id=IDS.new(), customer_id=neighbour),
        wager(friend, "no", 1_000, device_id=device),
        wager(friend, "no", 200, device_id=phone, hours=23),
        wager(friend, "no", 50, device_id=device, hours=24),  # a day and no less ago
        wager(friend, "yes", 70, device_id=device),
        wager(friend, "no", 90, device_id=device, of=IDS.new()),
        wager(neighbour, "no", 4_000),
        wager(stranger, "no", 8_000, device_id=IDS.new()),
        wager(me, "no", 16_000, device_id=device),
    ]
    rule = read_rule(
        document(when={"at_least": [{"fact": OPPOSITE.name}, {"lkr": 1}]}, applies_to=EVERY_KIND)
    )
    now = wager(me, "yes", 5_000, device_id=device, hours=0)
    other_side = wager(me, "no", 5_000, device_id=device, hours=0)
    async with customer_database.app.transaction(TENANT) as tx:
        await record_events(tx, past)
        assessment = Assessment(Rules(rule), Thresholds())
        found = await assessment.assess(tx, [Candidate(event) for event in (now, other_side, card_used)])
    assert [each.situation[OPPOSITE] for each in found] == [5_200, 70, None]
    assert isinstance(found[0].asked[0], Fact)
    assert not any(isinstance(key, Counter) for key in found[0].asked)
