"""The starter set as it ships, over what ordinary customers do: it must leave people alone.

A rule that asks for a fact that no lane gives cannot be decided, and each such event opens a case: nobody
would find a true one among them.
"""

from dataclasses import replace
from datetime import timedelta

import pytest_asyncio

from customer_stack.aml.domain.lifecycle import Step
from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.aml.domain.verdicts import Answer
from customer_stack.aml.service.rules import Person

from .bench import IDS, NOW, Bench


@pytest_asyncio.fixture
async def bench(customer_database):
    return await Bench(customer_database).open()


async def publish_all(bench):
    writer, checker = (Person(bench.tenant, IDS.new(), "staff:test") for _ in range(2))
    versions = await bench.rules.propose_starter_set(writer)
    for version in versions:
        await bench.rules.step(checker, version.id, Step.APPROVE)
    return len(versions)


def acts(bench, customer_id, other_id):
    """What somebody does in a day, each with the facts that its lane gives: ask, and what is known."""
    known = {"event.balance_before": 400_000_00}
    ask = bench.ask
    asks = [
        (ask(customer_id, EventKind.WAGER, 12_345_67, country="LK"), known),
        (ask(customer_id, EventKind.WAGER_SALE, 7_890_12, country="LK"), {}),
        (ask(customer_id, EventKind.TRANSFER_OUT, 54_321_00, country="LK"), known),
        (ask(customer_id, EventKind.WITHDRAWAL, 123_456_00, country="LK"), known),
    ]
    money = {EventKind.WITHDRAWAL: Product.BANK, EventKind.TRANSFER_OUT: Product.WALLET}
    return [
        (
            each._replace(
                event=replace(
                    each.event,
                    product=money.get(each.event.kind, Product.MARKET),
                    counterparty_id=other_id if each.event.kind is EventKind.TRANSFER_OUT else None,
                )
            ),
            facts,
        )
        for each, facts in asks
    ]


async def test_an_ordinary_day_opens_no_case(bench):
    assert await publish_all(bench) == 38
    friend = await bench.add_customer(tier="standard")
    by_checkout = {"product": Product.CHECKOUT}  # a gateway does not say with which card
    for changes, by in (
        ({"tier": "standard"}, {"instrument_id": IDS.new()}),
        ({"tier": "limited", "expected_turnover": 900_000_00}, by_checkout),
    ):
        customer = await bench.add_customer(**changes)
        earlier = bench.ask(customer, EventKind.DEPOSIT, 234_567_00)
        event = replace(earlier.event, at=NOW - timedelta(minutes=30), **by)
        earlier = earlier._replace(event=event)
        async with bench.database.transaction(bench.tenant) as tx:
            await bench.gate.observe(tx, [earlier], NOW - timedelta(minutes=30))
        for ask, known in acts(bench, customer, friend):
            async with bench.database.transaction(bench.tenant) as tx:
                sitting = await bench.gate.open(tx, [ask], NOW)
                ruling = sitting.decide(ask, facts=known)
                await sitting.write(tx)
            assert ruling.answer is Answer.ALLOW, (ask.event.kind, ruling.reasons)
    assert await bench.rows("SELECT step::text, reasons FROM cases_step") == []
