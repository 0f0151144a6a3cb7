"""The gate on a real database: what it decides, counts, records, and opens cases for."""

import asyncio
from dataclasses import replace

import pytest_asyncio

from customer_stack.aml.domain.values import EventKind
from customer_stack.aml.domain.verdicts import Answer
from customer_stack.facts.domain import Restriction, Screening
from customer_stack.protection.domain.counting import Window
from customer_stack.protection.domain.limits import Limit, LimitKind, Source
from customer_stack.protection.domain.policies import Policy
from customer_stack.protection.service import set_policy

from .bench import IDS, NOW, Bench, at_least


@pytest_asyncio.fixture
async def bench(customer_database):
    return await Bench(customer_database).open()


async def counted(bench):
    sql = "SELECT coalesce(sum(n), 0)::int, coalesce(sum(amount), 0)::bigint FROM aml_event"
    return tuple((await bench.rows(sql))[0])


async def test_an_allowed_ask_is_counted_and_recorded(bench):
    customer = await bench.add_customer()
    ask = bench.ask(customer, product=b'{"funds":7}')
    (ruling,) = await bench.decide(ask)
    assert (ruling.answer, ruling.reasons) == (Answer.ALLOW, ())
    assert await counted(bench) == (1, 100_00)
    (row,) = await bench.rows("SELECT * FROM gate_decision")
    assert (row["id"], row["subject_id"], row["kind"], row["lane"]) == (ask.id, ask.id, "wager", "wager")
    assert (row["answer"], row["score"], row["reason"], row["basis"]) == ("allow", 0, None, None)
    assert (await bench.record(ask))["product"] == {"funds": 7}
    assert await bench.value("SELECT staked FROM protection_hour") == 100_00


async def test_a_rule_holds_and_another_denies_what_counts_only_when_it_posts(bench):
    await bench.publish(
        key="much", family="amounts", applies_to=["wager"], when=at_least("wagers", 250_00), effect="hold"
    )
    await bench.publish(
        key="far_too_much",
        family="flow",
        applies_to=["wager"],
        when=at_least("wagers", 400_00),
        effect="deny",
    )
    customer = await bench.add_customer()
    asks = [bench.ask(customer, amount=amount) for amount in (100_00, 150_00, 200_00, 100_00)]
    rulings = await bench.decide(*asks)
    assert [each.answer for each in rulings] == [Answer.ALLOW, Answer.HOLD, Answer.DENY, Answer.HOLD]
    assert rulings[1].reasons == ("aml.much",)
    assert rulings[2].reasons == ("aml.far_too_much", "aml.much")
    assert await counted(bench) == (3, 350_00)
    cases = await bench.rows("SELECT id, family FROM cases_case ORDER BY family")
    assert [row["family"] for row in cases] == ["amounts"]
    held = await bench.rows("SELECT held_id FROM cases_held ORDER BY held_id")
    assert [row["held_id"] for row in held] == [asks[1].id, asks[3].id]


async def test_what_stops_a_customer_stops_what_no_rule_minds(bench):
    full = await bench.add_customer(restriction=Restriction.FULL)
    pending = await bench.add_customer(screening=Screening.PENDING)
    unknown = IDS.new()
    asks = [bench.ask(each) for each in (full, pending, unknown)]
    async with bench.database.transaction(bench.tenant) as tx:
        sitting = await bench.gate.open(tx, asks, NOW)
        rulings = [sitting.decide(ask) for ask in asks]
        await sitting.write(tx)
    assert [each.reasons for each in rulings] == [
        ("gate.restricted",),
        ("gate.screening_pending",),
        ("gate.restricted",),
    ]
    assert await counted(bench) == (0, 0)


async def test_a_batch_decides_as_one_by_one(customer_database, bench):
    await bench.publish(key="much", applies_to=["wager"], when=at_least("wagers", 250_00), effect="deny")
    await bench.publish(
        key="many",
        family="flow",
        applies_to=["wager"],
        when=at_least("wagers", 3, measure="count", window="1h"),
        effect="hold",
    )
    async with bench.database.transaction(bench.tenant) as tx:
        limit = Limit(LimitKind.STAKE, Window.DAY, 400_00, Source.TENANT)
        await set_policy(tx, bench.tenant, Policy(0, (limit,)), at=NOW, actor="system")
    together, alone = await bench.add_customer(), await bench.add_customer()
    amounts = [100_00, 60_00, 300_00, 50_00, 20_00, 90_00]
    batch = await bench.decide(*(bench.ask(together, amount=amount) for amount in amounts))
    single = [(await bench.decide(bench.ask(alone, amount=amount)))[0] for amount in amounts]
    assert batch == single
    assert {each.answer for each in batch} == set(Answer)


async def test_a_batch_takes_the_same_number_of_statements_whatever_its_size(bench):
    when = at_least("wagers", 250_00)
    await bench.publish(key="much", applies_to=["wager"], when=when, effect="none", score=1)
    customers = [await bench.add_customer() for _ in range(3)]
    counts = []
    for size in (1, 30):
        asks = [bench.ask(customers[number % 3]) for number in range(size)]
        async with bench.database.transaction(bench.tenant) as tx:
            watched = Watched(tx)
            sitting = await bench.gate.open(watched, asks, NOW)
            for ask in asks:
                sitting.decide(ask)
            await sitting.write(watched)
            counts.append(watched.number)
    assert counts[0] >= counts[1]
    assert counts[1] <= 10


class Watched:
    """A transaction that counts statements."""

    def __init__(self, tx):
        self.tx, self.tenants, self.number = tx, tx.tenants, 0

    def __getattr__(self, name):
        self.number += 1
        return getattr(self.tx, name)


