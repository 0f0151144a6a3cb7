"""Decisions come out again from their records alone; one that was changed does not."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
import pytest_asyncio

from customer_stack.aml.domain.values import EventKind
from customer_stack.aml.domain.verdicts import Answer
from customer_stack.facts.domain import Restriction, Screening
from customer_stack.gate.service.explaining import DecisionDesk
from customer_stack.gate.service.replaying import Replaying
from customer_stack.geography.domain.policies import Mode, State
from customer_stack.geography.service import PolicyDesk, Wish
from shared.clock import FixedClock

from .bench import IDS, NOW, Bench, at_least


@pytest_asyncio.fixture
async def bench(customer_database):
    return await Bench(customer_database).open()


def echo(product):
    """A lane's own decision that is as simple as can be: `denies` are its reasons."""
    return tuple(product["denies"]) if product["sum"] == sum(product["parts"]) else None


def replaying(bench, now=NOW):
    async def tenants():
        return [bench.tenant]

    return Replaying(bench.database, {"wager": echo, "payout": echo}, tenants, FixedClock(now))


PRODUCT = orjson.dumps({"denies": [], "parts": [1, 2], "sum": 3})


async def fill(bench):
    """Make decisions of every kind: allowed, held, denied for many reasons, observed, of old rules."""
    await bench.publish(
        key="much", family="amounts", applies_to=["wager"], when=at_least("wagers", 250_00), score=30
    )
    await bench.publish(
        key="exposed",
        applies_to=["wager", "withdrawal", "deposit"],
        when={"overlaps": [{"fact": "customer.flags"}, {"words": {"customer_flag": ["pep"]}}]},
        effect="none",
        score=45,
        fail="closed",
    )
    geography = PolicyDesk(bench.database, FixedClock(NOW), IDS)
    policy = await geography.propose(bench.tenant, Wish(Mode.BLOCK, frozenset({"KP"}), True), "staff:a")
    await geography.decide(bench.tenant, policy.id, State.APPROVED, "staff:b")
    clear = await bench.add_customer(tier="basic")
    exposed = await bench.add_customer(flags=frozenset({"pep", "business"}))
    others = [
        await bench.add_customer(restriction=Restriction.FULL),
        await bench.add_customer(screening=Screening.POSSIBLE),
        await bench.add_customer(snoozes={"much": NOW.replace(year=2027)}),
    ]
    asks = [bench.ask(clear, amount=amount, product=PRODUCT) for amount in (100_00, 100_00, 100_00)]
    asks += [bench.ask(each, amount=300_00, product=PRODUCT) for each in (exposed, *others)]
    asks += [bench.ask(clear, country="KP", product=PRODUCT), bench.ask(clear, EventKind.WITHDRAWAL, 5)]
    rulings = await bench.decide(*asks)
    refused = bench.ask(clear, product=b'{"denies":["wagers.market_unknown"],"parts":[],"sum":0}')
    async with bench.database.transaction(bench.tenant) as tx:
        sitting = await bench.gate.open(tx, [refused], NOW)
        sitting.refuse(refused, ["wagers.market_unknown"], refused.product)
        await sitting.write(tx)
        await bench.gate.observe(tx, [bench.ask(exposed, EventKind.DEPOSIT, 7)], NOW)
    return asks, rulings


async def test_everything_that_was_written_comes_out_again_also_under_other_rules(bench):
    asks, rulings = await fill(bench)
    assert {each.answer for each in rulings} == set(Answer)
    version = await bench.publish(
        key="much", family="amounts", applies_to=["wager"], when=at_least("wagers", 1), score=90
    )
    assert version
    run = await replaying(bench).replay_period(NOW.replace(year=2020), NOW.replace(year=2099), 10_000)
    assert run.held, run.differing
    assert run.replayed == len(asks) + 2
    for ask in asks[:2]:
        assert (await replaying(bench).replay_one(ask.id)).held


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ("answer = 'deny'", "answer"),
        ("score = score + 1", "answer"),
        ("reason = 'aml.other'", "answer"),
        ("basis = NULL", "answer"),
        ("gate_version = 77", "gate version"),
        ("record = replace(record::text, '\"sum\":3', '\"sum\":4')::json", "product"),
        ("decided_at = decided_at + interval '1 year'", "answer"),
    ],
)
async def test_a_record_that_was_changed_does_not_come_out_again(customer_database, bench, change, part):
    asks, rulings = await fill(bench)
    held = asks[6] if part == "answer" and "year" in change else asks[2]
    assert rulings[2].answer is Answer.HOLD
    owner = await customer_database.connect("owner")
    await owner.execute("ALTER TABLE gate_decision DISABLE TRIGGER gate_decision_append_only")
    await owner.execute(f"UPDATE gate_decision SET {change} WHERE id = $1", held.id)
    run = await replaying(bench).replay_one(held.id)
    assert [each.differs for each in run.differing] == [(part,)]


async def test_a_period_is_read_page_by_page_and_ends_at_the_limit(bench):
    asks, _ = await fill(bench)
    run = await replaying(bench).replay_period(NOW.replace(year=2020), NOW.replace(year=2099), 3)
    assert (run.replayed, run.is_complete, run.held) == (3, False, True)
    empty = await replaying(bench).replay_period(NOW.replace(year=2020), NOW.replace(year=2021), 3)
    assert (empty.replayed, empty.is_complete) == (0, True)
    assert await replaying(bench).replay_one(IDS.new()) is None
    assert asks


async def test_staff_reads_why_node_by_node_and_that_they_did_is_recorded(bench):
    asks, _ = await fill(bench)
    desk = DecisionDesk(bench.database, replaying(bench), FixedClock(NOW))
    opened = await desk.open(bench.tenant, asks[3].id, "staff:reader")
    assert opened.replayed.agrees
    exposed, much = opened.findings
    assert (exposed.reason, much.reason) == ("aml.exposed", "aml.much")
    assert "LKR 300.00" in much.sentence
    assert much.trace["parts"][0]["value"] == 300_00
    snoozed = await desk.open(bench.tenant, asks[6].id, "staff:reader")
    assert [(each.reason, each.counts) for each in snoozed.findings] == [("aml.much", False)]
    page = await desk.list_page(
        bench.tenant, customer_id=None, answer="hold", before=None, limit=10, actor="staff:reader"
    )
    assert {each.id for each in page} == {asks[2].id, asks[3].id}
    kinds = [
        row["kind"] for row in await bench.rows("SELECT kind FROM audit_record WHERE kind LIKE 'gate.%'")
    ]
    assert kinds == ["gate.decision_read", "gate.decision_read", "gate.decisions_listed"]


async def test_the_nights_replay_takes_a_sample_and_all_that_was_not_allowed(bench):
    asks, rulings = await fill(bench)
    # Ids are of the machine's clock, so the night is too.
    run = await replaying(bench, datetime.now(UTC) + timedelta(minutes=1)).replay_night()
    assert run.held
    not_allowed = sum(each.answer is not Answer.ALLOW for each in rulings) + 1
    assert not_allowed < run.replayed <= len(asks) + 2 + not_allowed
    (found,) = await bench.rows("SELECT body FROM audit_record WHERE kind = 'gate.replayed'")
    assert b'"differing":0' in found["body"]
