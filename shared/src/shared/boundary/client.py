"""The dialling side of the wall: signs each call and believes only what is signed back.

Every attempt is a new nonce and a new time under the same idempotency key. gRPC's own retries are off:
they would send the same nonce again. Its reconnecting is on, with jitter and a bounded pause.

Guaranteed:
- every call has a deadline;
- with TLS, nothing is sent to a server whose certificate does not carry the audience's name;
- an answer is returned only when its signature covers this very call, and its shape is checked;
- whatever else comes back, or nothing, raises OutcomeUnknown; only a final refusal, signed, raises
  SignedRefusal.
"""

import secrets
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Final, Self
from uuid import UUID

import grpc
import grpc.aio
from prometheus_client import Counter

from shared.boundary import schema, signing
from shared.boundary.calls import CALL_KEY, NONCE_BYTES, CallHeader, Metadata, pack_call, unpack_answer
from shared.boundary.errors import FINAL, CallRefused, Code, OutcomeUnknown, SignedRefusal
from shared.boundary.keys import Direction, Keys
from shared.boundary.methods import Method, RequestT, ResponseT
from shared.clock import Clock
from shared.errors import invariant
from shared.operations import tracing
from shared.operations.spans import Kind

DEADLINE_SECONDS: Final = 5.0
RESPONSE_BYTES_LIMIT: Final = 2 * 1024 * 1024

NO_ANSWER: Final = "no_answer"
UNSIGNED_ANSWER: Final = "unsigned_answer"
UNVERIFIED_ANSWER: Final = "unverified_answer"
MALFORMED_ANSWER: Final = "malformed_answer"

OPTIONS: Final = (
    ("grpc.enable_retries", 0),
    ("grpc.max_receive_message_length", RESPONSE_BYTES_LIMIT),
    # gRPC waits between tries to connect: growing by 1.6, with 20 % jitter, within these bounds.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 5_000),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.use_local_subchannel_pool", 1),
)
AROUND: Final = ("grpc.lb_policy_name", "round_robin")
"""For a target that is said to have several addresses (`dns:///name:port`): calls go round all of them, past
those that are gone. With one address it would only wait longer for a process that comes back."""

ANSWERS: Final = Counter("boundary_client_calls", "Calls made, by method and outcome.", ("method", "outcome"))


