"""The gRPC door of the wall: unary calls as raw bytes, nothing else.

gRPC would parse a request before any code of ours sees it, so no deserialiser is registered: receivers get
the bytes that were signed. A method without a receiver doesn't exist.

Guaranteed: sizes, metadata, calls at a time and idle connections are bounded; a stop waits for the calls
that run, for a bounded time.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import grpc
import grpc.aio
from prometheus_client import Gauge

from shared.boundary.calls import Metadata, VerifiedCall
from shared.boundary.errors import Code
from shared.boundary.methods import Method, RequestT, ResponseT
from shared.boundary.receiver import (
    CONCURRENT_CALLS_LIMIT,
    REQUEST_BYTES_LIMIT,
    Arrival,
    Handler,
    Identity,
    Places,
    Receiver,
)
from shared.boundary.versions import Older, older_forms
from shared.errors import invariant

RUNNING: Final = Gauge("boundary_calls_running", "Calls that are being answered, by method.", ("method",))

METADATA_BYTES_LIMIT: Final = 4096
CONCURRENT_RPCS_LIMIT: Final = 1024
STOP_SECONDS: Final = 10.0

# gRPC's own limit is above ours, so that an oversized call is counted before it is refused.
OPTIONS: Final = (
    ("grpc.max_receive_message_length", 4 * REQUEST_BYTES_LIMIT),
    ("grpc.max_metadata_size", METADATA_BYTES_LIMIT),
    ("grpc.absolute_max_metadata_size", METADATA_BYTES_LIMIT),
    ("grpc.so_reuseport", 0),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
)

# The status only helps whoever looks at traffic; a client of ours believes the signed code alone.
STATUS: Final = {
    Code.OK: grpc.StatusCode.OK,
    Code.UNSIGNED: grpc.StatusCode.UNAUTHENTICATED,
    Code.OVERSIZE: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Code.UNKNOWN_METADATA: grpc.StatusCode.UNAUTHENTICATED,
    Code.UNKNOWN_KEY: grpc.StatusCode.UNAUTHENTICATED,
    Code.WRONG_PEER: grpc.StatusCode.UNAUTHENTICATED,
    Code.TAMPERED: grpc.StatusCode.UNAUTHENTICATED,
    Code.OVERLOADED: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Code.STALE: grpc.StatusCode.UNAUTHENTICATED,
    Code.FROM_FUTURE: grpc.StatusCode.UNAUTHENTICATED,
    Code.REPLAYED: grpc.StatusCode.ALREADY_EXISTS,
    Code.UNAVAILABLE: grpc.StatusCode.UNAVAILABLE,
    Code.INTERNAL: grpc.StatusCode.INTERNAL,
    Code.MALFORMED: grpc.StatusCode.INVALID_ARGUMENT,
    Code.UNKNOWN_FIELD: grpc.StatusCode.INVALID_ARGUMENT,
    Code.UNDECLARED_ENUM: grpc.StatusCode.INVALID_ARGUMENT,
    Code.BAD_UUID: grpc.StatusCode.INVALID_ARGUMENT,
    Code.OUT_OF_BOUNDS: grpc.StatusCode.INVALID_ARGUMENT,
    Code.INVALID: grpc.StatusCode.INVALID_ARGUMENT,
    Code.UNAUTHENTICATED: grpc.StatusCode.UNAUTHENTICATED,
    Code.FORBIDDEN: grpc.StatusCode.PERMISSION_DENIED,
    Code.NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    Code.CONFLICT: grpc.StatusCode.ABORTED,
    Code.REFUSED: grpc.StatusCode.FAILED_PRECONDITION,
}

_Route: TypeAlias = "grpc.RpcMethodHandler[bytes, bytes] | None"
_Serve = Callable[[bytes, Any], Awaitable[bytes]]


class BoundaryServer:
    """Listens on one address and hands calls to receivers."""

    def __init__(
        self, address: str, identity: Identity, *, credentials: grpc.ServerCredentials | None = None
    ) -> None:
        """Prepare to listen on `address` (host:port, port 0 for any).

        With `credentials` (which must require a client certificate) the certificate's name has to be the
        sender of the key.
        """
        self._address = address
        self._identity = identity
        self._credentials = credentials
        self._routes: dict[str, _Route] = {}
        self._server: grpc.aio.Server | None = None

    def handle(
        self,
        method: Method[RequestT, ResponseT],
        handler: Handler[RequestT, ResponseT],
        *,
        concurrent_calls: int = CONCURRENT_CALLS_LIMIT,
    ) -> None:
        """Answer `method`, in its older versions too, with `handler`. Call it before `start`."""
        invariant(self._server is None, "handlers are added before the server starts")
        places = Places(concurrent_calls)
        RUNNING.labels(method.name).set_function(lambda: places.count - places.free)
        self._route(Receiver(self._identity, method, handler, places=places))
        for older in older_forms(method):
            translating = _translating(older, handler)
            self._route(Receiver(self._identity, older.method, translating, places=places))

    async def start(self) -> int:
        """Listen. Returns the port."""
        server = grpc.aio.server(options=OPTIONS, maximum_concurrent_rpcs=CONCURRENT_RPCS_LIMIT)
        server.add_generic_rpc_handlers((_Routes(self._routes),))
        if self._credentials is None:
            port = server.add_insecure_port(self._address)
        else:
            port = server.add_secure_port(self._address, self._credentials)
        await server.start()
        self._server = server
        return port

    async def stop(self) -> None:
        """Take no new calls and wait up to ten seconds for those that run."""
        if self._server is not None:
            await self._server.stop(STOP_SECONDS)
            self._server = None

    def _route(self, receiver: Receiver[Any, Any]) -> None:
        serve = self._serve_with(receiver)
        self._routes[receiver.method.path] = grpc.unary_unary_rpc_method_handler(serve)

    def _serve_with(self, receiver: Receiver[Any, Any]) -> _Serve:
        reads_peer = self._credentials is not None

        async def serve(raw: bytes, context: Any) -> bytes:
            metadata: Metadata = tuple(context.invocation_metadata() or ())
            peer = _peer_names(context) if reads_peer else None
            answer = await receiver.receive(Arrival(raw, metadata, peer))
            context.set_trailing_metadata(answer.metadata)
            if answer.code is not Code.OK:
                context.set_code(STATUS[answer.code])
                context.set_details(answer.code.value)
            return answer.body

        return serve


def _translating(
    older: Older[Any, Any, RequestT, ResponseT], handler: Handler[RequestT, ResponseT]
) -> Handler[Any, Any]:
    """Return a handler of an older method that has `handler` do the work."""

    async def handle(request: Any, call: VerifiedCall) -> Any:
        return older.answer(await handler(older.request(request), call))

    return handle


class _Routes(grpc.GenericRpcHandler):  # type: ignore[type-arg]  # generic in the stubs only
    """Finds the handler of a path. A path that isn't there is answered UNIMPLEMENTED by gRPC."""

    def __init__(self, routes: dict[str, _Route]) -> None:
        self._routes = routes

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> _Route:
        return self._routes.get(handler_call_details.method)


def _peer_names(context: Any) -> frozenset[str]:
    """Return the names in the certificate that gRPC verified: the common name only where there is no other.

    Authorities vouch for alternative names (RFC 9525, section 2); whatever else a subject says is decoration.
    """
    auth: dict[str, list[bytes]] = context.auth_context()
    names = auth.get("x509_subject_alternative_name") or auth.get("x509_common_name", [])
    return frozenset(name.decode(errors="replace") for name in names)
