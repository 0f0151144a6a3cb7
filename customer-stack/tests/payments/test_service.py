"""Pay-ins on a real database: settled once, exactly as quoted or not at all."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from customer_stack.payments.domain import PayInOutcome, PayInReason
from customer_stack.webhooks.tasks import build_runners as build_webhook_runners
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD

from .counter import Counter


async def test_a_pay_in_as_quoted_is_converted_at_the_locked_rate(counter: Counter):
    quote = await counter.quote()
    await counter.pay(quote.pay_reference)
    assert await counter.balances() == {
        "wallet LKR": (0, 0),
        "wallet USD": (98_514851, 0),
        "till LKR": (537_350_00, 0),
        "stock USD": (3_901_485149, 0),
    }
    (pay_in,) = await counter.pay_ins()
    assert (pay_in.outcome, pay_in.quote_id) == (PayInOutcome.CONVERTED, quote.id)
    assert pay_in.conversion_id is not None
    async with counter.database.app.transaction(counter.tenant) as tx:
        assert await ledger.trial_balance(tx) == [(LKR, 0), (USD, 0)]
        assert await ledger.sum_account(tx, "desk") == {}
        assert await ledger.sum_account(tx, "collection") == {LKR: -537_500_00}


async def test_the_same_event_and_the_same_bank_reference_settle_once(counter: Counter):
    quote = await counter.quote()
    names = {"pay_reference": quote.pay_reference, "amount": "30000.00"}
    assert await counter.take(reference="IN1", event="e1", **names)
    assert not await counter.take(reference="IN1", event="e1", **names)
    assert await counter.take(reference="IN1", event="e2", **names)
    await counter.settle_all()
    await counter.settle_all()
    assert len(await counter.pay_ins()) == 1
    assert (await counter.balances())["wallet USD"] == (98_514851, 0)


async def test_repeats_at_the_same_moment_settle_once(counter: Counter):
    quote = await counter.quote()
    names = {"pay_reference": quote.pay_reference, "amount": "30000.00", "reference": "IN1"}
    taken = await asyncio.gather(*(counter.take(event="e1", **names) for _ in range(4)))
    assert sorted(taken) == [False, False, False, True]
    await counter.take(event="e2", **names)
    await asyncio.gather(*(counter.webhooks.deliver() for _ in range(4)))
    await counter.settle_all()
    assert len(await counter.pay_ins()) == 1


async def test_a_late_pay_in_waits_in_lkr_and_is_converted_on_consent(counter: Counter):
    quote = await counter.quote()
    counter.clock.advance(timedelta(minutes=5))
    await counter.pay(quote.pay_reference)
    (pay_in,) = await counter.pay_ins()
    assert (pay_in.outcome, pay_in.reason) == (PayInOutcome.WAITING, PayInReason.QUOTE_EXPIRED)
    balances = await counter.balances()
    assert (balances["wallet LKR"], balances["stock USD"]) == ((30_000_00, 0), (4_000_000000, 0))
    fresh = await counter.quote(30_000_00, "conversion")
    await counter.service.accept_quote(
        counter.tenant, counter.department, counter.customer, fresh.id, counter.claim("accept")
    )
    assert (await counter.balances())["wallet LKR"] == (0, 0)


@pytest.mark.parametrize(
    ("amount", "reason"),
    [("29000.00", PayInReason.AMOUNT_SHORT), ("30500.00", PayInReason.AMOUNT_OVER)],
)
async def test_another_amount_waits_whole_and_the_quote_lives_on(counter: Counter, amount: str, reason: Any):
    quote = await counter.quote()
    await counter.pay(quote.pay_reference, amount)
    assert [pay_in.reason for pay_in in await counter.pay_ins()] == [reason]
    balances = await counter.balances()
    assert balances["wallet LKR"] == (int(amount.replace(".", "")), 0)
    assert balances["stock USD"] == (4_000_000000, quote.usd)


async def test_a_used_quote_is_not_used_again(counter: Counter):
    quote = await counter.quote()
    await counter.pay(quote.pay_reference)
    await counter.pay(quote.pay_reference, reference="IN2")
    reasons = [pay_in.reason for pay_in in await counter.pay_ins()]
    assert reasons == [PayInReason.QUOTE_CLOSED, PayInReason.AS_QUOTED]
    assert (await counter.balances())["wallet LKR"] == (30_000_00, 0)


@pytest.mark.parametrize("pay_reference", ["", "rent november", "BH0000000000000"])
async def test_money_of_nobody_known_lies_in_suspense(counter: Counter, pay_reference: str):
    await counter.pay(pay_reference)
    assert await counter.suspense() == 30_000_00


async def test_money_for_somebody_who_may_not_receive_it_is_kept_apart(counter: Counter):
    quote = await counter.quote()
    counter.standings.barred.add(counter.customer)
    await counter.pay(quote.pay_reference)
    assert await counter.suspense() == 30_000_00
    assert (await counter.balances())["wallet LKR"] == (0, 0)


async def test_a_notice_without_a_home_waits_until_there_is_one(customer_database: Any):
    made = Counter(customer_database)
    await made.open()
    await made.take(reference="IN1", pay_reference="unknown", amount="1.00")
    await made.webhooks.deliver()
    assert await made.held_back() == ["payments.collection_missing"]
    await made.payments.assign_collection(made.tenant, made.department)
    made.clock.advance(timedelta(seconds=1))
    await made.settle_all()
    assert (await made.held_back(), await made.suspense()) == ([], 1_00)


async def test_the_payers_account_is_not_readable_in_the_database(counter: Counter):
    await counter.pay("unknown")
    async with counter.database.app.transaction(counter.tenant) as tx:
        sealed = await tx.fetch_value("SELECT payer_account_sealed FROM payment_bank_event")
    assert b"0123456789" not in sealed


async def test_what_a_payer_types_instead_of_a_reference_is_kept_encrypted(counter: Counter):
    await counter.pay("for the birthday of Kumari Perera")
    async with counter.database.app.transaction(counter.tenant) as tx:
        row = await tx.fetch_row("SELECT pay_reference, payer_text_sealed FROM payment_bank_event")
    assert row["pay_reference"] is None
    assert b"Kumari" not in row["payer_text_sealed"]


async def test_the_database_refuses_a_second_settlement_of_a_bank_reference(counter: Counter):
    await counter.pay("unknown")
    with pytest.raises(asyncpg.UniqueViolationError):
        async with counter.database.app.transaction(counter.tenant) as tx:
            await tx.execute(
                "INSERT INTO payment_pay_in SELECT tenant_id, department_id, customer_id, gen_random_uuid(), "
                "provider, event_id, bank_reference, amount, outcome, reason, quote_id, conversion_id, "
                "movement_id, booked_at, decided_at FROM payment_pay_in"
            )


async def test_pay_ins_are_listed_in_pages(counter: Counter):
    for number in range(3):
        quote = await counter.quote(15_000_00)
        await counter.pay(quote.pay_reference, "15000.00", f"IN{number}")
    first = await counter.payments.list_pay_ins(counter.tenant, counter.customer, 2, None)
    rest = await counter.payments.list_pay_ins(counter.tenant, counter.customer, 2, first.next_cursor)
    references = [each.pay_in.bank_reference for each in (*first.pay_ins, *rest.pay_ins)]
    assert references == ["IN2", "IN1", "IN0"]
    assert rest.next_cursor is None


async def test_the_worker_settles_what_was_announced(counter: Counter):
    quote = await counter.quote()
    await counter.take(reference="IN1", pay_reference=quote.pay_reference, amount="30000.00")
    stop = asyncio.Event()
    runners = build_webhook_runners(counter.webhooks)
    running = asyncio.create_task(runners["webhooks.deliver"](stop))
    async with asyncio.timeout(20):
        while not await counter.pay_ins():  # noqa: ASYNC110 - the other side is a database
            await asyncio.sleep(0.05)
        stop.set()
        await running
    assert (await counter.balances())["wallet USD"] == (98_514851, 0)
