"""The daily check says what it found."""

import asyncio

from structlog.testing import capture_logs

from customer_stack.aml.service.checking import CounterCheck
from customer_stack.aml.tasks import build_runners

from .history import TENANT, History


async def one_round(database):
    """Run the timer for one round, and return what it logged."""
    stop = asyncio.Event()

    async def tenants():
        stop.set()  # a loop that is told to stop ends after its round
        return [TENANT]

    with capture_logs() as logs:
        await build_runners(CounterCheck(database, tenants))["aml.counters"](stop)
    return logs[0]


async def test_the_daily_check_names_the_first_difference(customer_database):
    history = History(customer_database.app, 3)
    await history.gather(history.subjects())
    await history.go(2)
    assert (await one_round(customer_database.app))["event"] == "aml.counters_held"
    async with customer_database.app.transaction(TENANT) as tx:
        await tx.execute("UPDATE aml_counter SET n = n + 1")
    found = await one_round(customer_database.app)
    assert (found["event"], found["log_level"], found["what"]) == ("aml.counters_differ", "error", "counter")
    assert found["tenant"] == str(TENANT)
