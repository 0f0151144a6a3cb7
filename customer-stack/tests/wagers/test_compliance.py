"""Compliance in the lane of wagers: what is held, denied, released and taken back, on a real database."""

import asyncio
from datetime import timedelta
from uuid import UUID

import orjson
import pytest

from customer_stack.aml.domain.lifecycle import Step
from customer_stack.aml.service.checking import CounterCheck
from customer_stack.aml.service.rules import Person, RulesService
from customer_stack.aml.store.gathering import gather
from customer_stack.boundary_client.domain import (
    Action,
    Basis,
    FillShare,
    Final,
    MarketStatus,
    Payout,
    Resolution,
    Reversal,
    Side,
)
from customer_stack.cases.contract import HoldEnd
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.facts import service as facts
from customer_stack.facts.domain import Changes, Restriction, Screening
from customer_stack.gate.domain.asking import Rate
from customer_stack.gate.service.explaining import DecisionDesk
from customer_stack.gate.service.replaying import Replaying
from customer_stack.ledger.reading import LedgerReading
from customer_stack.tenancy.service import load_capabilities
from customer_stack.timelines.service import Timelines, Told
from customer_stack.wagers.service.reading import WagerReading
from customer_stack.wagers.service.releasing import HeldWagers
from shared.errors import Refusal

ONE = 5_892_480
"""What one wager of the floor can cost, in micro-dollars."""
ONE_LKR = 1768_00 - 25
"""The same in LKR cents at 300 LKR per USD, rounded up."""


def wagers_at_least(amount, measure="sum", window="24h"):
    counter = {"counter": {"subject": "customer", "measure": measure, "of": "wagers", "window": window}}
    return {"at_least": [counter, {"lkr": amount} if measure == "sum" else {"count": amount}]}


async def publish(floor, key="much", effect="hold", when=None, **changes):
    rule = {
        "schema": 1,
        "key": key,
        "title": "Much is wagered",
        "purpose": "For tests.",
        "family": "velocity",
        "applies_to": ["wager"],
        "when": when or wagers_at_least(2 * ONE_LKR),
        "score": 30,
        "effect": effect,
        "fail": "open",
    } | changes
    rules = RulesService(floor.database, floor.clock, floor.ids)
    writer, checker = (Person(floor.tenant_id, floor.ids.new(), "staff:test") for _ in range(2))
    version = await rules.write(writer, rule)
    await rules.step(writer, version.id, Step.PROPOSE)
    await rules.step(checker, version.id, Step.APPROVE)


async def change(floor, customer, **changes):
    async with floor.database.transaction(floor.tenant_id) as tx:
        await facts.change(tx, customer.id, floor.clock.now(), Changes(**changes))


async def counted(floor, kind="wager"):
    """Return number and LKR cents of a kind that are counted on the day of the first of them."""
    async with floor.database.transaction(floor.tenant_id) as tx:
        row = await tx.fetch_row(
            "SELECT sum(n)::int, sum(amount)::bigint FROM aml_event WHERE kind = $1::aml_event_kind "
            "GROUP BY date_trunc('day', counted_at) ORDER BY date_trunc('day', counted_at) LIMIT 1",
            kind,
        )
    return (0, 0) if row is None else tuple(row)


async def place(floor, customer, *keys, **asked):
    return await floor.place(*(floor.want(customer, key, **asked) for key in keys))


async def hold_one(floor):
    """Return a customer with two wagers, the second one held."""
    await publish(floor)
    customer = await floor.add_customer()
    first, second = await place(floor, customer, "a", "b")
    return customer, UUID(orjson.loads(first)["wager_id"]), UUID(orjson.loads(second)["wager_id"])


def held_wagers(floor):
    return HeldWagers(floor.snapshot, load_capabilities, floor.gate, floor.ids)


async def end(floor, *wager_ids, releases):
    held = held_wagers(floor)
    act = held.release if releases else held.deny
    async with floor.database.transaction(floor.tenant_id) as tx:
        return await act(tx, wager_ids, "staff:checker", floor.clock.now())


