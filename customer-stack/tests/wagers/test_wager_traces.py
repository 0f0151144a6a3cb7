"""What becomes of a wager is in its trace: decided in its lane, and its reports applied."""

from collections.abc import Iterator
from uuid import UUID

import orjson
import pytest

from customer_stack.boundary_client.domain import NotPooled, Reason
from customer_stack.wagers.service.outcomes import wager_id_of
from customer_stack.wiring.lanes import build_lanes
from shared.operations import tracing
from shared.operations.spans import Span
from shared.operations.tracing import Tracer, first_span


@pytest.fixture
def spans() -> Iterator[list[Span]]:
    found: list[Span] = []
    tracing.keep(Tracer(found.extend, 1))
    yield found
    tracing.keep(None)


async def test_a_wager_is_traced_from_its_lane_to_its_reports(floor, spans) -> None:
    customer = await floor.add_customer()
    lanes = build_lanes(
        "wagers", 1, floor.database, floor.placement.handle, lambda want: want.tenant_id, wager_id_of
    )
    await lanes.start()
    try:
        answer = await lanes.submit(customer.id, floor.want(customer, "k"))
    finally:
        await lanes.stop()
    wager_id = UUID(orjson.loads(answer)["wager_id"])
    await floor.sending.register_accounts()
    await floor.sending.dispatch()
    floor.execution.reports.append(NotPooled(1, floor.clock.now(), wager_id, Reason.MARKET_NOT_OPEN))
    assert await floor.reports.fetch() == 1
    of_wager = [each for each in spans if each.place.trace == wager_id]
    assert [each.name for each in of_wager] == ["lane.decide", "reports.apply"]
    assert {each.parent for each in of_wager} == {first_span(wager_id)}
    said = repr(spans)
    assert str(customer.id) not in said, "whose wager it is stays in the stack"
    assert str(customer.account_id) not in said
