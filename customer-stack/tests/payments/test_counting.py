"""Deposits as the gate counts them, whoever brings the news; on a real database."""

from datetime import timedelta

import pytest

from customer_stack.customers.domain import CustomerAccount, Status
from customer_stack.facts.domain import Restriction, Screening
from customer_stack.facts.service import load as load_facts
from customer_stack.payments.receivers import may_receive


async def deposit_of(counter):
    """What AML knows of the one deposit: way and instrument."""
    ((product, instrument),) = await counter.rows(
        "SELECT product::text, instrument_id FROM aml_event WHERE kind = 'deposit' AND n = 1"
    )
    return product, instrument


async def test_what_arrives_is_counted_with_the_account_that_it_came_from(counter):
    quote = await counter.quote()
    await counter.pay(quote.pay_reference)
    assert await counter.counted("deposit") == (1, 30_000_00)
    known = counter.instruments.bank_account(counter.tenant, "0123 456-789")
    assert await deposit_of(counter) == ("bank", known)
    await counter.counters_are_sound()


async def test_what_was_started_at_the_own_bank_came_by_open_banking(counter):
    quote = await counter.quote()
    counter.at_own_bank.add(quote.id)
    await counter.pay(quote.pay_reference)
    assert (await deposit_of(counter))[0] == "open_banking"


async def test_what_is_told_twice_counts_once(counter):
    quote = await counter.quote()
    await counter.pay(quote.pay_reference)
    await counter.pay(quote.pay_reference)
    assert await counter.counted("deposit") == (1, 30_000_00)


async def test_what_the_bank_takes_back_leaves_its_own_bucket_and_is_a_chargeback(counter):
    quote = await counter.quote()
    await counter.pay(quote.pay_reference)
    paid_at = counter.clock.now()
    counter.clock.advance(timedelta(days=2))
    await counter.take_back()
    assert await counter.counted("deposit") == (0, 0)
    assert await counter.counted("chargeback") == (1, 30_000_00)
    rows = await counter.rows("SELECT DISTINCT counted_at FROM aml_event WHERE kind = 'deposit'")
    assert rows == [(paid_at,)]
    await counter.counters_are_sound()


async def test_what_lies_in_suspense_is_nobodys_and_counts_nowhere(counter):
    await counter.pay("BHUNKNOWN")
    assert await counter.rows("SELECT count(*) FROM aml_event") == [(0,)]
    assert await counter.suspense() == 30_000_00


@pytest.mark.parametrize(
    ("changes", "receives"),
    [
        ({}, True),
        ({"restriction": Restriction.DEBIT_ONLY}, True),
        ({"restriction": Restriction.FULL}, False),
        ({"screening": Screening.CONFIRMED}, False),
        ({"screening": Screening.POSSIBLE}, True),
        ({"excluded_until": timedelta(days=180)}, False),
        ({"cooling_until": timedelta(hours=1)}, False),
        ({"cooling_until": timedelta(0)}, True),
    ],
)
async def test_who_may_not_deposit_receives_nothing_from_outside(counter, changes, receives):
    now = counter.clock.now()
    values = {name: now + value if isinstance(value, timedelta) else value for name, value in changes.items()}
    if values:
        await counter.know(**values)
    async with counter.database.app.transaction(counter.tenant) as tx:
        facts = (await load_facts(tx, [counter.customer]))[counter.customer]
    account = CustomerAccount(counter.customer, counter.tenant, counter.department, Status.ACTIVE, None, now)
    assert may_receive(account, facts, now) is receives
    assert not may_receive(None, facts, now)
    assert not may_receive(account, None, now)