async def test_a_wager_that_a_rule_holds_is_reserved_kept_and_has_a_case(floor):
    customer, first, second = await hold_one(floor)
    assert [await floor.state(each) for each in (first, second)] == ["pending", "held"]
    assert (await floor.wallet(customer)).held == 2 * ONE
    assert await counted(floor) == (2, 2 * ONE_LKR)
    kinds = await floor.column("SELECT kind FROM audit_record WHERE kind LIKE 'wagers.%' ORDER BY id")
    assert kinds == ["wagers.placed", "wagers.held"]
    assert await floor.column("SELECT held_id FROM cases_held WHERE kind = 'wager'") == [second]
    assert await floor.column("SELECT amount FROM cases_held") == [ONE_LKR]
    sql = "SELECT answer::text || ' ' || reason FROM gate_decision WHERE id = $1"
    assert await floor.value(sql, second) == "hold aml.much"
    await floor.check_books()


async def test_the_customer_sees_what_is_held_without_learning_why(floor):
    await publish(floor, when=wagers_at_least(1))
    customer = await floor.add_customer()
    (answer,) = await place(floor, customer, "a")
    body = orjson.loads(answer)
    assert body["state"] == "held"
    assert "aml" not in answer.decode()
    assert body["notice"].startswith("We are looking")
    (again,) = await place(floor, customer, "a")
    assert again == answer
    view = await WagerReading(floor.database).get_wager(floor.tenant_id, customer.id, UUID(body["wager_id"]))
    assert view.wager.state == "held"


async def test_a_held_wager_is_never_sent(floor):
    _, first, second = await hold_one(floor)
    await floor.sending.register_accounts()
    await floor.sending.dispatch()
    await floor.sending.dispatch()
    assert list(floor.execution.received) == [first]
    assert await floor.state(second) == "held"


async def test_its_customer_can_cancel_it_and_the_case_waits_no_longer(floor):
    customer, _, second = await hold_one(floor)
    assert await floor.sending.cancel(floor.tenant_id, customer.id, second)
    assert await floor.state(second) == "cancelled"
    assert await floor.column("SELECT ended_as::text FROM cases_held") == ["gone"]
    assert await counted(floor) == (1, ONE_LKR)
    assert await end(floor, second, releases=True) == {second: HoldEnd.GONE}
    await floor.check_books()


@pytest.mark.parametrize("count", [1, 2])
async def test_a_released_wager_is_sent_once_however_often_it_is_released(floor, count):
    _, first, second = await hold_one(floor)
    for _ in range(count):
        assert await end(floor, second, releases=True) == {second: HoldEnd.RELEASED}
    assert await floor.state(second) == "pending"
    await floor.sending.register_accounts()
    await floor.sending.dispatch()
    assert sorted(floor.execution.received) == sorted([first, second])
    assert await floor.value("SELECT count(*) FROM gate_decision WHERE subject_id = $1", second) == 2
    await floor.check_books()


async def test_a_denied_wager_gives_everything_back(floor):
    customer, _, second = await hold_one(floor)
    assert await end(floor, second, releases=False) == {second: HoldEnd.DENIED}
    assert await end(floor, second, releases=True) == {second: HoldEnd.DENIED}
    assert await floor.state(second) == "cancelled"
    assert (await floor.wallet(customer)).held == ONE
    assert await counted(floor) == (1, ONE_LKR)
    await floor.check_books()


@pytest.mark.parametrize(
    ("stopped", "reason"),
    [
        ({"restriction": Restriction.DEBIT_ONLY}, "gate.restricted"),
        ({"screening": Screening.POSSIBLE}, "gate.screening_pending"),
        ({}, "wagers.market_not_open"),
    ],
)
async def test_what_stands_in_the_way_by_now_ends_a_release_as_a_denial(floor, stopped, reason):
    customer, _, second = await hold_one(floor)
    if stopped:
        await change(floor, customer, **stopped)
    else:
        await floor.refresh(status=MarketStatus.HALTED)
    assert await end(floor, second, releases=True) == {second: HoldEnd.DENIED}
    assert await floor.state(second) == "cancelled"
    assert (await floor.wallet(customer)).held == ONE
    found = await floor.column(
        "SELECT reason FROM gate_decision WHERE subject_id = $1 AND answer = 'deny'", second
    )
    assert found == [reason]
    await floor.check_books()