class BoundaryClient:
    """Calls one other stack."""

    def __init__(
        self,
        target: str,
        keys: Keys,
        *,
        sender: str,
        audience: str,
        clock: Clock,
        credentials: grpc.ChannelCredentials | None = None,
    ) -> None:
        """Prepare to call `audience` at `target` (host:port) as `sender`; both are stack names."""
        self._target = target
        self._keys = keys
        self._sender = sender
        self._audience = audience
        self._clock = clock
        self._credentials = credentials
        self._channel: grpc.aio.Channel | None = None
        self._stubs: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Make the channel. It connects at the first call and reconnects by itself."""
        invariant(self._channel is None, "the client is open already")
        around = (*OPTIONS, AROUND) if self._target.startswith("dns:") else OPTIONS
        if self._credentials is None:
            self._channel = grpc.aio.insecure_channel(self._target, options=around)
        else:
            # The certificate has to be the other stack's, wherever it stands: a name, not an address.
            options = (*around, ("grpc.ssl_target_name_override", self._audience))
            self._channel = grpc.aio.secure_channel(self._target, self._credentials, options=options)

    async def close(self) -> None:
        """Close the channel; calls that run end as OutcomeUnknown."""
        channel, self._channel = self._channel, None
        self._stubs.clear()
        if channel is not None:
            await channel.close(None)

    async def call(
        self,
        method: Method[RequestT, ResponseT],
        request: RequestT,
        *,
        idempotency_key: UUID,
        timeout_seconds: float = DEADLINE_SECONDS,
        about: Iterable[UUID] = (),
    ) -> ResponseT:
        """Make one attempt. Raises OutcomeUnknown, SignedRefusal, or KeysUnusable before anything is sent.

        `about` names the traces to which the call belongs beside its own; it is not sent.
        """
        work = tracing.begin(f"boundary.{method.name}", idempotency_key, kind=Kind.CLIENT)
        if work is None:
            return await self._count(method, request, idempotency_key, timeout_seconds)
        work.is_first = True
        work.attributes["rpc.method"] = method.name
        work.add(about)
        with tracing.working(work):
            return await self._count(method, request, idempotency_key, timeout_seconds)

    async def _count(
        self,
        method: Method[RequestT, ResponseT],
        request: RequestT,
        idempotency_key: UUID,
        timeout_seconds: float,
    ) -> ResponseT:
        try:
            answer = await self._attempt(method, request, idempotency_key, timeout_seconds)
        except OutcomeUnknown as unknown:
            ANSWERS.labels(method.name, unknown.reason).inc()
            raise
        except SignedRefusal as refusal:
            ANSWERS.labels(method.name, refusal.answered.value).inc()
            raise
        ANSWERS.labels(method.name, Code.OK.value).inc()
        return answer

    async def _attempt(
        self,
        method: Method[RequestT, ResponseT],
        request: RequestT,
        idempotency_key: UUID,
        timeout_seconds: float,
    ) -> ResponseT:
        raw = request.SerializeToString(deterministic=True)
        now = self._clock.now()
        key = self._keys.find_signing(Direction.REQUEST, self._sender, self._audience, now)
        header = CallHeader(key.id, signing.to_ns(now), secrets.token_bytes(NONCE_BYTES), idempotency_key)
        signature = signing.sign_request(key, method.path, header, raw)
        metadata = ((CALL_KEY, pack_call(header, signature)),)
        body, trailing = await self._send(method, raw, metadata, timeout_seconds)
        code = self._verify(signature, body, trailing)
        if code in FINAL:
            raise SignedRefusal(code)
        if code is not Code.OK:
            raise OutcomeUnknown(code.value)
        try:
            return schema.parse_response(body, method.response)
        except CallRefused:
            raise OutcomeUnknown(MALFORMED_ANSWER) from None

    async def _send(
        self, method: Method[Any, Any], raw: bytes, metadata: Any, timeout_seconds: float
    ) -> tuple[bytes, Metadata]:
        """Return body and trailing metadata, whatever the status: only the signature counts."""
        call: Any = self._stub(method)(raw, metadata=metadata, timeout=timeout_seconds)
        try:
            body: bytes = await call
            trailing: Any = await call.trailing_metadata()
            return body, tuple(trailing)
        except grpc.aio.AioRpcError as error:
            trailing = error.trailing_metadata()
            if not trailing:
                raise OutcomeUnknown(NO_ANSWER) from None
            return b"", tuple(trailing)
        except grpc.aio.UsageError:
            raise OutcomeUnknown(NO_ANSWER) from None

    def _verify(self, request_signature: bytes, body: bytes, trailing: Metadata) -> Code:
        """Return the signed code of the answer to this request. Raises OutcomeUnknown."""
        answer = unpack_answer(trailing)
        if answer is None:
            raise OutcomeUnknown(UNSIGNED_ANSWER)
        code, key_id, signature = answer
        key = self._keys.find_verifying(key_id, Direction.RESPONSE, self._sender, self._clock.now())
        if key is None or key.sender != self._audience:
            raise OutcomeUnknown(UNVERIFIED_ANSWER)
        if not signing.matches(signing.sign_response(key, request_signature, code, body), signature):
            raise OutcomeUnknown(UNVERIFIED_ANSWER)
        return code

    def _stub(self, method: Method[Any, Any]) -> Any:
        if self._channel is None:
            raise OutcomeUnknown(NO_ANSWER)
        if method.path not in self._stubs:
            self._stubs[method.path] = self._channel.unary_unary(method.path, None, None)
        return self._stubs[method.path]
