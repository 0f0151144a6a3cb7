"""A collector of traces that keeps what it is sent: OTLP over HTTP, protobuf, as stacks send it."""

import contextlib
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span


@dataclass
class Collected:
    """Everything that arrived: bytes as they came, spans by trace as (process, span)."""

    url: str = ""
    raw: list[bytes] = field(default_factory=list)
    traces: dict[UUID, list[tuple[str, Span]]] = field(default_factory=lambda: defaultdict(list))

    def take(self, body: bytes) -> None:
        """Keep one message."""
        self.raw.append(body)
        for of_process in ExportTraceServiceRequest.FromString(body).resource_spans:
            names = {each.key: each.value.string_value for each in of_process.resource.attributes}
            for scope in of_process.scope_spans:
                for span in scope.spans:
                    trace = UUID(bytes=span.trace_id)
                    self.traces[trace].append((names["service.name"], span))


@contextlib.contextmanager
def collecting() -> Iterator[Collected]:
    """Listen on a free port until the block ends."""
    collected = Collected()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collected.take(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-type", "application/x-protobuf")
            self.end_headers()
            self.wfile.write(ExportTraceServiceResponse().SerializeToString())

        def log_message(self, *_: object) -> None:
            """Say nothing of each request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    collected.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collected
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