async def test_a_rule_that_denies_is_told_as_nothing_in_particular(floor):
    await publish(floor, effect="deny", when=wagers_at_least(1))
    customer = await floor.add_customer()
    (answer,) = await place(floor, customer, "a")
    assert isinstance(answer, Refusal)
    assert (answer.code, "much" in answer.message) == ("gate.not_possible", False)
    assert await counted(floor) == (0, 0)
    assert (await floor.wallet(customer)).held == 0
    assert await floor.column("SELECT reason FROM gate_decision") == ["aml.much"]


async def test_two_wagers_in_different_batches_cannot_both_pass_a_limit(floor):
    await publish(floor, effect="deny")
    customer = await floor.add_customer()
    answers = await asyncio.gather(*(place(floor, customer, f"k{number}") for number in range(5)))
    placed = [answer for (answer,) in answers if isinstance(answer, bytes)]
    assert len(placed) == 1
    await floor.check_books()


async def quote(floor, lkr):
    """Let the market have another rate, as the process's timer reads it."""
    floor.market[floor.tenant_id] = Rate(lkr * 10**8, floor.ids.new())
    await floor.rates.refresh()


async def test_what_a_wager_did_not_use_leaves_the_bucket_that_it_entered(floor):
    customer = await floor.add_customer()
    async with floor.database.transaction(floor.tenant_id) as tx:
        await gather(tx, [(floor.tenant_id, 1, customer.id)])
    await quote(floor, 310)
    story = Story(floor)
    wager_id = await story.send(customer)
    full = -(-ONE * 310 // 10_000)
    assert await counted(floor) == (1, full)
    await quote(floor, 999)
    story.fill(customer, wager_id, 400, 2_240_000, 40_000)
    story.final(wager_id, 400)
    floor.clock.advance(timedelta(hours=3))
    await floor.reports.apply(tuple(story.reports))
    unused = ONE - 2_280_000
    assert await counted(floor) == (1, full - full * unused // ONE)
    (amount,) = await floor.column("SELECT amount FROM aml_counter WHERE minutes = 10 AND subject = 1")
    assert amount == full - full * unused // ONE


async def test_winnings_and_sales_count_when_they_are_reported_and_until_they_are_taken_back(floor):
    customer = await floor.add_customer()
    story = Story(floor)
    wager_id = await story.send(customer)
    bought = story.fill(customer, wager_id, 1000, 5_600_000, 100_000)
    story.final(wager_id, 1000)
    await story.apply()
    sale = await story.send(customer, "s", action=Action.SELL, quantity=400, price=5500)
    assert await counted(floor, "wager_sale") == (0, 0)
    sold = story.fill(customer, sale, 400, 2_200_000, 10_000)
    story.final(sale, 400)
    await story.apply()
    assert await counted(floor, "wager_sale") == (1, 660_00)
    story.resolve(10_000)
    paid = story.pay(customer, 600, 6_000_000)
    await story.apply()
    assert await counted(floor, "winnings") == (1, 1800_00)
    story.take_back(customer, paid, 600, 6_000_000, 0)
    story.resolve(0, Basis.CANCELLED_TRADES, 2)
    story.take_back(customer, sold, 400, 2_200_000, 10_000)
    story.take_back(customer, bought, 1000, 5_600_000, 0)
    await story.apply()
    assert await counted(floor, "winnings") == (0, 0)
    assert await counted(floor, "wager_sale") == (0, 0)
    assert await counted(floor) == (1, 30_01)
    checked = await CounterCheck(floor.database, floor.tenancy.list_tenant_ids).run()
    assert checked.held


async def test_winnings_that_a_rule_would_hold_post_and_restrict_the_customer(floor):
    winnings = {"counter": {"subject": "customer", "measure": "sum", "of": "winnings", "window": "24h"}}
    await publish(floor, applies_to=["winnings"], when={"at_least": [winnings, {"lkr": 1}]})
    customer = await floor.add_customer()
    story = Story(floor)
    wager_id = await story.send(customer)
    story.fill(customer, wager_id, 1000, 5_600_000, 100_000)
    story.final(wager_id, 1000)
    story.resolve(10_000)
    story.pay(customer, 1000, 10_000_000)
    before = (await floor.wallet(customer)).posted
    await story.apply()
    assert (await floor.wallet(customer)).posted == before - 5_700_000 + 10_000_000
    assert await floor.column("SELECT restriction::text FROM facts_customer") == ["debit_only"]
    (answer,) = await place(floor, customer, "later")
    assert answer.code == "gate.not_possible"
    await floor.check_books()


class Story:
    """Wagers that were sent, and reports about them."""

    def __init__(self, floor):
        self.floor, self.sequence, self.reports = floor, 0, []

    async def send(self, customer, key="k", **asked):
        (answer,) = await place(self.floor, customer, key, **asked)
        await self.floor.sending.register_accounts()
        await self.floor.sending.dispatch()
        return UUID(orjson.loads(answer)["wager_id"])

    async def apply(self):
        assert await self.floor.reports.apply(tuple(self.reports))
        assert await self.floor.column("SELECT fault::text FROM wager_break") == []
        self.reports = []

    def _add(self, kind, *rest):
        self.sequence += 1
        self.reports.append(kind(self.sequence, self.floor.clock.now(), *rest))
        return self.sequence

    def fill(self, customer, wager_id, quantity, cost, fee):
        account, market, window = customer.account_id, self.floor.market_id, self.floor.ids.new()
        return self._add(FillShare, wager_id, account, market, window, quantity, cost, fee, bytes(32))

    def final(self, wager_id, filled):
        return self._add(Final, wager_id, filled)

    def resolve(self, yes_value, *more):
        return self._add(Resolution, self.floor.market_id, yes_value, *more)

    def pay(self, customer, quantity, amount):
        return self._add(Payout, customer.account_id, self.floor.market_id, Side.YES, quantity, amount)

    def take_back(self, customer, sequence, quantity, amount, fee):
        where = (customer.account_id, self.floor.market_id, Side.YES)
        return self._add(Reversal, sequence, *where, quantity, amount, fee)


class NothingSettled:
    async def list_settlements(self, tenant_id, before, limit):
        return ()


async def test_a_wager_is_told_from_the_click_to_its_payout(floor):
    customer, other = await floor.add_customer(), await floor.add_customer()
    story = Story(floor)
    wager_id = await story.send(customer)
    await story.send(other)
    story.fill(customer, wager_id, 1000, 5_600_000, 100_000)
    story.final(wager_id, 1000)
    story.resolve(10_000)
    story.pay(customer, 1000, 10_000_000)
    await story.apply()
    reading = LedgerReading(floor.database)
    replaying = Replaying(floor.database, {}, lambda: (floor.tenant_id,), floor.clock)
    desk = DecisionDesk(floor.database, replaying, floor.clock)
    known = Told(reading, WagerReading(floor.database), desk, NothingSettled())
    timelines = Timelines(floor.database, known, lambda: (floor.tenant_id,), floor.clock)
    auditor = StaffPrincipal(floor.ids.new(), floor.ids.new(), floor.tenant_id, None, frozenset())
    told = await timelines.life_cycle(auditor, wager_id)
    assert [(each.lane, each.answer, each.subject_id) for each in told.decisions] == [
        ("wager", "allow", wager_id)
    ]
    assert [each.kind for each in told.course.reports] == ["fill", "final", "payout"]
    assert told.course.reports[0].window_id is not None
    assert [each.kind for each in told.transfers] == ["wager_buy", "wager_fee", "resolution_payout"]
    assert {each.book_id for each in told.transfers} == {customer.id}
    with pytest.raises(Refusal) as unknown:
        await timelines.life_cycle(auditor, floor.ids.new())
    assert unknown.value.code == "timelines.subject_unknown"
