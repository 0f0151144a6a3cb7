"""A new user is onboarded, routed, screened, held, freed, limited, excluded and erased through public doors.

*Guaranteed:* every refusal has its stable code; nothing that takes two people is done by one; every decision
of the gate comes out again; checks and both audit chains hold after the erasure.
"""

import asyncio

import pytest

from journeys.compliance_journey import SIZE, drive
from journeys.office import Office
from platform_under_test import journey_on, running_platform

pytestmark = pytest.mark.system

SECONDS_LIMIT = 180
"""A quiet machine takes a third of it; what takes longer hangs."""


def test_a_customer_goes_the_whole_way_through_compliance() -> None:
    with running_platform("compliance") as platform:

        async def live() -> Office:
            async with journey_on(platform, SIZE) as journey:
                return await asyncio.wait_for(drive(journey), SECONDS_LIMIT)

        office = asyncio.run(live())
    checked = {check["name"]: check["held"] for check in office.journey.checks}
    assert all(checked.values())
    both = (("customer", "execution"), ("execution", "customer"))
    assert {f"{stack}: audit verifies, signed by {other}" for stack, other in both} <= set(checked)
