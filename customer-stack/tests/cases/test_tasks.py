"""The worker says how many cases are overdue."""

import asyncio
from datetime import timedelta

from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from customer_stack.cases.service.reading import Reading
from customer_stack.cases.tasks import build_runners


async def one_round(desk):
    """Run the timer for one round, and return what it logged."""
    stop = asyncio.Event()

    async def tenants():
        stop.set()  # a loop that is told to stop ends after its round
        return [desk.tenant]

    with capture_logs() as logs:
        await build_runners(Reading(desk.ground()), tenants)["cases.overdue"](stop)
    return logs


async def test_overdue_cases_are_said_and_counted_by_family(desk):
    await desk.opened()
    await desk.opened(family="kyc")
    assert await one_round(desk) == []
    desk.clock.advance(timedelta(days=6))
    (said,) = await one_round(desk)
    assert (said["event"], said["log_level"], said["number"]) == ("cases.overdue", "warning", 1)
    assert REGISTRY.get_sample_value("cases_overdue", {"family": "structuring"}) == 1
    assert REGISTRY.get_sample_value("cases_overdue", {"family": "kyc"}) is None
