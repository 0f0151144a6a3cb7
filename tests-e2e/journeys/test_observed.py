"""What an operator sees of whole processes: a wager's way through both stacks as one trace, and all metrics.

*Guaranteed:* the spans of a wager come from four processes under the wager's own id; each hangs below the
request that placed it; no span names a person; each documented metric is served by some process.
"""

import asyncio
import itertools
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from architecture import metrics
from architecture.sources import ROOT
from bulkhead_local.layout import STACKS, Stack
from journeys.collector import Collected, collecting
from journeys.journey import Journey, Size, wait_until
from journeys.money import deposit, onboard, open_house
from journeys.wagering import await_execution, wager
from platform_under_test import journey_on, running_platform
from security.canaries import needles_of_people
from shared.operations.tracing import ATTRIBUTES, first_span

pytestmark = [pytest.mark.system, pytest.mark.long]

SIZE = Size(people=8, markets=2, rounds=2, wagers_at_least=8, ends=())
SECONDS_LIMIT = 240
WAY = [
    ("customer-api", "POST /v1/wagers"),
    ("customer-api", "lane.decide"),
    ("customer-worker", "boundary.SubmitIntents"),
    ("execution-boundary", "boundary.SubmitIntents"),
    ("execution-worker", "window.close"),
    ("execution-worker", "order.send"),
    ("execution-worker", "order.end"),
    ("customer-worker", "reports.apply"),
]
"""From the request to the posting: API, lane, dispatcher, boundary, window, exchange, allocation, report."""
PORTS = ("customer_management", "customer_worker", "execution_management", "execution_worker")


def way_of(spans: list[tuple[str, Span]]) -> list[tuple[str, str]]:
    """Return the steps of a trace in the order of their beginnings, each once."""
    ordered = sorted(spans, key=lambda each: each[1].start_time_unix_nano)
    return list(dict.fromkeys((process, span.name) for process, span in ordered))


def is_whole(collected: Collected, wager_id: UUID) -> bool:
    return set(WAY) <= set(way_of(collected.traces.get(wager_id, [])))


async def read_metrics(journey: Journey, addresses: list[str]) -> str:
    pages = [await journey.client.get(f"{address}/metrics") for address in addresses]
    return "\n".join(page.text for page in pages)


async def live(platform: Any, collected: Collected) -> tuple[Journey, list[UUID], str]:
    async with journey_on(platform, SIZE) as journey:
        for step in (open_house, onboard, deposit, wager, await_execution):
            await step(journey)
        placed = itertools.chain.from_iterable(customer.wagers for customer in journey.people)
        filled = [UUID(each["wager_id"]) for each in placed if each["state"] == "filled"]

        async def arrived() -> bool:
            return any(is_whole(collected, each) for each in filled)

        await wait_until("a whole trace", arrived, 30)
        served = await read_metrics(journey, [platform.ports.url(port) for port in PORTS])
        return journey, filled, served


def test_a_wager_s_whole_way_is_one_trace_and_every_metric_is_served(tmp_path: Path) -> None:
    with collecting() as collected:
        settings: dict[Stack, dict[str, str]] = {
            stack: {f"{stack.upper()}_OTLP_ENDPOINT": collected.url, f"{stack.upper()}_TRACE_ONE_IN": "1"}
            for stack in STACKS
        }
        with running_platform("observed", settings=settings) as platform:
            journey, filled, served = asyncio.run(asyncio.wait_for(live(platform, collected), SECONDS_LIMIT))

    whole = [each for each in filled if is_whole(collected, each)]
    assert len(whole) > len(filled) / 2, "one that is not there was written by a process that still works"
    for wager_id in whole:
        spans = collected.traces[wager_id]
        firsts = [span for _, span in spans if not span.parent_span_id]
        assert [span.name for span in firsts] == ["POST /v1/wagers"]
        parent = first_span(wager_id).to_bytes(8)
        assert firsts[0].span_id == parent
        assert all(span.parent_span_id == parent for _, span in spans if span is not firsts[0])
        steps = [step for step in way_of(spans) if step in WAY]
        assert steps == sorted(steps, key=WAY.index)

    keys = {
        attribute.key
        for spans in collected.traces.values()
        for _, span in spans
        for attribute in span.attributes
    }
    assert keys <= ATTRIBUTES
    (tmp_path / "traces").write_bytes(b"\n".join(collected.raw))
    people = [customer.person for customer in journey.people]
    assert needles_of_people(people).search((tmp_path / "traces").read_bytes()) == []

    missing = [
        metric.name
        for metric in metrics.find_all(ROOT)
        if f"# TYPE {metric.name} {metric.kind}" not in served
    ]
    assert missing == []
