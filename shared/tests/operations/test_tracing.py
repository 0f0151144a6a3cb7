"""Traces: one id on both sides, spans for members, nothing of a person, nothing at all while they are off."""

import subprocess
import sys
import time
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.errors import Kind as RefusalKind
from shared.errors import Refusal
from shared.ids import SystemIds
from shared.operations import tracing
from shared.operations.spans import Kind, Span
from shared.operations.trace_export import SpanWriter
from shared.operations.tracing import ATTRIBUTES, MEMBERS_LIMIT, Tracer, Work, first_span

IDS = SystemIds()


class Away(Refusal):
    kind = RefusalKind.UNAVAILABLE
    code = "test.away"


@pytest.fixture
def written() -> Iterator[list[Span]]:
    """Keep every trace of the test."""
    spans: list[Span] = []
    tracing.keep(Tracer(spans.extend, 1))
    yield spans
    tracing.keep(None)


def test_while_traces_are_off_nothing_is_made_and_the_sdk_is_not_loaded() -> None:
    assert not tracing.is_on()
    assert tracing.begin("lane.decide") is None
    with tracing.working(None) as work:
        tracing.about([IDS.new()])
    assert work is None
    tracing.start("customer-api", None, 1)
    assert not tracing.is_on()
    script = (
        "import sys, shared.lanes, shared.boundary.client, shared.boundary.receiver, shared.events.worker\n"
        "sys.exit('opentelemetry.sdk' in sys.modules or 'requests' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], timeout=60, check=False).returncode == 0


def test_work_for_many_is_a_span_of_its_own_and_one_for_each(written: list[Span]) -> None:
    members = [IDS.new() for _ in range(3)]
    order = IDS.new()
    work = tracing.begin("order.send", order, kind=Kind.CLIENT)
    with tracing.working(work):
        tracing.about(members)
    own, *others = written
    assert (own.place.trace, own.parent, own.kind) == (order, first_span(order), Kind.CLIENT)
    assert own.attributes == {"bulkhead.members": 3}
    assert [each.place.trace for each in others] == members
    assert [each.parent for each in others] == [first_span(member) for member in members]
    assert own.links == tuple(each.place for each in others)
    assert all(each.links == (own.place,) for each in others)
    assert len({each.place.span for each in written}) == 4


def test_members_that_waited_are_traced_since_then(written: list[Span]) -> None:
    member, before = IDS.new(), time.time_ns() - 5_000_000
    work = tracing.begin("lane.decide")
    assert work is not None
    work.add([member], [before])
    tracing.finish(work)
    own, of_member = written
    assert of_member.began == before < own.began <= own.ended == of_member.ended


def test_what_failed_says_its_code_and_raises_as_before(written: list[Span]) -> None:
    with pytest.raises(Away), tracing.working(tracing.begin("order.send")):
        raise Away("Ask Nimal Perera.")
    with pytest.raises(ZeroDivisionError), tracing.working(tracing.begin("order.send")):
        raise ZeroDivisionError("Nimal Perera")
    assert [each.attributes for each in written] == [
        {"bulkhead.code": "test.away"},
        {"bulkhead.code": "ZeroDivisionError"},
    ]
    assert all(each.is_failed for each in written)


@given(
    st.dictionaries(
        st.sampled_from([*sorted(ATTRIBUTES), "customer.name", "enduser.id"]),
        st.integers()
        | st.uuids()
        | st.text()
        | st.sampled_from(["Nimal Perera 901234567V", "a@b.lk", "+94771234567"]),
    ),
    st.text(),
)
def test_attributes_are_of_the_list_and_say_nothing_of_a_person(
    attributes: dict[str, tracing.Value], name: str
) -> None:
    spans: list[Span] = []
    Tracer(spans.extend, 1).finish(Work(name, IDS.new(), attributes=attributes))
    [span] = spans
    assert set(span.attributes) <= ATTRIBUTES
    for text in [span.name, *span.attributes.values()]:
        if isinstance(text, str):
            assert "@" not in text
            assert "+" not in text
            assert len(text.split()) <= 2, "a method and a route, or one word"
            assert text.isascii()


def test_a_trace_that_cannot_be_written_harms_nobody() -> None:
    def broken(_spans: object) -> None:
        raise OSError

    tracing.keep(Tracer(broken, 1))
    try:
        with tracing.working(tracing.begin("order.send")):
            done = True
    finally:
        tracing.keep(None)
    assert done


def test_the_same_traces_are_kept_everywhere_and_about_one_in_so_many() -> None:
    one, other = (Tracer(lambda _: None, 10) for _ in range(2))
    made = [IDS.new() for _ in range(20_000)]  # many in one millisecond, one a little above the other
    kept = [each for each in made if one.keeps(each)]
    assert kept == [each for each in made if other.keeps(each)]
    assert 1_700 < len(kept) < 2_300
    longest = max(len(list(run)) for run in _runs([one.keeps(each) for each in made]))
    assert longest < 15, "neighbours are not kept together"
    everything = Tracer(lambda _: None, 1)
    assert all(everything.keeps(each) for each in made)
    assert not everything.keeps(UUID(int=0)), "no trace has this id"


def _runs(kept: list[bool]) -> Iterator[Iterator[bool]]:
    run = 0
    for each in [*kept, False]:
        if each:
            run += 1
        else:
            yield iter([True] * run)
            run = 0


def test_of_too_many_members_the_same_are_chosen_each_time(written: list[Span]) -> None:
    members = [uuid4() for _ in range(MEMBERS_LIMIT * 3)]
    for order in (members, members[::-1]):
        work = tracing.begin("reports.apply")
        assert work is not None
        work.add(order)
        tracing.finish(work)
    first, second = written[: MEMBERS_LIMIT + 1], written[MEMBERS_LIMIT + 1 :]
    assert len(first) == len(second) == MEMBERS_LIMIT + 1
    assert {each.place.trace for each in first[1:]} == {each.place.trace for each in second[1:]}
    assert first[0].attributes == {"bulkhead.members": MEMBERS_LIMIT * 3}


def exported(spans: list[Span]) -> tuple[ReadableSpan, ...]:
    memory = InMemorySpanExporter()
    writer = SpanWriter("customer-api", SimpleSpanProcessor(memory))
    writer(spans)
    writer.close()
    return memory.get_finished_spans()


def test_opentelemetry_gets_our_ids_times_and_links(written: list[Span]) -> None:
    wager, call = IDS.new(), IDS.new()
    request = tracing.begin("POST /v1/wagers", wager, kind=Kind.SERVER)
    assert request is not None
    request.is_first = True
    tracing.finish(request)
    work = tracing.begin("boundary.SubmitIntents", call, kind=Kind.CLIENT)
    assert work is not None
    work.add([wager])
    with pytest.raises(Away), tracing.working(work):
        raise Away("Ask again.")
    first, own, of_wager = exported(written)
    assert first.context is not None
    assert own.context is not None
    assert of_wager.context is not None
    assert first.context.trace_id == of_wager.context.trace_id == wager.int
    assert first.parent is None
    assert of_wager.parent is not None
    assert of_wager.parent.span_id == first.context.span_id == first_span(wager)
    assert own.context.trace_id == call.int
    assert [link.context.span_id for link in own.links] == [of_wager.context.span_id]
    assert [link.context.span_id for link in of_wager.links] == [own.context.span_id]
    assert (of_wager.start_time, of_wager.end_time) == (written[2].began, written[2].ended)
    assert not of_wager.status.is_ok
    assert dict(first.resource.attributes) == {
        "service.name": "customer-api",
        "service.namespace": "bulkhead",
    }
