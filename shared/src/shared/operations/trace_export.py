"""Spans on their way to a collector: OpenTelemetry's own exporter (OTLP over HTTP, protobuf).

Loaded by `tracing.start` only. The resource names the process and nothing else: the machine, its user and
its command line are not told. Spans are sent by a thread, in batches; while the collector is away they are
dropped.
"""

from collections.abc import Callable, Sequence
from typing import Final

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from shared.operations.spans import Kind, Place, Span

PATH: Final = "/v1/traces"
TIMEOUT_SECONDS: Final = 5.0
QUEUE_LIMIT: Final = 8_192
SENT_AT_ONCE: Final = 512
PAUSE_MS: Final = 2_000

_KINDS: Final = {
    Kind.INTERNAL: SpanKind.INTERNAL,
    Kind.CLIENT: SpanKind.CLIENT,
    Kind.SERVER: SpanKind.SERVER,
}
_SAMPLED: Final = TraceFlags(TraceFlags.SAMPLED)


class _GivenIds(IdGenerator):
    """The ids of the span that is started next: ours, where OpenTelemetry would make its own."""

    def __init__(self) -> None:
        self.trace = self.span = 0

    def generate_span_id(self) -> int:
        return self.span

    def generate_trace_id(self) -> int:
        return self.trace


class SpanWriter:
    """Turns our spans into OpenTelemetry's. Called by one thread: that of the event loop."""

    def __init__(self, process: str, processor: SpanProcessor) -> None:
        """Hand the spans of `process` to `processor`."""
        self._ids = _GivenIds()
        self._provider = TracerProvider(
            sampler=ALWAYS_ON,
            resource=Resource({"service.name": process, "service.namespace": "bulkhead"}),
            id_generator=self._ids,
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("bulkhead")

    def __call__(self, spans: Sequence[Span]) -> None:
        """Write spans that have ended."""
        for each in spans:
            self._ids.trace, self._ids.span = each.place.trace.int, each.place.span
            context = Context()
            if each.parent:
                parent = _context_of(Place(each.place.trace, each.parent))
                context = set_span_in_context(NonRecordingSpan(parent), context)
            span = self._tracer.start_span(
                each.name,
                context,
                _KINDS[each.kind],
                each.attributes,
                [Link(_context_of(place)) for place in each.links],
                each.began,
            )
            if each.is_failed:
                span.set_status(Status(StatusCode.ERROR))
            span.end(each.ended)

    def close(self) -> None:
        """Send what is left. It waits for the collector, within the exporter's timeout."""
        self._provider.shutdown()


def _context_of(place: Place) -> SpanContext:
    return SpanContext(place.trace.int, place.span, is_remote=True, trace_flags=_SAMPLED)


_writer: SpanWriter | None = None


def open_export(process: str, endpoint: str) -> Callable[[Sequence[Span]], None]:
    """Return what writes spans to the collector at `endpoint`, an address with or without `/v1/traces`."""
    global _writer  # noqa: PLW0603 - one process has one export
    address = endpoint.rstrip("/")
    exporter = OTLPSpanExporter(
        address if address.endswith(PATH) else address + PATH, timeout=TIMEOUT_SECONDS
    )
    _writer = SpanWriter(
        process,
        BatchSpanProcessor(
            exporter,
            max_queue_size=QUEUE_LIMIT,
            schedule_delay_millis=PAUSE_MS,
            max_export_batch_size=SENT_AT_ONCE,
        ),
    )
    return _writer


def close_export() -> None:
    """Send what is left, and end."""
    if _writer is not None:
        _writer.close()