async def test_nothing_is_read_that_no_rule_asks(bench):
    customer = await bench.add_customer()
    asks = [bench.ask(customer, EventKind.TRANSFER_OUT)]
    async with bench.database.transaction(bench.tenant) as tx:
        watched = Watched(tx)
        await bench.gate.open(watched, asks, NOW)
    assert watched.number == 3


async def test_two_batches_of_one_customer_cannot_both_pass_a_limit(bench):
    await bench.publish(key="much", applies_to=["wager"], when=at_least("wagers", 150_00), effect="deny")
    customer = await bench.add_customer()
    rulings = await asyncio.gather(*(bench.decide(bench.ask(customer)) for _ in range(4)))
    answers = sorted(ruling.answer for (ruling,) in rulings)
    assert answers == [Answer.ALLOW, Answer.DENY, Answer.DENY, Answer.DENY]


async def test_what_always_posts_is_counted_and_judged_after(bench):
    await bench.publish(when=at_least("deposits", 150_00), effect="hold")
    customer = await bench.add_customer(restriction=Restriction.FULL)
    first, second = (bench.ask(customer, EventKind.DEPOSIT) for _ in range(2))
    async with bench.database.transaction(bench.tenant) as tx:
        await bench.gate.observe(tx, [first, second], NOW)
    assert await counted(bench) == (2, 200_00)
    rows = await bench.rows("SELECT id, lane, answer::text, reason FROM gate_decision ORDER BY answer")
    assert [tuple(row)[1:] for row in rows] == [
        ("observed", "allow", None),
        ("observed", "hold", "aml.large_deposit"),
    ]
    assert await bench.value("SELECT count(*) FROM cases_case") == 1
    assert await bench.value("SELECT count(*) FROM cases_held") == 0
    assert await bench.value("SELECT deposited FROM protection_hour") == 200_00
    (placed,) = await bench.rows("SELECT kind::text, cause::text, cause_id FROM restriction")
    case_id = await bench.value("SELECT id FROM cases_case")
    assert tuple(placed) == ("debit_only", "case", case_id)


async def test_a_deposit_is_asked_for_under_the_limit_of_the_tier(bench):
    customer = await bench.add_customer()
    asks = [bench.ask(customer, EventKind.DEPOSIT, 600_00, lane="quote", counts=False) for _ in range(2)]
    rulings = await bench.decide(*asks)
    assert [each.answer for each in rulings] == [Answer.ALLOW, Answer.ALLOW]
    async with bench.database.transaction(bench.tenant) as tx:
        await bench.gate.observe(tx, [bench.ask(customer, EventKind.DEPOSIT, 600_00)], NOW)
    (ruling,) = await bench.decide(bench.ask(customer, EventKind.DEPOSIT, 301_00, counts=False))
    assert ruling.reasons == ("gate.tier_limit",)


async def test_money_between_customers_is_counted_on_both_sides(bench):
    sender, recipient = await bench.add_customer(), await bench.add_customer()
    ask = bench.ask(sender, EventKind.TRANSFER_OUT, lane="transfer")
    received = bench.ask(recipient, EventKind.TRANSFER_IN).event
    (ruling,) = await bench.decide(ask._replace(incoming=received))
    assert ruling.answer is Answer.ALLOW
    rows = await bench.rows("SELECT customer_id, kind::text FROM aml_event ORDER BY kind")
    assert [tuple(row) for row in rows] == [(recipient, "transfer_in"), (sender, "transfer_out")]
    excluded = await bench.add_customer(excluded_until=NOW.replace(year=2027))
    other = bench.ask(sender, EventKind.TRANSFER_OUT, lane="transfer")
    incoming = bench.ask(excluded, EventKind.TRANSFER_IN).event
    (denied,) = await bench.decide(other._replace(incoming=incoming))
    assert denied.reasons == ("gate.recipient",)


async def test_a_rule_is_asked_what_is_known_of_the_customer_and_whom_they_know(bench):
    when = {
        "all": [
            {"equal": [{"fact": "customer.tier"}, {"word": {"tier": "basic"}}]},
            {"at_least": [{"fact": "customer.risk"}, {"count": 40}]},
            {"at_least": [{"fact": "customer.account_age"}, {"seconds": 86_400}]},
            {"equal": [{"fact": "event.country"}, {"word": {"country": "LK"}}]},
            {"fact": "event.new_counterparty"},
            {"not": {"known": {"fact": "customer.idle"}}},
        ]
    }
    await bench.publish(applies_to=["withdrawal"], when=when)
    customer = await bench.add_customer(tier="basic", risk=40)
    payee = IDS.new()

    def ask():
        made = bench.ask(customer, EventKind.WITHDRAWAL, country="LK")
        return made._replace(event=replace(made.event, counterparty_id=payee))

    first, second = await bench.decide(ask(), ask())
    (third,) = await bench.decide(ask())
    assert [each.answer for each in (first, second, third)] == [Answer.HOLD, Answer.ALLOW, Answer.ALLOW]


async def test_the_basis_of_decisions_is_kept_once_and_changes_with_the_rules(bench):
    customer = await bench.add_customer()
    await bench.publish(applies_to=["wager"], when=at_least("wagers", 999_00))
    for _ in range(3):
        await bench.decide(bench.ask(customer))
    await bench.decide(bench.ask(customer), gate=bench.new_gate())
    assert await bench.value("SELECT count(*) FROM gate_basis") == 1
    await bench.publish(key="another", applies_to=["wager"], when=at_least("wagers", 999_00))
    await bench.decide(bench.ask(customer))
    assert await bench.value("SELECT count(*) FROM gate_basis") == 2
    assert await bench.value("SELECT count(DISTINCT basis) FROM gate_decision") == 2
