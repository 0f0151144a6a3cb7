"""What operations sees of wagers between the stacks."""

from datetime import timedelta
from uuid import UUID

import orjson
import pytest
from prometheus_client import REGISTRY

from customer_stack.boundary_client.domain import NotPooled, Reason
from customer_stack.wagers.service import reporting
from customer_stack.wagers.service.pressure import measure_sending
from shared.boundary.errors import OutcomeUnknown


def shown(*names: str) -> list[float | None]:
    return [REGISTRY.get_sample_value(f"wagers_{name}") for name in names]


async def measured(floor) -> list[float | None]:
    await measure_sending(floor.database, floor.tenancy.list_tenant_ids, floor.clock)
    return shown("to_send", "to_send_oldest_seconds")


async def test_what_execution_has_not_taken_is_shown_with_its_age(floor):
    assert await measured(floor) == [0, 0]
    customer = await floor.add_customer()
    await floor.place(floor.want(customer, "k"))
    floor.clock.advance(timedelta(seconds=40))
    assert await measured(floor) == [1, 40]
    await floor.sending.register_accounts()
    floor.execution.is_silent = True
    await floor.sending.dispatch()
    floor.clock.advance(timedelta(seconds=5))
    assert await measured(floor) == [1, 5], "sent, and no answer since"
    floor.execution.is_silent = False
    await floor.sending.dispatch()
    assert await measured(floor) == [0, 0]


async def test_how_far_reports_were_read_is_shown(floor, monkeypatch):
    monkeypatch.setattr(reporting, "PAGE", 2)
    customer = await floor.add_customer()
    wagers = []
    for key in "abc":
        (answer,) = await floor.place(floor.want(customer, key))
        wagers.append(UUID(orjson.loads(answer)["wager_id"]))
    await floor.sending.register_accounts()
    await floor.sending.dispatch()
    floor.execution.reports += [
        NotPooled(number, floor.clock.now(), wager_id, Reason.MARKET_NOT_OPEN)
        for number, wager_id in enumerate(wagers, 1)
    ]
    floor.clock.advance(timedelta(seconds=30))
    assert await floor.reports.fetch() == 2
    assert shown("report_sequence", "report_lag_seconds") == [2, 30], "a full page: there may be more"
    assert await floor.reports.fetch() == 1
    caught_up = floor.clock.now().timestamp()
    names = "report_sequence", "report_lag_seconds", "reports_caught_up_timestamp_seconds"
    assert shown(*names) == [3, 0, caught_up]
    floor.clock.advance(timedelta(seconds=60))
    floor.execution.is_silent = True
    with pytest.raises(OutcomeUnknown):
        await floor.reports.fetch()
    assert shown(*names)[2] == caught_up, "silence is not being caught up"
    floor.execution.is_silent = False
    assert await floor.reports.fetch() == 0
    assert shown(*names) == [3, 0, floor.clock.now().timestamp()]
