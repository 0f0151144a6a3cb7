"""What becomes of an intent is in its trace: its window, the call to the exchange, its allocation."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from shared.operations import tracing
from shared.operations.spans import Kind, Span
from shared.operations.tracing import Tracer, first_span

from .exchange_double import Trade


@pytest.fixture
def spans() -> Iterator[list[Span]]:
    found: list[Span] = []
    tracing.keep(Tracer(found.extend, 1))
    yield found
    tracing.keep(None)


async def test_every_intent_of_an_order_has_the_order_s_steps_in_its_own_trace(world, spans) -> None:
    intents = [await world.submit("A", 600), await world.submit("B", 400)]
    world.exchange.trades["KX-1"] = [Trade(1000, 5400, 70_000)]
    world.exchange.sends = ["not_received"]
    world.clock.advance(timedelta(seconds=2))
    [order] = await world.service.close_windows()
    await world.worker.drive(order, world.stop)
    steps = ["window.close", "order.send", "order.send", "order.end"]
    for trace in (order.order_id, *intents):
        assert [each.name for each in spans if each.place.trace == trace] == steps
    [closed, turned_away, sent, ended] = [each for each in spans if each.place.trace == order.order_id]
    assert (closed.place.span, closed.parent) == (first_span(order.order_id), 0)
    assert (turned_away.is_failed, sent.is_failed, sent.kind) == (True, False, Kind.CLIENT)
    assert ended.attributes["bulkhead.outcome"] == "filled"
    assert [place.trace for place in sent.links] == intents
